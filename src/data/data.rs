//! Runs jobs: the entry to this package.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use appspec_lang::spec::{self, Connection, Name};
use appspec_lang::value::{Fingerprint, Hasher};
use jiff::tz::TimeZone;
use polars::prelude::{IntoLazy, LazyFrame};
use tokio::sync::{Semaphore, watch};

use crate::bind::BoundQuery;
use crate::cache::{Cache, CacheStats, Slot, failure_of};
use crate::connection::{Answer, ConnectionSettings, Connections, PoolStats, QueryLimits, WriteError};
use crate::edition::{Edition, Editions};
use crate::error::{DataError, DataErrorKind};
use crate::file::{Body, Files, Format};
use crate::job::{FileJob, HttpJob, Input, Job, Policy};
use crate::literal::literal_sql;
use crate::secrets::{self, Scrubber};
use crate::table::Table;
use crate::{generate, rows, transform};

/// How long a table is held that a page shows and nobody has cached: far longer than it takes to come back to it.
const HELD: Duration = Duration::from_mins(10);

/// What holds for all jobs of an app.
#[derive(Clone, Debug, Default)]
pub struct DataSettings {
    /// The IANA name of the time zone whose clock shows all moments.
    pub timezone: String,
    /// How much memory cached tables may take, all together.
    pub cache_bytes: u64,
    /// Learns the secrets of the connections.
    pub scrubber: Scrubber,
}

/// The data of an app: its connections, files and cached results, shared by all views; cheap to clone.
#[derive(Clone, Debug)]
pub struct Data(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    connections: Connections,
    files: Files,
    zone: TimeZone,
    cache: Arc<Cache>,
    editions: Editions,
    /// Bounds what Polars does at a time: each of its queries uses all cores by itself.
    cores: Arc<Semaphore>,
}

impl Data {
    /// With what the spec says of its connections, and nothing else: no secrets, no environment.
    pub fn open(root: &Path, declared: &[Connection], settings: DataSettings) -> Self {
        Self::connect(root, secrets::of_spec(declared), settings)
    }

    /// Opens nothing yet: a connection opens when it is first used.
    pub fn connect(root: &Path, connections: Vec<ConnectionSettings>, settings: DataSettings) -> Self {
        let DataSettings { timezone, cache_bytes, scrubber } = settings;
        // A name that is no time zone is reported by the check.
        let zone = TimeZone::get(&timezone).unwrap_or(TimeZone::UTC);
        let root = std::path::absolute(root).unwrap_or_else(|_| root.to_owned());
        Self(Arc::new(Inner {
            connections: Connections::new(&root, connections, (&zone, scrubber)),
            files: Files::new(&root, zone.clone()),
            zone,
            cache: Arc::new(Cache::new(cache_bytes)),
            editions: Editions::default(),
            cores: Arc::new(Semaphore::new(available_parallelism().map_or(1, usize::from))),
        }))
    }

    /// Goes on with other settings of connections: those whose settings are equal stay open.
    pub fn replace_connections(&self, connections: Vec<ConnectionSettings>) {
        self.0.connections.replace(connections);
    }

    /// Names the result of a job: the same key is the same result, until the data behind it changes.
    ///
    /// A file that changes changes the key.
    pub fn key(&self, job: &Job, policy: &Policy) -> Fingerprint {
        let mut hasher = Hasher::default();
        hasher.number(policy.max_rows.map_or(0, |rows| rows.saturating_add(1)));
        match job {
            Job::Sql { connection, query } => {
                let generation = self.0.connections.generation(connection);
                query.digest(hasher.number(0).text(connection).number(generation));
            }
            Job::File(file) => _ = hasher.number(1).fingerprint(self.digest_of(file)),
            Job::Http(HttpJob { connection, target, format, path, options }) => {
                let generation = self.0.connections.generation(connection);
                hasher.number(5).text(connection).number(generation).text(target);
                hasher.text(&format!("{:?}", (format, path, options)));
            }
            Job::Transform { query, tables } => {
                query.digest(hasher.number(2).number(tables.len() as u64));
                for (name, input) in tables {
                    hasher.text(name);
                    match input {
                        Input::Table(table) => hasher.number(0).fingerprint(table.fingerprint()),
                        Input::File(file) => hasher.number(1).fingerprint(self.digest_of(file)),
                    };
                }
            }
            Job::Rows(rows) => {
                hasher.number(3).number(rows.len() as u64);
                for row in rows.iter() {
                    hasher.number(row.len() as u64);
                    for (name, value) in row {
                        value.digest(hasher.text(name));
                    }
                }
            }
            Job::Generate { spec, seed } => {
                hasher.number(4).text(&format!("{:?}", (spec.rows, &spec.columns))).fingerprint(*seed);
            }
        }
        hasher.finish()
    }

