//! Places in SQL: the parser counts lines and characters, we count bytes.

use std::ops::Range;

use sqlparser::ast::Ident;
use sqlparser::tokenizer::Location;

/// The bytes of the word, or the one character, that `text` begins with.
pub(super) fn word_length(text: &str) -> usize {
    let word = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    if word > 0 { word } else { text.chars().next().map_or(0, char::len_utf8) }
}

/// A text, and where its lines begin.
#[derive(Debug)]
pub(super) struct Lines {
    pub(super) text: String,
    starts: Vec<usize>,
}

impl Lines {
    pub(super) fn of(sql: &str) -> Self {
        let breaks = sql.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self { text: sql.to_owned(), starts: std::iter::once(0).chain(breaks).collect() }
    }

    /// The byte of a place; the end of the text for one that is not in it.
    pub(super) fn offset(&self, location: Location) -> usize {
        let line = usize::try_from(location.line).unwrap_or(usize::MAX).checked_sub(1);
        let Some(start) = line.and_then(|line| self.starts.get(line)) else { return self.text.len() };
        let column = usize::try_from(location.column).unwrap_or(usize::MAX).saturating_sub(1);
        let rest = self.text.get(*start..).unwrap_or_default();
        rest.char_indices().nth(column).map_or(self.text.len(), |(at, _)| start + at)
    }

    /// The word at a place; the end of what is written if nothing follows.
    pub(super) fn word(&self, sql: &str, location: Location) -> Range<usize> {
        let start = self.offset(location).min(sql.trim_end().len());
        start..start + word_length(sql.get(start..).unwrap_or_default().trim_end())
    }

    pub(super) fn span(&self, ident: &Ident) -> Range<usize> {
        self.offset(ident.span.start)..self.offset(ident.span.end)
    }
}
