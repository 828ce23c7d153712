//! Spans of time, and dates moved by them.

use appspec_lang::value::Scalar;
use jiff::Span;
use jiff::civil::{Date, DateTime, Time};

use super::EvalError;
use super::operand::Operand;

const DAY_SECONDS: f64 = 24.0 * 60.0 * 60.0;

/// What `days(7)` gives: it has a meaning only beside a date.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Period {
    years: i64,
    months: i64,
    days: i64,
    hours: i64,
    /// Hours make a datetime of a date, be there none of them.
    has_hours: bool,
}

fn out_of_range() -> EvalError {
    EvalError::new("this date is beyond the years that there are dates for")
}

impl Period {
    /// `days(count)` and its like.
    pub(super) fn of(unit: &str, count: i64) -> Self {
        let none = Self::default();
        match unit {
            "years" => Self { years: count, ..none },
            "months" => Self { months: count, ..none },
            "hours" => Self { hours: count, has_hours: true, ..none },
            _ => Self { days: count, ..none },
        }
    }

    pub(super) fn plus(&self, other: &Self) -> Result<Self, EvalError> {
        let sum = |a: i64, b: i64| a.checked_add(b).ok_or_else(out_of_range);
        Ok(Self {
            years: sum(self.years, other.years)?,
            months: sum(self.months, other.months)?,
            days: sum(self.days, other.days)?,
            hours: sum(self.hours, other.hours)?,
            has_hours: self.has_hours || other.has_hours,
        })
    }

    pub(super) fn negated(&self) -> Result<Self, EvalError> {
        let minus = |count: i64| count.checked_neg().ok_or_else(out_of_range);
        Ok(Self {
            years: minus(self.years)?,
            months: minus(self.months)?,
            days: minus(self.days)?,
            hours: minus(self.hours)?,
            has_hours: self.has_hours,
        })
    }

    fn span(&self) -> Result<Span, EvalError> {
        Span::new()
            .try_years(self.years)
            .and_then(|span| span.try_months(self.months))
            .and_then(|span| span.try_days(self.days))
            .and_then(|span| span.try_hours(self.hours))
            .map_err(|_| out_of_range())
    }
}

/// A date or datetime, later by a span of time.
pub(super) fn shifted(moment: &Scalar, by: &Period) -> Result<Scalar, EvalError> {
    let span = by.span()?;
    match moment {
        Scalar::Date(date) if by.has_hours => {
            let moment = date.to_datetime(Time::midnight()).checked_add(span);
            moment.map(Scalar::DateTime).map_err(|_| out_of_range())
        }
        Scalar::Date(date) => date.checked_add(span).map(Scalar::Date).map_err(|_| out_of_range()),
        Scalar::DateTime(moment) => moment.checked_add(span).map(Scalar::DateTime).map_err(|_| out_of_range()),
        other => Err(EvalError::new(format!("{} cannot be moved by a span of time", other.ty()))),
    }
}

/// The days from one date to another: whole ones, if neither has a time.
pub(super) fn days_between(from: &Scalar, to: &Scalar) -> Scalar {
    match (from, to) {
        (Scalar::Date(from), Scalar::Date(to)) => Scalar::Int(from.duration_until(*to).as_hours() / 24),
        _ => match (moment(from), moment(to)) {
            (Some(from), Some(to)) => Scalar::Float(from.duration_until(to).as_secs_f64() / DAY_SECONDS),
            _ => Scalar::Null,
        },
    }
}

/// A date or datetime as a datetime.
pub(super) fn moment(scalar: &Scalar) -> Option<DateTime> {
    match scalar {
        Scalar::Date(date) => Some(date.to_datetime(Time::midnight())),
        Scalar::DateTime(moment) => Some(*moment),
        _ => None,
    }
}

/// The beginning of the unit of time that a date or datetime lies in; weeks begin on Monday.
pub(super) fn start_of(value: &Scalar, unit: &str) -> Result<Operand, EvalError> {
    let Some(moment) = moment(value) else {
        return Err(EvalError::new(format!("`start_of` takes a date or a datetime, not {}", value.ty())));
    };
    let date = moment.date();
    let first = |month: i8| Date::new(date.year(), month, 1).map_err(|_| out_of_range());
    let start = match unit {
        "year" => first(1)?,
        "quarter" => first((date.month() - 1) / 3 * 3 + 1)?,
        "month" => first(date.month())?,
        "week" => {
            let days = i64::from(date.weekday().to_monday_zero_offset());
            date.checked_sub(Span::new().days(days)).map_err(|_| out_of_range())?
        }
        "day" | "hour" | "minute" => date,
        other => return Err(EvalError::new(format!("`{other}` is no unit of time"))),
    };
    let Scalar::DateTime(_) = value else { return Ok(Scalar::Date(start).into()) };
    let time = match unit {
        "hour" => Time::constant(0, 0, 0, 0).with().hour(moment.hour()).build(),
        "minute" => Time::constant(0, 0, 0, 0).with().hour(moment.hour()).minute(moment.minute()).build(),
        _ => Ok(Time::midnight()),
    };
    Ok(Scalar::DateTime(start.to_datetime(time.map_err(|_| out_of_range())?)).into())
}
