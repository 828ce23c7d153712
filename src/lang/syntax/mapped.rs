//! Builds text piece by piece and keeps where each piece stands in the file.

use std::ops::Range;

use super::place::Place;
use crate::source::SourceText;

/// Text under construction.
#[derive(Default)]
pub(super) struct Mapped {
    text: String,
    /// Ascending `(offset in this text, offset in what was parsed)`.
    runs: Vec<(usize, usize)>,
}

impl Mapped {
    /// Appends text that stands, or stands for what begins, at this offset.
    pub(super) fn put(&mut self, piece: &str, at: usize) {
        if piece.is_empty() {
            return;
        }
        let length = self.text.len();
        let goes_on = self.runs.last().is_some_and(|(text, file)| file + (length - text) == at);
        if !goes_on {
            self.runs.push((length, at));
        }
        self.text.push_str(piece);
    }

    /// Appends one character that is written at this offset, perhaps as an escape.
    pub(super) fn put_char(&mut self, char: char, at: usize) {
        self.put(char.encode_utf8(&mut [0; 4]), at);
    }

    /// The text that a parser made of the bytes in `range`, with its places.
    ///
    /// What was built may be longer than what the parser kept, by the breaks at its end. Should they differ
    /// otherwise, the parser is right, and all places are those of the whole.
    pub(super) fn finish(mut self, expected: &str, range: Range<usize>, place: &Place<'_>) -> SourceText {
        let span = place.span(range.clone());
        if !self.text.starts_with(expected) {
            return SourceText::mapped(expected, span, vec![(0, span.start)]);
        }
        self.runs.retain(|(text, _)| *text < expected.len());
        self.runs.push((expected.len(), range.end));
        let runs =
            self.runs.into_iter().map(|(text, file)| (u32::try_from(text).unwrap_or(u32::MAX), place.offset(file)));
        SourceText::mapped(expected, span, runs.collect())
    }
}
