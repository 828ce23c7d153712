//! Parts of tables: the rows that somebody looks at, in the order that they chose, and how many there are.
//!
//! Where the table comes from SQL the database does it, so that a page of a large table costs no more than one of a
//! small table; a file is read as far as its page needs; of all else the whole table is there already.

mod frame;
mod sql;

use appspec_lang::spec::Name;
use appspec_lang::value::{Condition, Hasher, Scalar};

pub(crate) use frame::part_of;
pub(crate) use sql::pushed;

/// What is taken of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// All of them hold for each row.
    pub conditions: Vec<(Name, Condition)>,
    pub search: Option<Search>,
    pub take: Take,
}

/// Texts one of which one of some columns contains, in whatever case.
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    /// What was looked for, and other ways to write it.
    pub texts: Vec<String>,
    /// None stands for all, but not in a database.
    pub columns: Vec<Name>,
}

/// What is taken of the rows that are left.
#[derive(Clone, Debug, PartialEq)]
pub enum Take {
    /// A table of one cell: how many there are.
    Count,
    Rows(Rows),
    /// A table of one column: those of some values that it holds, each once.
    Among {
        column: Name,
        values: Vec<Scalar>,
    },
}

/// Some rows in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// By the first column, then by the next; without any, as the table has them.
    pub order: Vec<Order>,
    /// The column that decides between equals.
    pub key: Option<Name>,
    /// Whether no two rows have the same key: an order is then the same whenever it is asked for.
    pub is_unique: bool,
    pub offset: u64,
    /// Without one, all that follow.
    pub limit: Option<u64>,
    /// How many there are, if that is known: what lies near the end is found from there. It changes no result.
    pub total: Option<u64>,
}

/// A column that rows are sorted by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    pub column: Name,
    pub descending: bool,
}

impl Window {
    /// What readers have entered as text.
    pub(crate) fn texts(&self) -> Vec<String> {
        let conditions = self.conditions.iter().filter_map(|(_, condition)| match condition {
            Condition::Contains(text) => Some(text.clone()),
            Condition::Equal(value) | Condition::Unequal(value) => value.as_text().map(str::to_owned),
            Condition::Within { .. } | Condition::Missing(_) => None,
        });
        let searched = self.search.iter().flat_map(|search| search.texts.iter().cloned());
        conditions.chain(searched).filter(|text| !text.is_empty()).collect()
    }

    /// Adds to a digest all that the result depends on.
    pub(crate) fn digest(&self, hasher: &mut Hasher) {
        let take = match &self.take {
            other @ (Take::Count | Take::Among { .. }) => other.clone(),
            Take::Rows(rows) => Take::Rows(Rows { total: None, ..rows.clone() }),
        };
        hasher.text(&format!("{:?}", (&self.conditions, &self.search, take)));
    }
}

impl Rows {
    /// What the rows are sorted by, the key last; nothing where they are not.
    ///
    /// The key goes in the direction of what it decides, so that an index serves both.
    fn terms(&self) -> Vec<Order> {
        let mut terms = self.order.clone();
        if let (Some(last), Some(key)) = (terms.last(), &self.key)
            && terms.iter().all(|term| term.column != *key)
        {
            let descending = last.descending;
            terms.push(Order { column: key.clone(), descending });
        }
        terms
    }

    /// The same rows, counted and sorted from the end, if that is nearer.
    fn turned(&self, terms: &[Order]) -> Option<(Vec<Order>, u64, u64)> {
        let (total, limit) = (self.total?, self.limit?);
        let until = self.offset.saturating_add(limit).min(total);
        if !self.is_unique || terms.is_empty() || self.offset >= total || self.offset < total - until {
            return None;
        }
        let turned = |term: &Order| Order { column: term.column.clone(), descending: !term.descending };
        Some((terms.iter().map(turned).collect(), total - until, until - self.offset))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_behind_the_middle_is_counted_from_the_end() {
        let order = |column: &str, descending| Order { column: column.into(), descending };
        let rows = |offset, total| Rows {
            order: vec![order("a", true)],
            key: Some("id".into()),
            is_unique: true,
            offset,
            limit: Some(10),
            total,
        };
        let terms = rows(0, None).terms();
        assert_eq!(terms, [order("a", true), order("id", true)]);
        let turned = vec![order("a", false), order("id", false)];
        for (offset, total, expected) in [
            (0, Some(100), None),
            (40, Some(100), None),
            (50, Some(100), Some((40, 10))),
            (90, Some(100), Some((0, 10))),
            (90, Some(95), Some((0, 5))),
            (100, Some(95), None),
            (90, None, None),
        ] {
            let expected = expected.map(|(offset, limit)| (turned.clone(), offset, limit));
            assert_eq!(rows(offset, total).turned(&terms), expected, "{offset} {total:?}");
        }
        let ambiguous = Rows { is_unique: false, ..rows(90, Some(100)) };
        assert_eq!(ambiguous.turned(&terms), None);
    }
}
