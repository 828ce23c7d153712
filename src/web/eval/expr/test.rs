//! Tests: `value is name`.

use appspec_lang::value::Scalar;

use super::operand::Operand;

/// Whether a test holds; of null, only those that ask for null do.
pub(super) fn holds(name: &str, value: &Operand, args: &[Scalar]) -> bool {
    match name {
        "none" | "undefined" => return value.is_null(),
        "defined" => return !value.is_null(),
        _ => {}
    }
    let Ok(scalar) = value.clone().into_scalar() else { return false };
    match name {
        "number" => scalar.as_float().is_some(),
        "integer" => matches!(scalar, Scalar::Int(_)),
        "float" => matches!(scalar, Scalar::Float(_)),
        "string" => matches!(scalar, Scalar::Text(_)),
        "boolean" => matches!(scalar, Scalar::Bool(_)),
        "odd" => rest_of(&scalar, &Scalar::Int(2)) == Some(1.0),
        "even" => rest_of(&scalar, &Scalar::Int(2)) == Some(0.0),
        "divisibleby" => args.first().and_then(|divisor| rest_of(&scalar, divisor)) == Some(0.0),
        _ => false,
    }
}

/// What remains, without its sign; none where there is no such division.
fn rest_of(number: &Scalar, divisor: &Scalar) -> Option<f64> {
    if let (Scalar::Int(number), Scalar::Int(divisor)) = (number, divisor) {
        return number.checked_rem(*divisor).and_then(|rest| Scalar::Int(rest).as_float()).map(f64::abs);
    }
    let (number, divisor) = (number.as_float()?, divisor.as_float()?);
    (divisor != 0.0).then(|| (number % divisor).abs())
}
