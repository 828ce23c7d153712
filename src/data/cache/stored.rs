//! A result as a file: a line that names the format, a checksum, what is to be known of the table, and the table as
//! Parquet.

use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use appspec_lang::value::Fingerprint;
use jiff::Timestamp;
use polars::prelude::{ParquetReader, ParquetWriter, SerReader};
use serde_json::{Value, json};

use crate::table::Table;

/// Counts up whenever files of before cannot be read any more.
const FORMAT: &[u8] = b"appspec-cache 1\n";

/// What another version makes of the same cells may be another table.
const VERSION: &str = env!("CARGO_PKG_VERSION");

const CHECKSUM: usize = 32;

/// The file of a result.
pub(super) fn encode(key: Fingerprint, query: Fingerprint, table: &Table, made: Timestamp) -> Result<Vec<u8>, String> {
    let about = json!({
        "version": VERSION,
        "key": key.hex(),
        "query": query.hex(),
        "made": made.to_string(),
        "cut": table.was_cut(),
        "warnings": table.warnings().iter().map(|warning| &**warning).collect::<Vec<_>>(),
        "fingerprint": table.fingerprint().hex(),
    });
    let about = about.to_string();
    let length = u32::try_from(about.len()).map_err(|error| error.to_string())?;
    let mut body = length.to_le_bytes().to_vec();
    body.extend_from_slice(about.as_bytes());
    let mut frame = table.frame().clone();
    ParquetWriter::new(&mut body).finish(&mut frame).map_err(|error| error.to_string())?;
    let mut file = Vec::with_capacity(FORMAT.len() + CHECKSUM + body.len());
    file.extend_from_slice(FORMAT);
    file.extend_from_slice(blake3::hash(&body).as_bytes());
    file.append(&mut body);
    Ok(file)
}

/// Reads a result, and when it was made; what is not exactly as it was written is refused.
#[expect(clippy::disallowed_methods, reason = "the file is the server's own, no spec")]
pub(super) fn read(path: &Path, key: Fingerprint) -> Result<(Table, Timestamp), String> {
    decode(&fs::read(path).map_err(|error| error.to_string())?, key)
}

fn decode(file: &[u8], key: Fingerprint) -> Result<(Table, Timestamp), String> {
    let rest = file.strip_prefix(FORMAT).ok_or("it is of another format")?;
    let (checksum, body) = rest.split_at_checked(CHECKSUM).ok_or("it is cut short")?;
    if blake3::hash(body).as_bytes() != checksum {
        return Err("its checksum is wrong".to_owned());
    }
    let (length, rest) = body.split_first_chunk::<4>().ok_or("it is cut short")?;
    let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|error| error.to_string())?;
    let (about, frame) = rest.split_at_checked(length).ok_or("it is cut short")?;
    let about: Value = serde_json::from_slice(about).map_err(|error| error.to_string())?;
    let text = |name: &str| about.get(name).and_then(Value::as_str).unwrap_or_default();
    if text("version") != VERSION {
        return Err("it is of another version of appspec".to_owned());
    }
    if text("key") != key.hex() {
        return Err("it is the result of another query".to_owned());
    }
    let made: Timestamp = text("made").parse().map_err(|error: jiff::Error| error.to_string())?;
    let frame = ParquetReader::new(Cursor::new(frame)).finish().map_err(|error| error.to_string())?;
    let warnings = about.get("warnings").and_then(Value::as_array).into_iter().flatten();
    let warnings = warnings.filter_map(Value::as_str).map(Arc::from).collect();
    let table = Table::wrap(frame, about.get("cut").and_then(Value::as_u64), warnings);
    if table.fingerprint().hex() != text("fingerprint") {
        return Err("it has not come back as it was".to_owned());
    }
    Ok((table, made))
}

#[cfg(test)]
mod tests {
    use appspec_lang::value::{Scalar, Type};

    use super::*;

    fn every_type() -> Table {
        let moment = Scalar::DateTime("1969-12-31T23:59:59.25".parse().unwrap());
        let columns = [
            ("bool", Type::Bool, Scalar::Bool(true)),
            ("int", Type::Int, Scalar::Int(i64::MIN)),
            ("float", Type::Float, Scalar::Float(-0.1)),
            ("decimal", Type::Decimal, Scalar::Decimal { units: -12_345_678_901_234_567_890, scale: 7 }),
            ("text", Type::Text, Scalar::text("a\0'ü\n")),
            ("date", Type::Date, Scalar::Date("-000044-03-15".parse().unwrap())),
            ("time", Type::Time, Scalar::Time("23:59:59.5".parse().unwrap())),
            ("moment", Type::DateTime, moment),
            ("bytes", Type::Any, Scalar::Bytes([0, 255].as_slice().into())),
            ("list", Type::List(Box::new(Type::Int)), Scalar::list([Scalar::Int(1), Scalar::Null])),
            ("nothing", Type::Any, Scalar::Null),
        ];
        let column = |(name, ty, cell): (&str, Type, Scalar)| (name.into(), ty, vec![cell, Scalar::Null]);
        Table::from_columns(columns.into_iter().map(column).collect()).unwrap()
    }

    const KEY: Fingerprint = Fingerprint(7);
    const QUERY: Fingerprint = Fingerprint(8);

    #[test]
    fn every_kind_of_cell_comes_back_and_what_was_cut_stays_cut() {
        let made: Timestamp = "2026-01-31T12:00:00.123Z".parse().unwrap();
        let empty = every_type().head(0);
        for table in [every_type(), empty, every_type().cut_to(Some(1))] {
            let file = encode(KEY, QUERY, &table, made).unwrap();
            let (back, when) = decode(&file, KEY).unwrap();
            assert_eq!(back.columns(), table.columns());
            assert_eq!((back.records(9), back.was_cut(), when), (table.records(9), table.was_cut(), made));
            assert_eq!(back.fingerprint(), table.fingerprint());
        }
    }

    #[test]
    fn whatever_is_wrong_with_a_file_is_found() {
        let file = encode(KEY, QUERY, &every_type(), Timestamp::UNIX_EPOCH).unwrap();
        for at in 0..file.len() {
            let mut broken = file.clone();
            broken[at] ^= 1;
            assert!(decode(&broken, KEY).is_err(), "byte {at} of {}", file.len());
        }
        for length in [0, 10, FORMAT.len() + 5, file.len() / 2, file.len() - 1] {
            assert!(decode(&file[..length], KEY).is_err(), "cut to {length}");
        }
        assert_eq!(decode(&file, QUERY).unwrap_err(), "it is the result of another query");
        assert_eq!(decode(b"appspec-cache 2\n....", KEY).unwrap_err(), "it is of another format");
    }
}
