//! Small integers made wide: Polars counts in 32 bits without a sign, and `count(*) - 10` of five rows would be four
//! billions.

use std::ops::Range;

use sqlparser::dialect::GenericDialect;
use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};

use super::lines::Lines;

/// Functions whose result has fewer than 64 bits or no sign.
const NARROW: &[&str] = &[
    "array_length",
    "bit_length",
    "char_length",
    "character_length",
    "count",
    "date_part",
    "dense_rank",
    "extract",
    "length",
    "octet_length",
    "position",
    "rank",
    "row_number",
    "strpos",
];

/// What `extract` gives as a float, or as no number.
const NOT_WHOLE: &[&str] = &["epoch", "time", "millisecond", "milliseconds", "ms", "microsecond", "microseconds", "us"];

/// Types of fewer than 64 bits or without a sign.
const NARROW_TYPES: &[&str] = &[
    "int",
    "integer",
    "int2",
    "int4",
    "smallint",
    "tinyint",
    "mediumint",
    "uint",
    "uinteger",
    "usmallint",
    "utinyint",
];

/// The same SQL, with integers of 64 bits and a sign wherever it computes with integers. Text that cannot be read is
/// left as it is.
pub fn widened(sql: &str) -> String {
    let Ok(tokens) = Tokenizer::new(&GenericDialect, sql).tokenize_with_location() else { return sql.to_owned() };
    let tokens: Vec<TokenWithSpan> =
        tokens.into_iter().filter(|token| !matches!(token.token, Token::Whitespace(_))).collect();
    let lines = Lines::of(sql);
    let place = |at: usize| {
        tokens
            .get(at)
            .map_or(sql.len()..sql.len(), |token| lines.offset(token.span.start)..lines.offset(token.span.end))
    };
    let mut edits: Vec<(Range<usize>, &str)> = Vec::new();
    for at in 0..tokens.len() {
        if let Some(last) = narrow_call(&tokens, at) {
            let (start, end) = (place(at).start, place(last).end);
            edits.push((start..start, "cast("));
            edits.push((end..end, " as bigint)"));
        } else if let Some(last) = call(&tokens, at, &["sum"]) {
            // Of booleans it is a count; of anything else this changes nothing.
            let (start, end) = (place(at).start, place(last).end);
            edits.push((start..start, "("));
            edits.push((end..end, " * cast(1 as bigint))"));
        } else if is_narrow_type(&tokens, at) {
            edits.push((place(at), "bigint"));
        }
    }
    apply(sql, edits)
}

fn apply(sql: &str, mut edits: Vec<(Range<usize>, &str)>) -> String {
    edits.sort_by_key(|(at, _)| at.start);
    let mut widened = String::with_capacity(sql.len() * 2);
    let mut done = 0;
    for (at, text) in edits {
        widened.push_str(sql.get(done..at.start).unwrap_or_default());
        widened.push_str(text);
        done = at.end;
    }
    widened.push_str(sql.get(done..).unwrap_or_default());
    widened
}

/// The word at a place, in lower case, unless it is quoted.
fn word(tokens: &[TokenWithSpan], at: usize) -> Option<String> {
    match &tokens.get(at)?.token {
        Token::Word(word) if word.quote_style.is_none() => Some(word.value.to_lowercase()),
        _ => None,
    }
}

fn is(tokens: &[TokenWithSpan], at: usize, token: &Token) -> bool {
    tokens.get(at).is_some_and(|found| found.token == *token)
}

/// The last token of a call of one of these functions that begins here, with what belongs to it.
fn call(tokens: &[TokenWithSpan], at: usize, names: &[&str]) -> Option<usize> {
    let name = word(tokens, at)?;
    let is_part = at > 0 && is(tokens, at - 1, &Token::Period);
    if is_part || !names.contains(&name.as_str()) || !is(tokens, at + 1, &Token::LParen) {
        return None;
    }
    let mut last = closing(tokens, at + 1)?;
    while let Some(next) = word(tokens, last + 1) {
        let has_brackets = is(tokens, last + 2, &Token::LParen);
        last = match next.as_str() {
            "filter" | "over" if has_brackets => closing(tokens, last + 2)?,
            "over" if word(tokens, last + 2).is_some() => last + 2,
            _ => break,
        };
    }
    Some(last)
}

