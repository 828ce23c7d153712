//! What a run has done, and what it may do: each node once, inputs before dependents, nothing that is hidden.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use appspec_data::Value;
use appspec_lang::check::program::{State, StateId};
use appspec_lang::graph::{NodeId, NodeKind};
use appspec_lang::value::Scalar;
use appspec_web::eval::expr::plain_text;
use appspec_web::eval::memo::Kept;
use appspec_web::eval::{Event, Origin, Run, View};

/// What a run that is done has done, and how it has left its view.
pub(super) struct Found {
    origin: Arc<Origin>,
    events: Vec<Event>,
    /// The keys that have a value, as a spec writes it.
    pub(super) values: BTreeMap<String, String>,
    /// The nodes that are needed by something that is shown.
    wanted: BTreeSet<NodeId>,
}

impl Found {
    pub(super) fn of(run: &Run) -> Self {
        let view = run.view();
        let (page, graph) = (view.origin.page(), view.origin.graph());
        let value = |(index, state): (usize, &State)| {
            let value = scalar(view, graph.key(StateId::at(index)))?;
            let text = if value.is_null() { "null".to_owned() } else { plain_text(&value) };
            Some((state.name.to_string(), text))
        };
        Self {
            origin: Arc::clone(&view.origin),
            events: run.log().to_vec(),
            values: page.state.iter().enumerate().filter_map(value).collect(),
            wanted: wanted(view),
        }
    }

    pub(super) fn check(&self) -> Result<(), String> {
        let graph = self.origin.graph();
        let mut changes: BTreeMap<NodeId, usize> = BTreeMap::new();
        for (at, event) in self.events.iter().enumerate() {
            if matches!(event, Event::Failed(_) | Event::Computed { changed: true, .. }) {
                changes.insert(node_of(*event), at);
            }
        }
        let mut done: BTreeSet<NodeId> = BTreeSet::new();
        for (at, event) in self.events.iter().enumerate() {
            let id = node_of(*event);
            let is_computed = matches!(event, Event::Computed { .. } | Event::Failed(_));
            let late = graph.node(id).inputs.iter().find(|input| changes.get(input).is_some_and(|change| *change > at));
            if !self.wanted.contains(&id) {
                return Err(self.told(id, "is hidden, and was reached"));
            }
            if is_computed && !done.insert(id) {
                return Err(self.told(id, "was computed twice in one run"));
            }
            if let Some(late) = late {
                return Err(self.told(*late, &format!("changed after {}, which reads it", self.name(id))));
            }
        }
        Ok(())
    }

    fn told(&self, id: NodeId, wrong: &str) -> String {
        let events = self.events.iter().map(|event| format!("\n  {} {event:?}", self.name(node_of(*event))));
        format!("{} {wrong}{}", self.name(id), events.collect::<Vec<_>>().concat())
    }

    fn name(&self, id: NodeId) -> String {
        self.origin.graph().name(self.origin.page(), id)
    }
}

fn node_of(event: Event) -> NodeId {
    match event {
        Event::Computed { node, .. } | Event::Skipped(node) | Event::CacheHit(node) | Event::Failed(node) => node,
    }
}

fn scalar(view: &View, id: NodeId) -> Option<Scalar> {
    match &view.memo(id)?.kept {
        Kept::Value(Value::Scalar(scalar)) => Some(scalar.clone()),
        _ => None,
    }
}

/// The nodes that something needs whose conditions hold, its own and those around it.
fn wanted(view: &View) -> BTreeSet<NodeId> {
    let graph = view.origin.graph();
    let holds = |id: NodeId| scalar(view, id) == Some(Scalar::Bool(true));
    let guards = |id: NodeId| std::iter::successors(graph.node(id).guard, |id| graph.node(*id).guard);
    let is_root = |id: &NodeId| {
        let is_kind = matches!(graph.node(*id).kind, NodeKind::Component(_) | NodeKind::Shown(_));
        is_kind && guards(*id).all(holds)
    };
    let mut open: Vec<NodeId> = graph.ids().filter(is_root).collect();
    let mut wanted = BTreeSet::new();
    while let Some(id) = open.pop() {
        if wanted.insert(id) {
            open.extend(graph.node(id).inputs.iter().chain(&graph.node(id).extras));
        }
    }
    wanted
}
