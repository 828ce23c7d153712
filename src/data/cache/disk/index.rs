//! What is on disk and what is on its way there, without touching any file.

use std::collections::{BTreeMap, BTreeSet};

use appspec_lang::value::Fingerprint;

/// Each costs a name in the folder and some words in memory; this many are more than any app needs.
pub(super) const MOST_FILES: usize = 20_000;

/// How many results may wait to be written.
const MOST_WAITING: usize = 64;

/// How much they may take.
const MOST_WAITING_BYTES: u64 = 64_000_000;

/// What the name of a file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Label {
    pub(super) key: Fingerprint,
    pub(super) query: Fingerprint,
    /// Tells it from what was stored under the same key before.
    pub(super) serial: u64,
}

/// A file of a result.
#[derive(Clone, Copy, Debug)]
struct Stored {
    label: Label,
    bytes: u64,
    /// The count at its last use.
    used: u64,
}

/// A result on its way to the disk.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    number: u64,
    query: Fingerprint,
    bytes: u64,
}

/// The files, in the order of their use, and what waits.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// By key.
    files: BTreeMap<Fingerprint, Stored>,
    /// Keys, by the count at their last use.
    by_use: BTreeMap<u64, Fingerprint>,
    /// Each key behind its query.
    by_query: BTreeSet<(Fingerprint, Fingerprint)>,
    bytes: u64,
    /// By key.
    waiting: BTreeMap<Fingerprint, Waiting>,
    /// How many writes are under way that put a query out of date.
    barred: BTreeMap<Fingerprint, usize>,
    /// What was dropped before the folder was looked at; none once it was.
    dropped: Option<Dropped>,
    /// How many removals of files are under way.
    pub(super) removing: usize,
    /// Whether it was said that nothing can be written.
    pub(super) has_warned: bool,
    count: u64,
}

/// Keys and queries.
type Dropped = (BTreeSet<Fingerprint>, BTreeSet<Fingerprint>);

impl Index {
    /// Of a folder that nobody has looked at.
    pub(super) fn unread() -> Self {
        Self { dropped: Some(<_>::default()), ..Self::default() }
    }

    /// Takes in what was found in the folder, the least recently used first, each with its bytes, and gives what of it is
    /// of no use.
    pub(super) fn read(&mut self, found: Vec<(Label, u64)>) -> Vec<Label> {
        let Some((keys, queries)) = self.dropped.take() else { return Vec::new() };
        let mut gone = Vec::new();
        for (label, bytes) in found {
            if keys.contains(&label.key) || queries.contains(&label.query) {
                gone.push(label);
            } else {
                gone.extend(self.insert(label, bytes));
            }
        }
        gone
    }

    pub(super) fn is_read(&self) -> bool {
        self.dropped.is_none()
    }

    /// Bytes and number of files.
    pub(super) fn size(&self) -> (u64, u64) {
        (self.bytes, self.files.len() as u64)
    }

    /// The file of a result, if it is there; that counts as a use of it.
    pub(super) fn use_of(&mut self, key: Fingerprint) -> Option<Label> {
        let used = self.next();
        let file = self.files.get_mut(&key)?;
        self.by_use.remove(&file.used);
        self.by_use.insert(used, key);
        file.used = used;
        Some(file.label)
    }

    /// A file that is there now; gives the one whose place it takes.
    pub(super) fn insert(&mut self, label: Label, bytes: u64) -> Option<Label> {
        let before = self.remove(label.key);
        let used = self.next();
        self.files.insert(label.key, Stored { label, bytes, used });
        self.by_use.insert(used, label.key);
        self.by_query.insert((label.query, label.key));
        self.bytes += bytes;
        before
    }

    /// Takes a file out.
    pub(super) fn remove(&mut self, key: Fingerprint) -> Option<Label> {
        let file = self.files.remove(&key)?;
        self.by_use.remove(&file.used);
        self.by_query.remove(&(file.label.query, key));
        self.bytes -= file.bytes;
        Some(file.label)
    }

    /// Takes out what was used longest ago, down to so many bytes, and to as many files as may be.
    pub(super) fn make_room(&mut self, bytes: u64) -> Vec<Label> {
        let mut gone = Vec::new();
        while self.bytes > bytes || self.files.len() > MOST_FILES {
            let Some((_, key)) = self.by_use.first_key_value() else { break };
            gone.extend(self.remove(*key));
        }
        gone
    }

    /// Takes out a result, also if it is on its way.
    pub(super) fn forget(&mut self, key: Fingerprint) -> Option<Label> {
        if let Some((keys, _)) = &mut self.dropped {
            keys.insert(key);
        }
        self.waiting.remove(&key);
        self.remove(key)
    }

