//! Parts of values: columns, rows and cells, items and slices.

use std::ops::Range;

use appspec_data::{Row, Table, Value};
use appspec_lang::value::Scalar;

use super::EvalError;
use super::operand::{Operand, count};

/// `base.name`
pub(super) fn attr(base: &Operand, name: &str) -> Result<Operand, EvalError> {
    match base {
        Operand::Value(Value::Table(table)) => {
            table.column(name).map(|column| Operand::Value(Value::Column(column))).ok_or_else(|| no_column(name))
        }
        Operand::Value(Value::Row(row)) => row.get(name).map(Into::into).ok_or_else(|| no_column(name)),
        Operand::Value(Value::Map(entries)) => {
            let entry = entries.iter().find(|(key, _)| key.as_text() == Some(name));
            Ok(entry.map_or(Operand::NULL, |(_, value)| Operand::Value(value.clone())))
        }
        Operand::Loop { index, length } => Ok(match name {
            "index" => count(index + 1).into(),
            "index0" => count(*index).into(),
            "first" => (*index == 0).into(),
            "last" => (index + 1 == *length).into(),
            "length" => count(*length).into(),
            _ => Operand::NULL,
        }),
        base if base.is_null() => Ok(Operand::NULL),
        other => Err(EvalError::new(format!("{} has no field `{name}`", other.word()))),
    }
}

fn no_column(name: &str) -> EvalError {
    EvalError::new(format!("the table has no column `{name}`"))
}

/// `base[index]`; null where there is no such item.
pub(super) fn item(base: &Operand, index: &Scalar) -> Result<Operand, EvalError> {
    if base.is_null() || index.is_null() {
        return Ok(Operand::NULL);
    }
    if let (Operand::Value(Value::Map(entries)), key) = (base, index) {
        let entry = entries.iter().find(|(other, _)| other == key);
        return Ok(entry.map_or(Operand::NULL, |(_, value)| Operand::Value(value.clone())));
    }
    let index = match index {
        Scalar::Int(index) => *index,
        Scalar::Text(name) => return attr(base, name),
        other => return Err(EvalError::new(format!("an index is an int, not {}", other.ty()))),
    };
    let found = match base {
        Operand::Value(Value::Table(table)) => return Ok(row(table, index)),
        Operand::Value(Value::Column(column)) => place(index, column.len()).and_then(|at| column.get(at)),
        Operand::Value(Value::Scalar(Scalar::List(items))) => {
            place(index, items.len()).and_then(|at| items.get(at).cloned())
        }
        Operand::Value(Value::Scalar(Scalar::Range(ends))) => place(index, 2).and_then(|at| ends.get(at).cloned()),
        Operand::Value(Value::Scalar(Scalar::Text(text))) => place(index, text.chars().count())
            .and_then(|at| text.chars().nth(at))
            .map(|char| Scalar::text(char.to_string())),
        other => return Err(EvalError::new(format!("{} has no items", other.word()))),
    };
    Ok(found.unwrap_or_default().into())
}

fn row(table: &Table, index: i64) -> Operand {
    match place(index, table.rows()) {
        Some(index) => Operand::Value(Value::Row(Row { table: table.clone(), index })),
        None => Operand::NULL,
    }
}

/// The place that an index means: from the end, if it is negative.
fn place(index: i64, length: usize) -> Option<usize> {
    let at = if index < 0 {
        length.checked_sub(usize::try_from(index.unsigned_abs()).ok()?)?
    } else {
        usize::try_from(index).ok()?
    };
    (at < length).then_some(at)
}

/// `base[start:stop]`
pub(super) fn slice(base: Operand, start: Option<i64>, stop: Option<i64>) -> Result<Operand, EvalError> {
    if base.is_null() {
        return Ok(base);
    }
    match base {
        Operand::Value(Value::Scalar(Scalar::Text(text))) => {
            let range = between(start, stop, text.chars().count());
            let part: String = text.chars().skip(range.start).take(range.len()).collect();
            Ok(Scalar::text(part).into())
        }
        base @ Operand::Value(Value::Column(_) | Value::Scalar(Scalar::List(_))) => {
            let Scalar::List(items) = base.into_scalar()? else { return Ok(Operand::NULL) };
            let range = between(start, stop, items.len());
            Ok(Scalar::list(items.get(range).unwrap_or_default().iter().cloned()).into())
        }
        other => Err(EvalError::new(format!("{} has no slices", other.word()))),
    }
}

/// The places of a slice, cut to what there is.
fn between(start: Option<i64>, stop: Option<i64>, length: usize) -> Range<usize> {
    let clamped = |end: i64| {
        let distance = usize::try_from(end.unsigned_abs()).unwrap_or(usize::MAX);
        if end < 0 { length.saturating_sub(distance) } else { distance.min(length) }
    };
    let start = start.map_or(0, clamped);
    start..stop.map_or(length, clamped).max(start)
}
