//! What YAML reads otherwise than it looks.
//!
//! Three ways lead here. A `{{` or a tag that YAML does read is met by the builder. A line on which reading stops is
//! looked at once more by [`behind`], for most such errors come from text that had to be quoted. And a comment may have
//! cut a plain scalar, which [`is_cut`] decides: ordinary comments must stay free of reports, so only text counts, not
//! numbers and dates, and of it only
//! - text that leaves a quote, a bracket or a `{{` open that the comment closes: `f(a # b)`;
//! - text where a letter, a digit or a brace follows the `#` directly: `red #ff0000`, `Order #{{ row.id }}`.

use std::ops::Range;

use crate::diagnostic::{Diagnostics, code};
use crate::syntax::place::Place;
use crate::syntax::quote::quoted;

/// Text that must be quoted.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Trap {
    /// All that the quotes must hold.
    pub(super) range: Range<usize>,
    pub(super) kind: Kind,
}

/// How the text misleads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `{{` opens a map in a map.
    Template,
    /// A scalar ends with its closing quote, a list or map with its bracket.
    GoesOn(char),
    /// A character that has a meaning of its own at the start of a scalar.
    Indicator(char),
    /// `: ` makes a key of what stands before it.
    Colon(usize),
    /// `#` after a blank begins a comment, here at this offset.
    Comment(usize),
    /// `,` ends a scalar inside `{ }`, here at this offset.
    Comma(usize),
}

impl Trap {
    /// Reports this trap, with the quoted form as its fix.
    pub(super) fn report(&self, place: &Place<'_>, diagnostics: &mut Diagnostics) {
        let range = self.range.clone();
        let mut label = place.span(range.clone());
        label.end = label.end.min(place.offset(place.line(range.start).end));
        // YAML refuses this one in its own words; the others it takes for something else.
        let code = if matches!(self.kind, Kind::Colon(_)) { &code::SYNTAX } else { &code::YAML_TRAP };
        let (at, message, here) = self.words(place);
        let diagnostic = diagnostics.report(code, place.span(at), message);
        diagnostic.here(here).label(label, "meant as one text");
        if self.kind == Kind::Indicator('!') {
            diagnostic.help("in an expression, `not` is the word for `!`");
        }
        diagnostic.fix("quote it", place.span(range.clone()), quoted(place.slice(range)));
    }

    /// What misleads, the message, and what to say there.
    fn words(&self, place: &Place<'_>) -> (Range<usize>, String, &'static str) {
        let range = self.range.clone();
        let start = range.start;
        match self.kind {
            Kind::Template => {
                let start = start + place.slice(range.clone()).find("{{").unwrap_or_default();
                (start..start + 2, "an unquoted `{{` begins a map in YAML".to_owned(), "a map begins here")
            }
            Kind::GoesOn(open) => {
                let end = closing(place.slice(range.clone())).map_or(start + 1, |end| start + end);
                (start..end, format!("a value that begins with `{open}` ends here in YAML"), "YAML reads only this")
            }
            Kind::Indicator('!') => (start..start + 1, "an unquoted `!` begins a tag in YAML".to_owned(), "a tag"),
            Kind::Indicator('*') => {
                (start..start + 1, "an unquoted `*` begins an alias in YAML".to_owned(), "an alias")
            }
            Kind::Indicator(char) => {
                let message = format!("a plain scalar must not begin with `{char}`");
                (start..start + char.len_utf8(), message, "this has a meaning of its own in YAML")
            }
            Kind::Colon(colon) => (
                colon..colon + 1,
                "`: ` stands inside unquoted text".to_owned(),
                "YAML takes this for the end of a key",
            ),
            Kind::Comment(hash) => {
                (hash..hash + 1, "` #` begins a comment and cuts this text".to_owned(), "the rest of the line is lost")
            }
            Kind::Comma(comma) => {
                let message = "`,` ends unquoted text inside `{ }`".to_owned();
                (comma..comma + 1, message, "what follows is a key without a value")
            }
        }
    }
}

/// Looks for the trap that made reading stop at this offset: on its line or, if that is the head of a line, also on the
/// line above.
pub(super) fn behind(place: &Place<'_>, at: usize) -> Option<Trap> {
    let line = place.line(at);
    let is_head = place.slice(line.start..at).trim().is_empty();
    let above = line.start.checked_sub(1).filter(|_| is_head).map(|end| place.line(end));
    above.into_iter().chain([line]).find_map(|line| on_line(place, line))
}

