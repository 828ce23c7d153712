//! Values as a form writes them.

use std::fmt::Write;

use appspec_lang::value::Scalar;
use jiff::civil::Time;

/// The text of a single value in a form field, the same that a browser sends back.
pub fn text(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Null | Scalar::Bool(false) => String::new(),
        Scalar::Bool(true) => "true".to_owned(),
        Scalar::Int(int) => int.to_string(),
        Scalar::Float(float) => float.to_string(),
        Scalar::Decimal { units, scale } => decimal(*units, *scale),
        Scalar::Text(text) => text.to_string(),
        Scalar::Date(date) => date.to_string(),
        Scalar::Time(time) => clock(*time),
        Scalar::DateTime(moment) => format!("{}T{}", moment.date(), clock(moment.time())),
        Scalar::Bytes(_) | Scalar::List(_) | Scalar::Range(_) => fields(scalar).join(","),
    }
}

/// All values of a field: a list repeats it, the empty list is one empty value, a range is low, then high.
pub fn fields(scalar: &Scalar) -> Vec<String> {
    match scalar {
        Scalar::List(items) if items.is_empty() => vec![String::new()],
        Scalar::List(items) => items.iter().map(text).collect(),
        Scalar::Range(ends) => ends.iter().map(text).collect(),
        Scalar::Bytes(bytes) => vec![hex(bytes)],
        single => vec![text(single)],
    }
}

/// A time in the shortest form, which is that of browsers: `09:30`.
fn clock(time: Time) -> String {
    let text = time.to_string();
    match text.strip_suffix(":00") {
        Some(minutes) if minutes.len() == 5 => minutes.to_owned(),
        _ => text,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}

fn decimal(units: i128, scale: u8) -> String {
    let digits = format!("{:0>width$}", units.unsigned_abs(), width = usize::from(scale) + 1);
    let (whole, fraction) = digits.split_at(digits.len() - usize::from(scale));
    let sign = if units < 0 { "-" } else { "" };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_a_browser_sends_them() {
        let cases = [
            (Scalar::Null, vec![""]),
            (Scalar::Bool(true), vec!["true"]),
            (Scalar::Bool(false), vec![""]),
            (Scalar::Float(1.0), vec!["1"]),
            (Scalar::Decimal { units: -5, scale: 2 }, vec!["-0.05"]),
            (Scalar::Decimal { units: 1234, scale: 0 }, vec!["1234"]),
            (Scalar::Time(jiff::civil::time(9, 30, 0, 0)), vec!["09:30"]),
            (Scalar::Time(jiff::civil::time(9, 0, 5, 500_000_000)), vec!["09:00:05.5"]),
            (Scalar::DateTime(jiff::civil::date(2024, 1, 5).at(0, 0, 0, 0)), vec!["2024-01-05T00:00"]),
            (Scalar::list([]), vec![""]),
            (Scalar::list([Scalar::Int(1), Scalar::Int(2)]), vec!["1", "2"]),
            (Scalar::range(Scalar::Int(1), Scalar::Int(2)), vec!["1", "2"]),
        ];
        for (scalar, expected) in cases {
            assert_eq!(fields(&scalar), expected, "{scalar:?}");
        }
    }
}
