//! Functions and filters.

use std::sync::Arc;

use appspec_data::Value;
use appspec_lang::value::Scalar;

use super::machine::Machine;
use super::operand::{Operand, count};
use super::period::{self, Period};
use super::{EvalError, column, decimal, format, plain_text, text};

/// `base | where(name=value)`
pub(super) fn rows_where(base: &Operand, wanted: &[(Arc<str>, Scalar)]) -> Result<Operand, EvalError> {
    match base {
        Operand::Value(Value::Table(table)) => Ok(Operand::Value(Value::Table(table.filter_equal(wanted)?))),
        base if base.is_null() => Ok(Operand::NULL),
        other => Err(EvalError::new(format!("`where` takes a table, not {}", other.word()))),
    }
}

/// `name(args)`
pub(super) fn function(machine: &mut Machine<'_>, name: &str, args: &[Scalar]) -> Result<Operand, EvalError> {
    if args.first().is_none_or(Scalar::is_null) {
        return Ok(Operand::NULL);
    }
    let int = |at: usize| match args.get(at) {
        None | Some(Scalar::Null) => Ok(None),
        Some(Scalar::Int(int)) => Ok(Some(*int)),
        Some(other) => Err(EvalError::new(format!("`{name}` takes an int, not {}", other.ty()))),
    };
    let first = int(0)?.unwrap_or_default();
    if name != "range" {
        return Ok(Operand::Period(Period::of(name, first)));
    }
    let (start, stop) = match int(1)? {
        Some(stop) => (first, stop),
        None => (0, first),
    };
    range(machine, start, stop, int(2)?.unwrap_or(1))
}

fn range(machine: &mut Machine<'_>, first: i64, end: i64, by: i64) -> Result<Operand, EvalError> {
    if by == 0 {
        return Err(EvalError::new("`range` takes a step other than 0"));
    }
    let mut items = Vec::new();
    let mut next = Some(first);
    while let Some(item) = next.filter(|item| if by > 0 { *item < end } else { *item > end }) {
        machine.step(1)?;
        items.push(Scalar::Int(item));
        next = item.checked_add(by);
    }
    Ok(Scalar::list(items).into())
}

/// `base | name(args)`
pub(super) fn filter(machine: &Machine<'_>, name: &str, base: Operand, args: &[Scalar]) -> Result<Operand, EvalError> {
    if base.is_null() {
        let stand_in = args.first().filter(|_| name == "default");
        return Ok(stand_in.map_or(Operand::NULL, |value| value.clone().into()));
    }
    if name == "default" {
        return Ok(base);
    }
    let scalar = match base {
        Operand::Value(Value::Table(table)) if matches!(name, "length" | "rows") => {
            return Ok(count(table.rows()).into());
        }
        Operand::Value(Value::Column(column)) => {
            return column::filter(name, &column, args).unwrap_or_else(|| Err(misfit(name, "a column")));
        }
        Operand::Value(Value::Scalar(Scalar::List(items))) if name != "string" => {
            let column = column::column_of(&items)?;
            return column::filter(name, &column, args).unwrap_or_else(|| Err(misfit(name, "a list")));
        }
        Operand::Value(Value::Scalar(scalar)) => scalar,
        other => return Err(misfit(name, &other.word())),
    };
    of_scalar(machine, name, &scalar, args)
}

fn misfit(name: &str, what: &str) -> EvalError {
    EvalError::new(format!("`{name}` does not take {what}"))
}

fn of_scalar(machine: &Machine<'_>, name: &str, value: &Scalar, args: &[Scalar]) -> Result<Operand, EvalError> {
    if let Some(text) = value.as_text()
        && let Some(result) = text::filter(name, text, args)
    {
        return result;
    }
    if let Some(text) = format::filter(name, value, args, machine.settings) {
        return text.map(|text| Scalar::text(text).into());
    }
    let result = match (name, value) {
        ("string", _) => Scalar::text(plain_text(value)),
        ("length", Scalar::Text(text)) => count(text.chars().count()),
        ("int", _) => whole(value),
        ("float", Scalar::Text(text)) => {
            text.trim().parse().ok().filter(|float: &f64| float.is_finite()).map_or(Scalar::Null, Scalar::Float)
        }
        ("float", _) => value.as_float().map_or(Scalar::Null, Scalar::Float),
        ("abs", Scalar::Int(int)) => {
            Scalar::Int(int.checked_abs().ok_or_else(|| EvalError::new("this number is too large for an int"))?)
        }
        ("abs", Scalar::Float(float)) => Scalar::Float(float.abs()),
        ("abs", Scalar::Decimal { units, scale }) => Scalar::Decimal { units: units.abs(), scale: *scale },
        ("round", _) => rounded(value, args.first()).ok_or_else(|| misfit(name, &value.ty().to_string()))?,
        ("start_of", _) => return period::start_of(value, args.first().and_then(Scalar::as_text).unwrap_or_default()),
        _ => return Err(misfit(name, &value.ty().to_string())),
    };
    Ok(result.into())
}

/// The whole part of a number, or the whole number that a text is; else null.
fn whole(value: &Scalar) -> Scalar {
    let int = match value {
        Scalar::Int(int) => Some(*int),
        Scalar::Decimal { units, scale } => {
            10i128.checked_pow(u32::from(*scale)).and_then(|unit| i64::try_from(units / unit).ok())
        }
        Scalar::Float(float) => int_from_float(float.trunc()),
        Scalar::Text(text) => text.trim().parse().ok(),
        _ => None,
    };
    int.map_or(Scalar::Null, Scalar::Int)
}

/// A whole float as an int, if an int can hold it.
fn int_from_float(float: f64) -> Option<i64> {
    format!("{float:.0}").parse().ok()
}

fn rounded(value: &Scalar, decimals: Option<&Scalar>) -> Option<Scalar> {
    let decimals = match decimals {
        Some(Scalar::Int(decimals)) => u8::try_from((*decimals).clamp(0, 15)).ok()?,
        _ => 0,
    };
    match value {
        Scalar::Int(int) => Some(Scalar::Int(*int)),
        Scalar::Decimal { units, scale } => {
            let (units, scale) = decimal::rounded(*units, *scale, decimals);
            Some(Scalar::Decimal { units, scale })
        }
        Scalar::Float(float) => {
            let factor = 10f64.powi(i32::from(decimals));
            let scaled = float * factor;
            // Beyond this a float has no decimals, and the product might overflow.
            Some(Scalar::Float(if scaled.abs() < 1e15 { scaled.round() / factor } else { *float }))
        }
        _ => None,
    }
}
