//! What can go wrong where tables come from; every message is safe to show to a reader of a page.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use polars::error::PolarsError;

/// A failure of a query. Failures are values: they flow through the graph and are shown where the table would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataError {
    pub kind: DataErrorKind,
    pub message: Arc<str>,
    /// The byte of the SQL that is to blame, where the source says.
    pub at: Option<usize>,
}

/// What kind of failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataErrorKind {
    /// The server does not answer: it is down, or the way to it is cut.
    Unreachable,
    /// The server answers and lets nobody in: a wrong password, an unknown database, no encryption.
    Refused,
    /// Others are in the way: too many connections, a lock, a conflict.
    Busy,
    /// The source refuses the query.
    Rejected,
    /// The query took longer than its `timeout`.
    Timeout,
    /// Nobody waits for the query any more.
    Cancelled,
    /// A file is not there, cannot be read, or may not be; a database file too.
    File,
    /// Something that is not built.
    Unsupported,
    /// A mistake of appspec itself.
    Internal,
}

impl DataErrorKind {
    /// Whether the same may well work a moment later: only such failures are tried again by themselves.
    pub fn is_transient(self) -> bool {
        matches!(self, Self::Unreachable | Self::Busy | Self::Cancelled)
    }
}

impl DataError {
    pub fn new(kind: DataErrorKind, message: impl Into<Arc<str>>) -> Self {
        Self { kind, message: message.into(), at: None }
    }

    pub fn unreachable(message: impl Into<Arc<str>>) -> Self {
        Self::new(DataErrorKind::Unreachable, message)
    }

    pub fn rejected(message: impl Into<Arc<str>>) -> Self {
        Self::new(DataErrorKind::Rejected, message)
    }

    pub fn timeout(limit: Duration) -> Self {
        Self::new(DataErrorKind::Timeout, format!("the query took longer than its timeout of {limit:?}"))
    }

    pub fn file(message: impl Into<Arc<str>>) -> Self {
        Self::new(DataErrorKind::File, message)
    }

    pub fn internal(message: impl Into<Arc<str>>) -> Self {
        Self::new(DataErrorKind::Internal, message)
    }
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for DataError {}

/// The first paragraph of what Polars says: what is wrong, without the advice for its own users.
pub(crate) fn polars_message(error: &PolarsError) -> String {
    let whole = error.to_string();
    let first = whole.split("\n\n").next().unwrap_or_default();
    let said = ["not found: ", "sql parser error: "].iter().find_map(|kind| first.strip_prefix(kind)).unwrap_or(first);
    said.trim().trim_end_matches('.').to_owned()
}
