//! Columns from `MySQL` and `MariaDB`, read from what the server sends.

use std::str::from_utf8;
use std::sync::Arc;

use appspec_lang::value::{self, Type};
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use polars::prelude::{BooleanChunked, ChunkedBuilder, IntoSeries, NamedFrom, NewChunkedArray, PlSmallStr, Series};
use sqlx::error::BoxDynError;
use sqlx::mysql::{MySqlTypeInfo, MySqlValueRef};
use sqlx::{Decode, TypeInfo, ValueRef};

use super::number::{Digits, unsigned_series};
use super::shape;
use crate::connection::cells::{
    Binaries, Clock, Dates, Floats, Ints, Moments, ROWS, Texts, dates_series, moments_series, shown_as_text,
    times_series, widened,
};
use crate::connection::database::Cells;
use crate::dtype::{days_of_date, micros_of_moment, type_of};
use crate::error::DataError;

const DAY_MICROS: i64 = 24 * 60 * 60 * 1_000_000;

/// A column that is being read.
pub(super) struct Column {
    name: PlSmallStr,
    /// The zone to whose clock moments are brought that come in UTC.
    zone: Option<TimeZone>,
    cells: CellsOf,
    is_begun: bool,
    /// So many cells hold a date that is none, such as `0000-00-00`.
    no_dates: usize,
}

enum CellsOf {
    /// `tinyint(1)`, which is how truth is declared, and now and then small numbers.
    Flags {
        cells: Vec<Option<i16>>,
        is_unsigned: bool,
    },
    Ints(Ints),
    Unsigned(Vec<Option<u64>>),
    /// The highest bit first, as numbers.
    Bits(Vec<Option<u64>>),
    Singles(Floats),
    Doubles(Floats),
    Digits(Digits),
    Texts(Texts),
    Bytes(Binaries),
    /// Shapes, as the text that stands for them.
    Shapes(Texts),
    Dates(Dates),
    /// Microseconds, of a day or of any span.
    Times(Vec<Option<i64>>),
    Moments(Moments),
    Instants(Moments, Clock),
    Nulls(usize),
}

/// Whether the cells are characters: those of a binary collation are bytes.
fn is_text(info: &MySqlTypeInfo) -> bool {
    matches!(info.name(), "JSON" | "SET" | "ENUM") || <str as sqlx::Type<sqlx::MySql>>::compatible(info)
}

impl Column {
    /// A column as it is announced. `zone` is given where moments come in UTC.
    pub(super) fn new(name: &str, info: &MySqlTypeInfo, zone: Option<&TimeZone>) -> Self {
        let name = PlSmallStr::from_str(name);
        let cells = CellsOf::new(&name, info, zone);
        Self { name, zone: zone.cloned(), cells, is_begun: false, no_dates: 0 }
    }

    /// The column; what a reader should know of it goes to `warnings`.
    pub(super) fn finish(self, warnings: &mut Vec<Arc<str>>) -> Result<Series, DataError> {
        let name = self.name;
        if self.no_dates > 0 {
            warnings.push(no_dates(&name, self.no_dates));
        }
        match self.cells {
            CellsOf::Flags { cells, .. } if cells.iter().flatten().all(|cell| matches!(cell, 0 | 1)) => {
                let cells = cells.iter().map(|cell| cell.map(|cell| cell == 1));
                Ok(BooleanChunked::from_iter_options(name, cells).into_series())
            }
            CellsOf::Flags { cells, .. } => {
                Ok(Series::new(name, cells.iter().map(|cell| cell.map(i64::from)).collect::<Vec<_>>()))
            }
            CellsOf::Ints(cells) => Ok(cells.finish().into_series()),
            CellsOf::Unsigned(cells) | CellsOf::Bits(cells) => unsigned_series(name, cells),
            CellsOf::Singles(cells) | CellsOf::Doubles(cells) => Ok(cells.finish().into_series()),
            CellsOf::Digits(cells) => {
                let (series, is_text) = cells.finish()?;
                if is_text {
                    warnings.push(shown_as_text(&name, "decimal of more than 38 digits"));
                }
                Ok(series)
            }
            CellsOf::Texts(cells) => Ok(cells.finish().into_series()),
            CellsOf::Bytes(cells) => Ok(cells.finish().into_series()),
            CellsOf::Shapes(cells) => {
                warnings.push(shown_as_text(&name, "geometry"));
                Ok(cells.finish().into_series())
            }
            CellsOf::Dates(cells) => dates_series(cells),
            CellsOf::Times(cells) => times(&name, &cells, warnings),
            CellsOf::Moments(cells) | CellsOf::Instants(cells, _) => moments_series(cells),
            CellsOf::Nulls(count) => Ok(Series::new_null(name, count)),
        }
    }

