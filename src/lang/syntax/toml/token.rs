//! The text of a TOML file as tokens.

use toml_parser::Source;
use toml_parser::parser::{Event, EventKind, RecursionGuard, parse_document};

use crate::syntax::DEPTH;
use crate::syntax::token::{Token, TokenKind};

/// The tokens of a text without byte order mark; none if it cannot be read.
pub fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut error = None;
    let (mut brackets, mut is_header) = (0usize, false);
    let mut take = |event: Event| {
        let Some(kind) = kind(event.kind()) else { return };
        let mut range = event.span().start()..event.span().end();
        match kind {
            TokenKind::BracketOpen => brackets += 1,
            TokenKind::BracketClose => brackets = brackets.saturating_sub(1),
            TokenKind::HeaderOpen => is_header = true,
            TokenKind::HeaderClose => is_header = false,
            TokenKind::Comment => {
                range.end = range.start + text.get(range.clone()).map_or(0, |comment| comment.trim_end().len());
            }
            _ => {}
        }
        let follows_dot = tokens.last().is_some_and(|token| token.kind == TokenKind::Dot);
        if event.kind() == EventKind::SimpleKey && brackets == 0 && !is_header && !follows_dot {
            tokens.push(Token { kind: TokenKind::Entry, range: range.start..range.start });
        }
        tokens.push(Token { kind, range });
    };
    let lexed = Source::new(text).lex().into_vec();
    let depth = u32::try_from(DEPTH).unwrap_or(u32::MAX);
    parse_document(&lexed, &mut RecursionGuard::new(&mut take, depth), &mut error);
    if error.is_some() { None } else { Some(tokens) }
}

fn kind(kind: EventKind) -> Option<TokenKind> {
    Some(match kind {
        EventKind::StdTableOpen | EventKind::ArrayTableOpen => TokenKind::HeaderOpen,
        EventKind::StdTableClose | EventKind::ArrayTableClose => TokenKind::HeaderClose,
        EventKind::InlineTableOpen | EventKind::ArrayOpen => TokenKind::BracketOpen,
        EventKind::InlineTableClose | EventKind::ArrayClose => TokenKind::BracketClose,
        EventKind::SimpleKey | EventKind::Scalar => TokenKind::Scalar,
        EventKind::KeySep => TokenKind::Dot,
        EventKind::KeyValSep => TokenKind::Sign,
        EventKind::ValueSep => TokenKind::Comma,
        EventKind::Comment => TokenKind::Comment,
        EventKind::Whitespace | EventKind::Newline | EventKind::Error => return None,
    })
}
