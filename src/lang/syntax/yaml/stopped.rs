//! Where reading stopped, in the words of this project and at the place that is wrong.

use std::ops::Range;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError};

use super::colon::Joined;
use super::message;
use super::trap::uncommented;
use crate::diagnostic::{Diagnostics, code};
use crate::syntax::place::Place;

/// Where the parser saw the error.
pub(super) fn offset(error: &ScanError) -> usize {
    error.marker().byte_offset().unwrap_or_default()
}

/// Whether reading stopped at a name of the language that has no colon.
pub(super) fn is_name_alone(place: &Place<'_>, error: &ScanError) -> bool {
    let at = offset(error).min(place.text.len());
    let is_name = |key: Joined| place.slice(key.key).chars().all(|char| matches!(char, 'a'..='z' | '0'..='9' | '_'));
    bare_key(place, at, error.kind()).is_some_and(is_name)
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
    } else if let Some(key) = bare_key(place, at, error.kind()) {
        let diagnostic = key.report(&code::SYNTAX, "YAML reads text here, and no key", place, diagnostics);
        if key.key.start < line.start {
            diagnostic.label(stop, "reading stopped here");
        }
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

/// What was meant as a key, but has no colon: on the line where reading stopped, or above where it has begun the text
/// that goes on there.
fn bare_key(place: &Place<'_>, at: usize, kind: &ErrorKind) -> Option<Joined> {
    let line = place.line(at);
    let start = match kind {
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => place.trimmed(line).start,
        ErrorKind::MappingValueNotAllowed | ErrorKind::ExpectedDocumentStart => open_text(place, line.start)?,
        ErrorKind::CommentInterceptedScalar => open_text(place, at)?,
        _ => return None,
    };
    let written = place.line(start);
    let is_first = place.slice(written.start..start).chars().all(|char| matches!(char, ' ' | '-'));
    let end = start + uncommented(place.slice(start..written.end)).len();
    is_first.then(|| Joined::of(place, start..end)).flatten()
}

/// Where the unquoted text begins after which, but for comments, nothing stands before this offset.
fn open_text(place: &Place<'_>, at: usize) -> Option<usize> {
    let before = place.slice(0..at);
    let events = Parser::new_from_str(before).map_while(Result::ok);
    let last = events.filter(|(event, _)| matches!(event, Event::Scalar(..))).last()?;
    let (Event::Scalar(_, ScalarStyle::Plain, ..), span) = last else { return None };
    let range = span.byte_range()?;
    let is_comment = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
    before.get(range.end..)?.lines().all(is_comment).then_some(range.start)
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
