//! `SQLite`.
//!
//! That a query only reads is held by four fences: the file is opened read-only; a pragma, which can act as soon as it
//! is prepared, is refused; the author's text is prepared alone, so it is whole statements; and it runs as a subquery,
//! so it is one query. Each alone can be passed: a read-only connection still runs `vacuum into`, and text such as
//! `select 1) q; …; select * from (select 1` is a subquery.

mod bind;
mod column;
mod pragma;
mod write;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use appspec_lang::spec::Name;
use appspec_lang::value;
use jiff::tz::TimeZone;
use sqlx::sqlite::{SqliteColumn, SqliteConnectOptions, SqliteConnection, SqliteStatement};
use sqlx::{Column as _, ColumnOrigin, ConnectOptions, Connection, Either, Executor, SqlSafeStr, Statement, TypeInfo};

use super::database::{Database, Limits, WriteFailure, read_rows, refuse_twins, trusted};
use super::pool::{Engine, Failure};
use super::template::wrap;
use crate::bind::BoundQuery;
use crate::blame::blame;
use crate::error::{DataError, DataErrorKind};
use crate::table::Table;
use bind::{bind_all, placeholders};
use column::{Column, Declared};
use pragma::has_pragma;

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
    fn late_or(&self, error: DataError) -> DataError {
        if self.watch.is_late() { DataError::new(DataErrorKind::Timeout, error.message) } else { error }
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
            .disable_statement_logging();
        let failed = |error: sqlx::Error| self.failure("", &error);
        let mut connection = SqliteConnection::connect_with(&options).await.map_err(failed)?;
        let watch = Arc::new(Watch::new());
        let asked = Arc::clone(&watch);
        let mut handle = connection.lock_handle().await.map_err(failed)?;
        handle.set_progress_handler(STEPS, move || !asked.is_stopped.load(Ordering::Relaxed) && !asked.is_late());
        drop(handle);
        Ok(Session { connection, watch, file })
    }

    /// Prepares the text alone, then as a subquery; gives the columns of the result.
    async fn fence(&self, session: &mut Session, sql: &str, values: usize) -> Result<Vec<Declared>, DataError> {
        let failed = |error: sqlx::Error| self.failure(sql, &error);
        if has_pragma(sql) {
            return Err(DataError::rejected(
                "a query only reads: write it as one `select`; a pragma is asked as a table, such as `pragma_table_info('t')`",
            ));
        }
        let alone = session.connection.prepare(trusted(sql).into_sql_str()).await.map_err(failed)?;
        if alone.columns().is_empty() {
            return Err(DataError::rejected("a query only reads: write it as one `select`"));
        }
        if places_of(&alone) != values {
            return Err(DataError::rejected("a `{{ }}` stands inside quotes, or a `?` outside of them"));
        }
        refuse_twins(alone.columns().iter().map(sqlx::Column::name))?;
        let inside = trusted(wrap("*", sql, None)).into_sql_str();
        let inside = session
            .connection
            .prepare(inside)
            .await
            .map_err(|_| DataError::rejected("a query is one `select`, without a second statement after it"))?;
        self.declared(session, &inside).await
    }

    /// What is known of the columns of a statement.
    async fn declared(&self, session: &mut Session, statement: &SqliteStatement) -> Result<Vec<Declared>, DataError> {
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

    async fn rows(&self, session: &mut Session, query: &BoundQuery, limits: &Limits) -> Result<Table, DataError> {
        let (sql, values) = placeholders(query);
        let declared = self.fence(session, &sql, values.len()).await?;
        let most = limits.max_rows.map(|rows| rows.saturating_add(1));
        let mut columns: Vec<Column> = declared.into_iter().map(Column::new).collect();
        let statement = bind_all(sqlx::query(trusted(wrap("*", &sql, most))), &values);
        let rows = session.connection.fetch(statement);
        let read = read_rows(rows, &mut columns, most).await;
        read.map_err(|error| session.late_or(self.failure(&sql, &error)))?;
        let series = columns.into_iter().map(|column| column.finish(&self.zone));
        Table::from_series(series.collect::<Result<_, _>>()?)
    }

    fn failure(&self, sql: &str, error: &sqlx::Error) -> DataError {
        let file = &self.file;
        match error {
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
            _ => DataError::unreachable(format!("the database `{}` does not answer", self.name)),
        }
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
        identity(&self.path).await == session.file
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
        let read = self.rows(session, query, limits).await;
        session.watch.allow(Duration::MAX);
        read.map_err(Failure::from)
    }

    async fn columns(&self, session: &mut Session, query: &BoundQuery) -> Result<Vec<value::Column>, Failure> {
        let (sql, values) = placeholders(query);
        let declared = self.fence(session, &sql, values.len()).await?;
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

async fn identity(path: &Path) -> Option<FileId> {
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
