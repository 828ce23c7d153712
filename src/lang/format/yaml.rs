//! The layout of YAML: lists and maps without brackets give the columns of their entries.

use std::ops::Range;

use super::lines::Lines;
use super::pen::{INDENT, Pen};
use super::{Kind, WIDTH, scalar};
use crate::syntax::token::{Token, TokenKind};

/// Lays the tokens of a text out; nothing if they stand in an order that is not understood.
pub(super) fn lay_out_yaml(text: &str, tokens: &[Token]) -> Option<Lines> {
    let pen = Pen::new(Kind::Yaml, text, tokens);
    let mut writer = Writer { pen, levels: Vec::new(), ended: Vec::new(), last: None, is_fresh: true };
    while let Some(token) = writer.pen.take() {
        writer.token(token)?;
    }
    Some(writer.pen.lines)
}

/// A list or map without brackets that is being written.
#[derive(Clone, Copy)]
struct Level {
    /// The column of its entries.
    column: usize,
    /// The column they had.
    was: usize,
}

struct Writer<'a> {
    pen: Pen<'a>,
    levels: Vec<Level>,
    /// Those that ended since the last token that is text, the innermost first.
    ended: Vec<Level>,
    /// The last token that is neither a comment nor the end of a level.
    last: Option<TokenKind>,
    /// Whether the line was just begun.
    is_fresh: bool,
}

