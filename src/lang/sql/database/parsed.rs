//! What a parser does not understand, where that is certain to be the author's mistake.

use std::ops::Range;

use sqlparser::ast::Statement;
use sqlparser::dialect::{Dialect as Grammar, GenericDialect};
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Token, Tokenizer};

use super::piece::grammar;
use super::shape::{READABLE, begins_with};
use super::{Dialect, Fault, Piece, peculiar};
use crate::diagnostic::suggest;
use crate::sql::lines::Lines;
use crate::sql::{nesting, reworded, split_location};

/// What clauses begin with, and conditions are joined by.
const CLAUSES: &[&str] = &[
    "select",
    "distinct",
    "from",
    "where",
    "group",
    "by",
    "having",
    "order",
    "limit",
    "offset",
    "join",
    "inner",
    "left",
    "right",
    "outer",
    "cross",
    "union",
    "and",
    "or",
    "not",
    "between",
    "like",
    "asc",
    "desc",
    "case",
    "as",
    "on",
    "in",
    "is",
    "null",
    "set",
    "values",
    "into",
    "returning",
];

/// The words inside a `case`.
const IN_CASE: &[&str] = &["when", "then", "else", "end"];

/// Finds where a statement leaves the grammar that all databases share.
pub(super) fn fault(sql: &str, pieces: &[Piece], dialect: Dialect) -> Option<Fault> {
    if !begins_with(pieces, READABLE) {
        return None;
    }
    let error = parse(sql, grammar(dialect)).err()?;
    if parse(sql, &GenericDialect {}).is_ok() {
        return None;
    }
    let ParserError::ParserError(text) = error else { return None };
    let (message, location) = split_location(&text);
    let at = match location {
        Some(location) => Lines::of(sql).offset(location),
        None if message.ends_with("found: EOF") => sql.len(),
        None => return None,
    };
    let index = pieces.iter().position(|piece| piece.at.start >= at).unwrap_or(pieces.len());
    // What is not said to be expected is a rule of the parser's own.
    if !message.starts_with("Expected: ") || peculiar::is_near(pieces, index, dialect) {
        return None;
    }
    Some(misspelt(sql, pieces, index).unwrap_or_else(|| unexpected(sql, pieces, index, message)))
}

fn parse(sql: &str, grammar: &dyn Grammar) -> Result<Vec<Statement>, ParserError> {
    let tokens = Tokenizer::new(grammar, sql).tokenize_with_location()?;
    match nesting::too_deep(&tokens) {
        // The database may well understand it.
        Some(_) => Err(ParserError::RecursionLimitExceeded),
        None => Parser::new(grammar).with_tokens_with_locations(tokens).parse_statements(),
    }
}

/// A word near the place that is almost one of SQL's own: `form` for `from`.
fn misspelt(sql: &str, pieces: &[Piece], index: usize) -> Option<Fault> {
    let nearby = [index.checked_sub(1), Some(index)].into_iter().flatten().filter_map(|index| pieces.get(index));
    let mut words = nearby.filter(|piece| !piece.is_keyword()).filter_map(|piece| Some((piece, piece.word()?)));
    words.find_map(|(piece, word)| {
        let in_case = if pieces.iter().any(|piece| piece.is("case")) { IN_CASE } else { &[] };
        let near = suggest::nearest(word, CLAUSES.iter().chain(in_case).copied())?;
        let written = sql.get(Range::clone(&piece.at))?;
        Some(
            Fault::new(piece.at.clone(), format!("`{written}` is not expected here"))
                .help(format!("did you mean `{near}`?")),
        )
    })
}

fn unexpected(sql: &str, pieces: &[Piece], index: usize, message: &str) -> Fault {
    let Some(mut piece) = pieces.get(index) else {
        let end = sql.trim_end().len();
        return Fault::new(end..end, reworded(message));
    };
    if !message.starts_with("Expected: end of statement") {
        return Fault::new(piece.at.clone(), reworded(message));
    }
    // `select a sum(b)`: the name of the function was taken for one of the column.
    let before = index.checked_sub(1).and_then(|before| pieces.get(before));
    if piece.token == Token::LParen
        && let Some(name) = before.filter(|before| before.word().is_some())
    {
        piece = name;
    }
    let written = sql.get(Range::clone(&piece.at)).unwrap_or_default();
    let fault = Fault::new(piece.at.clone(), format!("`{written}` is not expected here"));
    if in_list(pieces, index) { fault.help("is a comma missing before it?") } else { fault }
}

/// Whether a piece stands among what is selected.
fn in_list(pieces: &[Piece], index: usize) -> bool {
    let mut depth = 0;
    for piece in pieces.iter().take(index).rev() {
        match piece.token {
            Token::RParen => depth += 1,
            Token::LParen => depth -= 1,
            _ if depth != 0 => {}
            _ if piece.is("select") => return true,
            _ if piece.is("from") => return false,
            _ => {}
        }
    }
    false
}
