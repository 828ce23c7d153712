//! Operators: null gives null, ints stay exact or fail, decimals are exact as far as 128 bits go.

use std::cmp::Ordering;

use appspec_data::Value;
use appspec_lang::expr::{ArithmeticOp, CompareOp};
use appspec_lang::value::Scalar;

use super::machine::MAX_OUTPUT;
use super::operand::Operand;
use super::period::{self, Period};
use super::{EvalError, decimal};

pub(super) fn arithmetic(op: ArithmeticOp, left: Operand, right: Operand) -> Result<Operand, EvalError> {
    use ArithmeticOp::{Add, Concat, Subtract};
    if left.is_null() || right.is_null() {
        return Ok(Operand::NULL);
    }
    if op == Concat {
        return joined(left.into_text()?, &right.into_text()?);
    }
    match (&left, &right, op) {
        (Operand::Period(a), Operand::Period(b), Add) => a.plus(b).map(Operand::Period),
        (Operand::Period(a), Operand::Period(b), Subtract) => a.plus(&b.negated()?).map(Operand::Period),
        (Operand::Value(Value::Scalar(moment)), Operand::Period(by), Add)
        | (Operand::Period(by), Operand::Value(Value::Scalar(moment)), Add) => shifted(moment, by),
        (Operand::Value(Value::Scalar(moment)), Operand::Period(by), Subtract) => shifted(moment, &by.negated()?),
        (Operand::Period(_), ..) | (_, Operand::Period(_), _) => Err(misfit(op, &left.word(), &right.word())),
        _ => {
            let (a, b) = (left.into_scalar()?, right.into_scalar()?);
            scalars(op, &a, &b)
        }
    }
}

fn shifted(moment: &Scalar, by: &Period) -> Result<Operand, EvalError> {
    period::shifted(moment, by).map(Into::into)
}

fn misfit(op: ArithmeticOp, left: &str, right: &str) -> EvalError {
    EvalError::new(format!("cannot compute {left} {} {right}", op.sign()))
}

fn joined(mut left: String, right: &str) -> Result<Operand, EvalError> {
    if left.len() + right.len() > MAX_OUTPUT {
        return Err(too_long());
    }
    left.push_str(right);
    Ok(Scalar::text(left).into())
}

pub(super) fn too_long() -> EvalError {
    EvalError::new("an expression makes a text of more than a megabyte")
}

fn scalars(op: ArithmeticOp, left: &Scalar, right: &Scalar) -> Result<Operand, EvalError> {
    use ArithmeticOp::{Add, Subtract};
    match (left, right, op) {
        (Scalar::Int(a), Scalar::Int(b), _) => ints(op, *a, *b).map(Into::into),
        (Scalar::Text(a), Scalar::Text(b), Add) => joined(a.to_string(), b),
        (Scalar::List(a), Scalar::List(b), Add) => Ok(Scalar::list(a.iter().chain(b.iter()).cloned()).into()),
        (Scalar::Date(_) | Scalar::DateTime(_), Scalar::Date(_) | Scalar::DateTime(_), Subtract) => {
            Ok(period::days_between(right, left).into())
        }
        _ => {
            if let Some(exact) = decimal::arithmetic(op, left, right) {
                return Ok(exact.into());
            }
            match (left.as_float(), right.as_float()) {
                (Some(a), Some(b)) => Ok(floats(op, a, b).into()),
                _ => Err(misfit(op, &left.ty().to_string(), &right.ty().to_string())),
            }
        }
    }
}

fn ints(op: ArithmeticOp, a: i64, b: i64) -> Result<Scalar, EvalError> {
    let exact = match op {
        ArithmeticOp::Add => a.checked_add(b),
        ArithmeticOp::Subtract => a.checked_sub(b),
        ArithmeticOp::Multiply => a.checked_mul(b),
        ArithmeticOp::FloorDivide | ArithmeticOp::Remainder | ArithmeticOp::Divide if b == 0 => {
            return Ok(Scalar::Null);
        }
        ArithmeticOp::FloorDivide => {
            a.checked_div_euclid(b).map(|quotient| if b < 0 && a % b != 0 { quotient - 1 } else { quotient })
        }
        ArithmeticOp::Remainder => {
            a.checked_rem(b).map(|rest| if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest })
        }
        ArithmeticOp::Power if b >= 0 => match u32::try_from(b) {
            Ok(exponent) => a.checked_pow(exponent),
            Err(_) => None,
        },
        ArithmeticOp::Divide | ArithmeticOp::Power | ArithmeticOp::Concat => {
            let (a, b) = (Scalar::Int(a).as_float(), Scalar::Int(b).as_float());
            return Ok(floats(op, a.unwrap_or_default(), b.unwrap_or_default()));
        }
    };
    exact.map(Scalar::Int).ok_or_else(|| EvalError::new(format!("{a} {} {b} is too large for an int", op.sign())))
}

