//! Values without a format: as texts of the language have them, and as components show them.

use appspec_lang::value::Scalar;
use jiff::civil::{Date, Time};
use jiff::fmt::strtime;

use super::super::{Settings, decimal};
use super::locale::Locale;
use super::number;

/// A value in a text: plain digits, the shortest form of a float, ISO dates; nothing for null.
pub fn plain_text(value: &Scalar) -> String {
    match value {
        Scalar::Null => String::new(),
        Scalar::Bool(bool) => bool.to_string(),
        Scalar::Int(int) => int.to_string(),
        Scalar::Float(float) => number::shortest(*float),
        Scalar::Decimal { units, scale } => decimal::digits(*units, *scale),
        Scalar::Text(text) => text.to_string(),
        Scalar::Bytes(bytes) => format!("{} bytes", bytes.len()),
        Scalar::Date(date) => date.to_string(),
        Scalar::Time(time) => clock(*time),
        Scalar::DateTime(moment) => format!("{} {}", moment.date(), clock(moment.time())),
        Scalar::List(items) => items.iter().map(plain_text).collect::<Vec<_>>().join(", "),
        Scalar::Range(ends) => ends.iter().map(plain_text).collect::<Vec<_>>().join(" – "),
    }
}

/// A value as a component shows it: with the decimal mark of the locale, dates in its order of day, month and year, and
/// the words for true and false.
pub(super) fn shown(value: &Scalar, settings: &Settings) -> String {
    let locale = Locale::of(settings.locale.as_deref());
    let clock = if locale.digits_of_date().is_some() { short_clock } else { clock };
    local(value, (locale, settings), clock)
}

/// The same of a value to choose, and of a limit: with times to the minute in every language.
pub(super) fn offered(value: &Scalar, settings: &Settings) -> String {
    local(value, (Locale::of(settings.locale.as_deref()), settings), short_clock)
}

fn local(value: &Scalar, (locale, settings): (&Locale, &Settings), clock: fn(Time) -> String) -> String {
    let many = |items: &[Scalar], between: &str| {
        items.iter().map(|item| local(item, (locale, settings), clock)).collect::<Vec<_>>().join(between)
    };
    match value {
        Scalar::Bool(bool) => settings.words().say(if *bool { "Yes" } else { "No" }),
        Scalar::Float(_) | Scalar::Decimal { .. } => plain_text(value).replace('.', locale.decimal),
        Scalar::Date(date) => local_date(*date, locale),
        Scalar::Time(time) => clock(*time),
        Scalar::DateTime(moment) => format!("{} {}", local_date(moment.date(), locale), clock(moment.time())),
        Scalar::List(items) => {
            let is_marked = |item: &Scalar| matches!(item, Scalar::Float(_) | Scalar::Decimal { .. });
            // A comma between numbers would read as one of theirs.
            many(items, if locale.decimal == "," && items.iter().any(is_marked) { "; " } else { ", " })
        }
        Scalar::Range(ends) => many(ends.as_slice(), " – "),
        other => plain_text(other),
    }
}

fn local_date(date: Date, locale: &Locale) -> String {
    let digits = locale.digits_of_date().and_then(|digits| strtime::format(digits, date).ok());
    digits.unwrap_or_else(|| date.to_string())
}

/// A time to the second; to the millisecond or microsecond if it is a whole number of them, as in data. What is finer was read
/// from a clock, and nobody chose it.
fn clock(time: Time) -> String {
    let seconds = format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second());
    match time.subsec_nanosecond() {
        nanoseconds if nanoseconds > 0 && nanoseconds % 1_000_000 == 0 => {
            format!("{seconds}.{:03}", nanoseconds / 1_000_000)
        }
        nanoseconds if nanoseconds % 1_000 == 0 && nanoseconds > 0 => format!("{seconds}.{:06}", nanoseconds / 1_000),
        _ => seconds,
    }
}

