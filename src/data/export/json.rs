//! JSON: a list of the rows, each a line.

use appspec_lang::value::Scalar;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{Source, Writer};
use crate::dtype::decimal_text;
use crate::error::DataError;

pub(super) struct Json(pub(super) Vec<Source>);

impl Writer for Json {
    fn begin(&mut self) -> Result<Vec<u8>, DataError> {
        Ok(b"[".to_vec())
    }

    fn rows(&mut self, from: usize, to: usize) -> Result<Vec<u8>, DataError> {
        let mut text = String::new();
        for row in from..to {
            text.push_str(if row == 0 { "\n{" } else { ",\n{" });
            for (at, source) in self.0.iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                text.push_str(&Value::from(&*source.column.name).to_string());
                text.push(':');
                match source.cells.get(row).unwrap_or_default() {
                    // More digits than a float holds stay as they are.
                    Scalar::Decimal { units, scale } => text.push_str(&decimal_text(units, scale)),
                    cell => text.push_str(&value(&cell).to_string()),
                }
            }
            text.push('}');
        }
        Ok(text.into_bytes())
    }

    fn end(&mut self) -> Result<Vec<u8>, DataError> {
        Ok(b"\n]\n".to_vec())
    }
}

/// A cell as JSON. What JSON has no form for is text; a float that is no number is null.
pub(super) fn value(cell: &Scalar) -> Value {
    match cell {
        Scalar::Null => Value::Null,
        Scalar::Bool(bool) => Value::from(*bool),
        Scalar::Int(int) => Value::from(*int),
        Scalar::Float(float) => Value::from(*float),
        Scalar::Decimal { units, scale } => Value::from(decimal_text(*units, *scale)),
        Scalar::Text(text) => Value::from(&**text),
        Scalar::Date(date) => Value::from(date.to_string()),
        Scalar::Time(time) => Value::from(time.to_string()),
        Scalar::DateTime(moment) => Value::from(moment.to_string()),
        Scalar::Bytes(bytes) => Value::from(STANDARD.encode(bytes)),
        Scalar::List(items) => Value::Array(items.iter().map(value).collect()),
        Scalar::Range(ends) => Value::Array(ends.iter().map(value).collect()),
    }
}
