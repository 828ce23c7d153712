//! Results on disk, which outlive the process.
//!
//! A file holds one result and is named by its key and its query. It is written under another name and then moved, so
//! it is there whole or not at all; and whatever of it cannot be read again is dropped. Files are read, written and
//! removed on threads that may block; what is there stands in the [`Index`], whose lock is held for no file.

mod index;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use appspec_lang::value::Fingerprint;
use jiff::Timestamp;
use tokio::runtime::Handle;
use tokio::sync::{Notify, Semaphore};
use tokio::task::spawn_blocking;

use super::stored;
use crate::private::{make_private_folder, write_private};
use crate::table::Table;
use index::{Index, Label};

/// How long a file that is being written may take before it counts as left behind.
const LEFT_BEHIND: Duration = Duration::from_mins(10);

/// The results in a folder, within a budget of bytes.
#[derive(Debug)]
pub(super) struct Disk {
    folder: PathBuf,
    limit: u64,
    index: Mutex<Index>,
    /// Held while the folder is looked at.
    reading: Mutex<()>,
    /// Held while a file gets its place, and is known of or removed again.
    placing: Mutex<()>,
    /// Results are written one at a time: all cores work for the one.
    writer: Semaphore,
    /// Told when nothing waits to be written any more.
    is_idle: Notify,
}

impl Disk {
    /// Makes no folder; looks at one that is there, in the background.
    pub(super) fn new(folder: PathBuf, limit: u64) -> Arc<Self> {
        let (index, writer) = (Mutex::new(Index::unread()), Semaphore::new(1));
        let (reading, placing, is_idle) = <_>::default();
        let disk = Arc::new(Self { folder, limit, index, reading, placing, writer, is_idle });
        let reader = Arc::clone(&disk);
        blocking(move || reader.read());
        disk
    }

    pub(super) fn limit(&self) -> u64 {
        self.limit
    }

    /// Bytes and entries.
    pub(super) fn size(&self) -> (u64, u64) {
        self.index().size()
    }

    /// Looks at the folder, once. Blocks.
    fn read(&self) {
        let _once = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        if self.index().is_read() {
            return;
        }
        let found = files_in(&self.folder);
        let gone = {
            let mut index = self.index();
            let mut gone = index.read(found);
            gone.extend(index.make_room(self.limit));
            gone
        };
        self.remove(&gone);
        self.is_idle.notify_waiters();
    }

    /// The result under a key, and when it was made. Blocks.
    pub(super) fn load(&self, key: Fingerprint) -> Option<(Table, Timestamp)> {
        self.read();
        let label = self.index().use_of(key)?;
        let path = self.path(label);
        match stored::read(&path, key) {
            Ok(found) => {
                // The order of uses outlives the process too.
                let _best_effort = File::open(&path).and_then(|file| file.set_modified(Timestamp::now().into()));
                Some(found)
            }
            Err(error) => {
                let gone = self.index().forget(key);
                // It may have made way while it was read.
                if gone == Some(label) {
                    tracing::warn!(file = %path.display(), %error, "a cached result cannot be read and is dropped");
                }
                self.remove(gone.as_slice());
                None
            }
        }
    }

    /// Writes a result in the background; false if it cannot be taken now.
    pub(super) fn store(self: &Arc<Self>, key: Fingerprint, query: Fingerprint, table: Table, made: Timestamp) -> bool {
        let Some(number) = self.index().wait(key, query, table.bytes() as u64) else {
            tracing::debug!("a result is kept in memory only");
            return false;
        };
        let order = Order { disk: Arc::clone(self), key, query, number };
        drop(tokio::spawn(async move {
            let disk = Arc::clone(&order.disk);
            let Ok(_turn) = disk.writer.acquire().await else { return };
            // An order that is lost, by a panic too, is settled all the same.
            let _panicked = spawn_blocking(move || order.carry_out(&table, made)).await;
        }));
        true
    }

