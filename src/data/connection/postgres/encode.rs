//! Values as the server takes them: the bytes of its binary format, by the type it expects.

use std::borrow::Cow;

use appspec_lang::value::Scalar;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo};
use sqlx::{Encode, Postgres, Type};

use super::column::{DAYS_TO_2000, MICROS_TO_2000};
use super::kind::Kind;
use super::numeric;
use crate::connection::template::Slot;
use crate::dtype::{days_of_date, decimal_text, micros_of_moment, nanos_of_time};

/// What becomes of a value where a type is expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// The bytes of the type; none for null.
    Bytes(Option<Vec<u8>>),
    /// The value is of another kind, which the server can compare with the type.
    Own,
    /// The server reads the text of the value as the type, or says why it cannot.
    Written,
}

/// Brings a value to a type.
pub(super) fn fit(slot: &Slot, kind: &Kind, zone: &TimeZone) -> Fit {
    match slot {
        Slot::Value(value) => fit_value(value, kind, zone),
        Slot::Array(items) => {
            let Kind::Array(item, oid) = kind else { return Fit::Own };
            let mut fitting = Vec::with_capacity(items.len());
            let mut other = None;
            for value in items.iter() {
                match fit_value(value, item, zone) {
                    Fit::Bytes(bytes) => fitting.push(bytes),
                    Fit::Written => return Fit::Written,
                    Fit::Own => other = Some(Fit::Own),
                }
            }
            other.unwrap_or_else(|| Fit::Bytes(Some(array_bytes(&fitting, *oid))))
        }
        Slot::Nothing => Fit::Bytes(None),
    }
}

fn fit_value(value: &Scalar, kind: &Kind, zone: &TimeZone) -> Fit {
    let bytes = match (value, kind) {
        (Scalar::Null, _) => return Fit::Bytes(None),
        (Scalar::Bool(bool), Kind::Bool) => vec![u8::from(*bool)],
        (Scalar::Bool(bool), kind) if kind.is_int() => return fit_value(&Scalar::Int(i64::from(*bool)), kind, zone),
        (Scalar::Int(int @ (0 | 1)), Kind::Bool) => vec![u8::from(*int == 1)],
        (Scalar::Int(int), kind) => return fit_int(*int, kind),
        (Scalar::Float(float), Kind::Float8) => float.to_be_bytes().to_vec(),
        (Scalar::Float(_), Kind::Float4) => return Fit::Own,
        (Scalar::Float(float), kind) if kind.is_int() => match whole(*float) {
            Some(int) => return fit_int(int, kind),
            None => return Fit::Own,
        },
        (Scalar::Decimal { units, scale }, Kind::Numeric) => numeric::write(*units, *scale),
        (Scalar::Decimal { .. }, Kind::Float4 | Kind::Float8) => return Fit::Own,
        (Scalar::Decimal { .. }, kind) if kind.is_int() => return Fit::Own,
        (Scalar::Text(text), Kind::Text | Kind::Json) => text.as_bytes().to_vec(),
        (Scalar::Text(text), Kind::Jsonb) => [&[1], text.as_bytes()].concat(),
        (Scalar::Bytes(bytes), Kind::Bytes) => bytes.to_vec(),
        (Scalar::Date(date), Kind::Date) => (days_of_date(*date) - DAYS_TO_2000).to_be_bytes().to_vec(),
        (Scalar::Date(date), Kind::Timestamp | Kind::Moment) => {
            return fit_value(&Scalar::DateTime(date.at(0, 0, 0, 0)), kind, zone);
        }
        (Scalar::DateTime(moment), Kind::Timestamp) => micros_bytes(micros_of_moment(*moment)),
        (Scalar::DateTime(moment), Kind::Moment) => micros_bytes(micros_in(*moment, zone)),
        (Scalar::DateTime(_), Kind::Date) => return Fit::Own,
        (Scalar::Time(time), Kind::Time) => (nanos_of_time(*time) / 1000).to_be_bytes().to_vec(),
        // What is no text is compared as what it is, if that is possible.
        (Scalar::Text(_), _) => return Fit::Written,
        (_, Kind::Text | Kind::Range | Kind::Unknown) | (Scalar::Bytes(_), _) => return Fit::Own,
        _ => return Fit::Written,
    };
    Fit::Bytes(Some(bytes))
}

fn fit_int(int: i64, kind: &Kind) -> Fit {
    /// Up to here every int is a float of its own.
    const EXACT: i64 = 1 << 53;
    let bytes = match kind {
        Kind::Int2 => i16::try_from(int).ok().map(|int| int.to_be_bytes().to_vec()),
        Kind::Int4 => i32::try_from(int).ok().map(|int| int.to_be_bytes().to_vec()),
        Kind::Int8 => Some(int.to_be_bytes().to_vec()),
        Kind::Oid => u32::try_from(int).ok().map(|int| int.to_be_bytes().to_vec()),
        Kind::Float8 => Scalar::Int(int)
            .as_float()
            .filter(|_| (-EXACT..=EXACT).contains(&int))
            .map(|float| float.to_be_bytes().to_vec()),
        Kind::Float4 | Kind::Text | Kind::Range | Kind::Unknown => None,
        Kind::Numeric => Some(numeric::write(i128::from(int), 0)),
        _ => return Fit::Written,
    };
    bytes.map_or(Fit::Own, |bytes| Fit::Bytes(Some(bytes)))
}

