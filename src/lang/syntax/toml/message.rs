//! The parser's errors in the words of this project.

/// What to say about an error: the message, and what to do.
pub(super) struct Message {
    pub(super) text: String,
    pub(super) help: Option<&'static str>,
    pub(super) instead: Option<Instead>,
}

/// What to write in the place of a value that is none.
pub(super) enum Instead {
    Bool(&'static str),
    /// The same in quotes.
    Text,
}

/// Stands for the words that [`no_value`] finds.
const NO_VALUE: &str = "expected a value";

/// What the parser's words begin with, what to say instead, and what to do.
const MESSAGES: &[(&str, &str, Option<&str>)] = &[
    ("string values must be quoted", NO_VALUE, None),
    ("invalid boolean", NO_VALUE, None),
    ("invalid float, expected nothing", "this number cannot be read", None),
    ("invalid float", NO_VALUE, None),
    ("invalid mantissa", "expected a digit before the point", None),
    ("invalid basic string", "this text is never closed: expected `\"`", None),
    ("invalid literal string", "this text is never closed: expected `'`", None),
    ("invalid multi-line basic string", "this text is never closed: expected `\"\"\"`", None),
    ("invalid multi-line literal string", "this text is never closed: expected `'''`", None),
    (
        "missing escaped value",
        "this escape is not known in double quotes",
        Some("write `\\\\` for a backslash, or use single quotes, which know no escapes"),
    ),
    ("too few unicode value digits", "this escape needs more digits", None),
    ("invalid value, expected unicode", "this escape names no character", None),
    ("unclosed table", "expected `]` at the end of the table's name", None),
    ("unclosed array table", "expected `]]` at the end of the table's name", None),
    ("unclosed array", "expected `]` at the end of the list", None),
    ("unclosed inline table", "expected `}` at the end of the table", None),
    ("extra comma in", "expected a value before this comma", None),
    ("missing comma between array elements", "expected `,` between two values", None),
    ("missing comma between key-value pairs", "expected `,` between two keys", None),
    ("unexpected `=` in array", "expected `,` or `]`, found `=`", Some("a table inside a list stands in `{ }`")),
    ("key with no value", "expected `=` after this key", None),
    ("missing assignment", "expected `=` after this key", None),
    ("missing value", "expected a value after `=`", None),
    ("extra `=`", "expected one `=`", None),
    ("extra assignment", "expected one `=`", None),
    ("unquoted keys cannot be empty", "expected a key before `=`", None),
    (
        "invalid unquoted key",
        "an unquoted key holds only letters from a to z, digits, `-` and `_`",
        Some("quote the key"),
    ),
    ("unexpected leading zero", "a number must not begin with 0", Some("quote it to make it text")),
    ("`_` may only go between digits", "expected a digit on both sides of `_`", None),
    ("redundant", "expected one sign or prefix before this number", None),
    ("integers with a radix", "expected no sign before `0x`, `0o` or `0b`", None),
    ("radix must be lowercase", "expected `0x`, `0o` or `0b` in lower case", None),
    ("carriage return", "expected a line feed after this carriage return", None),
    ("cannot recurse", "lists and tables nest too deep here", None),
    ("recursion limit", "lists and tables nest too deep here", None),
    ("cannot extend value", "this key already has a value that is no table", None),
    ("unexpected content", "expected the end of the line", None),
    ("unexpected key or value", "expected the end of the line", None),
    ("invalid comment", "expected a printable character in this comment", None),
    ("invalid date", "the calendar has no such date or time", None),
    ("invalid time", "the clock has no such time", None),
    ("invalid fraction", "expected a digit after the point", None),
    ("invalid exponent", "expected a digit in the exponent", None),
];

/// The words for an error of the parser at this text.
pub(super) fn message(parsers: &str, written: &str) -> Message {
    let known = MESSAGES.iter().find(|(start, ..)| parsers.starts_with(start));
    let (text, help) =
        known.map_or(("expected `key = value` or `[table]` here", None), |(_, text, help)| (*text, *help));
    if text == NO_VALUE {
        return no_value(written);
    }
    Message { text: text.to_owned(), help, instead: None }
}

/// The words for something that stands where a value should.
fn no_value(written: &str) -> Message {
    let is_word = !written.is_empty() && written.chars().count() < 40 && !written.contains('\n');
    if !is_word {
        let text = "expected a value after `=`".to_owned();
        return Message { text, help: Some("text stands in quotes: `\"like this\"`"), instead: None };
    }
    let text = format!("expected a value, found `{written}`");
    match written.to_ascii_lowercase().as_str() {
        "true" => Message { text, help: None, instead: Some(Instead::Bool("true")) },
        "false" => Message { text, help: None, instead: Some(Instead::Bool("false")) },
        "yes" | "no" | "on" | "off" | "y" | "n" => {
            Message { text, help: Some("a bool is `true` or `false`; text stands in quotes"), instead: None }
        }
        "null" | "nil" | "none" | "~" => {
            Message { text, help: Some("TOML has no null: leave the key out"), instead: None }
        }
        _ => Message { text, help: None, instead: Some(Instead::Text) },
    }
}
