//! A page in a simulated browser: posts fields as the page's script would, and swaps in what comes back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use appspec_lang::check::program::QueryId;
use appspec_lang::value::Fingerprint;
use appspec_web::eval::interact::{interact, load};
use appspec_web::eval::memo::Kept;
use appspec_web::eval::{Delta, Due, Instance, Origin, Reaction, Refused, Resend, Run, Sent, Tick, View};
use jiff::ToSpan;
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::{Lab, Looks, NOW, lines};

/// What one interaction has done.
#[derive(Clone, Debug, Default)]
pub(crate) struct Turn {
    /// What has happened; see [`lines`].
    pub(crate) log: Vec<String>,
    /// The ids of the components that were sent, in the order of the page.
    pub(crate) sent: Vec<String>,
    pub(crate) toasts: Vec<String>,
    pub(crate) goto: Option<String>,
}

/// A page in a browser, and its view at the server.
pub(crate) struct Tab {
    lab: Arc<Lab>,
    pub(crate) origin: Arc<Origin>,
    /// Kept by the server once somebody has touched the page.
    view: Option<Arc<Mutex<View>>>,
    baseline: Option<Fingerprint>,
    /// The last answer that the browser has swapped in.
    revision: u64,
    clicks: u128,
    last: Sent,
    pub(crate) looks: Looks,
    /// Ticks so far, ten seconds apart.
    ticks: i64,
    /// What loading the page has done.
    pub(crate) opened: Turn,
}

impl Tab {
    /// Loads the page at a path; the server keeps nothing of the view.
    pub(crate) async fn open(lab: Arc<Lab>, path: &str) -> Self {
        let (mut tab, mut run, reaction) = Self::load(lab, path).await;
        while run.step().await {}
        tab.finish_load(run, &reaction);
        tab
    }

    /// Begins to load the page at a path.
    pub(crate) async fn load(lab: Arc<Lab>, path: &str) -> (Self, Run, Reaction) {
        let origin = lab.origin(path);
        let mut view = View::new(Arc::clone(&origin));
        let reaction = load(&lab.engine, &mut view, NOW).await;
        let guard = Arc::new(Mutex::new(view)).lock_owned().await;
        let run = Run::start(Arc::clone(&lab.engine), guard, NOW, Resend::All);
        let (looks, opened) = (Looks::default(), Turn::default());
        let (clicks, last) = (0, Sent::default());
        let (view, baseline, revision, ticks) = (None, None, 0, 0);
        (Self { lab, origin, view, baseline, revision, clicks, last, looks, ticks, opened }, run, reaction)
    }

    /// Shows the page of a load that is done.
    pub(crate) fn finish_load(&mut self, mut run: Run, reaction: &Reaction) {
        let delta = run.take_delta(true);
        run.finish(false);
        self.baseline = self.lab.baselines.keep(run.view(), &self.lab.engine.data);
        self.looks.swap_in(self.origin.page(), &delta);
        self.opened = self.turn(&run, &delta, reaction);
    }

    /// Changes fields and presses a button, and waits for all that comes of it.
    pub(crate) async fn interact(&mut self, fields: &[(&str, &[&str])], action: Option<&str>) -> Turn {
        let turn = self.try_interact(fields, action).await;
        turn.unwrap_or_else(|refused| panic!("the interaction is refused: {refused:?}"))
    }

    /// Does the same with what a server may refuse.
    pub(crate) async fn try_interact(
        &mut self,
        fields: &[(&str, &[&str])],
        action: Option<&str>,
    ) -> Result<Turn, Refused> {
        let (mut run, reaction) = self.start(fields, action).await?;
        while run.step().await {}
        Ok(self.finish(run, &reaction))
    }

    /// Sends an interaction; the run that it leads to may be dropped, as when a newer interaction comes.
    pub(crate) async fn start(
        &mut self,
        fields: &[(&str, &[&str])],
        action: Option<&str>,
    ) -> Result<(Run, Reaction), Refused> {
        let (view, resend) = self.begin().await;
        let owned = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
        let fields = fields.iter().map(|(name, values)| ((*name).to_owned(), owned(values))).collect();
        let click = Some(self.next_click());
        let sent = Sent { fields, action: action.map(str::to_owned), click, is_confirmed: true, ..Sent::default() };
        self.last.clone_from(&sent);
        self.send(view, resend, &sent).await
    }

    /// Sends the last interaction once more, as the same click, and waits for all that comes of it.
    pub(crate) async fn repeat(&mut self) -> Result<Turn, Refused> {
        let (view, resend) = self.begin().await;
        let sent = self.last.clone();
        let (mut run, reaction) = self.send(view, resend, &sent).await?;
        while run.step().await {}
        Ok(self.finish(run, &reaction))
    }

    async fn send(
        &self,
        mut view: OwnedMutexGuard<View>,
        resend: Resend,
        sent: &Sent,
    ) -> Result<(Run, Reaction), Refused> {
        let reaction = interact(&self.lab.engine, &mut view, sent, NOW).await?;
        Ok((Run::start(Arc::clone(&self.lab.engine), view, NOW, resend), reaction))
    }

    /// Asks for what a component has failed with to be tried again.
    pub(crate) async fn try_again(&mut self, component: &str) -> Result<Turn, Refused> {
        let (mut view, resend) = self.begin().await;
        let sent = Sent { retry: Some(component.to_owned()), ..Sent::default() };
        let reaction = interact(&self.lab.engine, &mut view, &sent, NOW).await?;
        let mut run = Run::start(Arc::clone(&self.lab.engine), view, NOW, resend);
        while run.step().await {}
        Ok(self.finish(run, &reaction))
    }

