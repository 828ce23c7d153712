//! What readers ask of a column: `> 100`, `2024-01-01..2024-01-31`, a part of a text.

use jiff::Span;
use jiff::civil::{Date, DateTime, Time};

use super::{Scalar, Type};

/// What the values of a column must fulfil.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// As text, the value holds this, in whatever case.
    Contains(String),
    Equal(Scalar),
    Unequal(Scalar),
    /// Between two ends, of which one may be open.
    Within {
        low: Option<End>,
        high: Option<End>,
    },
    /// There is no value, or there is one.
    Missing(bool),
}

/// An end of a range.
#[derive(Clone, Debug, PartialEq)]
pub struct End {
    pub value: Scalar,
    /// Whether the end itself is within.
    pub inclusive: bool,
}

impl Condition {
    /// Reads what was typed above a column of this type; none for an empty text. What cannot be read gives what is
    /// expected, in a reader's words.
    ///
    /// `=` and `!=`, `>`, `>=`, `<` and `<=` stand before a value, `..` between two of which one may be left out;
    /// `=` alone asks for what is missing, `!=` alone for what is not. A text by itself is to be contained, another
    /// value to be equal; a day holds all its moments.
    pub fn read(ty: &Type, typed: &str) -> Result<Option<Self>, String> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Ok(None);
        }
        let ty = ty.inner();
        let read = match typed {
            "=" => Some(Self::Missing(true)),
            "!=" | "<>" => Some(Self::Missing(false)),
            _ => Self::read_compared(ty, typed),
        };
        read.map(Some).ok_or_else(|| expectation(ty).to_owned())
    }

    /// Reads what begins with an operator, or is a range, or else a value by itself.
    fn read_compared(ty: &Type, typed: &str) -> Option<Self> {
        for operator in [">=", "<=", "!=", "<>", "=", ">", "<"] {
            if let Some(rest) = typed.strip_prefix(operator) {
                return Self::compared(ty, operator, rest.trim());
            }
        }
        match typed.split_once("..") {
            Some((low, high)) if !is_text(ty) || is_range_of_numbers(ty, low, high) => {
                Self::range(ty, low.trim(), high.trim())
            }
            _ => Self::read_plain(ty, typed),
        }
    }

    fn compared(ty: &Type, operator: &str, text: &str) -> Option<Self> {
        let day = day_of(ty, text);
        let start = |day: Date| Scalar::DateTime(day.at(0, 0, 0, 0));
        let above = |value: Scalar, inclusive| Self::Within { low: Some(End { value, inclusive }), high: None };
        let below = |value: Scalar, inclusive| Self::Within { low: None, high: Some(End { value, inclusive }) };
        if let Some((day, next)) = day.and_then(|day| Some((day, day.tomorrow().ok()?))) {
            return Some(match operator {
                ">=" => above(start(day), true),
                ">" => above(start(next), true),
                "<" => below(start(day), false),
                "<=" => below(start(next), false),
                "=" => Self::day(day, next),
                _ => return None,
            });
        }
        let value = scalar(ty, text)?;
        Some(match operator {
            ">=" => above(value, true),
            ">" => above(value, false),
            "<" => below(value, false),
            "<=" => below(value, true),
            "=" => Self::Equal(value),
            _ => Self::Unequal(value),
        })
    }

    fn range(ty: &Type, low: &str, high: &str) -> Option<Self> {
        let end = |text: &str, is_high: bool| {
            if let Some(day) = day_of(ty, text) {
                let day = if is_high { day.tomorrow().ok()? } else { day };
                return Some(End { value: Scalar::DateTime(day.at(0, 0, 0, 0)), inclusive: !is_high });
            }
            Some(End { value: scalar(ty, text)?, inclusive: true })
        };
        let (at_low, at_high) = (end(low, false), end(high, true));
        let is_read = (low.is_empty() || at_low.is_some()) && (high.is_empty() || at_high.is_some());
        (is_read && !(low.is_empty() && high.is_empty())).then_some(Self::Within { low: at_low, high: at_high })
    }

    fn read_plain(ty: &Type, typed: &str) -> Option<Self> {
        if is_text(ty) {
            return Some(Self::Contains(typed.to_owned()));
        }
        if let Some(day) = day_of(ty, typed) {
            return Some(Self::day(day, day.tomorrow().ok()?));
        }
        match (ty, month_of(typed)) {
            (Type::Date, Some((first, next))) => Some(Self::Within {
                low: Some(End { value: Scalar::Date(first), inclusive: true }),
                high: Some(End { value: Scalar::Date(next), inclusive: false }),
            }),
            (Type::DateTime, Some((first, next))) => Some(Self::day(first, next)),
            _ => scalar(ty, typed).map(Self::Equal),
        }
    }

    /// All moments from the beginning of a day until that of another.
    fn day(day: Date, next: Date) -> Self {
        let end = |day: Date, inclusive| Some(End { value: Scalar::DateTime(day.at(0, 0, 0, 0)), inclusive });
        Self::Within { low: end(day, true), high: end(next, false) }
    }
}

