//! What rests on who the user is, and must not be handed to another.
//!
//! Found in what is written, never observed: a node that reads `user`, all that is computed from it, and keys of state
//! that something of it may be written to, by a first value, `each_run` or an action. Too much rather than too little.

use std::collections::BTreeSet;
use std::sync::Arc;

use fixedbitset::FixedBitSet;

use super::Graph;
use crate::check::program::{Action, ActionKind, Page, Ref, StateId};
use crate::expr::{Expr, Template};

/// Marks what rests on the user, on all pages of an app: keys of the app carry it from page to page.
pub fn mark_user(pages: &[Page], graphs: &mut [Graph]) {
    let mut shared: BTreeSet<Arc<str>> = BTreeSet::new();
    loop {
        let known = shared.len();
        for (page, graph) in pages.iter().zip(graphs.iter_mut()) {
            mark(page, graph, &shared);
            let keys = (0..).map(StateId).zip(&page.state).filter(|(id, key)| key.shared && is_marked(graph, *id));
            shared.extend(keys.map(|(_, key)| key.name.clone()));
        }
        if shared.len() == known {
            return;
        }
    }
}

fn is_marked(graph: &Graph, key: StateId) -> bool {
    graph.of_user.contains(graph.state(key).index())
}

/// Marks the nodes of one page, given the keys of the app that are marked on others.
fn mark(page: &Page, graph: &mut Graph, shared: &BTreeSet<Arc<str>>) {
    let mut marked = graph.of_user.clone();
    for (id, key) in (0..).map(StateId).zip(&page.state) {
        if key.shared && shared.contains(&key.name) {
            marked.insert(graph.state(id).index());
        }
    }
    loop {
        let known = marked.count_ones(..);
        for id in graph.order() {
            let node = graph.node(*id);
            if node.inputs.iter().chain(&node.seeds).any(|input| marked.contains(input.index())) {
                marked.insert(id.index());
            }
        }
        let reader = Reader { graph, marked: &marked };
        let written = written(page, &reader);
        marked.extend(written.into_iter().map(|key| graph.state(key).index()));
        if marked.count_ones(..) == known {
            break;
        }
    }
    graph.of_user = marked;
}

/// The keys that `each_run` and actions may give something of the user.
fn written(page: &Page, reader: &Reader<'_>) -> Vec<StateId> {
    let mut keys: Vec<StateId> = (0..)
        .map(StateId)
        .zip(&page.state)
        .filter(|(_, key)| key.each_run.as_ref().is_some_and(|expr| reader.expr(expr)))
        .map(|(id, _)| id)
        .collect();
    // What one action of a list reads may show in what another does: in its `when`, or through the database.
    for actions in page.action_lists().filter(|actions| actions.iter().any(|action| reader.action(action))) {
        keys.extend(actions.iter().flat_map(|action| match &action.kind {
            ActionKind::Set(entries) => entries.iter().map(|(key, _)| *key).collect(),
            ActionKind::Reset { .. }
            | ActionKind::Refresh(_)
            | ActionKind::Goto(_)
            | ActionKind::Toast(_)
            | ActionKind::Run { .. } => Vec::new(),
        }));
    }
    keys
}

/// Tells whether something reads what is marked.
struct Reader<'g> {
    graph: &'g Graph,
    marked: &'g FixedBitSet,
}

impl Reader<'_> {
    fn reference(&self, reference: Ref) -> bool {
        matches!(reference, Ref::User(_))
            || self.graph.read(reference).is_some_and(|node| self.marked.contains(node.index()))
    }

    fn expr(&self, expr: &Expr<Ref>) -> bool {
        expr.refs().into_iter().any(|(reference, _)| self.reference(reference))
    }

    fn template(&self, template: &Template<Ref>) -> bool {
        template.refs().into_iter().any(|(reference, _)| self.reference(reference))
    }

    fn action(&self, action: &Action) -> bool {
        let reads = match &action.kind {
            ActionKind::Set(entries) => entries.iter().any(|(_, expr)| self.expr(expr)),
            ActionKind::Run { with, .. } => with.iter().any(|expr| self.expr(expr)),
            ActionKind::Goto(text) | ActionKind::Toast(text) => self.template(text),
            ActionKind::Reset { .. } | ActionKind::Refresh(_) => false,
        };
        reads || action.when.as_ref().is_some_and(|when| self.expr(when))
    }
}
