//! Series of the types that tables have, from those of any type.

use jiff::tz::TimeZone;
use polars::prelude::{AnyValue, DataType, NamedFrom, PolarsResult, Series, TimeUnit};
use serde_json::Value;

use crate::dtype::{normal, scalar_from_cell};
use crate::moment::local_series;

/// Brings a whole column to its normal type; an int that 64 bits do not hold is a decimal, for all of its column.
pub(crate) fn normal_series(series: &Series, zone: &TimeZone) -> PolarsResult<Series> {
    let to = normal(series.dtype());
    let normal = series_of_type(series, &to, zone);
    match series.dtype() {
        DataType::UInt64 | DataType::Int128 | DataType::UInt128 => {
            normal.or_else(|_| series.strict_cast(&DataType::Decimal(38, 0)))
        }
        _ => normal,
    }
}

/// Brings a column, or a part of one, to a type that tables have.
pub(crate) fn series_of_type(series: &Series, to: &DataType, zone: &TimeZone) -> PolarsResult<Series> {
    match series.dtype() {
        dtype if dtype == to => Ok(series.clone()),
        DataType::Datetime(_, Some(_)) => local_series(series, zone),
        DataType::Duration(unit) => {
            let parts = match unit {
                TimeUnit::Nanoseconds => 1e9,
                TimeUnit::Microseconds => 1e6,
                TimeUnit::Milliseconds => 1e3,
            };
            series.to_physical_repr().cast(&DataType::Float64).map(|seconds| &seconds / parts)
        }
        dtype if dtype.is_nested() && *to == DataType::String => {
            let texts = series.iter().map(|cell| (!cell.is_null()).then(|| json_of(&cell).to_string()));
            Ok(Series::new(series.name().clone(), texts.collect::<Vec<_>>()))
        }
        DataType::Unknown(_) => {
            let texts = series.iter().map(|cell| (!cell.is_null()).then(|| cell.to_string()));
            Ok(Series::new(series.name().clone(), texts.collect::<Vec<_>>()))
        }
        _ => series.strict_cast(to),
    }
}

/// A cell as JSON, with all that is in it.
fn json_of(cell: &AnyValue<'_>) -> Value {
    match cell {
        AnyValue::List(items) | AnyValue::Array(items, _) => items.iter().map(|item| json_of(&item)).collect(),
        AnyValue::Struct(_, _, fields) => {
            let names = fields.iter().map(|field| field.name().to_string());
            Value::Object(names.zip(cell._iter_struct_av().map(|part| json_of(&part))).collect())
        }
        AnyValue::StructOwned(parts) => {
            let (cells, fields) = &**parts;
            let names = fields.iter().map(|field| field.name().to_string());
            Value::Object(names.zip(cells.iter().map(json_of)).collect())
        }
        AnyValue::Null => Value::Null,
        AnyValue::Boolean(bool) => Value::Bool(*bool),
        AnyValue::String(text) => Value::String((*text).to_owned()),
        AnyValue::StringOwned(text) => Value::String(text.to_string()),
        number if number.is_integer() => number.extract::<i64>().map_or_else(|| text_of(number), Value::from),
        number if number.is_float() => number.extract::<f64>().map_or(Value::Null, Value::from),
        other => text_of(other),
    }
}

fn text_of(cell: &AnyValue<'_>) -> Value {
    use appspec_lang::value::Scalar;
    Value::String(match scalar_from_cell(cell) {
        Scalar::Date(date) => date.to_string(),
        Scalar::Time(time) => time.to_string(),
        Scalar::DateTime(moment) => moment.to_string(),
        Scalar::Text(text) => text.to_string(),
        _ => cell.to_string(),
    })
}
