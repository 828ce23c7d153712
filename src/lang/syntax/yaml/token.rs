//! The text of a YAML file as tokens.
//!
//! The parser gives the scalars and the structure; between them stand nothing but indicators, anchors, comments and
//! blanks, which are read here. What specs have no use for has no tokens: then there are none at all.

use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, StructureStyle};

use crate::syntax::DEPTH;
use crate::syntax::token::{Token, TokenKind};

/// The tokens of a text without byte order mark; none if it cannot be read or holds what specs have no use for.
pub fn tokens(text: &str) -> Option<Vec<Token>> {
    let options = granit_parser::options! {
        emit_comments: false,
        emit_unresolved_aliases: true,
        flow_nesting_limit: DEPTH,
        block_nesting_limit: DEPTH,
    };
    let mut lexer = Lexer { text, at: 0, tokens: Vec::new(), frames: Vec::new() };
    for next in Parser::new_from_str_with_options(text, options) {
        let (event, span) = next.ok()?;
        lexer.event(&event, span.byte_range()?)?;
    }
    lexer.gap(text.len())?;
    Some(lexer.tokens)
}

/// A collection that is open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Frame {
    List,
    /// The next node is a key.
    Key,
    /// The next node is the value of a key.
    Value,
    Flow,
    /// A map of one entry between brackets without braces of its own: `[a: b]`.
    Pair,
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    tokens: Vec<Token>,
    frames: Vec<Frame>,
}

