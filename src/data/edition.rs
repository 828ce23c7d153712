//! Which edition of its data a query is at: each write makes a new one of all that it puts out of date.

use std::collections::{BTreeSet, HashMap};
use std::sync::{PoisonError, RwLock};
use std::time::Instant;

use appspec_lang::value::Fingerprint;
use tokio::sync::watch;

/// The last of all editions.
#[derive(Clone, Copy, Debug)]
pub struct Edition {
    /// Counts them; 0 before the first write.
    pub number: u64,
    /// When it began: what was asked for before is of an older one.
    pub since: Instant,
}

/// The editions of all queries; 0 of one that no write has touched.
#[derive(Debug)]
pub(crate) struct Editions {
    newest: watch::Sender<Edition>,
    by_query: RwLock<HashMap<Fingerprint, u64>>,
}

impl Default for Editions {
    fn default() -> Self {
        let first = Edition { number: 0, since: Instant::now() };
        Self { newest: watch::Sender::new(first), by_query: RwLock::default() }
    }
}

impl Editions {
    /// Tells of each new edition.
    pub(crate) fn watch(&self) -> watch::Receiver<Edition> {
        self.newest.subscribe()
    }

    /// Which edition each of these queries is at, all at one moment: a write begins that of all of them at once.
    pub(crate) fn of(&self, queries: impl IntoIterator<Item = Fingerprint>) -> Vec<u64> {
        let by_query = self.by_query.read().unwrap_or_else(PoisonError::into_inner);
        queries.into_iter().map(|query| by_query.get(&query).copied().unwrap_or(0)).collect()
    }

    /// Begins a new edition of these queries.
    pub(crate) fn begin(&self, queries: &BTreeSet<Fingerprint>) {
        let mut by_query = self.by_query.write().unwrap_or_else(PoisonError::into_inner);
        let number = self.newest.borrow().number + 1;
        by_query.extend(queries.iter().map(|query| (*query, number)));
        self.newest.send_replace(Edition { number, since: Instant::now() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_begins_a_new_edition_of_what_it_touches_only() {
        let (a, b) = (Fingerprint(1), Fingerprint(2));
        let editions = Editions::default();
        assert_eq!(editions.of([a, b]), [0, 0]);
        editions.begin(&BTreeSet::from([a]));
        assert_eq!(editions.of([a, b]), [1, 0]);
        editions.begin(&BTreeSet::from([a, b]));
        assert_eq!(editions.of([a, b]), [2, 2]);
    }

    #[test]
    fn nobody_sees_one_query_before_a_write_and_another_behind_it() {
        let both = [Fingerprint(1), Fingerprint(2)];
        let editions = Editions::default();
        std::thread::scope(|threads| {
            threads.spawn(|| (0..20_000).for_each(|_| editions.begin(&BTreeSet::from(both))));
            loop {
                let seen = editions.of(both);
                assert_eq!(seen[0], seen[1]);
                if seen[0] == 20_000 {
                    break;
                }
            }
        });
    }
}