    /// Drops the result under a key, also if it is just being written.
    pub(super) fn forget(self: &Arc<Self>, key: Fingerprint) {
        let gone = self.index().forget(key);
        self.remove_behind(gone.into_iter().collect());
    }

    /// Drops all results of a query.
    pub(super) fn forget_query(self: &Arc<Self>, query: Fingerprint) {
        let gone = self.index().forget_query(query);
        self.remove_behind(gone);
    }

    /// Waits until the folder was looked at, and nothing is to be written or removed any more.
    pub(super) async fn written(&self) {
        loop {
            let mut told = std::pin::pin!(self.is_idle.notified());
            told.as_mut().enable();
            if self.index().is_idle() {
                return;
            }
            told.await;
        }
    }

    /// Removes files. Blocks.
    fn remove(&self, gone: &[Label]) {
        for label in gone {
            remove_file(&self.path(*label));
        }
    }

    /// Removes files, and waits for none of it: no other file ever gets one of their names.
    fn remove_behind(self: &Arc<Self>, gone: Vec<Label>) {
        if !gone.is_empty() {
            self.index().removing += 1;
            let disk = Arc::clone(self);
            blocking(move || {
                disk.remove(&gone);
                disk.index().removing -= 1;
                disk.is_idle.notify_waiters();
            });
        }
    }

    fn path(&self, label: Label) -> PathBuf {
        let Label { key, query, serial } = label;
        self.folder.join(format!("{}-{}-{serial:016x}.{TABLE}", key.hex(), query.hex()))
    }

    fn index(&self) -> MutexGuard<'_, Index> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Does what blocks where that harms nobody.
fn blocking(work: impl FnOnce() + Send + 'static) {
    match Handle::try_current() {
        Ok(runtime) => drop(runtime.spawn_blocking(work)),
        Err(_) => work(),
    }
}

/// Queries of which nothing is on disk, and nothing gets there as long as this lives.
#[derive(Debug)]
pub(crate) struct Barred {
    disk: Arc<Disk>,
    queries: BTreeSet<Fingerprint>,
}

impl Barred {
    /// Drops what is there. Blocks.
    pub(super) fn new(disk: Arc<Disk>, queries: BTreeSet<Fingerprint>) -> Self {
        let mut gone = Vec::new();
        {
            let mut index = disk.index();
            for query in &queries {
                index.bar(*query);
                gone.extend(index.forget_query(*query));
            }
        }
        let barred = Self { disk, queries };
        barred.disk.remove(&gone);
        // What was just getting its place is removed again.
        drop(barred.disk.placing.lock());
        // What was not known yet is dropped as it is found.
        barred.disk.read();
        barred
    }
}

impl Drop for Barred {
    fn drop(&mut self) {
        let mut index = self.disk.index();
        for query in &self.queries {
            index.unbar(*query);
        }
    }
}

/// A result to be written, which waits until this is dropped.
struct Order {
    disk: Arc<Disk>,
    key: Fingerprint,
    query: Fingerprint,
    number: u64,
}

impl Order {
    /// Blocks.
    fn carry_out(self, table: &Table, made: Timestamp) {
        let disk = &self.disk;
        // Else what is there would not make room.
        disk.read();
        let part = disk.folder.join(format!("{}-{}.{PART}", std::process::id(), self.number));
        let placed = self.write(&part, table, made).and_then(|bytes| self.place(&part, bytes));
        if let Err(error) = placed {
            remove_file(&part);
            if !std::mem::replace(&mut disk.index().has_warned, true) {
                let folder = disk.folder.display();
                tracing::warn!(%folder, %error, "results cannot be kept on disk");
            }
        }
    }

    /// Writes the file under a name of its own, and gives its size; none of a result that would take too much.
    fn write(&self, part: &Path, table: &Table, made: Timestamp) -> io::Result<Option<u64>> {
        let bytes = stored::encode(self.key, self.query, table, made).map_err(io::Error::other)?;
        let size = bytes.len() as u64;
        if size > self.disk.limit / 4 {
            return Ok(None);
        }
        make_private_folder(&self.disk.folder)?;
        write_private(part, &bytes)?;
        Ok(Some(size))
    }

