//! The graph of a page as text: Mermaid, Graphviz, JSON, and a plain list of edges.
//!
//! Writes are drawn beside the nodes: what runs them, and what they make out of date.

use std::fmt::Write;

use serde_json::{Value, json};

use super::{Graph, NodeId, NodeKind};
use crate::check::program::{self, ActionKind, Component, Page, Prop, QueryId, Refreshes, Source, WriteId};

/// How two things have to do with each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Edge {
    Input,
    /// Read once, for the first value.
    Seed,
    /// Wanted only while it holds.
    Guard,
    /// From a component to a write that an action of it runs.
    Run,
    /// From a write to a query that it makes out of date.
    Refresh,
}

/// Something that is drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Item {
    Node(NodeId),
    Write(WriteId),
}

/// A page as it is drawn.
#[derive(Clone, Copy)]
struct Drawing<'a> {
    page: &'a Page,
    graph: &'a Graph,
}

/// Every edge as `from -> to`, a line each, in the order of evaluation. Guards are marked `-?>`, seeds `-1>`, what
/// is run and refreshed `-!>`.
pub fn edges(page: &Page, graph: &Graph) -> String {
    let drawing = Drawing { page, graph };
    let mut text = String::new();
    for (from, to, edge) in drawing.edges() {
        let arrow = match edge {
            Edge::Input => "->",
            Edge::Seed => "-1>",
            Edge::Guard => "-?>",
            Edge::Run | Edge::Refresh => "-!>",
        };
        let _infallible = writeln!(text, "{} {arrow} {}", drawing.name(from), drawing.name(to));
    }
    text
}

/// A Mermaid flow chart.
pub fn mermaid(page: &Page, graph: &Graph) -> String {
    let drawing = Drawing { page, graph };
    let mut text = String::from("flowchart LR\n");
    for item in drawing.items() {
        let name = drawing.name(item).replace('"', "#quot;");
        let shape = match drawing.kind(item) {
            "state" | "admitted" => format!("([\"{name}\"])"),
            "query" => format!("[(\"{name}\")]"),
            "value" => format!("(\"{name}\")"),
            "shown" => format!("{{\"{name}\"}}"),
            "write" => format!("[[\"{name}\"]]"),
            "now" | "today" => format!("((\"{name}\"))"),
            _ => format!("[\"{name}\"]"),
        };
        let _infallible = writeln!(text, "    n{}{shape}", drawing.number(item));
    }
    for (from, to, edge) in drawing.edges() {
        let arrow = match edge {
            Edge::Input => "-->",
            Edge::Seed => "-. first .->",
            Edge::Guard => "-. while .->",
            Edge::Run => "-. runs .->",
            Edge::Refresh => "-. refreshes .->",
        };
        let _infallible = writeln!(text, "    n{} {arrow} n{}", drawing.number(from), drawing.number(to));
    }
    text
}

/// A Graphviz digraph.
pub fn dot(page: &Page, graph: &Graph) -> String {
    let drawing = Drawing { page, graph };
    let mut text = String::from("digraph page {\n    rankdir=LR;\n");
    for item in drawing.items() {
        let shape = match drawing.kind(item) {
            "state" | "admitted" => "oval",
            "query" => "cylinder",
            "value" => "note",
            "shown" => "diamond",
            "write" => "component",
            "now" | "today" => "circle",
            _ => "box",
        };
        let name = drawing.name(item).replace('\\', "\\\\").replace('"', "\\\"");
        let _infallible = writeln!(text, "    n{} [label=\"{name}\", shape={shape}];", drawing.number(item));
    }
    for (from, to, edge) in drawing.edges() {
        let style = match edge {
            Edge::Input => "",
            Edge::Seed | Edge::Guard => " [style=dashed]",
            Edge::Run | Edge::Refresh => " [style=dotted]",
        };
        let _infallible = writeln!(text, "    n{} -> n{}{style};", drawing.number(from), drawing.number(to));
    }
    text.push_str("}\n");
    text
}

/// `{ page, nodes: [{ id, kind, name }], edges: [{ from, to, kind }] }`
pub fn json(page: &Page, graph: &Graph) -> Value {
    let drawing = Drawing { page, graph };
    let node = |item| json!({ "id": drawing.number(item), "kind": drawing.kind(item), "name": drawing.name(item) });
    let nodes: Vec<Value> = drawing.items().into_iter().map(node).collect();
    let edges: Vec<Value> = drawing
        .edges()
        .into_iter()
        .map(|(from, to, edge)| {
            let kind = match edge {
                Edge::Input => "input",
                Edge::Seed => "first",
                Edge::Guard => "while",
                Edge::Run => "run",
                Edge::Refresh => "refresh",
            };
            json!({ "from": drawing.number(from), "to": drawing.number(to), "kind": kind })
        })
        .collect();
    json!({ "page": page.path, "nodes": nodes, "edges": edges })
}

