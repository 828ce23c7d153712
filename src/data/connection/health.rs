//! Says in the log when a connection fails, and when it works again: once each, however many queries there are.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use appspec_lang::spec::Name;

use crate::error::{DataError, DataErrorKind};

/// The connections that fail at the moment.
#[derive(Debug, Default)]
pub(super) struct Health(Mutex<BTreeSet<Name>>);

impl Health {
    /// Takes what became of a query.
    pub(super) fn note(&self, connection: &str, error: Option<&DataError>) {
        let mut failing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(error) = error else {
            if failing.remove(connection) {
                tracing::info!(connection, "the connection works again");
            }
            return;
        };
        let is_down = matches!(error.kind, DataErrorKind::Unreachable | DataErrorKind::Refused | DataErrorKind::File);
        if is_down && failing.insert(Name::from(connection)) {
            tracing::warn!(connection, "{error}");
        } else {
            tracing::debug!(connection, "a query has failed: {error}");
        }
    }
}
