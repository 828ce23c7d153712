//! Queries on `MySQL` and `MariaDB`.

use std::time::Duration;

use appspec_lang::value::{self, Scalar};
use jiff::tz::TimeZone;
use sqlx::mysql::MySqlStatement;
use sqlx::{Column as _, Either, Executor, SqlSafeStr, Statement, raw_sql};

use super::bind::{bind_all, has_moment, origin, placeholders};
use super::column::Column;
use super::failure::{self, ONLY_READS};
use super::residue::leaves_nothing;
use super::{MySql, Session, State};
use crate::bind::BoundQuery;
use crate::connection::database::{Described, Limits, read_rows, refuse_twins, trusted};
use crate::connection::pool::Failure;
use crate::connection::template::wrap;
use crate::error::DataError;
use crate::table::Table;

impl MySql {
    /// The table of a query, in a transaction that only reads.
    pub(super) async fn read_all(
        &self,
        session: &mut Session,
        query: &BoundQuery,
        limits: &Limits,
    ) -> Result<Table, Failure> {
        let (sql, values) = self.bound(session, query)?;
        // One row more than is allowed tells whether there are more.
        let most = limits.max_rows.map(|rows| rows.saturating_add(1));
        self.begin(session, "start transaction read only", most, limits.timeout).await?;
        let read = self.rows(session, &sql, &values, most).await;
        if session.state == State::Unread || read.as_ref().is_err_and(|failure| !failure.is_whole()) {
            return read;
        }
        self.undo(session).await?;
        if !leaves_nothing(&sql) {
            session.state = State::Touched;
        }
        read
    }

    /// The columns of what is not run.
    pub(super) async fn announced(
        &self,
        session: &mut Session,
        described: &Described,
    ) -> Result<Vec<value::Column>, Failure> {
        let (Described::Query(query) | Described::Statement(query)) = described;
        let (sql, values) = self.bound(session, query)?;
        let prepared = match described {
            Described::Query(_) => self.prepare_query(session, &sql, values.len()).await,
            Described::Statement(_) => self.prepare(session, &sql, values.len()).await,
        };
        let prepared = prepared.map_err(|mut failure| {
            failure.error.at = failure.error.at.map(|at| origin(query, at));
            failure
        })?;
        refuse_twins(prepared.columns().iter().map(sqlx::Column::name))?;
        let columns = columns_of(&prepared, session.is_utc.then_some(&self.server.zone));
        columns.into_iter().map(Column::announced).collect::<Result<_, _>>().map_err(Failure::from)
    }

    /// The text of a query with a place for each of its values, as the session understands them.
    pub(super) fn bound(&self, session: &Session, query: &BoundQuery) -> Result<(String, Vec<Scalar>), DataError> {
        let (sql, values) = placeholders(query)?;
        // It may stand for the clock on the wall, or beside a `timestamp`, which is in UTC there: nobody can know.
        if session.is_utc && self.server.zone != TimeZone::UTC && has_moment(&values) {
            let zone = self.server.zone.iana_name().unwrap_or_default();
            let message = format!(
                "the server does not know the time zone `{zone}` of the app, so a date with a time cannot be bound: \
                 load the server's time zone tables, or set `timezone: UTC`"
            );
            return Err(DataError::rejected(message));
        }
        Ok((sql, values))
    }

    async fn rows(
        &self,
        session: &mut Session,
        sql: &str,
        values: &[Scalar],
        most: Option<u64>,
    ) -> Result<Table, Failure> {
        let prepared = self.prepare_query(session, sql, values.len()).await?;
        let mut columns = columns_of(&prepared, session.is_utc.then_some(&self.server.zone));
        session.is_started = true;
        let rows = session.connection.fetch_many(bind_all(sqlx::query(trusted(sql)), values));
        let is_whole = read_rows(rows, &mut columns, most).await.map_err(|error| self.failure(sql, &error))?;
        if !is_whole {
            // A limit of the query's own is above that of the session: what follows is not waited for.
            session.state = State::Unread;
        }
        Ok(table_of(columns)?)
    }

    /// Sets all that statements depend on and begins a transaction, in one round trip.
    pub(super) async fn begin(
        &self,
        session: &mut Session,
        transaction: &str,
        most: Option<u64>,
        timeout: Duration,
    ) -> Result<(), Failure> {
        let most = most.map_or("default".to_owned(), |rows| rows.to_string());
        let (seconds, millis) = (timeout.as_secs_f64().max(0.001), timeout.as_millis().max(1));
        let wait = timeout.as_secs().clamp(1, 1 << 30);
        // Each of the two servers takes for a comment what is for the other.
        let script = format!(
            "set session sql_select_limit = {most}, innodb_lock_wait_timeout = {wait} \
             /*M!100101 , max_statement_time = {seconds:.3} */ /*!50708 , max_execution_time = {millis} */; {transaction}"
        );
        session.is_started = false;
        let begun = session.connection.execute(raw_sql(trusted(script))).await;
        begun.map(drop).map_err(|error| Failure::lost(self.failure("", &error).error))
    }

    /// Ends a transaction without a trace.
    pub(super) async fn undo(&self, session: &mut Session) -> Result<(), Failure> {
        let undone = session.connection.execute(raw_sql("rollback")).await;
        undone.map(drop).map_err(|error| Failure::lost(self.failure("", &error).error))
    }

    /// Has a statement read by the server without running it. A second one behind it is an error.
    pub(super) async fn prepare(
        &self,
        session: &mut Session,
        sql: &str,
        values: usize,
    ) -> Result<MySqlStatement, Failure> {
        let prepared = session.connection.prepare(trusted(sql).into_sql_str()).await;
        let prepared = prepared.map_err(|error| self.failure(sql, &error))?;
        if places_of(&prepared) != values {
            return Err(DataError::rejected("a `{{ }}` stands inside quotes, or a `?` outside of them").into());
        }
        Ok(prepared)
    }

    /// Has a query read, alone and as a subquery.
    async fn prepare_query(&self, session: &mut Session, sql: &str, values: usize) -> Result<MySqlStatement, Failure> {
        let alone = self.prepare(session, sql, values).await?;
        if alone.columns().is_empty() {
            return Err(DataError::rejected(ONLY_READS).into());
        }
        refuse_twins(alone.columns().iter().map(sqlx::Column::name))?;
        let inside = session.connection.prepare(trusted(wrap("*", sql, None)).into_sql_str()).await;
        inside.map_err(|error| match failure::number(&error) {
            Some(failure::NOT_UNDERSTOOD | failure::OUT_OF_PLACE) => DataError::rejected(ONLY_READS).into(),
            _ => self.failure(sql, &error),
        })?;
        Ok(alone)
    }
}

/// The columns as they are announced; `zone` is given where moments come in UTC.
pub(super) fn columns_of(prepared: &MySqlStatement, zone: Option<&TimeZone>) -> Vec<Column> {
    let columns = prepared.columns().iter();
    columns.map(|column| Column::new(column.name(), column.type_info(), zone)).collect()
}

pub(super) fn table_of(columns: Vec<Column>) -> Result<Table, DataError> {
    let mut warnings = Vec::new();
    let series = columns.into_iter().map(|column| column.finish(&mut warnings));
    Ok(Table::from_series(series.collect::<Result<_, _>>()?)?.with_warnings(warnings))
}

/// How many values a statement takes.
fn places_of(statement: &MySqlStatement) -> usize {
    match statement.parameters() {
        Some(Either::Right(places)) => places,
        Some(Either::Left(types)) => types.len(),
        None => 0,
    }
}
