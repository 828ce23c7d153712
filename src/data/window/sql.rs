//! A part of a query's table, as SQL around the query.

use appspec_lang::spec::Dialect;
use appspec_lang::sql::database::{Tail, tail};
use appspec_lang::value::{Condition, End, Scalar};

use super::{Order, Take, Window};
use crate::bind::{BoundQuery, ESCAPE, Piece};

/// `MySQL` keeps the order of a query inside another only if that has a limit; this is one that nothing reaches.
const NO_LIMIT: &str = "\nlimit 18446744073709551615";

/// A query for a part of another's table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pushed {
    pub(crate) query: BoundQuery,
    /// Whether its last row is to be the first.
    pub(crate) is_turned: bool,
}

/// The query for a part of the table of another.
pub(crate) fn pushed(query: &BoundQuery, window: &Window, dialect: Dialect) -> Pushed {
    let base = Base::new(query, dialect);
    let mut writer = Writer { pieces: Vec::new(), dialect };
    let mut is_turned = false;
    match &window.take {
        Take::Count => {
            writer.sql("select count(*) as n from (\n").query(&base.unordered()).sql("\n) as q");
            writer.conditions(window);
        }
        Take::Among { column, values } => {
            writer.sql("select distinct ").name(column).sql(" from (\n").query(&base.unordered()).sql("\n) as q");
            writer.sql("\nwhere ").name(column).sql(" in (");
            for (at, value) in values.iter().enumerate() {
                writer.sql(if at > 0 { ", " } else { "" }).value(value);
            }
            writer.sql(")");
        }
        Take::Rows(rows) => {
            let is_loose = base.tail.order.is_none() && !base.tail.is_limited;
            let mut terms = rows.terms();
            if let Some(key) = rows.key.as_ref().filter(|_| terms.is_empty() && rows.is_unique && is_loose) {
                terms.push(Order { column: key.clone(), descending: false });
            }
            let turned = rows.turned(&terms);
            is_turned = turned.is_some();
            let limit = rows.limit.map(|limit| (rows.offset, limit));
            let (terms, limit) = turned.map_or((terms, limit), |(terms, offset, limit)| (terms, Some((offset, limit))));
            let is_filtered = !window.conditions.is_empty() || window.search.is_some();
            if terms.is_empty() && !is_filtered && !base.tail.is_limited {
                writer.query(&base.query);
            } else {
                let inner = if terms.is_empty() { base.in_order(dialect) } else { base.unordered() };
                writer.sql("select * from (\n").query(&inner).sql("\n) as q");
                writer.conditions(window);
                writer.order(&terms);
            }
            if let Some((offset, limit)) = limit {
                writer.sql(&format!("\nlimit {limit}"));
                if offset > 0 {
                    writer.sql(&format!(" offset {offset}"));
                }
            }
        }
    }
    Pushed { query: BoundQuery { pieces: writer.pieces }, is_turned }
}

/// The query whose table it is, and how it ends.
struct Base {
    query: BoundQuery,
    tail: Tail,
}

impl Base {
    fn new(query: &BoundQuery, dialect: Dialect) -> Self {
        let query = query.trimmed(dialect == Dialect::Mysql);
        let text: String = query.pieces.iter().map(written).collect();
        // Of what cannot be taken apart all is left as it is.
        let tail = tail(&text, dialect).unwrap_or(Tail { order: None, is_limited: true });
        Self { query, tail }
    }

    /// The query without its order, where that decides nothing else.
    fn unordered(&self) -> BoundQuery {
        let Some(at) = self.tail.order.filter(|_| !self.tail.is_limited) else { return self.query.clone() };
        let (mut pieces, mut passed) = (Vec::new(), 0);
        for piece in &self.query.pieces {
            let end = passed + written(piece).len();
            if let (Piece::Sql(text), true) = (piece, end > at) {
                pieces.push(Piece::Sql(text.get(..at - passed).unwrap_or_default().trim_end().to_owned()));
                break;
            }
            pieces.push(piece.clone());
            passed = end;
        }
        BoundQuery { pieces }
    }

    /// The query as it stands within another that has no order of its own.
    fn in_order(&self, dialect: Dialect) -> BoundQuery {
        let mut query = self.query.clone();
        if dialect == Dialect::Mysql && self.tail.order.is_some() && !self.tail.is_limited {
            query.pieces.push(Piece::Sql(NO_LIMIT.to_owned()));
        }
        query
    }
}

