//! Types of values, as far as the compiler knows them.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::Scalar;

/// The type of a value. `Any` is unknown, and unknown is not wrong.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    Any,
    Bool,
    Int,
    Float,
    Decimal,
    Text,
    Date,
    Time,
    DateTime,
    Color,
    List(Box<Self>),
    Range(Box<Self>),
    /// A table; `None` where its columns are not known.
    Table(Option<Columns>),
    Nullable(Box<Self>),
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Column {
    pub name: Arc<str>,
    pub ty: Type,
}

/// The columns of a table, in its order, as far as they are known.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Columns {
    known: Arc<[Column]>,
    is_open: bool,
}

impl Columns {
    /// Columns of a table that may have others, at any place among them.
    pub fn open(known: impl Into<Arc<[Column]>>) -> Self {
        Self { known: known.into(), is_open: true }
    }

    /// Whether the table may have other columns: then one that is not among these is not missing.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// The column of this name, where it is known.
    pub fn named(&self, name: &str) -> Option<&Column> {
        self.known.iter().find(|column| *column.name == *name)
    }

    /// The column that stands first, where that is certain.
    pub fn leading(&self) -> Option<&Column> {
        self.known.first().filter(|_| !self.is_open)
    }
}

/// All columns of a table.
impl<C: Into<Arc<[Column]>>> From<C> for Columns {
    fn from(known: C) -> Self {
        Self { known: known.into(), is_open: false }
    }
}

impl FromIterator<Column> for Columns {
    fn from_iter<T: IntoIterator<Item = Column>>(known: T) -> Self {
        known.into_iter().collect::<Arc<[Column]>>().into()
    }
}

impl Deref for Columns {
    type Target = [Column];

    fn deref(&self) -> &[Column] {
        &self.known
    }
}

impl Type {
    /// This type, or null; nullable only once.
    pub fn nullable(self) -> Self {
        match self {
            Self::Nullable(_) => self,
            other => Self::Nullable(Box::new(other)),
        }
    }

    /// This type without null.
    pub fn inner(&self) -> &Self {
        match self {
            Self::Nullable(inner) => inner,
            other => other,
        }
    }

    pub fn is_nullable(&self) -> bool {
        matches!(self, Self::Nullable(_))
    }

    /// Whether the type, or what a nullable one holds, is not known.
    pub fn is_unknown(&self) -> bool {
        *self.inner() == Self::Any
    }

    /// Whether values name things or moments, and so stand along an axis.
    pub fn is_word_or_time(&self) -> bool {
        matches!(self.inner(), Self::Date | Self::DateTime | Self::Time | Self::Text | Self::Color | Self::Bool)
    }

    pub fn is_number(&self) -> bool {
        matches!(self.inner(), Self::Int | Self::Float | Self::Decimal)
    }

    /// Whether a value of type `other` may stand where this type is expected.
    ///
    /// Unknown fits everywhere, an int where a float or decimal is asked, text where a colour is, a list of
    /// two where a range is. Null fits only a
    /// nullable type, but a value that *may* be null fits: whether it is shows when it runs.
    pub fn accepts(&self, other: &Self) -> bool {
        let (wanted, given) = (self.inner(), other.inner());
        match (wanted, given) {
            (Self::Any, _) => true,
            (_, Self::Any) => !other.is_nullable() || self.is_nullable(),
            (Self::Float | Self::Decimal, Self::Int) | (Self::Float, Self::Decimal) => true,
            (Self::Color, Self::Text) | (Self::Text, Self::Color) => true,
            (Self::DateTime, Self::Date) => true,
            (Self::List(a), Self::List(b)) | (Self::Range(a), Self::Range(b) | Self::List(b)) => a.accepts(b),
            (Self::Table(_), Self::Table(_)) => true,
            (a, b) => a == b,
        }
    }

    /// The type in the author's words, with an article: "an int", "text".
    pub fn words(&self) -> String {
        match self.inner() {
            Self::Text | Self::Any => self.to_string(),
            Self::Int => format!("an {self}"),
            _ => format!("a {self}"),
        }
    }

    /// The type that holds the values of both.
    pub fn join(&self, other: &Self) -> Self {
        if self == other {
            return self.clone();
        }
        let nullable = self.is_nullable() || other.is_nullable();
        let joined = match (self.inner(), other.inner()) {
            (a, b) if a == b => a.clone(),
            (Self::Any, known) if self.is_nullable() => known.clone(),
            (known, Self::Any) if other.is_nullable() => known.clone(),
            (a, b) if a.accepts(b) && *a != Self::Any => a.clone(),
            (a, b) if b.accepts(a) && *b != Self::Any => b.clone(),
            _ => Self::Any,
        };
        if nullable { joined.nullable() } else { joined }
    }

    /// The value of a key of this type that nothing else gives one.
    pub fn empty(&self) -> Scalar {
        match self {
            Self::Bool => Scalar::Bool(false),
            Self::Int => Scalar::Int(0),
            Self::Float => Scalar::Float(0.0),
            Self::Decimal => Scalar::Decimal { units: 0, scale: 0 },
            Self::Text => Scalar::text(""),
            Self::Color => Scalar::text("#000000"),
            Self::List(_) => Scalar::list([]),
            _ => Scalar::Null,
        }
    }

    /// The columns of a table, where known.
    pub fn columns(&self) -> Option<&Columns> {
        match self.inner() {
            Self::Table(Some(columns)) => Some(columns),
            _ => None,
        }
    }
}

/// In the author's words: `list<text>`, `int?`.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("unknown"),
            Self::Bool => f.write_str("bool"),
            Self::Int => f.write_str("int"),
            Self::Float => f.write_str("float"),
            Self::Decimal => f.write_str("decimal"),
            Self::Text => f.write_str("text"),
            Self::Date => f.write_str("date"),
            Self::Time => f.write_str("time"),
            Self::DateTime => f.write_str("datetime"),
            Self::Color => f.write_str("color"),
            Self::List(item) if item.is_unknown() => f.write_str("list"),
            Self::List(item) => write!(f, "list<{item}>"),
            Self::Range(end) => write!(f, "range<{end}>"),
            Self::Table(_) => f.write_str("table"),
            Self::Nullable(inner) if **inner == Self::Any => f.write_str("null"),
            Self::Nullable(inner) => write!(f, "{inner}?"),
        }
    }
}
