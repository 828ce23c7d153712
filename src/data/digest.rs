//! Digests of columns: equal names, types and cells have equal ones, however the cells lie in memory.

use appspec_lang::value::{Fingerprint, Hasher};
use polars::prelude::*;

use crate::dtype::scalar_from_cell;

/// Bytes are handed on in pieces of this size, whatever the chunks of the column.
const PIECE: usize = 64 * 1024;

/// The digest of a column of a [normal](crate::dtype::normal) type.
pub(crate) fn series_fingerprint(series: &Series) -> Fingerprint {
    let mut hasher = Hasher::default();
    hasher.text(series.name()).text(&series.dtype().to_string()).number(series.len() as u64);
    let mut bytes = Bytes { hasher: &mut hasher, piece: Vec::with_capacity(PIECE + 64) };
    add_nulls(series, &mut bytes);
    add_cells(series, &mut bytes);
    bytes.finish();
    hasher.finish()
}

/// Gathers bytes into pieces of one size, so that only their sequence counts.
struct Bytes<'a> {
    hasher: &'a mut Hasher,
    piece: Vec<u8>,
}

impl Bytes<'_> {
    fn add(&mut self, bytes: &[u8]) {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.hand_on();
        }
    }

    /// A text or the like: its length tells where it ends.
    fn add_framed(&mut self, bytes: &[u8]) {
        self.add(&(bytes.len() as u64).to_le_bytes());
        self.add(bytes);
    }

    fn hand_on(&mut self) {
        self.hasher.bytes(&self.piece);
        self.piece.clear();
    }

    fn finish(mut self) {
        self.hand_on();
    }
}

fn add_nulls(series: &Series, bytes: &mut Bytes<'_>) {
    if series.null_count() == 0 {
        bytes.add(&[0]);
        return;
    }
    bytes.add(&[1]);
    for is_null in series.is_null().iter() {
        bytes.add(&[u8::from(is_null == Some(true))]);
    }
}

/// Adds the cells; where one is null, whatever stands for nothing in its type.
fn add_cells(series: &Series, bytes: &mut Bytes<'_>) {
    let physical = series.to_physical_repr();
    match physical.dtype() {
        DataType::Boolean => {
            for cell in physical.bool().expect("the type is checked").iter() {
                bytes.add(&[u8::from(cell == Some(true))]);
            }
        }
        DataType::Int32 => add_numbers(physical.i32().expect("the type is checked"), bytes, i32::to_le_bytes),
        DataType::Int64 => add_numbers(physical.i64().expect("the type is checked"), bytes, i64::to_le_bytes),
        DataType::Int128 => add_numbers(physical.i128().expect("the type is checked"), bytes, i128::to_le_bytes),
        DataType::Float64 => add_numbers(physical.f64().expect("the type is checked"), bytes, float_to_bytes),
        DataType::String => {
            for cell in physical.str().expect("the type is checked").iter() {
                bytes.add_framed(cell.unwrap_or_default().as_bytes());
            }
        }
        DataType::Binary => {
            for cell in physical.binary().expect("the type is checked").iter() {
                bytes.add_framed(cell.unwrap_or_default());
            }
        }
        DataType::Null => {}
        // Lists are rare and short.
        _ => {
            for cell in series.iter() {
                bytes.add(&scalar_from_cell(&cell).fingerprint().0.to_le_bytes());
            }
        }
    }
}

fn add_numbers<T: PolarsNumericType, const WIDTH: usize>(
    numbers: &ChunkedArray<T>,
    bytes: &mut Bytes<'_>,
    to_bytes: fn(T::Native) -> [u8; WIDTH],
) {
    for chunk in numbers.downcast_iter() {
        if chunk.validity().is_none() {
            for number in chunk.values().iter() {
                bytes.add(&to_bytes(*number));
            }
        } else {
            for number in chunk {
                bytes.add(&to_bytes(number.copied().unwrap_or_default()));
            }
        }
    }
}

/// One pattern for all zeros and one for all NaNs: they look the same.
fn float_to_bytes(float: f64) -> [u8; 8] {
    if float.is_nan() {
        f64::NAN.to_le_bytes()
    } else if float == 0.0 {
        0f64.to_le_bytes()
    } else {
        float.to_le_bytes()
    }
}
