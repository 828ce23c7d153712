//! The table of diagnostic codes: each has a page in `docs/errors/` that says more.

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Error,
    Warning,
}

/// A kind of finding.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// Kebab-case, and the name of its page.
    pub name: &'static str,
    pub severity: Severity,
    /// One sentence.
    pub summary: &'static str,
    /// The text of `docs/errors/<name>.md`.
    pub page: &'static str,
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $ident:ident = $name:literal, $severity:ident;)*) => {
        $($(#[doc = $doc])+ pub static $ident: Code = Code {
            name: $name,
            severity: Severity::$severity,
            summary: concat!($($doc),+),
            page: include_str!(concat!("../../../docs/errors/", $name, ".md")),
        };)*
        /// Every code, in the order of the table.
        pub static ALL: &[&Code] = &[$(&$ident),*];
    };
}

codes! {
    /// The text is no YAML or no TOML.
    SYNTAX = "syntax", Error;
    /// A key stands twice in one map.
    DUPLICATE_KEY = "duplicate-key", Error;
    /// YAML reads this otherwise than it looks.
    YAML_TRAP = "yaml-trap", Error;
    /// YAML 1.1 readers take this scalar for something else.
    AMBIGUOUS_SCALAR = "ambiguous-scalar", Warning;
    /// A key that is not known here.
    UNKNOWN_KEY = "unknown-key", Error;
    /// A key that is needed is missing.
    MISSING_KEY = "missing-key", Error;
    /// A kind of component that does not exist, or none, or several in one item.
    UNKNOWN_KIND = "unknown-kind", Error;
    /// A name that nothing declares.
    UNKNOWN_NAME = "unknown-name", Error;
    /// A column that the table does not have.
    UNKNOWN_COLUMN = "unknown-column", Error;
    /// A filter, function or test that expressions do not have.
    UNKNOWN_FUNCTION = "unknown-function", Error;
    /// A name that is reserved, ill-formed or declared twice.
    NAME = "name", Error;
    /// A value of another type than is expected.
    TYPE = "type", Error;
    /// A value outside what is allowed here.
    VALUE = "value", Error;
    /// Two components have one id, and one of them acts.
    DUPLICATE_ID = "duplicate-id", Error;
    /// Definitions need each other in a circle.
    CYCLE = "cycle", Error;
    /// An expression or a text template that cannot be read.
    EXPRESSION = "expression", Error;
    /// SQL, or its template, that cannot be read or run.
    SQL = "sql", Error;
    /// A file that cannot be found or read.
    FILE = "file", Error;
    /// A password or token is written into a spec.
    SECRET = "secret", Error;
    /// A part of the language that this version does not have yet.
    NOT_BUILT = "not-built", Error;
    /// Something is declared, and nothing uses it.
    UNUSED = "unused", Warning;
    /// `schema.lock` does not say what a query returns now.
    OUTDATED_LOCK = "outdated-lock", Warning;
    /// Something that works but is surely not meant.
    SUSPICIOUS = "suspicious", Warning;
}

/// The code of this name.
pub fn find(name: &str) -> Option<&'static Code> {
    ALL.iter().copied().find(|code| code.name == name)
}
