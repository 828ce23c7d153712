//! The order of evaluation, and the circles that have none.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::{Graph, NodeId, NodeKind};
use crate::check::program::Page;
use crate::diagnostic::{Diagnostics, code};
use crate::source::Span;

/// What a node needs before it can be evaluated: its inputs, and what its first value is made from.
fn needs(graph: &Graph, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
    let node = graph.node(id);
    node.inputs.iter().chain(&node.seeds).chain(&node.guard).copied()
}

/// All nodes, each after what it needs; of those that could come next, the first made (Kahn's algorithm).
pub(super) fn order(graph: &Graph) -> Vec<NodeId> {
    let mut missing: Vec<usize> = graph.ids().map(|id| needs(graph, id).count()).collect();
    let mut needed_by: Vec<Vec<NodeId>> = vec![Vec::new(); graph.len()];
    for id in graph.ids() {
        for need in needs(graph, id) {
            if let Some(list) = needed_by.get_mut(need.index()) {
                list.push(id);
            }
        }
    }
    let is_free = |id: &NodeId| missing.get(id.index()) == Some(&0);
    let mut free: BinaryHeap<Reverse<NodeId>> = graph.ids().filter(is_free).map(Reverse).collect();
    let mut order = Vec::with_capacity(graph.len());
    while let Some(Reverse(id)) = free.pop() {
        order.push(id);
        for dependent in needed_by.get(id.index()).into_iter().flatten() {
            if let Some(count) = missing.get_mut(dependent.index()) {
                *count -= 1;
                if *count == 0 {
                    free.push(Reverse(*dependent));
                }
            }
        }
    }
    order
}

/// Reports every circle once, at its first definition; `None` if there is one.
pub(super) fn report(page: &Page, graph: &Graph, diagnostics: &mut Diagnostics) -> Option<()> {
    let mut mark = vec![Mark::New; graph.len()];
    let mut found = false;
    for id in graph.ids() {
        let mut path = Vec::new();
        if let Some(circle) = walk(graph, id, &mut mark, &mut path) {
            found = true;
            describe(page, graph, &circle, diagnostics);
        }
    }
    (!found).then_some(())
}

#[derive(Clone, Copy, PartialEq)]
enum Mark {
    New,
    Open,
    Done,
}

/// Walks what a node needs, depth first; gives the first circle met, as its nodes in order of need.
fn walk(graph: &Graph, id: NodeId, mark: &mut [Mark], path: &mut Vec<NodeId>) -> Option<Vec<NodeId>> {
    match mark.get(id.index()) {
        Some(Mark::New) => {}
        Some(Mark::Open) => {
            let start = path.iter().position(|on_path| *on_path == id).unwrap_or(0);
            return Some(path.split_off(start));
        }
        _ => return None,
    }
    set(mark, id, Mark::Open);
    path.push(id);
    let mut circle = None;
    for need in needs(graph, id) {
        circle = circle.or_else(|| walk(graph, need, mark, path));
    }
    path.pop();
    set(mark, id, Mark::Done);
    circle
}

fn set(marks: &mut [Mark], id: NodeId, mark: Mark) {
    if let Some(place) = marks.get_mut(id.index()) {
        *place = mark;
    }
}

fn describe(page: &Page, graph: &Graph, circle: &[NodeId], diagnostics: &mut Diagnostics) {
    let steps: Vec<(String, Span)> =
        circle.iter().filter_map(|id| Some((kind_and_name(page, graph, *id)?, span_of(page, graph, *id)?))).collect();
    let Some(first) = steps.iter().enumerate().min_by_key(|(_, (_, span))| *span).map(|(index, _)| index) else {
        return;
    };
    let names: Vec<&(String, Span)> = steps.iter().cycle().skip(first).take(steps.len()).collect();
    let Some((name, span)) = names.first() else { return };
    if names.len() == 1 {
        diagnostics.report(&code::CYCLE, *span, format!("{name} needs itself")).here("reads its own value");
        return;
    }
    let circle: Vec<&str> = names.iter().map(|(name, _)| name.as_str()).chain([name.as_str()]).collect();
    let report = diagnostics.report(&code::CYCLE, *span, format!("{name} needs itself: {}", circle.join(" → ")));
    report.here(format!("needs {}", names.get(1).map_or("", |(name, _)| name)));
    for (index, (_, span)) in names.iter().enumerate().skip(1) {
        let next = names.get(index + 1).or(names.first()).map_or("", |(name, _)| name.as_str());
        report.label(*span, format!("needs {next}"));
    }
}

/// The name of a definition with its kind; what is entered and what is admitted of a key are one to the author.
fn kind_and_name(page: &Page, graph: &Graph, id: NodeId) -> Option<String> {
    let kind = match graph.node(id).kind {
        NodeKind::State(key) if graph.key(key) != id => return None,
        NodeKind::State(_) | NodeKind::Admitted(_) => "state key",
        NodeKind::Query(_) => "query",
        NodeKind::Value(_) => "value",
        NodeKind::Component(_) => "component",
        NodeKind::Shown(_) => "the condition of component",
        NodeKind::Title | NodeKind::Now | NodeKind::Today => return None,
    };
    let name = graph.name(page, id);
    Some(format!("{kind} `{}`", name.trim_end_matches(" shown")))
}

fn span_of(page: &Page, graph: &Graph, id: NodeId) -> Option<Span> {
    match graph.node(id).kind {
        NodeKind::State(id) | NodeKind::Admitted(id) => page.state.get(id.index()).map(|state| state.span),
        NodeKind::Query(id) => page.queries.get(id.index()).map(|query| query.span),
        NodeKind::Value(id) => page.values.get(id.index()).map(|value| value.span),
        NodeKind::Shown(id) | NodeKind::Component(id) => {
            page.components.get(id.index()).map(|component| component.span)
        }
        NodeKind::Title | NodeKind::Now | NodeKind::Today => None,
    }
}
