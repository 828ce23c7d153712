//! The cache of tables that all views share.
//!
//! A computation whose result is kept runs in a task of its own, a *flight*: all who ask for the same key meanwhile
//! wait for the same flight, and when the last of them has left, it is cancelled. Failures are told to all who wait,
//! and not kept.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use appspec_lang::spec;
use appspec_lang::value::Fingerprint;
use cached::{Cached, Expires, ExpiringLruCache};
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use tokio::task::{AbortHandle, JoinError};
use tokio::time::Instant;

use crate::error::{DataError, DataErrorKind};
use crate::table::Table;

/// What the cache has done since the start, and holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheStats {
    pub hits: u64,
    /// Demands that started a computation.
    pub misses: u64,
    /// Demands that joined the computation of another.
    pub shared: u64,
    /// Results dropped for want of room.
    pub evictions: u64,
    pub bytes: u64,
    pub entries: u64,
}

/// What is kept under which key, and for how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    pub(crate) key: Fingerprint,
    /// Names the query, whose `max_entries` are counted together.
    pub(crate) query: Fingerprint,
    pub(crate) cache: spec::Cache,
    /// What began to be computed before is too old.
    pub(crate) since: Option<Instant>,
}

type Outcome = Result<Table, DataError>;

/// Results by key, within a budget of bytes, and the computations under way.
#[derive(Debug)]
pub(crate) struct Cache {
    budget: u64,
    /// The bytes of all entries.
    total: Arc<AtomicU64>,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    store: ExpiringLruCache<Fingerprint, Entry>,
    flights: HashMap<Fingerprint, Flight>,
    /// Failures of what was to be computed anew, with the moment at which it began, for those who come a little later.
    failures: HashMap<Fingerprint, (Instant, DataError)>,
    next_flight: u64,
    stats: CacheStats,
}

impl Cache {
    pub(crate) fn new(budget: u64) -> Self {
        let inner = Inner {
            // Bytes are what is limited; no table takes fewer than a hundred.
            store: ExpiringLruCache::new(usize::try_from(budget / 100).unwrap_or(usize::MAX).clamp(1, 1 << 20)),
            flights: HashMap::new(),
            failures: HashMap::new(),
            next_flight: 0,
            stats: CacheStats::default(),
        };
        Self { budget, total: Arc::default(), inner: Mutex::new(inner) }
    }

    /// The fresh result under a key.
    pub(crate) fn get(&self, key: Fingerprint) -> Option<Table> {
        self.lock().get(key)
    }

    /// Drops the result under a key; a computation under way goes on for those who wait, but is not kept.
    pub(crate) fn forget(&self, key: Fingerprint) {
        let mut inner = self.lock();
        drop(inner.store.cache_remove(&key));
        inner.flights.remove(&key);
    }

    /// Drops all results of some queries, as [`Cache::forget`] does.
    pub(crate) fn forget_queries(&self, queries: &BTreeSet<Fingerprint>) {
        let mut inner = self.lock();
        let _dropped = inner.store.retain(|_, entry| !queries.contains(&entry.query));
        inner.flights.retain(|_, flight| !queries.contains(&flight.query));
    }

    pub(crate) fn stats(&self) -> CacheStats {
        let inner = self.lock();
        let entries = inner.store.cache_size() as u64;
        CacheStats { bytes: self.total.load(Ordering::Relaxed), entries, ..inner.stats }
    }

