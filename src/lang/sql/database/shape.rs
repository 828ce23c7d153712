//! What no database could read, whatever else it understands.

use std::ops::Range;

use sqlparser::tokenizer::Token;

use super::{Dialect, Fault, Piece, Purpose};
use crate::diagnostic::suggest;

/// What statements begin with, in some database.
const VERBS: &[&str] = &[
    "select",
    "values",
    "with",
    "table",
    "insert",
    "update",
    "delete",
    "merge",
    "replace",
    "create",
    "alter",
    "drop",
    "truncate",
    "rename",
    "set",
    "reset",
    "call",
    "copy",
    "attach",
    "detach",
    "pragma",
    "vacuum",
    "analyze",
    "analyse",
    "begin",
    "start",
    "commit",
    "rollback",
    "savepoint",
    "release",
    "end",
    "abort",
    "explain",
    "describe",
    "desc",
    "show",
    "use",
    "lock",
    "unlock",
    "grant",
    "revoke",
    "do",
    "declare",
    "fetch",
    "close",
    "move",
    "open",
    "prepare",
    "execute",
    "exec",
    "deallocate",
    "listen",
    "notify",
    "unlisten",
    "cluster",
    "reindex",
    "refresh",
    "comment",
    "security",
    "reassign",
    "import",
    "checkpoint",
    "discard",
    "load",
    "handler",
    "optimize",
    "repair",
    "check",
    "checksum",
    "kill",
    "flush",
    "cache",
    "install",
    "uninstall",
    "shutdown",
    "help",
    "xa",
    "signal",
    "resignal",
    "get",
    "if",
    "while",
    "loop",
    "repeat",
    "return",
    "case",
    "leave",
    "iterate",
    "change",
    "purge",
    "stop",
    "clone",
    "binlog",
    "restart",
    "backup",
    "for",
];

/// What begins statements that are much the same in all databases.
pub(super) const READABLE: &[&str] = &["select", "with", "values", "insert", "update", "delete", "merge", "replace"];

/// What is usually meant.
const USUAL: &[&str] = &["select", "with", "values", "insert", "update", "delete"];

/// Words that no name is, and that nothing is listed before.
const AFTER_LIST: &[&str] = &["from", "where", "group", "having", "order", "limit", "union"];

/// Whether the first word of a statement is one of these.
pub(super) fn begins_with(pieces: &[Piece], verbs: &[&str]) -> bool {
    pieces.iter().find(|piece| piece.token != Token::LParen).is_some_and(|first| first.is_among(verbs))
}

/// A statement that begins with no word of SQL.
pub(super) fn verb_fault(pieces: &[Piece], purpose: Purpose) -> Option<Fault> {
    let first = pieces.iter().find(|piece| piece.token != Token::LParen)?;
    if first.is_among(VERBS) {
        return None;
    }
    let what = if purpose == Purpose::Query { "query" } else { "statement" };
    let Some(word) = first.word() else {
        return Some(Fault::new(first.at.clone(), format!("a {what} begins with a word, such as `select`")));
    };
    let fault = Fault::new(first.at.clone(), format!("no {what} begins with `{word}`"));
    Some(match suggest::nearest(word, USUAL.iter().copied()) {
        Some(near) => fault.help(format!("did you mean `{near}`?")),
        None if purpose == Purpose::Query => fault.help("begin it with `select` or `with`"),
        None => fault,
    })
}

/// Finds what does not fit together.
pub(super) fn fault(sql: &str, pieces: &[Piece], (dialect, purpose): (Dialect, Purpose)) -> Option<Fault> {
    let common = second(pieces, purpose).or_else(|| brackets(pieces, dialect));
    if common.is_some() || !begins_with(pieces, READABLE) {
        return common;
    }
    commas(sql, pieces)
        .or_else(|| missing(sql, pieces))
        .or_else(|| bare_list(sql, pieces))
        .or_else(|| endless(pieces))
        .or_else(|| nothing_selected(pieces, dialect))
        .or_else(|| backtick(pieces, dialect))
}

