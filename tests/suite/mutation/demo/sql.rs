//! What the words of SQL are.

use std::ops::Range;

use appspec_lang::source::SourceText;

use super::super::word::{Token, TokenKind, tokens};
use super::{ColumnType, Emit, Reader, Thing, Vocabulary, What, columns_of, range};

const KEYWORDS: &[&str] = &[
    "select", "distinct", "from", "where", "group", "order", "by", "as", "and", "or", "not", "null", "is", "in",
    "between", "desc", "asc", "limit", "case", "when", "then", "else", "end", "having",
];
const COMPARISONS: &[&str] = &["=", "<", ">", "<=", ">="];

impl Reader<'_> {
    /// The SQL of a query: a transform, or for a database.
    pub(super) fn sql(&mut self, query: &str, is_transform: bool, source: &SourceText) {
        let text = source.text.to_string();
        let all = tokens(&text, true);
        let reading = Reading::of(&text, &all);
        for (index, token) in all.iter().enumerate() {
            match token.kind {
                TokenKind::Emit | TokenKind::Statement => {
                    self.braced(source, token.kind, token.at.clone());
                    self.identifiers(&reading, source, token.at.clone());
                    if let Some(column) = self.compared(&reading, index).filter(|_| token.kind == TokenKind::Emit) {
                        let at = range(source.span_of(token.at.start + 2..token.at.end - 2));
                        self.demo.emits.push(Emit { file: self.file, at, column });
                    }
                }
                TokenKind::Word => {
                    let what = self.what_in_sql(query, is_transform, &reading, index);
                    self.word(source, token.at.clone(), what);
                }
                _ => {}
            }
        }
    }

    fn what_in_sql(&self, query: &str, is_transform: bool, reading: &Reading<'_>, index: usize) -> What {
        let (before, word, next) = (reading.at(index, -1), reading.at(index, 0), reading.at(index, 1));
        let is_extract = [-2, -4].iter().any(|steps| reading.at(index, *steps) == "extract");
        if KEYWORDS.contains(&word) {
            return What::Word(Vocabulary::SqlKeyword);
        }
        if before == "from" && !is_extract {
            let thing = if is_transform { Thing::Query } else { Thing::DatabaseTable };
            return What::Refers(thing);
        }
        if next == "(" {
            return What::Word(Vocabulary::SqlFunction);
        }
        if before == "as" {
            let is_type = next == ")" || reading.at(index, -2) == ")" && reading.is_cast(index);
            let thing = What::Declares(Thing::Column(query.to_owned()));
            return if is_type { What::Word(Vocabulary::Type) } else { thing };
        }
        if is_extract && next == "from" {
            return What::Word(Vocabulary::SqlKeyword);
        }
        let input = reading.tables().find(|table| self.has_column(table, word));
        What::Refers(Thing::Column(input.unwrap_or(query).to_owned()))
    }

    /// The columns among which `identifier` lets choose.
    fn identifiers(&mut self, reading: &Reading<'_>, source: &SourceText, at: Range<usize>) {
        let text = &source.text[at.clone()];
        let Some(list) = text.find("identifier([") else { return };
        let Some(table) = reading.tables().next() else { return };
        for token in tokens(text, false).iter().filter(|token| token.kind == TokenKind::Text && token.at.start > list) {
            let name = at.start + token.at.start + 1..at.start + token.at.end - 1;
            self.word(source, name, What::Refers(Thing::Column(table.to_owned())));
        }
    }

    /// The type of the column that a value is compared with.
    fn compared(&self, reading: &Reading<'_>, index: usize) -> Option<ColumnType> {
        if !COMPARISONS.contains(&reading.at(index, -1)) || reading.at(index, -2) == ")" {
            return None;
        }
        let column = reading.at(index, -2);
        let of = |table: &str| columns_of(self.page(), table)?.into_iter().find(|(name, _)| *name == column);
        reading.tables().find_map(of).map(|(_, ty)| ty)
    }

    fn has_column(&self, table: &str, column: &str) -> bool {
        columns_of(self.page(), table).is_some_and(|columns| columns.iter().any(|(name, _)| *name == column))
    }
}

/// SQL and its pieces.
struct Reading<'a> {
    text: &'a str,
    all: &'a [Token],
}

impl<'a> Reading<'a> {
    fn of(text: &'a str, all: &'a [Token]) -> Self {
        Self { text, all }
    }

    /// The piece so many steps behind another, or before it.
    fn at(&self, index: usize, steps: isize) -> &'a str {
        let token = index.checked_add_signed(steps).and_then(|index| self.all.get(index));
        token.map_or("", |token| &self.text[token.at.clone()])
    }

    /// The relations that it reads.
    fn tables(&self) -> impl Iterator<Item = &'a str> {
        let behind = |index: &usize| self.at(*index, -1) == "from" && self.at(*index, -3) != "(";
        (0..self.all.len()).filter(behind).map(|index| self.at(index, 0))
    }

    /// Whether the `as` before a word is that of a `cast`.
    fn is_cast(&self, index: usize) -> bool {
        let mut depth = 0;
        for at in (0..index).rev() {
            match self.at(at, 0) {
                ")" => depth += 1,
                "(" if depth == 0 => return self.at(at, -1) == "cast",
                "(" => depth -= 1,
                _ => {}
            }
        }
        false
    }
}
