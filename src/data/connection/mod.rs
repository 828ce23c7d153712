//! Connections to databases: opened when first used, shared by all views; queries only read, writes are asked for.

mod address;
mod cells;
mod database;
mod health;
mod http;
mod mysql;
mod pool;
mod postgres;
mod settings;
mod sqlite;
mod template;
mod words;
mod write;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use appspec_lang::spec::{Dialect, KnownConnection, Name};
use appspec_lang::value::{Column, Fingerprint};
use jiff::tz::TimeZone;

use crate::bind::BoundQuery;
use crate::error::{DataError, DataErrorKind};
use crate::secrets::Scrubber;
use crate::table::Table;
use health::Health;
pub(crate) use http::Answer;
use http::Http;
pub use http::encoded;
use mysql::MySql;
use pool::Pool;
pub use pool::PoolStats;
use postgres::Postgres;
pub use settings::{ConnectionSettings, HttpSettings, Secret, ServerSettings, Target, Tls};
use sqlite::Sqlite;
pub use write::WriteError;

/// How far a query may go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct QueryLimits {
    /// Reading stops behind so many rows.
    pub(crate) max_rows: Option<u64>,
    /// Without one, the connection's holds.
    pub(crate) timeout: Option<Duration>,
}

/// The connections of an app, by name.
#[derive(Debug)]
pub(crate) struct Connections {
    root: PathBuf,
    zone: TimeZone,
    opened: RwLock<BTreeMap<Name, Arc<Opened>>>,
    health: Health,
    scrubber: Scrubber,
}

/// A connection under one set of settings.
#[derive(Debug)]
struct Opened {
    settings: ConnectionSettings,
    generation: u64,
    database: Database,
}

/// What a connection leads to.
#[derive(Debug)]
enum Database {
    Sqlite(Pool<Sqlite>),
    Postgres(Pool<Postgres>),
    MySql(Pool<MySql>),
    Http(Http),
    Unbuilt,
    /// Why it cannot be used.
    Unusable(String),
}

impl Connections {
    /// Opens nothing yet.
    pub(crate) fn new(
        root: &Path,
        connections: Vec<ConnectionSettings>,
        (zone, scrubber): (&TimeZone, Scrubber),
    ) -> Self {
        let (root, zone) = (root.to_owned(), zone.clone());
        let this = Self { root, zone, opened: RwLock::default(), health: Health::default(), scrubber };
        this.replace(connections);
        this
    }

    /// Goes on with other settings: a connection whose settings are equal stays open, another is opened again when it
    /// is next used. Queries under way end on the connection on which they began.
    pub(crate) fn replace(&self, connections: Vec<ConnectionSettings>) {
        self.scrubber.learn(&connections);
        let mut opened = self.opened.write().unwrap_or_else(PoisonError::into_inner);
        let next = opened.values().map(|opened| opened.generation).max().map_or(0, |last| last + 1);
        let kept = connections.into_iter().map(|settings| {
            let name = Name::clone(&settings.name);
            let same = opened.get(&name).filter(|opened| opened.settings == settings).map(Arc::clone);
            (name, same.unwrap_or_else(|| Arc::new(self.open(settings, next))))
        });
        *opened = kept.collect();
    }

    fn open(&self, settings: ConnectionSettings, generation: u64) -> Opened {
        let (name, most) = (Name::clone(&settings.name), settings.max_connections);
        let zone = self.zone.clone();
        let database = match &settings.target {
            Target::Sqlite { file } => {
                Database::Sqlite(Pool::new(Sqlite::new(&name, &self.root, file, zone), name, most))
            }
            Target::Server(server) if server.dialect == Dialect::Postgres => {
                Database::Postgres(Pool::new(Postgres::new(&self.root, &settings, server, zone), name, most))
            }
            Target::Server(server) if server.dialect == Dialect::Mysql => {
                Database::MySql(Pool::new(MySql::new(&self.root, &settings, server, zone), name, most))
            }
            Target::Http(http) => Database::Http(Http::new(name, http.clone())),
            Target::Server(_) => Database::Unbuilt,
            Target::Unusable { .. } => Database::Unusable(settings.unusable().unwrap_or_default()),
        };
        Opened { settings, generation, database }
    }

    /// Counts the settings that a connection has had: results of one generation say nothing of the next.
    pub(crate) fn generation(&self, connection: &str) -> u64 {
        self.find(connection).map_or(0, |opened| opened.generation)
    }

    /// What a connection leads to; see [`ConnectionSettings::identity`].
    pub(crate) fn identity(&self, connection: &str) -> Fingerprint {
        self.find(connection).map_or(Fingerprint(0), |opened| opened.settings.identity())
    }

    /// Runs a query, and reads at most one row more than `max_rows`. Dropping the future ends it in the database.
    pub(crate) async fn query(
        &self,
        connection: &str,
        query: &BoundQuery,
        limits: &QueryLimits,
    ) -> Result<Table, DataError> {
        let opened = self.find(connection)?;
        let timeout = limits.timeout.unwrap_or(opened.settings.timeout);
        let result = match &opened.database {
            Database::Sqlite(pool) => pool.query(query, limits.max_rows, timeout).await,
            Database::Postgres(pool) => pool.query(query, limits.max_rows, timeout).await,
            Database::MySql(pool) => pool.query(query, limits.max_rows, timeout).await,
            Database::Http(_) => Err(takes_no_sql(connection)),
            Database::Unbuilt => Err(unbuilt(connection)),
            Database::Unusable(reason) => Err(DataError::new(DataErrorKind::Refused, reason.as_str())),
        };
        let result = result.map_err(|error| self.clean(error));
        self.health.note(connection, result.as_ref().err());
        result
    }

