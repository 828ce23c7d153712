//! Values as text: for readers, and for the fields of a form.

use appspec_lang::spec::Format;
use appspec_lang::value::Scalar;

use crate::eval::expr::{Settings, format_value};
use crate::eval::form;

/// The text that a reader sees, with the unit behind it; none for null.
pub(super) fn text(value: &Scalar, format: Option<&Format>, unit: Option<&str>, settings: &Settings) -> Option<String> {
    (!value.is_null()).then(|| format_value(value, format, unit, settings))
}

/// The text of a value in a form: what the browser sends back for it; `false` where a bool is one of several options.
pub(super) fn field_text(value: &Scalar) -> String {
    match value {
        Scalar::Bool(bool) => bool.to_string(),
        Scalar::Bytes(_) => String::new(),
        Scalar::List(items) => items.iter().map(field_text).collect::<Vec<_>>().join(", "),
        Scalar::Range(ends) => ends.iter().map(field_text).collect::<Vec<_>>().join("–"),
        single => form::text(single),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_hold_what_the_server_reads_back() {
        let date = jiff::civil::date(2024, 1, 5);
        let cases = [
            (Scalar::Null, ""),
            (Scalar::Float(2.0), "2"),
            (Scalar::Decimal { units: -5, scale: 2 }, "-0.05"),
            (Scalar::Decimal { units: 12, scale: 0 }, "12"),
            (Scalar::Date(date), "2024-01-05"),
            (Scalar::DateTime(date.at(9, 30, 0, 0)), "2024-01-05T09:30"),
        ];
        for (value, expected) in cases {
            assert_eq!(field_text(&value), expected);
        }
    }
}