    /// What is known of the column before any cell has come: of truth and small numbers, the cells decide.
    pub(super) fn announced(self) -> Result<value::Column, DataError> {
        let is_open = matches!(self.cells, CellsOf::Flags { .. });
        let series = self.finish(&mut Vec::new())?;
        let ty = if is_open { Type::Any } else { type_of(series.dtype()) };
        Ok(value::Column { name: series.name().as_str().into(), ty })
    }

    fn push_null(&mut self) {
        match &mut self.cells {
            CellsOf::Flags { cells, .. } => cells.push(None),
            CellsOf::Ints(cells) => cells.append_null(),
            CellsOf::Unsigned(cells) | CellsOf::Bits(cells) => cells.push(None),
            CellsOf::Singles(cells) | CellsOf::Doubles(cells) => cells.append_null(),
            CellsOf::Digits(cells) => cells.push_null(),
            CellsOf::Texts(cells) | CellsOf::Shapes(cells) => cells.append_null(),
            CellsOf::Bytes(cells) => cells.append_null(),
            CellsOf::Dates(cells) => cells.append_null(),
            CellsOf::Times(cells) => cells.push(None),
            CellsOf::Moments(cells) | CellsOf::Instants(cells, _) => cells.append_null(),
            CellsOf::Nulls(count) => *count += 1,
        }
    }
}

impl Cells<sqlx::MySql> for Column {
    fn name(&self) -> &str {
        &self.name
    }

    fn push(&mut self, cell: MySqlValueRef<'_>) -> Result<(), BoxDynError> {
        if !self.is_begun {
            // With the values bound, types can be others than were announced before.
            self.cells = CellsOf::new(&self.name, &cell.type_info(), self.zone.as_ref());
            self.is_begun = true;
        }
        // Only null has no bytes: a date that is none counts as null, too.
        let Ok(bytes) = <&[u8] as Decode<sqlx::MySql>>::decode(cell) else {
            self.push_null();
            return Ok(());
        };
        match &mut self.cells {
            CellsOf::Flags { cells, is_unsigned: true } => cells.push(bytes.first().map(|byte| i16::from(*byte))),
            CellsOf::Flags { cells, .. } => cells.push(bytes.first().map(|byte| i16::from(byte.cast_signed()))),
            CellsOf::Ints(cells) => cells.append_value(signed(bytes)?),
            CellsOf::Unsigned(cells) => cells.push(Some(unsigned(bytes)?)),
            CellsOf::Bits(cells) => cells.push(Some(big_endian(bytes))),
            CellsOf::Singles(cells) => cells.append_value(widened(f32::from_le_bytes(bytes.try_into()?))),
            CellsOf::Doubles(cells) => cells.append_value(f64::from_le_bytes(bytes.try_into()?)),
            CellsOf::Digits(cells) => cells.push(from_utf8(bytes)?),
            CellsOf::Texts(cells) => cells.append_value(from_utf8(bytes)?),
            CellsOf::Bytes(cells) => cells.append_value(bytes),
            CellsOf::Shapes(cells) => cells.append_value(shape::text(bytes)),
            CellsOf::Dates(cells) => {
                let day = civil(bytes).map(|moment| days_of_date(moment.date()));
                self.no_dates += usize::from(day.is_none());
                cells.append_option(day);
            }
            CellsOf::Times(cells) => cells.push(Some(span(bytes).ok_or("a time of another form")?)),
            CellsOf::Moments(cells) => {
                let micros = civil(bytes).map(micros_of_moment);
                self.no_dates += usize::from(micros.is_none());
                cells.append_option(micros);
            }
            CellsOf::Instants(cells, clock) => {
                let micros = civil(bytes).and_then(|moment| clock.shown(micros_of_moment(moment)));
                self.no_dates += usize::from(micros.is_none());
                cells.append_option(micros);
            }
            CellsOf::Nulls(count) => *count += 1,
        }
        Ok(())
    }
}