/// Whether what is typed is a part of a text; also where the type is not known.
fn is_text(ty: &Type) -> bool {
    !(ty.is_number() || matches!(ty, Type::Bool | Type::Date | Type::DateTime | Type::Time))
}

/// Whether numbers are meant, where the type is not known: a computed column of a database, say.
fn is_range_of_numbers(ty: &Type, low: &str, high: &str) -> bool {
    let is_end = |text: &str| text.trim().is_empty() || number(text.trim()).is_some();
    *ty == Type::Any && is_end(low) && is_end(high)
}

/// The day that is meant where moments are compared with it.
fn day_of(ty: &Type, text: &str) -> Option<Date> {
    if *ty == Type::DateTime { text.parse().ok() } else { None }
}

/// The first day of a month, or of a year, and that of the next: `2024-05`, `2024`.
fn month_of(text: &str) -> Option<(Date, Date)> {
    let (year, month) = text.split_once('-').unwrap_or((text, ""));
    let year: i16 = year.parse().ok().filter(|_| year.len() == 4)?;
    let first = Date::new(year, if month.is_empty() { 1 } else { month.parse().ok()? }, 1).ok()?;
    let span = if month.is_empty() { Span::new().years(1) } else { Span::new().months(1) };
    Some((first, first.checked_add(span).ok()?))
}

fn scalar(ty: &Type, text: &str) -> Option<Scalar> {
    match ty {
        // A column of whole numbers may be compared with others.
        Type::Int => text.parse().ok().map(Scalar::Int).or_else(|| number(text)),
        Type::Any if number(text).is_some() => scalar(&Type::Int, text),
        Type::Float | Type::Decimal => number(text),
        Type::Bool => match text.to_lowercase().as_str() {
            "true" | "yes" | "1" => Some(Scalar::Bool(true)),
            "false" | "no" | "0" => Some(Scalar::Bool(false)),
            _ => None,
        },
        Type::Date => text.parse::<Date>().ok().map(Scalar::Date),
        Type::Time => text.parse::<Time>().ok().map(Scalar::Time),
        Type::DateTime => text.parse::<DateTime>().ok().map(Scalar::DateTime),
        _ => Some(Scalar::text(text)).filter(|_| !text.is_empty()),
    }
}

fn number(text: &str) -> Option<Scalar> {
    text.parse().ok().filter(|number: &f64| number.is_finite()).map(Scalar::Float)
}

