//! What is kept, and what is under way: what may be served of it, and what is dropped. Nothing here waits.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use appspec_lang::value::Fingerprint;
use cached::{Cached as _, CachedPeek as _, ExpiringLruCache, LruCache};
use tokio::time::Instant;

use super::Slot;
use super::entry::{Entry, Found, Standing};
use super::figures::Figures;
use super::flight::{Flight, Outcome};
use crate::error::DataError;

/// Entries are few and large; this many are more than any app needs, and bound what an entry costs beside its bytes.
pub(super) const MOST_ENTRIES: usize = 100_000;

/// How long a failure is remembered, for those who ask for the same at the same beat.
const FAILURES_REMEMBERED: Duration = Duration::from_mins(1);

/// How many of the results that were dropped on purpose are remembered, for views that still show them.
const REMEMBERED: usize = 10_000;

/// When all results of a query were dropped on purpose.
#[derive(Clone, Copy, Debug)]
pub(super) struct Forgotten {
    /// The version that was reached then.
    pub(super) version: u64,
    pub(super) at: Instant,
}

/// What the cache holds, under its lock.
#[derive(Debug)]
pub(super) struct Inner {
    pub(super) store: ExpiringLruCache<Fingerprint, Entry>,
    pub(super) flights: HashMap<Fingerprint, Flight>,
    /// Failures of what was to be computed anew, with the moment at which it began, for those who come a little later.
    pub(super) failures: HashMap<Fingerprint, (Instant, DataError)>,
    /// What was dropped on purpose, by key, and the version that was reached then.
    pub(super) forgotten: LruCache<Fingerprint, u64>,
    /// The same by query.
    pub(super) forgotten_queries: HashMap<Fingerprint, Forgotten>,
    pub(super) figures: BTreeMap<Fingerprint, Arc<Figures>>,
    /// Counts up: flights, and versions of entries.
    count: u64,
}

impl Inner {
    pub(super) fn new() -> Self {
        Self {
            store: ExpiringLruCache::new(MOST_ENTRIES + 1),
            flights: HashMap::new(),
            failures: HashMap::new(),
            forgotten: LruCache::new(REMEMBERED),
            forgotten_queries: HashMap::new(),
            figures: BTreeMap::new(),
            count: 0,
        }
    }

