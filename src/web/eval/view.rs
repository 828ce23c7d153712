//! One page in one tab: its state, and digests of what it shows. Plain data; nothing here computes.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use appspec_data::{Table, Value};
use appspec_lang::App;
use appspec_lang::check::program::{ComponentId, Page, QueryId, State, StateId, UserField};
use appspec_lang::graph::{Graph, NodeId, NodeKind};
use appspec_lang::value::{Fingerprint, Hasher, Scalar};
use fixedbitset::FixedBitSet;

use super::instance::Instance;
use super::interact::Reaction;
use super::memo::{Failure, Kept, Memo};
use super::remark::Remark;
use super::rows;

/// Names a view; drawn at random.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ViewId(pub u128);

/// How many answers back a browser may be before it gets everything again.
const REMEMBERED_ANSWERS: usize = 16;

/// How many clicks are remembered, so that the same click twice is one.
const REMEMBERED_CLICKS: usize = 64;

/// What is fixed for a view from its first moment.
#[derive(Clone, Debug)]
pub struct Origin {
    pub app: Arc<App>,
    /// An index of the program's pages, and of the app's graphs.
    pub page: usize,
    pub view: ViewId,
    /// The values of the page's path parameters.
    pub params: Vec<Scalar>,
    pub user: User,
    /// The digest of the browser's session.
    pub session: Fingerprint,
    /// What chance is seeded with, besides the view: a secret of the server.
    pub secret: Fingerprint,
}

/// Who looks at a page; nobody in particular where nobody was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct User {
    pub email: Option<Arc<str>>,
    pub name: Option<Arc<str>>,
    pub groups: Arc<[Arc<str>]>,
}

impl User {
    /// What an expression reads of the user.
    pub(super) fn field(&self, field: UserField) -> Scalar {
        let text = |text: &Option<Arc<str>>| text.as_deref().map_or(Scalar::Null, Scalar::text);
        match field {
            UserField::Email => text(&self.email),
            UserField::Name => text(&self.name),
            UserField::Groups => Scalar::list(self.groups.iter().map(|group| Scalar::text(&**group))),
        }
    }

    pub(super) fn fingerprint(&self) -> Fingerprint {
        let mut hasher = Hasher::default();
        for field in [UserField::Email, UserField::Name, UserField::Groups] {
            self.field(field).digest(&mut hasher);
        }
        hasher.finish()
    }
}

impl Origin {
    /// # Panics
    /// If the app has no such page.
    pub fn page(&self) -> &Page {
        self.app.program.pages.get(self.page).expect("a view is made for a page of its app")
    }

    /// # Panics
    /// If the app has no such page.
    pub fn graph(&self) -> &Graph {
        self.app.graphs.get(self.page).expect("each page has its graph")
    }

    /// What an unseeded `generate` of this view starts from.
    pub fn seed(&self, query: QueryId, count: u32) -> Fingerprint {
        let mut hasher = Hasher::default();
        hasher.fingerprint(self.secret).bytes(&self.view.0.to_le_bytes()).number(u64::from(query.0));
        hasher.number(u64::from(count)).finish()
    }
}

/// The value of a key, as far as it was given.
#[derive(Clone, Debug, Default)]
pub enum Entered {
    /// As it is at first.
    #[default]
    Initial,
    Set(Value),
}

/// What was given to the keys of a view, up to a moment.
pub(super) struct Given {
    state: Vec<Entered>,
    resets: Vec<u32>,
}

/// What a user has entered and the key does not hold: it is wrong, or something else in its form is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// What is wrong with it, if it is that.
    pub message: Option<String>,
    /// The field as it was sent.
    pub typed: Vec<String>,
    /// Whether the reader is to be led to it, as the first in a form that is wrong.
    pub leads: bool,
    /// What names the row that it was entered in, where each has a value of its own.
    pub row: Option<Arc<str>>,
}

