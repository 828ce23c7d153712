//! One evaluation of the graph for a view: what is unsettled and wanted, in the order that [`Schedule`] gives.
//!
//! A run goes on in steps, so that the server can send what is ready and let the rest arrive late. Dropping a run
//! cancels it: its queries end, and what it has not settled stays unsettled in the view.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use appspec_data::{Data, Found, Value};
use appspec_lang::check::program::{ComponentId, Ref, StateId};
use appspec_lang::expr::Template;
use appspec_lang::graph::{Graph, NodeId, NodeKind};
use appspec_lang::value::{Fingerprint, Scalar};
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use jiff::civil::DateTime;
use tokio::sync::OwnedMutexGuard;

use super::evaluated::Outcome;
use super::expr::{self, EvalError, Settings};
use super::instance::Instance;
use super::memo::{Failure, Kept, Memo};
use super::reach::{self, reach_of_interaction, reach_of_tick, reach_of_writes};
use super::resolve::Scope;
use super::schedule::Schedule;
use super::tick::{Tick, shown};
use super::view::{Origin, View};

/// What all runs share.
#[derive(Debug)]
pub struct Engine {
    pub data: Arc<Data>,
    pub settings: Settings,
}

/// What happened to a node in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    Computed {
        node: NodeId,
        changed: bool,
    },
    /// Reached, but nothing that it reads has changed.
    Skipped(NodeId),
    /// A query whose table was in the cache.
    CacheHit(NodeId),
    Failed(NodeId),
}

/// What the browser lacks, whatever has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resend {
    Nothing,
    These(BTreeSet<Instance>),
    All,
}

/// The result of a node that had to be waited for.
pub(super) struct Arrived {
    pub(super) node: NodeId,
    pub(super) inputs: Fingerprint,
    pub(super) result: Result<Arrival, EvalError>,
}

pub(super) enum Arrival {
    /// Of a query.
    Table(Found),
    Value(Value),
}

/// A run in progress. Holds its view: one run a view at a time.
pub struct Run {
    pub(super) engine: Arc<Engine>,
    pub(super) origin: Arc<Origin>,
    pub(super) view: OwnedMutexGuard<View>,
    pub(super) schedule: Schedule,
    pub(super) waiting: FuturesUnordered<BoxFuture<'static, Arrived>>,
    /// Values at hand in this run, by node.
    pub(super) values: Vec<Option<Value>>,
    /// Nodes whose value was lost: to be computed though their memo holds.
    pub(super) lost: BTreeSet<NodeId>,
    /// Queries to be asked again though nothing that they read has changed.
    pub(super) outdated: BTreeSet<NodeId>,
    pub(super) evaluated: BTreeMap<Instance, Outcome>,
    pub(super) changed: BTreeSet<Instance>,
    /// Keys of charts whose value has left their data, and what is left of it.
    pub(super) lost_selections: Vec<(StateId, Scalar)>,
    /// What is to be fetched anew, in a run without an interaction.
    pub(super) tick: Option<Tick>,
    title_changed: bool,
    log: Vec<Event>,
    /// The moment of the run.
    pub(super) now: DateTime,
    pub(super) started: Instant,
}

impl Run {
    /// Starts a run over what is unsettled in the view, and computes all that needs no waiting.
    pub fn start(engine: Arc<Engine>, view: OwnedMutexGuard<View>, now: DateTime, resend: Resend) -> Self {
        Self::begin(engine, view, (now, None), resend)
    }

    /// Starts a run that nobody has asked for: it fetches what is due, and keeps what cannot be had anew.
    pub fn tick(engine: Arc<Engine>, view: OwnedMutexGuard<View>, tick: Tick, resend: Resend) -> Self {
        Self::begin(engine, view, (tick.now, Some(tick)), resend)
    }

