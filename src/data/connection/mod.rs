//! Connections to databases: read-only, opened when first used, shared by all views.

mod sqlite;
mod sqlite_column;

use std::collections::BTreeMap;
use std::path::Path;

use appspec_lang::spec::{Connection, ConnectionKind, Name};
use appspec_lang::value::Column;
use jiff::tz::TimeZone;

use crate::bind::BoundQuery;
use crate::error::DataError;
use crate::table::Table;
use sqlite::Sqlite;

/// The connections of an app, by name.
#[derive(Debug)]
pub(crate) struct Connections(BTreeMap<Name, Sqlite>);

impl Connections {
    /// Opens nothing yet.
    pub(crate) fn new(root: &Path, connections: &[Connection], zone: &TimeZone) -> Self {
        let opened = connections.iter().map(|connection| {
            let ConnectionKind::Sqlite { file } = &connection.kind;
            (Name::clone(&connection.name.value), Sqlite::new(root, &file.value, zone.clone()))
        });
        Self(opened.collect())
    }

    /// Runs a query, and reads at most one row more than `max_rows`. Dropping the future ends it in the database.
    pub(crate) async fn query(
        &self,
        connection: &str,
        query: &BoundQuery,
        max_rows: Option<u64>,
    ) -> Result<Table, DataError> {
        self.find(connection)?.query(query, max_rows).await
    }

    /// The columns of a query that is not run.
    pub(crate) async fn describe(&self, connection: &str, query: &BoundQuery) -> Result<Vec<Column>, DataError> {
        self.find(connection)?.describe(query).await
    }

    #[cfg(test)]
    pub(crate) fn busy(&self) -> usize {
        self.0.values().map(Sqlite::busy).sum()
    }

    fn find(&self, connection: &str) -> Result<&Sqlite, DataError> {
        self.0.get(connection).ok_or_else(|| DataError::rejected(format!("there is no connection `{connection}`")))
    }
}