impl CellsOf {
    fn new(name: &PlSmallStr, info: &MySqlTypeInfo, zone: Option<&TimeZone>) -> Self {
        let name = name.clone();
        match (info.name(), zone) {
            ("BOOLEAN", _) => {
                let is_unsigned = <u8 as sqlx::Type<sqlx::MySql>>::compatible(info);
                Self::Flags { cells: Vec::new(), is_unsigned }
            }
            ("FLOAT", _) => Self::Singles(Floats::new(name, ROWS)),
            ("DOUBLE", _) => Self::Doubles(Floats::new(name, ROWS)),
            ("DECIMAL", _) => Self::Digits(Digits::new(name)),
            ("DATE", _) => Self::Dates(Dates::new(name, ROWS)),
            ("TIME", _) => Self::Times(Vec::new()),
            ("TIMESTAMP", Some(zone)) => Self::Instants(Moments::new(name, ROWS), Clock::new(zone.clone())),
            ("DATETIME" | "TIMESTAMP", _) => Self::Moments(Moments::new(name, ROWS)),
            ("BIT", _) => Self::Bits(Vec::new()),
            ("YEAR", _) => Self::Unsigned(Vec::new()),
            ("GEOMETRY", _) => Self::Shapes(Texts::new(name, ROWS)),
            ("NULL", _) => Self::Nulls(0),
            (unsigned, _) if unsigned.ends_with("UNSIGNED") => Self::Unsigned(Vec::new()),
            (int, _) if int.contains("INT") => Self::Ints(Ints::new(name, ROWS)),
            _ if is_text(info) => Self::Texts(Texts::new(name, ROWS)),
            _ => Self::Bytes(Binaries::new(name, ROWS)),
        }
    }
}

/// Times of a day; where there are others, all are text.
fn times(name: &PlSmallStr, cells: &[Option<i64>], warnings: &mut Vec<Arc<str>>) -> Result<Series, DataError> {
    if cells.iter().flatten().all(|micros| (0..DAY_MICROS).contains(micros)) {
        let mut times = Ints::new(name.clone(), cells.len());
        for micros in cells {
            times.append_option(micros.map(|micros| micros * 1000));
        }
        return times_series(times);
    }
    warnings.push(shown_as_text(name, "time outside of a day"));
    let texts: Vec<Option<String>> = cells.iter().map(|micros| micros.map(written_span)).collect();
    Ok(Series::new(name.clone(), texts))
}

fn no_dates(name: &str, cells: usize) -> Arc<str> {
    let cells = if cells == 1 { "1 cell".to_owned() } else { format!("{cells} cells") };
    format!("the column `{name}` has {cells} with a date that is none, such as `0000-00-00`, which are left empty")
        .into()
}

