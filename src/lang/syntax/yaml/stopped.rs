//! Where reading stopped, in the words of this project and at the place that is wrong.

use std::ops::Range;

use granit_parser::{ErrorKind, ScanError};

use super::message;
use crate::diagnostic::{Diagnostics, code};
use crate::syntax::place::Place;

/// Where the parser saw the error.
pub(super) fn offset(error: &ScanError) -> usize {
    error.marker().byte_offset().unwrap_or_default()
}

/// Reports why reading stopped; `open` is where the innermost open bracket stands.
pub(super) fn report(place: &Place<'_>, error: &ScanError, open: Option<usize>, diagnostics: &mut Diagnostics) {
    let at = offset(error).min(place.text.len());
    let line = place.line(at);
    let stop = place.span(place.trimmed(line.clone()));
    if let Some(tab) = tab(place, &line, error.kind()) {
        let (message, help) = message::TAB;
        diagnostics.report(&code::SYNTAX, place.span(tab..tab + 1), message).help(help);
    } else if let Some(open) = open.filter(|open| *open < line.start) {
        diagnostics
            .report(&code::SYNTAX, place.span(open..open + 1), "this bracket is never closed")
            .label(stop, "reading stopped here");
    } else if let Some(colon) = glued_colon(place, &line, error.kind()) {
        diagnostics
            .report(&code::SYNTAX, place.span(colon..colon + 1), "expected a space after this `:`")
            .label(stop, "reading stopped here");
    } else if let Some(opening) = opening_quote(place, at, error.kind()) {
        diagnostics
            .report(&code::SYNTAX, place.span(opening..opening + 1), "this quote is closed only on a later line")
            .label(stop, "the text ends here, and more follows");
    } else {
        let (message, help) = message::message(error.kind());
        let diagnostic = diagnostics.report(&code::SYNTAX, place.span(range(place, at)), message);
        if let Some(help) = help {
            diagnostic.help(help);
        }
    }
}

/// A tab in the indentation of this line, or the tab that the error is about: the parser may stop on the line above.
fn tab(place: &Place<'_>, line: &Range<usize>, kind: &ErrorKind) -> Option<usize> {
    let text = place.slice(line.clone());
    let indentation = text.get(..text.len() - text.trim_start().len())?;
    let about_tab = || message::is_tab(kind).then(|| place.after(line.start).find('\t')).flatten();
    Some(line.start + indentation.find('\t').or_else(about_tab)?)
}

/// What to underline: a line on which nothing fits, or the character where reading stopped.
fn range(place: &Place<'_>, at: usize) -> Range<usize> {
    let line = place.line(at);
    if place.slice(line.start..at).trim().is_empty() {
        return place.trimmed(line);
    }
    at..at + place.slice(at..line.end).chars().next().map_or(0, char::len_utf8)
}

/// The colon of a key without a space behind it, on the line above one that is read as a part of its text.
fn glued_colon(place: &Place<'_>, line: &Range<usize>, kind: &ErrorKind) -> Option<usize> {
    let is_about_keys =
        matches!(kind, ErrorKind::MappingValueNotAllowed | ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey);
    let above = place.trimmed(place.line(line.start.checked_sub(1)?));
    let text = place.slice(above.clone());
    let item = text.trim_start_matches("- ");
    let name = item.find(|char: char| !char.is_ascii_alphanumeric() && char != '_')?;
    let follows = item.get(name..)?.strip_prefix(':')?.chars().next()?;
    let is_glued = name > 0 && !follows.is_whitespace() && !matches!(follows, '/' | ':');
    (is_about_keys && is_glued).then(|| above.start + text.len() - item.len() + name)
}

/// The quote that opened the text which ends before `at`, if that is on an earlier line.
fn opening_quote(place: &Place<'_>, at: usize, kind: &ErrorKind) -> Option<usize> {
    let quote = match kind {
        ErrorKind::InvalidTrailingDoubleQuotedScalar => '"',
        ErrorKind::InvalidTrailingSingleQuotedScalar => '\'',
        _ => return None,
    };
    let closing = place.slice(0..at).rfind(quote)?;
    let opening = place.slice(0..closing).rfind(quote)?;
    (opening < place.line(at).start).then_some(opening)
}
