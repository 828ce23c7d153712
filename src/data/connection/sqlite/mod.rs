//! `SQLite`.
//!
//! That a query only reads is held by three fences: the file is opened read-only; the author's text is prepared alone,
//! so it is whole statements; and it runs as a subquery, so it is one query. Each alone can be passed: a read-only
//! connection still runs `vacuum into`, and text such as `select 1) q; …; select * from (select 1` is a subquery.

mod column;
mod write;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use appspec_lang::value::{Column, Scalar, Type};
use futures_util::TryStreamExt;
use jiff::tz::TimeZone;
use sqlx::pool::PoolConnection;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqlitePool, SqlitePoolOptions, SqliteTypeInfo};
use sqlx::{AssertSqlSafe, Column as _, Either, Executor, Row, SqlSafeStr, Sqlite as Database, Statement, TypeInfo};
use tokio::sync::OnceCell;

use super::{ConnectionSettings, QueryLimits};
use crate::bind::{BoundQuery, Piece, quoted_name};
use crate::blame::blame;
use crate::error::{DataError, DataErrorKind};
use crate::table::Table;
use column::{Builder, Declared};

const PATIENCE: Duration = Duration::from_secs(3);
/// So many steps of `SQLite`'s machine pass before it asks whether to go on: well under a millisecond.
const STEPS: i32 = 1000;

/// A database file.
#[derive(Debug)]
pub(super) struct Sqlite {
    /// As the author wrote it.
    file: String,
    path: PathBuf,
    max_connections: u32,
    zone: TimeZone,
    pool: OnceCell<SqlitePool>,
}

impl Sqlite {
    pub(super) fn new(root: &Path, file: &str, settings: &ConnectionSettings, zone: TimeZone) -> Self {
        let max_connections = settings.max_connections;
        Self { file: file.to_owned(), path: root.join(file), max_connections, zone, pool: OnceCell::new() }
    }

    pub(super) async fn query(&self, query: &BoundQuery, limits: &QueryLimits) -> Result<Table, DataError> {
        let (sql, values) = placeholders(query);
        let mut running = self.acquire().await?;
        let declared = self.fence(&mut running, &sql, values.len()).await?;
        // One row more than is allowed tells whether there are more.
        let limit = limits.max_rows.map_or(String::new(), |rows| format!(" limit {}", rows.saturating_add(1)));
        let mut builders: Vec<Builder> = declared.iter().map(|_| Builder::default()).collect();
        {
            let wrapped = format!("{}{limit}", wrap(&sql));
            let statement = bind_all(sqlx::query(AssertSqlSafe(wrapped)).persistent(false), &values);
            running.is_busy = true;
            let mut rows = running.connection.fetch(statement);
            while let Some(row) = rows.try_next().await.map_err(|error| self.failure(&sql, &error))? {
                for (at, builder) in builders.iter_mut().enumerate() {
                    let cell = row.try_get_raw(at).map_err(|error| self.failure(&sql, &error))?;
                    builder.push(cell).map_err(|error| DataError::rejected(error.to_string()))?;
                }
            }
        }
        running.is_busy = false;
        let columns = declared.iter().zip(builders);
        let series = columns.map(|(column, builder)| builder.finish(column, &self.zone));
        Ok(Table::from_series(series.collect::<Result<_, _>>()?)?.cut_to(limits.max_rows))
    }

    pub(super) async fn describe(&self, query: &BoundQuery) -> Result<Vec<Column>, DataError> {
        let (sql, values) = placeholders(query);
        let mut running = self.acquire().await?;
        let declared = self.fence(&mut running, &sql, values.len()).await?;
        Ok(declared.iter().map(|column| Column { name: column.name.as_str().into(), ty: column.ty.clone() }).collect())
    }

    /// Prepares the text alone, then as a subquery; gives the columns of the result.
    async fn fence(&self, running: &mut Running, sql: &str, values: usize) -> Result<Vec<Declared>, DataError> {
        let alone = AssertSqlSafe(sql.to_owned()).into_sql_str();
        let alone = running.connection.prepare(alone).await.map_err(|error| self.failure(sql, &error))?;
        if alone.columns().is_empty() {
            return Err(DataError::rejected("a query only reads: write it as one `select`"));
        }
        if places_of(alone.parameters()) != values {
            return Err(DataError::rejected("a `{{ }}` stands inside quotes, or a `?` outside of them"));
        }
        let names: Vec<String> = alone.columns().iter().map(|column| column.name().to_owned()).collect();
        if let Some((at, name)) = names.iter().enumerate().find(|(at, name)| names.iter().take(*at).any(|n| n == *name))
        {
            let message = format!("two columns of the result are called `{name}`: rename column {} with `as`", at + 1);
            return Err(DataError::rejected(message));
        }
        let inside = AssertSqlSafe(wrap(sql)).into_sql_str();
        let inside = running
            .connection
            .prepare(inside)
            .await
            .map_err(|_| DataError::rejected("a query is one `select`, without a second statement after it"))?;
        let types = inside.columns().iter().map(|column| declared_type(column.type_info().name()));
        Ok(names.into_iter().zip(types).map(|(name, ty)| Declared { name, ty }).collect())
    }

    async fn acquire(&self) -> Result<Running, DataError> {
        let pool = self.pool.get_or_try_init(|| self.open()).await?;
        let mut connection = pool.acquire().await.map_err(|error| self.failure("", &error))?;
        let stop = Arc::new(AtomicBool::new(false));
        let asked = Arc::clone(&stop);
        let mut handle = connection.lock_handle().await.map_err(|error| self.failure("", &error))?;
        handle.set_progress_handler(STEPS, move || !asked.load(Ordering::Relaxed));
        drop(handle);
        Ok(Running { connection, stop, is_busy: false })
    }