/// A piece as it stands in a text that is only looked at: a value is a number.
fn written(piece: &Piece) -> &str {
    match piece {
        Piece::Sql(text) => text,
        Piece::Identifier(_) => " x ",
        Piece::Param(_) | Piece::List(_) => " 0 ",
    }
}

struct Writer {
    pieces: Vec<Piece>,
    dialect: Dialect,
}

impl Writer {
    fn sql(&mut self, text: &str) -> &mut Self {
        match self.pieces.last_mut() {
            Some(Piece::Sql(last)) => last.push_str(text),
            _ => self.pieces.push(Piece::Sql(text.to_owned())),
        }
        self
    }

    fn query(&mut self, query: &BoundQuery) -> &mut Self {
        for piece in &query.pieces {
            match piece {
                Piece::Sql(text) => _ = self.sql(text),
                other => self.pieces.push(other.clone()),
            }
        }
        self
    }

    fn name(&mut self, column: &str) -> &mut Self {
        self.pieces.push(Piece::Identifier(column.to_owned()));
        self
    }

    fn value(&mut self, value: &Scalar) -> &mut Self {
        self.pieces.push(Piece::Param(value.clone()));
        self
    }

    fn conditions(&mut self, window: &Window) {
        let mut word = "\nwhere ";
        for (column, condition) in &window.conditions {
            self.sql(word).condition(column, condition);
            word = " and ";
        }
        if let Some(search) = &window.search {
            self.sql(word).sql("(");
            let pairs = search.columns.iter().flat_map(|column| search.texts.iter().map(move |text| (column, text)));
            for (at, (column, text)) in pairs.enumerate() {
                self.sql(if at > 0 { " or " } else { "" }).contains(column, text);
            }
            self.sql(if search.columns.is_empty() { "1 = 0)" } else { ")" });
        }
    }

