//! `SQLite`.
//!
//! That a query only reads is held by four fences: the file is opened read-only; a pragma, which can act as soon as it
//! is prepared, is refused; the author's text is prepared alone, so it is whole statements; and it runs as a subquery,
//! so it is one query. Each alone can be passed: a read-only connection still runs `vacuum into`, and text such as
//! `select 1) q; …; select * from (select 1` is a subquery.

mod bind;
mod column;
mod write;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use appspec_lang::spec::{Dialect, Name};
use appspec_lang::value;
use jiff::tz::TimeZone;
use sqlx::sqlite::{SqliteColumn, SqliteConnectOptions, SqliteConnection, SqliteStatement};
use sqlx::{Column as _, ColumnOrigin, ConnectOptions, Connection, Either, Executor, SqlSafeStr, Statement, TypeInfo};

use super::database::{Database, Described, Limits, WriteFailure, read_rows, refuse_twins, trusted};
use super::pool::{Engine, Failure};
use super::template::wrap;
use super::words::words;
use crate::bind::BoundQuery;
use crate::blame::blame;
use crate::error::{DataError, DataErrorKind};
use crate::table::Table;
use bind::{bind_all, placeholders};
use column::{Column, Declared};
use write::Prepared;

/// So many steps of `SQLite`'s machine pass before it asks whether to go on: well under a millisecond.
const STEPS: i32 = 1000;

/// A database file.
#[derive(Debug)]
pub(super) struct Sqlite {
    name: Name,
    /// As the author wrote it.
    file: String,
    path: PathBuf,
    zone: TimeZone,
}

/// A connection, which runs on a thread of its own.
pub(super) struct Session {
    connection: SqliteConnection,
    watch: Arc<Watch>,
    /// The file that is open: its path may come to name another.
    file: Option<FileId>,
}

/// Tells a connection when to stop.
#[derive(Debug)]
struct Watch {
    is_stopped: AtomicBool,
    /// When the query has run out of time, in microseconds since `start`.
    deadline: AtomicU64,
    start: Instant,
}

impl Watch {
    fn new() -> Self {
        Self { is_stopped: AtomicBool::new(false), deadline: AtomicU64::new(u64::MAX), start: Instant::now() }
    }

    fn micros(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// Gives the next statement so much time.
    fn allow(&self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.deadline.store(self.micros().saturating_add(micros), Ordering::Relaxed);
    }

    fn is_late(&self) -> bool {
        self.micros() > self.deadline.load(Ordering::Relaxed)
    }
}

impl Session {
    /// An interrupted query has run out of time.
    fn late_or(&self, failure: Failure) -> Failure {
        if self.watch.is_late() && failure.is_whole() {
            return DataError::new(DataErrorKind::Timeout, failure.error.message).into();
        }
        failure
    }
}

impl Sqlite {
    pub(super) fn new(name: &Name, root: &Path, file: &str, zone: TimeZone) -> Self {
        Self { name: Name::clone(name), file: file.to_owned(), path: root.join(file), zone }
    }

    async fn connect(&self, is_writing: bool) -> Result<Session, DataError> {
        let file = identity(&self.path).await;
        if file.is_none() {
            return Err(DataError::file(format!("the database file `{}` is not there", self.file)));
        }
        let options = SqliteConnectOptions::new()
            .filename(&self.path)
            .read_only(!is_writing)
            .row_buffer_size(1000)
            // A kept statement is prepared anew when a table has changed, which the driver does not notice.
            .statement_cache_capacity(0)
            .disable_statement_logging();
        let failed = |error: sqlx::Error| self.failure("", &error).error;
        let mut connection = SqliteConnection::connect_with(&options).await.map_err(failed)?;
        let watch = Arc::new(Watch::new());
        let asked = Arc::clone(&watch);
        let mut handle = connection.lock_handle().await.map_err(failed)?;
        handle.set_progress_handler(STEPS, move || !asked.is_stopped.load(Ordering::Relaxed) && !asked.is_late());
        drop(handle);
        Ok(Session { connection, watch, file })
    }

    /// Begins to read the file as it is at this moment. A statement that is prepared knows only the tables of the last
    /// time that the connection looked, which it does when it runs one.
    async fn begin(&self, session: &mut Session) -> Result<(), Failure> {
        let begun = session.connection.execute("begin; select 1 from sqlite_schema limit 1").await;
        begun.map(drop).map_err(|error| session.late_or(self.failure("", &error)))
    }

