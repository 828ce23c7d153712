//! Sessions with a database that are kept open between queries: at most so many at a time, each opened when it is
//! needed, tried before it is used again after a rest, and closed when nobody has needed it for long.
//!
//! sqlx has a pool of its own. It waits out every failure to connect and then says that it has waited, and it knows no
//! way to end what a session does in the server; readers want to know what is wrong, at once, and no query to go on
//! for nobody.

use std::fmt::{self, Debug};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use appspec_lang::spec::Name;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout, timeout_at};

use crate::error::{DataError, DataErrorKind};

/// So long may opening a session take.
const OPENING: Duration = Duration::from_secs(10);
/// So long may a trial take: it is one round trip.
const TRIAL: Duration = Duration::from_secs(2);
/// A session that rested for longer is closed.
const REST: Duration = Duration::from_mins(5);
/// A session that is older is closed at its next rest: servers and their networks change behind it.
const LIFETIME: Duration = Duration::from_mins(30);

/// A kind of database, as the pool sees it.
pub(super) trait Engine: Debug + Send + Sync + 'static {
    type Session: Send + 'static;

    /// A session that rested for longer is tried before it is used.
    const TRUSTED: Duration;

    fn open(&self) -> impl Future<Output = Result<Self::Session, DataError>> + Send;

    /// Nobody answers.
    fn silent(&self) -> DataError;

    /// Whether a session still answers, for what it was opened for.
    fn is_alive(&self, session: &mut Self::Session) -> impl Future<Output = bool> + Send;

    /// Whether a query had begun to run on a session that is lost: it is not run again without anybody asking.
    fn has_started(_session: &Self::Session) -> bool {
        false
    }

    /// Ends what a session is doing in the database, and then the session.
    fn abandon(&self, session: Self::Session) -> impl Future<Output = ()> + Send;

    /// Takes leave of a session that does nothing.
    fn close(&self, session: Self::Session) -> impl Future<Output = ()> + Send;
}

/// How many sessions a connection has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolStats {
    /// As many as may be in use at a time.
    pub max: usize,
    /// At work, or ending after a query that was given up.
    pub in_use: usize,
    /// Open, without anything to do.
    pub resting: usize,
}

/// The sessions with one database; cheap to clone.
pub(super) struct Pool<E: Engine>(Arc<Inner<E>>);

impl<E: Engine> Clone for Pool<E> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<E: Engine> Debug for Pool<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("name", &self.0.name).field("engine", &self.0.engine).finish_non_exhaustive()
    }
}

struct Inner<E: Engine> {
    engine: Arc<E>,
    name: Name,
    max: u32,
    permits: Arc<Semaphore>,
    resting: Mutex<Resting<E::Session>>,
    /// Whether the last session could not be opened: said once, and once that it is over.
    is_down: AtomicBool,
}

struct Resting<S> {
    /// The one that was used last is at the end.
    sessions: Vec<Rest<S>>,
    /// Whether a task looks after those that rest for too long.
    is_watched: bool,
}

struct Rest<S> {
    session: S,
    opened: Instant,
    since: Instant,
}

impl<E: Engine> Pool<E> {
    /// Opens nothing yet.
    pub(super) fn new(engine: E, name: Name, max: u32) -> Self {
        let max = max.max(1);
        let permits = Arc::new(Semaphore::new(max as usize));
        let resting = Mutex::new(Resting { sessions: Vec::new(), is_watched: false });
        let is_down = AtomicBool::new(false);
        Self(Arc::new(Inner { engine: Arc::new(engine), name, max, permits, resting, is_down }))
    }

    pub(super) fn engine(&self) -> &E {
        &self.0.engine
    }

    /// A session, a rested one if there is one; with `is_fresh`, none that was opened before.
    pub(super) async fn acquire(&self, deadline: Instant, is_fresh: bool) -> Result<Lease<E>, DataError> {
        let permit = timeout_at(deadline, Arc::clone(&self.0.permits).acquire_owned()).await;
        let permit = permit.map_err(|_| self.0.all_busy())?.expect("the semaphore is never closed");
        if is_fresh {
            self.0.resting.lock().unwrap_or_else(PoisonError::into_inner).sessions.clear();
        }
        while let Some(mut rest) = self.0.take_rested() {
            let is_trusted = rest.since.elapsed() < E::TRUSTED;
            if is_trusted || timeout(TRIAL, self.engine().is_alive(&mut rest.session)).await.unwrap_or(false) {
                return Ok(self.lease(rest.session, rest.opened, permit, true));
            }
        }
        let opening = timeout_at(deadline.min(Instant::now() + OPENING), self.engine().open());
        let opened = opening.await.unwrap_or_else(|_| Err(self.engine().silent()));
        self.0.note(&opened);
        Ok(self.lease(opened?, Instant::now(), permit, false))
    }

    fn lease(&self, session: E::Session, opened: Instant, permit: OwnedSemaphorePermit, is_reused: bool) -> Lease<E> {
        Lease { pool: self.clone(), session: Some(session), permit: Some(permit), opened, is_reused }
    }