fn narrow_call(tokens: &[TokenWithSpan], at: usize) -> Option<usize> {
    let last = call(tokens, at, NARROW)?;
    let name = word(tokens, at)?;
    if matches!(name.as_str(), "extract" | "date_part") {
        let part = match &tokens.get(at + 2)?.token {
            Token::Word(part) => part.value.to_lowercase(),
            Token::SingleQuotedString(part) => part.to_lowercase(),
            _ => return None,
        };
        if NOT_WHOLE.contains(&part.as_str()) {
            return None;
        }
    }
    Some(last)
}

/// The bracket that closes the one here.
fn closing(tokens: &[TokenWithSpan], open: usize) -> Option<usize> {
    let mut depth = 0usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.token {
            Token::LParen => depth += 1,
            Token::RParen if depth == 1 => return Some(at),
            Token::RParen => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Whether this is a type of few bits, behind `::` or as the type of a `cast`.
fn is_narrow_type(tokens: &[TokenWithSpan], at: usize) -> bool {
    if !word(tokens, at).is_some_and(|word| NARROW_TYPES.contains(&word.as_str())) || at == 0 {
        return false;
    }
    if is(tokens, at - 1, &Token::DoubleColon) {
        return true;
    }
    // The type of a `cast` is the last in its bracket; an alias is never behind a name that opens one.
    word(tokens, at - 1).as_deref() == Some("as")
        && is(tokens, at + 1, &Token::RParen)
        && opening(tokens, at)
            .is_some_and(|open| open > 0 && matches!(word(tokens, open - 1).as_deref(), Some("cast" | "try_cast")))
}

/// The bracket that is open here.
fn opening(tokens: &[TokenWithSpan], at: usize) -> Option<usize> {
    let mut depth = 0usize;
    for (at, token) in tokens.get(..at)?.iter().enumerate().rev() {
        match token.token {
            Token::RParen => depth += 1,
            Token::LParen if depth == 0 => return Some(at),
            Token::LParen => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts_is_made_wide_and_nothing_else_changes() {
        for (sql, wanted) in [
            ("select count(*) - 10 from t", "select cast(count(*) as bigint) - 10 from t"),
            ("select Count ( distinct x ) from t", "select cast(Count ( distinct x ) as bigint) from t"),
            (
                "select count(*) filter (where a > 1) over (partition by b) as n",
                "select cast(count(*) filter (where a > 1) over (partition by b) as bigint) as n",
            ),
            ("select row_number() over w from t", "select cast(row_number() over w as bigint) from t"),
            ("select length(length(x)) from t", "select cast(length(cast(length(x) as bigint)) as bigint) from t"),
            ("select sum(count(*)) from t", "select (sum(cast(count(*) as bigint)) * cast(1 as bigint)) from t"),
            ("select extract(month from d)", "select cast(extract(month from d) as bigint)"),
            (
                "select extract(epoch from d), date_part('epoch', d)",
                "select extract(epoch from d), date_part('epoch', d)",
            ),
            ("select cast(x as int), y::integer", "select cast(x as bigint), y::bigint"),
            ("select x as int, count, \"count\"(1), t.count(2)", "select x as int, count, \"count\"(1), t.count(2)"),
            (
                "select 'count(*)' -- count(*)\n, 'ä' || count(*)",
                "select 'count(*)' -- count(*)\n, 'ä' || cast(count(*) as bigint)",
            ),
            ("select '", "select '"),
        ] {
            assert_eq!(widened(sql), wanted);
        }
    }
}
