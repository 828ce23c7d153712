//! Sessions with a database that are kept open between queries: at most so many at a time, each opened when it is
//! needed, tried before it is used again after a rest, and closed when nobody has needed it for long.
//!
//! sqlx has a pool of its own. It waits out every failure to connect and then says that it has waited, and it knows no
//! way to end what a session does in the server; readers want to know what is wrong, at once, and no query to go on
//! for nobody.

use std::fmt::{self, Debug};
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
/// A session that is older is closed at its next rest: servers and their networks change behind it.
const LIFETIME: Duration = Duration::from_mins(30);

/// A kind of database, as the pool sees it.
pub(super) trait Engine: Debug + Send + Sync + 'static {
    type Session: Send + 'static;

    /// A session that rested for longer is tried before it is used.
    const TRUSTED: Duration;

    /// A session that rested for longer is closed.
    const REST: Duration = Duration::from_mins(5);

    fn open(&self) -> impl Future<Output = Result<Self::Session, DataError>> + Send;

    /// Nobody answers.
    fn silent(&self) -> DataError;

    /// Whether a session still answers, for what it was opened for.
    fn is_alive(&self, session: &mut Self::Session) -> impl Future<Output = bool> + Send;

    /// Whether a query had begun to run on a session that is lost: it is not run again without anybody asking.
    fn has_started(_session: &Self::Session) -> bool {
        false
    }

    /// Whether a session is of no more use although it was not lost: it may not be as it was before.
    fn is_spent(&self, _session: &Self::Session) -> bool {
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
        Self(Arc::new(Inner { engine: Arc::new(engine), name, max, permits, resting }))
    }

    pub(super) fn name(&self) -> &Name {
        &self.0.name
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
        let latest = Instant::now() + OPENING;
        let opening = timeout_at(deadline.min(latest), self.engine().open());
        // A server that others keep busy is not silent because a query has little time.
        let late = || if latest <= deadline { self.engine().silent() } else { self.0.late() };
        let opened = opening.await.unwrap_or_else(|_| Err(late()))?;
        Ok(self.lease(opened, Instant::now(), permit, false))
    }

    fn lease(&self, session: E::Session, opened: Instant, permit: OwnedSemaphorePermit, is_reused: bool) -> Lease<E> {
        Lease { pool: self.clone(), session: Some(session), permit: Some(permit), opened, is_reused }
    }

    /// How many sessions there are, and what they do.
    pub(super) fn counts(&self) -> PoolStats {
        let resting = self.0.resting.lock().unwrap_or_else(PoisonError::into_inner).sessions.len();
        PoolStats {
            max: self.0.max as usize,
            in_use: self.0.max as usize - self.0.permits.available_permits(),
            resting,
        }
    }
}

impl<E: Engine> Inner<E> {
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

    fn late(&self) -> DataError {
        let message = format!("no connection to `{}` could be opened within the timeout of the query", self.name);
        DataError::new(DataErrorKind::Busy, message)
    }

    /// Takes those that rested for too long.
    fn tired(&self) -> Vec<E::Session> {
        let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        let (tired, rested) = std::mem::take(&mut resting.sessions)
            .into_iter()
            .partition(|rest| rest.since.elapsed() >= E::REST || rest.opened.elapsed() >= LIFETIME);
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
        tokio::time::sleep(E::REST / 2).await;
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
            Err(Failure { error, leaves: Leaves::Whole }) => {
                self.give_back();
                Some(Err(error))
            }
            // What it still does ends with the lease.
            Err(Failure { error, leaves: Leaves::Working }) => Some(Err(error)),
            Err(Failure { error, leaves: Leaves::Nothing }) => {
                let has_started = self.session.take().is_some_and(|session| E::has_started(&session));
                (!self.is_reused || has_started).then_some(Err(error))
            }
        }
    }

    fn give_back(&mut self) {
        let is_spent = |session: &mut E::Session| self.pool.engine().is_spent(session);
        let Some(session) = self.session.take_if(|session| !is_spent(session)) else { return };
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
                // As long as the query runs in the database, it counts; but not for a server that nobody can reach.
                if timeout(OPENING, engine.abandon(session)).await.is_err() {
                    tracing::warn!("a query could not be cancelled in time");
                }
                drop(permit);
            });
        }
    }
}

/// Why work on a session failed.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: DataError,
    pub(super) leaves: Leaves,
}

/// What work that failed has left of its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaves {
    /// It is as it was before.
    Whole,
    /// The database is still at it: that has to be ended there.
    Working,
    /// It is lost.
    Nothing,
}

impl Failure {
    /// Of work whose session is lost.
    pub(super) fn lost(error: DataError) -> Self {
        Self { error, leaves: Leaves::Nothing }
    }

    /// Of work that was given up while the database was at it.
    pub(super) fn given_up(error: DataError) -> Self {
        Self { error, leaves: Leaves::Working }
    }

    /// Whether the session can still be talked to.
    pub(super) fn is_whole(&self) -> bool {
        self.leaves == Leaves::Whole
    }
}