    /// What a server answers over HTTP to a path and query. Dropping the future closes the connection.
    pub(crate) async fn get(
        &self,
        connection: &str,
        target: &str,
        timeout: Option<Duration>,
    ) -> Result<Answer, DataError> {
        let result = match &self.find(connection)?.database {
            Database::Http(http) => http.get(target, timeout).await,
            Database::Unusable(reason) => Err(DataError::new(DataErrorKind::Refused, reason.as_str())),
            _ => Err(DataError::rejected(format!("the connection `{connection}` takes SQL, and no `get`"))),
        };
        let result = result.map_err(|error| self.clean(error));
        self.health.note(connection, result.as_ref().err());
        result
    }

    /// Whether the columns of queries can be learnt without a network.
    pub(crate) fn is_offline(&self, connection: &str) -> bool {
        self.find(connection).is_ok_and(|opened| matches!(opened.settings.target, Target::Sqlite { .. }))
    }

    /// The columns of a query that is not run.
    pub(crate) async fn describe(&self, connection: &str, query: &BoundQuery) -> Result<Vec<Column>, DataError> {
        let opened = self.find(connection)?;
        let timeout = opened.settings.timeout;
        let described = match &opened.database {
            Database::Sqlite(pool) => pool.describe(query, timeout).await,
            Database::Postgres(pool) => pool.describe(query, timeout).await,
            Database::MySql(pool) => pool.describe(query, timeout).await,
            Database::Http(_) => Err(takes_no_sql(connection)),
            Database::Unbuilt => Err(unbuilt(connection)),
            Database::Unusable(reason) => Err(DataError::new(DataErrorKind::Refused, reason.as_str())),
        };
        described.map_err(|error| self.clean(error))
    }

    /// The columns that a statement of a write returns, none of them if it returns nothing; it is not run.
    pub(crate) async fn describe_write(
        &self,
        connection: &str,
        statement: &BoundQuery,
    ) -> Result<Vec<Column>, DataError> {
        let opened = self.find(connection)?;
        let Database::Sqlite(pool) = &opened.database else {
            let message = format!("`{connection}` is no file: what is written there is looked at as it runs");
            return Err(DataError::new(DataErrorKind::Unsupported, message));
        };
        pool.engine().returned(statement).await
    }

    /// Runs statements that write, in one transaction. Gives the first row of the last one that returns any columns.
    pub(crate) async fn write(&self, connection: &str, statements: &[BoundQuery]) -> Result<Option<Table>, WriteError> {
        let opened = self.find(connection)?;
        if !opened.settings.writable {
            let message = format!("the connection `{connection}` only reads: mark it `writable: true`");
            return Err(DataError::rejected(message).into());
        }
        let timeout = opened.settings.timeout;
        let result = match &opened.database {
            Database::Sqlite(pool) => pool.write(statements, timeout).await,
            Database::Postgres(pool) => pool.write(statements, timeout).await,
            Database::MySql(pool) => pool.write(statements, timeout).await,
            Database::Http(_) => Err(takes_no_sql(connection).into()),
            Database::Unbuilt => Err(unbuilt(connection).into()),
            Database::Unusable(reason) => Err(DataError::new(DataErrorKind::Refused, reason.as_str()).into()),
        };
        let result = result.map_err(|failed| WriteError { error: self.clean(failed.error), ..failed });
        self.health.note(connection, result.as_ref().err().map(|failed| &failed.error));
        result
    }

    /// What the compiler needs to know of the connections.
    pub(crate) fn known(&self) -> BTreeMap<Name, KnownConnection> {
        let opened = self.opened.read().unwrap_or_else(PoisonError::into_inner);
        opened.iter().map(|(name, opened)| (Name::clone(name), opened.settings.known())).collect()
    }

    /// The error as it may leave this module: drivers and servers quote what they were given.
    fn clean(&self, error: DataError) -> DataError {
        match self.scrubber.clean(&error.message) {
            Cow::Borrowed(_) => error,
            Cow::Owned(message) => DataError { message: message.into(), ..error },
        }
    }

    /// How many sessions each connection has.
    pub(crate) fn stats(&self) -> Vec<(Name, PoolStats)> {
        let opened = self.opened.read().unwrap_or_else(PoisonError::into_inner);
        let stats = opened.iter().filter_map(|(name, opened)| {
            let stats = match &opened.database {
                Database::Sqlite(pool) => pool.stats(),
                Database::Postgres(pool) => pool.stats(),
                Database::MySql(pool) => pool.stats(),
                Database::Http(_) | Database::Unbuilt | Database::Unusable(_) => return None,
            };
            Some((Name::clone(name), stats))
        });
        stats.collect()
    }

    fn find(&self, connection: &str) -> Result<Arc<Opened>, DataError> {
        let opened = self.opened.read().unwrap_or_else(PoisonError::into_inner);
        let found = opened.get(connection).map(Arc::clone);
        found.ok_or_else(|| DataError::rejected(format!("there is no connection `{connection}`")))
    }
}

fn takes_no_sql(connection: &str) -> DataError {
    DataError::rejected(format!("the connection `{connection}` answers over HTTP, and takes no SQL"))
}

fn unbuilt(connection: &str) -> DataError {
    let message = format!("the connection `{connection}` leads to a kind of server that is not built yet");
    DataError::new(DataErrorKind::Unsupported, message)
}
