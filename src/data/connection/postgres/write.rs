//! Writes to `PostgreSQL`, each in a transaction of its own.

use std::time::Duration;

use futures_util::TryStreamExt;
use sqlx::{Either, Executor, Row, Statement};

use super::prepare::Prepared;
use super::{Postgres, Session, columns_of, selection};
use crate::bind::BoundQuery;
use crate::connection::database::{Cells, GRACE, Stage, WriteFailure, refuse_twins, trusted};
use crate::connection::pool::Failure;
use crate::table::Table;

impl Postgres {
    pub(super) async fn write_all(
        &self,
        session: &mut Session,
        statements: &[BoundQuery],
        timeout: Duration,
    ) -> Result<Option<Table>, WriteFailure> {
        let beginning = |failure| WriteFailure { failure, stage: Stage::Beginning };
        let mut prepared = Vec::new();
        for statement in statements {
            prepared.push(self.prepare(session, statement).await.map_err(beginning)?);
        }
        self.begin(session, "read write", timeout).await.map_err(beginning)?;
        // Each statement is timed by the server; this is for a server that does not answer at all.
        let lost = || Failure { error: self.address.lost(), is_lost: true };
        let written = tokio::time::timeout(timeout + GRACE, self.write_prepared(session, &prepared)).await;
        match written.unwrap_or_else(|_| Err(lost())) {
            Ok(result) => {
                let committed = tokio::time::timeout(timeout + GRACE, session.connection.execute("commit")).await;
                let committed = committed.map(|done| done.map_err(|error| self.failure("", &error)));
                // The server says so where it could not; if it says nothing, nobody knows.
                committed.unwrap_or_else(|_| Err(lost())).map_err(|failure| {
                    let stage = if failure.is_lost { Stage::Committing } else { Stage::Writing };
                    WriteFailure { failure, stage }
                })?;
                self.unlock(session).await;
                Ok(result)
            }
            Err(failure) if failure.is_lost => Err(WriteFailure { failure, stage: Stage::Writing }),
            Err(failure) => {
                let ended = session.connection.execute("rollback; select pg_catalog.pg_advisory_unlock_all()").await;
                let is_lost = ended.is_err();
                Err(WriteFailure { failure: Failure { is_lost, ..failure }, stage: Stage::Writing })
            }
        }
    }

    /// What was committed is committed, whatever becomes of the session.
    async fn unlock(&self, session: &mut Session) {
        let unlocked = session.connection.execute("select pg_catalog.pg_advisory_unlock_all()").await;
        if let Err(error) = unlocked {
            let error = self.failure("", &error).error;
            tracing::debug!(connection = &*self.address.name, %error, "a session was lost after its commit");
        }
    }

    async fn write_prepared(&self, session: &mut Session, prepared: &[Prepared]) -> Result<Option<Table>, Failure> {
        let mut result = None;
        for statement in prepared {
            if let Some(table) = self.write_one(session, statement).await? {
                result = Some(table);
            }
        }
        Ok(result)
    }

    async fn write_one(&self, session: &mut Session, prepared: &Prepared) -> Result<Option<Table>, Failure> {
        let names = prepared.statement.columns().iter();
        refuse_twins(names.map(sqlx::Column::name))?;
        let mut columns = columns_of(prepared, &self.zone);
        let failure = |error: &sqlx::Error| self.failure(&prepared.sql, error);
        let sql = match selection(prepared).as_str() {
            "*" => prepared.sql.clone(),
            // What is returned and not read as it is, is cast around the statement.
            columns => format!("with q as (\n{}\n) select {columns} from q", prepared.sql),
        };
        let query = sqlx::query_with(trusted(sql), prepared.arguments()?);
        let mut is_first = true;
        let mut steps = session.connection.fetch_many(query);
        while let Some(step) = steps.try_next().await.map_err(|error| failure(&error))? {
            let Either::Right(row) = step else { continue };
            if is_first {
                for (at, column) in columns.iter_mut().enumerate() {
                    let cell = row.try_get_raw(at).map_err(|error| failure(&error))?;
                    column.push(cell).map_err(|error| failure(&sqlx::Error::Decode(error)))?;
                }
            }
            is_first = false;
        }
        if columns.is_empty() {
            return Ok(None);
        }
        let mut warnings = Vec::new();
        let series = columns.into_iter().map(|column| column.finish(&mut warnings));
        let table = Table::from_series(series.collect::<Result<_, _>>()?)?;
        Ok(Some(table.with_warnings(warnings)))
    }
}
