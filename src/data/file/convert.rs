//! Columns that mean more than their reader says: dates in text, declared types, moments with a zone, and every type that
//! tables do not have.

use appspec_lang::spec::FileOptions;
use appspec_lang::value::Type;
use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use polars::prelude::{Column, DataType, Expr, Field, NamedFrom, PolarsError, PolarsResult, Schema, Series, TimeUnit};

use crate::dtype::{days_of_date, dtype_of, micros_of_moment, moment, nanos_of_time, normal};
use crate::moment::{local_series, parse_date, parse_moment};
use crate::normal::series_of_type;

/// Most digits after the point of a declared decimal.
const MOST_DECIMALS: usize = 18;

/// What becomes of a column.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Conversion {
    /// Text to dates: ISO, or in the author's form.
    Dates(Option<String>),
    /// Text to moments.
    Moments(Option<String>),
    /// Text to times: `12:30`, or in the author's form.
    Times(Option<String>),
    /// Moments with a zone to what the app's clock shows.
    Local,
    /// Any other type that the author declares; text may have a decimal comma.
    Cast { to: DataType, decimal_comma: bool },
    /// To a type that tables have.
    Normal(DataType),
}

/// What is to become of a column, if anything: by the type that is declared for it, or by what all its `cells` look like.
pub(super) fn conversion_of(
    (name, dtype): (&str, &DataType),
    cells: Option<&Series>,
    options: &FileOptions,
    zone: &TimeZone,
) -> Option<Conversion> {
    let is_text = *dtype == DataType::String;
    let declared = options.types.iter().find(|(of, _)| **of == *name).map(|(_, ty)| ty);
    let format = || options.formats.iter().find(|(of, _)| **of == *name).map(|(_, format)| format.clone());
    let Some(declared) = declared else {
        if matches!(dtype, DataType::Datetime(_, Some(_))) {
            return Some(Conversion::Local);
        }
        let to = normal(dtype);
        if to != *dtype {
            return Some(Conversion::Normal(fitting(dtype, to, cells)));
        }
        return cells.filter(|_| is_text).and_then(|cells| by_looks(cells, zone));
    };
    match declared.inner() {
        Type::Date if is_text => Some(Conversion::Dates(format())),
        Type::DateTime if is_text => Some(Conversion::Moments(format())),
        Type::Time if is_text => Some(Conversion::Times(format())),
        Type::Decimal => {
            let scale = cells.map_or(0, |cells| decimals_of(cells, options.decimal_comma));
            Some(Conversion::Cast { to: DataType::Decimal(38, scale), decimal_comma: options.decimal_comma })
        }
        other => dtype_of(other)
            .filter(|to| to != dtype)
            .map(|to| Conversion::Cast { to, decimal_comma: options.decimal_comma && is_text }),
    }
}

/// The type for unsigned and for very large numbers: an int that 64 bits do not hold is a decimal, for all of its column.
fn fitting(dtype: &DataType, to: DataType, cells: Option<&Series>) -> DataType {
    if !takes_looking(dtype) {
        return to;
    }
    let fits = cells.is_none_or(|cells| cells.strict_cast(&to).is_ok());
    if fits { to } else { DataType::Decimal(38, 0) }
}

/// Whether the cells of a column must be seen to tell its type.
pub(super) fn takes_looking(dtype: &DataType) -> bool {
    matches!(dtype, DataType::UInt64 | DataType::Int128 | DataType::UInt128)
}

fn by_looks(cells: &Series, zone: &TimeZone) -> Option<Conversion> {
    let texts = cells.str().ok()?;
    let mut given = texts.iter().flatten().peekable();
    let first = given.peek()?;
    if parse_date(first).is_some() {
        given.all(|text| parse_date(text).is_some()).then_some(Conversion::Dates(None))
    } else if parse_moment(first, zone).is_some() {
        given.all(|text| parse_moment(text, zone).is_some()).then_some(Conversion::Moments(None))
    } else {
        None
    }
}

