//! What a statement of a write is, as far as its words tell: databases differ too much to parse it.

use std::ops::Range;

use sqlparser::dialect::GenericDialect;
use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};

use super::lines::Lines;

/// A statement, looked over.
#[derive(Debug, PartialEq, Eq)]
pub struct Statement {
    /// Whether it holds nothing but comments.
    pub is_empty: bool,
    /// Its first word, in lower case.
    pub verb: Option<(String, Range<usize>)>,
    /// Another statement behind a semicolon.
    pub second: Option<Range<usize>>,
    /// Whether it surely changes nothing.
    pub only_reads: bool,
    /// Whether it may give rows.
    pub may_return: bool,
}

/// What begins or ends a transaction.
const TRANSACTION: &[&str] = &["begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release"];

/// What begins a body that holds statements of its own.
const BODIES: &[&str] = &["create", "alter", "do", "declare"];

const READING: &[&str] = &["select", "values", "table", "show", "explain", "describe"];

/// Words that change something wherever they stand.
const CHANGING: &[&str] = &["insert", "update", "delete", "merge", "replace", "into"];

impl Statement {
    /// Looks a statement over; none where its words cannot be told.
    pub fn look_over(sql: &str) -> Option<Self> {
        let tokens = Tokenizer::new(&GenericDialect, sql).tokenize_with_location().ok()?;
        let lines = Lines::of(sql);
        let place = |token: &TokenWithSpan| lines.offset(token.span.start)..lines.offset(token.span.end);
        let mut said = tokens.iter().filter(|token| !matches!(token.token, Token::Whitespace(_))).peekable();
        let is_empty = said.peek().is_none();
        let verb = said.peek().and_then(|first| Some((word(&first.token)?, place(first))));
        let has_body = verb.as_ref().is_some_and(|(verb, _)| BODIES.contains(&verb.as_str()));
        let mut words = Vec::new();
        let mut is_over = false;
        let mut second: Option<Range<usize>> = None;
        for token in said {
            if token.token == Token::SemiColon {
                is_over = true;
            } else if is_over && !has_body {
                let end = second.map_or_else(|| place(token), |begun| begun.start..place(token).end);
                second = Some(end);
            }
            words.extend(word(&token.token));
        }
        let has = |wanted: &str| words.iter().any(|word| word == wanted);
        let begins = |with: &[&str]| verb.as_ref().is_some_and(|(verb, _)| with.contains(&verb.as_str()));
        let is_query = begins(READING) || begins(&["with"]);
        let changes = words.iter().any(|word| CHANGING.contains(&word.as_str()));
        // `select add_order(7)` calls a function, which may do anything.
        let may_call = begins(&["select"]) && !has("from");
        Some(Self {
            is_empty,
            only_reads: is_query && !changes && !may_call,
            may_return: is_query || has("returning") || begins(&["call", "exec", "execute"]),
            verb,
            second,
        })
    }

    /// Whether it begins or ends a transaction.
    pub fn is_transaction(&self) -> bool {
        self.verb.as_ref().is_some_and(|(verb, _)| TRANSACTION.contains(&verb.as_str()))
    }
}

/// A word that is no name in quotes, in lower case.
fn word(token: &Token) -> Option<String> {
    match token {
        Token::Word(word) if word.quote_style.is_none() => Some(word.value.to_lowercase()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_told_by_its_words() {
        // The statement; its verb; whether it only reads, and may return rows.
        let cases = [
            ("insert into t values (?)", "insert", false, false),
            ("INSERT into t values (?) RETURNING id", "insert", false, true),
            ("-- all\nupdate t set a = ?", "update", false, false),
            ("select a from t", "select", true, true),
            ("select a into u from t", "select", false, true),
            ("select add_order(?)", "select", false, true),
            ("with x as (select 1) select * from x", "with", true, true),
            ("with x as (delete from t returning a) select * from x", "with", false, true),
            ("values (1)", "values", true, true),
            ("call add_order(?)", "call", false, true),
            ("update t set \"returning\" = 'returning'", "update", false, false),
        ];
        for (sql, verb, only_reads, may_return) in cases {
            let found = Statement::look_over(sql).unwrap();
            let told = (found.verb.unwrap().0, found.only_reads, found.may_return, found.second);
            assert_eq!(told, (verb.to_owned(), only_reads, may_return, None), "{sql}");
        }
    }

    #[test]
    fn a_second_statement_is_found_outside_of_texts_and_bodies() {
        let cases = [
            ("delete from t; delete from u -- all", "delete from u"),
            ("delete from t; ;", ""),
            ("insert into t values ('a; b') /* c; d */;", ""),
            ("insert into t values ($$a; b$$)", ""),
            ("create trigger x after insert on t begin delete from u; delete from v; end", ""),
        ];
        for (sql, second) in cases {
            let found = Statement::look_over(sql).unwrap();
            assert_eq!(found.second.map_or("", |at| &sql[at]), second, "{sql}");
        }
        assert!(Statement::look_over(" -- nothing").unwrap().is_empty);
        assert_eq!(Statement::look_over("insert into t values ('a"), None);
    }
}
