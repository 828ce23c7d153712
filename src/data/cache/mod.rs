//! The cache of tables that all views share.
//!
//! A computation whose result is kept runs in a task of its own, a *flight*: all who ask for the same key meanwhile
//! wait for the same flight, and when the last of them has left, it is cancelled. Failures are told to all who wait,
//! and not kept; but an older result that its query allows (`stale`) stays in place of one that could not be had.

mod disk;
mod entry;
mod figures;
mod flight;
mod inner;
mod settings;
mod slot;
mod stored;
mod weight;

use std::collections::BTreeSet;
use std::future::ready;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use appspec_lang::value::Fingerprint;
use cached::{Cached as _, CachedPeek};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use tokio::time::Instant;

use crate::error::DataError;
use crate::table::Table;
use disk::{Barred, Disk};
use entry::{Age, Entry, EntryWeight, window};
pub use entry::{Cached, Found, Trouble};
pub(crate) use figures::Running;
pub use figures::{BUCKETS, CacheStats, RunStats};
pub(crate) use flight::failure_of;
use flight::{Flight, Outcome, Passenger};
use inner::{Forgotten, Inner, MOST_ENTRIES};
pub use settings::{CacheSettings, Room};
pub(crate) use slot::{Made, Purpose, Slot};
use weight::Scale;
pub(crate) use weight::Weight;

/// What an entry takes beside the cells of its table.
const OVERHEAD: u64 = 512;

/// Results by key, within a budget of bytes, and the computations under way.
#[derive(Debug)]
pub(crate) struct Cache {
    /// Bytes.
    budget: AtomicU64,
    /// The bytes of all tables.
    scale: Arc<Scale>,
    disk: Option<Arc<Disk>>,
    /// What is older than any clock tells was made before that.
    opened: Instant,
    inner: Mutex<Inner>,
}

impl Cache {
    pub(crate) fn new(settings: CacheSettings) -> Self {
        let CacheSettings { bytes, folder, disk_bytes } = settings;
        Self {
            budget: AtomicU64::new(bytes),
            scale: Arc::default(),
            disk: folder.map(|folder| Disk::new(folder, disk_bytes)),
            opened: Instant::now(),
            inner: Mutex::new(Inner::new()),
        }
    }

    /// Changes how much memory all tables may take.
    pub(crate) fn limit(&self, bytes: u64) {
        self.budget.store(bytes, Ordering::Relaxed);
        self.make_room(&mut self.lock());
    }

    fn budget(&self) -> u64 {
        self.budget.load(Ordering::Relaxed)
    }

    /// The result of a slot, if there is one to be shown; an old one with a refresh behind it.
    pub(crate) fn get<F>(self: &Arc<Self>, slot: Slot, compute: impl FnOnce(Purpose) -> F) -> Option<Found>
    where
        F: Future<Output = Result<Made, DataError>> + Send + 'static,
    {
        let (found, refresh) = self.serve(&mut self.lock(), slot, compute)?.ok()?;
        attend(refresh);
        Some(found)
    }

    /// The same, but nothing starts.
    pub(crate) fn get_kept(&self, slot: &Slot) -> Option<Found> {
        self.lock().serve(slot).map(|(found, _is_due)| found)
    }

