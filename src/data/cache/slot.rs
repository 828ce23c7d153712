//! What is kept under which key, and how it was made.

use appspec_lang::spec;
use appspec_lang::value::Fingerprint;
use jiff::Timestamp;
use tokio::time::Instant;

use crate::table::Table;

/// What is kept under which key, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    pub(crate) key: Fingerprint,
    /// Names the query, whose `max_entries` are counted together.
    pub(crate) query: Fingerprint,
    pub(crate) cache: spec::Cache,
    /// What began to be computed before is too old.
    pub(crate) since: Option<Instant>,
}

impl Slot {
    /// Of what is kept as long as there is room.
    pub(crate) fn new(key: Fingerprint, query: Fingerprint) -> Self {
        Self { key, query, cache: spec::Cache::FOREVER, since: None }
    }
}

/// What a computation is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Somebody waits, and nothing is in memory.
    Demand,
    /// A newer table is wanted than the one that was kept.
    Refresh,
}

/// A table that was made, just now or in another life of the process.
#[derive(Debug)]
pub(crate) struct Made {
    pub(crate) table: Table,
    pub(crate) at: Timestamp,
    /// When it began to be made.
    pub(crate) began: Instant,
    /// Whether it comes from disk.
    pub(crate) is_restored: bool,
}

impl Made {
    pub(crate) fn since(began: Instant, table: Table) -> Self {
        Self { table, at: Timestamp::now(), began, is_restored: false }
    }
}
