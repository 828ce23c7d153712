//! A page that somebody looks at: what changes without an interaction is sent for as long as its stream is open.
//!
//! A stream is bound to what the browser holds: an interaction ends it, and the script opens another with the next
//! token. So no two answers are on their way at the same time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use appspec_data::Edition;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{OwnedMutexGuard, watch};
use tokio::time::sleep;

use super::Server;
use super::answer::{Asked, step, toast};
use super::session::Token;
use super::views::{Slot, Turn};
use crate::eval::interact::load;
use crate::eval::{Agenda, Baseline, Moment, Origin, Resend, Run, Tick, View, edition_of};

/// How long nothing is said; whoever has heard nothing for much longer may take the stream to be dead.
const SILENCE: Duration = Duration::from_secs(20);

/// No page fetches more often than that, whatever is due.
const BREATH: Duration = Duration::from_millis(50);

/// What a stream says.
#[derive(Debug)]
pub(super) enum Message {
    /// Fragments, and the token of what the browser holds with them.
    News(String),
    /// Nothing, but that it is still there.
    Alive,
    /// The view is not known any more: the script sends all that its page holds.
    Lost,
}

/// An open page.
pub(super) struct Live {
    asked: Asked,
    origin: Arc<Origin>,
    seat: Seat,
    agenda: Agenda,
    /// Ends where there is a newer table than one that is shown.
    newer: FuturesUnordered<BoxFuture<'static, ()>>,
    /// What is being fetched.
    run: Option<(Run, Option<Turn>)>,
    /// Tells when a write has changed data.
    editions: watch::Receiver<Edition>,
    /// The edition of the page's data that was fetched last.
    seen: u64,
    /// What readers have been told of the agenda.
    complaints: Vec<String>,
    last_said: Instant,
    last_fetched: Option<Instant>,
    /// Whether the stream goes on when the page is up to date.
    goes_on: bool,
}

/// Where the view of an open page is.
enum Seat {
    /// Nobody has touched it: it is made from a beginning that others share, whenever something is due.
    Untouched(Arc<Baseline>),
    /// Nobody has touched it, but its beginning is its own: it lives as long as the stream.
    Alone(Slot),
    Touched(Slot),
}

impl Live {
    /// Opens the stream of a view, and begins to fetch what its browser lacks; none if the view is not known any more.
    pub(super) async fn open(asked: Asked, token: &Token, goes_on: bool) -> Option<Self> {
        let server = Arc::clone(&asked.server);
        let origin = asked.origin(token.view);
        // Before the view is looked at: what is written meanwhile is fetched once too often rather than not at all.
        let editions = server.engine.data.watch_editions();
        let baseline = token.baseline.and_then(|id| server.baselines.find(id));
        let is_known = baseline.is_some();
        let seat = match (server.views.find(token.view), baseline) {
            (Some(slot), _) => Seat::Touched(slot),
            (None, _) if token.revision > 0 => return None,
            (None, Some(baseline)) => Seat::Untouched(baseline),
            (None, None) => {
                let mut view = asked.begin_view(token.view).await;
                load(&server.engine, &mut view, server.now()).await;
                Seat::Alone(Slot::new(view))
            }
        };
        let is_known = is_known || matches!(seat, Seat::Touched(_));
        let (mut view, mut turn) = seat.view(&asked, &origin).await;
        let lacking = if is_known { view.unsent_since(token.revision) } else { None };
        let seen = view.edition();
        let (agenda, run, goes_on) = match lacking {
            Some(lacking) if lacking.is_empty() => match agenda(&server, &view, turn.as_mut()).await {
                Some(agenda) => (agenda, None, goes_on),
                None => (Agenda::default(), None, false),
            },
            lacking => {
                let resend = lacking.map_or(Resend::All, Resend::These);
                let run = Run::start(Arc::clone(&server.engine), view, server.now(), resend);
                (Agenda::default(), Some((run, turn)), goes_on)
            }
        };
        Some(Self {
            editions,
            seen,
            asked,
            origin,
            seat,
            newer: newer(&server, &agenda),
            agenda,
            run,
            complaints: Vec::new(),
            last_said: Instant::now(),
            last_fetched: None,
            goes_on,
        })
    }

    /// The next message; none once the stream is over.
    pub(super) async fn next(&mut self) -> Option<Message> {
        let server = Arc::clone(&self.asked.server);
        let mut closing = server.closing.subscribe();
        let mut has_newer = false;
        loop {
            if let Some(news) = self.news() {
                self.last_said = Instant::now();
                return Some(Message::News(news));
            }
            if self.run.as_ref().is_some_and(|(run, _)| run.is_done()) {
                self.conclude().await;
                continue;
            }
            if self.run.is_none() && !self.goes_on {
                return None;
            }
            if self.take_up_writes().await {
                continue;
            }
            let moment = Moment::now();
            if std::mem::take(&mut has_newer) {
                self.fetch(Tick::of_refresh(moment, &server.timezone)).await;
                continue;
            }
            let breath = BREATH.saturating_sub(self.last_fetched.map_or(BREATH, |fetched| fetched.elapsed()));
            if let Some(tick) = self.agenda.due(moment, &server.timezone).filter(|_| breath.is_zero()) {
                self.last_fetched = Some(Instant::now());
                self.agenda.note(&tick, moment);
                self.fetch(tick).await;
                continue;
            }
            let silence = SILENCE.saturating_sub(self.last_said.elapsed());
            if silence.is_zero() {
                return Some(self.say_something());
            }
            let pause = self.agenda.pause(moment, &server.timezone).map_or(silence, |pause| pause.min(silence));
            let pause = if breath.is_zero() { pause } else { breath };
            tokio::select! {
                biased;
                _ = closing.wait_for(|is_closing| *is_closing) => return None,
                _ = self.editions.changed() => {}
                Some(()) = self.newer.next(), if self.run.is_none() => has_newer = true,
                // None: an interaction has taken over.
                is_more = advance(&mut self.run) => { is_more?; }
                () = sleep(pause) => {}
            }
        }
    }

