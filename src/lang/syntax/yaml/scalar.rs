//! Where the bytes of a scalar's text stand in the file.
//!
//! The parser gives the text of a scalar; these functions read it once more from the source, piece by piece, and
//! keep the places.

use std::ops::Range;

use crate::source::SourceText;
use crate::syntax::mapped::Mapped;
use crate::syntax::place::Place;

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Single,
    Double,
    Literal,
    Folded,
}

/// Maps the text that the parser read from the bytes in `range`.
pub(super) fn map(expected: &str, style: Style, range: Range<usize>, place: &Place<'_>) -> SourceText {
    match style {
        Style::Plain => flow(place, range.clone(), style).finish(expected, range, place),
        Style::Single | Style::Double => {
            let inner = range.start + 1..range.end.saturating_sub(1).max(range.start + 1);
            let mut text = flow(place, inner.clone(), style).finish(expected, inner, place);
            text.span = place.span(range);
            text
        }
        Style::Literal | Style::Folded => block(expected, style == Style::Folded, range, place),
    }
}

/// Reads a scalar whose lines are joined: a break is a space, each further one a line break.
fn flow(place: &Place<'_>, range: Range<usize>, style: Style) -> Mapped {
    let mut mapped = Mapped::default();
    let mut at = range.start;
    let text = place.slice(0..range.end);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        if break_length(rest.get(blanks..).unwrap_or_default()) > 0 {
            let breaks = take_breaks(text, &mut at);
            match breaks.as_slice() {
                [only] => mapped.put(" ", *only),
                more => more.iter().skip(1).for_each(|at| mapped.put("\n", *at)),
            }
        } else if blanks > 0 {
            mapped.put(rest.get(..blanks).unwrap_or_default(), at);
            at += blanks;
        } else if style == Style::Single && rest.starts_with("''") {
            mapped.put("'", at);
            at += 2;
        } else if style == Style::Double && rest.starts_with('\\') {
            at = escape(text, at, &mut mapped);
        } else {
            let length = rest.chars().next().map_or(1, char::len_utf8);
            mapped.put(rest.get(..length).unwrap_or_default(), at);
            at += length;
        }
    }
    mapped
}

/// Steps over blanks and line breaks, and gives the place of each break.
fn take_breaks(text: &str, at: &mut usize) -> Vec<usize> {
    let mut breaks = Vec::new();
    loop {
        let rest = text.get(*at..).unwrap_or_default();
        *at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let length = break_length(text.get(*at..).unwrap_or_default());
        if length == 0 {
            return breaks;
        }
        breaks.push(*at);
        *at += length;
    }
}

fn break_length(text: &str) -> usize {
    match text.as_bytes() {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    }
}

/// Reads the escape at this offset, and gives the offset behind it.
fn escape(text: &str, at: usize, mapped: &mut Mapped) -> usize {
    let rest = text.get(at + 1..).unwrap_or_default();
    let Some(letter) = rest.chars().next() else { return at + 1 };
    let mut next = at + 1 + letter.len_utf8();
    if break_length(rest) > 0 {
        let mut end = at + 1;
        let breaks = take_breaks(text, &mut end);
        breaks.iter().skip(1).for_each(|at| mapped.put("\n", *at));
        return end;
    }
    let digits = match letter {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => 0,
    };
    let char = if digits > 0 {
        let code = text.get(next..next + digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        next += digits;
        code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
    } else {
        simple_escape(letter)
    };
    mapped.put_char(char, at);
    next
}

fn simple_escape(letter: char) -> char {
    match letter {
        '0' => '\0',
        'a' => '\u{7}',
        'b' => '\u{8}',
        't' => '\t',
        'n' => '\n',
        'v' => '\u{b}',
        'f' => '\u{c}',
        'r' => '\r',
        'e' => '\u{1b}',
        'N' => '\u{85}',
        '_' => '\u{a0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        other => other,
    }
}

/// Reads a block scalar, whose `range` begins at the first character that is no indentation.
fn block(expected: &str, folded: bool, range: Range<usize>, place: &Place<'_>) -> SourceText {
    let start = first_line(place, range.start);
    let lines = lines(place, start..range.end);
    let indent = indent(expected, &lines, place);
    let mut mapped = Mapped::default();
    let mut breaks: Vec<usize> = Vec::new();
    let (mut any, mut was_deeper) = (false, false);
    for line in lines {
        let written = place.slice(line.clone());
        let dropped = written.bytes().take(indent).take_while(|byte| *byte == b' ').count();
        let content = written.get(dropped..).unwrap_or_default();
        if content.is_empty() {
            breaks.push(line.end);
            continue;
        }
        let is_deeper = content.starts_with([' ', '\t']);
        match breaks.as_slice() {
            [only] if any && folded && !is_deeper && !was_deeper => mapped.put(" ", *only),
            more => {
                let joined = usize::from(any && folded && !is_deeper && !was_deeper);
                more.iter().skip(joined).for_each(|at| mapped.put("\n", *at));
            }
        }
        mapped.put(content, line.start + dropped);
        breaks = vec![line.end];
        (any, was_deeper) = (true, is_deeper);
    }
    for at in breaks {
        mapped.put("\n", at);
    }
    let end = place.slice(0..range.end).trim_end().len().max(start);
    mapped.finish(expected, start.min(end)..end, place)
}

/// The start of the first line of a block scalar: empty lines at its head lie before its first character.
fn first_line(place: &Place<'_>, at: usize) -> usize {
    let mut start = place.line(at).start;
    while let Some(above) = start.checked_sub(1) {
        let end = if place.slice(above.saturating_sub(1)..start) == "\r\n" { above - 1 } else { above };
        let line = place.line(end);
        if line.end != end || !place.slice(line.clone()).trim().is_empty() {
            break;
        }
        start = line.start;
    }
    start
}

/// The lines in this range, each without its break.
fn lines(place: &Place<'_>, range: Range<usize>) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut at = range.start;
    while at < range.end {
        let end = place.line(at).end.min(range.end);
        lines.push(at..end);
        at = end + break_length(place.after(end)).max(1);
    }
    lines
}

/// How many blanks the lines of the text lost: the first one that is more than blanks tells.
fn indent(expected: &str, lines: &[Range<usize>], place: &Place<'_>) -> usize {
    let blanks = |text: &str| text.len() - text.trim_start_matches(' ').len();
    let is_full = |text: &&str| blanks(text) < text.len();
    let kept = expected.split('\n').find(is_full).map_or(0, blanks);
    let written = lines.iter().map(|line| place.slice(line.clone())).find(is_full).map_or(0, blanks);
    written.saturating_sub(kept)
}
