//! A result that is kept: how old it is, for whom it is fresh, and what its last refresh came to.

use std::sync::Arc;
use std::time::Duration;

use appspec_lang::spec;
use appspec_lang::value::Fingerprint;
use cached::Expires;
use jiff::Timestamp;
use tokio::time::Instant;

use super::figures::Figures;
use super::weight::Weight;
use crate::error::DataError;
use crate::pause::{self, pause_after};
use crate::table::Table;

/// Names a result in the cache, as it was found there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cached {
    pub key: Fingerprint,
    /// The query that asked for it.
    pub(super) query: Fingerprint,
    /// None: whatever is under the key.
    pub(super) version: Option<u64>,
    pub(super) fresh_until: Option<Instant>,
}

impl Cached {
    /// A result that nobody has asked for yet.
    pub fn unread(key: Fingerprint, query: Fingerprint) -> Self {
        Self { key, query, version: None, fresh_until: None }
    }
}

/// A table, and what whoever shows it should know.
#[derive(Clone, Debug)]
pub struct Found {
    pub table: Table,
    /// None where the cache does not hold it.
    pub cached: Option<Cached>,
    /// What its last refresh has failed with: the table is an older one.
    pub trouble: Option<Trouble>,
    /// Whether it was just read from disk.
    pub(super) is_restored: bool,
}

impl Found {
    /// A table that the cache does not hold.
    pub(crate) fn uncached(table: Table) -> Self {
        Self { table, cached: None, trouble: None, is_restored: false }
    }
}

/// A refresh that has failed.
#[derive(Clone, Debug)]
pub struct Trouble {
    pub error: DataError,
    /// When the table was made that is shown meanwhile.
    pub made: Timestamp,
    /// How many refreshes have failed in a row.
    pub attempts: u32,
    /// When the next one may be tried.
    pub retry_at: Instant,
}

/// How long ago something was made, by a clock that nobody sets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Age {
    at: Instant,
    was: Duration,
}

impl Age {
    pub(super) fn new(age: Duration) -> Self {
        Self { at: Instant::now(), was: age }
    }

    /// When it will be so old; none: never.
    fn reaches(self, age: Duration) -> Option<Instant> {
        self.at.checked_add(age.saturating_sub(self.was))
    }
}

/// Whether somebody has asked for a newer result than is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Demand {
    None,
    /// In vain: it is old, but shown.
    Tried,
    /// It is not shown before it was tried to get a newer one.
    Open,
}

/// A result that is kept.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) table: Table,
    /// Tells it from what was under the key before.
    pub(super) version: u64,
    pub(super) age: Age,
    /// By the clock of the machine.
    pub(super) made: Timestamp,
    /// When its computation began.
    pub(super) began: Instant,
    /// How old it gets, for the query that keeps it longest; none: as old as may be.
    window: Option<Duration>,
    /// Whether it was handed to the disk.
    pub(super) is_on_disk: bool,
    /// Whether it may be shown when a newer one cannot be had.
    pub(super) stands_in: bool,
    demand: Demand,
    pub(super) trouble: Option<Trouble>,
    /// The queries that it was given to; that which made it is the first.
    pub(super) queries: Vec<Fingerprint>,
    pub(super) weight: EntryWeight,
}

impl Expires for Entry {
    fn is_expired(&self) -> bool {
        self.gone_at(self.window).is_some_and(|gone| Instant::now() >= gone)
    }
}

/// How an entry stands for one who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Fresh,
    /// To be shown while a refresh runs.
    Stale,
    /// Too old, or void.
    Gone,
}

impl Entry {
    pub(super) fn new(
        table: Table,
        (age, made, began): (Age, Timestamp, Instant),
        cache: &spec::Cache,
        weight: EntryWeight,
    ) -> Self {
        Self {
            table,
            version: 0,
            age,
            made,
            began,
            window: window(cache),
            is_on_disk: false,
            stands_in: !cache.stale.is_zero(),
            demand: Demand::None,
            trouble: None,
            queries: Vec::new(),
            weight,
        }
    }

