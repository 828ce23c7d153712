//! SQL with places for values, as a driver takes it.

use std::sync::Arc;

use appspec_lang::spec::Dialect;
use appspec_lang::value::Scalar;

use crate::bind::{BoundQuery, Piece, quoted_name};

/// A query as text and places for values.
pub(super) struct Template {
    pub(super) parts: Vec<Part>,
}

/// A part of a [`Template`].
pub(super) enum Part {
    Text(String),
    /// A name, to be quoted.
    Name(String),
    Slot(Slot),
}

/// A place for a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Slot {
    Value(Scalar),
    /// A whole list, where the dialect takes one.
    Array(Arc<[Scalar]>),
    /// The items of an empty list, which are none: `in ()` is no SQL.
    Nothing,
}

impl Template {
    /// With a place for each item of a list; for the list as a whole where `takes_array` says so of the text before
    /// and behind.
    pub(super) fn new(query: &BoundQuery, dialect: Dialect, takes_array: impl Fn(&str, &str) -> bool) -> Self {
        let query = query.trimmed(dialect == Dialect::Mysql);
        let mut parts = Vec::new();
        for (at, piece) in query.pieces.iter().enumerate() {
            let text_at = |at: Option<usize>| match at.and_then(|at| query.pieces.get(at)) {
                Some(Piece::Sql(text)) => text.as_str(),
                _ => "",
            };
            let items: &[Scalar] = match piece {
                Piece::Sql(text) => {
                    parts.push(Part::Text(text.clone()));
                    continue;
                }
                Piece::Identifier(name) => {
                    parts.push(Part::Name(name.clone()));
                    continue;
                }
                Piece::Param(Scalar::List(items)) => items,
                Piece::Param(Scalar::Range(ends)) => ends.as_slice(),
                Piece::Param(value) => std::slice::from_ref(value),
                Piece::List(items) => items,
            };
            let is_list = !matches!(piece, Piece::Param(value) if !matches!(value, Scalar::List(_)));
            if is_list && takes_array(text_at(at.checked_sub(1)), text_at(Some(at + 1))) {
                parts.push(Part::Slot(Slot::Array(items.into())));
            } else {
                push_items(items, &mut parts);
            }
        }
        Self { parts }
    }

    pub(super) fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.parts.iter().filter_map(|part| if let Part::Slot(slot) = part { Some(slot) } else { None })
    }

    /// The text, with names and places as the dialect writes them; a place is told its number, from 0.
    pub(super) fn text(&self, name: impl Fn(&str) -> String, mut place: impl FnMut(usize, &Slot) -> String) -> String {
        let mut sql = String::new();
        let mut number = 0;
        for part in &self.parts {
            match part {
                Part::Text(text) => sql.push_str(text),
                Part::Name(text) => sql.push_str(&name(text)),
                Part::Slot(slot) => {
                    sql.push_str(&place(number, slot));
                    number += 1;
                }
            }
        }
        sql
    }
}

impl Template {
    /// The byte of the query, in which each value is one `?` and each name stands in double quotes, for a byte of its
    /// [text](Self::text).
    pub(super) fn origin(
        &self,
        at: usize,
        name: impl Fn(&str) -> String,
        mut place: impl FnMut(usize, &Slot) -> String,
    ) -> usize {
        let (mut sent, mut written, mut number) = (0, 0, 0);
        for part in &self.parts {
            let (length, width) = match part {
                Part::Text(text) => (text.len(), text.len()),
                Part::Name(text) => (name(text).len(), quoted_name(text).len()),
                Part::Slot(slot) => {
                    number += 1;
                    (place(number - 1, slot).len(), 1)
                }
            };
            if at < sent + length {
                return written + (at - sent).min(width.saturating_sub(1));
            }
            sent += length;
            written += width;
        }
        written
    }
}

fn push_items(items: &[Scalar], parts: &mut Vec<Part>) {
    if items.is_empty() {
        parts.push(Part::Slot(Slot::Nothing));
    }
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            parts.push(Part::Text(", ".to_owned()));
        }
        // A list of lists has no place in SQL.
        let item = if matches!(item, Scalar::List(_) | Scalar::Range(_)) { Scalar::Null } else { item.clone() };
        parts.push(Part::Slot(Slot::Value(item)));
    }
}

