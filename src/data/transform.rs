//! SQL over tables, in this process, by Polars.

use appspec_lang::spec::Name;
use polars::prelude::{DataFrame, LazyFrame, PolarsError};
use polars::sql::{SQLContext, extract_table_identifiers};

use crate::blame::blame;
use crate::error::{DataError, polars_message};

/// Functions of Polars' SQL that open files and URLs.
const READERS: [&str; 4] = ["read_csv", "read_parquet", "read_ipc", "read_json"];

/// The relations that a query names: tables, and those that its `with` defines.
pub(crate) fn relations(sql: &str) -> Result<Vec<String>, DataError> {
    let relations = extract_table_identifiers(sql, true, true).map_err(|error| rejection(sql, &error))?;
    let reader = relations.iter().flat_map(|name| name.split('.')).find(|part| {
        let part = part.to_ascii_lowercase();
        READERS.contains(&part.as_str())
    });
    if let Some(reader) = reader {
        let message =
            format!("`{reader}` is not allowed here: read the file by a query with `file:`, and name the query");
        return Err(DataError::rejected(message));
    }
    // What is whole alone and also inside brackets is one query.
    extract_table_identifiers(&format!("select * from (\n{sql}\n) as q"), true, true)
        .map_err(|_| DataError::rejected("a transform is one `select`, without a second statement after it"))?;
    Ok(relations)
}

/// The plan of a screened query over its tables.
pub(crate) fn plan(sql: &str, tables: Vec<(Name, LazyFrame)>) -> Result<LazyFrame, DataError> {
    relations(sql)?;
    let mut context = SQLContext::new();
    for (name, table) in tables {
        context.register(&name, table);
    }
    context.execute(sql).map_err(|error| rejection(sql, &error))
}

/// Runs a plan, for one row more than `max_rows`, which tells whether there are more. Blocks.
pub(crate) fn collect(plan: LazyFrame, max_rows: Option<u64>) -> Result<DataFrame, PolarsError> {
    let limited = match max_rows {
        Some(rows) => plan.limit(u32::try_from(rows.saturating_add(1)).unwrap_or(u32::MAX)),
        None => plan,
    };
    limited.collect()
}

/// What Polars says of a query, at the byte that it blames if it says so.
pub(crate) fn rejection(sql: &str, error: &PolarsError) -> DataError {
    let (message, at) = blame(sql, &polars_message(error));
    DataError { at, ..DataError::rejected(message) }
}

/// Whether a message says that a relation is not there.
pub(crate) fn is_missing_table(message: &str) -> bool {
    message.starts_with("relation '")
}