    /// Ends what `begin` has begun.
    async fn end<T>(&self, session: &mut Session, outcome: Result<T, Failure>) -> Result<T, Failure> {
        if outcome.as_ref().is_err_and(|failure| !failure.is_whole()) {
            return outcome;
        }
        // It may not even have begun: then there is nothing to end.
        match session.connection.execute("rollback").await {
            Err(error) if error.as_database_error().is_none() => Err(self.failure("", &error)),
            _ => outcome,
        }
    }

    /// Prepares the text alone, then as a subquery; gives the columns of the result.
    async fn fence(&self, session: &mut Session, sql: &str, values: usize) -> Result<Vec<Declared>, Failure> {
        let failed = |error: sqlx::Error| self.failure(sql, &error);
        // Some pragmas already act when they are prepared. The functions that tell of one are other words.
        if words(sql, Dialect::Sqlite).iter().any(|word| word == "pragma") {
            return Err(DataError::rejected(
                "a query only reads: write it as one `select`; a pragma is asked as a table, such as `pragma_table_info('t')`",
            )
            .into());
        }
        let alone = session.connection.prepare(trusted(sql).into_sql_str()).await.map_err(failed)?;
        if alone.columns().is_empty() {
            return Err(DataError::rejected("a query only reads: write it as one `select`").into());
        }
        if places_of(&alone) != values {
            return Err(DataError::rejected("a `{{ }}` stands inside quotes, or a `?` outside of them").into());
        }
        refuse_twins(alone.columns().iter().map(sqlx::Column::name))?;
        let inside = trusted(wrap("*", sql, None)).into_sql_str();
        let inside = session.connection.prepare(inside).await.map_err(|error| self.failure_inside(&error))?;
        self.declared(session, &inside).await
    }

    /// What is known of the columns of a statement.
    async fn declared(&self, session: &mut Session, statement: &SqliteStatement) -> Result<Vec<Declared>, Failure> {
        let mut declared = Vec::new();
        for column in statement.columns() {
            let known = column.type_info().name();
            let mut type_name = if known == "NULL" { String::new() } else { known.to_owned() };
            if type_name.is_empty()
                && let Some((table, name)) = origin_of(column)
            {
                // The driver passes over what it does not know: `decimal(10,2)`.
                let asked = sqlx::query_scalar("select type from pragma_table_xinfo(?) where name = ?");
                let asked = asked.bind(table).bind(name);
                let found: Option<String> =
                    asked.fetch_optional(&mut session.connection).await.map_err(|error| self.failure("", &error))?;
                type_name = found.unwrap_or_default();
            }
            declared.push(Declared::new(column.name(), &type_name));
        }
        Ok(declared)
    }

    async fn rows(&self, session: &mut Session, query: &BoundQuery, limits: &Limits) -> Result<Table, Failure> {
        let (sql, values) = placeholders(query);
        let declared = self.fence(session, &sql, values.len()).await?;
        let most = limits.max_rows.map(|rows| rows.saturating_add(1));
        let mut columns: Vec<Column> = declared.into_iter().map(Column::new).collect();
        let statement = bind_all(sqlx::query(trusted(wrap("*", &sql, most))), &values);
        let rows = session.connection.fetch_many(statement);
        let read = read_rows(rows, &mut columns, most).await;
        read.map_err(|error| session.late_or(self.failure(&sql, &error)))?;
        let series = columns.into_iter().map(|column| column.finish(&self.zone));
        Ok(Table::from_series(series.collect::<Result<_, _>>()?)?)
    }

    /// A failure of a query in its wrapper, which the author does not see.
    fn failure_inside(&self, error: &sqlx::Error) -> Failure {
        let failure = self.failure("", error);
        if failure.is_whole() {
            return DataError::rejected("a query is one `select`, without a second statement after it").into();
        }
        failure
    }