/// `-838:59:59.5`, as the server's own client writes it.
fn written_span(micros: i64) -> String {
    let sign = if micros < 0 { "-" } else { "" };
    let (seconds, rest) = (micros.unsigned_abs() / 1_000_000, micros.unsigned_abs() % 1_000_000);
    let rest = if rest == 0 { String::new() } else { format!(".{rest:06}").trim_end_matches('0').to_owned() };
    format!("{sign}{:02}:{:02}:{:02}{rest}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// A little-endian number with a sign, of any width.
fn signed(bytes: &[u8]) -> Result<i64, BoxDynError> {
    Ok(match bytes.len() {
        1 => i8::from_le_bytes(bytes.try_into()?).into(),
        2 => i16::from_le_bytes(bytes.try_into()?).into(),
        4 => i32::from_le_bytes(bytes.try_into()?).into(),
        _ => i64::from_le_bytes(bytes.try_into()?),
    })
}

fn unsigned(bytes: &[u8]) -> Result<u64, BoxDynError> {
    let mut whole = [0; 8];
    whole.get_mut(..bytes.len()).ok_or("a number of more than 64 bits")?.copy_from_slice(bytes);
    Ok(u64::from_le_bytes(whole))
}

fn big_endian(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// A date, with a time or without, behind a byte that says how long it is; none where there is no such day.
fn civil(bytes: &[u8]) -> Option<DateTime> {
    let part = |at: usize| bytes.get(at).map_or(Some(0), |byte| i8::try_from(*byte).ok());
    let year = i16::from_le_bytes(bytes.get(1..3)?.try_into().ok()?);
    let micros = bytes.get(8..12).and_then(|micros| Some(i32::from_le_bytes(micros.try_into().ok()?))).unwrap_or(0);
    let time = Time::new(part(5)?, part(6)?, part(7)?, micros.checked_mul(1000)?).ok()?;
    Some(Date::new(year, part(3)?, part(4)?).ok()?.to_datetime(time))
}

/// A span in microseconds, behind a byte that says how long it is.
fn span(bytes: &[u8]) -> Option<i64> {
    let (&length, rest) = bytes.split_first()?;
    if length == 0 {
        return Some(0);
    }
    let part = |at: usize| rest.get(at).map_or(0, |byte| i64::from(*byte));
    let number = |at: usize| Some(i64::from(u32::from_le_bytes(rest.get(at..at + 4)?.try_into().ok()?)));
    let hours = number(1)? * 24 + part(5);
    let micros = ((hours * 60 + part(6)) * 60 + part(7)) * 1_000_000 + number(8).unwrap_or(0);
    Some(if part(0) == 1 { -micros } else { micros })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_are_read_from_bytes() {
        let shown = |bytes: &[u8]| civil(bytes).map(|moment| moment.to_string());
        assert_eq!(shown(&[4, 0xe8, 7, 2, 29]).as_deref(), Some("2024-02-29T00:00:00"));
        assert_eq!(shown(&[7, 0xe8, 7, 2, 29, 23, 59, 58]).as_deref(), Some("2024-02-29T23:59:58"));
        assert_eq!(
            shown(&[11, 0x0f, 0x27, 12, 31, 23, 59, 59, 0x3f, 0x42, 0x0f, 0]).as_deref(),
            Some("9999-12-31T23:59:59.999999")
        );
        for none in [&[0][..], &[4, 0, 0, 0, 0], &[4, 0xe8, 7, 0, 15], &[4, 0xe7, 7, 2, 29]] {
            assert_eq!(shown(none), None, "{none:?}");
        }
    }

    #[test]
    fn spans_are_written_as_the_server_writes_them() {
        for (bytes, wanted) in [
            (&[0][..], "00:00:00"),
            (&[8, 0, 0, 0, 0, 0, 23, 59, 58], "23:59:58"),
            (&[8, 0, 34, 0, 0, 0, 22, 59, 59], "838:59:59"),
            (&[12, 1, 0, 0, 0, 0, 0, 0, 1, 0x20, 0xa1, 7, 0], "-00:00:01.5"),
        ] {
            assert_eq!(written_span(span(bytes).unwrap()), wanted);
        }
    }

    #[test]
    fn numbers_are_read_at_every_width() {
        let signed = |bytes: &[u8]| signed(bytes).ok();
        assert_eq!((signed(&[0x80]), signed(&[0xff, 0xff]), signed(&[1, 0, 0, 0])), (Some(-128), Some(-1), Some(1)));
        assert_eq!((signed(&[0xff; 8]), signed(&[0; 3])), (Some(-1), None));
        let unsigned = |bytes: &[u8]| unsigned(bytes).ok();
        assert_eq!((unsigned(&[0xff]), unsigned(&[0xff; 8]), unsigned(&[0; 9])), (Some(255), Some(u64::MAX), None));
        assert_eq!(big_endian(&[0x0a, 0xaa]), 0x0aaa);
    }
}
