//! Values as the script and `ECharts` take them.

use appspec_lang::value::Scalar;
use jiff::civil::DateTime;
use serde_json::{Map, Value, json};

/// The entries of a map that is written out.
pub(super) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// The option without what is not given; data keeps its gaps.
pub(super) fn without_nulls(value: Value) -> Value {
    let Value::Object(map) = value else { return value };
    Value::Object(map.into_iter().filter(|(_, value)| !value.is_null()).map(|(k, v)| (k, without_nulls(v))).collect())
}

/// A number as JSON has it; null for all that is none.
pub(super) fn number(value: &Scalar) -> Value {
    match value {
        Scalar::Int(int) => json!(int),
        other => other.as_float().map_or(Value::Null, |float| json!(float)),
    }
}

/// A place on an axis of time or numbers: a moment is its milliseconds, as if it were of UTC.
pub(super) fn position(x: &Scalar) -> Value {
    match x {
        Scalar::Date(date) => json!(millis(date.at(0, 0, 0, 0))),
        Scalar::DateTime(moment) => json!(millis(*moment)),
        other => number(other),
    }
}

/// The same as a number to compute with.
pub(super) fn along(x: &Scalar) -> Option<f64> {
    match position(x) {
        Value::Number(number) => number.as_f64().filter(|place| place.is_finite()),
        _ => None,
    }
}

fn millis(moment: DateTime) -> i64 {
    let epoch = jiff::civil::date(1970, 1, 1).at(0, 0, 0, 0);
    i64::try_from(moment.duration_since(epoch).as_millis()).unwrap_or_default()
}

/// The smallest and the largest of some numbers.
pub(super) fn extent(numbers: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    numbers.into_iter().filter(|number| number.is_finite()).fold(None, |extent, number| match extent {
        None => Some((number, number)),
        Some((low, high)) => Some((number.min(low), number.max(high))),
    })
}

/// A round step by which a span is divided into about so many parts.
pub(super) fn round_step(span: f64, parts: f64) -> f64 {
    if span <= 0.0 || parts <= 0.0 {
        return 1.0;
    }
    let rough = span / parts;
    let power = 10_f64.powf(rough.log10().floor());
    let factor = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|factor| factor * power >= rough * 0.999);
    factor.unwrap_or(10.0) * power
}

/// Round ends around an extent.
pub(super) fn round_ends((low, high): (f64, f64), parts: f64) -> (f64, f64) {
    let step = round_step(high - low, parts);
    (cleaned((low / step).floor() * step), cleaned((high / step).ceil() * step))
}

/// The whole number below, as an index; 0 for what is below 0.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "casts of floats saturate")]
pub(super) fn index(number: f64) -> usize {
    number.floor().max(0.0) as usize
}

/// A number without what floats add to decimal fractions.
pub(super) fn cleaned(number: f64) -> f64 {
    format!("{number:.9e}").parse().unwrap_or(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_round() {
        assert_eq!(round_ends((0.0, 93.0), 5.0), (0.0, 100.0));
        assert_eq!(round_ends((0.12, 0.48), 4.0), (0.1, 0.5));
        assert_eq!(round_ends((-7.0, 12.0), 4.0), (-10.0, 15.0));
        assert!((round_step(0.0, 5.0) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn moments_are_counted_from_the_epoch() {
        let date = jiff::civil::date(1970, 1, 2);
        assert_eq!(position(&Scalar::Date(date)), json!(86_400_000));
        assert_eq!(position(&Scalar::DateTime(date.at(0, 0, 1, 0))), json!(86_401_000));
        assert_eq!(along(&Scalar::text("x")), None);
    }
}