    /// The digest of a file that can be found, else of its path.
    fn digest_of(&self, file: &FileJob) -> Fingerprint {
        self.0.files.digest(file).unwrap_or_else(|_| Fingerprint::of(file.path.as_bytes()))
    }

    /// The table of a job, from the cache if its policy says so.
    ///
    /// Dropping the future gives the job up: in the database too, if nobody else waits for it.
    pub async fn run(&self, job: &Job, policy: &Policy) -> Result<Table, DataError> {
        let Some(cache) = policy.cache.filter(|cache| cache.ttl != Some(Duration::ZERO)) else {
            return self.compute(job, policy).await;
        };
        let slot = Slot { key: self.key(job, policy), query: policy.query, cache, since: None };
        let (this, job, policy) = (self.clone(), job.clone(), *policy);
        self.0.cache.get_or_compute(slot, || async move { this.compute(&job, &policy).await }).await
    }

    /// Runs statements that write, in one transaction, on a connection that is marked writable.
    ///
    /// Gives the first row of the last statement that returns columns. Dropping the future before it is committed
    /// undoes all of it.
    pub async fn write(&self, connection: &str, statements: &[BoundQuery]) -> Result<Option<Table>, WriteError> {
        self.0.connections.write(connection, statements).await
    }

    /// Goes on with other connections; those whose settings are equal stay open.
    pub fn reconnect(&self, connections: Vec<ConnectionSettings>) {
        self.0.connections.replace(connections);
    }

    /// The table of a job as it was at `since` or later: all who ask for the same share one computation.
    ///
    /// For so long as `keep` says, others get its result, or its failure, who ask for nothing newer; what the policy
    /// caches is cached anew, and stays as it was if that fails.
    pub async fn run_since(
        &self,
        job: &Job,
        policy: &Policy,
        since: Instant,
        keep: Duration,
    ) -> Result<Table, DataError> {
        let key = self.key(job, policy);
        let cached = policy.cache.filter(|cache| cache.ttl != Some(Duration::ZERO));
        let since = Some(since.into());
        let slot = if let Some(cache) = cached {
            Slot { key, query: policy.query, cache, since }
        } else {
            let key = Hasher::default().text("shared").fingerprint(key).finish();
            Slot { key, query: key, cache: spec::Cache { ttl: Some(keep), max_entries: None }, since }
        };
        let (this, job, policy) = (self.clone(), job.clone(), *policy);
        self.0.cache.get_or_compute(slot, || async move { this.compute(&job, &policy).await }).await
    }

    /// Keeps a table for a while, and gives the key under which [`Data::cached`] finds it.
    pub fn hold(&self, table: &Table) -> Fingerprint {
        let key = Hasher::default().text("held").fingerprint(table.fingerprint()).finish();
        let cache = spec::Cache { ttl: Some(HELD), max_entries: None };
        self.0.cache.put(Slot { key, query: key, cache, since: None }, table);
        key
    }

    /// How many sessions each connection to a database has, by name.
    pub fn pools(&self) -> Vec<(Name, PoolStats)> {
        self.0.connections.stats()
    }

    /// The result under a key, if it is cached and fresh.
    pub fn cached(&self, key: Fingerprint) -> Option<Table> {
        self.0.cache.get(key)
    }

    /// Drops the cached result under a key.
    pub fn forget(&self, key: Fingerprint) {
        self.0.cache.forget(key);
    }

    /// Drops what is kept of these queries, since their data has changed, and begins a new edition of them.
    pub fn outdate(&self, queries: &BTreeSet<Fingerprint>) {
        // In this order: whoever sees the new edition finds nothing of the old one.
        self.0.cache.forget_queries(queries);
        self.0.editions.begin(queries);
    }

    /// Tells of each new edition of any query's data.
    pub fn watch_editions(&self) -> watch::Receiver<Edition> {
        self.0.editions.watch()
    }

    /// Which edition of its data a query is at: what was read of an older one is out of date.
    pub fn edition(&self, query: Fingerprint) -> u64 {
        self.0.editions.of(query)
    }

    pub fn stats(&self) -> CacheStats {
        self.0.cache.stats()
    }

