//! Queries with their values beside the text: no value is ever written into SQL as it came.

use appspec_lang::value::{Fingerprint, Hasher, Scalar};

use crate::literal::Place;

/// Stands before a character that a pattern takes literally. A backslash would have to be written in another way for
/// each database.
pub const ESCAPE: char = '!';

/// A rendered SQL template.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BoundQuery {
    pub pieces: Vec<Piece>,
}

/// A part of a [`BoundQuery`].
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// What the author wrote.
    Sql(String),
    Param(Scalar),
    /// The items of a list, for `in`; of an empty one nothing is in, and everything is not in.
    List(Vec<Scalar>),
    /// A name that passed its `identifier([…])` list; it is quoted.
    Identifier(String),
}

impl BoundQuery {
    /// A query without values.
    pub fn plain(sql: impl Into<String>) -> Self {
        Self { pieces: vec![Piece::Sql(sql.into())] }
    }

    /// The SQL in one line, without the values: a `?` for each.
    pub(crate) fn shape(&self) -> String {
        let mut shape = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Sql(sql) => shape.push_str(sql),
                Piece::Param(_) => shape.push('?'),
                Piece::List(items) => shape.push_str(&vec!["?"; items.len()].join(", ")),
                Piece::Identifier(name) => shape.push_str(name),
            }
        }
        shape.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Without the semicolon at the end, which is not part of the query, nor is a comment behind it.
    ///
    /// `has_hashes`: `#` begins a comment too.
    pub(crate) fn trimmed(&self, has_hashes: bool) -> Self {
        let mut query = self.clone();
        let texts = self.pieces.iter().map(|piece| if let Piece::Sql(text) = piece { text.as_str() } else { "" });
        let before = texts
            .take(self.pieces.len().saturating_sub(1))
            .fold(Place::Code, |place, text| place.after_in(text, has_hashes));
        let Some(Piece::Sql(text)) = query.pieces.last_mut() else { return query };
        // Where a backslash may escape a quote, what stands inside of quotes is not known.
        let is_certain = |rest: &str| !text.contains('\\') || !rest.contains(['\'', '"', '`']);
        let is_end = |(at, _): &(usize, &str)| {
            let (code, rest) = text.split_at(*at);
            before.after_in(code, has_hashes) == Place::Code && is_blank(rest, has_hashes) && is_certain(rest)
        };
        let end = text.match_indices(';').find(is_end).map_or(text.len(), |(at, _)| at);
        let whole = text.get(..end).unwrap_or_default().trim_end().len();
        text.truncate(whole);
        query
    }

    pub fn fingerprint(&self) -> Fingerprint {
        let mut hasher = Hasher::default();
        self.digest(&mut hasher);
        hasher.finish()
    }

    /// Adds the query to a digest.
    pub fn digest(&self, hasher: &mut Hasher) {
        hasher.number(self.pieces.len() as u64);
        for piece in &self.pieces {
            match piece {
                Piece::Sql(sql) => _ = hasher.number(0).text(sql),
                Piece::Param(value) => value.digest(hasher.number(1)),
                Piece::List(items) => {
                    hasher.number(2).number(items.len() as u64);
                    for item in items {
                        item.digest(hasher);
                    }
                }
                Piece::Identifier(name) => _ = hasher.number(3).text(name),
            }
        }
    }
}

/// Whether nothing stands here but blanks, semicolons and comments.
fn is_blank(text: &str, has_hashes: bool) -> bool {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ';');
        rest = if rest.is_empty() {
            return true;
        } else if rest.starts_with("--") || (has_hashes && rest.starts_with('#')) {
            rest.split_once('\n').map_or("", |(_, rest)| rest)
        } else if let Some((_, behind)) = rest.strip_prefix("/*").and_then(|comment| comment.split_once("*/")) {
            behind
        } else {
            return false;
        };
    }
}

/// A name in the quotes of standard SQL.
pub(crate) fn quoted_name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_of_a_query_holds_no_values() {
        let pieces = vec![
            Piece::Sql("select *\n  from t where a = ".to_owned()),
            Piece::Param(Scalar::text("secret")),
            Piece::Sql(" and b in (".to_owned()),
            Piece::List(vec![Scalar::Int(1), Scalar::Int(2)]),
            Piece::Sql(") order by ".to_owned()),
            Piece::Identifier("day".to_owned()),
        ];
        assert_eq!(BoundQuery { pieces }.shape(), "select * from t where a = ? and b in (?, ?) order by day");
    }
}
