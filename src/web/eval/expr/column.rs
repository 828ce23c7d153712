//! Filters over columns; a list is a column too.

use appspec_data::{ColumnValues, Table};
use appspec_lang::value::{Scalar, Type};

use super::machine::MAX_OUTPUT;
use super::operand::{Operand, count};
use super::operator::too_long;
use super::{EvalError, plain_text};

/// The items of a list as a column.
pub(super) fn column_of(items: &[Scalar]) -> Result<ColumnValues, EvalError> {
    let table = Table::from_columns(vec![("list".into(), Type::Any, items.to_vec())])?;
    table.column("list").ok_or_else(|| EvalError::new("a list has no items"))
}

/// Computes a filter that takes a column; none if there is no such filter.
pub(super) fn filter(name: &str, column: &ColumnValues, args: &[Scalar]) -> Option<Result<Operand, EvalError>> {
    let scalar = match name {
        "sum" => column.sum(),
        "mean" => column.mean(),
        "min" => column.min(),
        "max" => column.max(),
        "median" => column.median(),
        "std" => column.std(),
        "delta" => column.delta(),
        "quantile" => column.quantile(args.first().and_then(Scalar::as_float).unwrap_or(f64::NAN)),
        "count" => Ok(column.count()),
        "nunique" => Ok(column.nunique()),
        "first" => Ok(column.first()),
        "last" => Ok(column.last()),
        "length" => Ok(count(column.len())),
        "sort" => column.sort().map(|sorted| sorted.list()),
        "unique" => column.unique().map(|unique| unique.list()),
        "list" => Ok(column.list()),
        "reverse" => Ok(reversed(column)),
        "join" => return Some(joined(column, args)),
        _ => return None,
    };
    Some(scalar.map(Into::into).map_err(Into::into))
}

fn reversed(column: &ColumnValues) -> Scalar {
    let mut items: Vec<_> = column.iter().collect();
    items.reverse();
    Scalar::list(items)
}

fn joined(column: &ColumnValues, args: &[Scalar]) -> Result<Operand, EvalError> {
    let separator = args.first().and_then(Scalar::as_text).unwrap_or(", ");
    let mut text = String::new();
    for (at, item) in column.iter().enumerate() {
        if at > 0 {
            text.push_str(separator);
        }
        text.push_str(&plain_text(&item));
        if text.len() > MAX_OUTPUT {
            return Err(too_long());
        }
    }
    Ok(Scalar::text(text).into())
}
