//! Whether a statement only reads.

use super::{Fault, Piece};
use sqlparser::tokenizer::Token;

const WRITES: &str = "what changes something is a write: declare it under `writes`, and run it by an action";

/// What begins a query.
const QUERIES: &[&str] = &["select", "values", "with", "table"];

/// What a statement inside another changes something by.
const CHANGES: &[&str] = &["insert", "update", "delete", "merge", "replace"];

/// Finds what is not a query that only reads.
pub(super) fn fault(pieces: &[Piece]) -> Option<Fault> {
    let first = pieces.iter().find(|piece| piece.token != Token::LParen)?;
    if let Some(verb) = first.word().filter(|verb| !QUERIES.contains(verb)) {
        let at = first.at.clone();
        return Some(match verb {
            "pragma" => Fault::new(at, "a query is one `select`, and `pragma` is none")
                .help("a pragma that tells something is a table: `select * from pragma_table_info('t')`"),
            "show" | "describe" | "desc" => Fault::new(at, format!("a query is one `select`, and `{verb}` is none"))
                .help("what it tells stands in tables too: `select * from information_schema.columns`"),
            "explain" => Fault::new(at, "a query is one `select`, and `explain` is none")
                .help("ask for a plan where you try the query out, in a client of the database"),
            _ => Fault::new(at, format!("a query only reads, and `{verb}` does not")).help(WRITES),
        });
    }
    (0..pieces.len()).find_map(|index| changing(pieces, index))
}

/// A part that changes something, if one begins here.
fn changing(pieces: &[Piece], index: usize) -> Option<Fault> {
    let piece = pieces.get(index)?;
    let word = piece.word()?;
    let before = index.checked_sub(1).and_then(|before| pieces.get(before));
    let behind = pieces.get(index + 1);
    let is_behind = |words: &[&str]| behind.is_some_and(|behind| behind.is_among(words));
    let begins = before.is_some_and(|before| matches!(before.token, Token::LParen | Token::RParen));
    let names = behind.is_some_and(|behind| matches!(behind.token, Token::Word(_)) && !behind.is("from"));
    match word {
        "insert" | "merge" | "replace" if begins && is_behind(&["into"]) => {}
        "delete" if begins && is_behind(&["from"]) => {}
        "update" if begins && names && pieces.iter().skip(index).any(|piece| piece.is("set")) => {}
        "into" if before.is_none_or(|before| !before.is_among(CHANGES)) => {
            let message = "a query only reads, and `into` writes what it finds elsewhere";
            return Some(
                Fault::new(piece.at.clone(), message).help("leave it out: the rows are the table of the query"),
            );
        }
        "for" | "lock" => return locking(pieces, index),
        _ => return None,
    }
    Some(Fault::new(piece.at.clone(), format!("a query only reads, and `{word}` does not")).help(WRITES))
}

/// `for update`, `for no key update of t`, `lock in share mode`.
fn locking(pieces: &[Piece], index: usize) -> Option<Fault> {
    const FORMS: &[&[&str]] = &[
        &["for", "update"],
        &["for", "share"],
        &["for", "no", "key", "update"],
        &["for", "key", "share"],
        &["lock", "in", "share", "mode"],
    ];
    let rest = pieces.get(index..)?;
    let is_form =
        |form: &&&[&str]| rest.len() >= form.len() && form.iter().zip(rest).all(|(word, piece)| piece.is(word));
    let form = FORMS.iter().find(is_form)?;
    // `substring(a for share)` counts letters.
    let is_over = rest.get(form.len()).is_none_or(|next| {
        matches!(next.token, Token::SemiColon) || next.is_among(&["of", "nowait", "skip", "wait", "for", "limit"])
    });
    let is_inside = matches!(rest.get(form.len()).map(|next| &next.token), Some(Token::RParen)) && form.len() > 2;
    let last = rest.get(form.len() - 1).filter(|_| is_over || is_inside)?;
    let at = rest.first()?.at.start..last.at.end;
    let message = format!("a query only reads, and `{}` locks what it reads", form.join(" "));
    Some(Fault::new(at, message).help("leave it out; a write locks by itself what it changes"))
}
