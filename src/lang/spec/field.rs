//! The fields of structures, and how each of them is written.

use super::shape::Shape;
use crate::syntax::NodeKind;

/// A field of a structure.
#[derive(Debug)]
pub struct Field {
    pub name: &'static str,
    pub ty: FieldType,
    pub required: bool,
    /// The fields of the same structure beside which it has a meaning; none where it always has one.
    pub beside: &'static [&'static str],
    /// One sentence.
    pub summary: &'static str,
}

impl Field {
    pub(super) const fn optional(name: &'static str, ty: FieldType, summary: &'static str) -> Self {
        Self { name, ty, required: false, beside: &[], summary }
    }

    pub(super) const fn required(name: &'static str, ty: FieldType, summary: &'static str) -> Self {
        Self { name, ty, required: true, beside: &[], summary }
    }

    /// The same field, with a meaning only beside one of these.
    pub(super) const fn beside(self, fields: &'static [&'static str]) -> Self {
        Self { beside: fields, ..self }
    }
}

/// How a field is written, and what may stand in a map or list of it.
#[derive(Clone, Copy, Debug)]
pub enum FieldType {
    /// A text template.
    Text,
    /// An expression.
    Expression,
    /// A template for SQL.
    Sql,
    /// A template for SQL, or a list of them.
    Statements,
    /// A constant in words: a label, a path.
    Word,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// One of these words, or another that means the same as one of them.
    Known(&'static [&'static str]),
    /// The name of a type of values.
    Type,
    /// The name of an icon.
    Icon,
    /// The name of what is declared elsewhere, bare.
    Name,
    /// One such name, a list of them, or `all`.
    Names,
    /// The name of a column, which may be any text.
    Column,
    Bool,
    /// `true`, `false`, or the name of a parameter in a URL.
    Parameter,
    Int,
    /// A constant of any kind, or text that reads the environment.
    Setting,
    /// A constant of any kind.
    Single,
    /// A constant of any kind, or a list of them.
    Constant,
    /// A duration: `10m`.
    Duration,
    /// A duration, `forever` or `off`.
    Keeping,
    /// A template for a duration or `off`.
    Period,
    /// A number of bytes: `256MB`.
    Size,
    /// How a column is drawn by chance: the name of a generator, or a map from its name to its arguments.
    Generator,
    Map(&'static Shape),
    /// A map that declares names.
    Named(&'static Self),
    /// A map from any text.
    MapOf(&'static Self),
    /// What an action sets: a map from names that is not empty.
    Assignments,
    /// One of several structures, as the field of its first one says.
    OneOf(&'static [&'static Shape]),
    /// Written short, or as a structure.
    Either(&'static Self, &'static Shape),
    ListOf(&'static Self),
    Components,
}

impl FieldType {
    /// How the field is written, for the reference.
    pub fn describe(self) -> String {
        match self {
            Self::Text | Self::Period => "text",
            Self::Expression => "expression",
            Self::Sql => "SQL",
            Self::Statements => "SQL, or a list of it",
            Self::Word | Self::Choice(_) | Self::Known(_) | Self::Setting | Self::Single => "literal",
            Self::Constant => "literal, or a list of them",
            Self::Type => "type",
            Self::Icon => "icon name",
            Self::Name => "name",
            Self::Names => "name, a list of them, or `all`",
            Self::Column => "column",
            Self::Bool => "bool",
            Self::Parameter => "bool or name",
            Self::Int => "int",
            Self::Duration | Self::Keeping => "duration",
            Self::Size => "size",
            Self::Generator => "generator",
            Self::Map(_) | Self::Named(_) | Self::MapOf(_) | Self::Assignments | Self::OneOf(_) => "map",
            Self::Either(short, _) => return format!("{}, or a map", short.describe()),
            Self::ListOf(_) | Self::Components => "list",
        }
        .to_owned()
    }

    /// What a value must be that does not fit.
    pub(super) fn expected(self) -> &'static str {
        match self {
            Self::Bool => "`true` or `false`",
            Self::Parameter => "`true` or the name of a parameter",
            Self::Int => "a whole number",
            Self::Setting => "a single value",
            Self::Statements => "text or a list of texts",
            _ if self.is_text() => "text",
            _ if self.is_map() => "a map",
            _ if self.is_list() => "a list",
            _ => "a value",
        }
    }

    /// Whether a value is of the right kind, as far as the table says; whoever reads the field looks closer.
    pub(super) fn fits(self, kind: &NodeKind) -> bool {
        match self {
            Self::Text => {
                matches!(kind, NodeKind::Text(_) | NodeKind::Int(_) | NodeKind::Float(_) | NodeKind::Moment(_))
            }
            Self::Statements => matches!(kind, NodeKind::Text(_) | NodeKind::List(_)),
            Self::Bool => matches!(kind, NodeKind::Bool(_)),
            Self::Parameter => matches!(kind, NodeKind::Bool(_) | NodeKind::Text(_)),
            Self::Int => matches!(kind, NodeKind::Int(_)),
            Self::Setting => !matches!(kind, NodeKind::Null | NodeKind::List(_) | NodeKind::Map(_) | NodeKind::Broken),
            _ if self.is_text() => matches!(kind, NodeKind::Text(_)),
            _ if self.is_map() => matches!(kind, NodeKind::Map(_)),
            _ if self.is_list() => matches!(kind, NodeKind::List(_)),
            _ => true,
        }
    }

    /// Whether a key with nothing behind it counts as a key that is not there.
    pub fn null_is_absent(self) -> bool {
        let is_scalar = matches!(self, Self::Statements | Self::Bool | Self::Parameter | Self::Int | Self::Setting);
        is_scalar || self.is_text() || self.is_map() || self.is_list()
    }

    fn is_text(self) -> bool {
        matches!(
            self,
            Self::Text
                | Self::Sql
                | Self::Word
                | Self::Choice(_)
                | Self::Known(_)
                | Self::Type
                | Self::Icon
                | Self::Name
        )
    }

    fn is_map(self) -> bool {
        matches!(self, Self::Map(_) | Self::Named(_) | Self::MapOf(_) | Self::Assignments | Self::OneOf(_))
    }

    pub(super) fn is_list(self) -> bool {
        matches!(self, Self::ListOf(_) | Self::Components)
    }
}
