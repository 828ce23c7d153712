//! The text of a file as tokens, for those who lay it out anew: no blank and no meaning, but all that is written.

use std::ops::Range;

/// A piece of the text that is more than blanks, or where something begins or ends that has no sign of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: TokenKind,
    /// Bytes of the text; empty where a token is no text.
    pub range: Range<usize>,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A list or map of YAML that has no brackets begins: no text.
    Open,
    /// It ends: no text, and before all comments that follow it.
    Close,
    /// An entry of a map begins, but not between brackets: no text.
    Entry,
    /// `-` before an item.
    Dash,
    /// `:` or `=` behind a key.
    Sign,
    /// `.` between the parts of a key of TOML.
    Dot,
    /// `,` between brackets.
    Comma,
    /// The bracket that opens a list or a map.
    BracketOpen,
    /// The bracket that closes it.
    BracketClose,
    /// `[` or `[[` before the name of a table of TOML.
    HeaderOpen,
    /// `]` or `]]` behind it.
    HeaderClose,
    /// A key or a value that is neither list nor map, quotes and all; perhaps of several lines.
    Scalar,
    /// `*name`.
    Alias,
    /// `&name`.
    Anchor,
    /// `|` or `>` with what belongs to it.
    Indicator,
    /// The lines of a block scalar without the last break; where its indicator says `+`, with the empty lines behind.
    Lines {
        /// How many blanks each line loses.
        indent: usize,
    },
    /// `#` and what follows it on its line, without the blanks at its end.
    Comment,
    /// `---` or `...`.
    Marker,
    /// A line that begins with `%`.
    Directive,
}