    /// Takes out all results of a query, also those on their way.
    pub(super) fn forget_query(&mut self, query: Fingerprint) -> Vec<Label> {
        if let Some((_, queries)) = &mut self.dropped {
            queries.insert(query);
        }
        self.waiting.retain(|_, waiting| waiting.query != query);
        let all = (query, Fingerprint(0))..=(query, Fingerprint(u128::MAX));
        let own: Vec<Fingerprint> = self.by_query.range(all).map(|(_, key)| *key).collect();
        own.into_iter().filter_map(|key| self.remove(key)).collect()
    }

    /// Lets nothing of a query be stored, for one write more or less.
    pub(super) fn bar(&mut self, query: Fingerprint) {
        *self.barred.entry(query).or_default() += 1;
    }

    pub(super) fn unbar(&mut self, query: Fingerprint) {
        if let Some(writes) = self.barred.get_mut(&query) {
            *writes -= 1;
            if *writes == 0 {
                self.barred.remove(&query);
            }
        }
    }

    /// Lets a result wait, in place of an older one; none if too much waits, or a write is about to put it out of date.
    pub(super) fn wait(&mut self, key: Fingerprint, query: Fingerprint, bytes: u64) -> Option<u64> {
        let waiting: u64 = self.waiting.values().map(|waiting| waiting.bytes).sum();
        let is_full = self.waiting.len() >= MOST_WAITING || waiting > 0 && waiting + bytes > MOST_WAITING_BYTES;
        if is_full || self.barred.contains_key(&query) {
            return None;
        }
        let number = self.next();
        self.waiting.insert(key, Waiting { number, query, bytes });
        Some(number)
    }

    /// Whether this is what waits under the key still.
    pub(super) fn is_wanted(&self, key: Fingerprint, number: u64) -> bool {
        self.waiting.get(&key).is_some_and(|waiting| waiting.number == number)
    }

    /// Ends the wait of a result, whatever became of it.
    pub(super) fn settle(&mut self, key: Fingerprint, number: u64) {
        if self.is_wanted(key, number) {
            self.waiting.remove(&key);
        }
    }

    /// Whether nothing is to be written, removed or looked at.
    pub(super) fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.removing == 0 && self.is_read()
    }

    fn next(&mut self) -> u64 {
        self.count += 1;
        self.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(query: u128, key: u128) -> Label {
        Label { key: Fingerprint(key), query: Fingerprint(query), serial: 0 }
    }

    #[test]
    fn there_is_an_end_to_the_number_of_files_too() {
        let mut index = Index::default();
        for key in 0..MOST_FILES as u128 {
            index.insert(label(1, key), 1);
        }
        index.use_of(Fingerprint(0));
        index.insert(label(2, u128::MAX), 1);
        assert_eq!(index.make_room(u64::MAX), [label(1, 1)]);
        assert_eq!(index.size(), (MOST_FILES as u64, MOST_FILES as u64));
        assert_eq!(index.make_room(2).len(), MOST_FILES - 2);
        assert_eq!(index.forget_query(Fingerprint(1)), [label(1, 0)]);
        assert_eq!(index.forget_query(Fingerprint(2)), [label(2, u128::MAX)]);
        assert_eq!((index.size(), index.by_use.len()), ((0, 0), 0));
    }

    #[test]
    fn what_waits_is_bounded_by_its_bytes_and_by_its_number() {
        let mut index = Index::default();
        let wait = |index: &mut Index, key: u128, bytes| index.wait(Fingerprint(key), Fingerprint(1), bytes);
        assert!(wait(&mut index, 1, 10 * MOST_WAITING_BYTES).is_some(), "one alone may be of any size");
        assert_eq!(wait(&mut index, 2, 1), None);
        index.forget(Fingerprint(1));
        for key in 0..MOST_WAITING as u128 {
            assert!(wait(&mut index, key, 1).is_some());
        }
        assert_eq!(wait(&mut index, 1_000, 1), None);
    }

    #[test]
    fn what_is_forgotten_on_its_way_or_before_the_folder_was_read_is_not_stored() {
        let mut index = Index::unread();
        let number = index.wait(Fingerprint(1), Fingerprint(1), 1).unwrap();
        index.forget_query(Fingerprint(1));
        assert!(!index.is_wanted(Fingerprint(1), number));
        index.forget(Fingerprint(2));
        let found = vec![(label(1, 1), 1), (label(2, 2), 1), (label(2, 3), 1)];
        assert_eq!(index.read(found), [label(1, 1), label(2, 2)]);
        assert_eq!(index.size(), (1, 1));
    }

    #[test]
    fn nothing_is_stored_of_a_query_that_a_write_is_about_to_put_out_of_date() {
        let mut index = Index::default();
        let wait = |index: &mut Index| index.wait(Fingerprint(1), Fingerprint(1), 1);
        index.bar(Fingerprint(1));
        index.bar(Fingerprint(1));
        index.unbar(Fingerprint(1));
        assert_eq!(wait(&mut index), None);
        index.unbar(Fingerprint(1));
        assert!(wait(&mut index).is_some());
    }
}
