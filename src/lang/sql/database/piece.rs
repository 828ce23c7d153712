//! The words and signs of a statement, and where they stand.

use std::ops::Range;

use sqlparser::dialect::{Dialect as Grammar, MySqlDialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, Tokenizer};

use super::{Dialect, Fault};
use crate::sql::lines::Lines;

/// A word or a sign that is no comment.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) token: Token,
    pub(super) at: Range<usize>,
    /// A word outside of quotes, in lower case.
    word: Option<String>,
}

impl Piece {
    /// The word, if this is one outside of quotes.
    pub(super) fn word(&self) -> Option<&str> {
        self.word.as_deref()
    }

    pub(super) fn is(&self, word: &str) -> bool {
        self.word.as_deref() == Some(word)
    }

    pub(super) fn is_among(&self, words: &[&str]) -> bool {
        self.word.as_deref().is_some_and(|word| words.contains(&word))
    }

    /// Whether SQL itself has this word, in any dialect.
    pub(super) fn is_keyword(&self) -> bool {
        matches!(&self.token, Token::Word(word) if word.quote_style.is_none() && word.keyword != Keyword::NoKeyword)
    }
}

/// The grammar of a dialect.
pub(super) fn grammar(dialect: Dialect) -> &'static dyn Grammar {
    match dialect {
        Dialect::Postgres => &PostgreSqlDialect {},
        Dialect::Mysql => &MySqlDialect {},
        Dialect::Sqlite => &SQLiteDialect {},
    }
}

/// Takes a statement apart. Where that fails it is a fault if a text or a comment does not end, and else nobody knows.
pub(super) fn pieces(sql: &str, dialect: Dialect) -> Result<Vec<Piece>, Option<Fault>> {
    let lines = Lines::of(sql);
    let tokens = Tokenizer::new(grammar(dialect), sql).tokenize_with_location().map_err(|error| {
        let opening = lines.offset(error.location);
        let is_comment = error.message.contains("multi-line comment");
        let is_open = is_comment || error.message.starts_with("Unterminated");
        is_open.then(|| unclosed(sql, if is_comment { last_comment(sql) } else { opening }))
    })?;
    let said = tokens.into_iter().filter(|token| !matches!(token.token, Token::Whitespace(_) | Token::EOF));
    let piece = |token: sqlparser::tokenizer::TokenWithSpan| {
        let at = lines.offset(token.span.start)..lines.offset(token.span.end);
        let word = match &token.token {
            Token::Word(word) if word.quote_style.is_none() => Some(word.value.to_lowercase()),
            _ => None,
        };
        Piece { token: token.token, at, word }
    };
    Ok(said.map(piece).collect())
}

fn last_comment(sql: &str) -> usize {
    sql.rfind("/*").unwrap_or(0)
}

fn unclosed(sql: &str, opening: usize) -> Fault {
    let rest = sql.get(opening..).unwrap_or_default();
    let (mark, what) = match rest.as_bytes() {
        [b'/', b'*', ..] => ("/*", "comment"),
        [b'"', ..] => ("\"", "text or name"),
        [b'`', ..] => ("`", "name"),
        [b'[', ..] => ("[", "name"),
        [b'$', ..] => ("$", "text"),
        _ => ("'", "text"),
    };
    let at = opening..opening + if rest.starts_with(mark) { mark.len() } else { 0 };
    Fault::new(at, format!("the {what} that begins with `{mark}` does not end"))
}