    async fn compute(&self, job: &Job, policy: &Policy) -> Result<Table, DataError> {
        // A connection keeps the time itself: in the database.
        let limit = policy.timeout.filter(|_| !matches!(job, Job::Sql { .. }));
        let Some(limit) = limit else { return self.work(job, policy).await };
        tokio::time::timeout(limit, self.work(job, policy)).await.unwrap_or_else(|_| Err(DataError::timeout(limit)))
    }

    async fn work(&self, job: &Job, policy: &Policy) -> Result<Table, DataError> {
        let this = self.clone();
        let max_rows = policy.max_rows;
        match job.clone() {
            Job::Sql { connection, query } => {
                let limits = QueryLimits { max_rows, timeout: policy.timeout };
                self.0.connections.query(&connection, &query, &limits).await
            }
            Job::File(file) => self.blocking(move || this.read(&file, max_rows)).await,
            Job::Http(job) => {
                let answer = self.0.connections.get(&job.connection, &job.target, policy.timeout).await?;
                self.blocking(move || this.take(&job, answer, max_rows)).await
            }
            Job::Transform { query, tables } => self.blocking(move || this.transform(&query, &tables, max_rows)).await,
            Job::Rows(rows) => Ok(rows::table_of(&rows)?.cut_to(max_rows)),
            Job::Generate { spec, seed } => {
                self.blocking(move || Ok(generate::table_of(&spec, seed)?.cut_to(max_rows))).await
            }
        }
    }

    fn read(&self, file: &FileJob, max_rows: Option<u64>) -> Result<Table, DataError> {
        let files = &self.0.files;
        let frame =
            transform::collect(files.scan(file)?, max_rows, true).map_err(|error| files.failure(&file.path, &error))?;
        Ok(Table::from_frame(&frame, &self.0.zone)?.cut_to(max_rows))
    }

    /// Makes a table of an answer over HTTP.
    fn take(&self, job: &HttpJob, answer: Answer, max_rows: Option<u64>) -> Result<Table, DataError> {
        let path = job.target.split('?').next().unwrap_or_default();
        let called = format!("{}/{}", job.connection, path.trim_start_matches('/'));
        let content_type = answer.content_type.clone().unwrap_or_default();
        let bytes: Arc<[u8]> = answer.unpacked(&called)?.into();
        let format = match job.format {
            Some(format) => format.into(),
            None => Format::of_answer(&content_type, path, &bytes).ok_or_else(|| {
                let message = if content_type.starts_with("text/html") {
                    format!("`{called}` is a web page: is the path right?")
                } else {
                    format!("`{called}` does not tell what it is: give the query a `format`")
                };
                DataError::rejected(message)
            })?,
        };
        let body = Body { called: &called, bytes, format, options: &job.options, path: job.path.as_deref() };
        let files = &self.0.files;
        let read = files.read(body).and_then(|frame| {
            transform::collect(frame, max_rows, false).map_err(|error| files.failure(&called, &error))
        });
        // What is wrong is wrong with the answer: no file is missing.
        let frame = read.map_err(|error| DataError { kind: DataErrorKind::Rejected, ..error })?;
        Ok(Table::from_frame(&frame, &self.0.zone)?.cut_to(max_rows))
    }

    fn transform(
        &self,
        query: &BoundQuery,
        tables: &[(Name, Input)],
        max_rows: Option<u64>,
    ) -> Result<Table, DataError> {
        let inputs = tables.iter().map(|(name, input)| {
            let frame = match input {
                Input::Table(table) => table.frame().clone().lazy(),
                Input::File(file) => self.0.files.scan(file)?,
            };
            Ok((Name::clone(name), frame))
        });
        let inputs: Vec<(Name, LazyFrame)> = inputs.collect::<Result<_, DataError>>()?;
        let sql = literal_sql(query)?;
        let plan = transform::plan(&sql, inputs)?;
        let from_files = tables.iter().any(|(_, input)| matches!(input, Input::File(_)));
        let frame = transform::collect(plan, max_rows, from_files).map_err(|error| {
            let rejection = transform::rejection(&sql, &error);
            DataError { message: self.0.files.without_root(rejection.message.to_string()).into(), ..rejection }
        })?;
        Ok(Table::from_frame(&frame, &self.0.zone)?.cut_to(max_rows))
    }

    pub(crate) fn connections(&self) -> &Connections {
        &self.0.connections
    }

    pub(crate) fn files(&self) -> &Files {
        &self.0.files
    }

    /// Runs what blocks outside the threads that serve, as much at a time as there are cores.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, DataError> + Send + 'static,
    ) -> Result<T, DataError> {
        let permit = Arc::clone(&self.0.cores).acquire_owned().await;
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        done.await.unwrap_or_else(|error| Err(failure_of(&error)))
    }
}
