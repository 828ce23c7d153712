//! What all databases have in common: one way to a query's table, through sessions that may get lost.

use std::fmt::Debug;
use std::time::Duration;

use appspec_lang::value::Column;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use futures_util::{FutureExt, TryStreamExt};
use sqlx::error::BoxDynError;
use sqlx::{AssertSqlSafe, ColumnIndex, Either, Row};
use tokio::time::{Instant, timeout_at};

use super::pool::{Engine, Failure, Pool, PoolStats};
use super::write::WriteError;
use crate::bind::BoundQuery;
use crate::error::{DataError, DataErrorKind};
use crate::table::Table;

/// So much later than the database itself a query is given up here: where the database does not answer at all.
pub(super) const GRACE: Duration = Duration::from_secs(1);

/// How far a query may go on one session.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) max_rows: Option<u64>,
    /// What is left of its time; never zero.
    pub(super) timeout: Duration,
}

/// A kind of database that is asked in SQL.
///
/// A method that fails without losing its session leaves it as it found it.
pub(super) trait Database: Engine {
    /// The table of a query, which only reads, whatever its text says. At most one row more than allowed is read.
    fn read(
        &self,
        session: &mut Self::Session,
        query: &BoundQuery,
        limits: &Limits,
    ) -> impl Future<Output = Result<Table, Failure>> + Send;

    /// The columns of what is not run. Where it is refused, [`DataError::at`] counts each value as one `?`, and each
    /// name in double quotes.
    fn columns(
        &self,
        session: &mut Self::Session,
        described: &Described,
    ) -> impl Future<Output = Result<Vec<Column>, Failure>> + Send;

    /// Runs statements in one transaction; gives the first row of the last one that returns columns.
    fn write(
        &self,
        session: &mut Self::Session,
        statements: &[BoundQuery],
        timeout: Duration,
    ) -> impl Future<Output = Result<Option<Table>, WriteFailure>> + Send;
}

/// What is looked at without being run.
#[derive(Clone, Debug)]
pub(crate) enum Described {
    Query(BoundQuery),
    /// A statement of a write.
    Statement(BoundQuery),
}

/// A database that is asked in SQL, whatever its kind.
pub(super) trait Sql: Debug + Send + Sync {
    /// The table of a query. Dropping the future ends it in the database.
    fn query<'a>(
        &'a self,
        query: &'a BoundQuery,
        max_rows: Option<u64>,
        timeout: Duration,
    ) -> BoxFuture<'a, Result<Table, DataError>>;

    fn describe<'a>(
        &'a self,
        described: &'a Described,
        timeout: Duration,
    ) -> BoxFuture<'a, Result<Vec<Column>, DataError>>;

    /// Runs statements in one transaction; gives the first row of the last one that returns columns.
    fn write<'a>(
        &'a self,
        statements: &'a [BoundQuery],
        timeout: Duration,
    ) -> BoxFuture<'a, Result<Option<Table>, WriteError>>;

    fn stats(&self) -> PoolStats;
}

impl<E: Database> Sql for Pool<E> {
    fn query<'a>(
        &'a self,
        query: &'a BoundQuery,
        max_rows: Option<u64>,
        timeout: Duration,
    ) -> BoxFuture<'a, Result<Table, DataError>> {
        self.run_query(query, max_rows, timeout).boxed()
    }

    fn describe<'a>(
        &'a self,
        described: &'a Described,
        timeout: Duration,
    ) -> BoxFuture<'a, Result<Vec<Column>, DataError>> {
        self.run_describe(described, timeout).boxed()
    }

    fn write<'a>(
        &'a self,
        statements: &'a [BoundQuery],
        timeout: Duration,
    ) -> BoxFuture<'a, Result<Option<Table>, WriteError>> {
        self.run_write(statements, timeout).boxed()
    }

    fn stats(&self) -> PoolStats {
        self.counts()
    }
}

/// Why a write failed.
#[derive(Debug)]
pub(super) struct WriteFailure {
    pub(super) failure: Failure,
    pub(super) stage: Stage,
}

/// How far a write had come when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nothing had been asked of the database: it may be tried again.
    Beginning,
    /// Nothing is saved.
    Writing,
    /// The commit was sent and not answered.
    Committing,
}

impl<E: Database> Pool<E> {
    async fn run_query(
        &self,
        query: &BoundQuery,
        max_rows: Option<u64>,
        timeout: Duration,
    ) -> Result<Table, DataError> {
        let started = Instant::now();
        let deadline = started + timeout;
        let reading = async {
            let mut is_fresh = false;
            loop {
                let mut lease = self.acquire(deadline, is_fresh).await?;
                let limits = Limits { max_rows, timeout: left_until(deadline) };
                let outcome = self.engine().read(lease.session(), query, &limits).await;
                if let Some(settled) = lease.settle(outcome) {
                    return Ok(settled?.cut_to(max_rows));
                }
                is_fresh = true;
            }
        };
        let read = in_time(deadline, timeout, reading).await;
        let rows = read.as_ref().map_or(0, Table::rows);
        let failure = read.as_ref().err().map(tracing::field::display);
        let (connection, elapsed) = (&**self.name(), started.elapsed());
        tracing::debug!(connection, rows, ?elapsed, failure, sql = query.shape(), "query");
        read
    }

    async fn run_describe(&self, described: &Described, timeout: Duration) -> Result<Vec<Column>, DataError> {
        let deadline = Instant::now() + timeout;
        let describing = async {
            let mut is_fresh = false;
            loop {
                let mut lease = self.acquire(deadline, is_fresh).await?;
                let outcome = self.engine().columns(lease.session(), described).await;
                if let Some(settled) = lease.settle(outcome) {
                    return settled;
                }
                is_fresh = true;
            }
        };
        in_time(deadline, timeout, describing).await
    }

