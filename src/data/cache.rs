//! The cache of tables that all views share.
//!
//! A computation whose result is kept runs in a task of its own, a *flight*: all who ask for the same key meanwhile
//! wait for the same flight, and when the last of them has left, it is cancelled. Failures are told to all who wait,
//! and not kept.

use std::collections::HashMap;
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
    next_flight: u64,
    stats: CacheStats,
}

impl Cache {
    pub(crate) fn new(budget: u64) -> Self {
        let inner = Inner {
            // Bytes are what is limited; no table takes fewer than a hundred.
            store: ExpiringLruCache::new(usize::try_from(budget / 100).unwrap_or(usize::MAX).clamp(1, 1 << 20)),
            flights: HashMap::new(),
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
            if let Some(table) = inner.get(slot.key) {
                inner.stats.hits += 1;
                return Ok(table);
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

    fn start(self: &Arc<Self>, id: u64, slot: Slot, compute: impl Future<Output = Outcome> + Send + 'static) -> Flight {
        let landing = Landing { cache: Arc::clone(self), id, slot };
        let task = tokio::spawn(async move {
            let outcome = compute.await;
            if let Ok(table) = &outcome {
                landing.keep(table);
            }
            outcome
        });
        let handle = task.abort_handle();
        let outcome = task.map(|joined| joined.unwrap_or_else(|error| Err(failure_of(&error))));
        Flight { id, outcome: outcome.boxed().shared(), task: handle, waiters: 0 }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn get(&mut self, key: Fingerprint) -> Option<Table> {
        self.store.cache_get(&key).map(|entry| entry.table.clone())
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
}

impl Landing {
    /// Keeps a result, unless the key was forgotten meanwhile.
    fn keep(&self, table: &Table) {
        // Before the lock is taken: it may last some milliseconds, and every reader asks for it next.
        table.fingerprint();
        let bytes = table.bytes() as u64;
        let cache = &self.cache;
        if bytes > cache.budget / 4 || self.slot.cache.ttl == Some(Duration::ZERO) {
            return;
        }
        let mut inner = cache.lock();
        if !inner.is_under_way(self.slot.key, self.id) {
            return;
        }
        let expires = self.slot.cache.ttl.and_then(|ttl| Instant::now().checked_add(ttl));
        let weight = Weight::new(bytes, &cache.total);
        inner.store.cache_set(self.slot.key, Entry { table: table.clone(), weight, query: self.slot.query, expires });
        inner.flights.remove(&self.slot.key);
        if let Some(limit) = self.slot.cache.max_entries {
            inner.limit_entries(self.slot.query, limit);
        }
        if cache.total.load(Ordering::Relaxed) > cache.budget {
            inner.limit_bytes(cache.budget / 10 * 9);
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
