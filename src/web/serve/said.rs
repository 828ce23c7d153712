//! What is to be said on the page that an action leads to.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use appspec_lang::value::Fingerprint;

use super::session::Session;
use crate::eval::Toast;

/// How long a browser may take to ask for the page that it is sent to.
const PATIENCE: Duration = Duration::from_secs(20);

/// How many messages wait for one page: the last ones.
const MOST: usize = 8;

/// A page of a browser.
type Target = (String, Fingerprint);

/// Messages that wait for a page of a browser, by both.
#[derive(Debug, Default)]
pub(super) struct Said(Mutex<HashMap<Target, (Vec<Toast>, Instant)>>);

impl Said {
    /// Keeps messages for when this browser loads a place, if it does so soon.
    pub(super) fn keep(&self, session: &Session, place: Fingerprint, toasts: Vec<Toast>) {
        if toasts.is_empty() {
            return;
        }
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, (_, kept)| kept.elapsed() < PATIENCE);
        let key = (session.id().to_owned(), place);
        let (waiting, kept) = all.entry(key).or_insert_with(|| (Vec::new(), Instant::now()));
        waiting.extend(toasts);
        waiting.drain(..waiting.len().saturating_sub(MOST));
        *kept = Instant::now();
    }

    pub(super) fn take(&self, session: &Session, place: Fingerprint) -> Vec<Toast> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = all.remove(&(session.id().to_owned(), place)).filter(|(_, kept)| kept.elapsed() < PATIENCE);
        found.map_or_else(Vec::new, |(toasts, _)| toasts)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;

    use super::*;

    #[test]
    fn there_is_an_end_to_what_is_said_at_once() {
        let (said, session) = (Said::default(), Session::of(&HeaderMap::new()));
        let (here, there) = (Fingerprint(1), Fingerprint(2));
        for number in 0..100 {
            said.keep(&session, here, vec![Toast { text: number.to_string(), is_error: false }]);
        }
        assert!(said.take(&session, there).is_empty());
        let texts: Vec<String> = said.take(&session, here).into_iter().map(|toast| toast.text).collect();
        assert_eq!(texts, ["92", "93", "94", "95", "96", "97", "98", "99"]);
        assert!(said.take(&session, here).is_empty(), "and it is said once");
    }
}
