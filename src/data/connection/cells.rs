//! Columns under construction: cells go from the driver's buffers straight into those of Polars.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use polars::prelude::{
    BinaryChunkedBuilder, BooleanChunkedBuilder, ChunkedBuilder, DataType, Float64Type, Int32Type, Int64Type,
    Int128Chunked, IntoSeries, NewChunkedArray, PlSmallStr, PrimitiveChunkedBuilder, Series, StringChunkedBuilder,
};

use crate::dtype::{decimal_text, micros_of_moment, moment};
use crate::error::DataError;

pub(super) type Bools = BooleanChunkedBuilder;
pub(super) type Ints = PrimitiveChunkedBuilder<Int64Type>;
pub(super) type Floats = PrimitiveChunkedBuilder<Float64Type>;
pub(super) type Texts = StringChunkedBuilder;
pub(super) type Binaries = BinaryChunkedBuilder;
/// Days since 1970.
pub(super) type Dates = PrimitiveChunkedBuilder<Int32Type>;
/// Nanoseconds since midnight.
pub(super) type Times = PrimitiveChunkedBuilder<Int64Type>;
/// Microseconds since 1970, by the app's clock.
pub(super) type Moments = PrimitiveChunkedBuilder<Int64Type>;

/// So many rows are expected: columns grow from there.
pub(super) const ROWS: usize = 1024;

pub(super) fn dates_series(dates: Dates) -> Result<Series, DataError> {
    cast(&dates.finish().into_series(), &DataType::Date)
}

pub(super) fn times_series(times: Times) -> Result<Series, DataError> {
    cast(&times.finish().into_series(), &DataType::Time)
}

pub(super) fn moments_series(moments: Moments) -> Result<Series, DataError> {
    cast(&moments.finish().into_series(), &moment())
}

fn cast(series: &Series, dtype: &DataType) -> Result<Series, DataError> {
    series.cast(dtype).map_err(|error| DataError::internal(error.to_string()))
}

/// Decimals of one scale, the largest that came so far.
pub(super) struct Decimals {
    name: PlSmallStr,
    units: Vec<Option<i128>>,
    scale: u8,
}

/// What 128 bits hold.
const MOST_DIGITS: u32 = 38;

impl Decimals {
    pub(super) fn new(name: PlSmallStr) -> Self {
        Self { name, units: Vec::with_capacity(ROWS), scale: 0 }
    }

    /// With so many decimals at least.
    pub(super) fn with_scale(name: PlSmallStr, scale: u8) -> Self {
        Self { scale, ..Self::new(name) }
    }

    pub(super) fn push_null(&mut self) {
        self.units.push(None);
    }

    /// Adds `units` × 10^-`scale`; false where not all cells have room for it.
    #[must_use]
    pub(super) fn push(&mut self, units: i128, scale: u8) -> bool {
        if scale > self.scale && !self.rescale(scale) {
            return false;
        }
        let Some(units) = shifted(units, self.scale - scale) else { return false };
        self.units.push(Some(units));
        true
    }

    fn rescale(&mut self, scale: u8) -> bool {
        let by = scale - self.scale;
        let larger: Option<Vec<Option<i128>>> =
            self.units.iter().map(|units| units.map_or(Some(None), |units| shifted(units, by).map(Some))).collect();
        let Some(larger) = larger else { return false };
        (self.units, self.scale) = (larger, scale);
        true
    }

    pub(super) fn finish(self) -> Result<Series, DataError> {
        let scale = usize::from(self.scale);
        let column = Int128Chunked::from_iter_options(self.name, self.units.into_iter());
        let column = column.into_decimal(MOST_DIGITS as usize, scale);
        column.map(IntoSeries::into_series).map_err(|error| DataError::internal(error.to_string()))
    }

    /// The cells so far as text: what comes next is no decimal.
    pub(super) fn into_texts(self) -> Texts {
        let mut texts = Texts::new(self.name, self.units.len().max(ROWS));
        for units in self.units {
            texts.append_option(units.map(|units| decimal_text(units, self.scale)));
        }
        texts
    }
}

/// Appends zeros to a number; none if it gets more than 38 digits.
fn shifted(units: i128, zeros: u8) -> Option<i128> {
    let most = 10i128.pow(MOST_DIGITS) - 1;
    let units = units.checked_mul(10i128.checked_pow(u32::from(zeros))?)?;
    (-most..=most).contains(&units).then_some(units)
}

/// The float of 64 bits that is written like one of 32: `0.1`, not the `0.10000000149011612` that is nearest to it.
pub(super) fn widened(single: f32) -> f64 {
    single.to_string().parse().unwrap_or_else(|_| f64::from(single))
}