impl Complaint {
    /// What is wrong with a field.
    pub(super) fn of(message: String, typed: Vec<String>) -> Self {
        Self { message: Some(message), typed, leads: false, row: None }
    }

    pub(super) fn digest(&self, hasher: &mut Hasher) {
        hasher.text(self.message.as_deref().unwrap_or_default()).number(u64::from(self.leads));
        self.typed.iter().for_each(|typed| _ = hasher.text(typed));
    }
}

/// What became of a click.
#[derive(Clone, Debug)]
pub(super) enum Click {
    /// It has begun to write; found so later, it never came to its end.
    Begun,
    Done(Reaction),
}

/// One page in one tab.
#[derive(Debug)]
pub struct View {
    pub origin: Arc<Origin>,
    /// Counts the answers; 0 while nobody has touched the page.
    pub revision: u64,
    /// Names what is remembered of clicks: another one if the view was lost in between; 0 since its page was loaded.
    pub memory: u64,
    /// By [`StateId`].
    pub(super) state: Vec<Entered>,
    /// What the value that a key follows was last; another one takes the place of what was entered.
    pub(super) followed: Vec<Option<Fingerprint>>,
    /// What the URL or the browser gave the keys before anything else, by [`StateId`].
    pub(super) seeds: Vec<Option<Scalar>>,
    /// The digests of the values that are kept for the browser, or were when the view began.
    pub(super) kept: Vec<Option<Fingerprint>>,
    /// The values that keys of the URL have at first under the options of their choices, where these are known.
    pub(super) firsts: BTreeMap<StateId, Scalar>,
    /// How often a key was reset: each time its first value is made anew.
    pub(super) resets: Vec<u32>,
    /// How often a query was refreshed, by [`QueryId`].
    pub(super) refreshes: Vec<u32>,
    /// The edition of each query's data that was last looked at, by [`QueryId`]: writes make new ones.
    pub(super) editions: Vec<u64>,
    /// By [`NodeId`].
    pub(super) memos: Vec<Option<Memo>>,
    /// What may be out of date: what is hidden, and what a cancelled run has left undone.
    pub(super) unsettled: FixedBitSet,
    /// The values of the widgets as the browser last got them.
    pub(super) rendered: Vec<Option<Scalar>>,
    pub(super) complaints: BTreeMap<StateId, Complaint>,
    /// The names of the files that keys have their tables from.
    pub(super) files: BTreeMap<StateId, Arc<str>>,
    /// What readers should know of tables that are shown all the same.
    pub(super) remarks: BTreeMap<QueryId, Remark>,
    /// When a query was last asked for, by [`QueryId`].
    pub(super) asked: Vec<Option<Instant>>,
    /// The tables that actions work with, as they are shown, where the cache may drop them.
    acted: BTreeMap<NodeId, Table>,
    /// Queries that are to be run though the cache has their table.
    pub(super) stale: BTreeSet<QueryId>,
    /// What each component looked like when it was last evaluated, as a digest; in rows each of them.
    pub(super) looks: BTreeMap<Instance, Fingerprint>,
    /// What is in each answer that the browser may not have swapped in.
    sent: VecDeque<(u64, BTreeSet<Instance>)>,
    clicks: VecDeque<(Fingerprint, Click)>,
}

impl View {
    /// A view at the initial values, of which nothing is evaluated.
    pub fn new(origin: Arc<Origin>) -> Self {
        let (page, graph) = (origin.page(), origin.graph());
        let mut unsettled = FixedBitSet::with_capacity(graph.len());
        unsettled.insert_range(..);
        Self {
            revision: 0,
            memory: 0,
            state: vec![Entered::Initial; page.state.len()],
            followed: vec![None; page.state.len()],
            seeds: vec![None; page.state.len()],
            kept: vec![None; page.state.len()],
            firsts: BTreeMap::new(),
            resets: vec![0; page.state.len()],
            refreshes: vec![0; page.queries.len()],
            editions: vec![0; page.queries.len()],
            memos: vec![None; graph.len()],
            unsettled,
            rendered: vec![None; page.state.len()],
            complaints: BTreeMap::new(),
            files: BTreeMap::new(),
            remarks: BTreeMap::new(),
            asked: vec![None; page.queries.len()],
            acted: BTreeMap::new(),
            stale: BTreeSet::new(),
            looks: BTreeMap::new(),
            sent: VecDeque::new(),
            clicks: VecDeque::new(),
            origin,
        }
    }

