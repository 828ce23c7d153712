//! The layout of TOML: a line for each key, an empty line before each table.

use super::Kind;
use super::lines::Lines;
use super::pen::Pen;
use super::scalar;
use crate::syntax::token::{Token, TokenKind};

/// Lays the tokens of a text out; nothing if they stand in an order that is not understood.
pub(super) fn lay_out_toml(text: &str, tokens: &[Token]) -> Option<Lines> {
    let mut pen = Pen::new(Kind::Toml, text, tokens);
    // Whether the last line is a comment above what comes next.
    let mut is_headed = false;
    while let Some(token) = pen.take() {
        let range = &token.range;
        match token.kind {
            TokenKind::Comment => {
                let breaks = pen.breaks_before(range.start);
                let is_own = pen.lines.is_empty() || breaks > 0;
                let is_below = is_headed && breaks == 1;
                if is_own && !is_below && is_about_table(&pen, range.end) {
                    pen.lines.apart();
                    pen.end = range.start;
                    pen.comment_line(range, 0);
                } else {
                    pen.comment(range, |_| 0);
                }
                is_headed = is_own;
                continue;
            }
            TokenKind::Entry => pen.begin(0, range.start),
            TokenKind::HeaderOpen => {
                if is_headed {
                    pen.begin(0, range.start);
                } else {
                    pen.lines.begin(0, true);
                    pen.is_closed = false;
                }
                pen.lines.put(pen.slice(range));
            }
            TokenKind::Sign => pen.lines.put(" = "),
            TokenKind::Scalar => {
                scalar::put(&scalar::written(pen.slice(range), Kind::Toml), 0, Kind::Toml, &mut pen.lines);
            }
            TokenKind::Dot | TokenKind::HeaderClose => pen.lines.put(pen.slice(range)),
            TokenKind::BracketOpen => pen.brackets(0)?,
            _ => return None,
        }
        is_headed = false;
        pen.end = pen.end.max(range.end);
    }
    Some(pen.lines)
}

/// Whether comments and then the header of a table follow, line by line.
fn is_about_table(pen: &Pen<'_>, mut end: usize) -> bool {
    for token in pen.after() {
        let breaks = pen.slice(&(end..token.range.start)).matches('\n').count();
        match token.kind {
            TokenKind::Comment if breaks == 1 => end = token.range.end,
            kind => return kind == TokenKind::HeaderOpen && breaks == 1,
        }
    }
    false
}
