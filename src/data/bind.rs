//! Queries with their values beside the text: no value is ever written into SQL as it came.

use appspec_lang::value::{Fingerprint, Hasher, Scalar};

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

/// A name in the quotes of standard SQL.
pub(crate) fn quoted_name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