    pub fn memo(&self, id: NodeId) -> Option<&Memo> {
        self.memos.get(id.index()).and_then(Option::as_ref)
    }

    /// What a node has failed with, an optional query among them.
    pub(super) fn failure(&self, id: NodeId) -> Option<&Failure> {
        let trouble = match self.origin.graph().node(id).kind {
            NodeKind::Query(query) => self.trouble(query),
            _ => None,
        };
        trouble.or_else(|| self.memo(id)?.failure())
    }

    /// When a node is tried again by itself: because it has failed, or because its table is not up to date.
    pub(super) fn next_attempt(&self, id: NodeId) -> Option<Instant> {
        let outdated = match self.origin.graph().node(id).kind {
            NodeKind::Query(query) => self.outdated(query),
            _ => None,
        };
        [self.failure(id), outdated].into_iter().flatten().filter_map(|failure| failure.retry_at).min()
    }

    /// Has all that a component needs and that has failed be tried again in the next run.
    pub(super) fn try_again(&mut self, component: ComponentId, now: Instant) {
        let origin = Arc::clone(&self.origin);
        let graph = origin.graph();
        for id in graph.behind(component) {
            if let NodeKind::Query(query) = graph.node(id).kind
                && let Some(trouble) = self.remarks.get_mut(&query).and_then(|remark| remark.trouble.as_mut())
            {
                trouble.retry_at = Some(now);
            }
            if let Some(Kept::Failed(failure)) =
                self.memos.get_mut(id.index()).and_then(Option::as_mut).map(|memo| &mut memo.kept)
                && failure.attempts > 0
            {
                failure.retry_at = Some(now);
            }
        }
        let is_of_row = origin.page().components.get(component.index()).is_some_and(|it| it.row_of.is_some());
        let node = graph.component(component);
        // What fails in a row is no failure of its node, which has the other rows too.
        if is_of_row && self.failure(node).is_none() {
            self.set_memo(node, None);
            self.unsettled.insert(node.index());
        }
    }

    /// When a query was last asked for.
    pub(super) fn asked(&self, query: QueryId) -> Option<Instant> {
        self.asked.get(query.index()).copied().flatten()
    }

    pub(super) fn note_asked(&mut self, query: QueryId, at: Instant) {
        if let Some(place) = self.asked.get_mut(query.index()) {
            *place = Some(at);
        }
    }

    /// The last edition of the data that the view has looked at.
    pub fn edition(&self) -> u64 {
        self.editions.iter().copied().max().unwrap_or(0)
    }

    /// Notes the value of a widget's key that the browser shows.
    pub(super) fn note_rendered(&mut self, id: StateId, value: Scalar) {
        if let Some(place) = self.rendered.get_mut(id.index()) {
            *place = Some(value);
        }
    }

    pub(super) fn set_memo(&mut self, id: NodeId, memo: Option<Memo>) {
        if let Some(place) = self.memos.get_mut(id.index()) {
            *place = memo;
        }
    }

    /// The table of a query as it is shown, if actions work with it.
    pub(super) fn acted_on(&self, query: NodeId) -> Option<&Table> {
        self.acted.get(&query)
    }

    /// All of these tables.
    pub(super) fn acted(&self) -> impl Iterator<Item = (NodeId, &Table)> {
        self.acted.iter().map(|(id, table)| (*id, table))
    }

    /// Keeps the table of a query that the cache holds at hand, if actions work with it.
    pub(super) fn act_on(&mut self, query: NodeId, table: &Table) {
        if self.origin.graph().is_acted_on(query) {
            self.acted.insert(query, table.clone());
        }
    }