/// The most digits that a cell has after its point.
fn decimals_of(cells: &Series, decimal_comma: bool) -> usize {
    let point = if decimal_comma { ',' } else { '.' };
    let Ok(cells) = cells.cast(&DataType::String) else { return 0 };
    let Ok(texts) = cells.str() else { return 0 };
    let digits =
        texts.iter().flatten().filter_map(|text| text.trim().split_once(point)).map(|(_, digits)| digits.len());
    digits.max().unwrap_or(0).min(MOST_DECIMALS)
}

impl Conversion {
    /// The type afterwards.
    pub(super) fn dtype(&self) -> DataType {
        match self {
            Self::Dates(_) => DataType::Date,
            Self::Moments(_) | Self::Local => moment(),
            Self::Times(_) => DataType::Time,
            Self::Cast { to, .. } | Self::Normal(to) => to.clone(),
        }
    }

    /// The column, converted.
    pub(super) fn expression(&self, column: Expr, zone: &TimeZone) -> Expr {
        let (conversion, dtype, zone) = (self.clone(), self.dtype(), zone.clone());
        column.map(
            move |column: Column| conversion.apply(column.as_materialized_series(), &zone).map(Into::into),
            move |_: &Schema, field: &Field| Ok(Field::new(field.name().clone(), dtype.clone())),
        )
    }

    fn apply(&self, series: &Series, zone: &TimeZone) -> PolarsResult<Series> {
        match self {
            Self::Dates(format) => {
                let date = |text: &str| match format {
                    Some(format) => Date::strptime(format, text).ok(),
                    None => parse_date(text),
                };
                let days = parsed(series, format.as_deref(), "date", |text| date(text).map(days_of_date))?;
                Series::new(series.name().clone(), days).cast(&DataType::Date)
            }
            Self::Times(format) => {
                let time = |text: &str| match format {
                    Some(format) => Time::strptime(format, text).ok(),
                    None => text.parse().ok(),
                };
                let nanos = parsed(series, format.as_deref(), "time", |text| time(text).map(nanos_of_time))?;
                Series::new(series.name().clone(), nanos).cast(&DataType::Time)
            }
            Self::Moments(format) => {
                let given = |text: &str| match format {
                    Some(format) => moment_in_form(format, text, zone),
                    None => parse_moment(text, zone).or_else(|| parse_date(text).map(|date| date.at(0, 0, 0, 0))),
                };
                let micros = parsed(series, format.as_deref(), "datetime", |text| given(text).map(micros_of_moment))?;
                Series::new(series.name().clone(), micros).cast(&moment())
            }
            Self::Local => local_series(series, zone),
            Self::Cast { to: DataType::Datetime(..), .. } if *series.dtype() == DataType::Date => {
                series.cast(&DataType::Datetime(TimeUnit::Microseconds, None))
            }
            Self::Cast { to, decimal_comma } => match series.str() {
                Ok(texts) if *decimal_comma => {
                    let pointed: Vec<Option<String>> =
                        texts.iter().map(|text| text.map(|text| text.replace(',', "."))).collect();
                    Series::from_iter(pointed).with_name(series.name().clone()).strict_cast(to)
                }
                _ => series.strict_cast(to),
            },
            Self::Normal(to) => series_of_type(series, to, zone),
        }
    }
}

/// Reads a moment in the author's form; with an offset, it is what `zone`'s clock shows then.
fn moment_in_form(format: &str, text: &str, zone: &TimeZone) -> Option<DateTime> {
    let parts = strtime::parse(format, text).ok()?;
    match parts.offset() {
        Some(_) => Some(zone.to_datetime(parts.to_timestamp().ok()?)),
        None => parts.to_datetime().or_else(|_| parts.to_date().map(|date| date.at(0, 0, 0, 0))).ok(),
    }
}

fn parsed<T>(
    series: &Series,
    format: Option<&str>,
    wanted: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> PolarsResult<Vec<Option<T>>> {
    let mut cells = Vec::with_capacity(series.len());
    for text in series.str()?.iter() {
        let cell = text.map(|text| parse(text).ok_or(text)).transpose().map_err(|text| {
            let reason = match format {
                Some(format) => format!("which is not of the form `{format}`"),
                None => format!("which is no {wanted}"),
            };
            PolarsError::ComputeError(format!("the column `{}` holds `{text}`, {reason}", series.name()).into())
        })?;
        cells.push(cell);
    }
    Ok(cells)
}
