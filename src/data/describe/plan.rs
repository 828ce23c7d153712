//! The columns that a transform returns: Polars plans it over empty tables.

use std::borrow::Cow;
use std::sync::Arc;

use appspec_lang::spec::{Name, Query, SchemaError};
use appspec_lang::sql;
use appspec_lang::value::{Column, Columns, Type};
use polars::prelude::{DataFrame, DataType, IntoLazy, LazyFrame, PlSmallStr, Series};

use super::{at_its_word, stand_in};
use crate::dtype::{dtype_of, type_of};
use crate::error::DataError;
use crate::transform;

/// What may stand for a value that is not known: the first that the source takes.
const STAND_INS: [&str; 5] = ["null", "1", "'a'", "true", "cast(0 as date)"];

/// Begins the name of a column that stands for all those of a table that are not known: no query can name it.
const UNSEEN: char = '\u{1}';

/// A table that is read, and what is known of its columns.
pub(super) type Input = (Name, Columns);

/// The columns of the first way through a template; each way must be accepted. Blocks.
pub(super) fn columns_of_ways(query: &Query, tables: &[Input]) -> Result<Option<Columns>, SchemaError> {
    let Some(sql) = query.source.sql() else { return Ok(None) };
    let mut columns = None;
    for way in 0..sql.skeletons(|expr, _| stand_in(expr, "null")).len() {
        let found = columns_of_way(query, way, tables)?;
        columns.get_or_insert(found);
    }
    // Of which nothing is known is unknown.
    Ok(columns.flatten().filter(|columns| !columns.is_empty() || !columns.is_open()))
}

/// The columns of one way through a template, with the first stand-in for its values that Polars takes.
///
/// What Polars finds out only as it begins to compute is the author's mistake if it does not rest on the stand-in: if
/// there is none, or several end in the same.
fn columns_of_way(query: &Query, way: usize, tables: &[Input]) -> Result<Option<Columns>, SchemaError> {
    let Some(sql) = query.source.sql() else { return Ok(None) };
    let (mut planned, mut refusals, mut failures) = (None, Vec::new(), Vec::new());
    let (mut has_values, mut is_open) = (false, false);
    for value in STAND_INS {
        let skeletons = sql.skeletons(|expr, _| {
            has_values = true;
            stand_in(expr, value)
        });
        let Some(skeleton) = skeletons.get(way) else { continue };
        let placed = |error: &DataError| at_its_word(error, skeleton);
        match planned_columns(&skeleton.text, tables) {
            // As it is not known what is read, it may be fine.
            Ok(Planned { columns: None, .. }) => is_open = true,
            Ok(Planned { columns, failure: None }) => return Ok(columns),
            Ok(Planned { columns, failure: Some(failure) }) => {
                planned.get_or_insert(columns);
                failures.push(placed(&failure));
            }
            Err(error) => refusals.push(placed(&error)),
        }
    }
    let Some(columns) = planned else {
        return refusals.into_iter().next().filter(|_| !is_open).map_or(Ok(None), Err);
    };
    let is_certain = !has_values || failures.len() > 1;
    let mut failures = failures.into_iter();
    let first = failures.next().filter(|_| is_certain);
    first.filter(|first| failures.all(|other| other.message == first.message)).map_or(Ok(columns), Err)
}

/// What is known of a query that was planned, and begun over empty tables.
struct Planned {
    columns: Option<Columns>,
    failure: Option<DataError>,
}

