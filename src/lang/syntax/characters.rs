//! Characters that are no part of the formats, or that readers of YAML take for different things.

use std::ops::Range;

use super::place::{MARK, Place};
use crate::diagnostic::{Diagnostics, code};

/// Nothing can be said of the structure of a file.
pub(super) struct Unclear;

/// Reports such characters, and gives the text with each covered by a letter of the same length, if there are some.
///
/// One that stands where a line begins leaves open what that line means.
pub(super) fn cover(place: &Place<'_>, is_toml: bool, found: &mut Diagnostics) -> Result<Option<String>, Unclear> {
    let is_wrong = |(at, char): &(usize, char)| match *char {
        '\n' | '\t' => false,
        '\r' => !place.after(at + 1).starts_with('\n'),
        MARK => !is_toml || *at == 0,
        '\u{7f}' => true,
        other if is_toml => other.is_ascii_control(),
        '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}' => true,
        other => other.is_control(),
    };
    let mut covered = None;
    let mut is_clear = true;
    for (at, char) in place.text.char_indices().filter(is_wrong) {
        let range = at..at + char.len_utf8();
        report(place, range.clone(), char, found);
        is_clear &= char != '\r' && !place.slice(place.line(at).start..at).trim().is_empty();
        let letter = match range.len() {
            1 => "x",
            2 => "\u{e9}",
            _ => "\u{fffd}",
        };
        covered.get_or_insert_with(|| place.text.to_owned()).replace_range(range, letter);
    }
    if is_clear { Ok(covered) } else { Err(Unclear) }
}

fn report(place: &Place<'_>, range: Range<usize>, char: char, found: &mut Diagnostics) {
    let span = place.span(range.clone());
    match char {
        '\r' => found.report(&code::SYNTAX, span, "expected a line feed after this carriage return").fix(
            "end the line with a line feed",
            span,
            "\n",
        ),
        MARK => {
            found.report(&code::SYNTAX, span, "a byte order mark stands inside the file").fix("remove it", span, "")
        }
        '\u{85}' | '\u{2028}' | '\u{2029}' => found
            .report(&code::YAML_TRAP, span, format!("an invisible separator (U+{:04X}) stands here", u32::from(char)))
            .here("readers of YAML 1.1 end the line here")
            .suggest("put a space in its place", span, " "),
        other => {
            let message = format!("an invisible character (U+{:04X}) stands here", u32::from(other));
            let escape = format!("if it is meant, write `\\u{:04x}` in double quotes", u32::from(other));
            found.report(&code::SYNTAX, span, message).help(escape).suggest("remove it", span, "")
        }
    };
}
