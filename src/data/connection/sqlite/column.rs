//! Columns from `SQLite`, whose cells may each be of another type.

use jiff::tz::TimeZone;
use polars::prelude::{
    BooleanChunked, ChunkFullNull, ChunkedBuilder, DataType, Int32Chunked, Int64Chunked, IntoSeries, NewChunkedArray,
    PlSmallStr, Series, StringChunked,
};
use sqlx::error::BoxDynError;
use sqlx::sqlite::SqliteValueRef;
use sqlx::{Decode, Sqlite, TypeInfo, ValueRef};

use appspec_lang::value::Type;

use crate::connection::cells::{Binaries, Decimals, Floats, Ints, ROWS, Texts};
use crate::connection::database::Cells;
use crate::dtype::{days_of_date, micros_of_moment, moment, nanos_of_time};
use crate::error::DataError;
use crate::moment::{parse_date, parse_moment};

/// What a database says of a column before any row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Declared {
    pub(super) name: String,
    pub(super) ty: Type,
    /// Of a decimal.
    pub(super) scale: u8,
}

impl Declared {
    /// By the type that stands in `create table`: none for an expression.
    pub(super) fn new(name: &str, type_name: &str) -> Self {
        let lower = type_name.to_lowercase();
        let has = |part: &str| lower.contains(part);
        let ty = match lower.as_str() {
            "boolean" | "bool" => Type::Bool,
            "date" => Type::Date,
            "time" => Type::Time,
            _ if has("timestamp") || has("datetime") => Type::DateTime,
            _ if has("int") => Type::Int,
            _ if has("char") || has("clob") || has("text") || has("json") || has("uuid") => Type::Text,
            _ if has("real") || has("floa") || has("doub") => Type::Float,
            _ if has("decimal") || has("numeric") => Type::Decimal,
            _ => Type::Any,
        };
        Self { name: name.to_owned(), scale: scale_of(&lower), ty }
    }
}

/// The 2 of `decimal(10, 2)`.
fn scale_of(type_name: &str) -> u8 {
    let inside = type_name.split_once('(').and_then(|(_, rest)| rest.split_once(')'));
    let scale = inside.and_then(|(inside, _)| inside.split_once(',')).map(|(_, scale)| scale.trim());
    scale.and_then(|scale| scale.parse().ok()).filter(|scale| *scale <= 38).unwrap_or(0)
}

/// A column under construction.
pub(super) struct Column {
    declared: Declared,
    cells: CellsOf,
}

/// Gathers the cells of a column: ints, until there is a float; either, until there is text; all, until there are bytes.
enum CellsOf {
    /// So many nulls and nothing else.
    Nulls(usize),
    Ints(Ints),
    Floats(Floats),
    Texts(Texts),
    Bytes(Binaries),
    /// Of a column that is declared so.
    Decimals(Decimals),
}

impl Column {
    pub(super) fn new(declared: Declared) -> Self {
        let cells = match declared.ty {
            Type::Decimal => CellsOf::Decimals(Decimals::with_scale(declared.name.as_str().into(), declared.scale)),
            _ => CellsOf::Nulls(0),
        };
        Self { declared, cells }
    }

    fn name(&self) -> PlSmallStr {
        self.declared.name.as_str().into()
    }

