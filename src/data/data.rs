//! Runs jobs: the entry to this package.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use appspec_lang::spec::{Cache as Keeping, Connection, Name, QueryKey};
use appspec_lang::value::{Fingerprint, Hasher};
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use tokio::sync::watch;

use crate::bind::BoundQuery;
use crate::cache::{Cache, CacheSettings, CacheStats, Cached, Found, Made, Purpose, Room, RunStats, Slot};
use crate::connection::{ConnectionSettings, Connections, PoolStats, WriteError};
use crate::cores::Cores;
use crate::edition::{Edition, Editions};
use crate::error::DataError;
use crate::file::Files;
use crate::job::{Job, Policy};
use crate::reports::Reports;
use crate::secrets::{self, Scrubber};
use crate::table::Table;

/// How long a table is held that a page shows and nobody has cached: far longer than it takes to come back to it.
const HELD: Duration = Duration::from_mins(10);

/// What holds for all jobs of an app.
#[derive(Clone, Debug, Default)]
pub struct DataSettings {
    /// The IANA name of the time zone whose clock shows all moments.
    pub timezone: String,
    pub cache: CacheSettings,
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
    reports: Reports,
    /// Bounds what Polars does at a time: each of its queries uses all cores by itself.
    cores: Arc<Cores>,
}

impl Data {
    /// With what the spec says of its connections, and nothing else: no secrets, no environment.
    pub fn open(root: &Path, declared: &[Connection], settings: DataSettings) -> Self {
        Self::connect(root, secrets::of_spec(declared), settings)
    }

    /// Opens nothing yet: a connection opens when it is first used.
    pub fn connect(root: &Path, connections: Vec<ConnectionSettings>, settings: DataSettings) -> Self {
        let DataSettings { timezone, cache, scrubber } = settings;
        // A name that is no time zone is reported by the check.
        let zone = TimeZone::get(&timezone).unwrap_or(TimeZone::UTC);
        let root = std::path::absolute(root).unwrap_or_else(|_| root.to_owned());
        Self(Arc::new(Inner {
            connections: Connections::new(&root, connections, (&zone, scrubber)),
            files: Files::new(&root, zone.clone()),
            zone,
            cache: Arc::new(Cache::new(cache)),
            editions: Editions::default(),
            reports: Reports::default(),
            cores: Arc::default(),
        }))
    }

    /// Learns what the log is to call the queries of an app, which a [`Policy`] names.
    pub fn name_queries(&self, queries: &[(QueryKey, Fingerprint)]) {
        self.0.reports.name(queries);
    }

    /// Names the result of a job: the same key is the same result, until the data behind it changes.
    ///
    /// A file that changes changes the key.
    pub fn key(&self, job: &Job, policy: &Policy) -> Fingerprint {
        job.key(policy, self)
    }

    /// The table of a job, from the cache if its policy says so.
    ///
    /// Dropping the future gives the job up: in the database too, if nobody else waits for it.
    pub async fn run(&self, job: &Job, policy: &Policy) -> Result<Table, DataError> {
        Ok(self.fetch(job, policy).await?.table)
    }

    /// The table of a job like [`Self::run`], and what whoever shows it should know.
    pub async fn fetch(&self, job: &Job, policy: &Policy) -> Result<Found, DataError> {
        if let Some(slot) = slot(self.key(job, policy), policy) {
            return self.0.cache.get_or_compute(slot, |purpose| self.make(slot, job, policy, purpose)).await;
        }
        let table = self.compute(job, policy).await?;
        self.0.cache.count(&table);
        Ok(Found::uncached(table))
    }

    /// The table of a job with its [key](Self::key), if it is in memory and may be shown; behind an old one, a refresh
    /// starts.
    pub fn find(&self, key: Fingerprint, job: &Job, policy: &Policy) -> Option<Found> {
        let slot = slot(key, policy)?;
        self.0.cache.get(slot, |purpose| self.make(slot, job, policy, purpose))
    }

