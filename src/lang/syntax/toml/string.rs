//! Where the bytes of a TOML string stand in the file.

use std::ops::Range;

use crate::source::SourceText;
use crate::syntax::mapped::Mapped;
use crate::syntax::place::Place;

/// Maps the text that the parser read from the string, quotes and all, in `range`.
pub(super) fn map(expected: &str, range: Range<usize>, place: &Place<'_>) -> SourceText {
    let written = place.slice(range.clone());
    let is_long = written.starts_with("\"\"\"") || written.starts_with("'''");
    let quotes = if is_long { 3 } else { 1 };
    let mut start = range.start + quotes;
    if is_long {
        start += break_length(place.after(start));
    }
    let inner = start..range.end.saturating_sub(quotes).max(start);
    let mapped = if written.starts_with('"') { basic(place, inner.clone()) } else { literal(place, inner.clone()) };
    let mut text = mapped.finish(expected, inner, place);
    text.span = place.span(range);
    text
}

fn break_length(text: &str) -> usize {
    match text.as_bytes() {
        [b'\r', b'\n', ..] => 2,
        [b'\n', ..] => 1,
        _ => 0,
    }
}

fn literal(place: &Place<'_>, range: Range<usize>) -> Mapped {
    let mut mapped = Mapped::default();
    mapped.put(place.slice(range.clone()), range.start);
    mapped
}

fn basic(place: &Place<'_>, range: Range<usize>) -> Mapped {
    let mut mapped = Mapped::default();
    let text = place.slice(0..range.end);
    let mut at = range.start;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let Some(escaped) = rest.strip_prefix('\\') else {
            let end = rest.find('\\').unwrap_or(rest.len());
            mapped.put(rest.get(..end).unwrap_or_default(), at);
            at += end;
            continue;
        };
        let letter = escaped.chars().next().unwrap_or('\\');
        let digits = match letter {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        if letter.is_whitespace() {
            at += rest.len() - escaped.trim_start().len();
        } else if digits > 0 {
            let code = escaped.get(1..=digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
            mapped.put_char(code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER), at);
            at += 2 + digits;
        } else {
            mapped.put_char(simple_escape(letter), at);
            at += 1 + letter.len_utf8();
        }
    }
    mapped
}

fn simple_escape(letter: char) -> char {
    match letter {
        'b' => '\u{8}',
        't' => '\t',
        'n' => '\n',
        'f' => '\u{c}',
        'r' => '\r',
        'e' => '\u{1b}',
        other => other,
    }
}