    /// Forgets the table of a query that nobody has looked into as it is.
    pub(super) fn leave(&mut self, query: NodeId) {
        self.acted.remove(&query);
    }

    /// Gives up the tables that the view alone holds, which are made again when they are needed; tells whether there
    /// were any.
    pub fn give_up_tables(&mut self) -> bool {
        let mut has_given = !self.acted.is_empty();
        self.acted.clear();
        for id in self.origin.graph().ids() {
            let memo = self.memos.get_mut(id.index()).and_then(Option::as_mut);
            // What an action has put into a key is nowhere else.
            let is_query = matches!(self.origin.graph().node(id).kind, NodeKind::Query(_));
            if let Some(memo) = memo.filter(|memo| is_query && matches!(memo.kept, Kept::Value(_))) {
                memo.kept = Kept::Nothing;
                has_given = true;
            }
        }
        has_given
    }

    /// Forgets tables that are others by now: the next run shows these.
    pub(super) fn forget_tables(&mut self, queries: BTreeSet<NodeId>) {
        for query in &queries {
            self.set_memo(*query, None);
            self.acted.remove(query);
        }
        self.unsettle(queries);
    }

    /// The value of a widget's key as the browser last got it.
    pub fn rendered(&self, id: StateId) -> Option<&Scalar> {
        self.rendered.get(id.index()).and_then(Option::as_ref)
    }

    /// Gives a key a value; whether that is another than before shows when the run compares digests.
    pub(super) fn enter(&mut self, id: StateId, value: Value) {
        if let Some(place) = self.state.get_mut(id.index()) {
            *place = Entered::Set(value);
        }
        self.complaints.remove(&id);
        self.files.remove(&id);
        self.unsettle([self.origin.graph().state(id)]);
    }

    /// Gives a key the value that it has before anything else.
    pub(super) fn seed(&mut self, id: StateId, scalar: Scalar) {
        if let Some(place) = self.seeds.get_mut(id.index()) {
            *place = Some(scalar.clone());
        }
        self.enter(id, Value::Scalar(scalar));
    }

    /// Takes back a seed that turned out not to fit.
    pub(super) fn take_back_seed(&mut self, id: StateId) {
        if let (Some(seed), Some(entered)) = (self.seeds.get_mut(id.index()), self.state.get_mut(id.index())) {
            (*seed, *entered) = (None, Entered::Initial);
        }
    }

    /// Whether a key was given a value.
    pub(super) fn is_entered(&self, id: StateId) -> bool {
        matches!(self.state.get(id.index()), Some(Entered::Set(_)))
    }

    pub(super) fn seed_of(&self, id: StateId) -> Option<&Scalar> {
        self.seeds.get(id.index()).and_then(Option::as_ref)
    }

    /// Notes which file the table of a key is from.
    pub(super) fn note_file(&mut self, id: StateId, name: &str) {
        self.files.insert(id, name.into());
        // A table is no text that a field could hold: to empty the field is an edit.
        if let Some(place) = self.rendered.get_mut(id.index()) {
            *place = None;
        }
        self.redraw(id, None);
    }

    pub(super) fn given(&self) -> Given {
        Given { state: self.state.clone(), resets: self.resets.clone() }
    }

    /// Takes back what was given to the keys since.
    pub(super) fn give_back(&mut self, given: Given) {
        Given { state: self.state, resets: self.resets } = given;
    }

    /// Notes that the browser shows what its user has entered, whatever becomes of it.
    pub(super) fn note_entered(&mut self, id: StateId, scalar: Scalar) {
        self.note_rendered(id, scalar);
        self.redraw(id, None);
    }

    /// The same of the value that a row has of its own.
    pub(super) fn note_entered_in(&mut self, row: &Arc<str>, id: StateId, scalar: Scalar) {
        let all = rows::rendered_with(self.rendered(id), vec![(Arc::clone(row), scalar)]);
        self.note_rendered(id, all);
        self.redraw(id, Some(row));
    }