fn floats(op: ArithmeticOp, a: f64, b: f64) -> Scalar {
    let is_division = matches!(op, ArithmeticOp::Divide | ArithmeticOp::FloorDivide | ArithmeticOp::Remainder);
    if is_division && b == 0.0 {
        return Scalar::Null;
    }
    Scalar::Float(match op {
        ArithmeticOp::Add => a + b,
        ArithmeticOp::Subtract => a - b,
        ArithmeticOp::Multiply => a * b,
        ArithmeticOp::Divide => a / b,
        ArithmeticOp::FloorDivide => (a / b).floor(),
        ArithmeticOp::Remainder => a - b * (a / b).floor(),
        ArithmeticOp::Power => a.powf(b),
        ArithmeticOp::Concat => return Scalar::Null,
    })
}

pub(super) fn negate(value: &Scalar) -> Result<Scalar, EvalError> {
    match value {
        Scalar::Null => Ok(Scalar::Null),
        Scalar::Float(float) => Ok(Scalar::Float(-float)),
        Scalar::Decimal { units, scale } => Ok(Scalar::Decimal { units: -units, scale: *scale }),
        Scalar::Int(int) => int
            .checked_neg()
            .map(Scalar::Int)
            .ok_or_else(|| EvalError::new(format!("-({int}) is too large for an int"))),
        other => Err(EvalError::new(format!("cannot negate {}", other.ty()))),
    }
}

/// The truth of a comparison; null if a side of an order is null.
pub(super) fn compare(op: CompareOp, left: &Operand, right: &Operand) -> Result<Scalar, EvalError> {
    if matches!(op, CompareOp::In | CompareOp::NotIn) {
        return Ok(match is_in(left, right)? {
            Some(is_in) => Scalar::Bool(is_in == (op == CompareOp::In)),
            None => Scalar::Null,
        });
    }
    // A row or a table can be asked whether it is there.
    if matches!(op, CompareOp::Equal | CompareOp::NotEqual) && (left.is_null() || right.is_null()) {
        let are_equal = left.is_null() && right.is_null();
        return Ok(Scalar::Bool(are_equal == (op == CompareOp::Equal)));
    }
    let (a, b) = (left.clone().into_scalar()?, right.clone().into_scalar()?);
    match op {
        CompareOp::Equal => return Ok(Scalar::Bool(is_equal(&a, &b))),
        CompareOp::NotEqual => return Ok(Scalar::Bool(!is_equal(&a, &b))),
        _ if a.is_null() || b.is_null() => return Ok(Scalar::Null),
        _ => {}
    }
    let is_number = |scalar: &Scalar| scalar.as_float().is_some();
    let order = match decimal::compare(&a, &b).or_else(|| a.compare(&b)) {
        Some(order) => order,
        // What is not a number is neither less nor greater.
        None if is_number(&a) && is_number(&b) => return Ok(Scalar::Bool(false)),
        None => return Err(EvalError::new(format!("cannot compare {} with {}", a.ty(), b.ty()))),
    };
    Ok(Scalar::Bool(match op {
        CompareOp::Less => order == Ordering::Less,
        CompareOp::LessOrEqual => order != Ordering::Greater,
        CompareOp::Greater => order == Ordering::Greater,
        _ => order != Ordering::Less,
    }))
}

fn is_equal(a: &Scalar, b: &Scalar) -> bool {
    match decimal::compare(a, b) {
        Some(order) => order == Ordering::Equal,
        None => a == b,
    }
}

/// Whether a value is in a list, a column, a range, a text or the keys of a map; none where null is asked.
fn is_in(item: &Operand, holder: &Operand) -> Result<Option<bool>, EvalError> {
    if item.is_null() || holder.is_null() {
        return Ok(None);
    }
    let item = item.clone().into_scalar()?;
    match holder {
        Operand::Value(Value::Column(column)) => Ok(Some(column.iter().any(|cell| is_equal(&cell, &item)))),
        Operand::Value(Value::Map(entries)) => Ok(Some(entries.iter().any(|(key, _)| is_equal(key, &item)))),
        Operand::Value(Value::Scalar(Scalar::List(items))) => {
            Ok(Some(items.iter().any(|other| is_equal(other, &item))))
        }
        Operand::Value(Value::Scalar(Scalar::Range(ends))) => {
            let [low, high] = &**ends;
            let is_above = low.is_null() || low.compare(&item).is_some_and(|order| order != Ordering::Greater);
            let is_below = high.is_null() || high.compare(&item).is_some_and(|order| order != Ordering::Less);
            Ok(Some(is_above && is_below))
        }
        Operand::Value(Value::Scalar(Scalar::Text(text))) => match item.as_text() {
            Some(part) => Ok(Some(text.contains(part))),
            None => Err(EvalError::new(format!("{} is never in text", item.ty()))),
        },
        other => Err(EvalError::new(format!("nothing is in {}", other.word()))),
    }
}
