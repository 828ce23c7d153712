//! From a resolved page to its graph.

use std::collections::BTreeSet;

use fixedbitset::FixedBitSet;

use super::{Graph, Node, NodeId, NodeKind, acted, cycle, mark_user, part};
use crate::check::program::{
    Choices, Component, ComponentId, Initial, Page, Prop, QueryId, Ref, Source, StateId, Subject, TableColumn,
    TableRef, ValueId,
};
use crate::diagnostic::Diagnostics;
use crate::expr::{Expr, Template};

/// Builds the graph of a page; reports what needs itself, and then gives none.
pub fn build(page: &Page, diagnostics: &mut Diagnostics) -> Option<Graph> {
    let mut graph = nodes(page);
    graph.parted = part::parted(page, &graph);
    connect(page, &mut graph);
    cycle::report(page, &graph, diagnostics)?;
    graph.order = cycle::order(&graph);
    graph.per_view = per_view(page, &graph);
    graph.sources = (0..page.components.len()).map(|index| sources(page, &graph, ComponentId::at(index))).collect();
    acted::mark(page, &mut graph);
    mark_user(std::slice::from_ref(page), std::slice::from_mut(&mut graph));
    Some(graph)
}

/// Makes the nodes, in source order within each sort, without edges.
fn nodes(page: &Page) -> Graph {
    let mut nodes = Vec::new();
    let mut add = |kind| {
        nodes.push(Node {
            kind,
            inputs: Vec::new(),
            dependents: Vec::new(),
            extras: Vec::new(),
            guard: None,
            guarded: Vec::new(),
            seeds: Vec::new(),
        });
        NodeId::at(nodes.len() - 1)
    };
    let now = add(NodeKind::Now);
    let today = add(NodeKind::Today);
    let state = (0..page.state.len()).map(|index| add(NodeKind::State(StateId::at(index)))).collect();
    let admitted = (0..)
        .zip(&page.state)
        .map(|(index, key)| {
            let depends =
                matches!(key.choices, Some(Choices::Query { .. })) || page.window_of_page(StateId(index)).is_some();
            // What stands for rows is evaluated with them, what is chosen there too.
            (depends && key.row_of.is_none()).then(|| add(NodeKind::Admitted(StateId(index))))
        })
        .collect();
    let queries = (0..page.queries.len()).map(|index| add(NodeKind::Query(QueryId::at(index)))).collect();
    let values = (0..page.values.len()).map(|index| add(NodeKind::Value(ValueId::at(index)))).collect();
    let shown = (0..)
        .zip(&page.components)
        .map(|(index, component)| {
            let has_condition = component.when.is_some() || component.shown_if.is_some();
            (has_condition && component.row_of.is_none()).then(|| add(NodeKind::Shown(ComponentId(index))))
        })
        .collect();
    let mut components: Vec<NodeId> = Vec::with_capacity(page.components.len());
    for (index, component) in (0..).map(ComponentId).zip(&page.components) {
        let host = component.row_of.and_then(|host| components.get(host.index()).copied());
        components.push(host.unwrap_or_else(|| add(NodeKind::Component(index))));
    }
    let title = add(NodeKind::Title);
    Graph {
        nodes,
        order: Vec::new(),
        state,
        admitted,
        queries,
        values,
        shown,
        components,
        title,
        has_constant_title: page.title.constant().is_some(),
        now,
        today,
        per_view: FixedBitSet::new(),
        sources: Vec::new(),
        of_user: FixedBitSet::new(),
        acted: FixedBitSet::new(),
        parted: FixedBitSet::new(),
    }
}

/// Gives each node its inputs, guard and seeds, and the others their way back.
fn connect(page: &Page, graph: &mut Graph) {
    let reads: Vec<Reads> = graph.nodes.iter().map(|node| reads_of(page, graph, node.kind)).collect();
    graph.of_user = FixedBitSet::with_capacity(graph.len());
    for (id, reads) in graph.ids().zip(reads) {
        graph.of_user.set(id.index(), reads.user);
        for input in reads.inputs.iter().chain(&reads.extras) {
            if let Some(node) = graph.nodes.get_mut(input.index()) {
                node.dependents.push(id);
            }
        }
        if let Some(guard) = reads.guard.and_then(|guard| graph.nodes.get_mut(guard.index())) {
            guard.guarded.push(id);
        }
        if let Some(node) = graph.nodes.get_mut(id.index()) {
            node.inputs = reads.inputs;
            node.extras = reads.extras;
            node.guard = reads.guard;
            node.seeds = reads.seeds;
        }
    }
}

