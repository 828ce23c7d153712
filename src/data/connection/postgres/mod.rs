//! `PostgreSQL`.
//!
//! That a query only reads is held by the session: it runs in a transaction that is read-only and rolled back, which
//! undoes settings too, and as a subquery, so it is a query. The driver sends it as one statement, so there is no
//! second. What no session can hold are functions that reach outside of it, such as those that read files of the
//! server: the role needs to have no right to them.

mod array;
mod column;
mod encode;
mod failure;
mod kind;
mod numeric;
mod prepare;
mod session;
mod write;

use std::collections::BTreeMap;
use std::time::Duration;

use appspec_lang::value;
use jiff::tz::TimeZone;
use sqlx::error::DatabaseError;
use sqlx::postgres::{PgColumn, PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{Column as _, ConnectOptions, Connection, Executor, SqlSafeStr, Statement, TypeInfo};

use super::database::{Database, Described, Limits, WriteFailure, read_rows, refuse_twins, trusted};
use super::pool::{Engine, Failure};
use super::server::{Server, Usual};
use super::settings::Tls;
use super::template::wrap;
use crate::bind::{BoundQuery, quoted_name};
use crate::error::{DataError, DataErrorKind};
use crate::table::Table;
use column::Column;
use failure::is_outdated;
use kind::Kind;
use prepare::Prepared;

pub(super) const USUAL: Usual = Usual { port: 5432, username: "postgres" };

/// A database of a `PostgreSQL` server.
#[derive(Debug)]
pub(super) struct Postgres {
    pub(super) server: Server,
}

/// A session with the server.
pub(super) struct Session {
    connection: PgConnection,
    /// The server's number of it, by which its queries are cancelled.
    process: i32,
    state: State,
    /// Whether statements were prepared on it for queries before the one at hand.
    is_used: bool,
    /// Whether a transaction can go back behind a text that is refused.
    has_savepoint: bool,
    /// Names of types, by their numbers.
    type_names: BTreeMap<u32, String>,
}

/// How far a session has come with the work at hand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Ready,
    /// A query has begun to run.
    Started,
    /// The database is another than the one that a statement was prepared for.
    Outdated,
    /// Statements that write may have left on it what queries should not find.
    Spent,
}

impl Postgres {
    /// All of it is given: what the environment says to other programs means nothing here.
    async fn options(&self) -> Result<PgConnectOptions, DataError> {
        let server = &self.server.settings;
        let mode = match &server.tls {
            Tls::Off => PgSslMode::Disable,
            Tls::Prefer => PgSslMode::Prefer,
            Tls::Require => PgSslMode::Require,
            Tls::VerifyCa { .. } => PgSslMode::VerifyCa,
            Tls::VerifyFull { .. } => PgSslMode::VerifyFull,
        };
        let mut options = PgConnectOptions::new_without_pgpass()
            .host(&server.host)
            .port(self.server.port)
            .username(&self.server.username)
            .password(server.password.as_ref().map_or("", |password| password.expose()))
            .database(self.server.address.database())
            .ssl_mode(mode)
            .application_name("appspec")
            .disable_statement_logging();
        if server.host.starts_with('/') {
            options = options.socket(&server.host);
        }
        options = session::with_parameters(options, &server.options);
        if let Some(authority) = self.server.authority().await? {
            options = options.ssl_root_cert_from_pem(authority);
        }
        Ok(options)
    }

    async fn connect(&self) -> Result<PgConnection, DataError> {
        let options = self.options().await?;
        PgConnection::connect_with(&options).await.map_err(|error| self.opening_failure(&error))
    }

    /// Makes a session ready: it only reads unless told otherwise, and its clock is that of the app.
    async fn prepare_session(&self, connection: &mut PgConnection) -> Result<i32, sqlx::Error> {
        // A server that looks for its client now and then ends the query of one that is gone, if it can.
        const SET_UP: &str = "
            select pg_catalog.pg_backend_pid(), pg_catalog.current_setting('is_superuser') = 'on',
                pg_catalog.set_config('default_transaction_read_only', 'on', false),
                (select pg_catalog.set_config(name, '2s', false) from pg_catalog.pg_settings
                    where name = 'client_connection_check_interval'),
                (select pg_catalog.set_config('TimeZone', name, false) from pg_catalog.pg_timezone_names
                    where name = $1)";
        let zone = self.server.zone.iana_name().unwrap_or("UTC");
        let setting_up = sqlx::query_as::<_, (i32, bool)>(SET_UP).bind(zone).persistent(false);
        let (process, is_superuser) = setting_up.fetch_one(connection).await?;
        if is_superuser && self.server.may_warn() {
            tracing::warn!(
                connection = &*self.server.address.name,
                user = self.server.username,
                "queries run as a superuser, which may read files of the server: use a role that may only select"
            );
        }
        Ok(process)
    }

