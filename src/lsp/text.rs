//! Places in a text: offsets of bytes here, lines and columns in the protocol.

use gen_lsp_types::{Position, PositionEncodingKind, Range};

/// How the columns of a session are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    #[default]
    Utf16,
}

impl Encoding {
    /// The first that the client offers and that is known here; UTF-16 is known to all.
    pub(crate) fn negotiate<'a>(offered: impl IntoIterator<Item = &'a str>) -> Self {
        let known = offered.into_iter().find_map(|name| match name {
            "utf-8" => Some(Self::Utf8),
            "utf-16" => Some(Self::Utf16),
            _ => None,
        });
        known.unwrap_or_default()
    }

    pub(crate) fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
        }
    }

    fn width(self, char: char) -> usize {
        match self {
            Self::Utf8 => char.len_utf8(),
            Self::Utf16 => char.len_utf16(),
        }
    }
}

/// A text with its lines, which end in `\n`, `\r\n` or `\r`.
#[derive(Debug)]
pub(crate) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
    encoding: Encoding,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(text: &'a str, encoding: Encoding) -> Self {
        let bytes = text.as_bytes();
        let ends = bytes.iter().enumerate().filter(|(at, byte)| match byte {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        });
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect();
        Self { text, starts, encoding }
    }

    /// The offset of a position; beyond the end of a line the end of that line, beyond the last line the end of the text.
    pub(crate) fn offset(&self, position: Position) -> usize {
        let Some(start) = self.starts.get(position.line as usize).copied() else { return self.text.len() };
        let wanted = position.character as usize;
        let (mut at, mut column) = (start, 0);
        for char in self.rest(start).chars() {
            let width = self.encoding.width(char);
            if matches!(char, '\n' | '\r') || column + width > wanted {
                break;
            }
            column += width;
            at += char.len_utf8();
        }
        at
    }

    /// The position of an offset; inside a character that of its start.
    pub(crate) fn position(&self, offset: usize) -> Position {
        let offset = self.text.floor_char_boundary(offset);
        let line = self.starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or(0);
        let before = self.text.get(start..offset).unwrap_or_default();
        let column: usize = before.chars().map(|char| self.encoding.width(char)).sum();
        Position { line: narrow(line), character: narrow(column) }
    }

    pub(crate) fn range(&self, range: std::ops::Range<usize>) -> Range {
        Range { start: self.position(range.start), end: self.position(range.end) }
    }

    fn rest(&self, start: usize) -> &str {
        self.text.get(start..).unwrap_or_default()
    }
}

/// The text with a part of it replaced.
pub(crate) fn replaced(text: &str, range: Range, new: &str, encoding: Encoding) -> String {
    let lines = Lines::new(text, encoding);
    let start = lines.offset(range.start);
    let end = lines.offset(range.end).max(start);
    format!("{}{new}{}", text.get(..start).unwrap_or_default(), text.get(end..).unwrap_or_default())
}

fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn columns_are_counted_as_agreed() {
        let text = "a: 1\r\nü: \u{1d11e} x\n\rlast";
        let cases = [
            // offset, in UTF-16, in UTF-8
            (0, (0, 0), (0, 0)),
            (4, (0, 4), (0, 4)),
            (6, (1, 0), (1, 0)),
            (8, (1, 1), (1, 2)),
            (10, (1, 3), (1, 4)),
            (14, (1, 5), (1, 8)),
            (17, (2, 0), (2, 0)),
            (18, (3, 0), (3, 0)),
            (22, (3, 4), (3, 4)),
        ];
        for (offset, utf16, utf8) in cases {
            for (encoding, (line, character)) in [(Encoding::Utf16, utf16), (Encoding::Utf8, utf8)] {
                let lines = Lines::new(text, encoding);
                let position = Position { line, character };
                assert_eq!(lines.position(offset), position, "{offset} {encoding:?}");
                assert_eq!(lines.offset(position), offset, "{position:?} {encoding:?}");
            }
        }
        let lines = Lines::new(text, Encoding::Utf16);
        assert_eq!(lines.offset(Position { line: 0, character: 99 }), 4, "the end of its line");
        assert_eq!(lines.offset(Position { line: 9, character: 0 }), text.len(), "the end of the text");
        assert_eq!(lines.offset(Position { line: 1, character: 4 }), 10, "the start of the character that it is in");
    }

    #[test]
    fn the_first_known_encoding_that_is_offered_is_taken() {
        for (offered, taken) in [
            (&["utf-8", "utf-16"][..], Encoding::Utf8),
            (&["utf-32", "utf-16", "utf-8"], Encoding::Utf16),
            (&["utf-32"], Encoding::Utf16),
            (&[], Encoding::Utf16),
        ] {
            assert_eq!(Encoding::negotiate(offered.iter().copied()), taken, "{offered:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_offset_has_one_position(text in "[a\\r\\nü\u{1d11e}]{0,12}", utf8 in any::<bool>()) {
            let lines = Lines::new(&text, if utf8 { Encoding::Utf8 } else { Encoding::Utf16 });
            for (offset, _) in text.char_indices() {
                // Between `\r` and `\n` there is no position.
                if !(text[..offset].ends_with('\r') && text[offset..].starts_with('\n')) {
                    prop_assert_eq!(lines.offset(lines.position(offset)), offset);
                }
            }
        }

        #[test]
        fn any_range_can_be_replaced(text in ".{0,20}", a in any::<(u8, u8)>(), b in any::<(u8, u8)>()) {
            let position = |(line, character): (u8, u8)| Position { line: u32::from(line % 4), character: u32::from(character % 9) };
            replaced(&text, Range { start: position(a), end: position(b) }, "x", Encoding::Utf16);
        }
    }
}
