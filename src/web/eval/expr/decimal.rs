//! Decimals, exactly: what fits no 128 bits is left to floats.

use std::cmp::Ordering;

use appspec_lang::expr::ArithmeticOp;
use appspec_lang::value::Scalar;

/// More decimals than any amount has, and few enough that sums still fit.
const MAX_SCALE: u8 = 28;

/// Units and scale, if one of the two is a decimal and the other a decimal or an int.
fn aligned(left: &Scalar, right: &Scalar) -> Option<(i128, i128, u8)> {
    let is_decimal = |scalar: &Scalar| matches!(scalar, Scalar::Decimal { .. });
    if !is_decimal(left) && !is_decimal(right) {
        return None;
    }
    let (a, m) = parts(left)?;
    let (b, n) = parts(right)?;
    let scale = m.max(n);
    Some((scaled(a, m, scale)?, scaled(b, n, scale)?, scale))
}

fn parts(scalar: &Scalar) -> Option<(i128, u8)> {
    match scalar {
        Scalar::Int(int) => Some((i128::from(*int), 0)),
        Scalar::Decimal { units, scale } => Some((*units, *scale)),
        _ => None,
    }
}

fn scaled(units: i128, from: u8, to: u8) -> Option<i128> {
    units.checked_mul(10i128.checked_pow(u32::from(to - from))?)
}

/// A sum, difference or product of decimals and ints; none where it is not exact.
pub(super) fn arithmetic(op: ArithmeticOp, left: &Scalar, right: &Scalar) -> Option<Scalar> {
    let (a, b, scale) = aligned(left, right)?;
    let units = match op {
        ArithmeticOp::Add => a.checked_add(b)?,
        ArithmeticOp::Subtract => a.checked_sub(b)?,
        ArithmeticOp::Multiply => {
            let ((a, m), (b, n)) = (parts(left)?, parts(right)?);
            let scale = m.checked_add(n).filter(|scale| *scale <= MAX_SCALE)?;
            return Some(Scalar::Decimal { units: a.checked_mul(b)?, scale });
        }
        _ => return None,
    };
    Some(Scalar::Decimal { units, scale })
}

pub(super) fn compare(left: &Scalar, right: &Scalar) -> Option<Ordering> {
    aligned(left, right).map(|(a, b, _)| a.cmp(&b))
}

/// With so many decimals; halves go away from zero.
pub(super) fn rounded(units: i128, scale: u8, decimals: u8) -> (i128, u8) {
    let Some(dropped) = scale.checked_sub(decimals).filter(|dropped| *dropped > 0) else { return (units, scale) };
    let Some(unit) = 10i128.checked_pow(u32::from(dropped)) else { return (0, decimals) };
    let (quotient, rest) = (units / unit, units % unit);
    let is_half = rest.unsigned_abs() * 2 >= unit.unsigned_abs();
    (if is_half { quotient + units.signum() } else { quotient }, decimals)
}

/// The digits, with a point before the last `scale` ones.
pub(super) fn digits(units: i128, scale: u8) -> String {
    let scale = usize::from(scale);
    let digits = format!("{:0>width$}", units.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let sign = if units < 0 { "-" } else { "" };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}
