//! What is to be said on the page that an action leads to.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::session::Session;
use crate::eval::Toast;

/// How long a browser may take to ask for the page that it is sent to.
const PATIENCE: Duration = Duration::from_secs(20);

/// Messages that wait for the next page of a browser.
#[derive(Debug, Default)]
pub(super) struct Said(Mutex<HashMap<String, (Vec<Toast>, Instant)>>);

impl Said {
    /// Keeps messages for the next page that this browser loads, if it does so soon.
    pub(super) fn keep(&self, session: &Session, toasts: Vec<Toast>) {
        if toasts.is_empty() {
            return;
        }
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, (_, kept)| kept.elapsed() < PATIENCE);
        let (waiting, kept) = all.entry(session.id().to_owned()).or_insert_with(|| (Vec::new(), Instant::now()));
        waiting.extend(toasts);
        *kept = Instant::now();
    }

    pub(super) fn take(&self, session: &Session) -> Vec<Toast> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = all.remove(session.id()).filter(|(_, kept)| kept.elapsed() < PATIENCE);
        found.map_or_else(Vec::new, |(toasts, _)| toasts)
    }
}