impl Writer<'_> {
    fn token(&mut self, token: &Token) -> Option<()> {
        let range = &token.range;
        match token.kind {
            TokenKind::Open => self.open(),
            TokenKind::Close => {
                self.ended.extend(self.levels.pop());
                return Some(());
            }
            TokenKind::Comment => {
                let (levels, ended, last) = (self.levels.last(), self.ended.as_slice(), self.last);
                self.pen.comment(range, |was| comment_column(levels, ended, last, was));
                return Some(());
            }
            TokenKind::Entry => self.begin_entry(self.pen.after().first()?.range.start),
            TokenKind::Dash => {
                self.begin_entry(range.start);
                self.put("-");
            }
            TokenKind::Sign => self.put(if self.last == Some(TokenKind::Alias) { " :" } else { ":" }),
            TokenKind::Scalar => self.scalar(range),
            TokenKind::Alias | TokenKind::Anchor | TokenKind::Indicator => {
                self.space(range.start);
                self.put(self.pen.slice(range));
            }
            TokenKind::Lines { indent } => self.lines(range, indent)?,
            TokenKind::BracketOpen => self.brackets(range)?,
            TokenKind::Marker | TokenKind::Directive => {
                self.pen.begin(0, range.start);
                self.put(self.pen.slice(range));
                self.pen.is_closed = true;
            }
            // The first two stand between brackets alone, the others in TOML.
            TokenKind::BracketClose | TokenKind::Comma => return None,
            TokenKind::Dot | TokenKind::HeaderOpen | TokenKind::HeaderClose => return None,
        }
        self.last = Some(token.kind);
        if !range.is_empty() {
            self.pen.end = self.pen.end.max(range.end);
            self.ended.clear();
        }
        Some(())
    }

    fn put(&mut self, text: &str) {
        self.pen.lines.put(text);
        self.is_fresh = false;
    }

    /// The column of what is inside an entry of the innermost level.
    fn inner(&self) -> usize {
        self.levels.last().map_or(0, |level| level.column + INDENT)
    }

    fn begin(&mut self, column: usize, start: usize) {
        self.pen.begin(column, start);
        self.is_fresh = true;
    }

    /// Separates what starts there from what is before it on the line.
    fn space(&mut self, start: usize) {
        if self.pen.is_closed {
            self.begin(self.inner(), start);
        } else if !self.is_fresh {
            self.put(" ");
        }
    }

    fn open(&mut self) {
        let is_text = |token: &&Token| !token.range.is_empty() && token.kind != TokenKind::Comment;
        let first = self.pen.after().iter().find(is_text);
        let was = first.map_or(0, |token| self.pen.column_of(token.range.start));
        self.levels.push(Level { column: self.inner(), was });
    }

    /// Begins an entry: behind the dash of the item that its list or map is, or on a line of its own.
    fn begin_entry(&mut self, start: usize) {
        if self.is_first_of_item() && !self.pen.is_closed {
            self.put(" ");
        } else {
            self.pen.begin(self.levels.last().map_or(0, |level| level.column), start);
        }
        self.is_fresh = true;
    }

    /// Whether the token that is being written begins a list or map that stands behind a dash.
    fn is_first_of_item(&self) -> bool {
        let mut before = self.pen.before().iter().rev().filter(|token| token.kind != TokenKind::Comment);
        let mut is = |kind| before.next().is_some_and(|token| token.kind == kind);
        is(TokenKind::Open) && is(TokenKind::Dash)
    }

    fn scalar(&mut self, range: &Range<usize>) {
        let written = scalar::written(self.pen.slice(range), Kind::Yaml);
        let is_value = matches!(self.last, Some(TokenKind::Sign | TokenKind::Dash));
        let width = self.pen.lines.width() + 1 + written.chars().count();
        if is_value && self.pen.breaks_before(range.start) > 0 && (written.contains('\n') || width > WIDTH) {
            self.begin(self.inner(), range.start);
        } else {
            self.space(range.start);
        }
        scalar::put(&written, self.inner(), Kind::Yaml, &mut self.pen.lines);
        self.is_fresh = false;
    }

    /// Writes the lines of a block scalar.
    fn lines(&mut self, range: &Range<usize>, indent: usize) -> Option<()> {
        let indicator = self.pen.before().iter().rfind(|token| token.kind == TokenKind::Indicator)?;
        let digit = self.pen.slice(&indicator.range).chars().find_map(|char| char.to_digit(10));
        let column = self.levels.last()?.column + digit.map_or(INDENT, |digit| digit as usize);
        for line in self.pen.slice(range).split('\n') {
            let blanks = line.len() - line.trim_start_matches(' ').len();
            self.pen.lines.line(column, line.get(blanks.min(indent)..)?);
        }
        self.pen.is_closed = true;
        Some(())
    }

    fn brackets(&mut self, range: &Range<usize>) -> Option<()> {
        let column = self.inner();
        let width = self.pen.lines.width() + 1;
        let fits = self.pen.flat().is_some_and(|flat| width + flat.chars().count() <= WIDTH);
        // Behind a key they begin on a line of their own if they need several: strict readers ask that the closing one
        // stands further to the right than the key.
        if self.last == Some(TokenKind::Sign) && !fits {
            self.begin(column, range.start);
        } else {
            self.space(range.start);
        }
        self.is_fresh = false;
        self.pen.brackets(column)
    }
}

/// The column of a comment on a line of its own, that stood in column `was`: that of the level it stood in.
fn comment_column(open: Option<&Level>, ended: &[Level], last: Option<TokenKind>, was: usize) -> usize {
    let outermost_first = open.into_iter().chain(ended.iter().rev()).filter(|level| level.was <= was);
    // A list may have the column of the key that it belongs to: there, a comment is about the next key.
    let is_nearer = |best: &Level, level: &Level| level.was > best.was || (level.was == best.was && was > best.was);
    let level = outermost_first.reduce(|best, level| if is_nearer(best, level) { level } else { best });
    let Some(level) = level else { return open.map_or(0, |level| level.column) };
    let is_innermost = ended.first().or(open).is_some_and(|innermost| innermost.column == level.column);
    // It stands where the value would, that is missing or follows.
    let is_value = matches!(last, Some(TokenKind::Sign | TokenKind::Dash | TokenKind::Anchor));
    if is_innermost && is_value && was > level.was { level.column + INDENT } else { level.column }
}