    fn begin(
        engine: Arc<Engine>,
        mut view: OwnedMutexGuard<View>,
        (now, tick): (DateTime, Option<Tick>),
        resend: Resend,
    ) -> Self {
        let origin = Arc::clone(&view.origin);
        let graph = origin.graph();
        let started = Instant::now();
        let outdated = reach_of_writes(&mut view, &engine);
        view.unsettled.union_with(&outdated);
        let reached = match &tick {
            Some(tick) => reach_of_tick(&mut view, tick, started, &|_| false),
            None => reach_of_interaction(&mut view, now, started),
        };
        view.unsettled.union_with(&reached);
        let outdated = reach::outdated(&engine, &view, tick.is_some());
        let changed = reach::changed_files(&engine, &view);
        view.unsettle(outdated.iter().copied().chain(changed));
        reach::settle_clocks(&mut view.unsettled, graph);
        let lacking = match resend {
            Resend::Nothing => BTreeSet::new(),
            Resend::These(instances) => with_descendants(&origin, instances),
            Resend::All => origin.page().single().map(Instance::from).collect(),
        };
        view.forget(&lacking);
        let schedule = Schedule::new(graph, view.unsettled.clone(), &|id| holds(&view, graph, id));
        let nodes = graph.len();
        let mut run = Self {
            engine,
            origin,
            view,
            schedule,
            waiting: FuturesUnordered::new(),
            values: vec![None; nodes],
            lost: BTreeSet::new(),
            outdated,
            evaluated: BTreeMap::new(),
            changed: lacking,
            lost_selections: Vec::new(),
            tick,
            title_changed: false,
            log: Vec::new(),
            now,
            started,
        };
        run.advance();
        run
    }

    /// Waits for the next result from outside, and computes what it makes possible; false when all is done.
    pub async fn step(&mut self) -> bool {
        let Some(arrived) = self.waiting.next().await else { return false };
        self.arrive(arrived);
        self.advance();
        true
    }

