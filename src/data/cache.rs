//! The cache of tables that all views share.

/// What the cache has done since the start, and holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheStats {
    pub hits: u64,
    pub misses: u64,
    /// Demands that joined a computation of another.
    pub shared: u64,
    pub evictions: u64,
    pub bytes: u64,
    pub entries: u64,
}
