//! `MySQL` and `MariaDB`.
//!
//! That a query only reads is held by two fences. It runs in a read-only transaction, which no statement in it can turn
//! into another, and which is rolled back. And the author's text is prepared twice before it runs: alone, so it is one
//! whole statement, and as a subquery, so it is a query, and neither `set`, `call` nor `select … into`. It runs as it
//! is: in a subquery these servers forget the order.
//!
//! The driver cannot reset a session. One on which a query may have left something is closed, not used again.

mod bind;
mod column;
mod failure;
mod number;
mod read;
mod residue;
mod shape;
mod write;

use std::path::{Path, PathBuf};
use std::time::Duration;

use appspec_lang::value;
use jiff::tz::TimeZone;
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlRow, MySqlSslMode};
use sqlx::{ConnectOptions, Connection, Executor, Row, raw_sql};

use super::database::{Database, Described, Limits, WriteFailure, trusted};
use super::pool::{Engine, Failure};
use super::server::{Server, Usual};
use super::settings::Tls;
use crate::bind::BoundQuery;
use crate::error::DataError;
use crate::table::Table;

pub(super) const USUAL: Usual = Usual { port: 3306, username: "root" };

/// A database of a `MySQL` or `MariaDB` server.
#[derive(Debug)]
pub(super) struct MySql {
    pub(super) server: Server,
}

/// A session with the server.
pub(super) struct Session {
    connection: MySqlConnection,
    /// The server's number of it, by which it is ended.
    id: u64,
    /// Whether its clock is in UTC, and moments have to be brought to the app's zone.
    is_utc: bool,
    /// Whether a query of the transaction under way has begun to run.
    is_started: bool,
    /// How it is, now that its work is done.
    state: State,
}

/// What of a session is left behind.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Clean,
    /// Something may be set, locked or made on it.
    Touched,
    /// The server still sends what nobody reads.
    Unread,
}

impl MySql {
    async fn options(&self) -> Result<MySqlConnectOptions, DataError> {
        let server = &self.server.settings;
        let mode = match &server.tls {
            Tls::Off => MySqlSslMode::Disabled,
            Tls::Prefer => MySqlSslMode::Preferred,
            Tls::Require => MySqlSslMode::Required,
            Tls::VerifyCa { .. } => MySqlSslMode::VerifyCa,
            Tls::VerifyFull { .. } => MySqlSslMode::VerifyIdentity,
        };
        // The server's own rules for SQL hold, as they do for its other clients.
        let mut options = MySqlConnectOptions::new()
            .host(&server.host)
            .port(self.server.port)
            .username(&self.server.username)
            .ssl_mode(mode)
            .pipes_as_concat(false)
            .no_engine_substitution(false)
            // The server prepares a kept statement anew when a table has changed, and the driver does not notice.
            .statement_cache_capacity(0)
            .disable_statement_logging();
        if let Some(password) = &server.password {
            options = options.password(password.expose());
        }
        if let Some(database) = &server.database {
            options = options.database(database);
        }
        if server.host.starts_with('/') {
            options = options.socket(socket(Path::new(&server.host)));
        }
        if let Some(authority) = self.server.authority().await? {
            options = options.ssl_ca_from_pem(authority);
        }
        Ok(options)
    }

    async fn connect(&self) -> Result<MySqlConnection, DataError> {
        let options = self.options().await?;
        MySqlConnection::connect_with(&options).await.map_err(|error| self.opening_failure(&error))
    }

    /// Sets the server's clock to the app's, so that moments mean the same in SQL as on pages; where the server does
    /// not know the zone, it stays in UTC.
    async fn set_clock(&self, connection: &mut MySqlConnection) -> Result<bool, DataError> {
        let Some(zone) = self.server.zone.iana_name().filter(|_| self.server.zone != TimeZone::UTC) else {
            return Ok(true);
        };
        let set = format!("set time_zone = '{}'", zone.replace(['\'', '\\'], ""));
        match connection.execute(raw_sql(trusted(set))).await {
            Ok(_) => Ok(false),
            Err(error) if failure::number(&error) == Some(failure::UNKNOWN_ZONE) => {
                if self.server.may_warn() {
                    tracing::warn!(
                        connection = &*self.server.address.name,
                        zone,
                        "the server does not know the time zone of the app, so SQL tells the time in UTC: load its \
                         time zone tables"
                    );
                }
                Ok(true)
            }
            Err(error) => Err(self.failure("", &error).error),
        }
    }

    /// Ends a session in the server from another one, and what runs on it.
    async fn kill(&self, id: u64) -> Result<(), DataError> {
        let mut spare = self.connect().await?;
        let killed = spare.execute(raw_sql(trusted(format!("kill {id}")))).await;
        drop(spare.close().await);
        match killed {
            // It has ended by itself.
            Err(error) if failure::number(&error) == Some(failure::UNKNOWN_SESSION) => Ok(()),
            killed => killed.map(drop).map_err(|error| self.failure("", &error).error),
        }
    }
}

/// The socket itself, or the one that servers make in a folder.
fn socket(path: &Path) -> PathBuf {
    if !path.is_dir() {
        return path.to_owned();
    }
    let names = ["mysqld.sock", "mysql.sock"].map(|name| path.join(name));
    let [usual, other] = names;
    if other.exists() && !usual.exists() { other } else { usual }
}

impl Engine for MySql {
    type Session = Session;

    const TRUSTED: Duration = Duration::from_secs(5);

    async fn open(&self) -> Result<Session, DataError> {
        let mut connection = self.connect().await?;
        let is_utc = self.set_clock(&mut connection).await?;
        let row: Result<MySqlRow, _> = connection.fetch_one(raw_sql("select connection_id()")).await;
        let id = row.and_then(|row| row.try_get_unchecked(0)).map_err(|error| self.failure("", &error).error)?;
        Ok(Session { connection, id, is_utc, is_started: false, state: State::Clean })
    }

    fn silent(&self) -> DataError {
        self.server.address.silent()
    }

    async fn is_alive(&self, session: &mut Session) -> bool {
        session.connection.ping().await.is_ok()
    }

    fn has_started(session: &Session) -> bool {
        session.is_started
    }

    fn is_spent(&self, session: &Session) -> bool {
        session.state != State::Clean
    }

    async fn abandon(&self, session: Session) {
        if session.state == State::Touched {
            return self.close(session).await;
        }
        if let Err(error) = self.kill(session.id).await {
            tracing::warn!(connection = &*self.server.address.name, %error, "a query could not be stopped in the database");
        }
        drop(session);
    }

    async fn close(&self, session: Session) {
        drop(session.connection.close().await);
    }
}

impl Database for MySql {
    async fn columns(&self, session: &mut Session, described: &Described) -> Result<Vec<value::Column>, Failure> {
        self.announced(session, described).await
    }

    async fn read(&self, session: &mut Session, query: &BoundQuery, limits: &Limits) -> Result<Table, Failure> {
        self.read_all(session, query, limits).await
    }

    async fn write(
        &self,
        session: &mut Session,
        statements: &[BoundQuery],
        timeout: Duration,
    ) -> Result<Option<Table>, WriteFailure> {
        self.write_all(session, statements, timeout).await
    }
}