    /// Waits for what takes the place of a table that was found, if that is on its way or there.
    pub(crate) fn newer(&self, cached: &Cached) -> Option<BoxFuture<'static, ()>> {
        let version = cached.version?;
        let inner = self.lock();
        let entry = inner.store.cache_peek(&cached.key)?;
        if entry.version != version {
            return (!entry.is_void()).then(|| ready(()).boxed());
        }
        let passenger = inner.flights.get(&cached.key)?.follow()?;
        Some(passenger.arrive().map(drop).boxed())
    }

    /// The result of a slot: kept, of a flight under way, or of one that starts here.
    pub(crate) async fn get_or_compute<F>(self: &Arc<Self>, slot: Slot, compute: impl Fn(Purpose) -> F) -> Outcome
    where
        F: Future<Output = Result<Made, DataError>> + Send + 'static,
    {
        let asked = {
            let mut inner = self.lock();
            // Looked up and boarded under one lock: else a flight may land in between, and another would start.
            let served = self.serve(&mut inner, slot, &compute);
            served.ok_or_else(|| self.board(&mut inner, slot, &compute))
        };
        let (found, refresh) = match asked {
            Ok(served) => served?,
            Err(passenger) => (passenger.arrive().await?, None),
        };
        attend(refresh);
        if found.is_restored {
            // What comes from disk may be old: then a refresh starts behind it, one for all who have waited.
            let refresh = {
                let mut inner = self.lock();
                inner.is_due(&slot).then(|| self.refresh(&mut inner, slot, &compute))
            };
            attend(refresh);
        }
        Ok(found)
    }

    fn serve<F>(
        self: &Arc<Self>,
        inner: &mut Inner,
        slot: Slot,
        compute: impl FnOnce(Purpose) -> F,
    ) -> Option<Result<(Found, Option<Passenger>), DataError>>
    where
        F: Future<Output = Result<Made, DataError>> + Send + 'static,
    {
        if let Some(since) = slot.since {
            return inner.serve_since(&slot, since).map(|served| served.map(|found| (found, None)));
        }
        let (found, is_due) = inner.serve(&slot)?;
        if let Some(entry) = inner.store.cache_get_mut(&slot.key).filter(|_| slot.cache.persist) {
            self.persist(entry, &slot);
        }
        let refresh = is_due.then(|| self.refresh(inner, slot, compute));
        Some(Ok((found, refresh)))
    }

    /// Starts a refresh behind what is shown.
    fn refresh<F>(self: &Arc<Self>, inner: &mut Inner, slot: Slot, compute: impl FnOnce(Purpose) -> F) -> Passenger
    where
        F: Future<Output = Result<Made, DataError>> + Send + 'static,
    {
        inner.figures(slot.query).refreshes.add(1);
        self.start(inner, slot, compute(Purpose::Refresh))
    }

    /// Waits with those who wait for the slot already, or starts the computation.
    fn board<F>(self: &Arc<Self>, inner: &mut Inner, slot: Slot, compute: impl FnOnce(Purpose) -> F) -> Passenger
    where
        F: Future<Output = Result<Made, DataError>> + Send + 'static,
    {
        let figures = inner.figures(slot.query);
        let not_before = inner.not_before(slot.query);
        let flight = inner.flights.get_mut(&slot.key).filter(|flight| not_before.is_none_or(|at| flight.began >= at));
        if let Some(passenger) = flight.and_then(|flight| flight.board(slot.query)) {
            figures.shared.add(1);
            return passenger;
        }
        figures.misses.add(1);
        // What is still in memory, and was not good enough, is not to be had from disk.
        let is_known = slot.since.is_some() || inner.store.cache_peek(&slot.key).is_some();
        let purpose = if is_known { Purpose::Refresh } else { Purpose::Demand };
        self.start(inner, slot, compute(purpose))
    }

    fn start(
        self: &Arc<Self>,
        inner: &mut Inner,
        slot: Slot,
        compute: impl Future<Output = Result<Made, DataError>> + Send + 'static,
    ) -> Passenger {
        let (flight, passenger) = Flight::start(self, inner.next(), slot, compute);
        inner.flights.insert(slot.key, flight);
        passenger
    }

    /// The table that was found, or a newer one under the same key if it may be any.
    pub(crate) fn peek(&self, cached: &Cached) -> Option<Table> {
        let mut inner = self.lock();
        let entry = inner.store.cache_get(&cached.key)?;
        let is_same = cached.version.is_none_or(|version| entry.version == version);
        is_same.then(|| entry.table.clone())
    }

    /// Whether there is another to be shown.
    pub(crate) fn is_replaced(&self, cached: &Cached) -> bool {
        let Some(version) = cached.version else { return false };
        let inner = self.lock();
        inner.store.cache_peek(&cached.key).is_some_and(|entry| entry.version != version && !entry.is_void())
    }

    /// Whether whoever shows this should ask again: it has grown old, was dropped on purpose, or there is a newer one.
    pub(crate) fn is_outdated(&self, cached: &Cached) -> bool {
        if cached.fresh_until.is_some_and(|end| Instant::now() >= end) {
            return true;
        }
        let Some(version) = cached.version else { return false };
        let inner = self.lock();
        if let Some(entry) = inner.store.cache_peek(&cached.key) {
            return entry.version != version || entry.is_void();
        }
        let by_key = inner.forgotten.cache_peek(&cached.key);
        let by_query = inner.forgotten_queries.get(&cached.query).map(|forgotten| &forgotten.version);
        by_key.max(by_query).is_some_and(|forgotten| *forgotten > version)
    }

    /// Drops the result under a key; a computation under way goes on for those who wait, but is not kept.
    pub(crate) fn forget(&self, key: Fingerprint) {
        let mut inner = self.lock();
        let count = inner.next();
        inner.flights.remove(&key);
        inner.forgotten.cache_set(key, count);
        inner.drop_entry(key);
        // Under the lock, as all that decides what is on disk: else an old result could come back from there.
        self.forget_on_disk(&[key]);
    }

    /// Drops the result under a key from memory, as if there were no room for it.
    pub(crate) fn evict(&self, key: Fingerprint) {
        let dropped = self.lock().store.cache_remove(&key);
        if let Some(entry) = dropped {
            entry.weight.figures.evictions.add(1);
        }
    }

    /// Drops all results of a query, likewise.
    pub(crate) fn forget_query(&self, query: Fingerprint) {
        let mut inner = self.lock();
        let count = inner.next();
        inner.forgotten_queries.insert(query, Forgotten { version: count, at: Instant::now() });
        let mut keys = Vec::new();
        inner.store.retain(|key, entry| {
            if entry.queries.contains(&query) {
                keys.push(*key);
            }
            true
        });
        for key in &keys {
            inner.drop_entry(*key);
        }
        inner.flights.retain(|_, flight| !flight.queries.contains(&query));
        self.forget_on_disk(&keys);
        if let Some(disk) = &self.disk {
            disk.forget_query(query);
        }
    }

    fn forget_on_disk(&self, keys: &[Fingerprint]) {
        if let Some(disk) = &self.disk {
            for key in keys {
                disk.forget(*key);
            }
        }
    }

    /// A result that is kept on disk and not too old; blocks.
    pub(crate) fn restore(&self, slot: &Slot) -> Option<Made> {
        let (table, at) = self.disk.as_ref()?.load(slot.key)?;
        let age = age_of(at).filter(|age| window(&slot.cache).is_none_or(|window| *age < window))?;
        let began = Instant::now().checked_sub(age).unwrap_or(self.opened);
        let is_of_use = self.lock().not_before(slot.query).is_none_or(|not_before| began >= not_before);
        is_of_use.then_some(Made { table, at, began, is_restored: true })
    }

    /// Drops what is on disk of these queries, and lets nothing of them get there as long as the guard lives.
    pub(crate) async fn bar(&self, queries: &BTreeSet<Fingerprint>) -> Option<Barred> {
        let (disk, queries) = (Arc::clone(self.disk.as_ref()?), queries.clone());
        // It may be many files.
        tokio::task::spawn_blocking(move || Barred::new(disk, queries)).await.ok()
    }

    /// Waits until all results that are to be kept on disk are there.
    pub(crate) async fn written(&self) {
        if let Some(disk) = &self.disk {
            disk.written().await;
        }
    }

    /// Keeps a table that is there already.
    pub(crate) fn put(&self, slot: &Slot, table: &Table) {
        if weight_of(table) <= self.budget() / 4 {
            self.insert(&mut self.lock(), slot, Made::since(Instant::now(), table.clone()));
        }
    }

    /// Counts a table that is not kept here as long as somebody holds it.
    pub(crate) fn count(&self, table: &Table) {
        self.weigh(table);
        self.make_room(&mut self.lock());
    }

    fn weigh(&self, table: &Table) {
        table.weigh(|| Weight::new(weight_of(table), &self.scale));
    }

    /// Counts a computation of a query as under way.
    pub(crate) fn run(&self, query: Fingerprint) -> Running {
        let figures = self.lock().figures(query);
        figures.start()
    }

    /// All queries together.
    pub(crate) fn stats(&self) -> CacheStats {
        let inner = self.lock();
        inner.figures.values().map(|figures| figures.cache()).fold(CacheStats::default(), CacheStats::add)
    }

    /// One query.
    pub(crate) fn stats_of(&self, query: Fingerprint) -> (CacheStats, RunStats) {
        let figures = self.lock().figures.get(&query).cloned();
        figures.map(|figures| (figures.cache(), figures.runs())).unwrap_or_default()
    }

    pub(crate) fn room(&self) -> Room {
        // What is just being kept has its place, and others have made room for it.
        let _settled = self.lock();
        let (disk_bytes, disk_entries) = self.disk.as_ref().map(|disk| disk.size()).unwrap_or_default();
        Room {
            bytes: self.scale.kept(),
            held_bytes: self.scale.held(),
            limit: self.budget(),
            disk_bytes,
            disk_entries,
            disk_limit: self.disk.as_ref().map_or(0, |disk| disk.limit()),
        }
    }

    /// Takes in what a flight has brought.
    fn land(&self, id: u64, slot: &Slot, made: Result<Made, DataError>) -> Outcome {
        match made {
            Ok(made) => {
                // Before the lock is taken: it may last some milliseconds, and every reader asks for it next.
                made.table.fingerprint();
                Ok(self.keep(id, slot, made))
            }
            Err(error) => self.lock().fail(id, slot, error),
        }
    }

    /// Keeps a result, unless the key was forgotten meanwhile.
    fn keep(&self, id: u64, slot: &Slot, made: Made) -> Found {
        let mut inner = self.lock();
        if weight_of(&made.table) > self.budget() / 4 || !inner.is_under_way(slot.key, id) {
            self.weigh(&made.table);
            return Found::uncached(made.table);
        }
        inner.flights.remove(&slot.key);
        self.insert(&mut inner, slot, made)
    }

    fn insert(&self, inner: &mut Inner, slot: &Slot, made: Made) -> Found {
        let Made { table, at, began, is_restored } = made;
        let figures = inner.figures(slot.query);
        if is_restored {
            figures.restored.add(1);
        }
        self.weigh(&table);
        let weight = EntryWeight::new(table.clone(), figures);
        let age = Age::new(age_of(at).unwrap_or_default());
        let mut entry = Entry::new(table, (age, at, began), &slot.cache, weight);
        entry.version = inner.next();
        entry.is_on_disk = is_restored;
        let found = Found { is_restored, ..entry.give(slot.key, slot.query, &slot.cache) };
        if let Some(before) = inner.store.cache_peek(&slot.key) {
            entry.replace(before);
        }
        self.persist(&mut entry, slot);
        inner.store.cache_set(slot.key, entry);
        let dropped = slot.cache.max_entries.map(|limit| inner.limit_entries(slot.query, limit)).unwrap_or_default();
        self.make_room(inner);
        self.forget_on_disk(&dropped);
        found
    }

    /// Hands an entry to the disk, if its query wants that and nobody has done it before.
    fn persist(&self, entry: &mut Entry, slot: &Slot) {
        if let Some(disk) = self.disk.as_ref().filter(|_| slot.cache.persist && !entry.is_on_disk) {
            entry.is_on_disk = disk.store(slot.key, slot.query, entry.table.clone(), entry.made);
        }
    }

    /// Drops what was used longest ago where there is too much.
    fn make_room(&self, inner: &mut Inner) {
        // What views hold cannot be dropped here; but a quarter is left whatever they hold.
        let budget = self.budget();
        let budget = budget.saturating_sub(self.scale.held()).max(budget / 4);
        if self.scale.kept() > budget {
            inner.limit_bytes(budget / 10 * 9);
        }
        if inner.store.cache_size() > MOST_ENTRIES {
            inner.limit_all(MOST_ENTRIES / 10 * 9);
        }
    }

    fn end_flight(&self, key: Fingerprint, flight: u64) {
        let ended = {
            let mut inner = self.lock();
            if inner.is_under_way(key, flight) { inner.flights.remove(&key) } else { None }
        };
        // Outside the lock: its passengers may leave with it.
        drop(ended);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sees to it that a refresh goes on though nobody waits for it.
fn attend(refresh: Option<Passenger>) {
    if let Some(passenger) = refresh {
        drop(tokio::spawn(passenger.arrive()));
    }
}

/// How long ago a moment was; none for one that lies ahead, because a clock was set.
fn age_of(at: Timestamp) -> Option<Duration> {
    Duration::try_from(Timestamp::now().duration_since(at)).ok()
}

/// What a table takes in memory.
fn weight_of(table: &Table) -> u64 {
    table.bytes() as u64 + OVERHEAD
}

#[cfg(test)]
mod tests;
