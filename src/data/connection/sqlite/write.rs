//! Writes to `SQLite`, each in a transaction of its own.

use futures_util::TryStreamExt;
use sqlx::{
    AssertSqlSafe, Column as _, Connection, Either, Executor, Row, SqlSafeStr, SqliteConnection, Statement, TypeInfo,
};

use super::column::{Builder, Declared};
use super::{Sqlite, bind_all, declared_type, placeholders, places_of};
use crate::bind::BoundQuery;
use crate::connection::write::WriteError;
use crate::error::DataError;
use crate::table::Table;

impl Sqlite {
    /// Runs statements in one transaction; gives the first row of the last one that returns columns.
    pub(crate) async fn write(&self, statements: &[BoundQuery]) -> Result<Option<Table>, WriteError> {
        let mut connection = self.open_writing().await?;
        let written = self.write_all(&mut connection, statements).await;
        // What is not committed ends with the connection.
        let closed = connection.close().await;
        let written = written?;
        closed.map_err(|error| self.failure("", &error))?;
        Ok(written)
    }

    async fn open_writing(&self) -> Result<SqliteConnection, DataError> {
        self.look_for_file().await?;
        let options = self.options().read_only(false);
        SqliteConnection::connect_with(&options).await.map_err(|error| self.failure("", &error))
    }

    async fn write_all(
        &self,
        connection: &mut SqliteConnection,
        statements: &[BoundQuery],
    ) -> Result<Option<Table>, WriteError> {
        // A transaction that began by reading could not wait for another that writes.
        connection.execute("begin immediate").await.map_err(|error| self.failure("", &error))?;
        let mut result = None;
        for statement in statements {
            if let Some(table) = self.write_one(connection, statement).await? {
                result = Some(table);
            }
        }
        connection.execute("commit").await.map_err(|error| {
            let is_unknown = !matches!(error, sqlx::Error::Database(_));
            WriteError { error: self.failure("", &error), is_unknown }
        })?;
        Ok(result)
    }

    async fn write_one(
        &self,
        connection: &mut SqliteConnection,
        statement: &BoundQuery,
    ) -> Result<Option<Table>, DataError> {
        let (sql, values) = placeholders(statement);
        let failure = |error: &sqlx::Error| self.failure(&sql, error);
        let prepared = connection.prepare(AssertSqlSafe(sql.clone()).into_sql_str());
        let prepared = prepared.await.map_err(|error| failure(&error))?;
        if places_of(prepared.parameters()) != values.len() {
            return Err(DataError::rejected("a `{{ }}` stands inside quotes, or a `?` outside of them"));
        }
        let declared: Vec<Declared> = prepared
            .columns()
            .iter()
            .map(|column| Declared { name: column.name().to_owned(), ty: declared_type(column.type_info().name()) })
            .collect();
        let mut builders: Vec<Builder> = declared.iter().map(|_| Builder::default()).collect();
        let (mut rows, mut ended) = (0, 0);
        {
            let query = bind_all(sqlx::query(AssertSqlSafe(sql.clone())).persistent(false), &values);
            let mut steps = connection.fetch_many(query);
            while let Some(step) = steps.try_next().await.map_err(|error| failure(&error))? {
                let Either::Right(row) = step else {
                    ended += 1;
                    continue;
                };
                rows += 1;
                if rows > 1 || ended > 0 {
                    continue;
                }
                for (at, builder) in builders.iter_mut().enumerate() {
                    let cell = row.try_get_raw(at).map_err(|error| failure(&error))?;
                    builder.push(cell).map_err(|error| DataError::rejected(error.to_string()))?;
                }
            }
        }
        if ended > 1 {
            return Err(DataError::rejected("`sql` holds two statements: write them as a list"));
        }
        if declared.is_empty() {
            return Ok(None);
        }
        let columns = declared.iter().zip(builders).map(|(column, builder)| builder.finish(column, &self.zone));
        Table::from_series(columns.collect::<Result<_, _>>()?).map(Some)
    }
}