/// The columns of a query over tables of which only columns are known, or not even all of them.
///
/// Columns of unknown type are tried as several types: what comes out the same with all of them is known. A table may have
/// columns that are not known: those that the query names are taken to be there, and a column that stands for the
/// others shows where they end up.
fn planned_columns(sql: &str, tables: &[Input]) -> Result<Planned, DataError> {
    let has_unknown =
        |columns: &Columns| columns.is_open() || columns.iter().any(|column| dtype_of(&column.ty).is_none());
    if !tables.iter().any(|(_, columns)| has_unknown(columns)) {
        let plan = plan_with(sql, tables, &DataType::Null)?;
        let columns = columns_of_plan(sql, &mut plan.clone())?;
        // Which types can be compared and added, Polars finds out only as it begins.
        let failure = transform::collect(plan, None, false).err().map(|error| transform::rejection(sql, &error));
        return Ok(Planned { columns: Some(columns.into()), failure });
    }
    let (tables, is_certain) = with_named(sql, tables);
    let tried = [DataType::Null, DataType::Int64, DataType::Float64, DataType::String];
    let planned = |dtype| plan_with(sql, &tables, dtype).and_then(|mut plan| columns_of_plan(sql, &mut plan)).ok();
    let mut found = tried.iter().filter_map(planned);
    let Some(mut columns) = found.next() else { return Ok(Planned { columns: None, failure: None }) };
    let others: Vec<Vec<Column>> = found.collect();
    for (at, column) in columns.iter_mut().enumerate() {
        let is_same = |other: &Vec<Column>| other.get(at) == Some(&*column);
        if others.is_empty() || !others.iter().all(is_same) {
            column.ty = Type::Any;
        }
    }
    let all = columns.len();
    columns.retain(|column| !column.name.starts_with(UNSEEN));
    let columns = if is_certain && columns.len() == all { columns.into() } else { Columns::open(columns) };
    Ok(Planned { columns: Some(columns), failure: None })
}

/// The tables, with the columns that the query names of those that may have them; and whether the names of the result do not
/// rest on the columns that are not known, as they may where several tables are joined.
fn with_named<'t>(sql: &str, tables: &'t [Input]) -> (Cow<'t, [Input]>, bool) {
    let reading = sql::read(sql).ok().filter(|_| tables.iter().any(|(_, columns)| columns.is_open()));
    let Some(reading) = reading else { return (tables.into(), true) };
    let known = |name: &str| {
        let (_, columns) = tables.iter().find(|(table, _)| **table == *name)?;
        Some(Columns::from(Arc::from(&**columns)))
    };
    let mut named = tables.to_vec();
    for missing in sql::missing_columns(&reading, &known) {
        let is_meant = |name: &str| missing.table.as_deref().is_none_or(|table| table == name);
        let Some((_, columns)) = named.iter_mut().find(|(name, columns)| columns.is_open() && is_meant(name)) else {
            continue;
        };
        if columns.named(&missing.name).is_none() {
            let added = Column { name: missing.name.into(), ty: Type::Any };
            *columns = Columns::open(columns.iter().cloned().chain([added]).collect::<Vec<_>>());
        }
    }
    (named.into(), reading.tables.len() < 2)
}

fn plan_with(sql: &str, tables: &[Input], unknown: &DataType) -> Result<LazyFrame, DataError> {
    let frames = tables.iter().map(|(name, columns)| (Name::clone(name), empty_frame(name, columns, unknown)));
    transform::plan(sql, frames.collect())
}

fn columns_of_plan(sql: &str, plan: &mut LazyFrame) -> Result<Vec<Column>, DataError> {
    let schema = plan.collect_schema().map_err(|error| transform::rejection(sql, &error))?;
    Ok(schema.iter().map(|(name, dtype)| Column { name: name.as_str().into(), ty: type_of(dtype) }).collect())
}

fn empty_frame(table: &str, columns: &Columns, unknown: &DataType) -> LazyFrame {
    let empty = |name: &str, dtype: &DataType| Series::new_empty(PlSmallStr::from_str(name), dtype).into();
    let known = columns.iter().map(|column| empty(&column.name, dtype_of(&column.ty).as_ref().unwrap_or(unknown)));
    let unseen = columns.is_open().then(|| empty(&format!("{UNSEEN}{table}"), unknown));
    DataFrame::new(0, known.chain(unseen).collect()).unwrap_or_default().lazy()
}
