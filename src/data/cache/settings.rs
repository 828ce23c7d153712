//! How much the cache may take, and takes.

use std::path::{Path, PathBuf};

use appspec_lang::spec;

/// How much the cache may take, and where on disk.
#[derive(Clone, Debug)]
pub struct CacheSettings {
    /// Bytes of all tables in memory.
    pub bytes: u64,
    /// Where results are kept over a restart; none: nowhere.
    pub folder: Option<PathBuf>,
    /// Bytes of all results on disk.
    pub disk_bytes: u64,
}

impl Default for CacheSettings {
    fn default() -> Self {
        Self { bytes: 256_000_000, folder: None, disk_bytes: 1_000_000_000 }
    }
}

impl CacheSettings {
    /// The limits of an app, where it says some, and its place in the folder of what survives a restart.
    pub fn of(limits: &spec::Limits, state_folder: &Path) -> Self {
        let default = Self::default();
        Self {
            bytes: limits.cache.unwrap_or(default.bytes),
            folder: Some(state_folder.join("cache")),
            disk_bytes: limits.cache_on_disk.unwrap_or(default.disk_bytes),
        }
    }
}

/// What the cache takes, and may take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Room {
    pub bytes: u64,
    /// Of tables that views hold and the cache does not.
    pub held_bytes: u64,
    pub limit: u64,
    pub disk_bytes: u64,
    pub disk_entries: u64,
    pub disk_limit: u64,
}

impl Room {
    /// Whether those who hold tables leave the cache no more than its least.
    pub fn is_crowded(&self) -> bool {
        self.held_bytes > self.limit / 4 * 3
    }

    /// Whether they would do so again soon.
    pub fn is_tight(&self) -> bool {
        self.held_bytes > self.limit / 2
    }
}
