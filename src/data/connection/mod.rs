//! Connections to databases: opened when first used, shared by all views; queries only read, writes are asked for.

mod address;
mod cells;
mod database;
mod health;
mod http;
mod mysql;
mod pool;
mod postgres;
mod server;
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
pub(crate) use database::Described;
use database::{Database, Sql};
use health::Health;
pub(crate) use http::Answer;
use http::Http;
pub use http::encoded;
use mysql::MySql;
use pool::Pool;
pub use pool::PoolStats;
use postgres::Postgres;
use server::Server;
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
    source: Source,
}

/// What a connection leads to.
#[derive(Debug)]
enum Source {
    Sql(Box<dyn Sql>),
    Http(Http),
    /// Why it cannot be used.
    Unusable(String),
}

impl Opened {
    /// The database, if it is one.
    fn sql(&self) -> Result<&dyn Sql, DataError> {
        let name = &self.settings.name;
        match &self.source {
            Source::Sql(sql) => Ok(&**sql),
            Source::Http(_) => {
                Err(DataError::rejected(format!("the connection `{name}` answers over HTTP, and takes no SQL")))
            }
            Source::Unusable(reason) => Err(DataError::new(DataErrorKind::Refused, reason.as_str())),
        }
    }

    /// The server that answers over HTTP, if it is one.
    fn http(&self) -> Result<&Http, DataError> {
        let name = &self.settings.name;
        match &self.source {
            Source::Http(http) => Ok(http),
            Source::Sql(_) => Err(DataError::rejected(format!("the connection `{name}` takes SQL, and no `get`"))),
            Source::Unusable(reason) => Err(DataError::new(DataErrorKind::Refused, reason.as_str())),
        }
    }
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
        let name = &settings.name;
        let server = |server, usual| Server::new(name, server, usual, (&self.root, &self.zone));
        let source = match &settings.target {
            Target::Sqlite { file } => pool_of(&settings, Sqlite::new(name, &self.root, file, self.zone.clone())),
            Target::Server(found) if found.dialect == Dialect::Postgres => {
                pool_of(&settings, Postgres { server: server(found, postgres::USUAL) })
            }
            Target::Server(found) => pool_of(&settings, MySql { server: server(found, mysql::USUAL) }),
            Target::Http(http) => Source::Http(Http::new(Name::clone(name), http.clone())),
            Target::Unusable { .. } => Source::Unusable(settings.unusable().unwrap_or_default()),
        };
        Opened { settings, generation, source }
    }

    /// Counts the settings that a connection has had: results of one generation say nothing of the next.
    pub(crate) fn generation(&self, connection: &str) -> u64 {
        self.find(connection).map_or(0, |opened| opened.generation)
    }

    /// How the database of a connection speaks SQL.
    pub(crate) fn dialect(&self, connection: &str) -> Result<Dialect, DataError> {
        let known = self.find(connection)?.settings.known().dialect;
        known.ok_or_else(|| DataError::rejected(format!("the connection `{connection}` takes no SQL")))
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
        let result = match opened.sql() {
            Ok(sql) => sql.query(query, limits.max_rows, timeout).await,
            Err(error) => Err(error),
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
        let opened = self.find(connection)?;
        let result = match opened.http() {
            Ok(http) => http.get(target, timeout.unwrap_or(opened.settings.timeout)).await,
            Err(error) => Err(error),
        };
        let result = result.map_err(|error| self.clean(error));
        self.health.note(connection, result.as_ref().err());
        result
    }

    /// Whether the columns of queries can be learnt without a network.
    pub(crate) fn is_offline(&self, connection: &str) -> bool {
        self.find(connection).is_ok_and(|opened| matches!(opened.settings.target, Target::Sqlite { .. }))
    }

    /// Whether this is a database file that is not there.
    pub(crate) async fn is_absent(&self, connection: &str) -> bool {
        let Ok(opened) = self.find(connection) else { return false };
        match &opened.settings.target {
            Target::Sqlite { file } => sqlite::identity(&self.root.join(file)).await.is_none(),
            _ => false,
        }
    }

    /// The columns of a query, or those that a statement of a write returns. It is not run, and could not write.
    pub(crate) async fn describe(&self, connection: &str, described: &Described) -> Result<Vec<Column>, DataError> {
        let opened = self.find(connection)?;
        let columns = opened.sql()?.describe(described, opened.settings.timeout).await;
        columns.map_err(|error| self.clean(error))
    }

    /// Runs statements that write, in one transaction. Gives the first row of the last one that returns any columns.
    pub(crate) async fn write(&self, connection: &str, statements: &[BoundQuery]) -> Result<Option<Table>, WriteError> {
        let opened = self.find(connection)?;
        if !opened.settings.writable {
            let message = format!("the connection `{connection}` only reads: mark it `writable: true`");
            return Err(DataError::rejected(message).into());
        }
        let result = match opened.sql() {
            Ok(sql) => sql.write(statements, opened.settings.timeout).await,
            Err(error) => Err(error.into()),
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
        opened.iter().filter_map(|(name, opened)| Some((Name::clone(name), opened.sql().ok()?.stats()))).collect()
    }

    fn find(&self, connection: &str) -> Result<Arc<Opened>, DataError> {
        let opened = self.opened.read().unwrap_or_else(PoisonError::into_inner);
        let found = opened.get(connection).map(Arc::clone);
        found.ok_or_else(|| DataError::rejected(format!("there is no connection `{connection}`")))
    }
}

fn pool_of(settings: &ConnectionSettings, database: impl Database) -> Source {
    Source::Sql(Box::new(Pool::new(database, Name::clone(&settings.name), settings.max_connections)))
}