    async fn read_once(&self, session: &mut Session, query: &BoundQuery, limits: &Limits) -> Result<Table, Failure> {
        session.state = State::Ready;
        let prepared = self.prepare(session, query).await?;
        check(&prepared)?;
        let read = self.read_prepared(session, &prepared, limits).await;
        session.is_used = true;
        read
    }

    /// Reads what is prepared, in a transaction that leaves nothing behind.
    async fn read_prepared(
        &self,
        session: &mut Session,
        prepared: &Prepared,
        limits: &Limits,
    ) -> Result<Table, Failure> {
        self.begin(session, "read only", limits.timeout).await?;
        let read = self.rows(session, prepared, limits).await;
        if read.as_ref().is_err_and(|failure| !failure.is_whole()) {
            return read;
        }
        // Locks of the session outlive its transactions.
        let ended = session.connection.execute("rollback; select pg_catalog.pg_advisory_unlock_all()").await;
        ended.map_err(|error| Failure::lost(self.failure("", &error).error))?;
        read
    }

    async fn begin(&self, session: &mut Session, mode: &str, timeout: Duration) -> Result<(), Failure> {
        let millis = timeout.as_millis().clamp(1, i32::MAX.unsigned_abs().into());
        let opening = format!("begin {mode}; set local statement_timeout = {millis}");
        let begun = session.connection.execute(trusted(opening)).await;
        begun.map(drop).map_err(|error| Failure::lost(self.failure("", &error).error))
    }

    async fn rows(&self, session: &mut Session, prepared: &Prepared, limits: &Limits) -> Result<Table, Failure> {
        let most = limits.max_rows.map(|rows| rows.saturating_add(1));
        let mut columns = columns_of(prepared, &self.server.zone);
        let sql = wrap(&selection(prepared), &prepared.sql, most);
        let query = sqlx::query_with(trusted(sql.as_str()), prepared.arguments()?);
        let inside = session.connection.prepare(trusted(sql.as_str()).into_sql_str()).await;
        let inside = inside.map_err(|error| self.failure_inside(&sql, &error))?;
        if !is_as_prepared(inside.columns(), prepared.statement.columns()) {
            session.state = State::Outdated;
            return Err(DataError::new(DataErrorKind::Busy, "the tables of the query are being changed").into());
        }
        session.state = State::Started;
        let rows = session.connection.fetch_many(query);
        if let Err(error) = read_rows(rows, &mut columns, most).await {
            if session.is_used && is_outdated(&error) {
                session.state = State::Outdated;
            }
            return Err(self.failure_inside(&sql, &error));
        }
        let mut warnings = Vec::new();
        let series = columns.into_iter().map(|column| column.finish(&mut warnings));
        let table = Table::from_series(series.collect::<Result<_, _>>()?)?;
        Ok(table.with_warnings(warnings))
    }

    /// A failure of a query in its wrapper, which the author does not see.
    fn failure_inside(&self, sql: &str, error: &sqlx::Error) -> Failure {
        let failure = self.failure(sql, error);
        // What is whole alone and none inside brackets is no query.
        let code = error.as_database_error().and_then(DatabaseError::code);
        if code.as_deref() == Some("42601") {
            return DataError::rejected("a query is one `select`, without a second statement after it").into();
        }
        Failure { error: DataError { at: None, ..failure.error }, ..failure }
    }
}

impl Engine for Postgres {
    type Session = Session;

    /// A session that is lost before is replaced when it is used.
    const TRUSTED: Duration = Duration::from_secs(5);

    async fn open(&self) -> Result<Session, DataError> {
        let mut connection = self.connect().await?;
        let process = self.prepare_session(&mut connection).await.map_err(|error| self.failure("", &error).error)?;
        Ok(Session {
            connection,
            process,
            state: State::Ready,
            is_used: false,
            has_savepoint: false,
            type_names: BTreeMap::new(),
        })
    }

    fn silent(&self) -> DataError {
        self.server.address.silent()
    }

    async fn is_alive(&self, session: &mut Session) -> bool {
        session.connection.ping().await.is_ok()
    }

    fn has_started(session: &Session) -> bool {
        session.state == State::Started
    }

    fn is_spent(&self, session: &Session) -> bool {
        session.state == State::Spent
    }