impl Lexer<'_> {
    /// Takes an event, and what stands before it.
    fn event(&mut self, event: &Event<'_>, range: Range<usize>) -> Option<()> {
        match event {
            Event::DocumentStart(true, _) => self.through(TokenKind::Marker)?,
            Event::Scalar(_, ScalarStyle::Plain, anchor, _) if range.is_empty() => {
                self.before_node(*anchor)?;
                self.after_node();
            }
            Event::Scalar(text, style, anchor, _) => {
                self.before_node(*anchor)?;
                if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
                    self.block_scalar(text, range.end)?;
                } else {
                    self.gap(range.start)?;
                    self.push(TokenKind::Scalar, range.end);
                }
                self.after_node();
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                self.before_node(0)?;
                self.gap(range.start)?;
                self.push(TokenKind::Alias, range.end);
                self.after_node();
            }
            Event::SequenceStart(StructureStyle::Block, anchor, _) => self.open(Frame::List, *anchor)?,
            Event::MappingStart(StructureStyle::Block, anchor, _) => self.open(Frame::Key, *anchor)?,
            Event::SequenceStart(_, anchor, _) | Event::MappingStart(_, anchor, _) => {
                self.before_node(*anchor)?;
                if range.is_empty() {
                    self.frames.push(Frame::Pair);
                } else {
                    self.gap(range.start)?;
                    self.push(TokenKind::BracketOpen, range.end);
                    self.frames.push(Frame::Flow);
                }
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(range)?,
            _ => {}
        }
        Some(())
    }

    fn open(&mut self, frame: Frame, anchor: usize) -> Option<()> {
        self.before_node(anchor)?;
        self.push(TokenKind::Open, self.at);
        self.frames.push(frame);
        Some(())
    }

    fn close(&mut self, range: Range<usize>) -> Option<()> {
        match self.frames.pop()? {
            Frame::Flow => {
                self.gap(range.start)?;
                self.push(TokenKind::BracketClose, range.end);
            }
            Frame::Pair => {}
            Frame::List | Frame::Key | Frame::Value => self.push(TokenKind::Close, self.at),
        }
        self.after_node();
        Some(())
    }

    /// Takes the indicators and the anchor that belong to the node that comes next.
    fn before_node(&mut self, anchor: usize) -> Option<()> {
        match self.frames.last() {
            Some(Frame::List) => self.through(TokenKind::Dash)?,
            Some(Frame::Value) => self.through(TokenKind::Sign)?,
            Some(Frame::Key) => {
                while let Some(comment) = self.next().filter(|token| token.kind == TokenKind::Comment) {
                    self.take(comment);
                }
                self.push(TokenKind::Entry, self.at);
            }
            Some(Frame::Flow | Frame::Pair) | None => {}
        }
        if anchor > 0 { self.through(TokenKind::Anchor) } else { Some(()) }
    }

    fn after_node(&mut self) {
        match self.frames.last_mut() {
            Some(frame @ Frame::Key) => *frame = Frame::Value,
            Some(frame @ Frame::Value) => *frame = Frame::Key,
            _ => {}
        }
    }

    /// Takes the header and the lines of a block scalar whose `text` ends before `end`.
    fn block_scalar(&mut self, text: &str, end: usize) -> Option<()> {
        self.through(TokenKind::Indicator)?;
        let header = self.tokens.last().map(|token| token.range.clone())?;
        let line_end = |at: usize| self.text.get(at..)?.find('\n').map(|length| at + length);
        let Some(break_at) = line_end(header.end) else { return self.gap(self.text.len()) };
        self.gap(break_at)?;
        let start = break_at + 1;
        let region = self.text.get(start..end.max(start))?;
        let blanks = |line: &str| line.len() - line.trim_start_matches(' ').len();
        let is_full = |line: &&str| blanks(line) < line.len();
        let indent = match region.split('\n').find(is_full) {
            Some(written) => blanks(written).checked_sub(text.split('\n').find(is_full).map_or(0, blanks))?,
            None => usize::MAX,
        };
        let keeps = self.text.get(header)?.contains('+');
        let (mut at, mut last) = (start, None);
        while at < self.text.len() {
            let line_end = line_end(at).unwrap_or(self.text.len());
            let line = self.text.get(at..line_end)?;
            let is_empty = blanks(line) == line.len() && line.len() <= indent;
            if !is_empty && at + blanks(line) >= end {
                break;
            }
            if keeps || !is_empty {
                last = Some(line_end);
            }
            at = line_end + 1;
        }
        if let Some(last) = last {
            self.at = start;
            self.push(TokenKind::Lines { indent }, last);
        }
        Some(())
    }

    /// Takes all that stands before an offset.
    fn gap(&mut self, end: usize) -> Option<()> {
        while self.skip_blanks() < end {
            let token = self.next()?;
            self.take(token);
        }
        Some(())
    }

    /// Takes all up to a token of this kind, and that.
    fn through(&mut self, kind: TokenKind) -> Option<()> {
        loop {
            let token = self.next()?;
            let found = token.kind;
            self.take(token);
            if found == kind {
                return Some(());
            }
        }
    }

    fn push(&mut self, kind: TokenKind, end: usize) {
        self.take(Token { kind, range: self.at..end });
    }

    fn take(&mut self, token: Token) {
        self.at = token.range.end;
        self.tokens.push(token);
    }

    fn skip_blanks(&mut self) -> usize {
        let rest = self.text.get(self.at..).unwrap_or_default();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
        self.at
    }

    /// The token that begins behind the blanks, unless it is a scalar.
    fn next(&mut self) -> Option<Token> {
        let start = self.skip_blanks();
        let rest = self.text.get(start..)?;
        let is_line_start = start == 0 || self.text.get(..start)?.ends_with('\n');
        let line = rest.split('\n').next().unwrap_or_default();
        let is_marker =
            |mark| line.strip_prefix(mark).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r']));
        let until = |end: &[char]| line.find(end).unwrap_or(line.len());
        let (kind, length) = match rest.chars().next()? {
            '-' | '.' if is_line_start && (is_marker("---") || is_marker("...")) => (TokenKind::Marker, 3),
            '%' if is_line_start => {
                (TokenKind::Directive, line.find(" #").map_or(line, |at| line.split_at(at).0).trim_end().len())
            }
            '#' => (TokenKind::Comment, line.trim_end().len()),
            '-' => (TokenKind::Dash, 1),
            ':' => (TokenKind::Sign, 1),
            ',' => (TokenKind::Comma, 1),
            '&' => (TokenKind::Anchor, until(&[' ', '\t', '\r', ',', '[', ']', '{', '}'])),
            '|' | '>' => (TokenKind::Indicator, until(&[' ', '\t', '\r'])),
            _ => return None,
        };
        Some(Token { kind, range: start..start + length })
    }
}