    /// The result of a slot: kept, of a flight under way, or of one that starts here.
    pub(crate) async fn get_or_compute<F>(self: &Arc<Self>, slot: Slot, compute: impl FnOnce() -> F) -> Outcome
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        let (outcome, _waiter) = {
            let mut inner = self.lock();
            if let Some(outcome) = inner.kept(&slot) {
                inner.stats.hits += 1;
                return outcome;
            }
            if inner.flights.contains_key(&slot.key) {
                inner.stats.shared += 1;
            } else {
                inner.stats.misses += 1;
                let id = inner.next_flight;
                inner.next_flight += 1;
                inner.flights.insert(slot.key, self.start(id, slot, compute()));
            }
            let flight = inner.flights.get_mut(&slot.key).expect("it is there or was just put there");
            flight.waiters += 1;
            let waiter =
                Waiter { flight: flight.id, key: slot.key, task: flight.task.clone(), cache: Arc::clone(self) };
            (flight.outcome.clone(), waiter)
        };
        outcome.await
    }

    /// Keeps a table that is there already.
    pub(crate) fn put(&self, slot: Slot, table: &Table) {
        let bytes = table.bytes() as u64;
        self.set(&mut self.lock(), &slot, (table, bytes), Instant::now());
    }

    /// Keeps a table, if it is not too large.
    fn set(&self, inner: &mut Inner, slot: &Slot, (table, bytes): (&Table, u64), began: Instant) -> bool {
        if bytes > self.budget / 4 || slot.cache.ttl == Some(Duration::ZERO) {
            return false;
        }
        let expires = slot.cache.ttl.and_then(|ttl| Instant::now().checked_add(ttl));
        let weight = Weight::new(bytes, &self.total);
        inner.store.cache_set(slot.key, Entry { table: table.clone(), weight, query: slot.query, began, expires });
        if let Some(limit) = slot.cache.max_entries {
            inner.limit_entries(slot.query, limit);
        }
        if self.total.load(Ordering::Relaxed) > self.budget {
            inner.limit_bytes(self.budget / 10 * 9);
        }
        true
    }

    fn start(self: &Arc<Self>, id: u64, slot: Slot, compute: impl Future<Output = Outcome> + Send + 'static) -> Flight {
        let landing = Landing { cache: Arc::clone(self), id, slot, began: Instant::now() };
        let task = tokio::spawn(async move {
            let outcome = compute.await;
            match &outcome {
                Ok(table) => landing.keep(table),
                Err(error) => landing.note(error),
            }
            outcome
        });
        let handle = task.abort_handle();
        let outcome = task.map(|joined| joined.unwrap_or_else(|error| Err(failure_of(&error))));
        Flight { id, query: slot.query, outcome: outcome.boxed().shared(), task: handle, waiters: 0 }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn get(&mut self, key: Fingerprint) -> Option<Table> {
        self.store.cache_get(&key).map(|entry| entry.table.clone())
    }

    /// What is there for a slot and not too old: a table, or the failure of those who have just asked for the same.
    fn kept(&mut self, slot: &Slot) -> Option<Outcome> {
        let entry = self.store.cache_get(&slot.key);
        let Some(since) = slot.since else { return entry.map(|entry| Ok(entry.table.clone())) };
        if let Some(entry) = entry.filter(|entry| entry.began >= since) {
            return Some(Ok(entry.table.clone()));
        }
        let failure = self.failures.get(&slot.key).filter(|(began, _)| *began >= since);
        failure.map(|(_, error)| Err(error.clone()))
    }

    fn is_under_way(&self, key: Fingerprint, flight: u64) -> bool {
        self.flights.get(&key).is_some_and(|found| found.id == flight)
    }

    /// Drops the oldest entries of a query, down to `limit`.
    fn limit_entries(&mut self, query: Fingerprint, limit: u32) {
        let mut newer = 0;
        let dropped = self.store.retain(|_, entry| {
            newer += u32::from(entry.query == query);
            entry.query != query || newer <= limit
        });
        self.stats.evictions += dropped as u64;
    }

    /// Drops what has expired, then the least recently used entries, down to `bytes`.
    fn limit_bytes(&mut self, bytes: u64) {
        let _ = self.store.evict();
        let mut sum = 0;
        let dropped = self.store.retain(|_, entry| {
            sum += entry.weight.bytes;
            sum <= bytes
        });
        self.stats.evictions += dropped as u64;
    }
}

/// A result that is kept.
#[derive(Debug)]
struct Entry {
    table: Table,
    weight: Weight,
    query: Fingerprint,
    /// When its computation began.
    began: Instant,
    /// None: it does not grow old.
    expires: Option<Instant>,
}

impl Expires for Entry {
    fn is_expired(&self) -> bool {
        self.expires.is_some_and(|expires| Instant::now() >= expires)
    }
}