    /// Cancels by the server's number of the session, which is kept until then: nobody else can have it.
    async fn abandon(&self, session: Session) {
        if self.is_spent(&session) {
            return self.close(session).await;
        }
        let cancelling = async {
            let mut spare = self.connect().await?;
            let cancel = sqlx::query("select pg_catalog.pg_cancel_backend($1)").bind(session.process);
            cancel.execute(&mut spare).await.map_err(|error| self.failure("", &error).error)?;
            drop(spare.close().await);
            Ok::<_, DataError>(())
        };
        if let Err(error) = cancelling.await {
            tracing::warn!(connection = &*self.server.address.name, %error, "a query could not be cancelled");
        }
        drop(session);
    }

    async fn close(&self, session: Session) {
        drop(session.connection.close().await);
    }
}

impl Database for Postgres {
    async fn columns(&self, session: &mut Session, described: &Described) -> Result<Vec<value::Column>, Failure> {
        session.state = State::Ready;
        // What was prepared before a table was changed would be told as it was.
        let forgotten = session.connection.clear_cached_statements().await;
        forgotten.map_err(|error| Failure::lost(self.failure("", &error).error))?;
        let prepared = match described {
            Described::Statement(statement) => self.prepare(session, statement).await?,
            Described::Query(query) => {
                let prepared = self.prepare(session, query).await?;
                check(&prepared)?;
                let sql = wrap(&selection(&prepared), &prepared.sql, None);
                let inside = session.connection.prepare(trusted(sql.as_str()).into_sql_str()).await;
                inside.map_err(|error| self.failure_inside(&sql, &error))?;
                prepared
            }
        };
        let columns = columns_of(&prepared, &self.server.zone).into_iter();
        let series = columns.map(|column| column.finish(&mut Vec::new()));
        let table = Table::from_series(series.collect::<Result<_, _>>()?)?;
        Ok(table.columns().to_vec())
    }

    async fn read(&self, session: &mut Session, query: &BoundQuery, limits: &Limits) -> Result<Table, Failure> {
        let read = self.read_once(session, query, limits).await;
        if session.state != State::Outdated {
            return read;
        }
        // The database was changed since: what was prepared before is prepared anew.
        let forgotten = session.connection.clear_cached_statements().await;
        forgotten.map_err(|error| Failure::lost(self.failure("", &error).error))?;
        session.type_names.clear();
        session.is_used = false;
        self.read_once(session, query, limits).await
    }

    async fn write(
        &self,
        session: &mut Session,
        statements: &[BoundQuery],
        timeout: Duration,
    ) -> Result<Option<Table>, WriteFailure> {
        session.state = State::Ready;
        self.write_all(session, statements, timeout).await
    }
}

/// Refuses what gives no table.
fn check(prepared: &Prepared) -> Result<(), DataError> {
    let columns = prepared.statement.columns();
    if columns.is_empty() {
        return Err(DataError::rejected("a query only reads: write it as one `select`"));
    }
    refuse_twins(columns.iter().map(sqlx::Column::name))
}

fn columns_of(prepared: &Prepared, zone: &TimeZone) -> Vec<Column> {
    let columns = prepared.statement.columns().iter();
    columns
        .map(|column| {
            Column::new(column.name(), &type_name(column.type_info().name()), &Kind::of(column.type_info()), zone)
        })
        .collect()
}

/// The columns of the result, those cast that are not read as they are.
fn selection(prepared: &Prepared) -> String {
    let columns = prepared.statement.columns();
    if columns.iter().all(|column| Kind::of(column.type_info()).cast().is_none()) {
        return "*".to_owned();
    }
    let named = columns.iter().map(|column| {
        let name = quoted_name(column.name());
        Kind::of(column.type_info()).cast().map_or_else(|| name.clone(), |ty| format!("{name}::{ty} as {name}"))
    });
    named.collect::<Vec<_>>().join(", ")
}

/// Whether a query gives, in its wrapper, what it was said to give alone, which may have been before a change.
fn is_as_prepared(inside: &[PgColumn], alone: &[PgColumn]) -> bool {
    let is_same = |(inside, alone): (&PgColumn, &PgColumn)| {
        let is_cast = Kind::of(alone.type_info()).cast().is_some();
        inside.name() == alone.name() && (is_cast || inside.type_info() == alone.type_info())
    };
    inside.len() == alone.len() && inside.iter().zip(alone).all(is_same)
}

/// The driver shouts the names of the server's own types.
fn type_name(name: &str) -> String {
    name.to_lowercase()
}
