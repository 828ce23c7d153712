//! How a query ends: whether rows could be sorted, counted or taken from it as a whole.

use sqlparser::tokenizer::Token;

use super::Dialect;
use super::piece::{Piece, pieces};

/// The clauses at the end of a query.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tail {
    /// The byte at which its own `order by` begins.
    pub order: Option<usize>,
    /// Whether it says itself how many rows it gives, or which of equal ones its order keeps: the order is then a part
    /// of what it means.
    pub is_limited: bool,
}

/// Looks at the end of a query; of one that cannot be taken apart nothing is known.
pub fn tail(sql: &str, dialect: Dialect) -> Option<Tail> {
    let pieces = pieces(sql, dialect).ok()?;
    let mut tail = Tail::default();
    let mut depth = 0_i32;
    for (at, piece) in pieces.iter().enumerate() {
        match piece.token {
            Token::LParen | Token::LBracket => depth += 1,
            Token::RParen | Token::RBracket => depth -= 1,
            _ => {}
        }
        if depth > 0 {
            continue;
        }
        let is_before = |word: &str| pieces.get(at + 1).is_some_and(|next| next.is(word));
        match piece.word() {
            Some("order") if is_before("by") => tail.order = tail.order.or(Some(piece.at.start)),
            Some("limit" | "offset" | "fetch" | "procedure") => tail.is_limited = true,
            Some("distinct") if is_before("on") => tail.is_limited = true,
            _ => {}
        }
    }
    // What is in brackets as a whole ends within them.
    let is_bracketed = pieces.first().is_some_and(|piece: &Piece| piece.token == Token::LParen);
    tail.is_limited |= is_bracketed;
    Some(tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_of_the_query_itself_are_seen() {
        for (sql, order, is_limited) in [
            ("select a from t", None, false),
            ("select a from t order by a, b desc", Some("order by a, b"), false),
            ("select a from t order by a limit 3", Some("order by a limit"), true),
            ("select a from t fetch first 3 rows only", None, true),
            ("select a, row_number() over (order by b) from t", None, false),
            ("with x as (select 1 limit 1) select * from x", None, false),
            ("select distinct on (a) a, b from t order by a, b", Some("order by a, b"), true),
            ("select 'order by' as \"limit\" from t -- limit", None, false),
            ("(select a from t order by a limit 1)", None, true),
            ("select a from (select b from t order by b) as q order by a", Some("order by a"), false),
        ] {
            for dialect in [Dialect::Postgres, Dialect::Mysql, Dialect::Sqlite] {
                // MySQL has no quotes of names but its own.
                if dialect == Dialect::Mysql && sql.contains('"') {
                    continue;
                }
                let order = order.map(|order| sql.rfind(order).unwrap());
                assert_eq!(tail(sql, dialect), Some(Tail { order, is_limited }), "{sql}");
            }
        }
        assert_eq!(tail("select 'open", Dialect::Sqlite), None);
    }
}