    /// Has the widgets of a key be sent, however they stand: all of them, or those of one row.
    pub(super) fn redraw(&mut self, id: StateId, row: Option<&Arc<str>>) {
        let widgets =
            self.origin.page().state.get(id.index()).map(|state| state.widgets.as_slice()).unwrap_or_default();
        let is_it = |instance: &Instance| {
            widgets.contains(&instance.component) && (row.is_none() || instance.row.as_ref() == row)
        };
        let drawn: BTreeSet<Instance> = self.looks.keys().filter(|instance| is_it(instance)).cloned().collect();
        self.forget(&drawn);
    }

    /// Notes the value that a choice has admitted as the one that was entered; what depends on it has seen it.
    pub(super) fn commit(&mut self, id: StateId, value: Value) {
        if let Some(place) = self.state.get_mut(id.index()) {
            *place = Entered::Set(value);
        }
    }

    /// Notes the value that a key follows from now on, in place of what was entered unless that is kept.
    pub(super) fn follow(&mut self, id: StateId, value: Option<Fingerprint>, is_kept: bool) {
        if let (Some(followed), Some(entered)) = (self.followed.get_mut(id.index()), self.state.get_mut(id.index())) {
            *followed = value;
            if !is_kept {
                *entered = Entered::Initial;
            }
        }
        self.complaints.remove(&id);
    }

    /// Takes over the values that another view has given to the keys of the app; false if there are none.
    pub fn take_shared(&mut self, other: &Self) -> bool {
        let (here, there) = (Arc::clone(&self.origin), Arc::clone(&other.origin));
        let mut took = false;
        for (index, state) in here.page().state.iter().enumerate().filter(|(_, state)| state.shared) {
            let is_same = |theirs: &State| theirs.shared && theirs.name == state.name && theirs.ty == state.ty;
            let entered = there.page().state.iter().position(is_same).and_then(|at| other.state.get(at));
            if let Some(Entered::Set(value)) = entered {
                self.enter(StateId::at(index), value.clone());
                took = true;
            }
        }
        took
    }

    /// Takes a key back to its first value, which is made anew.
    pub(super) fn reset(&mut self, id: StateId) {
        if let Some(place) = self.state.get_mut(id.index()) {
            *place = Entered::Initial;
        }
        if let Some(count) = self.resets.get_mut(id.index()) {
            *count += 1;
        }
        let had_complaint = self.complaints.remove(&id).is_some() | self.files.remove(&id).is_some();
        let graph = self.origin.graph();
        let state = graph.state(id);
        self.unsettle([state]);
        if had_complaint {
            self.redraw_widgets(id);
        }
    }

    /// Notes a complaint about what was entered for a key: its widgets show it, the key stays as it is.
    pub(super) fn complain(&mut self, id: StateId, complaint: Complaint) {
        self.complaints.insert(id, complaint);
        self.redraw_widgets(id);
    }

    /// Drops a complaint that what was entered since has answered.
    pub(super) fn withdraw_complaint(&mut self, id: StateId) {
        if self.complaints.remove(&id).is_some() {
            self.redraw_widgets(id);
        }
    }

    fn redraw_widgets(&mut self, id: StateId) {
        let widgets = self.origin.page().state.get(id.index()).map(|state| state.widgets.clone()).unwrap_or_default();
        let nodes: Vec<NodeId> = widgets.into_iter().map(|widget| self.origin.graph().component(widget)).collect();
        self.unsettle(nodes);
    }

    /// Has a query that rests on chance give other rows.
    pub(super) fn draw_again(&mut self, id: QueryId) {
        if let Some(count) = self.refreshes.get_mut(id.index()) {
            *count += 1;
        }
    }

    /// Asks for a query to be run again, and with it for the parts of its table that are shown.
    pub(super) fn refresh(&mut self, id: QueryId) {
        let origin = Arc::clone(&self.origin);
        for id in std::iter::once(id).chain(origin.page().parts_of(id)) {
            self.draw_again(id);
            self.stale.insert(id);
            self.unsettle([origin.graph().query(id)]);
        }
    }

