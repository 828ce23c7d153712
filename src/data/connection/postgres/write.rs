//! Writes to `PostgreSQL`, each in a transaction of its own.

use std::time::Duration;

use sqlx::error::DatabaseError;
use sqlx::{Column as _, Executor, Statement, TypeInfo};
use tokio::time::Instant;

use super::kind::Kind;
use super::prepare::Prepared;
use super::{Postgres, Session, State, columns_of, selection, type_name};
use crate::bind::BoundQuery;
use crate::connection::database::{GRACE, Stage, WriteFailure, first_row, patiently, refuse_twins, trusted};
use crate::connection::pool::{Failure, Leaves};
use crate::error::DataError;
use crate::table::Table;

impl Postgres {
    pub(super) async fn write_all(
        &self,
        session: &mut Session,
        statements: &[BoundQuery],
        timeout: Duration,
    ) -> Result<Option<Table>, WriteFailure> {
        let at = |stage| move |failure| WriteFailure { failure, stage };
        let deadline = Instant::now() + timeout + GRACE;
        let begun = patiently(deadline, timeout, self.begin(session, "read write", timeout)).await;
        begun.map_err(at(Stage::Beginning))?;
        let written = patiently(deadline, timeout, self.write_statements(session, statements)).await;
        let done = match written {
            Ok(result) => self.commit(session, timeout).await.map(|()| result),
            Err(failure) if failure.is_whole() => {
                let ending = async { Ok(session.connection.execute("rollback").await) };
                let ended = patiently(Instant::now() + GRACE, timeout, ending).await;
                let leaves = match ended {
                    Ok(Ok(_)) => Leaves::Whole,
                    Ok(Err(_)) => Leaves::Nothing,
                    Err(failure) => failure.leaves,
                };
                Err(at(Stage::Writing)(Failure { leaves, ..failure }))
            }
            Err(failure) => Err(at(Stage::Writing)(failure)),
        };
        // What statements that write have set, made or locked outlives their transaction.
        if done.as_ref().err().is_none_or(|failed| failed.failure.is_whole()) {
            session.state = State::Spent;
        }
        done
    }

    async fn commit(&self, session: &mut Session, timeout: Duration) -> Result<(), WriteFailure> {
        // One that is not answered is left to the server: to end it would not tell what became of it.
        let lost = |_| WriteFailure { failure: Failure::lost(self.server.address.lost()), stage: Stage::Committing };
        let committed = tokio::time::timeout(timeout + GRACE, session.connection.execute("commit")).await;
        // The server says so where it could not; if it says nothing, nobody knows.
        committed.map_err(lost)?.map(drop).map_err(|error| {
            let failure = self.failure("", &error);
            let stage = if failure.is_whole() { Stage::Writing } else { Stage::Committing };
            WriteFailure { failure, stage }
        })
    }

    /// Each statement is prepared when those before it have run: it may need what they make.
    async fn write_statements(
        &self,
        session: &mut Session,
        statements: &[BoundQuery],
    ) -> Result<Option<Table>, Failure> {
        let mut result = None;
        for statement in statements {
            let prepared = self.prepare_inside(session, statement).await?;
            if let Some(table) = self.write_one(session, &prepared).await? {
                result = Some(table);
            }
        }
        Ok(result)
    }

    async fn write_one(&self, session: &mut Session, prepared: &Prepared) -> Result<Option<Table>, Failure> {
        let names = prepared.statement.columns().iter();
        refuse_twins(names.map(sqlx::Column::name))?;
        let mut columns = columns_of(prepared, &self.server.zone);
        let sql = match selection(prepared).as_str() {
            "*" => prepared.sql.clone(),
            // What is returned and not read as it is, is cast around the statement.
            columns => format!("with q as (\n{}\n) select {columns} from q", prepared.sql),
        };
        let query = sqlx::query_with(trusted(sql.as_str()), prepared.arguments()?);
        let done = first_row(session.connection.fetch_many(query), &mut columns).await;
        done.map_err(|error| self.failure_of(prepared, &sql, &error))?;
        if columns.is_empty() {
            return Ok(None);
        }
        let mut warnings = Vec::new();
        let series = columns.into_iter().map(|column| column.finish(&mut warnings));
        let table = Table::from_series(series.collect::<Result<_, _>>()?)?;
        Ok(Some(table.with_warnings(warnings)))
    }

    /// A failure of a statement, which ran as `sql`.
    fn failure_of(&self, prepared: &Prepared, sql: &str, error: &sqlx::Error) -> Failure {
        let mut failure = self.failure(sql, error);
        let Some(before) = sql.find(&prepared.sql).filter(|before| *before > 0) else { return failure };
        let code = error.as_database_error().and_then(DatabaseError::code);
        // Alone it was taken: it is one that stands in no `with`.
        if matches!(code.as_deref(), Some("0A000" | "42601"))
            && let Some(column) = prepared.statement.columns().iter().find(|column| is_cast(column))
        {
            let (name, ty) = (column.name(), type_name(column.type_info().name()));
            let message = format!(
                "the column `{name}` is of type `{ty}`, which this statement cannot return: write `{name}::text`"
            );
            return DataError::rejected(message).into();
        }
        failure.error.at = failure.error.at.and_then(|at| at.checked_sub(before));
        failure
    }
}

fn is_cast(column: &sqlx::postgres::PgColumn) -> bool {
    Kind::of(column.type_info()).cast().is_some()
}
