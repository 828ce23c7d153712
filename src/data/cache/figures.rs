//! What is counted of a query: all that `/metrics` tells.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// What the cache has done for one query, or for all, since the start, and holds of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheStats {
    /// Demands that a fresh result was there for.
    pub hits: u64,
    /// Demands that were given an older result, with a refresh behind it.
    pub stale_hits: u64,
    /// Demands that started a computation.
    pub misses: u64,
    /// Demands that joined the computation of another.
    pub shared: u64,
    /// Misses that found their result on disk.
    pub restored: u64,
    /// Results dropped for want of room.
    pub evictions: u64,
    /// Computations that were started behind an older result.
    pub refreshes: u64,
    /// Computations that failed, and left an older result in place.
    pub failed_refreshes: u64,
    pub bytes: u64,
    pub entries: u64,
}

/// The upper ends of all but the last bucket of [`RunStats::buckets`], in milliseconds.
pub const BUCKETS: [u64; 7] = [5, 25, 100, 500, 2_500, 10_000, 30_000];

/// What the computations of one query have cost, cached or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunStats {
    /// Under way.
    pub running: u64,
    /// Ended by themselves; [`Self::failures`] among them.
    pub ended: u64,
    pub failures: u64,
    /// Ended because nobody waited any more.
    pub cancelled: u64,
    /// Of those that ended by themselves.
    pub time: Duration,
    /// How many of those took up to so long ([`BUCKETS`]) and longer than the bucket before.
    pub buckets: [u64; BUCKETS.len() + 1],
}

impl CacheStats {
    pub(crate) fn add(self, other: Self) -> Self {
        Self {
            hits: self.hits + other.hits,
            stale_hits: self.stale_hits + other.stale_hits,
            misses: self.misses + other.misses,
            shared: self.shared + other.shared,
            restored: self.restored + other.restored,
            evictions: self.evictions + other.evictions,
            refreshes: self.refreshes + other.refreshes,
            failed_refreshes: self.failed_refreshes + other.failed_refreshes,
            bytes: self.bytes + other.bytes,
            entries: self.entries + other.entries,
        }
    }
}

/// The counters of one query.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    pub(super) hits: Counter,
    pub(super) stale_hits: Counter,
    pub(super) misses: Counter,
    pub(super) shared: Counter,
    pub(super) restored: Counter,
    pub(super) evictions: Counter,
    pub(super) refreshes: Counter,
    pub(super) failed_refreshes: Counter,
    pub(super) bytes: Counter,
    pub(super) entries: Counter,
    running: Counter,
    failures: Counter,
    cancelled: Counter,
    nanoseconds: Counter,
    buckets: [Counter; BUCKETS.len() + 1],
}

impl Figures {
    pub(super) fn cache(&self) -> CacheStats {
        CacheStats {
            hits: self.hits.get(),
            stale_hits: self.stale_hits.get(),
            misses: self.misses.get(),
            shared: self.shared.get(),
            restored: self.restored.get(),
            evictions: self.evictions.get(),
            refreshes: self.refreshes.get(),
            failed_refreshes: self.failed_refreshes.get(),
            bytes: self.bytes.get(),
            entries: self.entries.get(),
        }
    }

    pub(super) fn runs(&self) -> RunStats {
        let buckets = self.buckets.each_ref().map(Counter::get);
        RunStats {
            running: self.running.get(),
            ended: buckets.iter().sum(),
            failures: self.failures.get(),
            cancelled: self.cancelled.get(),
            time: Duration::from_nanos(self.nanoseconds.get()),
            buckets,
        }
    }

    /// Counts a computation as under way until it is [ended](Running::end) or dropped.
    pub(crate) fn start(self: Arc<Self>) -> Running {
        self.running.add(1);
        Running { figures: self, has_ended: false }
    }
}

/// A computation under way.
pub(crate) struct Running {
    figures: Arc<Figures>,
    has_ended: bool,
}

impl Running {
    /// Counts it as ended by itself.
    pub(crate) fn end(mut self, took: Duration, has_failed: bool) {
        self.has_ended = true;
        let bucket = BUCKETS.iter().position(|end| took <= Duration::from_millis(*end)).unwrap_or(BUCKETS.len());
        if let Some(bucket) = self.figures.buckets.get(bucket) {
            bucket.add(1);
        }
        self.figures.nanoseconds.add(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX));
        self.figures.failures.add(u64::from(has_failed));
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.figures.running.take(1);
        self.figures.cancelled.add(u64::from(!self.has_ended));
    }
}

/// A number that is counted from several threads.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn add(&self, number: u64) {
        self.0.fetch_add(number, Ordering::Relaxed);
    }

    pub(crate) fn take(&self, number: u64) {
        self.0.fetch_sub(number, Ordering::Relaxed);
    }
}