    /// Lets the time of queries come, ten seconds after the last; the page is touched as little as the server does.
    pub(crate) async fn tick(&mut self, queries: &[&str]) -> Turn {
        let run = self.start_tick(queries).await;
        self.finish_tick(run).await
    }

    /// Begins a tick of queries.
    pub(crate) async fn start_tick(&mut self, queries: &[&str]) -> Run {
        let tick = self.next_tick(queries);
        let engine = Arc::clone(&self.lab.engine);
        let found = self.baseline.and_then(|id| self.lab.baselines.find(id)).filter(|_| self.view.is_none());
        if let Some(baseline) = found {
            let view = Arc::new(Mutex::new(baseline.restore(&engine, &self.origin, NOW).await));
            Run::tick(engine, view.lock_owned().await, tick, Resend::Nothing)
        } else {
            let (view, resend) = self.begin().await;
            Run::tick(engine, view, tick, resend)
        }
    }

    /// What the next tick fetches.
    pub(crate) fn next_tick(&mut self, queries: &[&str]) -> Tick {
        self.ticks += 1;
        let all = &self.origin.page().queries;
        let due = Due { since: Instant::now(), keep: Duration::from_secs(10) };
        let id = |name: &&str| all.iter().position(|query| *query.name == **name).map(QueryId::at);
        let id = |name: &&str| id(name).unwrap_or_else(|| panic!("the page has no query {name}"));
        let now = NOW.checked_add((self.ticks * 10).seconds()).unwrap();
        Tick { now, due: queries.iter().map(|name| (id(name), due)).collect(), others: due }
    }

    /// Swaps in what a tick has changed.
    pub(crate) async fn finish_tick(&mut self, mut run: Run) -> Turn {
        while run.step().await {}
        let delta = run.take_delta(false);
        self.looks.swap_in(self.origin.page(), &delta);
        let turn = self.turn(&run, &delta, &Reaction::default());
        if self.view.is_some() {
            if !delta.changed.is_empty() {
                run.count_answer();
                self.revision = run.view().revision;
            }
            run.finish_unsent();
        } else {
            run.finish(false);
            self.baseline = self.lab.baselines.keep(run.view(), &self.lab.engine.data);
        }
        turn
    }

    fn next_click(&mut self) -> Fingerprint {
        self.clicks += 1;
        Fingerprint(self.clicks)
    }

    /// Swaps in what a run has changed so far.
    pub(crate) fn swap_in(&mut self, run: &mut Run, mark_pending: bool) {
        let delta = run.take_delta(mark_pending);
        self.looks.swap_in(self.origin.page(), &delta);
    }

    /// Swaps in the answer of a run that is done.
    pub(crate) fn finish(&mut self, mut run: Run, reaction: &Reaction) -> Turn {
        let delta = run.take_delta(false);
        run.finish(true);
        self.looks.swap_in(self.origin.page(), &delta);
        self.revision = run.view().revision;
        self.turn(&run, &delta, reaction)
    }

    /// Ends a run whose answer never reaches the browser.
    pub(crate) fn lose(mut run: Run) {
        run.take_delta(false);
        run.finish(true);
    }

    /// How the component of an id looks; a word for that it is not on the screen.
    pub(crate) fn look(&self, id: &str) -> &str {
        let page = self.origin.page();
        assert!(Instance::named(page, id).is_some(), "the page has no component {id}");
        self.looks.get(page, id).unwrap_or("nothing")
    }

    /// The same, with all that stands for the rows of the component.
    pub(crate) fn look_with_rows(&self, id: &str) -> String {
        let rows = self.looks.rows(self.origin.page(), id);
        std::iter::once(self.look(id).to_owned())
            .filter(|look| !look.is_empty())
            .chain(rows)
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Drops the cached tables of all queries of the page.
    pub(crate) async fn evict(&self) {
        let Some(view) = &self.view else { return };
        let view = view.lock().await;
        for id in self.origin.graph().ids() {
            if let Some(Kept::Cached(cached)) = view.memo(id).map(|memo| &memo.kept) {
                self.lab.engine.data.evict(cached.key);
            }
        }
    }

    /// Does as the server does: finds the view, or makes it from what is known of untouched ones.
    async fn begin(&mut self) -> (OwnedMutexGuard<View>, Resend) {
        if let Some(view) = &self.view {
            let mut view = Arc::clone(view).lock_owned().await;
            let resend = view.unsent_since(self.revision).map_or(Resend::All, Resend::These);
            return (view, resend);
        }
        let engine = &self.lab.engine;
        let found = self.baseline.and_then(|id| self.lab.baselines.find(id));
        let (view, resend) = if let Some(baseline) = found {
            (baseline.restore(engine, &self.origin, NOW).await, Resend::Nothing)
        } else {
            let mut view = View::new(Arc::clone(&self.origin));
            load(engine, &mut view, NOW).await;
            (view, Resend::All)
        };
        let view = self.view.insert(Arc::new(Mutex::new(view)));
        (Arc::clone(view).lock_owned().await, resend)
    }

    fn turn(&self, run: &Run, delta: &Delta, reaction: &Reaction) -> Turn {
        let page = self.origin.page();
        // What stands for rows is not named where all of it comes.
        let is_alone = |id: &&Instance| {
            let host = page.components[id.component.index()].row_of;
            host.is_none_or(|host| !delta.changed.contains_key(&host.into()))
        };
        Turn {
            log: lines(&self.origin, run.log()),
            sent: delta.changed.keys().filter(is_alone).map(|id| id.id(page).into_owned()).collect(),
            toasts: reaction.toasts.iter().map(|toast| toast.text.clone()).collect(),
            goto: reaction.goto.clone(),
        }
    }
}
