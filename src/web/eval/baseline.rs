//! What a page looks like before anybody has touched it, shared by all views that look the same.
//!
//! An untouched view costs nothing: its first interaction finds here, by content, the digests of what its browser
//! shows. What rests on unseeded chance differs from view to view; it is left out and made anew from the view's own
//! seed.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use appspec_data::{Cached, Data, Table, Value};
use appspec_lang::check::program::{QueryId, Source, StateId, Take};
use appspec_lang::graph::{Graph, NodeId, NodeKind};
use appspec_lang::value::{Fingerprint, Hasher, Scalar};
use fixedbitset::FixedBitSet;
use jiff::civil::DateTime;
use tokio::sync::Mutex as AsyncMutex;

use super::fetch;
use super::instance::Instance;
use super::memo::Memo;
use super::remark::Remark;
use super::run::{Engine, Resend, Run};
use super::view::{Entered, Origin, View};

/// The evaluated beginning of a page.
#[derive(Debug)]
pub struct Baseline {
    state: Vec<Entered>,
    seeds: Vec<Option<Scalar>>,
    kept: Vec<Option<Fingerprint>>,
    firsts: BTreeMap<StateId, Scalar>,
    followed: Vec<Option<Fingerprint>>,
    memos: Vec<Option<Memo>>,
    rendered: Vec<Option<Scalar>>,
    looks: BTreeMap<Instance, Fingerprint>,
    remarks: BTreeMap<QueryId, Remark>,
    refreshes: Vec<u32>,
    /// When each query was last asked for.
    asked: Vec<Option<Instant>>,
    unsettled: FixedBitSet,
    editions: Vec<u64>,
    /// Where the tables are found again that actions work with.
    acted: Vec<(NodeId, Cached)>,
}

impl Baseline {
    /// The beginning that a freshly loaded view shows; none if its state holds tables of its own.
    pub fn of(view: &View, data: &Data) -> Option<Self> {
        let graph = view.origin.graph();
        let is_plain = |entered: &Entered| !matches!(entered, Entered::Set(Value::Table(_) | Value::Column(_)));
        if !view.state.iter().all(is_plain) {
            return None;
        }
        let mut unsettled = view.unsettled.clone();
        let mut memos: Vec<Option<Memo>> = Vec::with_capacity(graph.len());
        for id in graph.ids() {
            if graph.is_per_view(id) {
                unsettled.insert(id.index());
                memos.push(None);
            } else if is_idle_clock(graph, id) {
                // The moment of the load would make every load a beginning of its own.
                memos.push(None);
            } else {
                let kept = |memo: &Memo| memo.without_tables(|table| held(view, id, table, data));
                memos.push(view.memo(id).map(|memo| if is_count(view, id) { memo.clone() } else { kept(memo) }));
            }
        }
        let own = |index: usize| graph.is_per_view(graph.key(StateId::at(index)));
        let rendered =
            view.rendered.iter().enumerate().map(|(index, value)| if own(index) { None } else { value.clone() });
        let looks = view.looks.iter().filter(|(id, _)| !graph.is_per_view(graph.component(id.component)));
        let followed = view.followed.clone();
        Some(Self {
            state: view.state.clone(),
            seeds: view.seeds.clone(),
            kept: view.kept.clone(),
            firsts: view.firsts.clone(),
            followed,
            memos,
            rendered: rendered.collect(),
            looks: looks.map(|(id, look)| (id.clone(), *look)).collect(),
            remarks: view.remarks.clone(),
            refreshes: view.refreshes.clone(),
            asked: view.asked.clone(),
            unsettled,
            editions: view.editions.clone(),
            acted: view.acted().map(|(id, table)| (id, data.hold(table))).collect(),
        })
    }

    /// The digest of all that the baseline holds.
    pub fn id(&self, origin: &Origin) -> Fingerprint {
        let mut hasher = Hasher::default();
        hasher.text(&origin.page().path);
        // What holds a key of somebody's own results is for nobody else.
        for id in origin.graph().ids() {
            if let NodeKind::Query(query) = origin.graph().node(id).kind
                && let Some(owner) = fetch::owner(origin, query)
            {
                hasher.fingerprint(owner);
            }
        }
        origin.params.iter().for_each(|param| param.digest(&mut hasher));
        for entered in &self.state {
            match entered {
                Entered::Initial => hasher.number(0),
                Entered::Set(value) => hasher.number(1).fingerprint(value.fingerprint()),
            };
        }
        for (index, seed) in self.seeds.iter().enumerate() {
            if let Some(seed) = seed {
                seed.digest(hasher.number(index as u64));
            }
        }
        for followed in &self.followed {
            hasher.fingerprint(followed.unwrap_or(Fingerprint(0)));
        }
        for memo in &self.memos {
            hasher.fingerprint(memo.as_ref().map_or(Fingerprint(0), |memo| memo.output));
        }
        for value in self.rendered.iter().flatten() {
            value.digest(&mut hasher);
        }
        for index in self.unsettled.ones() {
            hasher.number(index as u64);
        }
        for remark in self.remarks.values() {
            remark.digest(&mut hasher);
        }
        for count in &self.refreshes {
            hasher.number(u64::from(*count));
        }
        hasher.finish()
    }