impl Drawing<'_> {
    /// What is worth showing: all but clocks that nobody reads and a title that reads nothing, in the order of
    /// evaluation, and the writes that an action of the page runs.
    fn items(self) -> Vec<Item> {
        let writes = (0..self.page.writes.len()).map(WriteId::at);
        let run = writes.filter(|write| self.page.components.iter().any(|component| runs(component, *write)));
        self.nodes().map(Item::Node).chain(run.map(Item::Write)).collect()
    }

    fn nodes(self) -> impl Iterator<Item = NodeId> {
        let graph = self.graph;
        graph.order().iter().copied().filter(move |id| {
            let node = graph.node(*id);
            match node.kind {
                NodeKind::Now | NodeKind::Today => !node.dependents.is_empty(),
                NodeKind::Title => !node.inputs.is_empty(),
                _ => true,
            }
        })
    }

    fn edges(self) -> Vec<(Item, Item, Edge)> {
        let mut edges = Vec::new();
        for to in self.nodes() {
            let node = self.graph.node(to);
            let inputs = node.inputs.iter().map(|from| (*from, Edge::Input));
            let seeds = node.seeds.iter().map(|from| (*from, Edge::Seed));
            let guard = node.guard.map(|from| (from, Edge::Guard));
            let extras = node.extras.iter().map(|from| (*from, Edge::Input));
            let all = inputs.chain(extras).chain(seeds).chain(guard);
            edges.extend(all.map(|(from, edge)| (Item::Node(from), Item::Node(to), edge)));
        }
        for (index, write) in self.page.writes.iter().enumerate() {
            let id = WriteId::at(index);
            let running = (0..).zip(&self.page.components).filter(|(_, component)| runs(component, id));
            let running: Vec<Item> =
                running.map(|(index, _)| Item::Node(self.graph.component(program::ComponentId(index)))).collect();
            if running.is_empty() {
                continue;
            }
            edges.extend(running.into_iter().map(|from| (from, Item::Write(id), Edge::Run)));
            for query in self.refreshed(write) {
                edges.push((Item::Write(id), Item::Node(self.graph.query(query)), Edge::Refresh));
            }
        }
        edges
    }

    /// The queries of the page that a write makes out of date.
    fn refreshed(self, write: &program::Write) -> Vec<QueryId> {
        let all = (0..self.page.queries.len()).map(QueryId::at);
        match &write.refreshes {
            Refreshes::These(queries) => queries.clone(),
            Refreshes::All => all.collect(),
            Refreshes::Connection => all
                .filter(|id| {
                    let whole = super::part::whole_of(self.page, *id);
                    let source = self.page.queries.get(whole.index()).map(|query| &query.source);
                    matches!(source, Some(Source::Sql { connection, .. }) if *connection == write.connection)
                })
                .collect(),
        }
    }

    /// Nodes have their own numbers, and writes those behind.
    fn number(self, item: Item) -> usize {
        match item {
            Item::Node(id) => id.index(),
            Item::Write(id) => self.graph.len() + id.index(),
        }
    }

    fn name(self, item: Item) -> String {
        match item {
            Item::Node(id) => self.graph.name(self.page, id),
            Item::Write(id) => {
                self.page.writes.get(id.index()).map_or_else(String::new, |write| write.name.to_string())
            }
        }
    }

    fn kind(self, item: Item) -> &'static str {
        match item {
            Item::Node(id) => match self.graph.node(id).kind {
                NodeKind::State(_) => "state",
                NodeKind::Admitted(_) => "admitted",
                NodeKind::Query(_) => "query",
                NodeKind::Value(_) => "value",
                NodeKind::Shown(_) => "shown",
                NodeKind::Component(_) => "component",
                NodeKind::Title => "title",
                NodeKind::Now => "now",
                NodeKind::Today => "today",
            },
            Item::Write(_) => "write",
        }
    }
}

/// Whether an action of a component runs a write.
fn runs(component: &Component, wanted: WriteId) -> bool {
    component.props.iter().any(|(_, prop)| match prop {
        Prop::Actions(actions) => {
            actions.iter().any(|action| matches!(action.kind, ActionKind::Run { write, .. } if write == wanted))
        }
        _ => false,
    })
}