#[derive(Default)]
pub(super) struct Reads {
    pub(super) inputs: Vec<NodeId>,
    extras: Vec<NodeId>,
    pub(super) seeds: Vec<NodeId>,
    guard: Option<NodeId>,
    /// Whether it reads `user`.
    user: bool,
}

impl Reads {
    pub(super) fn input(&mut self, id: NodeId) {
        if !self.inputs.contains(&id) {
            self.inputs.push(id);
        }
    }

    pub(super) fn expr(&mut self, graph: &Graph, expr: &Expr<Ref>) {
        for (reference, _) in expr.refs() {
            self.user |= matches!(reference, Ref::User(_));
            graph.read(reference).into_iter().for_each(|id| self.input(id));
        }
    }

    fn template(&mut self, graph: &Graph, template: &Template<Ref>) {
        for (reference, _) in template.refs() {
            self.user |= matches!(reference, Ref::User(_));
            graph.read(reference).into_iter().for_each(|id| self.input(id));
        }
    }
}

pub(super) fn reads_of(page: &Page, graph: &Graph, kind: NodeKind) -> Reads {
    let mut reads = Reads::default();
    match kind {
        NodeKind::Now | NodeKind::Today => {}
        NodeKind::Title => reads.template(graph, &page.title),
        NodeKind::State(id) => {
            page.followed(id).into_iter().for_each(|value| reads.expr(graph, value));
            if let Some(Initial::From(expr)) = page.state.get(id.index()).map(|key| &key.initial) {
                reads.user |= expr.refs().iter().any(|(reference, _)| matches!(reference, Ref::User(_)));
                reads.seeds = expr.refs().into_iter().filter_map(|(reference, _)| graph.read(reference)).collect();
            }
        }
        NodeKind::Admitted(id) => {
            reads.input(graph.state(id));
            if page.window_of_page(id).is_some() {
                part::page_reads(page, graph, id, &mut reads);
            }
            if let Some(Choices::Query { query, .. }) = page.state.get(id.index()).and_then(|key| key.choices.as_ref())
            {
                reads.input(graph.query(*query));
            }
        }
        NodeKind::Query(id) => match page.queries.get(id.index()).map(|query| &query.source) {
            Some(Source::Sql { sql, .. }) => reads.template(graph, sql),
            Some(Source::Http { get, .. }) => reads.template(graph, get),
            Some(Source::Transform { sql, tables }) => {
                for (_, table) in tables {
                    reads.input(match table {
                        TableRef::Query(id) => graph.query(*id),
                        TableRef::State(id) => graph.key(*id),
                    });
                }
                reads.template(graph, sql);
            }
            Some(Source::Part { of, table, take }) => part::reads(page, graph, (of, *table, *take), &mut reads),
            _ => {}
        },
        NodeKind::Value(id) => {
            page.values.get(id.index()).into_iter().for_each(|value| reads.expr(graph, &value.expr));
        }
        NodeKind::Shown(id) => {
            if let Some(component) = page.components.get(id.index()) {
                component.when.iter().for_each(|when| reads.expr(graph, when));
                component.shown_if.iter().for_each(|(key, _)| reads.input(graph.key(*key)));
                reads.guard = component.parent.and_then(|parent| guard_of(page, graph, parent));
            }
        }
        NodeKind::Component(id) => {
            if let Some(component) = page.components.get(id.index()) {
                component_reads(page, graph, component, &mut reads);
            }
            for (_, component) in page.of_rows(id) {
                component.when.iter().for_each(|when| reads.expr(graph, when));
                component.shown_if.iter().for_each(|(key, _)| reads.input(graph.key(*key)));
                component_reads(page, graph, component, &mut reads);
            }
            reads.guard = guard_of(page, graph, id);
        }
    }
    reads
}