    fn condition(&mut self, column: &str, condition: &Condition) {
        match condition {
            Condition::Contains(text) => self.contains(column, text),
            Condition::Equal(value) => _ = self.name(column).sql(" = ").value(value),
            Condition::Unequal(value) => {
                self.sql("(").name(column).sql(" <> ").value(value).sql(" or ").name(column).sql(" is null)");
            }
            Condition::Missing(true) => _ = self.name(column).sql(" is null"),
            Condition::Missing(false) => _ = self.name(column).sql(" is not null"),
            Condition::Within { low, high } => {
                let end = |end: &Option<End>, operator: &'static str| {
                    end.as_ref().map(|end| (end.value.clone(), operator, if end.inclusive { "= " } else { " " }))
                };
                let ends = [end(low, " >"), end(high, " <")];
                for (at, (value, operator, rest)) in ends.into_iter().flatten().enumerate() {
                    self.sql(if at > 0 { " and " } else { "" }).name(column).sql(operator).sql(rest).value(&value);
                }
            }
        }
    }

    /// Whether a column holds a text, in whatever case as far as the database knows cases.
    fn contains(&mut self, column: &str, text: &str) {
        let ty = if self.dialect == Dialect::Mysql { "char" } else { "text" };
        let mut pattern = String::from("%");
        for sign in text.to_lowercase().chars() {
            if matches!(sign, '%' | '_' | ESCAPE) {
                pattern.push(ESCAPE);
            }
            pattern.push(sign);
        }
        pattern.push('%');
        self.sql("lower(cast(").name(column).sql(&format!(" as {ty})) like ")).value(&Scalar::text(pattern));
        self.sql(&format!(" escape '{ESCAPE}'"));
    }

    fn order(&mut self, terms: &[Order]) {
        let mut word = "\norder by ";
        for Order { column, descending } in terms {
            self.sql(word).name(column).sql(if *descending { " desc" } else { "" });
            word = ", ";
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Rows, Search};
    use super::*;

    /// The query as text, with its values in it.
    fn text(pushed: &Pushed) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Sql(text) => text.clone(),
            Piece::Identifier(name) => format!("`{name}`"),
            Piece::Param(Scalar::Text(text)) => format!("'{text}'"),
            Piece::Param(Scalar::Int(int)) => int.to_string(),
            Piece::Param(value) => format!("{value:?}"),
            Piece::List(_) => "list".to_owned(),
        };
        let text: String = pushed.query.pieces.iter().map(piece).collect();
        text.replace('\n', " ")
    }

    fn rows(rows: Rows) -> Window {
        Window { conditions: Vec::new(), search: None, take: Take::Rows(Rows { limit: Some(5), ..rows }) }
    }

    fn by(column: &str) -> Rows {
        Rows { order: vec![Order { column: column.into(), descending: true }], ..Rows::default() }
    }

    #[test]
    fn a_page_is_a_part_of_the_query() {
        let key = Rows { key: Some("id".into()), is_unique: true, ..Rows::default() };
        for (sql, window, expected) in [
            ("select a from t;", rows(Rows::default()), "select a from t limit 5"),
            (
                "select a from t -- all",
                rows(Rows { offset: 10, ..Rows::default() }),
                "select a from t -- all limit 5 offset 10",
            ),
            (
                "select a from t limit 9",
                rows(Rows::default()),
                "select * from ( select a from t limit 9 ) as q limit 5",
            ),
            ("select a from t", rows(key.clone()), "select * from ( select a from t ) as q order by `id` limit 5"),
            ("select a from t order by a", rows(key), "select a from t order by a limit 5"),
            (
                "select a from t order by a",
                rows(by("b")),
                "select * from ( select a from t ) as q order by `b` desc limit 5",
            ),
            (
                "select a from t order by a limit 3",
                rows(by("b")),
                "select * from ( select a from t order by a limit 3 ) as q order by `b` desc limit 5",
            ),
        ] {
            let pushed = pushed(&BoundQuery::plain(sql), &window, Dialect::Sqlite);
            assert_eq!(text(&pushed), expected);
            assert!(!pushed.is_turned);
        }
    }

    #[test]
    fn some_values_of_a_column_are_asked_for() {
        let values = vec![Scalar::Int(3), Scalar::Int(5)];
        let window = Window { conditions: Vec::new(), search: None, take: Take::Among { column: "id".into(), values } };
        let pushed = pushed(&BoundQuery::plain("select id, a from t order by a"), &window, Dialect::Sqlite);
        assert_eq!(text(&pushed), "select distinct `id` from ( select id, a from t ) as q where `id` in (3, 5)");
    }

    #[test]
    fn values_stay_where_they_were() {
        let pieces = vec![
            Piece::Sql("select a from t where b = ".to_owned()),
            Piece::Param(Scalar::Int(1)),
            Piece::Sql(" order by c = ".to_owned()),
            Piece::Param(Scalar::Int(2)),
        ];
        let query = BoundQuery { pieces };
        let sorted = pushed(&query, &rows(by("b")), Dialect::Sqlite);
        let expected = "select * from ( select a from t where b = 1 ) as q order by `b` desc limit 5";
        assert_eq!(text(&sorted), expected);
        let found =
            Window { conditions: vec![("a".into(), Condition::Unequal(Scalar::Int(3)))], ..rows(Rows::default()) };
        let found = pushed(&query, &found, Dialect::Mysql);
        let expected = "select * from ( select a from t where b = 1 order by c = 2 limit 18446744073709551615 ) as q \
                        where (`a` <> 3 or `a` is null) limit 5";
        assert_eq!(text(&found), expected);
    }

    #[test]
    fn rows_are_counted_without_being_sorted() {
        let search = Search { texts: vec!["50%".to_owned()], columns: vec!["a".into(), "b".into()] };
        let low = Some(End { value: Scalar::Int(3), inclusive: true });
        let high = Some(End { value: Scalar::Int(9), inclusive: false });
        let window = Window {
            conditions: vec![("n".into(), Condition::Within { low, high })],
            search: Some(search),
            take: Take::Count,
        };
        let pushed = pushed(&BoundQuery::plain("select a, b, n from t order by a"), &window, Dialect::Postgres);
        let expected = "select count(*) as n from ( select a, b, n from t ) as q where `n` >= 3 and `n` < 9 and \
                        (lower(cast(`a` as text)) like '%50!%%' escape '!' or lower(cast(`b` as text)) like '%50!%%' escape '!')";
        assert_eq!(text(&pushed), expected);
    }
}