    fn push_null(&mut self) {
        match &mut self.cells {
            CellsOf::Nulls(count) => *count += 1,
            CellsOf::Ints(cells) => cells.append_null(),
            CellsOf::Floats(cells) => cells.append_null(),
            CellsOf::Texts(cells) => cells.append_null(),
            CellsOf::Bytes(cells) => cells.append_null(),
            CellsOf::Decimals(cells) => cells.push_null(),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a column with floats in it is of floats")]
    fn push_int(&mut self, int: i64) {
        if let CellsOf::Nulls(count) = self.cells {
            let mut ints = Ints::new(self.name(), count.max(ROWS));
            (0..count).for_each(|_| ints.append_null());
            self.cells = CellsOf::Ints(ints);
        }
        match &mut self.cells {
            CellsOf::Ints(cells) => cells.append_value(int),
            CellsOf::Floats(cells) => cells.append_value(int as f64),
            CellsOf::Decimals(cells) => {
                if !cells.push(int.into(), 0) {
                    self.push_text(&int.to_string());
                }
            }
            CellsOf::Nulls(_) | CellsOf::Texts(_) | CellsOf::Bytes(_) => self.push_text(&int.to_string()),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a column with floats in it is of floats")]
    fn push_float(&mut self, float: f64) {
        match &mut self.cells {
            CellsOf::Nulls(_) | CellsOf::Ints(_) => {
                let (ints, nulls) = match self.take() {
                    CellsOf::Ints(ints) => (ints.finish(), 0),
                    CellsOf::Nulls(count) => (Int64Chunked::full_null(PlSmallStr::EMPTY, count), count),
                    _ => (Int64Chunked::full_null(PlSmallStr::EMPTY, 0), 0),
                };
                let mut floats = Floats::new(self.name(), nulls.max(ints.len()).max(ROWS));
                ints.iter().for_each(|int| floats.append_option(int.map(|int| int as f64)));
                floats.append_value(float);
                self.cells = CellsOf::Floats(floats);
            }
            CellsOf::Floats(cells) => cells.append_value(float),
            CellsOf::Decimals(cells) => {
                if !decimal_of_float(float).is_some_and(|(units, scale)| cells.push(units, scale)) {
                    self.push_text(&float.to_string());
                }
            }
            CellsOf::Texts(_) | CellsOf::Bytes(_) => self.push_text(&float.to_string()),
        }
    }

    fn push_text(&mut self, text: &str) {
        if let CellsOf::Decimals(cells) = &mut self.cells
            && decimal_of(text).is_some_and(|(units, scale)| cells.push(units, scale))
        {
            return;
        }
        match &mut self.cells {
            CellsOf::Texts(cells) => cells.append_value(text),
            CellsOf::Bytes(cells) => cells.append_value(text.as_bytes()),
            _ => {
                let mut texts = self.take_texts();
                texts.append_value(text);
                self.cells = CellsOf::Texts(texts);
            }
        }
    }

    fn push_bytes(&mut self, bytes: &[u8]) {
        if !matches!(self.cells, CellsOf::Bytes(_)) {
            let texts = self.take_texts().finish();
            let mut binaries = Binaries::new(self.name(), texts.len().max(ROWS));
            texts.iter().for_each(|text| binaries.append_option(text.map(str::as_bytes)));
            self.cells = CellsOf::Bytes(binaries);
        }
        if let CellsOf::Bytes(cells) = &mut self.cells {
            cells.append_value(bytes);
        }
    }

    fn take(&mut self) -> CellsOf {
        std::mem::replace(&mut self.cells, CellsOf::Nulls(0))
    }

    /// The cells so far, as text.
    fn take_texts(&mut self) -> Texts {
        let name = self.name();
        let mut texts = Texts::new(name, ROWS);
        match self.take() {
            CellsOf::Nulls(count) => (0..count).for_each(|_| texts.append_null()),
            CellsOf::Ints(cells) => {
                cells.finish().iter().for_each(|cell| texts.append_option(cell.map(|int| int.to_string())));
            }
            CellsOf::Floats(cells) => {
                cells.finish().iter().for_each(|cell| texts.append_option(cell.map(|float| float.to_string())));
            }
            CellsOf::Texts(cells) => texts = cells,
            CellsOf::Bytes(_) => {}
            CellsOf::Decimals(cells) => texts = cells.into_texts(),
        }
        texts
    }

    /// The column: of its declared type where all cells are of it, else of the type they have.
    pub(super) fn finish(self, zone: &TimeZone) -> Result<Series, DataError> {
        let name = self.name();
        let series = match self.cells {
            CellsOf::Nulls(count) => {
                return Ok(match crate::dtype::dtype_of(&self.declared.ty) {
                    Some(dtype) => Series::full_null(name, count, &dtype),
                    None => Series::new_null(name, count),
                });
            }
            CellsOf::Ints(cells) => {
                let ints = cells.finish();
                let is_bool = self.declared.ty == Type::Bool && ints.iter().flatten().all(|int| matches!(int, 0 | 1));
                if is_bool {
                    let bools = BooleanChunked::from_iter_options(name, ints.iter().map(|int| int.map(|int| int == 1)));
                    return Ok(bools.into_series());
                }
                ints.into_series()
            }
            CellsOf::Floats(cells) => cells.finish().into_series(),
            CellsOf::Texts(cells) => return meant(cells.finish(), &self.declared.ty, zone),
            CellsOf::Bytes(cells) => cells.finish().into_series(),
            CellsOf::Decimals(cells) => cells.finish()?,
        };
        Ok(series)
    }
}

impl Cells<Sqlite> for Column {
    fn name(&self) -> &str {
        &self.declared.name
    }

    fn push(&mut self, cell: SqliteValueRef<'_>) -> Result<(), BoxDynError> {
        if cell.is_null() {
            self.push_null();
            return Ok(());
        }
        // The type of the cell, not of the column.
        let ty = cell.type_info();
        match ty.name() {
            "INTEGER" => self.push_int(<i64 as Decode<'_, Sqlite>>::decode(cell)?),
            "REAL" => self.push_float(<f64 as Decode<'_, Sqlite>>::decode(cell)?),
            "TEXT" => self.push_text(<&str as Decode<'_, Sqlite>>::decode(cell)?),
            _ => self.push_bytes(<&[u8] as Decode<'_, Sqlite>>::decode(cell)?),
        }
        Ok(())
    }
}

/// Text as what its column is declared to hold, if all of it is.
fn meant(texts: StringChunked, ty: &Type, zone: &TimeZone) -> Result<Series, DataError> {
    let name = texts.name().clone();
    let (cells, dtype) = match ty {
        Type::Date => {
            let days = all(&texts, |text| parse_date(text).map(days_of_date));
            (days.map(|days| Int32Chunked::from_iter_options(name, days.into_iter()).into_series()), DataType::Date)
        }
        Type::Time => {
            let nanos = all(&texts, |text| text.parse().ok().map(nanos_of_time));
            (nanos.map(|nanos| Int64Chunked::from_iter_options(name, nanos.into_iter()).into_series()), DataType::Time)
        }
        Type::DateTime => {
            let micros = all(&texts, |text| {
                let midnight = || parse_date(text).map(|date| date.at(0, 0, 0, 0));
                parse_moment(text, zone).or_else(midnight).map(micros_of_moment)
            });
            (micros.map(|micros| Int64Chunked::from_iter_options(name, micros.into_iter()).into_series()), moment())
        }
        _ => (None, DataType::String),
    };
    match cells {
        Some(cells) => cells.cast(&dtype).map_err(|error| DataError::internal(error.to_string())),
        None => Ok(texts.into_series()),
    }
}

/// The cells as what they mean; none if one of them does not mean it.
fn all<T>(cells: &StringChunked, mean: impl Fn(&str) -> Option<T>) -> Option<Vec<Option<T>>> {
    cells.iter().map(|cell| cell.map_or(Some(None), |text| mean(text).map(Some))).collect()
}

/// A decimal as `SQLite` keeps it where its digits are too many for a float.
fn decimal_of(text: &str) -> Option<(i128, u8)> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = whole.strip_prefix(['-', '+']).unwrap_or(whole);
    let is_number = !(digits.is_empty() && part.is_empty())
        && [digits, part].iter().all(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    let units = is_number.then(|| format!("{whole}{part}").parse().ok()).flatten()?;
    Some((units, u8::try_from(part.len()).ok()?))
}

/// A float as the decimal that it was before it was stored: of 15 digits, which is what `SQLite` keeps and writes.
fn decimal_of_float(float: f64) -> Option<(i128, u8)> {
    let written = format!("{float:.14e}");
    let (digits, exponent) = written.split_once('e')?;
    let digits = if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits };
    let (units, scale) = decimal_of(digits)?;
    let scale = i32::from(scale) - exponent.parse::<i32>().ok()?;
    match u8::try_from(scale) {
        Ok(scale) => (scale <= 38).then_some((units, scale)),
        Err(_) => Some((units.checked_mul(10i128.checked_pow(scale.unsigned_abs())?)?, 0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declared_types_are_known_by_what_they_are_called() {
        for (name, ty, scale) in [
            ("DECIMAL(10,2)", Type::Decimal, 2),
            ("numeric(38, 19)", Type::Decimal, 19),
            ("NUMERIC", Type::Decimal, 0),
            ("BIGINT UNSIGNED", Type::Int, 0),
            ("varchar(20)", Type::Text, 0),
            ("timestamp with time zone", Type::DateTime, 0),
            ("double precision", Type::Float, 0),
            ("bool", Type::Bool, 0),
            ("json", Type::Text, 0),
            ("", Type::Any, 0),
        ] {
            let declared = Declared::new("x", name);
            assert_eq!((declared.ty, declared.scale), (ty, scale), "{name}");
        }
    }

    #[test]
    fn floats_of_decimal_columns_are_the_decimals_that_were_stored() {
        for (float, wanted) in [
            (0.25, Some((25, 2))),
            (-10.0, Some((-10, 0))),
            (0.1 + 0.2, Some((3, 1))),
            (1e20, Some((10i128.pow(20), 0))),
            (1.5e-7, Some((15, 8))),
            (99_999_999.99, Some((9_999_999_999, 2))),
            (0.0, Some((0, 0))),
            (1e-40, None),
            (f64::INFINITY, None),
        ] {
            assert_eq!(decimal_of_float(float), wanted, "{float}");
        }
        for (text, wanted) in [
            ("12345678901234567890.12", Some((1_234_567_890_123_456_789_012, 2))),
            ("-.5", Some((-5, 1))),
            ("1e5", None),
            ("-", None),
            ("", None),
            ("n/a", None),
        ] {
            assert_eq!(decimal_of(text), wanted, "{text}");
        }
    }
}