/// The nearest condition at or above a component.
fn guard_of(page: &Page, graph: &Graph, id: ComponentId) -> Option<NodeId> {
    let mut at = Some(id);
    while let Some(id) = at {
        if let Some(shown) = graph.shown(id) {
            return Some(shown);
        }
        at = page.components.get(id.index()).and_then(|component| component.parent);
    }
    None
}

/// What a component shows; what its actions and downloads read is read when they run.
fn component_reads(page: &Page, graph: &Graph, component: &Component, reads: &mut Reads) {
    match &component.subject {
        Subject::None | Subject::Json(_) => {}
        Subject::Text(text) => reads.template(graph, text),
        Subject::Expr(expr) | Subject::Table { expr, .. } => reads.expr(graph, expr),
        Subject::State(id) => {
            reads.input(graph.key(*id));
            if let Some(Choices::Query { query, .. }) = page.state.get(id.index()).and_then(|key| key.choices.as_ref())
            {
                reads.input(graph.query(*query));
            }
            if let Some(Choices::List(choices)) = page.state.get(id.index()).and_then(|key| key.choices.as_ref()) {
                choices
                    .iter()
                    .filter_map(|choice| choice.label.as_ref())
                    .for_each(|label| reads.template(graph, label));
            }
        }
    }
    if let Some(window) = &component.window {
        window.states().for_each(|key| reads.input(graph.key(key)));
        reads.extras.push(graph.query(window.count));
        reads.extras.extend(window.selection.iter().map(|selection| graph.query(selection.query)));
    }
    for (_, prop) in &component.props {
        match prop {
            Prop::Text(text) => reads.template(graph, text),
            Prop::Expr(expr) => reads.expr(graph, expr),
            Prop::TableColumns(columns) => {
                columns.iter().flat_map(TableColumn::templates).for_each(|text| reads.template(graph, text));
                columns.iter().filter_map(TableColumn::full_bar).for_each(|full| reads.expr(graph, full));
            }
            Prop::Annotations(annotations) => {
                for annotation in annotations {
                    reads.expr(graph, &annotation.at);
                    let texts = annotation.label.iter().chain(&annotation.color);
                    texts.for_each(|text| reads.template(graph, text));
                }
            }
            Prop::StateKey(id) => reads.input(graph.key(*id)),
            Prop::Columns(_)
            | Prop::Order(_)
            | Prop::Literal(_)
            | Prop::Format(_)
            | Prop::Options
            | Prop::Areas(_)
            | Prop::Actions(_)
            | Prop::Table { .. } => {}
        }
    }
}

/// The nodes that rest on a `generate` without a seed, through inputs or first values.
fn per_view(page: &Page, graph: &Graph) -> FixedBitSet {
    let mut per_view = FixedBitSet::with_capacity(graph.len());
    for id in &graph.order {
        let node = graph.node(*id);
        let is_chance = match node.kind {
            NodeKind::Query(query) => matches!(
                page.queries.get(query.index()).map(|query| &query.source),
                Some(Source::Generate(generate)) if generate.seed.is_none()
            ),
            _ => false,
        };
        let inherits = node.inputs.iter().chain(&node.seeds).any(|input| per_view.contains(input.index()));
        per_view.set(id.index(), is_chance || inherits);
    }
    per_view
}

/// The queries whose rows a component of data shows, in the order of their ids.
fn sources(page: &Page, graph: &Graph, id: ComponentId) -> Vec<QueryId> {
    if page.components.get(id.index()).is_none_or(|component| !component.kind.shows_rows()) {
        return Vec::new();
    }
    let mut found = BTreeSet::new();
    let mut open = vec![graph.component(id)];
    while let Some(id) = open.pop() {
        for input in &graph.node(id).inputs {
            match graph.node(*input).kind {
                NodeKind::Query(query) if found.insert(query) => open.push(*input),
                NodeKind::Value(_) => open.push(*input),
                _ => {}
            }
        }
    }
    found.into_iter().collect()
}