/// The int that a float is, if it is one.
#[expect(clippy::cast_possible_truncation, reason = "the range is tested before")]
fn whole(float: f64) -> Option<i64> {
    const END: f64 = 9_223_372_036_854_775_808.0;
    (float.fract() == 0.0 && (-END..END).contains(&float)).then_some(float as i64)
}

fn micros_bytes(micros: i64) -> Vec<u8> {
    (micros - MICROS_TO_2000).to_be_bytes().to_vec()
}

/// The microseconds since 1970 at which the clock of a zone shows this.
fn micros_in(moment: DateTime, zone: &TimeZone) -> i64 {
    let known = zone.to_ambiguous_timestamp(moment).compatible();
    known.map_or_else(|_| micros_of_moment(moment), Timestamp::as_microsecond)
}

fn array_bytes(items: &[Option<Vec<u8>>], oid: u32) -> Vec<u8> {
    let has_null = u32::from(items.iter().any(Option::is_none));
    let count = u32::try_from(items.len()).unwrap_or(u32::MAX);
    let dimensions: &[u32] = if items.is_empty() { &[0, has_null, oid] } else { &[1, has_null, oid, count, 1] };
    let mut bytes: Vec<u8> = dimensions.iter().flat_map(|number| number.to_be_bytes()).collect();
    for item in items {
        match item {
            None => bytes.extend((-1i32).to_be_bytes()),
            Some(item) => {
                bytes.extend(u32::try_from(item.len()).unwrap_or(u32::MAX).to_be_bytes());
                bytes.extend(item);
            }
        }
    }
    bytes
}

/// The type of the server that a value is of by itself; of ints, the narrower one, which is that of most functions.
pub(super) fn own_type(slot: &Slot, is_narrow: bool) -> Cow<'static, str> {
    match slot {
        Slot::Value(Scalar::Int(int)) if is_narrow && i32::try_from(*int).is_ok() => "int4".into(),
        Slot::Value(value) => own_type_of(value).into(),
        Slot::Array(items) => {
            let mut types: Vec<&str> = items.iter().filter(|item| !item.is_null()).map(own_type_of).collect();
            types.sort_unstable();
            types.dedup();
            let item = match types.as_slice() {
                [] => "text",
                [one] => one,
                all if all.iter().all(|ty| matches!(*ty, "int8" | "float8" | "numeric")) => "float8",
                _ => "text",
            };
            format!("{item}[]").into()
        }
        Slot::Nothing => "text".into(),
    }
}

fn own_type_of(value: &Scalar) -> &'static str {
    match value {
        Scalar::Bool(_) => "bool",
        Scalar::Int(_) => "int8",
        Scalar::Float(_) => "float8",
        Scalar::Decimal { .. } => "numeric",
        Scalar::Bytes(_) => "bytea",
        Scalar::Date(_) => "date",
        Scalar::Time(_) => "time",
        Scalar::DateTime(_) => "timestamp",
        Scalar::Null | Scalar::Text(_) | Scalar::List(_) | Scalar::Range(_) => "text",
    }
}

/// The bytes of a value as text, or of a list as texts, that the server reads; none for null.
pub(super) fn written(slot: &Slot) -> Option<Vec<u8>> {
    const TEXT: u32 = 25;
    match slot {
        Slot::Value(value) => written_value(value).map(String::into_bytes),
        Slot::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| written_value(item).map(String::into_bytes)).collect();
            Some(array_bytes(&items, TEXT))
        }
        Slot::Nothing => None,
    }
}

fn written_value(value: &Scalar) -> Option<String> {
    Some(match value {
        Scalar::Null | Scalar::List(_) | Scalar::Range(_) => return None,
        Scalar::Bool(bool) => bool.to_string(),
        Scalar::Int(int) => int.to_string(),
        Scalar::Float(float) if float.is_infinite() => if *float > 0.0 { "Infinity" } else { "-Infinity" }.to_owned(),
        Scalar::Float(float) => float.to_string(),
        Scalar::Decimal { units, scale } => decimal_text(*units, *scale),
        Scalar::Text(text) => text.to_string(),
        Scalar::Bytes(bytes) => bytes.iter().fold("\\x".to_owned(), |text, byte| format!("{text}{byte:02x}")),
        Scalar::Date(date) => date.to_string(),
        Scalar::Time(time) => time.to_string(),
        Scalar::DateTime(moment) => moment.to_string(),
    })
}

/// Whether a text holds what `PostgreSQL` has no place for.
pub(super) fn has_nul(slot: &Slot) -> bool {
    let is_hit = |value: &Scalar| value.as_text().is_some_and(|text| text.contains('\0'));
    match slot {
        Slot::Value(value) => is_hit(value),
        Slot::Array(items) => items.iter().any(is_hit),
        Slot::Nothing => false,
    }
}

/// An argument whose bytes are known.
pub(super) struct Argument {
    pub(super) ty: PgTypeInfo,
    pub(super) bytes: Option<Vec<u8>>,
}

impl Type<Postgres> for Argument {
    fn type_info() -> PgTypeInfo {
        <str as Type<Postgres>>::type_info()
    }
}

impl Encode<'_, Postgres> for Argument {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let Some(bytes) = &self.bytes else { return Ok(IsNull::Yes) };
        buffer.extend(bytes);
        Ok(IsNull::No)
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        Some(self.ty.clone())
    }
}