    /// Whether nothing is being waited for.
    pub fn is_done(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Whether the answer would be whole but for what only adds to it, such as how many rows a table has.
    pub fn lacks_extras_alone(&self) -> bool {
        self.schedule.lacks_extras_alone(self.origin.graph())
    }

    /// Whether more comes by itself: what is waited for, what is tried again, or a newer table than the one shown.
    pub fn is_expecting(&self) -> bool {
        let is_tried_again = |id| self.schedule.is_wanted(id) && self.view.next_attempt(id).is_some();
        !self.is_done()
            || self.origin.graph().ids().any(is_tried_again)
            || shown(&self.view, &self.schedule).any(|cached| self.engine.data.newer(cached).is_some())
    }

    pub fn view(&self) -> &View {
        &self.view
    }

    /// The title of the page; empty while what it reads is not known.
    pub fn title(&self) -> String {
        let origin = &self.origin;
        let evaluated = match self.view.memo(origin.graph().title()).map(|memo| &memo.kept) {
            Some(Kept::Value(Value::Scalar(title))) => title.as_text().map(str::to_owned),
            _ => None,
        };
        evaluated.unwrap_or_else(|| origin.page().short_title())
    }

    /// The title, if it has changed since the last call.
    pub fn take_title(&mut self) -> Option<String> {
        std::mem::take(&mut self.title_changed).then(|| self.title())
    }

    /// The description of the page, as far as what it reads is known.
    pub fn description(&mut self) -> Option<String> {
        let origin = Arc::clone(&self.origin);
        origin.page().description.as_ref().map(|description| self.text(description))
    }

    fn text(&mut self, template: &Template<Ref>) -> String {
        let origin = Arc::clone(&self.origin);
        let mut values = BTreeMap::new();
        for (reference, _) in template.refs() {
            if let Some(node) = origin.graph().read(reference) {
                values.insert(node, self.value_of(node).unwrap_or(Value::Scalar(Scalar::Null)));
            }
        }
        let scope = Scope::new(Arc::clone(&origin), values);
        expr::render_text(template, &scope, &self.engine.settings).unwrap_or_default()
    }

    /// What has happened so far, in order.
    pub fn log(&self) -> &[Event] {
        &self.log
    }

    /// Computes until everything that is left waits for something outside.
    pub(super) fn advance(&mut self) {
        loop {
            let ready = self.schedule.take_ready();
            if ready.is_empty() && !self.give_up_selections() {
                break;
            }
            for id in ready {
                self.compute(id);
            }
        }
        self.view.unsettled.clone_from(self.schedule.unsettled());
    }

    /// Gives up what was selected in charts and has left their data; what depends on it is computed again.
    fn give_up_selections(&mut self) -> bool {
        let lost = std::mem::take(&mut self.lost_selections);
        let origin = Arc::clone(&self.origin);
        let graph = origin.graph();
        for (key, kept) in &lost {
            self.view.commit(*key, Value::Scalar(kept.clone()));
        }
        let affected = graph.affected_by(lost.iter().map(|(key, _)| graph.state(*key)));
        for index in affected.ones() {
            self.values.get_mut(index).into_iter().for_each(|value| *value = None);
        }
        self.schedule.reopen(graph, &affected);
        !lost.is_empty()
    }

    /// Stores what a node gave, and lets the schedule go on from there.
    pub(super) fn store(&mut self, id: NodeId, memo: Memo) {
        let origin = Arc::clone(&self.origin);
        let graph = origin.graph();
        if let NodeKind::Query(query) = graph.node(id).kind {
            self.view.note_asked(query, self.started);
        }
        let before = self.view.memo(id);
        let changed = before.is_none_or(|before| before.output != memo.output);
        let is_fresh = before.is_none_or(|before| before.failure().is_some());
        let held = holds(&self.view, graph, id);
        let failed = memo.failure().is_some();
        self.lost.remove(&id);
        self.outdated.remove(&id);
        self.view.set_memo(id, Some(memo));
        self.log.push(if failed { Event::Failed(id) } else { Event::Computed { node: id, changed } });
        match graph.node(id).kind {
            NodeKind::Component(component) if changed && is_fresh => self.show_inside_again(component),
            NodeKind::Title => self.title_changed |= changed,
            NodeKind::Shown(component) if changed => {
                self.changed.insert(component.into());
                if !held {
                    self.show_again(component);
                }
            }
            _ => {}
        }
        self.settle(id, changed);
    }

    /// Stores what the cache gave for a query.
    pub(super) fn store_hit(&mut self, id: NodeId, memo: Memo) {
        let changed = self.view.memo(id).is_none_or(|before| before.output != memo.output);
        if let NodeKind::Query(query) = self.origin.graph().node(id).kind {
            self.view.note_asked(query, self.started);
        }
        self.lost.remove(&id);
        self.outdated.remove(&id);
        self.view.set_memo(id, Some(memo));
        self.log.push(Event::CacheHit(id));
        self.settle(id, changed);
    }

    /// Notes that a node need not be computed.
    pub(super) fn skip(&mut self, id: NodeId, event: Event) {
        if let NodeKind::Query(query) = self.origin.graph().node(id).kind
            && self.tick.as_ref().is_some_and(|tick| tick.due.contains_key(&query))
        {
            self.view.note_asked(query, self.started);
        }
        self.log.push(event);
        self.settle(id, false);
    }

    fn settle(&mut self, id: NodeId, changed: bool) {
        let origin = Arc::clone(&self.origin);
        let (view, graph) = (&self.view, origin.graph());
        self.schedule.settle(graph, id, changed, &|id| holds(view, graph, id));
    }

    pub(super) fn fail(&mut self, id: NodeId, inputs: Fingerprint, failure: Failure) {
        self.values.get_mut(id.index()).into_iter().for_each(|value| *value = None);
        if let NodeKind::Query(query) = self.origin.graph().node(id).kind {
            self.view.remarks.remove(&query);
        }
        let output = failure.fingerprint();
        self.store(id, Memo { inputs, output, kept: Kept::Failed(failure) });
    }

    /// Has a component and all inside it shown, because the browser has nothing of them.
    fn show_again(&mut self, component: ComponentId) {
        let origin = Arc::clone(&self.origin);
        let node = origin.graph().component(component);
        if !self.evaluated.contains_key(&component.into()) {
            self.view.forget_look(&component.into());
            if !self.schedule.unsettled().contains(node.index()) {
                self.schedule.unsettle(origin.graph(), [node]);
            }
        }
        self.changed.insert(component.into());
        self.show_inside_again(component);
    }

    fn show_inside_again(&mut self, component: ComponentId) {
        let origin = Arc::clone(&self.origin);
        // What stands for rows comes with them.
        let component = origin.page().components.get(component.index()).filter(|component| !component.kind.has_rows());
        for child in component.map(|component| component.children.as_slice()).unwrap_or_default() {
            self.show_again(*child);
        }
    }

    /// Ends a run that is done: what choices have admitted becomes what is entered.
    ///
    /// With `answered`, the view counts an answer more; else the browser has got all of it with its page.
    pub fn finish(&mut self, answered: bool) {
        self.commit();
        if answered {
            self.view.revision += 1;
        } else {
            self.view.forget_answers();
        }
    }

    /// Ends a run that is done and of which nothing is sent.
    pub fn finish_unsent(&mut self) {
        self.commit();
    }

    fn commit(&mut self) {
        let origin = Arc::clone(&self.origin);
        let graph = origin.graph();
        for id in graph.ids() {
            let NodeKind::Admitted(key) = graph.node(id).kind else { continue };
            let entered = graph.state(key);
            if self.schedule.is_open(id) || self.view.unsettled.contains(id.index()) {
                continue;
            }
            if origin.page().window_of_page(key).is_some() {
                let chosen_for = self.digest_beside(id);
                self.view.note_followed(key, chosen_for);
            }
            let Some(Memo { output, kept: Kept::Value(value), .. }) = self.view.memo(id).cloned() else { continue };
            if self.view.memo(entered).is_none_or(|memo| memo.output == output) {
                continue;
            }
            self.view.commit(key, value.clone());
            self.view.set_memo(entered, Some(Memo { inputs: output, output, kept: Kept::Value(value.clone()) }));
            let inputs = self.digest_of_inputs(id);
            self.view.set_memo(id, Some(Memo { inputs, output, kept: Kept::Value(value) }));
        }
    }

    fn arrive(&mut self, arrived: Arrived) {
        let Arrived { node, inputs, result } = arrived;
        match result {
            Ok(Arrival::Table(found)) => {
                let NodeKind::Query(query) = self.origin.graph().node(node).kind else { return };
                let memo = self.take_table(node, query, inputs, found);
                self.store(node, memo);
            }
            Ok(Arrival::Value(value)) => {
                let output = value.fingerprint();
                self.keep(node, value.clone());
                self.store(node, Memo { inputs, output, kept: Kept::Value(value) });
            }
            Err(error) => {
                if self.tick.is_some() && self.has_table(node) {
                    return self.keep_outdated(node, error);
                }
                let before = self.view.failure(node).map_or(0, |failure| failure.attempts);
                let failure = Failure::own(error, before, Instant::now());
                if self.is_optional(node) {
                    self.do_without(node, inputs, failure);
                } else {
                    self.fail(node, inputs, failure);
                }
            }
        }
    }

    /// Keeps a value at hand for the rest of the run.
    pub(super) fn keep(&mut self, node: NodeId, value: Value) {
        if let Some(place) = self.values.get_mut(node.index()) {
            *place = Some(value);
        }
    }
}

/// What was computed and never taken is lost to the browser: it goes out with the next answer.
impl Drop for Run {
    fn drop(&mut self) {
        let lacking = std::mem::take(&mut self.changed);
        if !lacking.is_empty() {
            let revision = self.view.revision + 1;
            self.view.note_sent(revision, lacking);
        }
    }
}

/// Whether a condition was last found true; false for every other node.
pub(super) fn holds(view: &View, graph: &Graph, id: NodeId) -> bool {
    matches!(graph.node(id).kind, NodeKind::Shown(_))
        && view.memo(id).is_some_and(|memo| matches!(&memo.kept, Kept::Value(Value::Scalar(Scalar::Bool(true)))))
}

/// The same with what is inside; what stands for the rows of a component comes with it.
fn with_descendants(origin: &Origin, instances: BTreeSet<Instance>) -> BTreeSet<Instance> {
    let page = origin.page();
    let mut all = BTreeSet::new();
    let mut open: Vec<Instance> = instances.into_iter().collect();
    while let Some(id) = open.pop() {
        if all.insert(id.clone())
            && let Some(component) = id.definition(page).filter(|component| !component.kind.has_rows())
        {
            open.extend(component.children.iter().map(|child| id.beside(page, *child)));
        }
    }
    all
}