/// Bytes that are counted as long as this lives, whichever way the store drops an entry.
#[derive(Debug)]
struct Weight {
    bytes: u64,
    total: Arc<AtomicU64>,
}

impl Weight {
    fn new(bytes: u64, total: &Arc<AtomicU64>) -> Self {
        total.fetch_add(bytes, Ordering::Relaxed);
        Self { bytes, total: Arc::clone(total) }
    }
}

impl Drop for Weight {
    fn drop(&mut self) {
        self.total.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// A computation under way.
#[derive(Debug)]
struct Flight {
    id: u64,
    query: Fingerprint,
    outcome: Shared<BoxFuture<'static, Outcome>>,
    task: AbortHandle,
    waiters: usize,
}

/// One who waits for a flight; the last to leave cancels it.
struct Waiter {
    flight: u64,
    key: Fingerprint,
    task: AbortHandle,
    cache: Arc<Cache>,
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let mut inner = self.cache.lock();
        let Some(flight) = inner.flights.get_mut(&self.key).filter(|flight| flight.id == self.flight) else { return };
        flight.waiters -= 1;
        if flight.waiters == 0 {
            self.task.abort();
            inner.flights.remove(&self.key);
        }
    }
}

/// Ends a flight however its computation ends: with a result, a failure, a panic, or cancelled.
struct Landing {
    cache: Arc<Cache>,
    id: u64,
    slot: Slot,
    began: Instant,
}

/// How long a failure is remembered, for those who ask for the same at the same beat.
const REMEMBERED: Duration = Duration::from_mins(1);

impl Landing {
    /// Remembers a failure for those who ask for the same a little later, where several do.
    fn note(&self, error: &DataError) {
        if self.slot.since.is_some() && error.kind != DataErrorKind::Cancelled {
            let mut inner = self.cache.lock();
            inner.failures.retain(|_, (began, _)| self.began.saturating_duration_since(*began) < REMEMBERED);
            inner.failures.insert(self.slot.key, (self.began, error.clone()));
        }
    }

