//! What a run has to look at again: what time has changed, and what is due.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use appspec_data::Value;
use appspec_lang::check::program::{QueryId, Source};
use appspec_lang::graph::{Graph, NodeId, NodeKind};
use appspec_lang::value::Scalar;
use fixedbitset::FixedBitSet;
use jiff::civil::DateTime;

use super::fetch::{self, query_id};
use super::memo::{Kept, Memo};
use super::run::{Engine, Run};
use super::tick::Tick;
use super::view::View;

/// Gives the clocks the moment of the run: they are inputs like any other. Gives those that show another.
fn set_clocks(view: &mut View, now: DateTime) -> Vec<NodeId> {
    let origin = Arc::clone(&view.origin);
    let graph = origin.graph();
    let mut changed = Vec::new();
    for (node, value) in [(graph.now(), Scalar::DateTime(now)), (graph.today(), Scalar::Date(now.date()))] {
        let output = value.fingerprint();
        if view.memo(node).is_none_or(|memo| memo.output != output) {
            view.set_memo(node, Some(Memo { inputs: output, output, kept: Kept::Value(Value::Scalar(value)) }));
            changed.push(node);
        }
    }
    changed
}

/// The clocks themselves have nothing to compute.
pub(super) fn settle_clocks(unsettled: &mut FixedBitSet, graph: &Graph) {
    unsettled.remove(graph.now().index());
    unsettled.remove(graph.today().index());
}

/// What may have changed by the time that has passed until an interaction.
pub(super) fn reach_of_interaction(view: &mut View, now: DateTime, started: Instant) -> FixedBitSet {
    let mut changed = set_clocks(view, now);
    let origin = Arc::clone(&view.origin);
    let graph = origin.graph();
    changed.extend(graph.ids().filter(|id| view.failure(*id).is_some_and(|failure| failure.is_due(started))));
    graph.affected_by(changed)
}

/// What a tick is to compute anew: the queries that are due, what the clock shows, and all that depends on them.
///
/// That the clock goes on makes no query run whose time has not come.
///
/// What is under way is not asked for twice.
pub(super) fn reach_of_tick(
    view: &mut View,
    tick: &Tick,
    started: Instant,
    is_under_way: &dyn Fn(NodeId) -> bool,
) -> FixedBitSet {
    let clocks = set_clocks(view, tick.now);
    let origin = Arc::clone(&view.origin);
    let (page, graph) = (origin.page(), origin.graph());
    for id in tick.due.keys() {
        if matches!(page.queries.get(id.index()).map(|query| &query.source), Some(Source::Generate(_))) {
            view.draw_again(*id);
        }
    }
    let is_due = |id: NodeId| match graph.node(id).kind {
        NodeKind::Query(query) => tick.due.contains_key(&query),
        _ => false,
    };
    let retried = |id: NodeId| view.next_attempt(id).is_some_and(|at| at <= started) && !is_under_way(id);
    let mut reached = graph.affected_by(graph.ids().filter(|id| is_due(*id) || retried(*id)));
    let is_today = |id: NodeId| id == graph.today();
    reached.union_with(&graph.affected_by(clocks.iter().copied().filter(|id| is_today(*id))));
    let passes = |id: NodeId| !matches!(graph.node(id).kind, NodeKind::Query(_));
    reached.union_with(&graph.affected_past(clocks.into_iter().filter(|id| !is_today(*id)), passes));
    reached
}

/// The queries whose data a write has changed since this view last ran them, and all that depends on them.
pub(super) fn reach_of_writes(view: &mut View, engine: &Engine) -> FixedBitSet {
    let origin = Arc::clone(&view.origin);
    let (page, graph) = (origin.page(), origin.graph());
    let newest = engine.data.editions(page.queries.iter().map(|query| query_id(&query.key)));
    let seen = std::mem::replace(&mut view.editions, newest);
    let outdated = view.editions.iter().zip(seen).enumerate().filter(|(_, (newest, seen))| *newest != seen);
    graph.affected_by(outdated.map(|(index, _)| graph.query(QueryId::at(index))).collect::<Vec<_>>())
}

/// The queries whose tables have grown old, were dropped for everybody, or are newer now than what the view shows.
///
/// A run without an interaction takes what there is, and asks for nothing whose time has not come.
pub(super) fn outdated(engine: &Engine, view: &View, is_tick: bool) -> BTreeSet<NodeId> {
    let data = &engine.data;
    let is_outdated = |id: &NodeId| match view.memo(*id).map(|memo| &memo.kept) {
        Some(Kept::Cached(cached)) if is_tick => data.is_replaced(cached),
        Some(Kept::Cached(cached)) => data.is_outdated(cached),
        _ => false,
    };
    view.origin.graph().ids().filter(is_outdated).collect()
}

/// The queries whose files are others than when they were read.
pub(super) fn changed_files(engine: &Engine, view: &View) -> Vec<NodeId> {
    let graph = view.origin.graph();
    let has_changed = |id: &NodeId| {
        let NodeKind::Query(query) = graph.node(*id).kind else { return false };
        let inputs = || fetch::inputs_of_file(engine, view, query);
        view.memo(*id).is_some_and(|memo| inputs().is_some_and(|inputs| inputs != memo.inputs))
    };
    graph.ids().filter(has_changed).collect()
}

impl Run {
    /// Takes up what has become due while this run, that nobody has asked for, still waits for other results.
    pub fn take_up(&mut self, mut tick: Tick) {
        let origin = Arc::clone(&self.origin);
        let graph = origin.graph();
        tick.due.retain(|query, _| !self.schedule.is_open(graph.query(*query)));
        self.started = Instant::now();
        self.now = tick.now;
        let schedule = &self.schedule;
        let mut reached = reach_of_tick(&mut self.view, &tick, self.started, &|id| schedule.is_open(id));
        reached.union_with(&reach_of_writes(&mut self.view, &self.engine));
        settle_clocks(&mut reached, graph);
        for id in reached.ones().chain([graph.now().index(), graph.today().index()]) {
            self.values.get_mut(id).into_iter().for_each(|value| *value = None);
        }
        match &mut self.tick {
            Some(running) => {
                running.due.extend(tick.due);
                running.others = tick.others;
            }
            none => *none = Some(tick),
        }
        self.schedule.reopen(graph, &reached);
        self.advance();
    }

    /// What the run has changed and not given out, because it is not decided how it stands.
    pub fn forget_withheld(&mut self) {
        let withheld = self.changed.clone();
        self.view.forget(&withheld);
    }

    /// Counts what was given out so far as an answer.
    pub fn count_answer(&mut self) {
        self.view.revision += 1;
    }
}
