//! Columns from `PostgreSQL`: the bytes of its binary format, cell by cell.

use std::sync::Arc;

use jiff::tz::TimeZone;
use polars::prelude::{ChunkedBuilder, IntoSeries, PlSmallStr, Series};
use sqlx::error::BoxDynError;
use sqlx::postgres::PgValueRef;
use sqlx::{Postgres, ValueRef};

use super::array::Arrays;
use super::kind::Kind;
use super::numeric::Numeric;
use crate::connection::cells::{
    Binaries, Bools, Clock, Dates, Decimals, Floats, Ints, Moments, ROWS, Texts, Times, dates_series, moments_series,
    shown_as_empty, shown_as_text, times_series, widened,
};
use crate::connection::database::Cells;
use crate::error::DataError;

/// The days, and the microseconds, from 1970 to 2000, where `PostgreSQL` begins to count.
pub(super) const DAYS_TO_2000: i32 = 10_957;
pub(super) const MICROS_TO_2000: i64 = DAYS_TO_2000 as i64 * 86_400_000_000;

/// A column under construction.
pub(super) struct Column {
    name: String,
    /// The server's name of its type.
    type_name: String,
    is_unknown: bool,
    cells: CellsOf,
    /// Cells that are no null and are left empty.
    lost: usize,
    is_written: bool,
}

enum CellsOf {
    Bool(Bools),
    Int2(Ints),
    Int4(Ints),
    Int8(Ints),
    Oid(Ints),
    Float4(Floats),
    Float8(Floats),
    Numeric(Decimals),
    Text(Texts),
    /// Of `numeric`, of which one cell does not fit.
    NumericText(Texts),
    Jsonb(Texts),
    Uuid(Texts),
    Bytes(Binaries),
    Date(Dates),
    Time(Times),
    Timestamp(Moments),
    Moment(Moments, Clock),
    Array(Box<Arrays>),
}

impl Column {
    pub(super) fn new(name: &str, type_name: &str, kind: &Kind, zone: &TimeZone) -> Self {
        let cells = CellsOf::new(name.into(), kind, zone);
        let is_unknown = *kind == Kind::Unknown;
        Self { name: name.to_owned(), type_name: type_name.to_owned(), is_unknown, cells, lost: 0, is_written: false }
    }

    /// Adds a cell as the server sends it.
    pub(super) fn push_bytes(&mut self, bytes: Option<&[u8]>) -> Result<(), BoxDynError> {
        let Some(bytes) = bytes else {
            self.cells.push_null();
            return Ok(());
        };
        match &mut self.cells {
            CellsOf::Bool(cells) => cells.append_value(bytes != [0]),
            CellsOf::Int2(cells) => cells.append_value(i16::from_be_bytes(bytes.try_into()?).into()),
            CellsOf::Int4(cells) => cells.append_value(i32::from_be_bytes(bytes.try_into()?).into()),
            CellsOf::Int8(cells) => cells.append_value(i64::from_be_bytes(bytes.try_into()?)),
            CellsOf::Oid(cells) => cells.append_value(u32::from_be_bytes(bytes.try_into()?).into()),
            CellsOf::Float4(cells) => cells.append_value(widened(f32::from_be_bytes(bytes.try_into()?))),
            CellsOf::Float8(cells) => cells.append_value(f64::from_be_bytes(bytes.try_into()?)),
            CellsOf::Text(cells) => cells.append_value(str::from_utf8(bytes)?),
            CellsOf::Jsonb(cells) => cells.append_value(str::from_utf8(bytes.get(1..).unwrap_or_default())?),
            CellsOf::Uuid(cells) => cells.append_value(uuid_text(bytes.try_into()?)),
            CellsOf::Bytes(cells) => cells.append_value(bytes),
            CellsOf::Date(cells) => {
                let days = match i32::from_be_bytes(bytes.try_into()?) {
                    i32::MAX | i32::MIN => None,
                    days => days.checked_add(DAYS_TO_2000),
                };
                self.lost += usize::from(days.is_none());
                cells.append_option(days);
            }
            CellsOf::Time(cells) => {
                // 24:00 is a time there, and none here.
                let micros = i64::from_be_bytes(bytes.try_into()?);
                let nanos = (micros < 86_400_000_000).then_some(micros * 1000);
                self.lost += usize::from(nanos.is_none());
                cells.append_option(nanos);
            }
            CellsOf::Timestamp(cells) => {
                let micros = moment_micros(bytes)?;
                self.lost += usize::from(micros.is_none());
                cells.append_option(micros);
            }
            CellsOf::Moment(cells, clock) => {
                let micros = moment_micros(bytes)?.and_then(|micros| clock.shown(micros));
                self.lost += usize::from(micros.is_none());
                cells.append_option(micros);
            }
            CellsOf::Numeric(_) | CellsOf::NumericText(_) => self.push_numeric(bytes)?,
            CellsOf::Array(arrays) => arrays.push(bytes)?,
        }
        Ok(())
    }

