//! Keys that YAML reads without a value, for what makes the value theirs is missing: the `:`, or the space behind it.

use std::ops::Range;

use super::schema::{self, Meaning};
use crate::diagnostic::code::Code;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::syntax::place::Place;

/// Unquoted text that begins as a key does: what YAML reads as one text, and was meant as a key and its value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Joined {
    pub(super) key: Range<usize>,
    /// Empty if nothing follows the key on its line.
    pub(super) value: Range<usize>,
    /// The `:` between them, if there is one.
    colon: Option<usize>,
}

impl Joined {
    /// Takes text apart, if it begins as a key does.
    pub(super) fn of(place: &Place<'_>, range: Range<usize>) -> Option<Self> {
        let range = place.trimmed(range);
        let text = place.slice(range.clone());
        let length = text.find(|char: char| !char.is_alphanumeric() && char != '_').unwrap_or(text.len());
        let is_key = text.starts_with(|first: char| first.is_alphabetic() || first == '_');
        let end = range.start + length;
        let rest = text.get(length..)?;
        let (colon, value) = match rest.strip_prefix(':') {
            Some(value) if value.is_empty() || value.starts_with([' ', ':', '/', '=']) => return None,
            Some(value) => (Some(end), value),
            None if rest.is_empty() || rest.starts_with(char::is_whitespace) => (None, rest.trim_start()),
            None => return None,
        };
        is_key.then(|| Self { key: range.start..end, value: range.end - value.len()..range.end, colon })
    }

    /// Whether it can hardly be meant as one text: a `:` stands in it, or the value is a number or a date.
    pub(super) fn is_plain(&self, place: &Place<'_>) -> bool {
        self.colon.is_some()
            || !self.value.is_empty() && schema::meaning(place.slice(self.value.clone())) != Meaning::Text
    }

    /// Reports what is missing between the two, and what YAML reads instead.
    pub(super) fn report<'d>(
        &self,
        code: &'static Code,
        reads: &str,
        place: &Place<'_>,
        diagnostics: &'d mut Diagnostics,
    ) -> &'d mut Diagnostic {
        let (key, value) = (place.slice(self.key.clone()), place.slice(self.value.clone()));
        let all = place.span(self.key.start..self.value.end);
        let mended = if value.is_empty() { format!("{key}:") } else { format!("{key}: {value}") };
        let (diagnostic, title) = if let Some(colon) = self.colon {
            let colon = place.span(colon..colon + 1);
            let diagnostic = diagnostics.report(code, colon, "expected a space after this `:`");
            (diagnostic.label(all, reads), "write the space")
        } else {
            let diagnostic = diagnostics.report(code, all, format!("expected `:` after `{key}`"));
            (diagnostic.here(reads), "write the colon")
        };
        if self.is_plain(place) { diagnostic.fix(title, all, mended) } else { diagnostic.suggest(title, all, mended) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    #[test]
    fn text_that_begins_as_a_key_does_is_taken_apart() {
        let cases = [
            ("month 2026-01-01", Some(("month", "2026-01-01", true))),
            ("month:2026-01-01", Some(("month", "2026-01-01", true))),
            ("text Hello you", Some(("text", "Hello you", false))),
            ("when:a > 3", Some(("when", "a > 3", true))),
            ("größe  3", Some(("größe", "3", true))),
            ("month", Some(("month", "", false))),
            ("month:", None),
            ("month: 3", None),
            ("https://example.com", None),
            ("a::int", None),
            ("1 month", None),
            ("a.b c", None),
            ("count(*) as n", None),
        ];
        for (text, expected) in cases {
            let mut sources = Sources::default();
            let id = sources.add("a.yaml", text);
            let place = Place::new(sources.file(id));
            let joined = Joined::of(&place, 0..text.len());
            let found = joined.map(|found| {
                (place.slice(found.key.clone()), place.slice(found.value.clone()), found.is_plain(&place))
            });
            assert_eq!(found, expected, "{text}");
        }
    }
}
