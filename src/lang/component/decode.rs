//! What a browser sends, as values: each field of a form is text, and may be sent several times.
//!
//! Nothing sent, or one empty text, is emptiness: null for a nullable key, `""` for text, no items for a list.

use jiff::civil::{Date, DateTime, Time};
use regex_lite::Regex;

use super::Complaint;
use crate::value::{Scalar, Type};

/// Reads what was sent for a key of type `ty`.
///
/// A text is taken as it is where the type is not known: whoever knows the choices finds the one that is meant.
pub fn value(ty: &Type, sent: &[&str]) -> Result<Scalar, Complaint> {
    match ty.inner() {
        Type::Bool => boolean(sent),
        Type::List(item) => list(item, sent),
        Type::Range(end) => range(end, ty.is_nullable(), sent),
        inner => single(inner, ty.is_nullable(), sent),
    }
}

/// Reads `true` as true, and all else as false: a box that is not ticked sends nothing, or an empty text.
///
/// The last text counts: an empty hidden field stands in front of a box.
pub fn boolean(sent: &[&str]) -> Result<Scalar, Complaint> {
    match sent.last() {
        None | Some(&"" | &"false") => Ok(Scalar::Bool(false)),
        Some(&"true") => Ok(Scalar::Bool(true)),
        Some(_) => Err(complaint("This is either on or off.")),
    }
}

/// Reads a list whose items were sent one by one; an empty text among them says that the list was sent at all.
pub fn list(item: &Type, sent: &[&str]) -> Result<Scalar, Complaint> {
    let items = sent.iter().filter(|text| !text.is_empty()).map(|text| scalar(item.inner(), text));
    Ok(Scalar::list(items.collect::<Result<Vec<_>, _>>()?))
}

/// Reads the low end, then the high one.
pub fn range(end: &Type, nullable: bool, sent: &[&str]) -> Result<Scalar, Complaint> {
    if sent.iter().all(|text| text.is_empty()) && nullable {
        return Ok(Scalar::Null);
    }
    let [low, high] = sent else { return Err(complaint("Enter both ends.")) };
    if low.is_empty() || high.is_empty() {
        return Err(complaint("Enter both ends."));
    }
    let (low, high) = (scalar(end.inner(), low)?, scalar(end.inner(), high)?);
    if low.compare(&high).is_some_and(std::cmp::Ordering::is_gt) {
        return Err(complaint("The first end must not lie above the second."));
    }
    Ok(Scalar::range(low, high))
}

fn single(ty: &Type, nullable: bool, sent: &[&str]) -> Result<Scalar, Complaint> {
    let text = sent.last().copied().unwrap_or_default();
    match text {
        "" if nullable => Ok(Scalar::Null),
        text => scalar(ty, text),
    }
}

/// Reads one value.
fn scalar(ty: &Type, text: &str) -> Result<Scalar, Complaint> {
    let trimmed = text.trim();
    let read = match ty {
        Type::Int => trimmed.parse().ok().map(Scalar::Int),
        Type::Float => trimmed.parse().ok().filter(|float: &f64| float.is_finite()).map(Scalar::Float),
        Type::Decimal => decimal(trimmed),
        Type::Date => trimmed.parse::<Date>().ok().map(Scalar::Date),
        Type::Time => time(trimmed).map(Scalar::Time),
        Type::DateTime => trimmed.parse::<DateTime>().ok().map(Scalar::DateTime),
        Type::Color => is_color(trimmed).then(|| Scalar::text(trimmed.to_lowercase())),
        Type::Bool => return boolean(&[trimmed]),
        _ => return Ok(Scalar::text(text)),
    };
    read.ok_or_else(|| complaint(expectation(ty)))
}

fn expectation(ty: &Type) -> &'static str {
    match ty {
        Type::Int => "Enter a whole number.",
        Type::Float | Type::Decimal => "Enter a number.",
        Type::Date => "Choose a date.",
        Type::Time => "Choose a time.",
        Type::DateTime => "Choose a date and time.",
        Type::Color => "Choose a color.",
        _ => "Enter another value.",
    }
}

/// Reads `09:30`, with seconds behind it or without.
pub fn time(text: &str) -> Option<Time> {
    let (clock, seconds) = text.split_at_checked(5)?;
    let is_clock =
        clock.bytes().enumerate().all(|(at, byte)| if at == 2 { byte == b':' } else { byte.is_ascii_digit() });
    (is_clock && (seconds.is_empty() || seconds.starts_with(':'))).then_some(())?;
    text.parse().ok()
}

/// What is wrong with a text that is meant as an address of this `kind`, which is a `type` of a `text_input`.
pub fn address_error(kind: &str, text: &str) -> Option<&'static str> {
    match kind {
        "email" if !is_email(text) => Some("Enter an e-mail address."),
        "url" if !is_url(text) => Some("Enter a URL that begins with `https://` or the like."),
        _ => None,
    }
}

/// Whether browsers take this for an e-mail address.
fn is_email(text: &str) -> bool {
    let Some((user, host)) = text.split_once('@') else { return false };
    let is_label = |label: &str| {
        (1..64).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_user = |byte: u8| byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte);
    !user.is_empty() && user.bytes().all(is_user) && host.split('.').all(is_label)
}

