//! Which edition of its data a query is at: each write makes a new one of all that it puts out of date.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};

use appspec_lang::value::Fingerprint;

/// The editions of all queries; 0 of one that no write has touched.
#[derive(Debug, Default)]
pub(crate) struct Editions {
    newest: AtomicU64,
    by_query: RwLock<HashMap<Fingerprint, u64>>,
}

impl Editions {
    pub(crate) fn of(&self, query: Fingerprint) -> u64 {
        // Most apps never write.
        if self.newest.load(Ordering::Acquire) == 0 {
            return 0;
        }
        self.by_query.read().unwrap_or_else(PoisonError::into_inner).get(&query).copied().unwrap_or(0)
    }

    /// Begins a new edition of these queries.
    pub(crate) fn begin(&self, queries: &BTreeSet<Fingerprint>) {
        let mut by_query = self.by_query.write().unwrap_or_else(PoisonError::into_inner);
        let next = self.newest.load(Ordering::Acquire) + 1;
        by_query.extend(queries.iter().map(|query| (*query, next)));
        self.newest.store(next, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_begins_a_new_edition_of_what_it_touches_only() {
        let (a, b) = (Fingerprint(1), Fingerprint(2));
        let editions = Editions::default();
        assert_eq!((editions.of(a), editions.of(b)), (0, 0));
        editions.begin(&BTreeSet::from([a]));
        let first = editions.of(a);
        assert!(first > 0 && editions.of(b) == 0);
        editions.begin(&BTreeSet::from([a, b]));
        assert!(editions.of(a) > first && editions.of(b) > 0);
    }
}