/// The query as a subquery, of which at most `rows` are read.
///
/// The line break keeps a comment at the end of the text from swallowing the bracket.
pub(super) fn wrap(columns: &str, sql: &str, rows: Option<u64>) -> String {
    let limit = rows.map_or(String::new(), |rows| format!(" limit {rows}"));
    format!("select {columns} from (\n{sql}\n) as q{limit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_places_for_their_items_or_one_for_all() {
        let list = |items: &[i64]| Piece::List(items.iter().copied().map(Scalar::Int).collect());
        let sql = |text: &str| Piece::Sql(text.to_owned());
        let query = BoundQuery {
            pieces: vec![
                sql("x in ("),
                list(&[1, 2]),
                sql(") and y in ("),
                list(&[]),
                sql(") and z = any("),
                list(&[3]),
                sql(") order by "),
                Piece::Identifier("a".to_owned()),
                sql(" limit "),
                Piece::Param(Scalar::Int(4)),
                sql(" ; "),
            ],
        };
        let template = Template::new(&query, Dialect::Postgres, |before, _| before.ends_with("any("));
        let text = template.text(str::to_uppercase, |number, slot| match slot {
            Slot::Value(_) => format!("${number}"),
            Slot::Array(items) => format!("${number}[{}]", items.len()),
            Slot::Nothing => "nothing".to_owned(),
        });
        assert_eq!(text, "x in ($0, $1) and y in (nothing) and z = any($3[1]) order by A limit $4");
        assert_eq!(template.slots().count(), 5);
    }

    #[test]
    fn a_byte_that_was_sent_is_known_to_its_query() {
        let pieces = vec![
            Piece::Sql("where a = ".to_owned()),
            Piece::Param(Scalar::Int(1)),
            Piece::Sql(" and ".to_owned()),
            Piece::Identifier("b".to_owned()),
            Piece::Sql(" = c".to_owned()),
        ];
        let template = Template::new(&BoundQuery { pieces }, Dialect::Mysql, |_, _| false);
        let (name, place) = (|name: &str| format!("`{name}`"), |_, _: &Slot| "cast(? as date)".to_owned());
        let (sent, query) = (template.text(name, place), r#"where a = ? and "b" = c"#);
        for (word, wanted) in [("where", "where"), ("cast", "?"), ("date", "?"), ("and", "and"), ("c\0", "c")] {
            let at = sent.find(word).unwrap_or(sent.len() - 1);
            assert_eq!(template.origin(at, name, place), query.find(wanted).unwrap(), "{word}");
        }
    }

    #[test]
    fn what_follows_the_last_semicolon_is_left_out() {
        for (sql, wanted) in [
            ("select 1", "select 1"),
            ("select 1 ; ;\n", "select 1"),
            ("select 1; -- that's all", "select 1"),
            ("select 1; -- one\n/* two; */ -- three;", "select 1"),
            ("select 1 -- one; two", "select 1 -- one; two"),
            ("select 1; select 2", "select 1; select 2"),
            ("select 1; select 2; -- end", "select 1; select 2"),
            ("select 'a; -- b'", "select 'a; -- b'"),
            (r"select 'it\'s; -- b'", r"select 'it\'s; -- b'"),
            ("select 1; /* open", "select 1; /* open"),
        ] {
            let template = Template::new(&BoundQuery::plain(sql), Dialect::Sqlite, |_, _| false);
            assert_eq!(template.text(str::to_owned, |_, _| String::new()), wanted);
        }
        for (sql, wanted) in [
            ("select 1; # that's all", "select 1"),
            ("select 1 # it's; one\n; # two;", "select 1 # it's; one"),
            ("select 1; # one\nselect 2", "select 1; # one\nselect 2"),
        ] {
            let template = Template::new(&BoundQuery::plain(sql), Dialect::Mysql, |_, _| false);
            assert_eq!(template.text(str::to_owned, |_, _| String::new()), wanted);
        }
    }
}
