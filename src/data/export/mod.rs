//! Tables as files: CSV, JSON, Parquet and XLSX, made piece by piece as they are fetched.
//!
//! A file holds values, not what a page makes of them: dates are dates, and numbers have a point. People read CSV and
//! XLSX, so columns are headed by their labels there; programs read JSON and Parquet, where columns have their names.

mod csv;
mod json;
mod number_format;
mod parquet;
mod xlsx;
mod zip;

use std::sync::Arc;

use appspec_lang::spec::{Format, Name};
use appspec_lang::value::Scalar;
use futures_util::{Stream, stream};

use crate::column::ColumnValues;
use crate::data::Data;
use crate::dtype::decimal_text;
use crate::error::DataError;
use crate::table::Table;

/// How many rows are written at a time.
const ROWS: usize = 4000;

/// A format of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFormat {
    Csv,
    Json,
    Parquet,
    Xlsx,
}

impl FileFormat {
    /// The format of this ending.
    pub fn of(ending: &str) -> Option<Self> {
        [Self::Csv, Self::Json, Self::Parquet, Self::Xlsx].into_iter().find(|format| format.ending() == ending)
    }

    /// How names of such files end.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Parquet => "parquet",
            Self::Xlsx => "xlsx",
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json",
            Self::Parquet => "application/vnd.apache.parquet",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// A column of a file.
#[derive(Clone, Debug)]
pub struct ExportColumn {
    pub name: Name,
    pub label: String,
    pub format: Option<Format>,
    pub unit: Option<String>,
}

/// A table that is to become a file.
#[derive(Clone, Debug)]
pub struct Export {
    pub table: Table,
    /// In their order; others are left out.
    pub columns: Vec<ExportColumn>,
    pub format: FileFormat,
    /// ISO 4217: that of amounts which name none.
    pub currency: Option<Arc<str>>,
}

/// A column with its cells.
struct Source {
    column: ExportColumn,
    cells: ColumnValues,
}

/// Turns rows into bytes, some at a time.
trait Writer: Send {
    /// What stands in front of all rows.
    fn begin(&mut self) -> Result<Vec<u8>, DataError>;
    /// Some rows, which follow those before.
    fn rows(&mut self, from: usize, to: usize) -> Result<Vec<u8>, DataError>;
    /// What stands behind all rows.
    fn end(&mut self) -> Result<Vec<u8>, DataError>;
}

/// A file under way.
struct Course {
    writer: Box<dyn Writer>,
    rows: usize,
    at: Place,
}

enum Place {
    Begin,
    Row(usize),
    Over,
}

impl Course {
    fn next(&mut self) -> Result<Option<Vec<u8>>, DataError> {
        let (bytes, place) = match self.at {
            Place::Begin => (self.writer.begin()?, Place::Row(0)),
            Place::Row(from) if from < self.rows => {
                let to = (from + ROWS).min(self.rows);
                (self.writer.rows(from, to)?, Place::Row(to))
            }
            Place::Row(_) => (self.writer.end()?, Place::Over),
            Place::Over => return Ok(None),
        };
        self.at = place;
        Ok(Some(bytes))
    }
}

impl Data {
    /// The bytes of a file, made as they are asked for: whoever fetches slowly keeps no core busy.
    pub fn export(
        &self,
        export: Export,
    ) -> Result<impl Stream<Item = Result<Vec<u8>, DataError>> + Send + use<>, DataError> {
        let course = Course { rows: export.table.rows(), writer: writer(export)?, at: Place::Begin };
        let data = self.clone();
        Ok(stream::unfold(Some(course), move |course| {
            let data = data.clone();
            async move {
                let mut course = course?;
                let step = move || {
                    let bytes = course.next()?;
                    Ok((course, bytes))
                };
                match data.blocking(step).await {
                    Ok((course, Some(bytes))) => Some((Ok(bytes), Some(course))),
                    Ok((_, None)) => None,
                    Err(error) => Some((Err(error), None)),
                }
            }
        }))
    }
}

fn writer(export: Export) -> Result<Box<dyn Writer>, DataError> {
    let Export { table, columns, format, currency } = export;
    let named = |column: ExportColumn| {
        let cells = table.column(&column.name);
        let cells = cells.ok_or_else(|| DataError::rejected(format!("the table has no column `{}`", column.name)))?;
        Ok(Source { column, cells })
    };
    let sources: Vec<Source> = columns.into_iter().map(named).collect::<Result<_, DataError>>()?;
    Ok(match format {
        FileFormat::Csv => Box::new(csv::Csv(sources)),
        FileFormat::Json => Box::new(json::Json(sources)),
        FileFormat::Parquet => Box::new(parquet::Parquet::new(&table, &sources)?),
        FileFormat::Xlsx => Box::new(xlsx::Xlsx::new(sources, table.rows(), currency.as_deref())?),
    })
}

/// A cell as plain text that programs read back; nothing for null.
fn plain(cell: &Scalar) -> String {
    match cell {
        Scalar::Null => String::new(),
        Scalar::Bool(bool) => bool.to_string(),
        Scalar::Int(int) => int.to_string(),
        Scalar::Float(float) => float.to_string(),
        Scalar::Decimal { units, scale } => decimal_text(*units, *scale),
        Scalar::Text(text) => text.to_string(),
        Scalar::Date(date) => date.to_string(),
        Scalar::Time(time) => time.to_string(),
        Scalar::DateTime(moment) => moment.to_string().replace('T', " "),
        Scalar::Bytes(_) | Scalar::List(_) | Scalar::Range(_) => json::value(cell).to_string(),
    }
}
