//! What a part of an expression may give: a value, or what is one only within an expression.

use std::sync::Arc;

use appspec_data::Value;
use appspec_lang::value::Scalar;

use super::period::Period;
use super::{EvalError, plain_text};

#[derive(Clone, Debug)]
pub(super) enum Operand {
    Value(Value),
    Period(Period),
    /// A name that passed its list; only SQL takes it.
    Identifier(Arc<str>),
    /// `loop`: which turn of how many.
    Loop {
        index: usize,
        length: usize,
    },
}

impl Operand {
    pub(super) const NULL: Self = Self::Value(Value::Scalar(Scalar::Null));

    pub(super) fn is_null(&self) -> bool {
        matches!(self, Self::Value(value) if value.is_null())
    }

    pub(super) fn is_true(&self) -> bool {
        match self {
            Self::Value(value) => value.is_true(),
            _ => true,
        }
    }

    pub(super) fn into_value(self) -> Result<Value, EvalError> {
        match self {
            Self::Value(value) => Ok(value),
            other => Err(EvalError::new(format!("{} is no value by itself", other.word()))),
        }
    }

    /// The scalar, a column being the list of its cells.
    pub(super) fn into_scalar(self) -> Result<Scalar, EvalError> {
        match self {
            Self::Value(Value::Scalar(scalar)) => Ok(scalar),
            Self::Value(Value::Column(column)) => Ok(column.list()),
            other => Err(EvalError::new(format!("{} stands where a single value is needed", other.word()))),
        }
    }

    /// As it reads in a text.
    pub(super) fn into_text(self) -> Result<String, EvalError> {
        match self {
            Self::Value(Value::Scalar(scalar)) => Ok(plain_text(&scalar)),
            Self::Value(Value::Column(column)) => Ok(plain_text(&column.list())),
            other => Err(EvalError::new(format!("{} cannot be written as text", other.word()))),
        }
    }

    /// What this is, for messages.
    pub(super) fn word(&self) -> String {
        match self {
            Self::Value(Value::Scalar(scalar)) => scalar.ty().to_string(),
            Self::Value(Value::Table(_)) => "a table".to_owned(),
            Self::Value(Value::Column(_)) => "a column".to_owned(),
            Self::Value(Value::Row(_)) => "a row".to_owned(),
            Self::Value(Value::Map(_)) => "a map".to_owned(),
            Self::Period(_) => "a span of time".to_owned(),
            Self::Identifier(_) => "an identifier".to_owned(),
            Self::Loop { .. } => "`loop`".to_owned(),
        }
    }
}

impl From<Scalar> for Operand {
    fn from(scalar: Scalar) -> Self {
        Self::Value(Value::Scalar(scalar))
    }
}

impl From<bool> for Operand {
    fn from(bool: bool) -> Self {
        Scalar::Bool(bool).into()
    }
}

/// A count of things, as an int.
pub(super) fn count(things: usize) -> Scalar {
    Scalar::Int(i64::try_from(things).unwrap_or(i64::MAX))
}
