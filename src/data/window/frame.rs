//! A part of a table, by Polars.

use appspec_lang::value::{Condition, End, Scalar};
use polars::prelude::{
    AnyValue, DataType, Expr, IdxSize, LazyFrame, LiteralValue, PolarsError, Scalar as Cell, SortMultipleOptions,
    UniqueKeepStrategy, any_horizontal, col, len, lit,
};

use super::{Order, Search, Take, Window};
use crate::dtype::series_from_scalars;
use crate::error::DataError;

/// The plan of a part of a table, and whether its last row is to be the first.
pub(crate) fn part_of(mut plan: LazyFrame, window: &Window) -> Result<(LazyFrame, bool), DataError> {
    for (column, condition) in &window.conditions {
        plan = plan.filter(holds(column, condition)?);
    }
    if let Some(search) = &window.search {
        let found = found(search, &mut plan)?;
        plan = plan.filter(found);
    }
    let rows = match &window.take {
        Take::Count => return Ok((plan.select([len().cast(DataType::Int64).alias("n")]), false)),
        Take::Among { column, values } => {
            let values = series_from_scalars("", None, values)?;
            let plan = plan.filter(col(&**column).is_in(lit(values).implode(false), false));
            return Ok((plan.select([col(&**column)]).unique(None, UniqueKeepStrategy::Any), false));
        }
        Take::Rows(rows) => rows,
    };
    let terms = rows.terms();
    let turned = rows.turned(&terms);
    let is_turned = turned.is_some();
    let (terms, offset, limit) = turned.map_or((terms, rows.offset, rows.limit), |(t, o, l)| (t, o, Some(l)));
    let plan = sorted(plan, &terms, is_turned);
    let count = |rows: u64| IdxSize::try_from(rows).unwrap_or(IdxSize::MAX);
    Ok(match limit {
        None if offset == 0 => (plan, is_turned),
        limit => (plan.slice(i64::try_from(offset).unwrap_or(i64::MAX), limit.map_or(IdxSize::MAX, count)), is_turned),
    })
}

fn sorted(plan: LazyFrame, terms: &[Order], is_turned: bool) -> LazyFrame {
    let by: Vec<Expr> = terms.iter().map(|term| col(&*term.column)).collect();
    let options = SortMultipleOptions::default()
        .with_order_descending_multi(terms.iter().map(|term| term.descending))
        // What is missing comes last, so from the end it comes first.
        .with_nulls_last(!is_turned)
        .with_maintain_order(true);
    plan.sort_by_exprs(by, options)
}

/// Whether the cells of a column fulfil a condition.
fn holds(column: &str, condition: &Condition) -> Result<Expr, DataError> {
    let cells = col(column);
    Ok(match condition {
        Condition::Contains(text) => contains(column, text),
        Condition::Missing(true) => cells.is_null(),
        Condition::Missing(false) => cells.is_not_null(),
        Condition::Equal(value) => cells.eq(literal(value)?),
        Condition::Unequal(value) => cells.clone().neq(literal(value)?).or(cells.is_null()),
        Condition::Within { low, high } => {
            let mut all = lit(true);
            if let Some(End { value, inclusive }) = low {
                let value = literal(value)?;
                all = all.and(if *inclusive { cells.clone().gt_eq(value) } else { cells.clone().gt(value) });
            }
            if let Some(End { value, inclusive }) = high {
                let value = literal(value)?;
                all = all.and(if *inclusive { cells.lt_eq(value) } else { cells.lt(value) });
            }
            all
        }
    })
}

fn found(search: &Search, plan: &mut LazyFrame) -> Result<Expr, DataError> {
    let one_of = |column: &str| search.texts.iter().map(|text| contains(column, text)).collect::<Vec<_>>();
    let mut any: Vec<Expr> = search.columns.iter().flat_map(|column| one_of(column)).collect();
    if any.is_empty() {
        let schema = plan.collect_schema().map_err(|error| failed(&error))?;
        any = schema.iter_names().flat_map(|column| one_of(column)).collect();
    }
    if any.is_empty() {
        return Ok(lit(false));
    }
    any_horizontal(any).map_err(|error| failed(&error))
}

fn contains(column: &str, text: &str) -> Expr {
    let cells = col(column).cast(DataType::String).str().to_lowercase();
    cells.str().contains_literal(lit(text.to_lowercase())).fill_null(lit(false))
}

fn literal(value: &Scalar) -> Result<Expr, DataError> {
    let series = series_from_scalars("", None, std::slice::from_ref(value))?;
    let cell = series.get(0).unwrap_or(AnyValue::Null).into_static();
    Ok(Expr::Literal(LiteralValue::Scalar(Cell::new(series.dtype().clone(), cell))))
}

fn failed(error: &PolarsError) -> DataError {
    DataError::internal(error.to_string())
}