impl From<DataError> for Failure {
    fn from(error: DataError) -> Self {
        Self { error, leaves: Leaves::Whole }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    use super::*;

    /// Counts what becomes of its sessions, which are numbers.
    #[derive(Debug, Default)]
    struct Counting<const RESTLESS: bool> {
        opened: AtomicUsize,
        abandoned: AtomicUsize,
        closed: Arc<AtomicUsize>,
        is_dead: AtomicBool,
        is_unreachable: AtomicBool,
        is_slow: AtomicBool,
    }

    impl<const RESTLESS: bool> Engine for Counting<RESTLESS> {
        type Session = usize;

        const TRUSTED: Duration = Duration::ZERO;
        const REST: Duration = if RESTLESS { Duration::ZERO } else { Duration::from_hours(1) };

        async fn open(&self) -> Result<usize, DataError> {
            if self.is_unreachable.load(Ordering::Relaxed) {
                return Err(self.silent());
            }
            if self.is_slow.load(Ordering::Relaxed) {
                std::future::pending::<()>().await;
            }
            Ok(self.opened.fetch_add(1, Ordering::Relaxed))
        }

        fn silent(&self) -> DataError {
            DataError::unreachable("nobody answers")
        }

        async fn is_alive(&self, _session: &mut usize) -> bool {
            !self.is_dead.load(Ordering::Relaxed)
        }

        fn has_started(session: &usize) -> bool {
            *session >= 100
        }

        async fn abandon(&self, _session: usize) {
            self.abandoned.fetch_add(1, Ordering::Relaxed);
        }

        async fn close(&self, _session: usize) {
            self.closed.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn pool<const RESTLESS: bool>(max: u32) -> Pool<Counting<RESTLESS>> {
        Pool::new(Counting::default(), "db".into(), max)
    }

    fn patient() -> Pool<Counting<false>> {
        pool(1)
    }

    async fn acquire<const RESTLESS: bool>(pool: &Pool<Counting<RESTLESS>>) -> Lease<Counting<RESTLESS>> {
        pool.acquire(Instant::now() + Duration::from_mins(1), false).await.unwrap()
    }

    fn lost(text: &str) -> Failure {
        Failure::lost(DataError::rejected(text))
    }

    #[tokio::test]
    async fn sessions_are_used_again_and_tried_before() {
        let pool = pool::<false>(2);
        assert_eq!(acquire(&pool).await.settle(Ok(1)), Some(Ok(1)));
        let mut lease = acquire(&pool).await;
        assert_eq!((*lease.session(), pool.counts()), (0, PoolStats { max: 2, in_use: 1, resting: 0 }));
        let refused = lease.settle::<()>(Err(DataError::rejected("no").into()));
        assert_eq!(refused, Some(Err(DataError::rejected("no"))), "a query that is refused leaves a session of use");
        assert_eq!(pool.counts(), PoolStats { max: 2, in_use: 0, resting: 1 });
        pool.engine().is_dead.store(true, Ordering::Relaxed);
        assert_eq!(*acquire(&pool).await.session(), 1);
    }

    #[tokio::test]
    async fn work_that_is_given_up_is_ended_in_the_database_and_not_done_again() {
        let pool = pool::<false>(1);
        acquire(&pool).await.settle(Ok(())).unwrap().unwrap();
        let failure = Failure::given_up(DataError::rejected("late"));
        assert_eq!(acquire(&pool).await.settle::<()>(Err(failure)), Some(Err(DataError::rejected("late"))));
        assert_eq!(*acquire(&pool).await.session(), 1, "the place is free when it has ended");
        assert_eq!(pool.engine().abandoned.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn work_on_a_session_that_was_lost_at_rest_is_done_again_on_a_fresh_one() {
        let pool = pool::<false>(2);
        assert_eq!(acquire(&pool).await.settle::<()>(Err(lost("new"))), Some(Err(DataError::rejected("new"))));
        acquire(&pool).await.settle(Ok(())).unwrap().unwrap();
        assert_eq!(acquire(&pool).await.settle::<()>(Err(lost("stale"))), None);
        acquire(&pool).await.settle(Ok(())).unwrap().unwrap();
        let mut lease = acquire(&pool).await;
        *lease.session() = 100;
        let error = lease.settle::<()>(Err(lost("begun"))).unwrap().unwrap_err();
        assert_eq!(&*error.message, "begun", "what had begun is not begun again");
        acquire(&pool).await.settle(Ok(())).unwrap().unwrap();
        let fresh = pool.acquire(Instant::now() + Duration::from_mins(1), true).await.unwrap();
        assert_eq!((pool.counts().resting, fresh.is_reused), (0, false), "the others are as old");
    }

    #[tokio::test]
    async fn a_session_that_is_given_up_counts_until_it_has_ended() {
        let pool = pool::<false>(1);
        drop(acquire(&pool).await);
        let next = acquire(&pool).await;
        assert_eq!(pool.engine().abandoned.load(Ordering::Relaxed), 1);
        let error = pool.acquire(Instant::now(), false).await.err().unwrap();
        assert!(error.kind == DataErrorKind::Busy && error.message.starts_with("all 1 connections to `db` are in use"));
        drop(next);
        pool.engine().is_unreachable.store(true, Ordering::Relaxed);
        let error = pool.acquire(Instant::now() + Duration::from_mins(1), false).await.err().unwrap();
        assert_eq!(&*error.message, "nobody answers");
    }

    #[tokio::test]
    async fn a_server_is_not_silent_because_a_query_has_little_time() {
        let pool = patient();
        pool.engine().is_slow.store(true, Ordering::Relaxed);
        let error = pool.acquire(Instant::now() + Duration::from_millis(1), false).await.err().unwrap();
        assert_eq!(error.kind, DataErrorKind::Busy, "{error}");
    }

    #[tokio::test]
    async fn sessions_take_leave_when_they_rest_for_too_long_and_with_their_pool() {
        let pool = pool::<true>(1);
        for round in 1..3 {
            acquire(&pool).await.settle(Ok(())).unwrap().unwrap();
            while pool.engine().closed.load(Ordering::Relaxed) < round {
                tokio::task::yield_now().await;
            }
        }
        let patient = patient();
        let closed = Arc::clone(&patient.engine().closed);
        acquire(&patient).await.settle(Ok(())).unwrap().unwrap();
        drop(patient);
        while closed.load(Ordering::Relaxed) < 1 {
            tokio::task::yield_now().await;
        }
    }
}