    fn push_numeric(&mut self, bytes: &[u8]) -> Result<(), BoxDynError> {
        let numeric = Numeric::read(bytes).ok_or("a number is cut short")?;
        if let CellsOf::Numeric(decimals) = &mut self.cells {
            match numeric {
                Numeric::Exact { units, scale } if decimals.push(units, scale) => return Ok(()),
                _ => {
                    let so_far = std::mem::replace(decimals, Decimals::new(PlSmallStr::EMPTY));
                    self.cells = CellsOf::NumericText(so_far.into_texts());
                    self.is_written = true;
                }
            }
        }
        if let CellsOf::NumericText(texts) = &mut self.cells {
            let numeric = Numeric::read(bytes).ok_or("a number is cut short")?;
            texts.append_value(numeric.into_text());
        }
        Ok(())
    }

    /// The column, and what a reader should know of it.
    pub(super) fn finish(self, warnings: &mut Vec<Arc<str>>) -> Result<Series, DataError> {
        let mut is_written = self.is_written || self.is_unknown;
        let series = match self.cells {
            CellsOf::Bool(cells) => cells.finish().into_series(),
            CellsOf::Int2(cells) | CellsOf::Int4(cells) | CellsOf::Int8(cells) | CellsOf::Oid(cells) => {
                cells.finish().into_series()
            }
            CellsOf::Float4(cells) | CellsOf::Float8(cells) => cells.finish().into_series(),
            CellsOf::Numeric(decimals) => decimals.finish()?,
            CellsOf::Text(cells) | CellsOf::NumericText(cells) | CellsOf::Jsonb(cells) | CellsOf::Uuid(cells) => {
                cells.finish().into_series()
            }
            CellsOf::Bytes(cells) => cells.finish().into_series(),
            CellsOf::Date(cells) => dates_series(cells)?,
            CellsOf::Time(cells) => times_series(cells)?,
            CellsOf::Timestamp(cells) | CellsOf::Moment(cells, _) => moments_series(cells)?,
            CellsOf::Array(arrays) => {
                let (series, was_written) = arrays.finish(warnings)?;
                is_written |= was_written;
                series
            }
        };
        if is_written {
            warnings.push(shown_as_text(&self.name, &self.type_name));
        }
        if self.lost > 0 {
            warnings.push(shown_as_empty(&self.name, self.lost));
        }
        Ok(series)
    }
}

impl Cells<Postgres> for Column {
    fn name(&self) -> &str {
        &self.name
    }

    fn push(&mut self, cell: PgValueRef<'_>) -> Result<(), BoxDynError> {
        let bytes = if cell.is_null() { None } else { Some(cell.as_bytes()?) };
        self.push_bytes(bytes)
    }
}

impl CellsOf {
    fn new(name: PlSmallStr, kind: &Kind, zone: &TimeZone) -> Self {
        match kind {
            Kind::Bool => Self::Bool(Bools::new(name, ROWS)),
            Kind::Int2 => Self::Int2(Ints::new(name, ROWS)),
            Kind::Int4 => Self::Int4(Ints::new(name, ROWS)),
            Kind::Int8 => Self::Int8(Ints::new(name, ROWS)),
            Kind::Oid => Self::Oid(Ints::new(name, ROWS)),
            Kind::Float4 => Self::Float4(Floats::new(name, ROWS)),
            Kind::Float8 => Self::Float8(Floats::new(name, ROWS)),
            Kind::Numeric | Kind::Money => Self::Numeric(Decimals::new(name)),
            Kind::Text | Kind::Json | Kind::Range | Kind::Written | Kind::Unknown => Self::Text(Texts::new(name, ROWS)),
            Kind::Jsonb => Self::Jsonb(Texts::new(name, ROWS)),
            Kind::Uuid => Self::Uuid(Texts::new(name, ROWS)),
            Kind::Bytes => Self::Bytes(Binaries::new(name, ROWS)),
            Kind::Date => Self::Date(Dates::new(name, ROWS)),
            Kind::Time => Self::Time(Times::new(name, ROWS)),
            Kind::Timestamp => Self::Timestamp(Moments::new(name, ROWS)),
            Kind::Moment => Self::Moment(Moments::new(name, ROWS), Clock::new(zone.clone())),
            Kind::Array(item, _) => Self::Array(Box::new(Arrays::new(name, item, zone))),
        }
    }

    fn push_null(&mut self) {
        match self {
            Self::Bool(cells) => cells.append_null(),
            Self::Int2(cells) | Self::Int4(cells) | Self::Int8(cells) | Self::Oid(cells) | Self::Time(cells) => {
                cells.append_null();
            }
            Self::Float4(cells) | Self::Float8(cells) => cells.append_null(),
            Self::Numeric(cells) => cells.push_null(),
            Self::Text(cells) | Self::NumericText(cells) | Self::Jsonb(cells) | Self::Uuid(cells) => {
                cells.append_null();
            }
            Self::Bytes(cells) => cells.append_null(),
            Self::Date(cells) => cells.append_null(),
            Self::Timestamp(cells) | Self::Moment(cells, _) => cells.append_null(),
            Self::Array(arrays) => arrays.push_null(),
        }
    }
}

/// Microseconds since 1970; none for infinity, and for what lies so far off that they cannot be counted.
fn moment_micros(bytes: &[u8]) -> Result<Option<i64>, BoxDynError> {
    Ok(match i64::from_be_bytes(bytes.try_into()?) {
        i64::MAX | i64::MIN => None,
        micros => micros.checked_add(MICROS_TO_2000),
    })
}

fn uuid_text(bytes: [u8; 16]) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes.into_iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().unwrap_or('0');
        text.extend([digit(byte >> 4), digit(byte & 15)]);
    }
    text
}
