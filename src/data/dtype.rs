//! Between the types of Polars and ours.
//!
//! Tables hold few of Polars' types: [`normal`] brings every column to one of them when a table is made, so that cells,
//! digests and aggregates have one form to deal with.

use appspec_lang::value::{Scalar, Type};
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use polars::prelude::*;

use crate::error::DataError;

/// What 128 bits hold.
const MOST_DIGITS: usize = 38;

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// The type that a column of `dtype` has in a table.
///
/// Whole numbers become 64-bit ones, durations seconds, categories text, what has fields its JSON; a moment with a zone is converted before.
pub(crate) fn normal(dtype: &DataType) -> DataType {
    match dtype {
        DataType::Boolean | DataType::Date | DataType::Time | DataType::Null | DataType::Binary => dtype.clone(),
        DataType::BinaryOffset => DataType::Binary,
        DataType::Datetime(_, _) => moment(),
        DataType::Decimal(_, scale) => DataType::Decimal(MOST_DIGITS, *scale),
        DataType::Duration(_) => DataType::Float64,
        DataType::List(inner) | DataType::Array(inner, _) => match &**inner {
            inner if has_struct(inner) => DataType::String,
            DataType::Datetime(_, Some(_)) => DataType::List(Box::new(DataType::String)),
            inner => DataType::List(Box::new(normal(inner))),
        },
        integer if integer.is_integer() => DataType::Int64,
        float if float.is_float() => DataType::Float64,
        _ => DataType::String,
    }
}

/// Whether there are fields in a type, which a list of a table cannot hold: the list is its JSON.
fn has_struct(dtype: &DataType) -> bool {
    match dtype {
        DataType::Struct(_) => true,
        DataType::List(inner) | DataType::Array(inner, _) => has_struct(inner),
        _ => false,
    }
}

/// The type of moments in tables.
pub(crate) fn moment() -> DataType {
    DataType::Datetime(TimeUnit::Microseconds, None)
}

/// The author's word for a type of Polars.
pub(crate) fn type_of(dtype: &DataType) -> Type {
    match normal(dtype) {
        DataType::Boolean => Type::Bool,
        DataType::Int64 => Type::Int,
        DataType::Float64 => Type::Float,
        DataType::Decimal(..) => Type::Decimal,
        DataType::String => Type::Text,
        DataType::Date => Type::Date,
        DataType::Time => Type::Time,
        DataType::Datetime(..) => Type::DateTime,
        DataType::List(inner) => Type::List(Box::new(type_of(&inner))),
        DataType::Null => Type::Any.nullable(),
        _ => Type::Any,
    }
}

/// The type of Polars for one of ours; none where it is not known, or no cell's.
pub(crate) fn dtype_of(ty: &Type) -> Option<DataType> {
    Some(match ty.inner() {
        Type::Bool => DataType::Boolean,
        Type::Int => DataType::Int64,
        Type::Float => DataType::Float64,
        Type::Decimal => DataType::Decimal(MOST_DIGITS, 2),
        Type::Text | Type::Color => DataType::String,
        Type::Date => DataType::Date,
        Type::Time => DataType::Time,
        Type::DateTime => moment(),
        Type::List(item) | Type::Range(item) => DataType::List(Box::new(dtype_of(item)?)),
        Type::Any if ty.is_nullable() => DataType::Null,
        Type::Any | Type::Table(_) | Type::Nullable(_) => return None,
    })
}

