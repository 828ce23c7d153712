//! Dates, spans of time, and how long ago something was.

use appspec_lang::value::Scalar;
use jiff::civil::DateTime;
use jiff::fmt::strtime;

use super::super::{EvalError, period};
use super::locale::Locale;
use crate::words::Words;

/// A date or datetime by the letters of strftime, its names in the language of the locale; none of another value.
pub(super) fn date(value: &Scalar, format: Option<&str>, locale: &Locale) -> Result<Option<String>, EvalError> {
    let Some(moment) = period::moment(value) else { return Ok(None) };
    let usual;
    let format = match (format, value) {
        (Some(format), _) => format,
        (None, Scalar::DateTime(_)) => {
            usual = format!("{} %H:%M", locale.date);
            &usual
        }
        (None, _) => locale.date,
    };
    strtime::format(named(format, moment, locale), moment)
        .map(Some)
        .map_err(|_| EvalError::new(format!("`{format}` is no format of dates")))
}

/// The format with the names of month and day written out.
fn named(format: &str, moment: DateTime, locale: &Locale) -> String {
    let month = usize::from(moment.month().unsigned_abs()).saturating_sub(1);
    let day = usize::from(moment.weekday().to_monday_zero_offset().unsigned_abs());
    let mut text = String::new();
    let mut letters = format.chars();
    while let Some(c) = letters.next() {
        if c != '%' {
            text.push(c);
            continue;
        }
        let letter = letters.next();
        let name = match letter {
            Some('B') => locale.names.months.get(month),
            Some('b' | 'h') => locale.names.short_months.get(month),
            Some('A') => locale.names.days.get(day),
            Some('a') => locale.names.short_days.get(day),
            _ => None,
        };
        if let Some(name) = name {
            text.push_str(name);
        } else {
            text.push('%');
            text.extend(letter);
        }
    }
    text
}

/// Seconds as days, hours, minutes and seconds; below one second as milliseconds.
pub(super) fn duration(value: &Scalar) -> Option<String> {
    let seconds = value.as_float().filter(|seconds| seconds.is_finite())?;
    let sign = if seconds < 0.0 { "-" } else { "" };
    let size = seconds.abs();
    if size > 0.0 && size < 0.9995 {
        return Some(format!("{sign}{:.0}ms", size * 1000.0));
    }
    let mut left = format!("{size:.0}").parse::<u64>().ok()?;
    let mut parts = Vec::new();
    for (unit, length) in [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)] {
        if left >= length {
            parts.push(format!("{}{unit}", left / length));
            left %= length;
        }
    }
    Some(if parts.is_empty() { "0s".to_owned() } else { format!("{sign}{}", parts.join(" ")) })
}

/// How long a moment is before another, or behind it, in the words of the app.
pub(super) fn ago(value: &Scalar, now: &Scalar, words: &Words) -> Option<String> {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    let (then, now) = (period::moment(value)?, period::moment(now)?);
    let seconds = then.duration_until(now).as_secs();
    let size = seconds.unsigned_abs();
    let (count, past, future) = match size {
        ..MINUTE => return Some(words.say("just now")),
        MINUTE..HOUR => (size / MINUTE, "{n} minutes ago", "in {n} minutes"),
        HOUR..DAY => (size / HOUR, "{n} hours ago", "in {n} hours"),
        _ if size < 30 * DAY => (size / DAY, "{n} days ago", "in {n} days"),
        _ if size < 365 * DAY => (size / (30 * DAY), "{n} months ago", "in {n} months"),
        _ => (size / (365 * DAY), "{n} years ago", "in {n} years"),
    };
    Some(words.count(if seconds < 0 { future } else { past }, count, &[]))
}
