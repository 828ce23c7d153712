//! The functions, filters and tests of expressions: one table, which parsing, typing, evaluation and the reference read.

mod filters;
mod others;
mod elsewhere;

use Kind::{Filter, Test};

pub use elsewhere::meant;

/// Something that an expression may call.
#[derive(Debug)]
pub struct Function {
    pub name: &'static str,
    pub kind: Kind,
    /// What a filter or test may stand behind; empty for a function.
    pub subjects: &'static [Subject],
    pub params: &'static [Param],
    pub returns: Returns,
    /// One sentence.
    pub doc: &'static str,
    /// An expression over the sample below, and what it gives as text.
    ///
    /// The sample: `sales` is a query with the rows `day, region, amount` = (2024-01-01, EMEA, 10),
    /// (2024-01-02, APAC, 30), (2024-01-03, EMEA, 20); it is the 15th of May 2024, half past two in the afternoon.
    pub example: (&'static str, &'static str),
}

/// How it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `value | name(…)`
    Filter,
    /// `name(…)`
    Function,
    /// `value is name(…)`
    Test,
}

/// What a filter or test may stand behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    Any,
    Table,
    /// A column of a table, or a list.
    List,
    Text,
    Number,
    /// A date or a datetime.
    Moment,
}

/// A parameter, by position or by name.
#[derive(Debug)]
pub struct Param {
    pub name: &'static str,
    pub ty: Argument,
    pub required: bool,
}

/// What an argument may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    Any,
    Int,
    Number,
    Text,
    List,
}

/// The type of the result, where `T` is the type of the subject or of its items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Returns {
    Bool,
    Int,
    Float,
    /// Null where there is nothing to compute it of.
    FloatOrNull,
    Text,
    /// The sum of the items.
    Sum,
    /// The type of the items, or null.
    ItemOrNull,
    /// The type of the difference of two items, or null.
    Difference,
    /// The type of the subject.
    Subject,
    /// A list of the subject's items.
    Items,
    ListOfText,
    ListOfInt,
    /// What the subject may be besides null, or what stands in for null.
    SubjectOrArgument,
    /// A span of time, to be added to a date.
    Period,
    /// An SQL identifier.
    Identifier,
}

impl Function {
    /// How many arguments are needed at least.
    pub fn required(&self) -> usize {
        self.params.iter().filter(|param| param.required).count()
    }

    /// Whether the arguments are columns and the values that they shall have: `where(region='EMEA')`.
    pub fn takes_columns(&self) -> bool {
        self.name == "where"
    }

    /// Whether the moment of the run is its last argument, which nobody writes.
    pub fn reads_now(&self) -> bool {
        self.name == "ago"
    }

    /// Whether it looks at null itself, instead of giving null for null.
    pub fn handles_null(&self) -> bool {
        self.kind == Test || self.name == "default"
    }
}

/// What `start_of` may be asked for.
pub const START_UNITS: &[&str] = &["year", "quarter", "month", "week", "day", "hour", "minute"];

/// All functions, filters and tests.
pub fn all() -> impl Iterator<Item = &'static Function> {
    filters::FILTERS.iter().chain(others::FUNCTIONS)
}

/// The function, filter or test of this name.
pub fn find(kind: Kind, name: &str) -> Option<&'static Function> {
    all().find(|function| function.kind == kind && function.name == name)
}

/// The names of all functions, filters or tests.
pub fn names(kind: Kind) -> impl Iterator<Item = &'static str> {
    all().filter(move |function| function.kind == kind).map(|function| function.name)
}

impl Kind {
    /// In the author's words.
    pub fn word(self) -> &'static str {
        match self {
            Filter => "filter",
            Self::Function => "function",
            Test => "test",
        }
    }
}

impl Subject {
    /// In the author's words, with article.
    pub fn word(self) -> &'static str {
        match self {
            Self::Any => "a value",
            Self::Table => "a table",
            Self::List => "a column or a list",
            Self::Text => "text",
            Self::Number => "a number",
            Self::Moment => "a date or a datetime",
        }
    }
}

const fn need(name: &'static str, ty: Argument) -> Param {
    Param { name, ty, required: true }
}

const fn may(name: &'static str, ty: Argument) -> Param {
    Param { name, ty, required: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order() {
        let mut seen = Vec::new();
        for function in all() {
            let key = (function.kind.word(), function.name);
            assert!(!seen.contains(&key), "{key:?} stands twice");
            seen.push(key);
            assert!(function.doc.ends_with('.'), "{key:?}: the doc is a sentence");
            assert_eq!(function.subjects.is_empty(), function.kind == Kind::Function, "{key:?}");
            let optional_first =
                function.params.iter().position(|param| !param.required).unwrap_or(function.params.len());
            assert_eq!(optional_first, function.required(), "{key:?}: required parameters come first");
        }
    }
}