/// A cell of a table.
pub(crate) fn scalar_from_cell(cell: &AnyValue<'_>) -> Scalar {
    match cell {
        AnyValue::Null => Scalar::Null,
        AnyValue::Boolean(bool) => Scalar::Bool(*bool),
        AnyValue::Int64(int) => Scalar::Int(*int),
        AnyValue::Float64(float) => Scalar::Float(*float),
        AnyValue::Decimal(units, _, scale) => {
            Scalar::Decimal { units: *units, scale: u8::try_from(*scale).expect("a decimal has at most 38 digits") }
        }
        AnyValue::String(text) => Scalar::text(*text),
        AnyValue::StringOwned(text) => Scalar::text(text.as_str()),
        AnyValue::Binary(bytes) => Scalar::Bytes((*bytes).into()),
        AnyValue::BinaryOwned(bytes) => Scalar::Bytes(bytes.as_slice().into()),
        AnyValue::Date(days) => date_from_days(*days).map_or(Scalar::Null, Scalar::Date),
        AnyValue::Datetime(micros, ..) | AnyValue::DatetimeOwned(micros, ..) => {
            moment_from_micros(*micros).map_or(Scalar::Null, Scalar::DateTime)
        }
        AnyValue::Time(nanos) => time_from_nanos(*nanos).map_or(Scalar::Null, Scalar::Time),
        AnyValue::List(items) => Scalar::list(items.iter().map(|item| scalar_from_cell(&item))),
        other => other.extract::<i64>().map_or_else(|| Scalar::text(other.to_string()), Scalar::Int),
    }
}

/// A cell for a value. A range becomes a list of its ends.
pub(crate) fn cell_from_scalar(scalar: &Scalar) -> AnyValue<'static> {
    match scalar {
        Scalar::Null => AnyValue::Null,
        Scalar::Bool(bool) => AnyValue::Boolean(*bool),
        Scalar::Int(int) => AnyValue::Int64(*int),
        Scalar::Float(float) => AnyValue::Float64(*float),
        Scalar::Decimal { units, scale } => AnyValue::Decimal(*units, MOST_DIGITS, usize::from(*scale)),
        Scalar::Text(text) => AnyValue::StringOwned(PlSmallStr::from_str(text)),
        Scalar::Bytes(bytes) => AnyValue::BinaryOwned(bytes.to_vec()),
        Scalar::Date(date) => AnyValue::Date(days_of_date(*date)),
        Scalar::Time(time) => AnyValue::Time(nanos_of_time(*time)),
        Scalar::DateTime(moment) => AnyValue::Datetime(micros_of_moment(*moment), TimeUnit::Microseconds, None),
        Scalar::List(items) => AnyValue::List(list_cell(items)),
        Scalar::Range(ends) => AnyValue::List(list_cell(ends.as_slice())),
    }
}

fn list_cell(items: &[Scalar]) -> Series {
    series_from_scalars("", None, items).unwrap_or_else(|_| Series::new_null(PlSmallStr::EMPTY, items.len()))
}

/// A column of values: of the type given, else of the one that holds them all.
pub(crate) fn series_from_scalars(name: &str, ty: Option<&Type>, values: &[Scalar]) -> Result<Series, DataError> {
    let declared = ty.and_then(dtype_of).filter(|dtype| *dtype != DataType::Null);
    let dtype = match declared {
        Some(DataType::Decimal(..)) | None => joined_dtype(values).map_err(|found| mixed(name, &found))?,
        Some(dtype) => dtype,
    };
    let cells: Vec<AnyValue<'static>> = values.iter().map(|value| cell_for(value, &dtype)).collect();
    Series::from_any_values_and_dtype(PlSmallStr::from_str(name), &cells, &dtype, true).map_err(|_| {
        let wanted = ty.map_or_else(|| type_of(&dtype), Clone::clone);
        DataError::rejected(format!("the column `{name}` holds a value that is no {wanted}"))
    })
}

/// Brings the values that fit a wider type to it: Polars is strict here.
fn cell_for(value: &Scalar, dtype: &DataType) -> AnyValue<'static> {
    match (value, dtype) {
        (Scalar::Int(_) | Scalar::Decimal { .. }, DataType::Float64) => {
            value.as_float().map_or(AnyValue::Null, AnyValue::Float64)
        }
        (Scalar::Int(int), DataType::Decimal(precision, scale)) => u32::try_from(*scale)
            .ok()
            .and_then(|scale| 10i128.checked_pow(scale))
            .and_then(|unit| unit.checked_mul(i128::from(*int)))
            .map_or(AnyValue::Null, |units| AnyValue::Decimal(units, *precision, *scale)),
        (Scalar::Date(date), DataType::Datetime(..)) => {
            cell_from_scalar(&Scalar::DateTime(date.to_datetime(Time::midnight())))
        }
        _ => cell_from_scalar(value),
    }
}