    /// What has changed since the last call, with the token for what the browser holds then.
    fn news(&mut self) -> Option<String> {
        let mut html = match &mut self.run {
            Some((run, _)) => self.asked.partials(run, false),
            None => String::new(),
        };
        if let Some((run, _)) = self.run.as_mut().filter(|_| !html.is_empty()) {
            run.forget_withheld();
            if matches!(self.seat, Seat::Touched(_)) {
                run.count_answer();
            }
            html.push_str(&self.asked.view_field(run));
        }
        for complaint in &self.agenda.complaints {
            if !self.complaints.contains(complaint) {
                self.complaints.push(complaint.clone());
                html.push_str(&toast(&self.asked.server, complaint));
            }
        }
        (!html.is_empty()).then_some(html)
    }

    /// Fetches what is due, beside what has not come yet.
    async fn fetch(&mut self, tick: Tick) {
        if let Some((run, _)) = &mut self.run {
            return run.take_up(tick);
        }
        let server = Arc::clone(&self.asked.server);
        let (mut view, turn) = self.seat.view(&self.asked, &self.origin).await;
        server.relieve();
        let revision = view.revision;
        let resend = view.unsent_since(revision).map_or(Resend::All, Resend::These);
        self.run = Some((Run::tick(Arc::clone(&server.engine), view, tick, resend), turn));
    }

    /// Fetches what writes have changed since, if any of it is on this page.
    async fn take_up_writes(&mut self) -> bool {
        let newest = *self.editions.borrow_and_update();
        let server = Arc::clone(&self.asked.server);
        let edition = edition_of(&server.engine, self.origin.page());
        if edition <= self.seen {
            return false;
        }
        self.seen = edition;
        self.fetch(Tick::of_write(Moment::now(), newest, &server.timezone)).await;
        true
    }

    /// Ends a run of which everything was sent, and finds out what to wait for next.
    async fn conclude(&mut self) {
        let Some((mut run, mut turn)) = self.run.take() else { return };
        let server = Arc::clone(&self.asked.server);
        if matches!(self.seat, Seat::Touched(_)) {
            run.finish_unsent();
        } else {
            run.finish(false);
            if let Some(baseline) = Baseline::of(run.view(), &server.engine.data) {
                self.seat = Seat::Untouched(Arc::new(baseline));
            }
        }
        match agenda(&server, run.view(), turn.as_mut()).await {
            Some(agenda) => {
                self.agenda = agenda;
                self.newer = newer(&server, &self.agenda);
            }
            None => self.goes_on = false,
        }
    }

    /// Says that the stream is still there, as long as its view is.
    fn say_something(&mut self) -> Message {
        self.last_said = Instant::now();
        // Looking for it keeps it.
        let is_lost = matches!(self.seat, Seat::Touched(_)) && self.asked.server.views.find(self.origin.view).is_none();
        if is_lost { Message::Lost } else { Message::Alive }
    }
}

impl Seat {
    /// The view, and if others may want it, a place in their order.
    async fn view(&self, asked: &Asked, origin: &Arc<Origin>) -> (OwnedMutexGuard<View>, Option<Turn>) {
        match self {
            Self::Untouched(baseline) => {
                let server = &asked.server;
                let view = baseline.restore(&server.engine, origin, server.now()).await;
                (Slot::new(view).lock().await.0, None)
            }
            Self::Alone(slot) | Self::Touched(slot) => {
                let (view, turn) = slot.lock_behind().await;
                (view, Some(turn))
            }
        }
    }
}

/// What there is to wait for in a view, which may take a query to find out; none if an interaction has taken over.
async fn agenda(server: &Server, view: &View, turn: Option<&mut Turn>) -> Option<Agenda> {
    let agenda = Agenda::of(&server.engine, view, server.now());
    let Some(turn) = turn else { return Some(agenda.await) };
    tokio::select! {
        biased;
        () = turn.overtaken() => None,
        agenda = agenda => Some(agenda),
    }
}

/// The newer tables that are on their way for those that are shown.
fn newer(server: &Server, agenda: &Agenda) -> FuturesUnordered<BoxFuture<'static, ()>> {
    agenda.shown.iter().filter_map(|cached| server.engine.data.newer(cached)).collect()
}

/// Waits for the next result of a run, if there is one; none if an interaction has taken over.
async fn advance(run: &mut Option<(Run, Option<Turn>)>) -> Option<bool> {
    match run {
        Some((run, turn)) => step(run, turn.as_mut()).await,
        None => std::future::pending().await,
    }
}