/// Whether it has a scheme, and something behind it.
fn is_url(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, rest)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
            && !rest.trim_start_matches('/').is_empty()
            && !text.contains(char::is_whitespace)
    })
}

/// Reads digits with an optional sign and an optional point.
pub fn decimal(text: &str) -> Option<Scalar> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let has_digit = text.bytes().any(|byte| byte.is_ascii_digit());
    if !has_digit || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let scale = u8::try_from(fraction.len()).ok()?;
    let units = format!("{whole}{fraction}").parse().ok()?;
    Some(Scalar::Decimal { units, scale })
}

/// Whether this is `#rrggbb`, the only form that browsers send.
fn is_color(text: &str) -> bool {
    text.len() == 7 && text.strip_prefix('#').is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn complaint(text: &str) -> Complaint {
    Complaint(text.to_owned())
}

/// Whether the whole of a text has the form of a pattern; a pattern that cannot be read asks for nothing.
pub fn matches_pattern(pattern: &str, text: &str) -> bool {
    Regex::new(&format!("^(?:{pattern})$")).map_or(true, |pattern| pattern.is_match(text))
}

/// What is wrong with a pattern, if it cannot be read.
pub fn pattern_error(pattern: &str) -> Option<String> {
    Regex::new(&format!("^(?:{pattern})$")).err().map(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list_of(item: Type) -> Type {
        Type::List(Box::new(item))
    }

    fn range_of(end: Type) -> Type {
        Type::Range(Box::new(end))
    }

    #[test]
    fn what_browsers_send_is_read_by_type() {
        let date = |day| Scalar::Date(jiff::civil::date(2024, 1, day));
        let at = |hour, minute, second| Scalar::Time(jiff::civil::time(hour, minute, second, 0));
        let cases: &[(Type, &[&str], Scalar)] = &[
            (Type::Bool, &["", "true"], Scalar::Bool(true)),
            (Type::Bool, &[""], Scalar::Bool(false)),
            (Type::Bool, &[], Scalar::Bool(false)),
            (Type::Int, &["-3"], Scalar::Int(-3)),
            (Type::Int.nullable(), &[""], Scalar::Null),
            (Type::Float, &["1e3"], Scalar::Float(1000.0)),
            (Type::Decimal, &["-0.50"], Scalar::Decimal { units: -50, scale: 2 }),
            (Type::Text, &[""], Scalar::text("")),
            (Type::Text.nullable(), &[""], Scalar::Null),
            (Type::Text, &[" a "], Scalar::text(" a ")),
            (Type::Date, &["2024-01-02"], date(2)),
            (Type::Date.nullable(), &[], Scalar::Null),
            (Type::Time, &["09:30"], Scalar::Time(jiff::civil::time(9, 30, 0, 0))),
            (Type::DateTime, &["2024-01-02T09:30"], Scalar::DateTime(jiff::civil::date(2024, 1, 2).at(9, 30, 0, 0))),
            (range_of(Type::Time), &["09:30", "17:00:30"], Scalar::range(at(9, 30, 0), at(17, 0, 30))),
            (Type::Color, &["#FFaa00"], Scalar::text("#ffaa00")),
            (list_of(Type::Int), &["", "1", "2"], Scalar::list([Scalar::Int(1), Scalar::Int(2)])),
            (list_of(Type::Text), &[""], Scalar::list([])),
            (range_of(Type::Date), &["2024-01-01", "2024-01-02"], Scalar::range(date(1), date(2))),
            (range_of(Type::Date).nullable(), &["", ""], Scalar::Null),
            (Type::Any, &["x"], Scalar::text("x")),
        ];
        for (ty, sent, expected) in cases {
            assert_eq!(value(ty, sent).as_ref(), Ok(expected), "{ty} {sent:?}");
        }
    }

    #[test]
    fn what_does_not_fit_is_complained_about() {
        let cases: &[(Type, &[&str])] = &[
            (Type::Bool, &["yes"]),
            (Type::Int, &[""]),
            (Type::Int, &["1.5"]),
            (Type::Float, &["NaN"]),
            (Type::Decimal, &["1.2.3"]),
            (Type::Decimal, &["."]),
            (Type::Date, &["2024-02-30"]),
            (Type::Time, &["9:30"]),
            (Type::Time, &["25:00"]),
            (Type::Color, &["red"]),
            (list_of(Type::Int), &["1", "x"]),
            (range_of(Type::Int), &["1"]),
            (range_of(Type::Int), &["2", "1"]),
            (range_of(Type::Date).nullable(), &["2024-01-01", ""]),
        ];
        for (ty, sent) in cases {
            assert!(value(ty, sent).is_err(), "{ty} {sent:?}");
        }
    }

    #[test]
    fn addresses_have_the_form_that_browsers_ask_for() {
        for (kind, text, is_right) in [
            ("email", "ada@example.com", true),
            ("email", "ada@localhost", true),
            ("email", "ada", false),
            ("email", "ada@-example.com", false),
            ("email", "ada lovelace@example.com", false),
            ("url", "https://example.com/a?b", true),
            ("url", "mailto:ada@example.com", true),
            ("url", "example.com", false),
            ("url", "https://", false),
            ("url", "https://a b", false),
            ("search", "anything", true),
        ] {
            assert_eq!(address_error(kind, text).is_none(), is_right, "{kind} {text}");
        }
    }
}
