//! Reads the SQL of a transform: which tables it names, and which of their columns.
//!
//! Works on rendered SQL and its bytes; whoever calls knows where those stand in a spec. The version, the dialect and
//! the options of the parser are those of Polars, which runs the SQL in the end.

mod columns;

use std::ops::{ControlFlow, Range};

use sqlparser::ast::{Ident, ObjectName, Query, SetExpr, Spanned, Statement, TableFactor, Visit, Visitor};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::{Parser, ParserError, ParserOptions};
use sqlparser::tokenizer::{Location, Tokenizer};

pub(super) use columns::missing_columns;

/// One query in SQL, parsed.
#[derive(Debug)]
pub(super) struct Reading {
    query: Box<Query>,
    lines: Lines,
    /// The tables that it reads, each place where one is named.
    pub tables: Vec<Table>,
}

/// A place where a table is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Table {
    pub name: String,
    pub at: Range<usize>,
}

/// Something wrong with the SQL, and the bytes that are to blame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub at: Range<usize>,
    pub message: String,
    pub help: Option<&'static str>,
}

impl Fault {
    fn new(at: Range<usize>, message: impl Into<String>) -> Self {
        Self { at, message: message.into(), help: None }
    }

    fn help(self, help: &'static str) -> Self {
        Self { help: Some(help), ..self }
    }
}

/// Reads SQL that must be one query over named tables.
pub(super) fn read(sql: &str) -> Result<Reading, Fault> {
    let lines = Lines::of(sql);
    let statements = parse(sql, &lines)?;
    let mut statements = statements.into_iter();
    let query = match statements.next() {
        Some(Statement::Query(query)) => query,
        Some(_) => {
            let at = first_word(sql);
            let word = sql.get(at.clone()).unwrap_or_default().to_lowercase();
            return Err(Fault::new(at, format!("a transform is a query, and `{word}` is none"))
                .help("begin it with `select` or `with`"));
        }
        None => return Err(Fault::new(0..sql.len(), "this SQL holds no query")),
    };
    if let Some(second) = statements.next() {
        let start = lines.offset(second.span().start);
        return Err(Fault::new(start.max(first_word(sql).end)..sql.len(), "a transform is a single query")
            .help("name the other query under a key of its own, and read it by that name"));
    }
    let mut tables = Tables { lines: &lines, found: Vec::new(), scopes: Vec::new() };
    match query.visit(&mut tables) {
        ControlFlow::Break(fault) => Err(fault),
        ControlFlow::Continue(()) => {
            let tables = tables.found;
            Ok(Reading { query, lines, tables })
        }
    }
}

fn parse(sql: &str, lines: &Lines) -> Result<Vec<Statement>, Fault> {
    let dialect = GenericDialect;
    let tokens = Tokenizer::new(&dialect, sql)
        .tokenize_with_location()
        .map_err(|error| Fault::new(lines.word(sql, error.location), uncapitalize(&error.message)))?;
    let options = ParserOptions { trailing_commas: true, ..Default::default() };
    Parser::new(&dialect)
        .with_options(options)
        .with_tokens_with_locations(tokens)
        .parse_statements()
        .map_err(|error| parse_fault(sql, lines, error))
}

/// The parser writes the place into its message: takes it out again.
fn parse_fault(sql: &str, lines: &Lines, error: ParserError) -> Fault {
    let text = match error {
        ParserError::ParserError(text) | ParserError::TokenizerError(text) => text,
        ParserError::RecursionLimitExceeded => {
            return Fault::new(0..sql.len(), "this SQL is nested too deeply");
        }
    };
    let (message, location) = split_location(&text);
    let at = match location {
        Some(location) => lines.word(sql, location),
        None => sql.trim_end().len()..sql.trim_end().len(),
    };
    Fault::new(at, reworded(message))
}

/// `Expected: an expression, found: from` as a sentence of ours.
fn reworded(message: &str) -> String {
    let expected = message.strip_prefix("Expected: ").and_then(|rest| rest.rsplit_once(", found: "));
    match expected {
        Some((expected, "EOF")) => format!("{expected} is expected, but the SQL ends here"),
        Some((expected, found)) => format!("{expected} is expected here, not `{found}`"),
        None => uncapitalize(message),
    }
}