/// A time to the minute, unless there is more to it.
fn short_clock(time: Time) -> String {
    let clock = clock(time);
    match clock.strip_suffix(":00") {
        Some(minutes) => minutes.to_owned(),
        None => clock,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(locale: &str) -> Settings {
        Settings { locale: Some(locale.into()), currency: None }
    }

    #[test]
    fn texts_have_values_as_the_language_writes_them() {
        let date = jiff::civil::date(2024, 1, 5);
        let cases = [
            (Scalar::Null, ""),
            (Scalar::Int(2015), "2015"),
            (Scalar::Float(20.0), "20"),
            (Scalar::Float(-0.0), "0"),
            (Scalar::Float(0.1 + 0.2), "0.30000000000000004"),
            (Scalar::Float(1e21), "1e21"),
            (Scalar::Float(1.5e-9), "1.5e-9"),
            (Scalar::Decimal { units: -5, scale: 2 }, "-0.05"),
            (Scalar::Bool(true), "true"),
            (Scalar::Date(date), "2024-01-05"),
            (Scalar::Time(jiff::civil::time(9, 30, 0, 0)), "09:30:00"),
            (Scalar::DateTime(date.at(9, 30, 0, 0)), "2024-01-05 09:30:00"),
            (Scalar::DateTime(date.at(9, 30, 0, 250_000_000)), "2024-01-05 09:30:00.250"),
            (Scalar::DateTime(date.at(9, 30, 7, 123_456_789)), "2024-01-05 09:30:07"),
            (Scalar::list([Scalar::Int(1), Scalar::text("a")]), "1, a"),
            (Scalar::range(Scalar::Int(1), Scalar::Int(2)), "1 – 2"),
        ];
        for (value, wanted) in cases {
            assert_eq!(plain_text(&value), wanted);
        }
    }

    #[test]
    fn components_show_values_as_the_locale_writes_them() {
        let date = jiff::civil::date(2026, 7, 20);
        let (low, high) = (Scalar::Float(0.5), Scalar::Float(1.25));
        let cases = [
            ("de", Scalar::Int(2015), "2015"),
            ("de", Scalar::Float(1.5), "1,5"),
            ("de", Scalar::Float(1234.5), "1234,5"),
            ("de", Scalar::Float(20.0), "20"),
            ("de", Scalar::Decimal { units: -1250, scale: 2 }, "-12,50"),
            ("de-CH", Scalar::Float(1.5), "1.5"),
            ("de", Scalar::Date(date), "20.07.2026"),
            ("de", Scalar::DateTime(date.at(12, 28, 0, 0)), "20.07.2026 12:28"),
            ("de", Scalar::DateTime(date.at(12, 0, 0, 0)), "20.07.2026 12:00"),
            ("de", Scalar::DateTime(date.at(12, 28, 5, 0)), "20.07.2026 12:28:05"),
            ("de", Scalar::DateTime(date.at(12, 28, 5, 1)), "20.07.2026 12:28:05"),
            ("de", Scalar::Time(jiff::civil::time(9, 0, 0, 0)), "09:00"),
            ("fr", Scalar::Date(date), "20/07/2026"),
            ("de", Scalar::text("1.5"), "1.5"),
            ("de", Scalar::Bool(true), "Ja"),
            ("en", Scalar::Bool(true), "Yes"),
            ("de", Scalar::range(low.clone(), high.clone()), "0,5 – 1,25"),
            ("de", Scalar::list([low.clone(), high.clone()]), "0,5; 1,25"),
            ("de", Scalar::list([Scalar::Int(1), Scalar::Int(2)]), "1, 2"),
            ("en", Scalar::list([low, high]), "0.5, 1.25"),
            ("en", Scalar::Date(date), "2026-07-20"),
            ("en-GB", Scalar::DateTime(date.at(12, 28, 0, 0)), "2026-07-20 12:28:00"),
        ];
        for (locale, value, wanted) in cases {
            assert_eq!(shown(&value, &settings(locale)), wanted, "{locale} {value:?}");
        }
    }

    #[test]
    fn what_can_be_chosen_has_times_to_the_minute() {
        let moment = jiff::civil::date(2026, 7, 20).at(9, 30, 0, 0);
        let cases = [
            ("en", Scalar::Time(moment.time()), "09:30"),
            ("en", Scalar::DateTime(moment), "2026-07-20 09:30"),
            ("de", Scalar::DateTime(moment), "20.07.2026 09:30"),
            ("de", Scalar::Float(0.5), "0,5"),
        ];
        for (locale, value, wanted) in cases {
            assert_eq!(offered(&value, &settings(locale)), wanted, "{locale} {value:?}");
        }
    }
}