    async fn run_write(&self, statements: &[BoundQuery], timeout: Duration) -> Result<Option<Table>, WriteError> {
        let deadline = Instant::now() + timeout;
        let mut is_fresh = false;
        loop {
            let mut lease = self.acquire(deadline, is_fresh).await?;
            // The backstop in time is in there: a commit that is not waited for is one that nobody knows of.
            let outcome = self.engine().write(lease.session(), statements, left_until(deadline)).await;
            let stage = outcome.as_ref().err().map_or(Stage::Writing, |failure| failure.stage);
            let unless_begun = if stage == Stage::Beginning { None } else { outcome.as_ref().err() };
            let error = unless_begun.map(|failure| failure.failure.error.clone());
            let settled = lease.settle(outcome.map_err(|failure| failure.failure));
            match (settled, error) {
                (Some(settled), _) => {
                    let is_unknown = stage == Stage::Committing;
                    return settled.map_err(|error| WriteError { error: timely(error, timeout), is_unknown });
                }
                // What had begun to write is not begun again.
                (None, Some(error)) => return Err(WriteError { error, is_unknown: stage == Stage::Committing }),
                (None, None) => is_fresh = true,
            }
        }
    }
}

fn left_until(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1))
}

async fn in_time<T>(
    deadline: Instant,
    timeout: Duration,
    work: impl Future<Output = Result<T, DataError>>,
) -> Result<T, DataError> {
    let done = timeout_at(deadline + GRACE, work).await;
    done.unwrap_or_else(|_| Err(DataError::timeout(timeout))).map_err(|error| timely(error, timeout))
}

/// A database knows only what was left of the time.
fn timely(error: DataError, timeout: Duration) -> DataError {
    if error.kind == DataErrorKind::Timeout { DataError::timeout(timeout) } else { error }
}

/// Waits for a part of a write, until somewhat after the database itself should have given it up.
pub(super) async fn patiently<T>(
    deadline: Instant,
    timeout: Duration,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    timeout_at(deadline, work).await.unwrap_or_else(|_| Err(Failure::given_up(DataError::timeout(timeout))))
}

/// A column under construction, which reads the cells of one kind of database.
pub(super) trait Cells<D: sqlx::Database> {
    fn name(&self) -> &str;

    fn push(&mut self, cell: D::ValueRef<'_>) -> Result<(), BoxDynError>;
}

/// What a driver gives of a statement, one by one: rows, and that it has ended.
type Steps<'s, D> =
    BoxStream<'s, Result<Either<<D as sqlx::Database>::QueryResult, <D as sqlx::Database>::Row>, sqlx::Error>>;

/// Reads rows into columns, `most` of them; whether these are all.
pub(super) async fn read_rows<D: sqlx::Database, C: Cells<D>>(
    mut steps: Steps<'_, D>,
    columns: &mut [C],
    most: Option<u64>,
) -> Result<bool, sqlx::Error>
where
    usize: ColumnIndex<D::Row>,
{
    let mut count = 0;
    let mut has_ended = false;
    while let Some(step) = steps.try_next().await? {
        let Either::Right(row) = step else {
            has_ended = true;
            continue;
        };
        if most == Some(count) {
            return Ok(false);
        }
        // A table may be changed between the moment it is looked at and the moment it is read.
        if count == 0 && !row.columns().iter().map(sqlx::Column::name).eq(columns.iter().map(Cells::<D>::name)) {
            return Err(sqlx::Error::Protocol("other columns than were announced".to_owned()));
        }
        push_row::<D, C>(&row, columns)?;
        count += 1;
    }
    // Where the driver itself breaks off, what came is not all.
    if has_ended { Ok(true) } else { Err(sqlx::Error::WorkerCrashed) }
}

/// Reads the first row of what a statement of a write returns, and waits for its end. Gives the number of statements
/// that have ended: a driver may be given a text with several.
pub(super) async fn first_row<D: sqlx::Database, C: Cells<D>>(
    mut steps: Steps<'_, D>,
    columns: &mut [C],
) -> Result<usize, sqlx::Error>
where
    usize: ColumnIndex<D::Row>,
{
    let (mut is_first, mut ended) = (true, 0);
    while let Some(step) = steps.try_next().await? {
        match step {
            Either::Left(_) => ended += 1,
            Either::Right(row) if is_first && ended == 0 => {
                push_row::<D, C>(&row, columns)?;
                is_first = false;
            }
            Either::Right(_) => {}
        }
    }
    Ok(ended)
}

fn push_row<D: sqlx::Database, C: Cells<D>>(row: &D::Row, columns: &mut [C]) -> Result<(), sqlx::Error>
where
    usize: ColumnIndex<D::Row>,
{
    for (at, column) in columns.iter_mut().enumerate() {
        column.push(row.try_get_raw(at)?).map_err(sqlx::Error::Decode)?;
    }
    Ok(())
}

/// Lets SQL through to a driver: its values are beside it, as parameters, and its names quoted.
///
/// The only place where sqlx is told that text is safe.
pub(super) fn trusted(sql: impl Into<String>) -> AssertSqlSafe<String> {
    AssertSqlSafe(sql.into())
}

/// Refuses a result of which two columns have one name.
pub(super) fn refuse_twins<'n>(names: impl Iterator<Item = &'n str>) -> Result<(), DataError> {
    let mut seen: Vec<&str> = Vec::new();
    for (at, name) in names.enumerate() {
        if seen.contains(&name) {
            let message = format!("two columns of the result are called `{name}`: rename column {} with `as`", at + 1);
            return Err(DataError::rejected(message));
        }
        seen.push(name);
    }
    Ok(())
}