/// Looks for a trap in the value that stands on a line.
fn on_line(place: &Place<'_>, line: Range<usize>) -> Option<Trap> {
    let text = place.slice(line.clone());
    let start = line.start + value_start(text);
    let written = place.slice(start..line.end);
    let range = start..start + uncommented(written).len();
    let value = place.slice(range.clone());
    let first = value.chars().next()?;
    if value.starts_with("{{") {
        return Some(Trap { range, kind: Kind::Template });
    }
    if matches!(first, '{' | '[')
        && let Some(inner) = template_inside(value)
    {
        return Some(Trap { range: start + inner.start..start + inner.end, kind: Kind::Template });
    }
    match first {
        '"' | '\'' | '[' | '{' => {
            if let Some((inner, colon)) = colon_inside(value).filter(|_| matches!(first, '[' | '{')) {
                let range = start + inner.start..start + inner.end;
                return Some(Trap { range, kind: Kind::Colon(start + colon) });
            }
            let end = closing(value)?;
            let rest = value.get(end..)?.trim_start();
            (!rest.is_empty() && !rest.starts_with(':')).then_some(Trap { range, kind: Kind::GoesOn(first) })
        }
        '!' | '*' | '@' | '%' | '`' | '&' | ',' => Some(Trap { range, kind: Kind::Indicator(first) }),
        '|' | '>' => {
            let header = value.get(1..)?;
            (!header.chars().all(|char| "+-123456789".contains(char)))
                .then_some(Trap { range, kind: Kind::Indicator(first) })
        }
        _ => value.find(": ").map(|colon| Trap { range: range.clone(), kind: Kind::Colon(range.start + colon) }),
    }
}

/// Where the value of a line begins: after its indentation, the dashes of list items, and a key.
fn value_start(line: &str) -> usize {
    let mut at = line.len() - line.trim_start().len();
    while let Some(rest) = line.get(at..).and_then(|rest| rest.strip_prefix("- ")) {
        at = line.len() - rest.trim_start().len();
    }
    let rest = line.get(at..).unwrap_or_default();
    let key = match rest.chars().next() {
        Some('"' | '\'') => closing(rest).filter(|end| rest.get(*end..).is_some_and(|rest| rest.starts_with(": "))),
        Some('{' | '[' | '!' | '*' | '@' | '%' | '`' | '&' | '|' | '>') | None => None,
        Some(_) => rest.find(": "),
    };
    match key.and_then(|end| rest.get(end + 1..)) {
        Some(value) => line.len() - value.trim_start().len(),
        None => at,
    }
}