    /// How many sessions there are, and what they do.
    pub(super) fn stats(&self) -> PoolStats {
        let resting = self.0.resting.lock().unwrap_or_else(PoisonError::into_inner).sessions.len();
        PoolStats {
            max: self.0.max as usize,
            in_use: self.0.max as usize - self.0.permits.available_permits(),
            resting,
        }
    }
}

impl<E: Engine> Inner<E> {
    /// Says in the log when sessions can no more be opened, and when they can again.
    fn note(&self, opened: &Result<E::Session, DataError>) {
        let was_down = self.is_down.swap(opened.is_err(), Ordering::Relaxed);
        match opened {
            Err(error) if !was_down => {
                tracing::warn!(connection = &*self.name, %error, "a connection cannot be opened");
            }
            Ok(_) if was_down => tracing::info!(connection = &*self.name, "connections can be opened again"),
            _ => {}
        }
    }

    fn take_rested(&self) -> Option<Rest<E::Session>> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner).sessions.pop()
    }

    fn all_busy(&self) -> DataError {
        let message = format!(
            "all {} connections to `{}` are in use: try again, or allow more with `max_connections`",
            self.max, self.name
        );
        DataError::new(DataErrorKind::Busy, message)
    }

    /// Takes those that rested for too long.
    fn tired(&self) -> Vec<E::Session> {
        let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        let (tired, rested) = std::mem::take(&mut resting.sessions)
            .into_iter()
            .partition(|rest| rest.since.elapsed() >= REST || rest.opened.elapsed() >= LIFETIME);
        resting.sessions = rested;
        resting.is_watched = !resting.sessions.is_empty();
        let tired: Vec<Rest<E::Session>> = tired;
        tired.into_iter().map(|rest| rest.session).collect()
    }
}

impl<E: Engine> Drop for Inner<E> {
    /// Sessions under settings that hold no more take leave, so that the server does not take them for lost.
    fn drop(&mut self) {
        let resting = self.resting.get_mut().unwrap_or_else(PoisonError::into_inner);
        let (engine, sessions) = (Arc::clone(&self.engine), std::mem::take(&mut resting.sessions));
        if let Ok(runtime) = Handle::try_current()
            && !sessions.is_empty()
        {
            runtime.spawn(async move {
                for rest in sessions {
                    engine.close(rest.session).await;
                }
            });
        }
    }
}

/// Closes sessions that rest for too long, while there are any.
async fn watch<E: Engine>(pool: Weak<Inner<E>>) {
    loop {
        tokio::time::sleep(REST / 2).await;
        let Some(inner) = pool.upgrade() else { return };
        for session in inner.tired() {
            inner.engine.close(session).await;
        }
        if !inner.resting.lock().unwrap_or_else(PoisonError::into_inner).is_watched {
            return;
        }
    }
}

/// A session in use. Dropped before it is given back, it ends what it does in the database, and is not used again.
pub(super) struct Lease<E: Engine> {
    pool: Pool<E>,
    /// Until it is given back.
    session: Option<E::Session>,
    permit: Option<OwnedSemaphorePermit>,
    opened: Instant,
    /// Whether it had rested: then it may have been lost meanwhile.
    is_reused: bool,
}

impl<E: Engine> Lease<E> {
    pub(super) fn session(&mut self) -> &mut E::Session {
        self.session.as_mut().expect("a session is only taken where its lease ends")
    }

    /// What became of the work; none if it is to be done again on a fresh session.
    ///
    /// A session that rested may have been lost without anybody knowing: the server was started again.
    pub(super) fn settle<T>(mut self, outcome: Result<T, Failure>) -> Option<Result<T, DataError>> {
        match outcome {
            Ok(value) => {
                self.give_back();
                Some(Ok(value))
            }
            Err(Failure { error, is_lost: false }) => {
                self.give_back();
                Some(Err(error))
            }
            Err(Failure { error, is_lost: true }) => {
                let has_started = self.session.take().is_some_and(|session| E::has_started(&session));
                (!self.is_reused || has_started).then_some(Err(error))
            }
        }
    }

    fn give_back(&mut self) {
        let Some(session) = self.session.take() else { return };
        let inner = &self.pool.0;
        let mut resting = inner.resting.lock().unwrap_or_else(PoisonError::into_inner);
        resting.sessions.push(Rest { session, opened: self.opened, since: Instant::now() });
        if !resting.is_watched {
            resting.is_watched = true;
            tokio::spawn(watch(Arc::downgrade(inner)));
        }
    }
}

impl<E: Engine> Drop for Lease<E> {
    fn drop(&mut self) {
        let Some(session) = self.session.take() else { return };
        let (engine, permit) = (Arc::clone(&self.pool.0.engine), self.permit.take());
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                engine.abandon(session).await;
                // As long as the query runs in the database, it counts.
                drop(permit);
            });
        }
    }
}

/// Why work on a session failed.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: DataError,
    /// Whether the session is of no more use. Otherwise it is as it was before the work.
    pub(super) is_lost: bool,
}

impl From<DataError> for Failure {
    fn from(error: DataError) -> Self {
        Self { error, is_lost: false }
    }
}
