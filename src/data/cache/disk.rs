//! Results on disk, which outlive the process.
//!
//! A file holds one result and is named by its key and its query. It is written under another name and then moved, so
//! it is there whole or not at all; and whatever of it cannot be read again is dropped.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use appspec_lang::value::Fingerprint;
use jiff::Timestamp;
use tokio::sync::Notify;

use super::stored;
use crate::table::Table;

/// How many results may wait to be written; what comes beyond is kept in memory only.
const MOST_WAITING: usize = 64;

/// How long a file that is being written may take before it counts as left behind.
const LEFT_BEHIND: Duration = Duration::from_mins(10);

/// The results in a folder, within a budget of bytes.
#[derive(Debug)]
pub(super) struct Disk {
    folder: PathBuf,
    limit: u64,
    index: Mutex<Index>,
    /// Told when nothing waits to be written any more.
    is_idle: Notify,
}

#[derive(Debug, Default)]
struct Index {
    /// Whether the folder was looked at.
    is_read: bool,
    files: BTreeMap<Fingerprint, Stored>,
    /// What is being written, by key, each with its number.
    waiting: BTreeMap<Fingerprint, u64>,
    has_warned: bool,
    /// Counts uses and writes.
    count: u64,
}

#[derive(Clone, Copy, Debug)]
struct Stored {
    query: Fingerprint,
    bytes: u64,
    /// The count at its last use.
    used: u64,
}

impl Disk {
    /// Looks at nothing yet, and makes no folder.
    pub(super) fn new(folder: PathBuf, limit: u64) -> Self {
        Self { folder, limit, index: Mutex::default(), is_idle: Notify::new() }
    }

    pub(super) fn limit(&self) -> u64 {
        self.limit
    }

    /// Bytes and entries.
    pub(super) fn size(&self) -> (u64, u64) {
        let index = self.index();
        (index.files.values().map(|file| file.bytes).sum(), index.files.len() as u64)
    }

    /// The result under a key, and when it was made. Blocks.
    pub(super) fn load(&self, key: Fingerprint) -> Option<(Table, Timestamp)> {
        let path = {
            let mut index = self.index();
            let used = index.next();
            let file = index.files.get_mut(&key)?;
            file.used = used;
            self.path(key, file.query)
        };
        match stored::read(&path, key) {
            Ok(found) => {
                // The order of uses outlives the process too.
                let _best_effort = File::open(&path).and_then(|file| file.set_modified(Timestamp::now().into()));
                Some(found)
            }
            Err(error) => {
                tracing::warn!(file = %path.display(), %error, "a cached result cannot be read and is dropped");
                self.forget(key);
                None
            }
        }
    }

    /// Writes a result in the background.
    pub(super) fn store(self: &Arc<Self>, key: Fingerprint, query: Fingerprint, table: Table, made: Timestamp) {
        let number = {
            let mut index = self.index();
            if index.waiting.len() >= MOST_WAITING {
                tracing::debug!("too many results wait to be written: one is kept in memory only");
                return;
            }
            let number = index.next();
            index.waiting.insert(key, number);
            number
        };
        let this = Arc::clone(self);
        drop(tokio::task::spawn_blocking(move || {
            let part = this.folder.join(format!("{}-{number}.{PART}", std::process::id()));
            let written = this.write(&part, key, query, &table, made);
            this.take_in(&part, key, query, number, written);
        }));
    }

    /// Writes the file of a result under a name of its own, and gives its size.
    fn write(
        &self,
        part: &Path,
        key: Fingerprint,
        query: Fingerprint,
        table: &Table,
        made: Timestamp,
    ) -> io::Result<Option<u64>> {
        let bytes = stored::encode(key, query, table, made).map_err(io::Error::other)?;
        let size = bytes.len() as u64;
        if size > self.limit / 4 {
            return Ok(None);
        }
        make_private_folder(&self.folder)?;
        write_private(part, &bytes)?;
        Ok(Some(size))
    }