    /// Keeps a result, unless the key was forgotten meanwhile.
    fn keep(&self, table: &Table) {
        // Before the lock is taken: it may last some milliseconds, and every reader asks for it next.
        table.fingerprint();
        let bytes = table.bytes() as u64;
        let cache = &self.cache;
        let mut inner = cache.lock();
        if inner.is_under_way(self.slot.key, self.id) && cache.set(&mut inner, &self.slot, (table, bytes), self.began) {
            inner.flights.remove(&self.slot.key);
        }
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        let mut inner = self.cache.lock();
        if inner.is_under_way(self.slot.key, self.id) {
            inner.flights.remove(&self.slot.key);
        }
    }
}

/// What those who wait are told of a computation that gave nothing.
pub(crate) fn failure_of(error: &JoinError) -> DataError {
    if error.is_panic() {
        DataError::internal("the query failed by a mistake of appspec")
    } else {
        DataError::new(DataErrorKind::Cancelled, "the query was cancelled")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use appspec_lang::value::{Scalar, Type};
    use tokio::sync::{Semaphore, oneshot};

    use super::*;

    const FOREVER: spec::Cache = spec::Cache { ttl: None, max_entries: None };

    fn slot(key: u128, cache: spec::Cache) -> Slot {
        Slot { key: Fingerprint(key), query: Fingerprint(0), cache, since: None }
    }

    /// A table of so many ints, eight bytes each.
    fn table(rows: i64) -> Table {
        Table::from_columns(vec![("x".into(), Type::Int, (0..rows).map(Scalar::Int).collect())]).unwrap()
    }

    async fn put(cache: &Arc<Cache>, slot: Slot, rows: i64) {
        cache.get_or_compute(slot, || async move { Ok(table(rows)) }).await.unwrap();
    }

    #[tokio::test]
    async fn a_hundred_concurrent_misses_compute_once() {
        for fails in [false, true] {
            let cache = Arc::new(Cache::new(1 << 20));
            let (computed, gate) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
            let demands: Vec<_> = (0..100)
                .map(|_| {
                    let (cache, computed, gate) = (Arc::clone(&cache), Arc::clone(&computed), Arc::clone(&gate));
                    let compute = move || async move {
                        computed.fetch_add(1, Ordering::Relaxed);
                        let _open = gate.acquire().await;
                        if fails { Err(DataError::rejected("no")) } else { Ok(table(1)) }
                    };
                    tokio::spawn(async move { cache.get_or_compute(slot(1, FOREVER), compute).await })
                })
                .collect();
            while cache.stats().shared < 99 {
                tokio::task::yield_now().await;
            }
            gate.add_permits(1);
            for demand in demands {
                assert_eq!(demand.await.unwrap().is_err(), fails);
            }
            assert_eq!((computed.load(Ordering::Relaxed), cache.stats().misses), (1, 1));
            assert_eq!(cache.stats().entries, u64::from(!fails), "failures are not kept");
        }
    }

    #[tokio::test]
    async fn a_computation_ends_when_its_last_waiter_leaves() {
        let cache = Arc::new(Cache::new(1 << 20));
        let (ended, end) = oneshot::channel::<()>();
        let (start, started) = oneshot::channel::<()>();
        let compute = move || async move {
            let _ended = ended;
            start.send(()).unwrap();
            std::future::pending().await
        };
        let first = tokio::spawn({
            let cache = Arc::clone(&cache);
            async move { cache.get_or_compute(slot(1, FOREVER), compute).await }
        });
        started.await.unwrap();
        let second = tokio::spawn({
            let cache = Arc::clone(&cache);
            async move { cache.get_or_compute(slot(1, FOREVER), || async { Ok(table(1)) }).await }
        });
        while cache.stats().shared < 1 {
            tokio::task::yield_now().await;
        }
        first.abort();
        assert!(first.await.unwrap_err().is_cancelled());
        assert!(cache.lock().flights.contains_key(&Fingerprint(1)), "the second still waits");
        second.abort();
        end.await.unwrap_err();
        assert!(second.await.unwrap_err().is_cancelled());
        assert!(cache.lock().flights.is_empty());
        put(&cache, slot(1, FOREVER), 1).await;
        assert_eq!(cache.stats().entries, 1, "the key is free again");
    }

    #[tokio::test]
    async fn a_panic_is_an_error_and_frees_the_key() {
        let cache = Arc::new(Cache::new(1 << 20));
        let error = cache.get_or_compute(slot(1, FOREVER), || async { panic!("a mistake") }).await.unwrap_err();
        assert_eq!(error.kind, DataErrorKind::Internal);
        put(&cache, slot(1, FOREVER), 1).await;
        assert_eq!(cache.stats().entries, 1);
    }

    #[tokio::test]
    async fn results_grow_old() {
        let cache = Arc::new(Cache::new(1 << 20));
        let for_so_long = |millis: u64| spec::Cache { ttl: Some(Duration::from_millis(millis)), max_entries: None };
        put(&cache, slot(1, for_so_long(10)), 1).await;
        put(&cache, slot(2, for_so_long(3_600_000)), 1).await;
        put(&cache, slot(3, FOREVER), 1).await;
        put(&cache, slot(4, for_so_long(0)), 1).await;
        while cache.get(Fingerprint(1)).is_some() {
            tokio::task::yield_now().await;
        }
        assert_eq!([2, 3, 4].map(|key| cache.get(Fingerprint(key)).is_some()), [true, true, false]);
    }

    #[tokio::test]
    async fn all_results_together_keep_to_the_budget() {
        let cache = Arc::new(Cache::new(10_000));
        for key in 0..100 {
            put(&cache, slot(key, FOREVER), 100).await;
            assert!(cache.stats().bytes <= 10_000);
            assert!(cache.get(Fingerprint(0)).is_some(), "what is used stays");
        }
        let stats = cache.stats();
        assert!(cache.get(Fingerprint(99)).is_some() && cache.get(Fingerprint(50)).is_none());
        assert!(stats.bytes >= 8_000, "{stats:?}");
        assert_eq!(stats.entries + stats.evictions, 100);
        put(&cache, slot(1000, FOREVER), 1000).await;
        assert!(cache.get(Fingerprint(1000)).is_none(), "a result above a quarter of the budget is not kept");
        (0..100).for_each(|key| cache.forget(Fingerprint(key)));
        assert_eq!((cache.stats().bytes, cache.stats().entries), (0, 0));
    }

    #[tokio::test]
    async fn what_is_kept_of_a_query_is_forgotten_with_it() {
        let cache = Arc::new(Cache::new(1 << 20));
        let of = |query: u128, key: u128| Slot { query: Fingerprint(query), ..slot(key, FOREVER) };
        for (query, key) in [(1, 10), (1, 11), (2, 20), (3, 30)] {
            put(&cache, of(query, key), 1).await;
        }
        let (open, gate) = oneshot::channel::<()>();
        let compute = || async move {
            gate.await.unwrap();
            Ok(table(1))
        };
        let under_way = tokio::spawn({
            let cache = Arc::clone(&cache);
            async move { cache.get_or_compute(of(1, 12), compute).await }
        });
        while cache.stats().misses < 5 {
            tokio::task::yield_now().await;
        }
        cache.forget_queries(&BTreeSet::from([Fingerprint(1), Fingerprint(3)]));
        open.send(()).unwrap();
        assert!(under_way.await.unwrap().is_ok(), "who waits is answered");
        let kept = [10, 11, 12, 20, 30].map(|key| cache.get(Fingerprint(key)).is_some());
        assert_eq!(kept, [false, false, false, true, false]);
    }

    #[tokio::test]
    async fn a_query_keeps_so_many_entries() {
        let cache = Arc::new(Cache::new(1 << 20));
        let two = spec::Cache { ttl: None, max_entries: Some(2) };
        put(&cache, Slot { query: Fingerprint(9), ..slot(100, FOREVER) }, 1).await;
        for key in 0..4 {
            put(&cache, slot(key, two), 1).await;
        }
        let kept = [0, 1, 2, 3, 100].map(|key| cache.get(Fingerprint(key)).is_some());
        assert_eq!(kept, [false, false, true, true, true]);
    }

    #[tokio::test]
    async fn what_is_forgotten_under_way_is_not_kept() {
        let cache = Arc::new(Cache::new(1 << 20));
        let (open, gate) = oneshot::channel::<()>();
        let demand = tokio::spawn({
            let cache = Arc::clone(&cache);
            let compute = || async move {
                gate.await.unwrap();
                Ok(table(1))
            };
            async move { cache.get_or_compute(slot(1, FOREVER), compute).await }
        });
        while cache.stats().misses < 1 {
            tokio::task::yield_now().await;
        }
        cache.forget(Fingerprint(1));
        open.send(()).unwrap();
        assert!(demand.await.unwrap().is_ok());
        assert_eq!(cache.stats().entries, 0);
    }

    #[tokio::test]
    async fn those_who_want_something_newer_share_one_computation_and_its_failure() {
        let cache = Arc::new(Cache::new(1 << 20));
        put(&cache, slot(1, FOREVER), 1).await;
        let since = Instant::now();
        let computed = Arc::new(AtomicUsize::new(0));
        let ask = |since: Instant, fails: bool| {
            let (cache, computed) = (Arc::clone(&cache), Arc::clone(&computed));
            async move {
                let compute = || async move {
                    computed.fetch_add(1, Ordering::Relaxed);
                    if fails { Err(DataError::unreachable("down")) } else { Ok(table(2)) }
                };
                cache.get_or_compute(Slot { since: Some(since), ..slot(1, FOREVER) }, compute).await
            }
        };
        for _ in 0..3 {
            assert_eq!(ask(since, true).await.unwrap_err().kind, DataErrorKind::Unreachable);
        }
        assert_eq!(computed.load(Ordering::Relaxed), 1, "the failure is told to all of them");
        assert_eq!(cache.get(Fingerprint(1)).map(|table| table.rows()), Some(1), "what was there stays");
        let later = Instant::now();
        for _ in 0..3 {
            assert_eq!(ask(later, false).await.unwrap().rows(), 2);
        }
        assert_eq!(computed.load(Ordering::Relaxed), 2, "a newer moment asks anew, once");
        assert_eq!(cache.get(Fingerprint(1)).map(|table| table.rows()), Some(2), "the old makes way for the new");
    }
}
