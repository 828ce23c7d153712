//! Dates and moments in text, and the clock that shows them.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use polars::prelude::{DataType, IntoSeries, PolarsResult, Series, TimeUnit};

use crate::dtype::{micros_of_moment, moment};

/// Reads `2024-01-31`; jiff would take more forms, which text that is no date may have by chance.
pub(crate) fn parse_date(text: &str) -> Option<Date> {
    (text.len() == 10 && is_dashed(text)).then(|| text.parse().ok()).flatten()
}

/// Reads `2024-01-31 12:30`, with a `T` or a blank, with or without seconds; with an offset, as `zone`'s clock shows it.
pub(crate) fn parse_moment(text: &str, zone: &TimeZone) -> Option<DateTime> {
    let separator = text.as_bytes().get(10)?;
    if !(is_dashed(text) && matches!(separator, b'T' | b' ') && text.as_bytes().get(13) == Some(&b':')) {
        return None;
    }
    match text.parse::<Timestamp>() {
        Ok(timestamp) => Some(zone.to_datetime(timestamp)),
        Err(_) => text.parse().ok(),
    }
}

fn is_dashed(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.get(4) == Some(&b'-') && bytes.get(7) == Some(&b'-') && bytes.first().is_some_and(u8::is_ascii_digit)
}

/// A column of moments with a zone, as the clock of `zone` shows them.
pub(crate) fn local_series(series: &Series, zone: &TimeZone) -> PolarsResult<Series> {
    let DataType::Datetime(_, given) = series.dtype() else { return Ok(series.clone()) };
    let micros = series.cast(&DataType::Datetime(TimeUnit::Microseconds, given.clone()))?;
    let micros = micros.to_physical_repr();
    let shown = micros.i64()?.iter().map(|micros| {
        let timestamp = Timestamp::from_microsecond(micros?).ok()?;
        Some(micros_of_moment(zone.to_datetime(timestamp)))
    });
    let shown: polars::prelude::Int64Chunked = shown.collect();
    shown.into_series().with_name(series.name().clone()).cast(&moment())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_iso_forms_are_dates() {
        for (text, wanted) in [
            ("2024-01-31", Some("2024-01-31")),
            ("2024-02-30", None),
            ("20240131", None),
            ("31.01.2024", None),
            ("2024-1-31", None),
            ("1-2-3 4-5-", None),
        ] {
            assert_eq!(parse_date(text).map(|date| date.to_string()).as_deref(), wanted, "{text}");
        }
    }

    #[test]
    fn moments_are_shown_by_the_clock_of_the_app() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        for (text, wanted) in [
            ("2024-01-31 12:30", Some("2024-01-31T12:30:00")),
            ("2024-01-31T12:30:15.25", Some("2024-01-31T12:30:15.25")),
            ("2024-01-31T12:30:00Z", Some("2024-01-31T13:30:00")),
            ("2024-07-31T12:30:00+00:00", Some("2024-07-31T14:30:00")),
            ("2024-01-31", None),
            ("at 2024-01-31 12:30", None),
        ] {
            assert_eq!(parse_moment(text, &zone).map(|moment| moment.to_string()).as_deref(), wanted, "{text}");
        }
    }
}
