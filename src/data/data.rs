//! Runs jobs: the entry to this package.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use appspec_lang::spec::{Connection, Schemas, Spec};
use appspec_lang::value::Fingerprint;

use crate::cache::CacheStats;
use crate::error::{DataError, DataErrorKind};
use crate::job::{Job, Policy};
use crate::rows;
use crate::table::Table;

/// What holds for all jobs of an app.
#[derive(Clone, Debug)]
pub struct DataSettings {
    /// The IANA name of the time zone whose clock shows all moments.
    pub timezone: String,
    /// How much memory cached tables may take, all together.
    pub cache_bytes: u64,
}

/// The data of an app: its connections, files and cached results, shared by all views; cheap to clone.
#[derive(Clone, Debug)]
pub struct Data(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    root: PathBuf,
    connections: Vec<Connection>,
    settings: DataSettings,
}

impl Data {
    /// Opens nothing yet: a connection opens when it is first used.
    pub fn open(root: &Path, connections: &[Connection], settings: DataSettings) -> Self {
        Self(Arc::new(Inner { root: root.to_owned(), connections: connections.to_vec(), settings }))
    }

    /// Names the result of a job: equal keys, equal results, until the data behind them changes.
    pub fn key(&self, job: &Job, _policy: &Policy) -> Fingerprint {
        Fingerprint::of(format!("{job:?}").as_bytes())
    }

    /// The table of a job, from the cache if its policy says so. Dropping the future gives the job up.
    #[expect(clippy::unused_async, reason = "databases and files are awaited here")]
    pub async fn run(&self, job: &Job, policy: &Policy) -> Result<Table, DataError> {
        let table = match job {
            Job::Rows(rows) => rows::table_of(rows)?,
            _ => return Err(DataError::new(DataErrorKind::Unsupported, "not built")),
        };
        Ok(table.cut_to(policy.max_rows))
    }

    /// The result under a key, if it is cached and fresh.
    pub fn cached(&self, _key: Fingerprint) -> Option<Table> {
        None
    }

    /// Drops the cached result under a key.
    pub fn forget(&self, _key: Fingerprint) {}

    pub fn stats(&self) -> CacheStats {
        CacheStats::default()
    }

    /// The columns of all queries of an app, found without running any.
    #[expect(clippy::unused_async, reason = "databases and files are awaited here")]
    pub async fn describe(&self, _spec: &Spec) -> Schemas {
        let _ = (&self.0.root, &self.0.connections, &self.0.settings);
        Schemas::default()
    }
}
