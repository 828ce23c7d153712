//! Writes to `SQLite`, each in a transaction and on a connection of its own.

use std::time::Duration;

use appspec_lang::value::{self, Scalar};
use futures_util::TryStreamExt;
use sqlx::{Either, Executor, Row, SqlSafeStr, Statement};

use super::column::{Column, Declared};
use super::{Session, Sqlite, bind_all, placeholders, places_of};
use crate::bind::BoundQuery;
use crate::connection::database::{Cells, Stage, WriteFailure, refuse_twins, trusted};
use crate::connection::pool::{Engine, Failure};
use crate::error::DataError;
use crate::table::Table;

/// A statement that the database takes.
struct Prepared {
    sql: String,
    values: Vec<Scalar>,
    /// What it returns.
    declared: Vec<Declared>,
}

impl Sqlite {
    pub(super) async fn write_apart(
        &self,
        statements: &[BoundQuery],
        timeout: Duration,
    ) -> Result<Option<Table>, WriteFailure> {
        let failed = |error: DataError, stage| WriteFailure { failure: Failure::from(error), stage };
        let mut session = self.connect(true).await.map_err(|error| failed(error, Stage::Beginning))?;
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
            Err(error) => Err(failed(session.late_or(error), Stage::Writing)),
        };
        // What is not committed ends with the connection.
        self.close(session).await;
        written
    }

    /// The columns that a statement returns; it is not run, and could not write here.
    pub(in crate::connection) async fn returned(
        &self,
        statement: &BoundQuery,
    ) -> Result<Vec<value::Column>, DataError> {
        let mut session = self.connect(false).await?;
        let prepared = self.prepare(&mut session, statement).await;
        self.close(session).await;
        Ok(prepared?
            .declared
            .into_iter()
            .map(|column| value::Column { name: column.name.into(), ty: column.ty })
            .collect())
    }

    async fn write_all(&self, session: &mut Session, statements: &[BoundQuery]) -> Result<Option<Table>, DataError> {
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

    async fn prepare(&self, session: &mut Session, statement: &BoundQuery) -> Result<Prepared, DataError> {
        let (sql, values) = placeholders(statement);
        let failed = |error: sqlx::Error| self.failure(&sql, &error);
        let prepared = session.connection.prepare(trusted(sql.as_str()).into_sql_str()).await.map_err(failed)?;
        if places_of(&prepared) != values.len() {
            return Err(DataError::rejected("a `{{ }}` stands inside quotes, or a `?` outside of them"));
        }
        refuse_twins(prepared.columns().iter().map(sqlx::Column::name))?;
        let declared = self.declared(session, &prepared).await?;
        Ok(Prepared { sql, values, declared })
    }

    async fn write_one(&self, session: &mut Session, statement: &BoundQuery) -> Result<Option<Table>, DataError> {
        let Prepared { sql, values, declared } = self.prepare(session, statement).await?;
        let failed = |error: sqlx::Error| self.failure(&sql, &error);
        let mut columns: Vec<Column> = declared.into_iter().map(Column::new).collect();
        let (mut rows, mut ended) = (0, 0);
        {
            let query = bind_all(sqlx::query(trusted(sql.as_str())).persistent(false), &values);
            let mut steps = session.connection.fetch_many(query);
            while let Some(step) = steps.try_next().await.map_err(failed)? {
                let Either::Right(row) = step else {
                    ended += 1;
                    continue;
                };
                rows += 1;
                if rows > 1 || ended > 0 {
                    continue;
                }
                for (at, column) in columns.iter_mut().enumerate() {
                    let cell = row.try_get_raw(at).map_err(failed)?;
                    column.push(cell).map_err(|error| failed(sqlx::Error::Decode(error)))?;
                }
            }
        }
        if ended > 1 {
            return Err(DataError::rejected("`sql` holds two statements: write them as a list"));
        }
        if columns.is_empty() {
            return Ok(None);
        }
        let series = columns.into_iter().map(|column| column.finish(&self.zone));
        Table::from_series(series.collect::<Result<_, _>>()?).map(Some)
    }
}