/// What the clock of a time zone shows at moments in UTC.
pub(super) struct Clock {
    zone: TimeZone,
    /// While the zone keeps to one offset: from, until, and the offset; all in microseconds.
    known: (i64, i64, i64),
}

impl Clock {
    pub(super) fn new(zone: TimeZone) -> Self {
        Self { zone, known: (0, 0, 0) }
    }

    /// Microseconds since 1970 on the clock; none outside of the calendar.
    pub(super) fn shown(&mut self, micros: i64) -> Option<i64> {
        let (from, until, offset) = self.known;
        if (from..until).contains(&micros) {
            return micros.checked_add(offset);
        }
        let timestamp = Timestamp::from_microsecond(micros).ok()?;
        let shown = micros_of_moment(self.zone.to_datetime(timestamp));
        let micros_of = |time: Timestamp| time.as_microsecond();
        let until = self.zone.following(timestamp).next();
        let until = until.map_or(micros_of(Timestamp::MAX), |change| micros_of(change.timestamp()));
        // What precedes a moment leaves out the change at this very moment.
        let behind = Timestamp::from_microsecond(micros + 1).unwrap_or(timestamp);
        let from = self.zone.preceding(behind).next();
        let from = from.map_or(micros_of(Timestamp::MIN), |change| micros_of(change.timestamp()));
        self.known = (from, until, shown - micros);
        Some(shown)
    }
}

/// What a reader should know of a column that was read all the same.
pub(super) fn shown_as_text(column: &str, ty: &str) -> Arc<str> {
    format!("the column `{column}` is of type `{ty}` and is shown as text").into()
}

/// What a reader should know of a column with cells that no table can hold.
pub(super) fn shown_as_empty(column: &str, cells: usize) -> Arc<str> {
    let cells = if cells == 1 { "1 cell".to_owned() } else { format!("{cells} cells") };
    format!("the column `{column}` has {cells} outside of the calendar, such as `infinity`, which are left empty")
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_floats_stay_short() {
        for (single, wanted) in [(0.1_f32, 0.1), (-2.5, -2.5), (16_777_216.0, 16_777_216.0), (f32::MAX, 3.402_823_5e38)]
        {
            assert!((widened(single) - wanted).abs() <= f64::EPSILON * wanted.abs(), "{single}");
        }
        assert!(widened(f32::NAN).is_nan());
    }

    #[test]
    fn decimals_share_the_largest_scale_and_keep_every_digit() {
        let mut decimals = Decimals::new("x".into());
        assert!(decimals.push(15, 1) && decimals.push(-5, 3) && decimals.push(7, 0));
        decimals.push_null();
        let column = decimals.finish().unwrap();
        assert_eq!(column.dtype(), &DataType::Decimal(38, 3));
        assert_eq!(
            column.decimal().unwrap().physical().iter().collect::<Vec<_>>(),
            [Some(1500), Some(-5), Some(7000), None]
        );
        let mut decimals = Decimals::new("x".into());
        let most = 10i128.pow(38) - 1;
        assert!(decimals.push(most, 0) && !decimals.push(1, 1));
        assert_eq!(decimals.into_texts().finish().get(0), Some("9".repeat(38).as_str()));
        let mut decimals = Decimals::with_scale("x".into(), 2);
        assert!(decimals.push(1, 2) && !decimals.push(most, 0));
        assert_eq!(decimals.into_texts().finish().len(), 1);
    }

    #[test]
    fn decimals_are_written_with_all_their_digits() {
        for (units, scale, text) in [(0, 0, "0"), (0, 2, "0.00"), (-5, 2, "-0.05"), (12345, 2, "123.45"), (-7, 0, "-7")]
        {
            assert_eq!(decimal_text(units, scale), text);
        }
    }

    #[test]
    fn the_clock_shows_what_the_zone_says() {
        for name in ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC", "Pacific/Apia"] {
            let zone = TimeZone::get(name).unwrap();
            let mut clock = Clock::new(zone.clone());
            // Around changes, back and forth, and at them.
            let starts = [
                "1850-01-01T00:00Z",
                "2024-03-31T01:00Z",
                "2024-10-27T01:00Z",
                "2011-12-30T10:00Z",
                "2900-06-01T00:00Z",
            ];
            for start in starts {
                let start: Timestamp = start.parse().unwrap();
                for step in [0, -1, 1, 3_600_000_000, -3_600_000_000, 0] {
                    let micros = start.as_microsecond() + step;
                    let wanted = micros_of_moment(zone.to_datetime(Timestamp::from_microsecond(micros).unwrap()));
                    assert_eq!(clock.shown(micros), Some(wanted), "{name} {start} {step}");
                }
            }
        }
        assert_eq!(Clock::new(TimeZone::UTC).shown(i64::MAX), None);
    }
}
