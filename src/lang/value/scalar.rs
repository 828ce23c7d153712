//! Single values, and lists and ranges of them.

use std::cmp::Ordering;
use std::sync::Arc;

use jiff::civil::{Date, DateTime, Time, date};

use super::{Fingerprint, Hasher, Type};

/// A value that is no table; cheap to clone.
#[derive(Clone, Debug, Default)]
pub enum Scalar {
    #[default]
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    /// `units` × 10^-`scale`.
    Decimal {
        units: i128,
        scale: u8,
    },
    Text(Arc<str>),
    Bytes(Arc<[u8]>),
    Date(Date),
    Time(Time),
    /// A moment, as the clock of the app's time zone shows it.
    DateTime(DateTime),
    List(Arc<[Self]>),
    /// Low end, then high end.
    Range(Arc<[Self; 2]>),
}

impl Scalar {
    pub fn text(text: impl Into<Arc<str>>) -> Self {
        Self::Text(text.into())
    }

    pub fn list(items: impl IntoIterator<Item = Self>) -> Self {
        Self::List(items.into_iter().collect())
    }

    pub fn range(low: Self, high: Self) -> Self {
        Self::Range(Arc::new([low, high]))
    }

    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number of an int, float or decimal, as a float.
    #[expect(clippy::cast_precision_loss, reason = "a float is asked for")]
    pub fn as_float(&self) -> Option<f64> {
        match self {
            Self::Int(int) => Some(*int as f64),
            Self::Float(float) => Some(*float),
            Self::Decimal { units, scale } => Some(*units as f64 / 10f64.powi(i32::from(*scale))),
            _ => None,
        }
    }

    /// Where it lies on a line: a number is its own place, a date lies so many days behind 1970, a datetime so many
    /// seconds, and a time so many behind midnight.
    #[expect(clippy::cast_precision_loss, reason = "no calendar is as long")]
    pub fn place(&self) -> Option<f64> {
        let days = |to: Date| (date(1970, 1, 1).duration_until(to).as_hours() / 24) as f64;
        let seconds = |to: Time| Time::midnight().duration_until(to).as_secs_f64();
        match self {
            Self::Date(date) => Some(days(*date)),
            Self::Time(time) => Some(seconds(*time)),
            Self::DateTime(moment) => Some(days(moment.date()) * 86_400.0 + seconds(moment.time())),
            number => number.as_float(),
        }
    }

    /// What Jinja takes for true: all but null, false, zero, and what is empty.
    pub fn is_true(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Bool(bool) => *bool,
            Self::Int(int) => *int != 0,
            Self::Float(float) => *float != 0.0,
            Self::Decimal { units, .. } => *units != 0,
            Self::Text(text) => !text.is_empty(),
            Self::Bytes(bytes) => !bytes.is_empty(),
            Self::List(items) => !items.is_empty(),
            Self::Date(_) | Self::Time(_) | Self::DateTime(_) | Self::Range(_) => true,
        }
    }

    /// The type of this value alone; that of null and of an empty list's items is unknown.
    pub fn ty(&self) -> Type {
        match self {
            Self::Null => Type::Nullable(Box::new(Type::Any)),
            Self::Bool(_) => Type::Bool,
            Self::Int(_) => Type::Int,
            Self::Float(_) => Type::Float,
            Self::Decimal { .. } => Type::Decimal,
            Self::Text(_) => Type::Text,
            Self::Bytes(_) => Type::Any,
            Self::Date(_) => Type::Date,
            Self::Time(_) => Type::Time,
            Self::DateTime(_) => Type::DateTime,
            Self::List(items) => {
                Type::List(Box::new(items.iter().map(Self::ty).reduce(|a, b| a.join(&b)).unwrap_or(Type::Any)))
            }
            Self::Range(ends) => {
                let [low, high] = &**ends;
                Type::Range(Box::new(low.ty().join(&high.ty())))
            }
        }
    }

    /// Adds this value to a digest; equal values, such as `0.0` and `-0.0`, add the same.
    pub fn digest(&self, hasher: &mut Hasher) {
        match self {
            Self::Null => hasher.number(0),
            Self::Bool(bool) => hasher.number(1).number(u64::from(*bool)),
            Self::Int(int) => hasher.number(2).number(int.cast_unsigned()),
            Self::Float(float) => hasher.number(3).number(canonical_bits(*float)),
            Self::Decimal { units, scale } => hasher.number(4).bytes(&units.to_le_bytes()).number(u64::from(*scale)),
            Self::Text(text) => hasher.number(5).text(text),
            Self::Bytes(bytes) => hasher.number(6).bytes(bytes),
            Self::Date(date) => hasher.number(7).text(&date.to_string()),
            Self::Time(time) => hasher.number(8).text(&time.to_string()),
            Self::DateTime(moment) => hasher.number(9).text(&moment.to_string()),
            Self::List(items) => {
                hasher.number(10).number(items.len() as u64);
                items.iter().for_each(|item| item.digest(hasher));
                hasher
            }
            Self::Range(ends) => {
                hasher.number(11);
                ends.iter().for_each(|end| end.digest(hasher));
                hasher
            }
        };
    }

    pub fn fingerprint(&self) -> Fingerprint {
        let mut hasher = Hasher::default();
        self.digest(&mut hasher);
        hasher.finish()
    }

    /// Compares values of like kinds: numbers by value, texts, dates, lists item by item; none for the rest.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Null, Self::Null) => Some(Ordering::Equal),
            (Self::Bool(a), Self::Bool(b)) => Some(a.cmp(b)),
            (Self::Int(a), Self::Int(b)) => Some(a.cmp(b)),
            (Self::Decimal { units: a, scale: m }, Self::Decimal { units: b, scale: n }) if m == n => Some(a.cmp(b)),
            (Self::Text(a), Self::Text(b)) => Some(a.cmp(b)),
            (Self::Bytes(a), Self::Bytes(b)) => Some(a.cmp(b)),
            (Self::Date(a), Self::Date(b)) => Some(a.cmp(b)),
            (Self::Time(a), Self::Time(b)) => Some(a.cmp(b)),
            (Self::DateTime(a), Self::DateTime(b)) => Some(a.cmp(b)),
            (Self::Date(a), Self::DateTime(b)) => Some(a.to_datetime(Time::midnight()).cmp(b)),
            (Self::DateTime(a), Self::Date(b)) => Some(a.cmp(&b.to_datetime(Time::midnight()))),
            (Self::List(a), Self::List(b)) => compare_all(a, b),
            (Self::Range(a), Self::Range(b)) => compare_all(a.as_slice(), b.as_slice()),
            _ => self.as_float()?.partial_cmp(&other.as_float()?),
        }
    }
}

impl PartialEq for Scalar {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Float(a), Self::Float(b)) => canonical_bits(*a) == canonical_bits(*b),
            _ => self.compare(other) == Some(Ordering::Equal),
        }
    }
}

fn compare_all(a: &[Scalar], b: &[Scalar]) -> Option<Ordering> {
    for (left, right) in a.iter().zip(b) {
        match left.compare(right)? {
            Ordering::Equal => {}
            unequal => return Some(unequal),
        }
    }
    Some(a.len().cmp(&b.len()))
}

/// One pattern for all zeros and one for all NaNs: they are the same value to a reader.
fn canonical_bits(float: f64) -> u64 {
    if float.is_nan() {
        f64::NAN.to_bits()
    } else if float == 0.0 {
        0
    } else {
        float.to_bits()
    }
}