    /// Gives a file its place, unless its key was forgotten meanwhile, and makes room for it.
    fn take_in(
        &self,
        part: &Path,
        key: Fingerprint,
        query: Fingerprint,
        number: u64,
        written: io::Result<Option<u64>>,
    ) {
        let mut index = self.index();
        let is_wanted = index.waiting.get(&key) == Some(&number);
        let placed = written.and_then(|size| {
            let Some(bytes) = size.filter(|_| is_wanted) else {
                remove_file(part);
                return Ok(());
            };
            self.remove(&mut index, key);
            fs::rename(part, self.path(key, query))?;
            let used = index.next();
            index.files.insert(key, Stored { query, bytes, used });
            self.make_room(&mut index);
            Ok(())
        });
        if let Err(error) = placed {
            remove_file(part);
            if !std::mem::replace(&mut index.has_warned, true) {
                let folder = self.folder.display();
                tracing::warn!(%folder, %error, "results cannot be kept on disk");
            }
        }
        if is_wanted {
            index.waiting.remove(&key);
        }
        drop(index);
        self.is_idle.notify_waiters();
    }

    /// Drops what was used longest ago, down to the limit.
    fn make_room(&self, index: &mut Index) {
        let mut bytes: u64 = index.files.values().map(|file| file.bytes).sum();
        while bytes > self.limit {
            let oldest = index.files.iter().min_by_key(|(_, file)| file.used).map(|(key, file)| (*key, file.bytes));
            let Some((key, freed)) = oldest else { return };
            self.remove(index, key);
            bytes -= freed;
        }
    }

    /// Drops the result under a key, also if it is just being written.
    pub(super) fn forget(&self, key: Fingerprint) {
        let mut index = self.index();
        index.waiting.remove(&key);
        self.remove(&mut index, key);
    }

    /// Drops all results of a query.
    pub(super) fn forget_query(&self, query: Fingerprint) {
        let mut index = self.index();
        let own: Vec<Fingerprint> =
            index.files.iter().filter(|(_, file)| file.query == query).map(|(key, _)| *key).collect();
        for key in own {
            self.remove(&mut index, key);
        }
    }

    fn remove(&self, index: &mut Index, key: Fingerprint) {
        if let Some(file) = index.files.remove(&key) {
            remove_file(&self.path(key, file.query));
        }
    }

    /// Waits until nothing is to be written any more.
    pub(super) async fn written(&self) {
        loop {
            let mut told = std::pin::pin!(self.is_idle.notified());
            told.as_mut().enable();
            if self.index().waiting.is_empty() {
                return;
            }
            told.await;
        }
    }

    fn path(&self, key: Fingerprint, query: Fingerprint) -> PathBuf {
        self.folder.join(format!("{}-{}.{TABLE}", key.hex(), query.hex()))
    }

    fn index(&self) -> MutexGuard<'_, Index> {
        let mut index = self.index.lock().unwrap_or_else(PoisonError::into_inner);
        if !index.is_read {
            index.is_read = true;
            index.read(&self.folder);
            self.make_room(&mut index);
        }
        index
    }
}

/// The endings of a whole file and of one that is being written.
const TABLE: &str = "table";
const PART: &str = "part";

impl Index {
    fn next(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    /// Learns what is in the folder, in the order of last use.
    #[expect(clippy::disallowed_methods, reason = "the files are the server's own, no specs")]
    fn read(&mut self, folder: &Path) {
        let mut found: Vec<(SystemTime, Fingerprint, Fingerprint, u64)> = Vec::new();
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let Ok(meta) = entry.metadata() else { continue };
            let modified = meta.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            if let Some((key, query)) = names_of(&path) {
                found.push((modified, key, query, meta.len()));
            } else if path.extension().is_some_and(|ending| ending == PART)
                && modified.elapsed().is_ok_and(|age| age > LEFT_BEHIND)
            {
                remove_file(&path);
            }
        }
        found.sort_unstable();
        for (_, key, query, bytes) in found {
            let used = self.next();
            self.files.insert(key, Stored { query, bytes, used });
        }
    }
}

/// The key and the query that the name of a file says.
fn names_of(path: &Path) -> Option<(Fingerprint, Fingerprint)> {
    let name = path.file_name()?.to_str()?.strip_suffix(TABLE)?.strip_suffix('.')?;
    let (key, query) = name.split_once('-')?;
    let read = |hex: &str| (hex.len() == 32).then(|| u128::from_str_radix(hex, 16).ok().map(Fingerprint)).flatten();
    Some((read(key)?, read(query)?))
}

/// A file that cannot be removed is dropped when it is read, or when the folder is.
fn remove_file(path: &Path) {
    if let Err(error) = fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::debug!(file = %path.display(), %error, "a cached result cannot be removed");
    }
}

#[cfg(unix)]
fn make_private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_private_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(bytes)
}
