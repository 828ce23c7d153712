//! The types of `PostgreSQL`, as far as they matter here.

use sqlx::TypeInfo;
use sqlx::postgres::{PgTypeInfo, PgTypeKind};

/// What a value of a type is, and how it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Bool,
    Int2,
    Int4,
    Int8,
    Oid,
    Float4,
    Float8,
    Numeric,
    /// Whatever is sent as the bytes of its text: enums too.
    Text,
    Json,
    Jsonb,
    Uuid,
    Bytes,
    Date,
    Time,
    Timestamp,
    /// With a time zone.
    Moment,
    /// Its items, and the number of their type.
    Array(Box<Self>, u32),
    /// An amount, whose decimals only the server knows.
    Money,
    /// Its ends are compared with values of another type.
    Range,
    /// What is read as the server writes it, and loses nothing by that.
    Written,
    Unknown,
}

impl Kind {
    pub(super) fn of(ty: &PgTypeInfo) -> Self {
        match ty.kind() {
            PgTypeKind::Domain(base) => return Self::of(base),
            PgTypeKind::Enum(_) => return Self::Text,
            PgTypeKind::Range(_) => return Self::Range,
            PgTypeKind::Array(item) => return Self::array_of(Self::of(item), item.oid().map_or(0, |oid| oid.0)),
            PgTypeKind::Composite(_) | PgTypeKind::Pseudo => return Self::Unknown,
            PgTypeKind::Simple => {}
        }
        match ty.name() {
            "BOOL" => Self::Bool,
            "INT2" => Self::Int2,
            "INT4" => Self::Int4,
            "INT8" => Self::Int8,
            "OID" => Self::Oid,
            "FLOAT4" => Self::Float4,
            "FLOAT8" => Self::Float8,
            "NUMERIC" => Self::Numeric,
            "TEXT" | "VARCHAR" | "CHAR" | "NAME" | "UNKNOWN" | "citext" => Self::Text,
            "JSON" => Self::Json,
            "JSONB" => Self::Jsonb,
            "UUID" => Self::Uuid,
            "BYTEA" => Self::Bytes,
            "DATE" => Self::Date,
            "TIME" => Self::Time,
            "TIMESTAMP" => Self::Timestamp,
            "TIMESTAMPTZ" => Self::Moment,
            "MONEY" => Self::Money,
            "INTERVAL" | "TIMETZ" | "INET" | "CIDR" | "MACADDR" | "MACADDR8" | "BIT" | "VARBIT" | "\"CHAR\""
            | "xml" => Self::Written,
            _ => Self::Unknown,
        }
    }

    /// Arrays of what a list holds as it is; others are written.
    fn array_of(item: Self, oid: u32) -> Self {
        match item {
            Self::Array(..) | Self::Unknown => Self::Unknown,
            Self::Money | Self::Written | Self::Range | Self::Json | Self::Jsonb | Self::Bytes => Self::Written,
            item => Self::Array(Box::new(item), oid),
        }
    }

    pub(super) fn is_int(&self) -> bool {
        matches!(self, Self::Int2 | Self::Int4 | Self::Int8 | Self::Oid)
    }

    /// What the server makes of a column before it sends it.
    pub(super) fn cast(&self) -> Option<&'static str> {
        match self {
            Self::Money => Some("numeric"),
            Self::Range | Self::Written | Self::Unknown => Some("text"),
            _ => None,
        }
    }
}
