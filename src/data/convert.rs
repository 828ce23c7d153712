//! Columns of files that mean more than their reader says: dates in text, declared types, moments with a zone.

use appspec_lang::spec::FileOptions;
use appspec_lang::value::{Scalar, Type};
use jiff::tz::TimeZone;
use polars::prelude::{
    Column, DataType, Expr, Field, PlSmallStr, PolarsError, PolarsResult, Schema, Series, TimeUnit, col,
};

use crate::dtype::{dtype_of, moment, series_from_scalars};
use crate::moment::{local_series, parse_date, parse_moment};

/// Most digits after the point of a declared decimal.
const MOST_DECIMALS: usize = 18;

/// What becomes of a column.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Conversion {
    /// ISO text to dates.
    Dates,
    /// ISO text to moments.
    Moments,
    /// `12:30` to times.
    Times,
    /// Moments with a zone to what the app's clock shows.
    Local,
    /// Any other type that the author declares; text may have a decimal comma.
    Cast { to: DataType, decimal_comma: bool },
}

/// What is to become of a column, if anything: by the type that is declared for it, or by what all its `cells` look like.
pub(crate) fn conversion_of(
    dtype: &DataType,
    declared: Option<&Type>,
    cells: Option<&Series>,
    options: &FileOptions,
    zone: &TimeZone,
) -> Option<Conversion> {
    let is_text = *dtype == DataType::String;
    let Some(declared) = declared else {
        if matches!(dtype, DataType::Datetime(_, Some(_))) {
            return Some(Conversion::Local);
        }
        return cells.filter(|_| is_text).and_then(|cells| by_looks(cells, zone));
    };
    match declared.inner() {
        Type::Date if is_text => Some(Conversion::Dates),
        Type::DateTime if is_text => Some(Conversion::Moments),
        Type::Time if is_text => Some(Conversion::Times),
        Type::Decimal => {
            let scale = cells.map_or(0, |cells| decimals_of(cells, options.decimal_comma));
            Some(Conversion::Cast { to: DataType::Decimal(38, scale), decimal_comma: options.decimal_comma })
        }
        other => dtype_of(other)
            .filter(|to| to != dtype)
            .map(|to| Conversion::Cast { to, decimal_comma: options.decimal_comma && is_text }),
    }
}

fn by_looks(cells: &Series, zone: &TimeZone) -> Option<Conversion> {
    let texts = cells.str().ok()?;
    let mut given = texts.iter().flatten().peekable();
    let first = given.peek()?;
    if parse_date(first).is_some() {
        given.all(|text| parse_date(text).is_some()).then_some(Conversion::Dates)
    } else if parse_moment(first, zone).is_some() {
        given.all(|text| parse_moment(text, zone).is_some()).then_some(Conversion::Moments)
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
    pub(crate) fn dtype(&self) -> DataType {
        match self {
            Self::Dates => DataType::Date,
            Self::Moments | Self::Local => moment(),
            Self::Times => DataType::Time,
            Self::Cast { to, .. } => to.clone(),
        }
    }

    /// The column, converted.
    pub(crate) fn expression(&self, name: &PlSmallStr, zone: &TimeZone) -> Expr {
        let (conversion, dtype, zone) = (self.clone(), self.dtype(), zone.clone());
        col(name.clone()).map(
            move |column: Column| conversion.apply(column.as_materialized_series(), &zone).map(Into::into),
            move |_: &Schema, field: &Field| Ok(Field::new(field.name().clone(), dtype.clone())),
        )
    }

    fn apply(&self, series: &Series, zone: &TimeZone) -> PolarsResult<Series> {
        match self {
            Self::Dates => parsed(series, &Type::Date, |text| parse_date(text).map(Scalar::Date)),
            Self::Times => parsed(series, &Type::Time, |text| text.parse().ok().map(Scalar::Time)),
            Self::Moments => parsed(series, &Type::DateTime, |text| {
                let midnight = || parse_date(text).map(|date| date.at(0, 0, 0, 0));
                parse_moment(text, zone).or_else(midnight).map(Scalar::DateTime)
            }),
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
        }
    }
}

fn parsed(series: &Series, ty: &Type, parse: impl Fn(&str) -> Option<Scalar>) -> PolarsResult<Series> {
    let failed = |message: String| PolarsError::ComputeError(message.into());
    let mut cells = Vec::with_capacity(series.len());
    for text in series.str()?.iter() {
        cells.push(match text {
            None => Scalar::Null,
            Some(text) => parse(text)
                .ok_or_else(|| failed(format!("the column `{}` holds `{text}`, which is no {ty}", series.name())))?,
        });
    }
    series_from_scalars(series.name(), Some(ty), &cells).map_err(|error| failed(error.to_string()))
}
