//! Lines that begin with `%`, before the document.

use std::ops::Range;

use crate::diagnostic::{Diagnostics, code};
use crate::syntax::place::Place;

/// Reports directives in this range, all but `%YAML 1.2`.
pub(super) fn check(place: &Place<'_>, range: Range<usize>, found: &mut Diagnostics) {
    let mut at = range.start;
    while at < range.end {
        let line = place.line(at);
        let written = place.slice(line.clone());
        at = line.end + 1;
        let Some(directive) = written.strip_prefix('%') else { continue };
        let words: Vec<&str> = directive.split_whitespace().take_while(|word| !word.starts_with('#')).collect();
        let message = match words.as_slice() {
            ["YAML", "1.2"] => continue,
            ["YAML", version, ..] => format!("specs are read as YAML 1.2, not as {version}"),
            _ => "a directive has no meaning in a spec".to_owned(),
        };
        let span = place.span(place.trimmed(line.clone()));
        let whole = place.span(line.start..(line.end + 1).min(place.text.len()));
        found.report(&code::SYNTAX, span, message).suggest("remove this line", whole, "");
    }
}
