//! SQL over tables, in this process, by Polars.
//!
//! Polars' SQL has functions that open files and URLs, and computes some things otherwise than SQL says. So nothing is
//! handed to it that the compiler's reading of transforms has not let through, in the form in which it runs: with the
//! values in it.

use appspec_lang::spec::Name;
use appspec_lang::sql::{self, Fault};
use polars::prelude::{DataFrame, Engine, LazyFrame, PolarsError};
use polars::sql::SQLContext;

use crate::blame::blame;
use crate::error::{DataError, polars_message};
use crate::reword::reworded;

/// The tables that a query reads, without those of its own `with`.
pub(crate) fn relations(sql: &str) -> Result<Vec<String>, DataError> {
    let reading = sql::read(sql).map_err(refusal)?;
    Ok(reading.tables.into_iter().map(|table| table.name).collect())
}

/// Refuses a query that is more than one `select` over named tables, or is not computed as SQL says.
fn screen(sql: &str) -> Result<(), DataError> {
    let reading = sql::read(sql).map_err(refusal)?;
    sql::faults(&reading).into_iter().next().map_or(Ok(()), |fault| Err(refusal(fault)))
}

fn refusal(fault: Fault) -> DataError {
    let Fault { at, message, help, .. } = fault;
    let message = help.map_or(message.clone(), |help| format!("{message}: {help}"));
    DataError { at: Some(at.start), ..DataError::rejected(message) }
}

/// The plan of a screened query over its tables.
pub(crate) fn plan(sql: &str, tables: Vec<(Name, LazyFrame)>) -> Result<LazyFrame, DataError> {
    screen(sql)?;
    let mut context = SQLContext::new();
    for (name, table) in tables {
        context.register(&name, table);
    }
    context.execute(&sql::widened(sql)).map_err(|error| rejection(sql, &error))
}

/// Runs a plan, for one row more than `max_rows`, which tells whether there are more. Blocks.
///
/// What comes from files streams through it: only what is needed is in memory at a time.
pub(crate) fn collect(plan: LazyFrame, max_rows: Option<u64>, from_files: bool) -> Result<DataFrame, PolarsError> {
    let limited = match max_rows {
        Some(rows) => plan.limit(u32::try_from(rows.saturating_add(1)).unwrap_or(u32::MAX)),
        None => plan,
    };
    let engine = if from_files { Engine::Streaming } else { Engine::InMemory };
    let result = limited.collect_with_engine(engine)?;
    // A plan without sinks of its own gives one table.
    Ok(result.unwrap_single())
}

/// What Polars says of a query, at the byte that it blames if it says so.
pub(crate) fn rejection(sql: &str, error: &PolarsError) -> DataError {
    let (message, at) = blame(sql, &polars_message(error));
    DataError { at, ..DataError::rejected(reworded(&message)) }
}

/// Whether a message says that a relation is not there.
pub(crate) fn is_missing_table(message: &str) -> bool {
    message.starts_with("relation '")
}