    async fn open(&self) -> Result<SqlitePool, DataError> {
        self.look_for_file().await?;
        let pool = SqlitePoolOptions::new().max_connections(self.max_connections).acquire_timeout(PATIENCE);
        Ok(pool.connect_lazy_with(self.options().read_only(true)))
    }

    fn options(&self) -> SqliteConnectOptions {
        SqliteConnectOptions::new().filename(&self.path).row_buffer_size(1000)
    }

    async fn look_for_file(&self) -> Result<(), DataError> {
        if tokio::fs::try_exists(&self.path).await.unwrap_or(false) {
            return Ok(());
        }
        Err(DataError::file(format!("the database file `{}` is not there", self.file)))
    }

    /// How many connections are in use, or closing after a query that was given up.
    #[cfg(test)]
    pub(super) fn busy(&self) -> usize {
        self.pool.get().map_or(0, |pool| pool.size() as usize - pool.num_idle())
    }

    fn failure(&self, sql: &str, error: &sqlx::Error) -> DataError {
        let file = &self.file;
        match error {
            sqlx::Error::Database(error) => match error.code().as_deref() {
                Some("14") => DataError::file(format!("the database file `{file}` cannot be opened")),
                Some("5" | "6" | "261" | "517") => {
                    let message = format!("the database `{file}` is being written by another");
                    DataError::new(DataErrorKind::Busy, message)
                }
                Some("26") => DataError::file(format!("`{file}` is not a SQLite database")),
                _ => {
                    let (message, at) = blame(sql, error.message());
                    DataError { at, ..DataError::rejected(message) }
                }
            },
            sqlx::Error::PoolTimedOut => {
                let message = format!("all connections to `{file}` have been busy for {} s", PATIENCE.as_secs());
                DataError::new(DataErrorKind::Busy, message)
            }
            _ => DataError::unreachable(format!("the database `{file}` does not answer")),
        }
    }
}

/// A connection in use. Dropped while a query runs, it stops the query, and is not used again.
struct Running {
    connection: PoolConnection<Database>,
    stop: Arc<AtomicBool>,
    is_busy: bool,
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.is_busy {
            self.stop.store(true, Ordering::Relaxed);
            self.connection.close_on_drop();
        }
    }
}

/// How many values a statement takes.
fn places_of(parameters: Option<Either<&[SqliteTypeInfo], usize>>) -> usize {
    match parameters {
        Some(Either::Right(places)) => places,
        Some(Either::Left(types)) => types.len(),
        None => 0,
    }
}

/// The line break keeps a comment at the end of the text from swallowing the bracket.
fn wrap(sql: &str) -> String {
    format!("select * from (\n{sql}\n) as q")
}

/// The text with a `?` for each value, and the values.
fn placeholders(query: &BoundQuery) -> (String, Vec<Scalar>) {
    let mut sql = String::new();
    let mut values = Vec::new();
    for piece in &query.pieces {
        match piece {
            Piece::Sql(text) => sql.push_str(text),
            Piece::Param(Scalar::List(items)) => push_list(items, &mut sql, &mut values),
            Piece::Param(Scalar::Range(ends)) => push_list(ends.as_slice(), &mut sql, &mut values),
            Piece::Param(value) => {
                sql.push('?');
                values.push(value.clone());
            }
            Piece::List(items) => push_list(items, &mut sql, &mut values),
            Piece::Identifier(name) => sql.push_str(&quoted_name(name)),
        }
    }
    let whole = sql.trim_end().trim_end_matches(';').len();
    sql.truncate(whole);
    (sql, values)
}

fn push_list(items: &[Scalar], sql: &mut String, values: &mut Vec<Scalar>) {
    if items.is_empty() {
        sql.push_str("select null where 1=0");
    }
    for (at, item) in items.iter().enumerate() {
        sql.push_str(if at == 0 { "?" } else { ", ?" });
        values.push(item.clone());
    }
}

type Bound<'q> = Query<'q, Database, SqliteArguments>;

fn bind_all<'q>(query: Bound<'q>, values: &[Scalar]) -> Bound<'q> {
    values.iter().fold(query, |query, value| match value {
        Scalar::Null => query.bind(None::<i64>),
        Scalar::Bool(bool) => query.bind(*bool),
        Scalar::Int(int) => query.bind(*int),
        Scalar::Float(float) => query.bind(*float),
        Scalar::Decimal { .. } => query.bind(value.as_float()),
        Scalar::Text(text) => query.bind(text.to_string()),
        Scalar::Bytes(bytes) => query.bind(bytes.to_vec()),
        Scalar::Date(date) => query.bind(date.to_string()),
        Scalar::Time(time) => query.bind(time.to_string()),
        // The form that SQLite's own date functions write.
        Scalar::DateTime(moment) => query.bind(moment.to_string().replacen('T', " ", 1)),
        Scalar::List(_) | Scalar::Range(_) => query.bind(None::<i64>),
    })
}

/// What `SQLite` says of a column is the type it was declared with, and nothing of an expression.
fn declared_type(name: &str) -> Type {
    match name {
        "INTEGER" => Type::Int,
        "REAL" => Type::Float,
        "TEXT" => Type::Text,
        "BOOLEAN" => Type::Bool,
        "DATE" => Type::Date,
        "TIME" => Type::Time,
        "DATETIME" => Type::DateTime,
        _ => Type::Any,
    }
}
