//! What becomes of a write that fails.

use crate::error::DataError;

/// A write that failed, or of which nobody knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteError {
    pub error: DataError,
    /// Whether it may have been saved all the same: the answer to its commit was lost.
    pub is_unknown: bool,
}

impl From<DataError> for WriteError {
    /// A failure before the commit: nothing was saved.
    fn from(error: DataError) -> Self {
        Self { error, is_unknown: false }
    }
}
