//! The graph of a page as text: Mermaid, Graphviz, JSON, and a plain list of edges.

use std::fmt::Write;

use serde_json::{Value, json};

use super::{Graph, NodeId, NodeKind};
use crate::check::program::Page;

/// How one node needs another.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Edge {
    Input,
    /// Read once, for the first value.
    Seed,
    /// Wanted only while it holds.
    Guard,
}

/// Every edge as `from -> to`, a line each, in the order of evaluation. Guards are marked `-?>`, seeds `-1>`.
pub fn edges(page: &Page, graph: &Graph) -> String {
    let mut text = String::new();
    for (from, to, edge) in all(graph) {
        let arrow = match edge {
            Edge::Input => "->",
            Edge::Seed => "-1>",
            Edge::Guard => "-?>",
        };
        let _infallible = writeln!(text, "{} {arrow} {}", graph.name(page, from), graph.name(page, to));
    }
    text
}

/// A Mermaid flow chart.
pub fn mermaid(page: &Page, graph: &Graph) -> String {
    let mut text = String::from("flowchart LR\n");
    for id in used(graph) {
        let name = graph.name(page, id).replace('"', "#quot;");
        let shape = match graph.node(id).kind {
            NodeKind::State(_) | NodeKind::Admitted(_) => format!("([\"{name}\"])"),
            NodeKind::Query(_) => format!("[(\"{name}\")]"),
            NodeKind::Value(_) => format!("(\"{name}\")"),
            NodeKind::Shown(_) => format!("{{\"{name}\"}}"),
            NodeKind::Component(_) | NodeKind::Title => format!("[\"{name}\"]"),
            NodeKind::Now | NodeKind::Today => format!("((\"{name}\"))"),
        };
        let _infallible = writeln!(text, "    n{}{shape}", id.0);
    }
    for (from, to, edge) in all(graph) {
        let arrow = match edge {
            Edge::Input => "-->",
            Edge::Seed => "-. first .->",
            Edge::Guard => "-. while .->",
        };
        let _infallible = writeln!(text, "    n{} {arrow} n{}", from.0, to.0);
    }
    text
}

/// A Graphviz digraph.
pub fn dot(page: &Page, graph: &Graph) -> String {
    let mut text = String::from("digraph page {\n    rankdir=LR;\n");
    for id in used(graph) {
        let shape = match graph.node(id).kind {
            NodeKind::State(_) | NodeKind::Admitted(_) => "oval",
            NodeKind::Query(_) => "cylinder",
            NodeKind::Value(_) => "note",
            NodeKind::Shown(_) => "diamond",
            NodeKind::Component(_) | NodeKind::Title => "box",
            NodeKind::Now | NodeKind::Today => "circle",
        };
        let name = graph.name(page, id).replace('\\', "\\\\").replace('"', "\\\"");
        let _infallible = writeln!(text, "    n{} [label=\"{name}\", shape={shape}];", id.0);
    }
    for (from, to, edge) in all(graph) {
        let style = if edge == Edge::Input { "" } else { " [style=dashed]" };
        let _infallible = writeln!(text, "    n{} -> n{}{style};", from.0, to.0);
    }
    text.push_str("}\n");
    text
}

/// `{ page, nodes: [{ id, kind, name }], edges: [{ from, to, kind }] }`
pub fn json(page: &Page, graph: &Graph) -> Value {
    let nodes: Vec<Value> = used(graph)
        .map(|id| json!({ "id": id.0, "kind": kind_name(graph.node(id).kind), "name": graph.name(page, id) }))
        .collect();
    let edges: Vec<Value> = all(graph)
        .into_iter()
        .map(|(from, to, edge)| {
            let kind = match edge {
                Edge::Input => "input",
                Edge::Seed => "first",
                Edge::Guard => "while",
            };
            json!({ "from": from.0, "to": to.0, "kind": kind })
        })
        .collect();
    json!({ "page": page.path, "nodes": nodes, "edges": edges })
}

fn kind_name(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::State(_) => "state",
        NodeKind::Admitted(_) => "admitted",
        NodeKind::Query(_) => "query",
        NodeKind::Value(_) => "value",
        NodeKind::Shown(_) => "shown",
        NodeKind::Component(_) => "component",
        NodeKind::Title => "title",
        NodeKind::Now => "now",
        NodeKind::Today => "today",
    }
}

/// The nodes worth showing: all but clocks that nobody reads and a title that reads nothing, in the order of evaluation.
fn used(graph: &Graph) -> impl Iterator<Item = NodeId> + '_ {
    graph.order().iter().copied().filter(|id| {
        let node = graph.node(*id);
        match node.kind {
            NodeKind::Now | NodeKind::Today => !node.dependents.is_empty(),
            NodeKind::Title => !node.inputs.is_empty(),
            _ => true,
        }
    })
}

fn all(graph: &Graph) -> Vec<(NodeId, NodeId, Edge)> {
    used(graph)
        .flat_map(|to| {
            let node = graph.node(to);
            let inputs = node.inputs.iter().map(move |from| (*from, to, Edge::Input));
            let seeds = node.seeds.iter().map(move |from| (*from, to, Edge::Seed));
            inputs.chain(seeds).chain(node.guard.map(|from| (from, to, Edge::Guard)))
        })
        .collect()
}
