//! Writes to `SQLite`, each in a transaction and on a connection of its own.

use std::time::Duration;

use appspec_lang::value::Scalar;
use sqlx::{Executor, SqlSafeStr, Statement};

use super::column::{Column, Declared};
use super::{Session, Sqlite, bind_all, placeholders, places_of};
use crate::bind::BoundQuery;
use crate::connection::database::{Stage, WriteFailure, first_row, refuse_twins, trusted};
use crate::connection::pool::{Engine, Failure};
use crate::error::DataError;
use crate::table::Table;

/// A statement that the database takes.
pub(super) struct Prepared {
    sql: String,
    values: Vec<Scalar>,
    /// What it returns.
    declared: Vec<Declared>,
}

impl Prepared {
    pub(super) fn declared(self) -> Vec<Declared> {
        self.declared
    }
}

impl Sqlite {
    pub(super) async fn write_apart(
        &self,
        statements: &[BoundQuery],
        timeout: Duration,
    ) -> Result<Option<Table>, WriteFailure> {
        // It is not the session of the pool that a failure leaves, whatever it leaves.
        let failed = |failure: Failure, stage| WriteFailure { failure: failure.error.into(), stage };
        let mut session = self.connect(true).await.map_err(|error| failed(error.into(), Stage::Beginning))?;
        session.watch.allow(timeout);
        let written = self.write_all(&mut session, statements).await;
        let written = match written {
            Ok(result) => {
                // A commit is not cut short.
                session.watch.allow(Duration::MAX);
                let committed = session.connection.execute("commit").await;
                committed.map(|_| result).map_err(|error| {
                    let stage = if error.as_database_error().is_some() { Stage::Writing } else { Stage::Committing };
                    failed(self.failure("", &error), stage)
                })
            }
            Err(failure) => Err(failed(session.late_or(failure), Stage::Writing)),
        };
        // What is not committed ends with the connection.
        self.close(session).await;
        written
    }

    async fn write_all(&self, session: &mut Session, statements: &[BoundQuery]) -> Result<Option<Table>, Failure> {
        // A transaction that began by reading could not wait for another that writes.
        let begun = session.connection.execute("begin immediate").await;
        begun.map_err(|error| self.failure("", &error))?;
        let mut result = None;
        for statement in statements {
            if let Some(table) = self.write_one(session, statement).await? {
                result = Some(table);
            }
        }
        Ok(result)
    }

    pub(super) async fn prepare(&self, session: &mut Session, statement: &BoundQuery) -> Result<Prepared, Failure> {
        let (sql, values) = placeholders(statement);
        let failed = |error: sqlx::Error| self.failure(&sql, &error);
        let prepared = session.connection.prepare(trusted(sql.as_str()).into_sql_str()).await.map_err(failed)?;
        if places_of(&prepared) != values.len() {
            return Err(DataError::rejected("a `{{ }}` stands inside quotes, or a `?` outside of them").into());
        }
        refuse_twins(prepared.columns().iter().map(sqlx::Column::name))?;
        let declared = self.declared(session, &prepared).await?;
        Ok(Prepared { sql, values, declared })
    }

    async fn write_one(&self, session: &mut Session, statement: &BoundQuery) -> Result<Option<Table>, Failure> {
        let Prepared { sql, values, declared } = self.prepare(session, statement).await?;
        let mut columns: Vec<Column> = declared.into_iter().map(Column::new).collect();
        let steps = session.connection.fetch_many(bind_all(sqlx::query(trusted(sql.as_str())), &values));
        let ended = first_row(steps, &mut columns).await.map_err(|error| self.failure(&sql, &error))?;
        if ended > 1 {
            return Err(DataError::rejected("`sql` holds two statements: write them as a list").into());
        }
        if columns.is_empty() {
            return Ok(None);
        }
        let series = columns.into_iter().map(|column| column.finish(&self.zone));
        Ok(Some(Table::from_series(series.collect::<Result<_, _>>()?)?))
    }
}
