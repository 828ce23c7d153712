//! The queries whose rows actions work with. Their tables are to be at hand as they were shown: whoever clicks means
//! what is on the screen.

use fixedbitset::FixedBitSet;

use super::{Graph, NodeKind};
use crate::check::program::{Page, Subject};
use crate::expr::Expr;

/// Marks the queries that an action list of the page reads, by itself or through values, and those whose rows have
/// buttons and widgets of their own.
pub(super) fn mark(page: &Page, graph: &mut Graph) {
    let interactive = page.components.iter().filter(|component| component.kind.is_interactive());
    let hosts = interactive.filter_map(|component| component.row_of);
    let tables = hosts.filter_map(|host| match &page.components.get(host.index())?.subject {
        Subject::Table { expr, .. } => Some(expr),
        _ => None,
    });
    let rows = tables.flat_map(Expr::refs).map(|(reference, _)| reference);
    let refs = page.action_lists().flatten().flat_map(|action| page.refs_of(action)).chain(rows);
    let mut open: Vec<_> = refs.filter_map(|reference| graph.read(reference)).collect();
    let (mut seen, mut acted) = (FixedBitSet::with_capacity(graph.len()), FixedBitSet::with_capacity(graph.len()));
    while let Some(id) = open.pop() {
        if seen.put(id.index()) {
            continue;
        }
        let node = graph.node(id);
        match node.kind {
            NodeKind::Query(_) => acted.insert(id.index()),
            NodeKind::Value(_) => open.extend(&node.inputs),
            _ => {}
        }
    }
    graph.acted = acted;
}
