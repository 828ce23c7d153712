//! What tables take in memory: each counted once, however many hold it.

use std::sync::{Arc, Mutex, PoisonError};

use super::figures::Counter;

/// The bytes of all tables that are in memory.
#[derive(Debug, Default)]
pub(crate) struct Scale {
    kept: Counter,
    held: Counter,
}

impl Scale {
    /// Of those that the cache keeps.
    pub(super) fn kept(&self) -> u64 {
        self.kept.get()
    }

    /// Of those that somebody holds and the cache does not keep.
    pub(super) fn held(&self) -> u64 {
        self.held.get()
    }
}

/// What one table takes, as long as anybody has it.
#[derive(Debug)]
pub(crate) struct Weight {
    bytes: u64,
    scale: Arc<Scale>,
    /// How many entries of the cache have it.
    entries: Mutex<u64>,
}

impl Weight {
    /// Of a table that the cache does not keep yet.
    pub(super) fn new(bytes: u64, scale: &Arc<Scale>) -> Self {
        scale.held.add(bytes);
        Self { bytes, scale: Arc::clone(scale), entries: Mutex::default() }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// An entry of the cache keeps the table.
    pub(super) fn enter(&self) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        *entries += 1;
        if *entries == 1 {
            self.scale.kept.add(self.bytes);
            self.scale.held.take(self.bytes);
        }
    }

    /// One keeps it no longer.
    pub(super) fn leave(&self) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        *entries -= 1;
        if *entries == 0 {
            self.scale.held.add(self.bytes);
            self.scale.kept.take(self.bytes);
        }
    }
}

impl Drop for Weight {
    fn drop(&mut self) {
        // No entry has it: entries have the table.
        self.scale.held.take(self.bytes);
    }
}