    /// A view as it stood when its page was loaded.
    pub async fn restore(&self, engine: &Arc<Engine>, origin: &Arc<Origin>, now: DateTime) -> View {
        let mut view = View::new(Arc::clone(origin));
        view.state.clone_from(&self.state);
        view.seeds.clone_from(&self.seeds);
        view.kept.clone_from(&self.kept);
        view.firsts.clone_from(&self.firsts);
        view.followed.clone_from(&self.followed);
        view.memos.clone_from(&self.memos);
        view.rendered.clone_from(&self.rendered);
        view.looks.clone_from(&self.looks);
        view.remarks.clone_from(&self.remarks);
        view.refreshes.clone_from(&self.refreshes);
        view.asked.clone_from(&self.asked);
        view.unsettled.clone_from(&self.unsettled);
        view.editions.clone_from(&self.editions);
        for (id, cached) in &self.acted {
            if let Some(table) = engine.data.cached(cached) {
                view.act_on(*id, &table);
            }
        }
        let graph = origin.graph();
        if !graph.ids().any(|id| graph.is_per_view(id)) {
            return view;
        }
        // What the view drew by chance is drawn again from the same seed; the browser shows it already.
        let shared = Arc::new(AsyncMutex::new(view));
        let mut run = Run::start(Arc::clone(engine), Arc::clone(&shared).lock_owned().await, now, Resend::Nothing);
        while run.step().await {}
        let delta = run.take_delta(false);
        drop(run);
        // What rests on the clock, or on what has changed in the meantime, the browser does not show yet.
        let by_clock = graph.affected_by([graph.now(), graph.today()]);
        let is_new = |id: &Instance| {
            let node = graph.component(id.component);
            !graph.is_per_view(node) || by_clock.contains(node.index())
        };
        let news: BTreeSet<Instance> = delta.changed.into_keys().filter(is_new).collect();
        match Arc::try_unwrap(shared) {
            Ok(view) => {
                let mut view = view.into_inner();
                view.forget_answers();
                view.note_sent(view.revision + 1, news);
                view
            }
            Err(_) => View::new(Arc::clone(origin)),
        }
    }
}

/// Where the table of a query is found again that runs by itself, for those that only look at the page, or that actions
/// work with: whoever clicks means the rows that are shown.
///
/// Others are of no use: what is not cached runs anew when it is needed.
fn held(view: &View, id: NodeId, table: &Table, data: &Data) -> Option<Cached> {
    let NodeKind::Query(query) = view.origin.graph().node(id).kind else { return None };
    let is_of_use = view.origin.page().every(query).is_some() || view.origin.graph().is_acted_on(id);
    is_of_use.then(|| data.hold(table))
}

/// Whether a node is how many rows a table has: a number, which may take long to be found again.
fn is_count(view: &View, id: NodeId) -> bool {
    let NodeKind::Query(query) = view.origin.graph().node(id).kind else { return false };
    let source = view.origin.page().queries.get(query.index()).map(|query| &query.source);
    matches!(source, Some(Source::Part { take: Take::Count, .. }))
}

/// Whether a node is a clock that nothing on the page reads.
fn is_idle_clock(graph: &Graph, id: NodeId) -> bool {
    let node = graph.node(id);
    matches!(node.kind, NodeKind::Now | NodeKind::Today) && node.dependents.is_empty()
}

/// How many beginnings are kept: one a page and set of first values, more where a page reads the clock.
const KEPT: usize = 256;

/// The beginnings that were served last.
#[derive(Debug, Default)]
pub struct Baselines(Mutex<VecDeque<(Fingerprint, Arc<Baseline>)>>);

impl Baselines {
    pub fn find(&self, id: Fingerprint) -> Option<Arc<Baseline>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(known, _)| *known == id)?;
        let found = kept.remove(at)?;
        let baseline = Arc::clone(&found.1);
        kept.push_front(found);
        Some(baseline)
    }

    /// Keeps the beginning of a view, and gives its id.
    pub fn keep(&self, view: &View, data: &Data) -> Option<Fingerprint> {
        let baseline = Baseline::of(view, data)?;
        let id = baseline.id(&view.origin);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // The newer one knows better how long its tables are fresh.
        kept.retain(|(known, _)| *known != id);
        kept.push_front((id, Arc::new(baseline)));
        kept.truncate(KEPT);
        Some(id)
    }

    pub fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