/// The type that holds all values; the types found where there is none.
fn joined_dtype(values: &[Scalar]) -> Result<DataType, Vec<Type>> {
    let mut found: Vec<Type> = Vec::new();
    let mut scale = 0;
    for value in values.iter().filter(|value| !value.is_null()) {
        if let Scalar::Decimal { scale: own, .. } = value {
            scale = scale.max(usize::from(*own));
        }
        if matches!(value, Scalar::Bytes(_)) {
            return Ok(DataType::Binary);
        }
        let ty = value.ty();
        if !found.contains(&ty) {
            found.push(ty);
        }
    }
    let Some(joined) = found.iter().cloned().reduce(|a, b| a.join(&b)) else { return Ok(DataType::Null) };
    match dtype_of(&joined) {
        Some(DataType::Decimal(precision, _)) => Ok(DataType::Decimal(precision, scale)),
        Some(dtype) => Ok(dtype),
        // Only empty lists: their items are of no type.
        None if matches!(joined, Type::List(_)) => Ok(DataType::List(Box::new(DataType::Null))),
        None => Err(found),
    }
}

fn mixed(name: &str, found: &[Type]) -> DataError {
    let types: Vec<String> = found.iter().map(Type::to_string).collect();
    DataError::rejected(format!("the column `{name}` mixes {}", types.join(" and ")))
}

pub(crate) fn date_from_days(days: i32) -> Option<Date> {
    let second = i64::from(days).checked_mul(24 * 60 * 60)?;
    Some(civil(Timestamp::from_second(second).ok(), second, 0)?.date())
}

pub(crate) fn moment_from_micros(micros: i64) -> Option<DateTime> {
    let nanos = i32::try_from(micros.rem_euclid(1_000_000)).ok()? * 1_000;
    civil(Timestamp::from_microsecond(micros).ok(), micros.div_euclid(1_000_000), nanos)
}

/// A count from the epoch by the calendar. Its first and last hours, which databases write for "ever", have no timestamp.
fn civil(timestamp: Option<Timestamp>, seconds: i64, nanos: i32) -> Option<DateTime> {
    if let Some(timestamp) = timestamp {
        return Some(Offset::UTC.to_datetime(timestamp));
    }
    let whole = EPOCH.checked_add(SignedDuration::from_secs(seconds)).ok()?;
    whole.with().subsec_nanosecond(nanos).build().ok()
}

pub(crate) fn time_from_nanos(nanos: i64) -> Option<Time> {
    let nanos = u64::try_from(nanos).ok()?;
    let (second, nano) = (nanos / 1_000_000_000, nanos % 1_000_000_000);
    let part = |number: u64| i8::try_from(number).ok();
    Time::new(part(second / 3600)?, part(second / 60 % 60)?, part(second % 60)?, i32::try_from(nano).ok()?).ok()
}

pub(crate) fn days_of_date(date: Date) -> i32 {
    let days = seconds_of(date.to_datetime(Time::midnight())).div_euclid(24 * 60 * 60);
    i32::try_from(days).expect("a calendar of ten thousand years fits")
}

pub(crate) fn micros_of_moment(moment: DateTime) -> i64 {
    seconds_of(moment) * 1_000_000 + i64::from(moment.subsec_nanosecond()) / 1_000
}

/// Counts by the calendar: the first and last hours of jiff's range have no UTC timestamp.
fn seconds_of(moment: DateTime) -> i64 {
    let whole = moment.with().subsec_nanosecond(0).build().unwrap_or(moment);
    EPOCH.duration_until(whole).as_secs()
}

pub(crate) fn nanos_of_time(time: Time) -> i64 {
    let seconds = (i64::from(time.hour()) * 60 + i64::from(time.minute())) * 60 + i64::from(time.second());
    seconds * 1_000_000_000 + i64::from(time.subsec_nanosecond())
}

/// A decimal as SQL writes it: `-0.05`.
pub(crate) fn decimal_text(units: i128, scale: u8) -> String {
    let scale = usize::from(scale);
    let digits = format!("{:0width$}", units.unsigned_abs(), width = scale + 1);
    let sign = if units < 0 { "-" } else { "" };
    let (whole, part) = digits.split_at(digits.len() - scale);
    if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
}