/// The length of the quoted scalar, list or map at the start of the text.
fn closing(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    if matches!(first, '"' | '\'') {
        return closing_quote(text, first);
    }
    let mut depth = 0usize;
    let mut at = 0;
    while let Some(char) = text.get(at..).and_then(|rest| rest.chars().next()) {
        at += match char {
            '"' | '\'' if opens_quote(text, at) => closing_quote(text.get(at..)?, char).unwrap_or(1),
            other => other.len_utf8(),
        };
        match char {
            '[' | '{' => depth += 1,
            ']' | '}' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

fn closing_quote(text: &str, quote: char) -> Option<usize> {
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, char)) = chars.next() {
        let is_doubled = char == '\'' && quote == '\'' && chars.peek().is_some_and(|(_, next)| *next == '\'');
        if is_doubled || (char == '\\' && quote == '"') {
            chars.next();
        } else if char == quote {
            return Some(at + 1);
        }
    }
    None
}

/// Whether a quote at this offset opens quoted text: one inside a word, as in `today's`, does not.
fn opens_quote(text: &str, at: usize) -> bool {
    let before = text.get(..at).and_then(|before| before.chars().next_back());
    before.is_none_or(|before| !before.is_alphanumeric() && !matches!(before, ')' | ']' | '}' | '"' | '\''))
}

/// The text up to a comment.
pub(super) fn uncommented(text: &str) -> &str {
    let cut = text.match_indices('#').find(|(at, _)| {
        let before = text.get(..*at).unwrap_or_default();
        let is_comment = text.get(at + 1..).is_none_or(|rest| rest.is_empty() || rest.starts_with([' ', '\t']));
        before.ends_with([' ', '\t']) && is_comment && !is_open(before)
    });
    text.get(..cut.map_or(text.len(), |(at, _)| at)).unwrap_or_default().trim_end()
}

/// Whether a comment cuts the plain scalar before it.
pub(super) fn is_cut(scalar: &str, comment: &str) -> bool {
    let goes_on = comment.chars().nth(1).is_some_and(|next| next.is_alphanumeric() || next == '{');
    goes_on || (is_open(scalar) && !is_open(&format!("{scalar} {comment}")))
}

/// Whether text leaves a quote or a bracket open.
fn is_open(text: &str) -> bool {
    let mut depth = 0usize;
    let mut at = 0;
    while let Some(char) = text.get(at..).and_then(|rest| rest.chars().next()) {
        at += char.len_utf8();
        match char {
            '"' | '\'' if opens_quote(text, at - 1) => {
                match text.get(at - 1..).and_then(|rest| closing_quote(rest, char)) {
                    Some(length) => at += length - 1,
                    None => return true,
                }
            }
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    depth > 0
}

/// The unquoted text inside a flow collection that holds a `: `, and where: the second one between two commas.
fn colon_inside(value: &str) -> Option<(Range<usize>, usize)> {
    let (mut at, mut start) = (0, 0);
    while let Some(char) = value.get(at..).and_then(|rest| rest.chars().next()) {
        if matches!(char, '"' | '\'') && opens_quote(value, at) {
            at += closing_quote(value.get(at..)?, char)?;
            continue;
        }
        if matches!(char, ',' | '{' | '}' | '[' | ']') {
            let piece = value.get(start..at)?;
            let text = piece.find(": ").and_then(|key| piece.get(key + 1..)).map_or("", str::trim);
            let from = start + piece.trim_end().len() - text.len();
            let colon = text.find(": ").filter(|_| !text.starts_with(['"', '\'']));
            if let Some(colon) = colon.filter(|_| !matches!(char, '{' | '[')) {
                return Some((from..from + text.len(), from + colon));
            }
            start = at + 1;
        }
        at += char.len_utf8();
    }
    None
}

/// The scalar inside a flow collection that holds a `{{`.
fn template_inside(value: &str) -> Option<Range<usize>> {
    let mut at = 0;
    let mut start = 0;
    while let Some(rest) = value.get(at..).filter(|rest| !rest.is_empty()) {
        let char = rest.chars().next()?;
        if rest.starts_with("{{") {
            return Some(start..start + template_piece(value.get(start..)?));
        }
        at += match char {
            '"' | '\'' if opens_quote(value, at) => closing_quote(rest, char).unwrap_or(1),
            other => other.len_utf8(),
        };
        if matches!(char, '[' | '{' | ',') || rest.starts_with(": ") {
            at += value.get(at..)?.len() - value.get(at..)?.trim_start().len();
            start = at;
        }
    }
    None
}

/// The text inside a flow collection, which opens at this offset, that a comment on its line cuts.
pub(super) fn comment_inside(place: &Place<'_>, open: usize) -> Option<Trap> {
    let line = place.line(open);
    let text = place.slice(line.clone());
    let (hash, _) = text.match_indices(" #").find(|(at, _)| {
        let comment = text.get(at + 1..).unwrap_or_default();
        is_cut("", comment)
    })?;
    let before = text.get(..hash)?;
    let start = [": ", ", ", "[", "{"].iter().filter_map(|mark| Some(before.rfind(mark)? + mark.len())).max()?;
    let range = line.start + start..line.start + hash + template_piece(text.get(hash..)?);
    let range = place.trimmed(range);
    (range.start > open && range.start < line.start + hash)
        .then(|| Trap { range, kind: Kind::Comment(line.start + hash + 1) })
}

/// The length of a scalar in a flow collection: to the `,`, `]` or `}` that ends it, outside of `{{ }}`.
pub(super) fn template_piece(text: &str) -> usize {
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("{{") {
            at += rest.find("}}").map_or(rest.len(), |end| end + 2);
        } else if rest.starts_with([',', ']', '}', '\n', '\r']) {
            break;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.get(..at).unwrap_or_default().trim_end().len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    #[test]
    fn a_line_tells_the_text_to_quote() {
        let cases = [
            ("title: {{ a[0] }} s  # note", "{{ a[0] }} s"),
            ("- x: \"a\" ~ b", "\"a\" ~ b"),
            ("- - 'it''s' ~ b", "'it''s' ~ b"),
            ("a: [1, 2] | sum # x", "[1, 2] | sum"),
            ("a: {x: Sales {{ y }} now, z: 1}", "Sales {{ y }} now"),
            ("a: [{{ y }}, 1]", "{{ y }}"),
            ("a: @b", "@b"),
            ("a: *b* c", "*b* c"),
            ("a: > 3", "> 3"),
            ("a: b: c", "b: c"),
            ("\"a b\": %d", "%d"),
        ];
        for (line, expected) in cases {
            let mut sources = Sources::default();
            let id = sources.add("a.yaml", line);
            let place = Place::new(sources.file(id));
            let trap = behind(&place, line.len()).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(place.slice(trap.range), expected, "{line}");
        }
    }

    #[test]
    fn sound_lines_hold_no_trap() {
        for line in
            ["", "a:", "a: b", "- a: \"b\"", "a: \"b", "a: [1, 2]", "a: [1,", "a: >-", "'a': b", "a: {x: \"{{ y }}\"}"]
        {
            let mut sources = Sources::default();
            let id = sources.add("a.yaml", line);
            assert_eq!(behind(&Place::new(sources.file(id)), line.len()), None, "{line}");
        }
    }

    #[test]
    fn comments_that_cut_text_are_told_from_others() {
        let cases = [
            ("red", "#ff0000", true),
            ("Order", "#{{ row.id }}", true),
            ("f(a", "# b)", true),
            ("x == 'a", "# b'", true),
            ("Top {{ state.n", "# x }}", true),
            ("EMEA", "# the default", false),
            ("today's sales", "# note", false),
            ("f(a)", "## note", false),
            ("f(a", "# a bracket is missing", false),
            ("wide", "#", false),
        ];
        for (scalar, comment, expected) in cases {
            assert_eq!(is_cut(scalar, comment), expected, "{scalar} {comment}");
        }
    }
}
