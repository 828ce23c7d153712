//! From offsets in the text that a parser saw to spans of the file.

use std::ops::Range;

use crate::source::{FileId, SourceFile, Span};

/// The byte order mark.
pub(super) const MARK: char = '\u{feff}';

/// A file's text without its byte order mark, and where that text begins.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) text: &'a str,
    /// The same as the file has it, where what a parser saw is another text of the same length.
    pub(super) written: &'a str,
    pub(super) file: FileId,
    pub(super) base: usize,
}

impl<'a> Place<'a> {
    pub(super) fn new(file: &'a SourceFile) -> Self {
        let text = file.text.strip_prefix(MARK).unwrap_or(&file.text);
        Self { text, written: text, file: file.id, base: file.text.len() - text.len() }
    }

    /// The span of these bytes of the text, widened to whole characters: parsers may stop inside one.
    pub(super) fn span(&self, range: Range<usize>) -> Span {
        let start = self.offset(self.written.floor_char_boundary(range.start));
        Span::new(self.file, start, self.offset(self.written.ceil_char_boundary(range.end)).max(start))
    }

    /// The offset in the file of an offset in the text; files are refused above 4 GiB long before.
    pub(super) fn offset(&self, at: usize) -> u32 {
        u32::try_from(self.base + at).unwrap_or(u32::MAX)
    }

    /// The text in this range, cut to what there is of it.
    pub(super) fn slice(&self, range: Range<usize>) -> &'a str {
        self.text.get(range).unwrap_or_default()
    }

    /// What follows this offset.
    pub(super) fn after(&self, at: usize) -> &'a str {
        self.text.get(at..).unwrap_or_default()
    }

    /// The line that holds this offset, without its break.
    pub(super) fn line(&self, at: usize) -> Range<usize> {
        let at = at.min(self.text.len());
        let before = self.text.get(..at).unwrap_or_default();
        let start = before.rfind(['\n', '\r']).map_or(0, |found| found + 1);
        let end = self.after(at).find(['\n', '\r']).map_or(self.text.len(), |found| at + found);
        start..end
    }

    /// The part of a line without the blanks around it.
    pub(super) fn trimmed(&self, range: Range<usize>) -> Range<usize> {
        let text = self.slice(range.clone());
        let start = range.start + (text.len() - text.trim_start().len());
        start..(start + text.trim().len())
    }
}
