//! Parts of tables: what they read, and of which queries nothing but parts is ever wanted.

use fixedbitset::FixedBitSet;

use super::build::{Reads, reads_of};
use super::{Graph, NodeId, NodeKind};
use crate::check::program::{ComponentId, Page, QueryId, Source, StateId, Take, Whole};
use crate::expr::Template;

/// The queries that nobody reads but tables that show parts of them, and whose sources can be asked for parts.
pub(super) fn parted(page: &Page, graph: &Graph) -> FixedBitSet {
    let mut parted = FixedBitSet::with_capacity(page.queries.len());
    for query in &page.queries {
        if let Source::Part { of: Whole::Query(id), table, .. } = &query.source
            && page.queries.get(id.index()).is_some_and(|whole| {
                let is_able = match whole.source {
                    Source::Sql { .. } => is_searchable(page, *table),
                    Source::Transform { .. } => true,
                    _ => false,
                };
                is_able && whole.max_rows.is_none()
            })
        {
            parted.insert(id.index());
        }
    }
    // What is read otherwise, or by an action, is there as a whole.
    for id in graph.ids() {
        let is_part = match graph.node(id).kind {
            NodeKind::Query(query) => {
                matches!(page.queries.get(query.index()).map(|query| &query.source), Some(Source::Part { .. }))
            }
            NodeKind::Admitted(key) => page.window_of_page(key).is_some(),
            _ => false,
        };
        if !is_part {
            let reads = reads_of(page, graph, graph.node(id).kind);
            reads.inputs.iter().chain(&reads.seeds).for_each(|input| exclude(graph, *input, &mut parted));
        }
    }
    let described = page.description.iter().flat_map(Template::refs).map(|(reference, _)| reference);
    let refs = page.action_lists().flatten().flat_map(|action| page.refs_of(action)).chain(described);
    refs.filter_map(|reference| graph.read(reference)).for_each(|id| exclude(graph, id, &mut parted));
    parted
}

fn exclude(graph: &Graph, id: NodeId, parted: &mut FixedBitSet) {
    if let NodeKind::Query(query) = graph.node(id).kind {
        parted.set(query.index(), false);
    }
}

/// A database is told in which columns it is to search.
fn is_searchable(page: &Page, table: ComponentId) -> bool {
    let window = page.components.get(table.index()).and_then(|component| component.window.as_ref());
    window.is_some_and(|window| window.search.is_none() || !window.columns.is_empty())
}

/// What a part reads: the table, or where it is asked for parts what that is made of, and what readers have chosen.
pub(super) fn reads(page: &Page, graph: &Graph, (of, table, take): (&Whole, ComponentId, Take), reads: &mut Reads) {
    match of {
        Whole::Query(id) if graph.is_parted(*id) => *reads = reads_of(page, graph, NodeKind::Query(*id)),
        Whole::Query(id) => reads.input(graph.query(*id)),
        Whole::Expr(expr) => reads.expr(graph, expr),
    }
    let Some(window) = page.components.get(table.index()).and_then(|component| component.window.as_ref()) else {
        return;
    };
    if take != Take::Selected {
        window.choices().for_each(|key| reads.input(graph.key(key)));
    }
    match take {
        Take::All => reads.input(graph.key(window.sort)),
        Take::Rows => {
            reads.input(graph.key(window.sort));
            reads.input(graph.key(window.page));
        }
        // A page that is not full tells how many rows there are.
        Take::Count => {
            reads.input(graph.query(window.rows));
            reads.input(graph.key(window.page));
        }
        // What stands on the page is there.
        Take::Selected => {
            reads.input(graph.query(window.rows));
            window.selection.iter().for_each(|selection| reads.input(graph.key(selection.state)));
        }
    }
}

/// What sends readers back to the first page: that they have chosen other rows, or another order.
pub(super) fn page_reads(page: &Page, graph: &Graph, key: StateId, reads: &mut Reads) {
    let Some((_, window)) = page.window_of_page(key) else { return };
    reads.input(graph.key(window.sort));
    window.choices().for_each(|key| reads.input(graph.key(key)));
    let Some(Source::Part { of, .. }) = page.queries.get(window.rows.index()).map(|query| &query.source) else {
        return;
    };
    let mut open: Vec<NodeId> = match of {
        Whole::Query(id) => vec![graph.query(*id)],
        Whole::Expr(expr) => expr.refs().into_iter().filter_map(|(reference, _)| graph.read(reference)).collect(),
    };
    let mut seen = FixedBitSet::with_capacity(graph.len());
    while let Some(id) = open.pop() {
        if seen.put(id.index()) {
            continue;
        }
        match graph.node(id).kind {
            // Time alone turns no pages.
            NodeKind::Now | NodeKind::Today => {}
            NodeKind::State(_) | NodeKind::Admitted(_) => reads.input(id),
            kind => open.extend(reads_of(page, graph, kind).inputs),
        }
    }
}

/// The query whose table a part is taken of, or that itself.
pub(super) fn whole_of(page: &Page, id: QueryId) -> QueryId {
    match page.queries.get(id.index()).map(|query| &query.source) {
        Some(Source::Part { of: Whole::Query(whole), .. }) => *whole,
        _ => id,
    }
}