    /// Notes what the page of a table was chosen for.
    pub(super) fn note_followed(&mut self, id: StateId, value: Fingerprint) {
        if let Some(followed) = self.followed.get_mut(id.index()) {
            *followed = Some(value);
        }
    }

    pub(super) fn unsettle(&mut self, nodes: impl IntoIterator<Item = NodeId>) {
        let affected = self.origin.graph().affected_by(nodes);
        self.unsettled.union_with(&affected);
    }

    /// What became of the click of this digest, if it was applied before.
    pub(super) fn click(&self, digest: Fingerprint) -> Option<&Click> {
        self.clicks.iter().find(|(seen, _)| *seen == digest).map(|(_, click)| click)
    }

    /// Notes what became of a click, in place of what was noted before.
    pub(super) fn note_click(&mut self, digest: Fingerprint, click: Click) {
        self.clicks.retain(|(seen, _)| *seen != digest);
        self.clicks.push_back((digest, click));
        if self.clicks.len() > REMEMBERED_CLICKS {
            self.clicks.pop_front();
        }
    }

    /// Notes what is in the answer that makes the next revision.
    pub(super) fn note_sent(&mut self, revision: u64, instances: impl IntoIterator<Item = Instance>) {
        match self.sent.back_mut() {
            Some((last, sent)) if *last == revision => sent.extend(instances),
            _ => self.sent.push_back((revision, instances.into_iter().collect())),
        }
        if self.sent.len() > REMEMBERED_ANSWERS {
            self.sent.pop_front();
        }
    }

    /// Forgets what was sent: the browser has all of it.
    pub(super) fn forget_answers(&mut self) {
        self.sent.clear();
    }

    /// What a browser that has swapped in answer `revision` lacks; `None`: it is too far behind to tell.
    pub fn unsent_since(&mut self, revision: u64) -> Option<BTreeSet<Instance>> {
        if revision > self.revision {
            return None;
        }
        self.sent.retain(|(sent, _)| *sent > revision);
        let remembered_from = self.sent.front().map_or(self.revision + 1, |(first, _)| *first);
        let is_whole = remembered_from == revision + 1 || revision == self.revision && self.sent.is_empty();
        is_whole.then(|| self.sent.iter().flat_map(|(_, instances)| instances.iter().cloned()).collect())
    }

    /// Forgets what components last looked like, so that the next run shows them whatever has changed.
    pub(super) fn forget(&mut self, instances: &BTreeSet<Instance>) {
        for id in instances {
            self.forget_look(id);
            self.unsettled.insert(self.origin.graph().component(id.component).index());
        }
    }

    /// Forgets what a component last looked like: once it is evaluated, it is shown.
    pub(super) fn forget_look(&mut self, id: &Instance) {
        self.looks.remove(id);
        self.set_memo(self.origin.graph().component(id.component), None);
    }

    /// Notes what a component looks like, and behind it what stands for its rows. Gives what looks otherwise than before:
    /// all of it, where the component itself does.
    pub(super) fn note_looks(&mut self, component: ComponentId, looks: Vec<(Instance, Fingerprint)>) -> Vec<Instance> {
        let origin = Arc::clone(&self.origin);
        let whole = Instance::from(component);
        let is_new = |(id, look): &&(Instance, Fingerprint)| self.looks.get(id) != Some(look);
        let mut news: Vec<Instance> = looks.iter().filter(is_new).map(|(id, _)| id.clone()).collect();
        if news.contains(&whole) {
            news = vec![whole];
        }
        if origin.page().components.get(component.index()).is_some_and(|component| component.kind.has_rows()) {
            // What stood for rows may be gone.
            self.looks.retain(|id, _| id.definition(origin.page()).is_none_or(|it| it.row_of != Some(component)));
        }
        self.looks.extend(looks);
        news
    }
}
