//! Columns from `SQLite`, whose cells may each be of another type.

use appspec_lang::value::{Scalar, Type};
use jiff::tz::TimeZone;
use polars::prelude::{NamedFrom, PlSmallStr, Series};
use sqlx::error::BoxDynError;
use sqlx::sqlite::SqliteValueRef;
use sqlx::{Decode, Sqlite, TypeInfo, ValueRef};

use crate::dtype::series_from_scalars;
use crate::error::DataError;
use crate::moment::{parse_date, parse_moment};

/// What a database says of a column before any row.
#[derive(Clone, Debug)]
pub(super) struct Declared {
    pub(super) name: String,
    pub(super) ty: Type,
}

/// Gathers the cells of a column: ints, until there is a float; either, until there is text.
#[derive(Debug)]
pub(super) enum Builder {
    /// So many nulls and nothing else.
    Nulls(usize),
    Ints(Vec<Option<i64>>),
    Floats(Vec<Option<f64>>),
    Texts(Vec<Option<String>>),
    Bytes(Vec<Option<Vec<u8>>>),
}

impl Default for Builder {
    fn default() -> Self {
        Self::Nulls(0)
    }
}

impl Builder {
    pub(super) fn push(&mut self, cell: SqliteValueRef<'_>) -> Result<(), BoxDynError> {
        if cell.is_null() {
            self.push_null();
            return Ok(());
        }
        // The type of the cell, not of the column.
        match cell.type_info().name() {
            "INTEGER" => self.push_int(decode(cell)?),
            "REAL" => self.push_float(decode(cell)?),
            "TEXT" => self.push_text(decode(cell)?),
            _ => self.push_bytes(decode(cell)?),
        }
        Ok(())
    }

    fn push_null(&mut self) {
        match self {
            Self::Nulls(count) => *count += 1,
            Self::Ints(cells) => cells.push(None),
            Self::Floats(cells) => cells.push(None),
            Self::Texts(cells) => cells.push(None),
            Self::Bytes(cells) => cells.push(None),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a column with floats in it is of floats")]
    fn push_int(&mut self, int: i64) {
        match self {
            Self::Nulls(count) => *self = Self::Ints(after_nulls(*count, int)),
            Self::Ints(cells) => cells.push(Some(int)),
            Self::Floats(cells) => cells.push(Some(int as f64)),
            Self::Texts(_) => self.push_text(int.to_string()),
            Self::Bytes(_) => self.push_bytes(int.to_string().into_bytes()),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a column with floats in it is of floats")]
    fn push_float(&mut self, float: f64) {
        match self {
            Self::Nulls(count) => *self = Self::Floats(after_nulls(*count, float)),
            Self::Ints(cells) => {
                let mut floats: Vec<Option<f64>> = cells.iter().map(|cell| cell.map(|int| int as f64)).collect();
                floats.push(Some(float));
                *self = Self::Floats(floats);
            }
            Self::Floats(cells) => cells.push(Some(float)),
            Self::Texts(_) => self.push_text(float.to_string()),
            Self::Bytes(_) => self.push_bytes(float.to_string().into_bytes()),
        }
    }

    fn push_text(&mut self, text: String) {
        match self {
            Self::Nulls(count) => *self = Self::Texts(after_nulls(*count, text)),
            Self::Ints(cells) => *self = Self::Texts(followed_by(cells, text)),
            Self::Floats(cells) => *self = Self::Texts(followed_by(cells, text)),
            Self::Texts(cells) => cells.push(Some(text)),
            Self::Bytes(_) => self.push_bytes(text.into_bytes()),
        }
    }

    fn push_bytes(&mut self, bytes: Vec<u8>) {
        let mut cells: Vec<Option<Vec<u8>>> = match self {
            Self::Nulls(count) => vec![None; *count],
            Self::Ints(cells) => cells.iter().map(|cell| cell.map(|int| int.to_string().into_bytes())).collect(),
            Self::Floats(cells) => cells.iter().map(|cell| cell.map(|float| float.to_string().into_bytes())).collect(),
            Self::Texts(cells) => cells.drain(..).map(|cell| cell.map(String::into_bytes)).collect(),
            Self::Bytes(cells) => return cells.push(Some(bytes)),
        };
        cells.push(Some(bytes));
        *self = Self::Bytes(cells);
    }

    /// The column: of its declared type where all cells are of it, else of the type they have.
    pub(super) fn finish(self, column: &Declared, zone: &TimeZone) -> Result<Series, DataError> {
        let name = PlSmallStr::from_str(&column.name);
        let meant = match &self {
            Self::Nulls(count) => Some(vec![Scalar::Null; *count]),
            Self::Ints(cells) if column.ty == Type::Bool => all(cells, |int| match int {
                0 | 1 => Some(Scalar::Bool(*int == 1)),
                _ => None,
            }),
            Self::Texts(cells) => match column.ty {
                Type::Date => all(cells, |text| parse_date(text).map(Scalar::Date)),
                Type::Time => all(cells, |text| text.parse().ok().map(Scalar::Time)),
                Type::DateTime => all(cells, |text| {
                    let midnight = || parse_date(text).map(|date| date.at(0, 0, 0, 0));
                    parse_moment(text, zone).or_else(midnight).map(Scalar::DateTime)
                }),
                _ => None,
            },
            _ => None,
        };
        if let Some(cells) = meant {
            return series_from_scalars(&column.name, Some(&column.ty), &cells);
        }
        Ok(match self {
            Self::Nulls(count) => Series::new_null(name, count),
            Self::Ints(cells) => Series::new(name, cells),
            Self::Floats(cells) => Series::new(name, cells),
            Self::Texts(cells) => Series::new(name, cells),
            Self::Bytes(cells) => Series::new(name, cells),
        })
    }
}

/// Decodes without looking at the type that the column was declared with.
fn decode<'r, T: Decode<'r, Sqlite>>(cell: SqliteValueRef<'r>) -> Result<T, BoxDynError> {
    T::decode(cell)
}

fn after_nulls<T: Clone>(nulls: usize, cell: T) -> Vec<Option<T>> {
    let mut cells = vec![None; nulls];
    cells.push(Some(cell));
    cells
}

fn followed_by<T: ToString>(cells: &[Option<T>], text: String) -> Vec<Option<String>> {
    cells.iter().map(|cell| cell.as_ref().map(T::to_string)).chain([Some(text)]).collect()
}

/// The cells as what they mean; none if one of them does not mean it.
fn all<T>(cells: &[Option<T>], mean: impl Fn(&T) -> Option<Scalar>) -> Option<Vec<Scalar>> {
    cells.iter().map(|cell| cell.as_ref().map_or(Some(Scalar::Null), &mean)).collect()
}