/// A second statement in a query; those of a write are looked at elsewhere.
fn second(pieces: &[Piece], purpose: Purpose) -> Option<Fault> {
    if purpose == Purpose::Write {
        return None;
    }
    let end = pieces.iter().position(|piece| piece.token == Token::SemiColon)?;
    let mut behind = pieces.iter().skip(end).filter(|piece| piece.token != Token::SemiColon);
    let first = behind.next()?;
    let at = first.at.start..behind.next_back().unwrap_or(first).at.end;
    Some(Fault::new(at, "a query is one statement, and this is a second").help("make it a query of its own"))
}

/// A bracket that opens and is not closed, or closes nothing.
fn brackets(pieces: &[Piece], dialect: Dialect) -> Option<Fault> {
    let mut open: Vec<(&Piece, char)> = Vec::new();
    for piece in pieces {
        let (mark, opening) = match piece.token {
            Token::LParen => ('(', None),
            Token::RParen => (')', Some('(')),
            Token::LBracket if dialect == Dialect::Postgres => ('[', None),
            Token::RBracket if dialect == Dialect::Postgres => (']', Some('[')),
            _ => continue,
        };
        let Some(opening) = opening else {
            open.push((piece, mark));
            continue;
        };
        match open.pop() {
            Some((_, found)) if found == opening => {}
            Some((opened, found)) => {
                let at = opened.at.clone();
                return Some(Fault::new(
                    at,
                    format!("this `{found}` is not closed before a `{mark}` that closes another"),
                ));
            }
            None => return Some(Fault::new(piece.at.clone(), format!("this `{mark}` closes nothing"))),
        }
    }
    let (opened, mark) = open.pop()?;
    Some(Fault::new(opened.at.clone(), format!("this `{mark}` is not closed")))
}

/// A comma with nothing before or behind it.
fn commas(sql: &str, pieces: &[Piece]) -> Option<Fault> {
    for (index, comma) in pieces.iter().enumerate().filter(|(_, piece)| piece.token == Token::Comma) {
        let before = index.checked_sub(1).and_then(|before| pieces.get(before));
        let is_first = before.is_none_or(|before| matches!(before.token, Token::LParen) || before.is("select"));
        if is_first {
            return Some(Fault::new(comma.at.clone(), "nothing stands before this comma").help("leave the comma out"));
        }
        let behind = pieces.get(index + 1);
        let is_last = behind.is_none_or(|behind| {
            let closes = matches!(behind.token, Token::RParen | Token::RBracket | Token::SemiColon | Token::Comma);
            closes || (behind.is_among(AFTER_LIST) && !is_call(pieces, index + 1))
        });
        if is_last {
            let next = behind.and_then(|behind| sql.get(Range::clone(&behind.at)));
            let message = match next {
                Some(next) => format!("nothing stands between this comma and `{}`", next.to_lowercase()),
                None => "nothing stands behind this comma".to_owned(),
            };
            return Some(Fault::new(comma.at.clone(), message).help("leave the comma out"));
        }
    }
    None
}

/// Whether a word is the name of a function, or qualifies a name.
fn is_call(pieces: &[Piece], index: usize) -> bool {
    pieces.get(index + 1).is_some_and(|next| matches!(next.token, Token::LParen | Token::Period))
}

/// Words that are no name in any database, and that something must stand behind: a condition, a value, or a table.
const OPEN: &[&str] = &["where", "having", "and", "or", "not", "on", "when", "else", "from", "join"];

/// Words that are no name in any database, and that no condition or value begins with.
const RESERVED: &[&str] = &["where", "group", "having", "order", "union", "and", "or", "on", "when", "then", "else"];