fn expectation(ty: &Type) -> &'static str {
    match ty {
        Type::Bool => "Enter yes or no.",
        Type::Date => "Enter a date: 2024-05-17, >2024-05-17, or 2024-05-01..2024-05-31.",
        Type::DateTime => "Enter a day or a moment: 2024-05-17, >2024-05-17T12:00, or 2024-05-01..2024-05-31.",
        Type::Time => "Enter a time: >12:00, or 8:00..12:00.",
        ty if ty.is_number() => "Enter a number: 100, >100, or 10..100.",
        _ => "Enter another text.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn end(value: Scalar, inclusive: bool) -> End {
        End { value, inclusive }
    }

    #[test]
    fn what_is_typed_is_read_by_type() {
        let int = |value, inclusive| Some(end(Scalar::Int(value), inclusive));
        let moment = |text: &str, inclusive| Some(end(Scalar::DateTime(text.parse().unwrap()), inclusive));
        let within = |low: Option<End>, high: Option<End>| Condition::Within { low, high };
        let date = |text: &str, inclusive| Some(end(Scalar::Date(text.parse().unwrap()), inclusive));
        let cases = [
            (Type::Int, "5", Condition::Equal(Scalar::Int(5))),
            (Type::Int, " >= 5 ", within(int(5, true), None)),
            (Type::Int, "<5", within(None, int(5, false))),
            (Type::Int, "-5..5", within(int(-5, true), int(5, true))),
            (Type::Int, "..5", within(None, int(5, true))),
            (Type::Int, "!=5", Condition::Unequal(Scalar::Int(5))),
            (Type::Int, "> 2.5", within(Some(end(Scalar::Float(2.5), false)), None)),
            (Type::Int, "=", Condition::Missing(true)),
            (Type::Text, "!=", Condition::Missing(false)),
            (Type::Text, "a..b", Condition::Contains("a..b".to_owned())),
            (Type::Text, "=a b", Condition::Equal(Scalar::text("a b"))),
            (Type::Any, "Ab", Condition::Contains("Ab".to_owned())),
            (Type::Any, "5", Condition::Contains("5".to_owned())),
            (Type::Any, ">=5", within(int(5, true), None)),
            (Type::Any, "<2.5", within(None, Some(end(Scalar::Float(2.5), false)))),
            (Type::Any, "5..7", within(int(5, true), int(7, true))),
            (Type::Any, "a..b", Condition::Contains("a..b".to_owned())),
            (Type::Any, ">b", within(Some(end(Scalar::text("b"), false)), None)),
            (Type::Bool, "Yes", Condition::Equal(Scalar::Bool(true))),
            (Type::Date, "2024-02", within(date("2024-02-01", true), date("2024-03-01", false))),
            (Type::Date, "2024", within(date("2024-01-01", true), date("2025-01-01", false))),
            (Type::Date, ">2024-02-29", within(date("2024-02-29", false), None)),
            (Type::DateTime, "2024-02-29", within(moment("2024-02-29T00:00", true), moment("2024-03-01T00:00", false))),
            (Type::DateTime, "<=2024-02-29", within(None, moment("2024-03-01T00:00", false))),
            (Type::DateTime, ">2024-02-29", within(moment("2024-03-01T00:00", true), None)),
            (
                Type::DateTime,
                "2024-02-28..2024-02-29",
                within(moment("2024-02-28T00:00", true), moment("2024-03-01T00:00", false)),
            ),
        ];
        for (ty, typed, expected) in cases {
            assert_eq!(Condition::read(&ty, typed), Ok(Some(expected)), "{ty} {typed}");
        }
        assert_eq!(Condition::read(&Type::Int, "  "), Ok(None));
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        for (ty, typed) in [
            (Type::Int, "five"),
            (Type::Int, ">"),
            (Type::Int, ".."),
            (Type::Int, "1..x"),
            (Type::Float, "NaN"),
            (Type::Bool, "maybe"),
            (Type::Date, "2024-13"),
            (Type::Date, "yesterday"),
            (Type::DateTime, "!=2024-01-01"),
            (Type::Text, ">"),
        ] {
            assert!(Condition::read(&ty, typed).is_err(), "{ty} {typed}");
        }
    }
}