    pub(super) fn next(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    pub(super) fn figures(&mut self, query: Fingerprint) -> Arc<Figures> {
        Arc::clone(self.figures.entry(query).or_default())
    }

    /// What began to be made before is of no use to a query, whoever has asked for it: its data has changed since.
    pub(super) fn not_before(&self, query: Fingerprint) -> Option<Instant> {
        self.forgotten_queries.get(&query).map(|forgotten| forgotten.at)
    }

    /// The entry of a slot, if it is to be shown, and whether a refresh is due behind it.
    pub(super) fn serve(&mut self, slot: &Slot) -> Option<(Found, bool)> {
        let not_before = self.not_before(slot.query);
        let entry = self.store.cache_get_mut(&slot.key)?;
        if not_before.is_some_and(|not_before| entry.began < not_before && !entry.is_tried()) {
            return None;
        }
        let is_fresh = match entry.standing(&slot.cache) {
            Standing::Gone => return None,
            standing => standing == Standing::Fresh,
        };
        let found = entry.give(slot.key, slot.query, &slot.cache);
        let figures = self.figures(slot.query);
        let hits = if is_fresh { &figures.hits } else { &figures.stale_hits };
        hits.add(1);
        Some((found, !is_fresh && self.is_due(slot)))
    }

    /// Whether what is shown of a slot is old, and nobody is about to make it anew.
    pub(super) fn is_due(&self, slot: &Slot) -> bool {
        let Some(entry) = self.store.cache_peek(&slot.key) else { return false };
        let may_retry = entry.trouble.as_ref().is_none_or(|trouble| Instant::now() >= trouble.retry_at);
        let is_under_way = self.flights.get(&slot.key).is_some_and(Flight::has_passengers);
        entry.standing(&slot.cache) == Standing::Stale && may_retry && !is_under_way
    }

    /// What is there for a slot and not too old: a table, or the failure of those who have just asked for the same.
    pub(super) fn serve_since(&mut self, slot: &Slot, since: Instant) -> Option<Outcome> {
        let since = self.not_before(slot.query).map_or(since, |not_before| since.max(not_before));
        let failure = self.failures.get(&slot.key).filter(|(began, _)| *began >= since).map(|(_, error)| error.clone());
        let entry = self.store.cache_get_mut(&slot.key).filter(|entry| !entry.is_void());
        let is_new = entry.as_ref().is_some_and(|entry| entry.began >= since);
        match (entry, failure) {
            (Some(entry), _) if is_new => {
                let found = entry.give(slot.key, slot.query, &slot.cache);
                self.figures(slot.query).hits.add(1);
                Some(Ok(found))
            }
            (Some(entry), Some(_)) if stands_in(slot, entry) => {
                let found = entry.give(slot.key, slot.query, &slot.cache);
                self.figures(slot.query).stale_hits.add(1);
                Some(Ok(found))
            }
            (_, failure) => failure.map(Err),
        }
    }

    /// Tells all who wait for a flight that it has failed, or gives them what is still there.
    pub(super) fn fail(&mut self, id: u64, slot: &Slot, error: DataError) -> Outcome {
        if !self.is_under_way(slot.key, id) {
            return Err(error);
        }
        let began = self.flights.remove(&slot.key).map(|flight| flight.began);
        if let Some(began) = began.filter(|_| slot.since.is_some()) {
            self.failures.retain(|_, (other, _)| began.saturating_duration_since(*other) < FAILURES_REMEMBERED);
            self.failures.insert(slot.key, (began, error.clone()));
        }
        let version = self.next();
        let may_stand_in = !slot.cache.stale.is_zero();
        let Some(entry) = self.store.cache_get_mut(&slot.key).filter(|_| may_stand_in) else { return Err(error) };
        entry.fail(error.clone(), version);
        if !stands_in(slot, entry) {
            return Err(error);
        }
        let found = entry.give(slot.key, slot.query, &slot.cache);
        self.figures(slot.query).failed_refreshes.add(1);
        Ok(found)
    }

    pub(super) fn is_under_way(&self, key: Fingerprint, flight: u64) -> bool {
        self.flights.get(&key).is_some_and(|found| found.id == flight)
    }

    /// Drops an entry, or sets it aside for the case that no newer one can be had.
    pub(super) fn drop_entry(&mut self, key: Fingerprint) {
        match self.store.cache_get_mut(&key) {
            Some(entry) if entry.stands_in => entry.outdate(),
            _ => drop(self.store.cache_remove(&key)),
        }
    }

    /// Drops the oldest entries of a query, down to `limit`, and gives their keys.
    pub(super) fn limit_entries(&mut self, query: Fingerprint, limit: u32) -> Vec<Fingerprint> {
        let (mut newer, mut dropped) = (0, Vec::new());
        self.drop_unless(|key, entry| {
            let is_own = entry.queries.first() == Some(&query);
            newer += u32::from(is_own);
            let stays = !is_own || newer <= limit;
            dropped.extend((!stays).then_some(*key));
            stays
        });
        dropped
    }

    /// Drops what has expired, then the least recently used entries, down to `bytes`.
    pub(super) fn limit_bytes(&mut self, bytes: u64) {
        let _expired = self.store.evict();
        let (mut sum, mut seen) = (0, HashSet::new());
        self.drop_unless(|_, entry| {
            // Several entries may have the same table.
            sum += if seen.insert(entry.table.address()) { entry.weight.bytes() } else { 0 };
            sum <= bytes
        });
    }

    /// Drops the least recently used entries, down to a number of them.
    pub(super) fn limit_all(&mut self, limit: usize) {
        let mut newer = 0;
        self.drop_unless(|_, _| {
            newer += 1;
            newer <= limit
        });
    }

    /// Drops entries, the most recently used asked about first, and counts them as evicted.
    fn drop_unless(&mut self, mut stays: impl FnMut(&Fingerprint, &Entry) -> bool) {
        self.store.retain(|key, entry| {
            let stays = stays(key, entry);
            entry.weight.figures.evictions.add(u64::from(!stays));
            stays
        });
    }
}

/// Whether an entry may be shown though it is old, to one who asks for this.
fn stands_in(slot: &Slot, entry: &Entry) -> bool {
    !slot.cache.stale.is_zero() && entry.standing(&slot.cache) != Standing::Gone
}
