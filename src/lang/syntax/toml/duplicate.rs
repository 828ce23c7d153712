//! Where a key that stands twice was written first.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Diagnostics, code};
use crate::syntax::place::Place;

/// Reports the second of two equal keys, and shows the first; true if that is lost.
pub(super) fn report(
    place: &Place<'_>,
    range: Range<usize>,
    document: &DeTable<'_>,
    diagnostics: &mut Diagnostics,
) -> bool {
    let key = place.slice(range.clone());
    let line = place.line(range.start);
    let header = header(place.slice(line.clone()));
    let first = match &header {
        Some(header) => first_header(place, &line, header),
        None => None,
    };
    let name = name(key);
    let kept = first.or_else(|| nearest(document, &name, range.start));
    let lost = || nearest(DeTable::parse_recoverable(place.slice(0..line.start)).0.get_ref(), &name, range.start);
    let (first, is_lost) = match kept {
        Some(kept) => (Some(kept), false),
        None => (lost(), true),
    };
    let what = if header.is_some() { "table" } else { "key" };
    let message = format!("the {what} `{key}` stands twice");
    let diagnostic = diagnostics.report(&code::DUPLICATE_KEY, place.span(range), message);
    if let Some(first) = first {
        diagnostic.label(place.span(first), "first here");
    }
    is_lost
}

/// What a key means that is written like this.
fn name(key: &str) -> String {
    let document = format!("{key} = 0");
    let table = DeTable::parse(&document).ok();
    let name = table.as_ref().and_then(|table| table.get_ref().keys().next()).map(|name| name.get_ref().to_string());
    name.unwrap_or_else(|| key.to_owned())
}

/// The path of a `[table]` or `[[table]]` line.
fn header(line: &str) -> Option<String> {
    let inner = line.trim().strip_prefix('[')?;
    let end = inner.find(']')?;
    Some(inner.get(..end)?.trim_start_matches('[').chars().filter(|char| !char.is_whitespace()).collect())
}

/// The first line above with this path.
fn first_header(place: &Place<'_>, line: &Range<usize>, path: &str) -> Option<Range<usize>> {
    let mut at = 0;
    while at < line.start {
        let above = place.line(at);
        if header(place.slice(above.clone())).is_some_and(|header| header == path) {
            return Some(place.trimmed(above));
        }
        at = above.end + 1;
    }
    None
}

/// The last key before `at` that is written like this, in the innermost inline table around `at` or else anywhere.
fn nearest(table: &DeTable<'_>, key: &str, at: usize) -> Option<Range<usize>> {
    let mut found = None;
    for (name, value) in table {
        let span = name.span();
        let is_same = name.get_ref() == key;
        let own = (is_same && span.end <= at).then_some(span);
        let inner = match value.get_ref() {
            DeValue::Table(inner) => nearest(inner, key, at),
            DeValue::Array(items) => {
                items.iter().filter_map(|item| nearest(item.get_ref().as_table()?, key, at)).next_back()
            }
            _ => None,
        };
        let is_around = value.span().start < at && at < value.span().end;
        if is_around && inner.is_some() {
            return inner;
        }
        // What lies in an inline table is closed to the lines below it.
        let is_closed = is_inline(value.get_ref(), &value.span(), at);
        let candidates = own.into_iter().chain(inner.filter(|_| !is_closed));
        found = found.into_iter().chain(candidates).max_by_key(|range: &Range<usize>| range.start);
    }
    found
}

/// Whether a value is a table or array that ended before `at` with its closing bracket.
fn is_inline(value: &DeValue<'_>, span: &Range<usize>, at: usize) -> bool {
    let last = match value {
        DeValue::Table(table) => table.iter().map(|(key, _)| key.span().start).max(),
        DeValue::Array(items) => items.iter().map(|item| item.span().start).max(),
        _ => None,
    };
    span.end <= at && last.is_some_and(|last| last < span.end && span.start < last)
}