    /// Gives the file its place, unless its key was forgotten meanwhile, and makes room for it.
    fn place(&self, part: &Path, bytes: Option<u64>) -> io::Result<()> {
        let disk = &self.disk;
        let Some(bytes) = bytes else { return Ok(()) };
        let _placing = disk.placing.lock().unwrap_or_else(PoisonError::into_inner);
        let label = Label { key: self.key, query: self.query, serial: serial(self.number) };
        // Before it is known of: else it could be read, or removed, where it is not yet.
        fs::rename(part, disk.path(label))?;
        let gone = {
            let mut index = disk.index();
            if index.is_wanted(self.key, self.number) {
                let mut gone: Vec<Label> = index.insert(label, bytes).into_iter().collect();
                gone.extend(index.make_room(disk.limit));
                gone
            } else {
                vec![label]
            }
        };
        disk.remove(&gone);
        Ok(())
    }
}

impl Drop for Order {
    fn drop(&mut self) {
        self.disk.index().settle(self.key, self.number);
        self.disk.is_idle.notify_waiters();
    }
}

/// A number that no file has yet, whichever process has made it.
fn serial(number: u64) -> u64 {
    let started = Timestamp::now().as_microsecond().cast_unsigned();
    started.wrapping_add(number)
}

/// The endings of a whole file and of one that is being written.
const TABLE: &str = "table";
const PART: &str = "part";

/// The results in a folder with their bytes, in the order of last use.
#[expect(clippy::disallowed_methods, reason = "the files are the server's own, no specs")]
fn files_in(folder: &Path) -> Vec<(Label, u64)> {
    let mut found: Vec<(SystemTime, Label, u64)> = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let Ok(meta) = entry.metadata() else { continue };
        let modified = meta.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        let has_ending = |wanted: &str| path.extension().is_some_and(|ending| ending == wanted);
        if let Some(label) = label_of(&path) {
            found.push((modified, label, meta.len()));
        } else if has_ending(TABLE) || has_ending(PART) && modified.elapsed().is_ok_and(|age| age > LEFT_BEHIND) {
            // Of another version, or left behind.
            remove_file(&path);
        }
    }
    found.sort_unstable();
    found.into_iter().map(|(_, label, bytes)| (label, bytes)).collect()
}

/// What the name of a file says.
fn label_of(path: &Path) -> Option<Label> {
    let name = path.file_name()?.to_str()?.strip_suffix(TABLE)?.strip_suffix('.')?;
    let (key, rest) = name.split_once('-')?;
    let (query, serial) = rest.split_once('-')?;
    let read = |hex: &str| (hex.len() == 32).then(|| u128::from_str_radix(hex, 16).ok().map(Fingerprint)).flatten();
    let serial = (serial.len() == 16).then(|| u64::from_str_radix(serial, 16).ok()).flatten()?;
    Some(Label { key: read(key)?, query: read(query)?, serial })
}

/// A file that cannot be removed is dropped when it is read, or when the folder is.
fn remove_file(path: &Path) {
    if let Err(error) = fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::debug!(file = %path.display(), %error, "a cached result cannot be removed");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_waits_for_what_is_to_be_written_does_not_wait_for_what_has_failed_badly() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::new(folder.path().join("cache"), 1 << 20);
        let (key, query) = (Fingerprint(1), Fingerprint(2));
        let number = disk.index().wait(key, query, 1).unwrap();
        let order = Order { disk: Arc::clone(&disk), key, query, number };
        let panicked = spawn_blocking(move || {
            let _order = order;
            panic!("a mistake in the writer of files");
        });
        assert!(panicked.await.unwrap_err().is_panic());
        tokio::time::timeout(Duration::from_secs(30), disk.written()).await.unwrap();
    }
}