    fn failure(&self, sql: &str, error: &sqlx::Error) -> Failure {
        let file = &self.file;
        let error = match error {
            sqlx::Error::Database(error) => match error.code().as_deref() {
                Some("14") => DataError::file(format!("the database file `{file}` cannot be opened")),
                Some("26") => DataError::file(format!("`{file}` is not a SQLite database")),
                Some("5" | "6" | "261" | "262" | "517" | "773") => {
                    let message = format!("the database `{file}` is being written by another");
                    DataError::new(DataErrorKind::Busy, message)
                }
                _ => {
                    let (message, at) = blame(sql, error.message());
                    DataError { at, ..DataError::rejected(message) }
                }
            },
            sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } => {
                DataError::rejected(format!("`{file}` holds text that is not UTF-8"))
            }
            // The thread that the connection runs on has ended.
            _ => return Failure::lost(DataError::unreachable(format!("the database `{}` does not answer", self.name))),
        };
        error.into()
    }
}

impl Engine for Sqlite {
    type Session = Session;

    const TRUSTED: Duration = Duration::ZERO;

    async fn open(&self) -> Result<Session, DataError> {
        self.connect(false).await
    }

    fn silent(&self) -> DataError {
        DataError::unreachable(format!("the database file `{}` cannot be opened in time", self.file))
    }

    /// A file that was exchanged for another is read anew.
    async fn is_alive(&self, session: &mut Session) -> bool {
        identity(&self.path).await == session.file && session.connection.ping().await.is_ok()
    }

    async fn abandon(&self, session: Session) {
        session.watch.is_stopped.store(true, Ordering::Relaxed);
        // Waits for the end of what runs.
        self.close(session).await;
    }

    async fn close(&self, session: Session) {
        drop(session.connection.close().await);
    }
}

impl Database for Sqlite {
    async fn read(&self, session: &mut Session, query: &BoundQuery, limits: &Limits) -> Result<Table, Failure> {
        session.watch.allow(limits.timeout);
        let read = match self.begin(session).await {
            Ok(()) => self.rows(session, query, limits).await,
            Err(failure) => Err(failure),
        };
        session.watch.allow(Duration::MAX);
        self.end(session, read).await
    }

    async fn columns(&self, session: &mut Session, described: &Described) -> Result<Vec<value::Column>, Failure> {
        let declared = match (self.begin(session).await, described) {
            (Err(failure), _) => Err(failure),
            (Ok(()), Described::Query(query)) => {
                let (sql, values) = placeholders(query);
                self.fence(session, &sql, values.len()).await
            }
            (Ok(()), Described::Statement(statement)) => self.prepare(session, statement).await.map(Prepared::declared),
        };
        let declared = self.end(session, declared).await?;
        Ok(declared.into_iter().map(|column| value::Column { name: column.name.into(), ty: column.ty }).collect())
    }

    /// Writes by a connection of its own: the others are opened read-only.
    async fn write(
        &self,
        _session: &mut Session,
        statements: &[BoundQuery],
        timeout: Duration,
    ) -> Result<Option<Table>, WriteFailure> {
        self.write_apart(statements, timeout).await
    }
}

/// What tells a file from another that comes to have its path.
type FileId = (u64, u64);

/// Tells the file at a path from others; none if there is no file.
pub(super) async fn identity(path: &Path) -> Option<FileId> {
    let known = tokio::fs::metadata(path).await.ok()?;
    #[cfg(unix)]
    return Some((std::os::unix::fs::MetadataExt::dev(&known), std::os::unix::fs::MetadataExt::ino(&known)));
    #[cfg(not(unix))]
    return Some((0, known.created().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?.as_secs()));
}

/// How many values a statement takes.
fn places_of(statement: &SqliteStatement) -> usize {
    match statement.parameters() {
        Some(Either::Right(places)) => places,
        Some(Either::Left(types)) => types.len(),
        None => 0,
    }
}

/// The table and the column of it that a column of a result is. The driver names tables with their schema, which is
/// always that of the one file.
fn origin_of(column: &SqliteColumn) -> Option<(String, String)> {
    let ColumnOrigin::Table(origin) = column.origin() else { return None };
    let table = origin.table.rsplit_once('.').map_or(&*origin.table, |(_, table)| table);
    Some((table.to_owned(), origin.name.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_whose_thread_has_ended_is_not_used_again() {
        let sqlite = Sqlite::new(&"db".into(), Path::new("."), "a.db", TimeZone::UTC);
        for (error, is_whole) in [
            (sqlx::Error::WorkerCrashed, false),
            (sqlx::Error::Io(std::io::ErrorKind::Other.into()), false),
            (sqlx::Error::Decode("no text".into()), true),
        ] {
            assert_eq!(sqlite.failure("", &error).is_whole(), is_whole, "{error}");
        }
    }
}
