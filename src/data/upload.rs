//! Files that users send: read as tables, or refused in words for those who sent them.

use std::sync::Arc;

use appspec_lang::spec::{FileOptions, Name};
use appspec_lang::value::Type;
use polars::prelude::{LazyFrame, col};

use crate::data::Data;
use crate::error::{DataError, DataErrorKind};
use crate::file::{Body, Format};
use crate::table::Table;
use crate::transform;

/// So many lines of a text are looked at for how it separates its cells.
const LOOKED_AT: usize = 50;

/// A file as it was sent.
#[derive(Clone, Debug)]
pub struct Upload {
    /// What its user calls it.
    pub name: String,
    pub bytes: Arc<[u8]>,
}

impl Data {
    /// The table in a file that a user has sent, counted as long as anybody has it.
    ///
    /// Of columns that are declared each must be there, and others are left out.
    pub async fn read_upload(&self, upload: Upload, columns: Vec<(Name, Type)>) -> Result<Table, DataError> {
        self.find_room(upload.bytes.len())?;
        let this = self.clone();
        let table = self.blocking(move || this.take_upload(&upload, columns)).await?;
        self.find_room(table.bytes())?;
        self.cache().count(&table);
        Ok(table)
    }

    /// Whether so many bytes may be held besides what is held already.
    fn find_room(&self, bytes: usize) -> Result<(), DataError> {
        let room = self.room();
        let wanted = room.held_bytes.saturating_add(bytes as u64);
        if wanted > room.limit {
            return Err(DataError::new(DataErrorKind::Busy, "there is no room for this file now: try again later"));
        }
        Ok(())
    }

    fn take_upload(&self, upload: &Upload, columns: Vec<(Name, Type)>) -> Result<Table, DataError> {
        let Some(format) = Format::of_ending(&upload.name) else {
            return Err(DataError::rejected(format!("`{}` is no file that can be read as a table", upload.name)));
        };
        let mut options = FileOptions { types: columns, ..FileOptions::default() };
        if matches!(format, Format::Csv { separator: ',' }) {
            guess(&upload.bytes, &mut options);
        }
        let called = upload.name.as_str();
        let body = Body { called, bytes: Arc::clone(&upload.bytes), format, options: &options, path: None };
        let files = self.files();
        let frame = files
            .read(body)
            .map(|frame| only(frame, &options))
            .and_then(|frame| transform::collect(frame, None, false).map_err(|error| files.failure(called, &error)))?;
        Table::from_frame(&frame, self.zone())
    }
}

/// Leaves out what is not declared, where anything is.
fn only(frame: LazyFrame, options: &FileOptions) -> LazyFrame {
    if options.types.is_empty() {
        return frame;
    }
    frame.select(options.types.iter().map(|(name, _)| col(&**name)).collect::<Vec<_>>())
}

/// Finds out how a text separates its cells: spreadsheets write a `;` where the comma is that of numbers.
fn guess(bytes: &[u8], options: &mut FileOptions) {
    let text = String::from_utf8_lossy(bytes.get(..bytes.len().min(1 << 16)).unwrap_or_default());
    let mut lines = text.lines();
    let Some(first) = lines.next() else { return };
    let separator = [',', ';', '\t'].into_iter().max_by_key(|sign| (first.matches(*sign).count(), *sign == ','));
    let Some(separator) = separator.filter(|separator| *separator != ',' && first.contains(*separator)) else { return };
    options.delimiter = Some(separator);
    let cells = || lines.clone().take(LOOKED_AT).flat_map(|line| line.split(separator));
    options.decimal_comma = cells().any(|cell| is_decimal(cell, ',')) && !cells().any(|cell| is_decimal(cell, '.'));
}

/// Whether a cell is a number with such a point.
fn is_decimal(cell: &str, point: char) -> bool {
    let cell = cell.trim().trim_matches('"');
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    cell.strip_prefix('-')
        .unwrap_or(cell)
        .split_once(point)
        .is_some_and(|(whole, part)| is_digits(whole) && is_digits(part))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use appspec_lang::value::Scalar;

    use super::*;
    use crate::data::DataSettings;

    async fn read(name: &str, text: &str, columns: &[(&str, Type)]) -> Result<Table, DataError> {
        let data = Data::open(Path::new("."), &[], DataSettings::default());
        let upload = Upload { name: name.to_owned(), bytes: text.as_bytes().into() };
        data.read_upload(upload, columns.iter().map(|(name, ty)| (Name::from(*name), ty.clone())).collect()).await
    }

    #[tokio::test]
    async fn files_of_all_kinds_are_tables() {
        let float = Scalar::Float;
        for (name, text, wanted) in [
            ("a.csv", "x,y\n1,2.5\n", float(2.5)),
            ("a.CSV", "x;y\n1;2,5\n", float(2.5)),
            ("a.csv", "x;y\n1;2.5\n", float(2.5)),
            ("a.csv", "x\ty\n1\t2.5\n", float(2.5)),
            ("a.tsv", "x\ty\n1\t2.5\n", float(2.5)),
            ("a.json", r#"[{"x": 1, "y": 2.5}]"#, float(2.5)),
            ("a.ndjson", "{\"x\": 1, \"y\": 2.5}\n", float(2.5)),
        ] {
            let table = read(name, text, &[]).await.unwrap();
            assert_eq!(table.cell(0, "y"), Some(wanted), "{name} {text}");
        }
    }

    #[tokio::test]
    async fn declared_columns_are_there_alone() {
        let columns = [("day", Type::Date), ("amount", Type::Float)];
        let table = read("a.csv", "amount,other,day\n1,x,2026-01-02\n", &columns).await.unwrap();
        let found = table.columns();
        let names: Vec<&str> = found.iter().map(|column| &*column.name).collect();
        assert_eq!(names, ["day", "amount"]);
        assert_eq!(table.cell(0, "amount"), Some(Scalar::Float(1.0)));
        let wrong = read("a.csv", "amount\n1\n", &columns).await.unwrap_err();
        assert_eq!(&*wrong.message, "`a.csv` cannot be read: it has no column `day`");
    }

    #[tokio::test]
    async fn what_is_no_table_is_refused_in_words() {
        for (name, text, part) in [
            ("a.xlsx", "", "`a.xlsx` is no file that can be read as a table"),
            ("a.csv", "", "it is empty"),
            ("a.json", "[{", "it is no JSON"),
            ("a.parquet", "no", "cannot be read"),
        ] {
            let error = read(name, text, &[]).await.unwrap_err();
            assert!(error.message.contains(part), "{name}: {}", error.message);
        }
    }
}