    /// How it stands for a query that keeps its results so.
    pub(super) fn standing(&self, cache: &spec::Cache) -> Standing {
        let now = Instant::now();
        let is_before = |end: Option<Instant>| end.is_none_or(|end| now < end);
        if self.is_void() || !is_before(self.gone_at(window(cache))) {
            Standing::Gone
        } else if self.demand == Demand::None && is_before(self.fresh_until(cache)) {
            Standing::Fresh
        } else {
            Standing::Stale
        }
    }

    /// Asks for a newer one: it is shown again only if that cannot be had.
    pub(super) fn outdate(&mut self) {
        self.demand = Demand::Open;
    }

    /// Whether it is not to be shown for now.
    pub(super) fn is_void(&self) -> bool {
        self.demand == Demand::Open
    }

    /// Whether it is shown because no newer one could be had.
    pub(super) fn is_tried(&self) -> bool {
        self.demand == Demand::Tried
    }

    /// Takes the place of another: for all to whom that was given.
    pub(super) fn replace(&mut self, other: &Self) {
        self.window = longest(self.window, other.window);
        let others = other.queries.iter().filter(|query| !self.queries.contains(query)).copied();
        let others: Vec<Fingerprint> = others.collect();
        self.queries.extend(others);
    }

    /// When it is of no use any more to those who keep it so long; none: never.
    fn gone_at(&self, window: Option<Duration>) -> Option<Instant> {
        window.and_then(|window| self.age.reaches(window))
    }

    fn fresh_until(&self, cache: &spec::Cache) -> Option<Instant> {
        match self.demand {
            Demand::None => cache.ttl.and_then(|ttl| self.age.reaches(ttl)),
            Demand::Tried | Demand::Open => Some(Instant::now()),
        }
    }

    /// Gives it to a query, which may keep its results for longer than the one that made it.
    pub(super) fn give(&mut self, key: Fingerprint, query: Fingerprint, cache: &spec::Cache) -> Found {
        if !self.queries.contains(&query) {
            self.queries.push(query);
            self.window = longest(self.window, window(cache));
        }
        let cached = Cached { key, query, version: Some(self.version), fresh_until: self.fresh_until(cache) };
        Found { table: self.table.clone(), cached: Some(cached), trouble: self.trouble.clone(), is_restored: false }
    }

    /// Notes that its refresh has failed; it goes on being shown.
    pub(super) fn fail(&mut self, error: DataError, version: u64) {
        let attempts = self.trouble.as_ref().map_or(0, |trouble| trouble.attempts);
        // What asking again is unlikely to mend is asked again seldom.
        let pause = if error.kind.is_transient() { pause_after(attempts) } else { pause::LONGEST };
        let retry_at = Instant::now() + pause;
        if self.trouble.as_ref().is_none_or(|trouble| trouble.error != error) {
            self.version = version;
        }
        self.trouble = Some(Trouble { error, made: self.made, attempts: attempts + 1, retry_at });
        if self.is_void() {
            self.demand = Demand::Tried;
        }
    }
}

/// How old results may get that are kept so; none: as old as may be.
pub(super) fn window(cache: &spec::Cache) -> Option<Duration> {
    cache.ttl.and_then(|ttl| ttl.checked_add(cache.stale))
}

fn longest(one: Option<Duration>, other: Option<Duration>) -> Option<Duration> {
    one.and_then(|one| other.map(|other| one.max(other)))
}

/// What an entry takes of the budget and of the figures of its query, as long as this lives.
#[derive(Debug)]
pub(super) struct EntryWeight {
    table: Table,
    pub(super) figures: Arc<Figures>,
}

impl EntryWeight {
    /// Of a table that has its weight.
    pub(super) fn new(table: Table, figures: Arc<Figures>) -> Self {
        table.weight().into_iter().for_each(Weight::enter);
        let weight = Self { table, figures };
        weight.figures.bytes.add(weight.bytes());
        weight.figures.entries.add(1);
        weight
    }

    pub(super) fn bytes(&self) -> u64 {
        self.table.weight().map_or(0, Weight::bytes)
    }
}

impl Drop for EntryWeight {
    fn drop(&mut self) {
        self.figures.bytes.take(self.bytes());
        self.figures.entries.take(1);
        self.table.weight().into_iter().for_each(Weight::leave);
    }
}