/// A place where a condition, a value or a name is missing, and `by` behind `group` and `order`.
fn missing(sql: &str, pieces: &[Piece]) -> Option<Fault> {
    let written = |piece: &Piece| sql.get(Range::clone(&piece.at)).unwrap_or_default().to_lowercase();
    // `operator(pg_catalog.=)`
    let has_bare_operators = pieces.iter().any(|piece| piece.is("operator"));
    let befores = std::iter::once(None).chain(pieces.iter().map(Some));
    for (index, (piece, before)) in pieces.iter().zip(befores).enumerate() {
        // A field, the name of a column, and `order by x using <`.
        if before.is_some_and(|before| before.token == Token::Period || before.is("as") || before.is("using")) {
            continue;
        }
        let next = pieces.get(index + 1);
        if piece.is_among(&["group", "order"])
            && let Some(next) = next.filter(|next| matches!(next.token, Token::Word(_)) && !next.is("by"))
        {
            let message = format!("`by` is missing between `{}` and `{}`", written(piece), written(next));
            return Some(Fault::new(next.at.clone(), message));
        }
        let is_by = piece.is("by") && before.is_some_and(|before| before.is_among(&["group", "order", "partition"]));
        let is_open = is_by || piece.is_among(OPEN) || (!has_bare_operators && is_comparison(&piece.token));
        if !is_open {
            continue;
        }
        let Some(next) = next else {
            let end = piece.at.end;
            return Some(Fault::new(end..end, format!("something is missing behind `{}`", written(piece))));
        };
        let closes = matches!(next.token, Token::RParen | Token::SemiColon | Token::Comma);
        if closes || (next.is_among(RESERVED) && !is_call(pieces, index + 1)) {
            let message = format!("something is missing between `{}` and `{}`", written(piece), written(next));
            return Some(Fault::new(next.at.clone(), message));
        }
    }
    None
}

fn is_comparison(token: &Token) -> bool {
    matches!(token, Token::Eq | Token::Neq | Token::Lt | Token::Gt | Token::LtEq | Token::GtEq)
}

/// `in ?`: what is listed stands in brackets. `position(a in ?)` looks into a text.
fn bare_list(sql: &str, pieces: &[Piece]) -> Option<Fault> {
    let is_placeholder = |piece: &Piece| matches!(piece.token, Token::Placeholder(_));
    let mut pairs = pieces.iter().zip(pieces.iter().skip(1)).enumerate();
    let (index, (_, list)) = pairs.find(|(_, (piece, next))| piece.is("in") && is_placeholder(next))?;
    let mut depth = 0;
    let around = pieces.iter().take(index).rposition(|piece| {
        match piece.token {
            Token::RParen => depth += 1,
            Token::LParen => depth -= 1,
            _ => {}
        }
        depth < 0
    });
    let called = around.and_then(|bracket| pieces.get(bracket.checked_sub(1)?));
    let is_position = called.is_some_and(|called| called.is("position"));
    (!is_position).then(|| Fault::bare_list(sql, list.at.clone()))
}

/// A `case` without its `end`.
fn endless(pieces: &[Piece]) -> Option<Fault> {
    let mut open: Vec<&Piece> = Vec::new();
    for piece in pieces {
        if piece.is("case") {
            open.push(piece);
        } else if piece.is("end") {
            open.pop();
        }
    }
    let case = open.pop()?;
    Some(Fault::new(case.at.clone(), "this `case` has no `end`"))
}

/// `select from t`. `PostgreSQL` has rows without columns, which say something only inside `exists`.
fn nothing_selected(pieces: &[Piece], dialect: Dialect) -> Option<Fault> {
    let (select, _) = pieces.iter().zip(pieces.iter().skip(1)).enumerate().find_map(|(index, (piece, next))| {
        let is_found = piece.is("select") && next.is("from");
        (is_found && (dialect != Dialect::Postgres || index == 0)).then_some((piece, next))
    })?;
    Some(Fault::new(select.at.clone(), "nothing stands between `select` and `from`").help("name columns, or `*`"))
}

fn backtick(pieces: &[Piece], dialect: Dialect) -> Option<Fault> {
    let is_backtick = |piece: &&Piece| dialect == Dialect::Postgres && piece.token == Token::Char('`');
    let found = pieces.iter().find(is_backtick)?;
    Some(
        Fault::new(found.at.clone(), "PostgreSQL knows no backticks").help("names stand in double quotes: `\"order\"`"),
    )
}
