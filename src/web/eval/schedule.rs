//! Decides what may be computed next; computes nothing.
//!
//! A node is *wanted* if a visible component needs it, directly or not, and *unsettled* if something that it reads may
//! have changed since it was last computed. What is both runs, after all that it reads has settled. A condition that
//! settles as true makes wanted what it guards, so nothing hidden ever runs.
//!
//! For extras a node waits too, but not when somebody waits for it: then it runs without them, and once more when they
//! are there.

use std::collections::BTreeSet;

use appspec_lang::graph::{Graph, NodeId, NodeKind};
use fixedbitset::FixedBitSet;

/// The order of one run.
#[derive(Clone, Debug)]
pub struct Schedule {
    unsettled: FixedBitSet,
    wanted: FixedBitSet,
    /// Given out by [`Schedule::take_ready`] and not settled since.
    running: FixedBitSet,
    /// Running on inputs that have changed meanwhile: to run once more.
    stale: FixedBitSet,
    /// Whether nodes run without the extras that are not there.
    is_pressed: bool,
    ready: BTreeSet<NodeId>,
}

impl Schedule {
    /// Starts a run over what is unsettled. `holds` tells of a settled condition whether it is true.
    pub fn new(graph: &Graph, unsettled: FixedBitSet, holds: &dyn Fn(NodeId) -> bool) -> Self {
        let empty = FixedBitSet::with_capacity(graph.len());
        let mut schedule = Self {
            unsettled,
            wanted: empty.clone(),
            running: empty.clone(),
            stale: empty,
            is_pressed: false,
            ready: BTreeSet::new(),
        };
        for id in graph.ids() {
            let node = graph.node(id);
            let is_root = node.guard.is_none() && is_for_its_own_sake(graph, id);
            if is_root {
                schedule.want(graph, id, holds);
            }
        }
        schedule
    }

    /// What may run now: each node once, until it is settled or deferred.
    pub fn take_ready(&mut self) -> Vec<NodeId> {
        let ready = std::mem::take(&mut self.ready);
        for id in &ready {
            self.running.insert(id.index());
        }
        ready.into_iter().collect()
    }

    /// Whether all that is shown could be, if it were without the extras that are not there.
    pub fn lacks_extras_alone(&self, graph: &Graph) -> bool {
        let has_inputs = |id: NodeId| graph.node(id).inputs.iter().all(|input| !self.unsettled.contains(input.index()));
        let mut open = graph.ids().filter(|id| is_for_its_own_sake(graph, *id) && self.is_open(*id));
        open.all(|id| has_inputs(id) && !self.running.contains(id.index()))
    }

    /// Has nodes run from now on without the extras that are not there.
    pub fn press(&mut self, graph: &Graph) {
        if !std::mem::replace(&mut self.is_pressed, true) {
            for id in graph.ids().filter(|id| !graph.node(*id).extras.is_empty()) {
                self.consider(graph, id);
            }
        }
    }

    /// Notes that a node is up to date. With `changed`, all that depends on it is unsettled, also if it was not.
    pub fn settle(&mut self, graph: &Graph, id: NodeId, changed: bool, holds: &dyn Fn(NodeId) -> bool) {
        self.running.remove(id.index());
        let is_stale = self.stale.contains(id.index());
        self.stale.remove(id.index());
        if is_stale {
            self.consider(graph, id);
            return;
        }
        self.unsettled.remove(id.index());
        if changed {
            // What is unsettled has made all that depends on it unsettled too.
            let settled = |id: &&NodeId| !self.unsettled.contains(id.index());
            let fresh: Vec<NodeId> = graph.node(id).dependents.iter().filter(settled).copied().collect();
            if !fresh.is_empty() {
                self.unsettle(graph, fresh);
            }
        }
        // Whoever did not wait for this has run without it.
        let extra_to = |dependent: &&NodeId| graph.node(**dependent).extras.contains(&id);
        let early = |dependent: &&NodeId| extra_to(dependent) && !self.unsettled.contains(dependent.index());
        let early: Vec<NodeId> = graph.node(id).dependents.iter().filter(early).copied().collect();
        if !early.is_empty() {
            self.unsettle(graph, early);
        }
        if holds(id) {
            for guarded in &graph.node(id).guarded {
                self.want(graph, *guarded, holds);
            }
        }
        for dependent in &graph.node(id).dependents {
            self.consider(graph, *dependent);
        }
    }

    /// Makes nodes and all that depends on them unsettled: what is wanted of it runs in this run.
    pub fn unsettle(&mut self, graph: &Graph, nodes: impl IntoIterator<Item = NodeId>) {
        self.reopen(graph, &graph.affected_by(nodes));
    }

    /// Makes exactly these nodes unsettled: what is wanted of them runs in this run.
    pub fn reopen(&mut self, graph: &Graph, affected: &FixedBitSet) {
        for index in affected.ones() {
            self.unsettled.insert(index);
            if self.running.contains(index) {
                self.stale.insert(index);
            }
        }
        self.ready.retain(|id| !affected.contains(id.index()));
        for id in graph.ids().filter(|id| affected.contains(id.index())) {
            self.consider(graph, id);
        }
    }

    /// Puts back a node that was taken: it runs again once `needed`, whose value is lost, has been computed anew.
    pub fn defer(&mut self, graph: &Graph, id: NodeId, needed: NodeId) {
        self.running.remove(id.index());
        self.unsettled.insert(needed.index());
        self.wanted.insert(needed.index());
        self.consider(graph, needed);
        self.consider(graph, id);
    }

    /// Whether a node is wanted and not up to date.
    pub fn is_open(&self, id: NodeId) -> bool {
        self.wanted.contains(id.index()) && self.unsettled.contains(id.index())
    }

    pub fn is_wanted(&self, id: NodeId) -> bool {
        self.wanted.contains(id.index())
    }

    /// What is not up to date: what was not wanted, and all that a run left undone.
    pub fn unsettled(&self) -> &FixedBitSet {
        &self.unsettled
    }

    fn want(&mut self, graph: &Graph, id: NodeId, holds: &dyn Fn(NodeId) -> bool) {
        if self.wanted.put(id.index()) {
            return;
        }
        let node = graph.node(id);
        for input in node.inputs.iter().chain(&node.extras) {
            self.want(graph, *input, holds);
        }
        if self.unsettled.contains(id.index()) {
            self.consider(graph, id);
        } else if holds(id) {
            for guarded in &node.guarded {
                self.want(graph, *guarded, holds);
            }
        }
    }

    /// Makes a node ready if it is open, not running, and all its inputs are settled.
    fn consider(&mut self, graph: &Graph, id: NodeId) {
        let node = graph.node(id);
        let extras = if self.is_pressed { &[] } else { node.extras.as_slice() };
        let is_ready = self.is_open(id)
            && !self.running.contains(id.index())
            && node.inputs.iter().chain(extras).all(|input| !self.unsettled.contains(input.index()));
        if is_ready {
            self.ready.insert(id);
        }
    }
}

/// Whether a node is wanted though nobody reads it: what is shown, and the conditions of it.
fn is_for_its_own_sake(graph: &Graph, id: NodeId) -> bool {
    match graph.node(id).kind {
        NodeKind::Component(_) | NodeKind::Shown(_) => true,
        NodeKind::Title => !graph.has_constant_title(),
        _ => false,
    }
}