fn split_location(text: &str) -> (&str, Option<Location>) {
    let Some((message, place)) = text.rsplit_once(" at Line: ") else { return (text, None) };
    let Some((line, column)) = place.split_once(", Column: ") else { return (text, None) };
    match (line.parse(), column.trim_end().parse()) {
        (Ok(line), Ok(column)) => (message, Some(Location { line, column })),
        _ => (text, None),
    }
}

fn uncapitalize(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

fn first_word(sql: &str) -> Range<usize> {
    let start = sql.len() - sql.trim_start().len();
    start..start + word_length(sql.get(start..).unwrap_or_default())
}

/// The bytes of the word, or the one character, that `text` begins with.
fn word_length(text: &str) -> usize {
    let word = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    if word > 0 { word } else { text.chars().next().map_or(0, char::len_utf8) }
}

/// Where the lines of a text begin: the parser counts lines and characters, we count bytes.
#[derive(Debug)]
struct Lines {
    text: String,
    starts: Vec<usize>,
}

impl Lines {
    fn of(sql: &str) -> Self {
        let breaks = sql.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self { text: sql.to_owned(), starts: std::iter::once(0).chain(breaks).collect() }
    }

    /// The byte of a place; the end of the text for one that is not in it.
    fn offset(&self, location: Location) -> usize {
        let line = usize::try_from(location.line).unwrap_or(usize::MAX).checked_sub(1);
        let Some(start) = line.and_then(|line| self.starts.get(line)) else { return self.text.len() };
        let column = usize::try_from(location.column).unwrap_or(usize::MAX).saturating_sub(1);
        let rest = self.text.get(*start..).unwrap_or_default();
        rest.char_indices().nth(column).map_or(self.text.len(), |(at, _)| start + at)
    }

    /// The word at a place; the end of what is written if nothing follows.
    fn word(&self, sql: &str, location: Location) -> Range<usize> {
        let start = self.offset(location).min(sql.trim_end().len());
        start..start + word_length(sql.get(start..).unwrap_or_default().trim_end())
    }

    fn span(&self, ident: &Ident) -> Range<usize> {
        self.offset(ident.span.start)..self.offset(ident.span.end)
    }
}

/// The tables of `with` that are in scope.
#[derive(Debug, Default)]
struct Scope {
    names: Vec<String>,
    /// How many of their queries have been entered.
    entered: usize,
    /// How many can be named: each sees those before it.
    visible: usize,
}

struct Tables<'a> {
    lines: &'a Lines,
    found: Vec<Table>,
    scopes: Vec<Scope>,
}

impl Tables<'_> {
    fn is_local(&self, name: &str) -> bool {
        self.scopes.iter().any(|scope| scope.names.iter().take(scope.visible).any(|local| local == name))
    }

    fn named(&mut self, name: &ObjectName) -> ControlFlow<Fault> {
        let [part] = name.0.as_slice() else {
            let parts: Vec<Range<usize>> =
                name.0.iter().filter_map(|part| part.as_ident()).map(|ident| self.lines.span(ident)).collect();
            let start = parts.first().map_or(0, |part| part.start);
            let end = parts.last().map_or(start, |part| part.end);
            return ControlFlow::Break(
                Fault::new(start..end, format!("a transform has no table `{name}`"))
                    .help("it reads queries of this app, by their bare names"),
            );
        };
        if let Some(ident) = part.as_ident().filter(|ident| !self.is_local(&ident.value)) {
            self.found.push(Table { name: ident.value.clone(), at: self.lines.span(ident) });
        }
        ControlFlow::Continue(())
    }

    /// `table orders` reads a table that no visitor sees; `insert` and the like write.
    fn only_selects(&self, body: &SetExpr) -> ControlFlow<Fault> {
        let all = 0..self.lines.text.len();
        match body {
            SetExpr::SetOperation { left, right, .. } => {
                self.only_selects(left)?;
                self.only_selects(right)
            }
            SetExpr::Table(table) => {
                let name = table.table_name.as_deref().unwrap_or_default();
                ControlFlow::Break(Fault::new(all, format!("write `select * from {name}` for `table {name}`")))
            }
            SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_) => {
                ControlFlow::Break(Fault::new(all, "a transform only reads"))
            }
            SetExpr::Select(_) | SetExpr::Query(_) | SetExpr::Values(_) => ControlFlow::Continue(()),
        }
    }

    fn refused(&self, name: Option<&ObjectName>) -> ControlFlow<Fault> {
        let ident = name.and_then(|name| name.0.first()).and_then(|part| part.as_ident());
        let at = ident.map_or(0..self.lines.text.len(), |ident| self.lines.span(ident));
        let what = ident.map_or_else(|| "this form of table".to_owned(), |ident| format!("`{}`", ident.value));
        ControlFlow::Break(
            Fault::new(at, format!("a transform reads queries, and {what} is a table function"))
                .help("name a file or a generated table as a query of its own, and read it by that name"),
        )
    }
}

