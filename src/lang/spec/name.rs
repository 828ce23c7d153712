//! The rule for names: `[a-z_][a-z0-9_]*`, and none that the language or SQL needs itself.

use super::Name;
use super::lower::Lowering;
use super::partial::{self, Bare};
use crate::diagnostic::code::NAME;
use crate::source::Spanned;

/// The rule for names as a regular expression.
pub const NAME_PATTERN: &str = "^[a-z_][a-z0-9_]*$";

/// The rule for the names of parameters in a URL, which others may have given.
pub const PARAMETER_PATTERN: &str = "^[A-Za-z_][A-Za-z0-9_-]*$";

/// Parameters of URLs that the server needs itself.
const OWN_PARAMETERS: &[&str] = &["view"];

/// Names that mean something else in expressions.
pub const RESERVED: &[&str] =
    &["state", "values", "params", "user", "app", "page", "row", "result", "view", "action", "click"];

/// Words that SQL does not take for the name of a table.
const SQL_KEYWORDS: &[&str] = &[
    "all",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "between",
    "by",
    "case",
    "cast",
    "check",
    "column",
    "constraint",
    "create",
    "cross",
    "current_date",
    "current_time",
    "current_timestamp",
    "default",
    "delete",
    "desc",
    "distinct",
    "drop",
    "else",
    "end",
    "except",
    "exists",
    "false",
    "fetch",
    "for",
    "foreign",
    "from",
    "full",
    "grant",
    "group",
    "having",
    "in",
    "index",
    "inner",
    "insert",
    "intersect",
    "interval",
    "into",
    "is",
    "join",
    "lateral",
    "left",
    "like",
    "limit",
    "natural",
    "not",
    "null",
    "offset",
    "on",
    "or",
    "order",
    "outer",
    "over",
    "partition",
    "primary",
    "qualify",
    "references",
    "right",
    "select",
    "set",
    "table",
    "then",
    "to",
    "true",
    "union",
    "unique",
    "update",
    "using",
    "values",
    "when",
    "where",
    "window",
    "with",
];

/// What a name is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    State,
    Query,
    Value,
    Write,
    Param,
    Connection,
    Partial,
}

impl Use {
    /// In the author's words, with article.
    pub fn describe(self) -> &'static str {
        match self {
            Self::State => "a state key",
            Self::Query => "a query",
            Self::Value => "a value",
            Self::Write => "a write",
            Self::Param => "a parameter",
            Self::Connection => "a connection",
            Self::Partial => "a partial",
        }
    }
}

/// Takes a name that keeps the rule; another one is reported, with one that does as the fix.
pub(super) fn declared(key: &Spanned<String>, usage: Use, ctx: &mut Lowering<'_>) -> Option<Spanned<Name>> {
    let name = key.value.as_str();
    let Some((message, better)) = refusal(name, usage) else { return Some(Spanned::new(name.into(), key.span)) };
    ctx.broken.push(name.into());
    ctx.diagnostics.report(&NAME, key.span, message).suggest(format!("call it `{better}`"), key.span, better);
    None
}

/// Why something cannot be called so, and what it can be called; none if it can.
pub fn refusal(name: &str, usage: Use) -> Option<(String, String)> {
    let what = usage.describe();
    if !is_well_formed(name) {
        Some((format!("`{name}` cannot name {what}: a name is `[a-z_][a-z0-9_]*`"), well_formed(name)))
    } else if RESERVED.contains(&name) {
        Some((format!("`{name}` cannot name {what}: the language uses it itself"), format!("my_{name}")))
    } else if usage == Use::Query && SQL_KEYWORDS.contains(&name) {
        Some((format!("`{name}` cannot name a query: it is a word of SQL"), format!("{name}_rows")))
    } else {
        None
    }
}

/// Takes the name of something that is declared elsewhere, written bare.
///
/// `state.region` and `{{ state.region }}` are what authors write where `region` is meant.
pub(super) fn bare(text: &Spanned<String>, what: &str, ctx: &mut Lowering<'_>) -> Option<Spanned<Name>> {
    let name = text.value.trim();
    if is_well_formed(name) {
        return Some(Spanned::new(name.into(), text.span));
    }
    match partial::name(text, what, ctx) {
        Bare::Itself => {}
        Bare::Given(name) => return Some(name),
        Bare::Unknown => return None,
    }
    let inner = name.trim_start_matches("{{").trim_end_matches("}}").trim();
    let inner = inner.strip_prefix("state.").unwrap_or(inner);
    let message = format!("`{name}` is no name of {what}");
    let diagnostic = ctx.diagnostics.report(&NAME, text.span, message);
    diagnostic.help(format!("{what} is written bare here, as `[a-z_][a-z0-9_]*`"));
    if is_well_formed(inner) {
        diagnostic.fix(format!("write `{inner}`"), text.span, inner);
        ctx.broken.push(inner.into());
    }
    None
}

/// Whether a name keeps the rule: `[a-z_][a-z0-9_]*`.
pub fn is_well_formed(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|byte| byte.is_ascii_lowercase() || byte == b'_')
        && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Why a parameter of URLs cannot be called so; none if it can.
pub(super) fn parameter_refusal(name: &str) -> Option<String> {
    let is_letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    let mut bytes = name.bytes();
    let keeps_rule = bytes.next().is_some_and(is_letter)
        && bytes.all(|byte| is_letter(byte) || byte.is_ascii_digit() || byte == b'-');
    if !keeps_rule {
        Some(format!("`{name}` cannot name a parameter of a URL: a name is `[A-Za-z_][A-Za-z0-9_-]*`"))
    } else if OWN_PARAMETERS.contains(&name) {
        Some(format!("`{name}` cannot name a parameter of a URL: the server uses it itself"))
    } else {
        None
    }
}

/// The nearest name that keeps the rule.
fn well_formed(name: &str) -> String {
    let kept = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    let name: String = name.chars().map(kept).collect();
    match name.bytes().next() {
        Some(byte) if byte.is_ascii_digit() => format!("_{name}"),
        Some(_) => name,
        None => "_".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_mended() {
        for (name, mended) in [("Top-10", "top_10"), ("3d", "_3d"), ("größe", "gr__e"), ("", "_")] {
            assert!(!is_well_formed(name));
            assert_eq!(well_formed(name), mended);
            assert!(is_well_formed(mended));
        }
    }

    #[test]
    fn the_pattern_is_the_rule() {
        let pattern = regex_lite::Regex::new(NAME_PATTERN).unwrap();
        let of_parameters = regex_lite::Regex::new(PARAMETER_PATTERN).unwrap();
        for name in ["a", "_", "top_10", "", "1a", "Top", "a-b", "-a", "a b", "größe", "a\n"] {
            assert_eq!(pattern.is_match(name), is_well_formed(name), "{name:?}");
            assert_eq!(of_parameters.is_match(name), parameter_refusal(name).is_none(), "{name:?}");
        }
    }
}
