//! Writes tokens one after another: what both formats share, and that is all between brackets.
//!
//! What stands between brackets stays on one line if it was on one and fits; else each entry gets its own.

use std::ops::Range;

use super::lines::Lines;
use super::{Kind, WIDTH, scalar};
use crate::syntax::token::{Token, TokenKind};

/// How many columns each level is further to the right.
pub(super) const INDENT: usize = 2;

/// What is being written, and how far.
pub(super) struct Pen<'a> {
    pub(super) kind: Kind,
    text: &'a str,
    tokens: &'a [Token],
    /// The token after the one that is being written.
    pub(super) next: usize,
    /// Where the last one ended in the text.
    pub(super) end: usize,
    pub(super) lines: Lines,
    /// Whether the last line ends with a comment, so that nothing can follow on it.
    pub(super) is_closed: bool,
}

impl<'a> Pen<'a> {
    pub(super) fn new(kind: Kind, text: &'a str, tokens: &'a [Token]) -> Self {
        Self { kind, text, tokens, next: 0, end: 0, lines: Lines::default(), is_closed: true }
    }

    /// The next token, which counts as being written from here on.
    pub(super) fn take(&mut self) -> Option<&'a Token> {
        let token = self.tokens.get(self.next)?;
        self.next += 1;
        Some(token)
    }

    /// The tokens before the one that is being written.
    pub(super) fn before(&self) -> &'a [Token] {
        self.tokens.get(..self.next.saturating_sub(1)).unwrap_or_default()
    }

    /// The tokens after the one that is being written.
    pub(super) fn after(&self) -> &'a [Token] {
        self.tokens.get(self.next..).unwrap_or_default()
    }

    pub(super) fn slice(&self, range: &Range<usize>) -> &'a str {
        self.text.get(range.clone()).unwrap_or_default()
    }

    /// The line breaks between what was written last and this place.
    pub(super) fn breaks_before(&self, at: usize) -> usize {
        self.slice(&(self.end..at)).matches('\n').count()
    }

    /// The column of this place in the text.
    pub(super) fn column_of(&self, at: usize) -> usize {
        self.slice(&(0..at)).rsplit('\n').next().unwrap_or_default().chars().count()
    }

    /// Begins a line for what starts there; an empty line before it stays.
    pub(super) fn begin(&mut self, column: usize, start: usize) {
        self.lines.begin(column, self.breaks_before(start) > 1);
        self.is_closed = false;
    }

    /// Writes a comment: behind what it follows, or else on a line in a column of its own.
    pub(super) fn comment(&mut self, range: &Range<usize>, column: impl FnOnce(usize) -> usize) {
        let was = self.column_of(range.start);
        if self.lines.is_empty() || self.breaks_before(range.start) > 0 {
            self.comment_line(range, column(was));
        } else {
            let gap = range.start - self.end;
            self.lines.comment(was, gap, self.slice(range));
            self.is_closed = true;
            self.end = range.end;
        }
    }

    /// Writes a comment on a line of its own.
    pub(super) fn comment_line(&mut self, range: &Range<usize>, column: usize) {
        self.begin(column, range.start);
        self.lines.put(self.slice(range));
        self.is_closed = true;
        self.end = range.end;
    }

    /// The text of the brackets that are being written, if they may stand on one line.
    pub(super) fn flat(&self) -> Option<String> {
        let start = self.next - 1;
        self.flat_of(start..self.closing(start)? + 1)
    }

    /// Writes the brackets whose opening was taken, and goes on behind them; `column` is that of the closing one, if
    /// it gets a line.
    pub(super) fn brackets(&mut self, column: usize) -> Option<()> {
        let start = self.next - 1;
        let end = self.closing(start)?;
        // Between brackets a comma or a bracket follows.
        let room = WIDTH.saturating_sub(self.lines.width() + usize::from(self.is_inside(start)));
        match self.flat().filter(|flat| flat.chars().count() <= room) {
            Some(flat) => self.lines.put(&flat),
            None => self.broken(start..end, column)?,
        }
        self.next = end + 1;
        self.end = self.tokens.get(end)?.range.end;
        Some(())
    }

    /// Whether the token at this index stands between brackets.
    fn is_inside(&self, index: usize) -> bool {
        let before = self.tokens.get(..index).unwrap_or_default().iter().rev();
        let count = |kind| before.clone().filter(|token| token.kind == kind).count();
        count(TokenKind::BracketOpen) > count(TokenKind::BracketClose)
    }

    /// The bracket that closes the one at this index.
    fn closing(&self, start: usize) -> Option<usize> {
        let mut depth = 0usize;
        for (index, token) in self.tokens.iter().enumerate().skip(start) {
            match token.kind {
                TokenKind::BracketOpen => depth += 1,
                TokenKind::BracketClose => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Some(index);
            }
        }
        None
    }

    /// These tokens on one line, if they were written so.
    fn flat_of(&self, range: Range<usize>) -> Option<String> {
        let tokens = self.tokens.get(range)?;
        let whole = tokens.first()?.range.start..tokens.last()?.range.end;
        if tokens.len() > 2 && self.slice(&whole).contains('\n') {
            return None;
        }
        let mut flat = String::new();
        let mut before: Option<&Token> = None;
        for token in tokens {
            if before.is_some_and(|before| self.is_spaced(before, token)) {
                flat.push(' ');
            }
            flat.push_str(&scalar::written(self.slice(&token.range), self.kind));
            before = Some(token);
        }
        Some(flat)
    }

    /// Whether a blank stands between two tokens of one line, between brackets.
    fn is_spaced(&self, before: &Token, token: &Token) -> bool {
        let is = |token: &Token, text: &str| self.slice(&token.range) == text;
        match (before.kind, token.kind) {
            (TokenKind::BracketOpen, TokenKind::BracketClose) => false,
            (TokenKind::BracketOpen, _) => is(before, "{"),
            (_, TokenKind::BracketClose) => is(token, "}"),
            // Readers may take either sign for a part of the name or of the key.
            (TokenKind::Alias, TokenKind::Sign) | (TokenKind::Sign, TokenKind::Comma) => true,
            (TokenKind::Dot, _) | (_, TokenKind::Dot | TokenKind::Comma) => false,
            (_, TokenKind::Sign) => self.kind == Kind::Toml,
            _ => true,
        }
    }

    /// Writes brackets around an entry a line; `base` is the column of the closing one.
    fn broken(&mut self, range: Range<usize>, base: usize) -> Option<()> {
        let column = base + INDENT;
        let opening = self.tokens.get(range.start)?;
        self.lines.put(self.slice(&opening.range));
        self.end = opening.range.end;
        self.next = range.start + 1;
        let mut begins = true;
        while self.next < range.end {
            let before = self.tokens.get(self.next - 1)?;
            let token = self.take()?;
            if token.kind == TokenKind::Comment {
                self.comment(&token.range, |_| column);
                continue;
            }
            if begins || self.is_closed {
                let start = if before == opening { self.end } else { token.range.start };
                self.begin(if begins { column } else { column + INDENT }, start);
            } else if self.is_spaced(before, token) {
                self.lines.put(" ");
            }
            begins = token.kind == TokenKind::Comma;
            if token.kind == TokenKind::BracketOpen {
                self.brackets(column)?;
            } else {
                let written = scalar::written(self.slice(&token.range), self.kind);
                scalar::put(&written, column + INDENT, self.kind, &mut self.lines);
                self.end = token.range.end;
            }
            if !begins && self.wants_comma(opening, range.end) {
                self.lines.put(",");
            }
        }
        let closing = self.tokens.get(range.end)?;
        self.next = range.end + 1;
        self.lines.begin(base, false);
        self.is_closed = false;
        self.lines.put(self.slice(&closing.range));
        Some(())
    }

    /// Whether what was just written is the last item of a list of TOML, and has no comma.
    fn wants_comma(&self, opening: &Token, end: usize) -> bool {
        let is_list = self.kind == Kind::Toml && self.slice(&opening.range) == "[";
        let rest = self.tokens.get(self.next..end).unwrap_or_default();
        is_list && rest.iter().all(|token| token.kind == TokenKind::Comment)
    }
}