impl Visitor for Tables<'_> {
    type Break = Fault;

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<Fault> {
        if let Some(outer) = self.scopes.last_mut().filter(|scope| scope.entered < scope.names.len()) {
            // The queries of a `with` come before its body, in order.
            outer.entered += 1;
        }
        let names = query.with.iter().flat_map(|with| &with.cte_tables);
        self.scopes.push(Scope {
            names: names.map(|cte| cte.alias.name.value.clone()).collect(),
            entered: 0,
            visible: 0,
        });
        self.only_selects(&query.body)
    }

    fn post_visit_query(&mut self, _: &Query) -> ControlFlow<Fault> {
        self.scopes.pop();
        if let Some(outer) = self.scopes.last_mut() {
            outer.visible = outer.entered;
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<Fault> {
        match factor {
            TableFactor::Table { name, args: None, .. } => self.named(name),
            TableFactor::Table { name, .. } | TableFactor::Function { name, .. } => self.refused(Some(name)),
            TableFactor::Derived { .. } | TableFactor::NestedJoin { .. } | TableFactor::UNNEST { .. } => {
                ControlFlow::Continue(())
            }
            _ => self.refused(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables(sql: &str) -> Vec<String> {
        read(sql).unwrap().tables.into_iter().map(|table| table.name).collect()
    }

    #[test]
    fn tables_are_found_wherever_they_stand() {
        let cases: &[(&str, &[&str])] = &[
            ("select * from orders", &["orders"]),
            ("select * from a join b using (id) left join c on a.id = c.id", &["a", "b", "c"]),
            ("select * from (select x from a) as t, b", &["a", "b"]),
            ("select * from a where x in (select x from b)", &["a", "b"]),
            ("select (select max(x) from b) from a", &["b", "a"]),
            ("select 1 from a union all select 2 from b", &["a", "b"]),
            ("with t as (select * from a) select * from t join b on true", &["a", "b"]),
            ("with a as (select * from a) select * from a", &["a"]),
            ("with a as (select 1), b as (select * from a) select * from b", &[]),
            ("with t as (select 1 x) select * from (select * from t) u join a on true", &["a"]),
            ("select * from (with t as (select * from a) select * from t) u join t on true", &["a", "t"]),
            ("select * from \"Odd name\" limit ?", &["Odd name"]),
        ];
        for (sql, expected) in cases {
            assert_eq!(tables(sql), *expected, "{sql}");
        }
    }

    #[test]
    fn a_table_is_known_to_its_bytes() {
        let sql = "select 'ä'\n  from orders as o";
        let reading = read(sql).unwrap();
        assert_eq!(&sql[reading.tables[0].at.clone()], "orders");
    }

    #[test]
    fn what_is_no_single_query_over_names_is_refused() {
        let cases: &[(&str, &str, &str)] = &[
            ("select a from t where", "", "but the SQL ends here"),
            ("select (a from t", "from", "is expected here, not `from`"),
            ("select 'a from t", "'", "unterminated"),
            ("select * from", "", "but the SQL ends here"),
            ("", "", "no query"),
            ("delete from t", "delete", "`delete` is none"),
            ("select 1; select 2", "select 2", "single query"),
            ("select * from read_csv('a.csv')", "read_csv", "table function"),
            ("select * from generate_series(1, 2)", "generate_series", "table function"),
            ("select * from main.t", "main.t", "no table `main.t`"),
            ("select 1 union table t", "select 1 union table t", "select * from t"),
        ];
        for (sql, at, message) in cases {
            let fault = read(sql).unwrap_err();
            assert_eq!(&sql[fault.at.clone()], *at, "{sql}: {fault:?}");
            assert!(fault.message.contains(message), "{sql}: {fault:?}");
        }
    }
}