    /// The same, but no refresh starts: for those who look on, and have not asked.
    pub fn find_kept(&self, key: Fingerprint, policy: &Policy) -> Option<Found> {
        self.0.cache.get_kept(&slot(key, policy)?)
    }

    /// Waits until there is another than what was found; none if none is on its way.
    pub fn newer(&self, cached: &Cached) -> Option<BoxFuture<'static, ()>> {
        self.0.cache.newer(cached)
    }

    /// Makes the table of a slot: from disk, where that will do, else from its source.
    fn make(
        &self,
        slot: Slot,
        job: &Job,
        policy: &Policy,
        purpose: Purpose,
    ) -> impl Future<Output = Result<Made, DataError>> + Send + use<> {
        let (this, job, policy) = (self.clone(), job.clone(), *policy);
        async move {
            if slot.cache.persist && purpose == Purpose::Demand {
                let cache = Arc::clone(&this.0.cache);
                let restored = tokio::task::spawn_blocking(move || cache.restore(&slot)).await;
                if let Ok(Some(made)) = restored {
                    return Ok(made);
                }
            }
            let began = tokio::time::Instant::now();
            this.compute(&job, &policy).await.map(|table| Made::since(began, table))
        }
    }

    /// Runs statements that write, in one transaction, on a connection that is marked writable.
    ///
    /// Gives the first row of the last statement that returns columns. Dropping the future before it is committed
    /// undoes all of it.
    pub async fn write(&self, connection: &str, statements: &[BoundQuery]) -> Result<Option<Table>, WriteError> {
        self.0.connections.write(connection, statements).await
    }

    /// Does a write that puts the data of queries out of date: what is kept of them is dropped, if it may be saved.
    ///
    /// Of what is dropped nothing comes back, even if the process ends right after the commit. The future is to be
    /// awaited to its end, whoever waits for the answer.
    pub async fn write_and_outdate(
        &self,
        connection: &str,
        statements: &[BoundQuery],
        queries: &BTreeSet<Fingerprint>,
    ) -> Result<Option<Table>, WriteError> {
        let _nothing_goes_to_disk = self.0.cache.bar(queries).await;
        let written = self.write(connection, statements).await;
        if written.as_ref().err().is_none_or(|error| error.is_unknown) {
            self.outdate(queries);
        }
        written
    }

    /// Goes on with other connections; those whose settings are equal stay open.
    pub fn reconnect(&self, connections: Vec<ConnectionSettings>) {
        self.0.connections.replace(connections);
    }

    /// The table of a job as it was at `since` or later: all who ask for the same share one computation.
    ///
    /// For so long as `keep` says, others get its result, or its failure, who ask for nothing newer; what the policy
    /// caches is cached anew, and stays as it was if that fails.
    pub async fn fetch_since(
        &self,
        job: &Job,
        policy: &Policy,
        since: Instant,
        keep: Duration,
    ) -> Result<Found, DataError> {
        let key = self.key(job, policy);
        let cached = slot(key, policy);
        let shared = || {
            let key = Hasher::default().text("shared").fingerprint(key).finish();
            Slot { cache: Keeping { ttl: Some(keep), ..Keeping::FOREVER }, ..Slot::new(key, policy.query) }
        };
        let slot = Slot { since: Some(since.into()), ..cached.unwrap_or_else(shared) };
        let found = self.0.cache.get_or_compute(slot, |purpose| self.make(slot, job, policy, purpose)).await?;
        // What is shared for a while is no result of the cache: whoever shows it keeps it.
        Ok(if cached.is_some() { found } else { Found::uncached(found.table) })
    }

    /// Keeps a table for a while, for those who [find](Self::cached) it there.
    pub fn hold(&self, table: &Table) -> Cached {
        let key = Hasher::default().text("held").fingerprint(table.fingerprint()).finish();
        let cache = Keeping { ttl: Some(HELD), ..Keeping::FOREVER };
        self.0.cache.put(&Slot { cache, ..Slot::new(key, Fingerprint::of(b"held")) }, table);
        Cached::unread(key, Fingerprint::of(b"held"))
    }

    /// How many sessions each connection to a database has, by name.
    pub fn pools(&self) -> Vec<(Name, PoolStats)> {
        self.0.connections.stats()
    }

    /// The table that was found in the cache, if it is there still and no other has taken its place.
    pub fn cached(&self, cached: &Cached) -> Option<Table> {
        self.0.cache.peek(cached)
    }

    /// Whether whoever shows what was found should ask again: it has grown old, or there is a newer one.
    pub fn is_outdated(&self, cached: &Cached) -> bool {
        self.0.cache.is_outdated(cached)
    }

    /// Whether there is a newer one than what was found, or one that is to be shown otherwise.
    pub fn is_replaced(&self, cached: &Cached) -> bool {
        self.0.cache.is_replaced(cached)
    }

    /// Changes how much memory all tables may take.
    pub fn limit_cache(&self, bytes: u64) {
        self.0.cache.limit(bytes);
    }

    /// Drops the cached result under a key, also on disk: whoever shows it asks again at the next occasion.
    pub fn forget(&self, key: Fingerprint) {
        self.0.cache.forget(key);
    }

    /// Drops what is kept of these queries, since their data has changed, and begins a new edition of them.
    pub fn outdate(&self, queries: &BTreeSet<Fingerprint>) {
        // In this order: whoever sees the new edition finds nothing of the old one.
        for query in queries {
            self.0.cache.forget_query(*query);
        }
        self.0.editions.begin(queries);
    }

    /// Tells of each new edition of any query's data.
    pub fn watch_editions(&self) -> watch::Receiver<Edition> {
        self.0.editions.watch()
    }

    /// Which edition of its data each query is at, all at one moment: what was read of an older one is out of date.
    pub fn editions(&self, queries: impl IntoIterator<Item = Fingerprint>) -> Vec<u64> {
        self.0.editions.of(queries)
    }

    /// Drops the cached result under a key to make room: whoever shows it asks again only if the table is needed.
    pub fn evict(&self, key: Fingerprint) {
        self.0.cache.evict(key);
    }

    /// Drops all cached results of a query, which a [`Policy`] names.
    pub fn forget_query(&self, query: Fingerprint) {
        self.0.cache.forget_query(query);
    }

    /// Waits until all results that are to be kept on disk are there.
    pub async fn written(&self) {
        self.0.cache.written().await;
    }

    /// A moment as the app's clock shows it.
    pub fn clock(&self, moment: Timestamp) -> DateTime {
        moment.to_zoned(self.0.zone.clone()).datetime()
    }

    pub fn stats(&self) -> CacheStats {
        self.0.cache.stats()
    }

    /// What the cache and the source of one query have done.
    pub fn stats_of(&self, query: Fingerprint) -> (CacheStats, RunStats) {
        self.0.cache.stats_of(query)
    }

    /// What the cache takes, and may take.
    pub fn room(&self) -> Room {
        self.0.cache.room()
    }

    pub(crate) fn reports(&self) -> &Reports {
        &self.0.reports
    }

    pub(crate) fn cache(&self) -> &Cache {
        &self.0.cache
    }

    pub(crate) fn connections(&self) -> &Connections {
        &self.0.connections
    }

    pub(crate) fn files(&self) -> &Files {
        &self.0.files
    }

    pub(crate) fn zone(&self) -> &TimeZone {
        &self.0.zone
    }

    /// Runs what blocks outside the threads that serve, as much at a time as there are cores.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, DataError> + Send + 'static,
    ) -> Result<T, DataError> {
        self.0.cores.run(work).await
    }
}

/// Where the result of a job is kept; none where it is not.
fn slot(key: Fingerprint, policy: &Policy) -> Option<Slot> {
    let mut cache = policy.cache.filter(Keeping::is_on)?;
    cache.persist = policy.query_on_disk().is_some();
    Some(Slot { cache, ..Slot::new(key, policy.query) })
}
