//! Words and signs that begin what only some database understands, and no parser of ours need know.

use sqlparser::tokenizer::Token;

use super::{Dialect, Piece};

/// How far around the place where the parser stopped something peculiar may be to blame.
const BEFORE: usize = 4;
const BEHIND: usize = 2;

/// Each begins or ends syntax that is not in every parser.
const WORDS: &[&str] = &[
    "against",
    "analyze",
    "any",
    "array",
    "asof",
    "at",
    "binary",
    "boolean",
    "breadth",
    "character",
    "charset",
    "collate",
    "columns",
    "conflict",
    "convert",
    "cross",
    "cube",
    "current",
    "cycle",
    "day_hour",
    "day_microsecond",
    "day_minute",
    "day_second",
    "default",
    "delayed",
    "depth",
    "div",
    "document",
    "dual",
    "dumpfile",
    "duplicate",
    "empty",
    "error",
    "escape",
    "examined",
    "except",
    "exclude",
    "expansion",
    "fetch",
    "filter",
    "first",
    "following",
    "for",
    "force",
    "format",
    "glob",
    "grouping",
    "groups",
    "high_priority",
    "hour_microsecond",
    "hour_minute",
    "hour_second",
    "ignore",
    "index",
    "indexed",
    "intersect",
    "into",
    "isnull",
    "key",
    "keys",
    "lateral",
    "like_regex",
    "locked",
    "low_priority",
    "match",
    "matched",
    "materialized",
    "member",
    "minute_microsecond",
    "minute_second",
    "mod",
    "mode",
    "natural",
    "nested",
    "next",
    "nextval",
    "no",
    "nothing",
    "notnull",
    "nowait",
    "nth_value",
    "nulls",
    "of",
    "offset",
    "only",
    "operator",
    "ordinality",
    "others",
    "outfile",
    "over",
    "overlaps",
    "overlay",
    "overriding",
    "partition",
    "passing",
    "period",
    "placing",
    "portion",
    "position",
    "preceding",
    "previous",
    "procedure",
    "qualify",
    "quick",
    "raise",
    "range",
    "recursive",
    "regexp",
    "repeatable",
    "replace",
    "respect",
    "returning",
    "rlike",
    "rollup",
    "row",
    "rows",
    "scalar",
    "search",
    "second_microsecond",
    "separator",
    "setof",
    "sets",
    "share",
    "similar",
    "skip",
    "some",
    "sounds",
    "sql_big_result",
    "sql_buffer_result",
    "sql_cache",
    "sql_calc_found_rows",
    "sql_no_cache",
    "sql_small_result",
    "straight_join",
    "substring",
    "symmetric",
    "system",
    "system_time",
    "tablesample",
    "ties",
    "trim",
    "unbounded",
    "unique",
    "unknown",
    "use",
    "using",
    "variadic",
    "versions",
    "wait",
    "window",
    "within",
    "without",
    "xor",
    "year_month",
    "zone",
];

/// What `SQLite` alone goes further with: `a is b`, `a in t`, `a not null`.
const OF_SQLITE: &[&str] = &["in", "is", "not"];

/// Whether something peculiar to one database stands near a piece.
pub(super) fn is_near(pieces: &[Piece], index: usize, dialect: Dialect) -> bool {
    let near = pieces.iter().take(index + BEHIND + 1).skip(index.saturating_sub(BEFORE));
    let is_literal =
        |(word, text): (&Piece, &Piece)| word.word().is_some() && matches!(text.token, Token::SingleQuotedString(_));
    // `inet '10.0.0.1/8'`: the name of any type may stand before a text.
    near.clone().zip(near.clone().skip(1)).any(is_literal)
        || near.clone().any(|piece| is_peculiar(piece, dialect))
        || is_record(pieces, index)
}

fn is_peculiar(piece: &Piece, dialect: Dialect) -> bool {
    let Some(word) = piece.word() else { return !is_common(&piece.token) };
    let is_family = ["xml", "json_", "_utf8", "_latin1", "_binary"].iter().any(|prefix| word.starts_with(prefix));
    is_family || WORDS.binary_search(&word).is_ok() || (dialect == Dialect::Sqlite && OF_SQLITE.contains(&word))
}

/// `from f() as (a int, b text)`
fn is_record(pieces: &[Piece], index: usize) -> bool {
    let before = index.checked_sub(1).and_then(|before| pieces.get(before));
    pieces.get(index).is_some_and(|piece| piece.token == Token::LParen) && before.is_some_and(|before| before.is("as"))
}

/// Signs that every parser reads as every database does.
fn is_common(token: &Token) -> bool {
    matches!(
        token,
        Token::Word(_)
            | Token::Number(..)
            | Token::SingleQuotedString(_)
            | Token::DoubleQuotedString(_)
            | Token::Placeholder(_)
            | Token::Comma
            | Token::Period
            | Token::SemiColon
            | Token::LParen
            | Token::RParen
            | Token::Eq
            | Token::Neq
            | Token::Lt
            | Token::Gt
            | Token::LtEq
            | Token::GtEq
            | Token::Plus
            | Token::Minus
            | Token::Mul
            | Token::Div
            | Token::StringConcat
            | Token::DoubleColon
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_sorted() {
        assert!(WORDS.is_sorted());
    }
}
