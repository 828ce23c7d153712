//! Reads the SQL of a transform: which tables it names, and which of their columns.
//!
//! Works on rendered SQL and its bytes; whoever calls knows where those stand in a spec. The version, the dialect and
//! the options of the parser are those of Polars, which runs the SQL in the end.

mod lines;
mod nesting;
pub mod database;
mod table;
mod columns;
mod null;
pub mod statement;
mod support;
mod widen;

use std::borrow::Cow;
use std::ops::{ControlFlow, Range};

use sqlparser::ast::{Query, Spanned, Statement, Visit};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::{Parser, ParserError, ParserOptions};
use sqlparser::tokenizer::{Location, Tokenizer};

use lines::{Lines, word_length};
use table::Tables;

pub use columns::{MissingColumn, missing_columns};
pub use null::null_comparisons;
pub use support::{faults, unknown_tables};
pub use widen::widened;

/// One query in SQL, parsed.
#[derive(Debug)]
pub struct Reading {
    query: Box<Query>,
    lines: Lines,
    /// The tables that it reads, each place where one is named.
    pub tables: Vec<Table>,
    /// Where one of them is named again, in front of a column.
    pub qualifiers: Vec<Table>,
}

/// A place where a table is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub name: String,
    pub at: Range<usize>,
}

/// Something wrong with the SQL, and the bytes that are to blame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub at: Range<usize>,
    pub message: String,
    pub help: Option<Cow<'static, str>>,
    pub mend: Option<Mend>,
}

/// What is missing from the SQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mend {
    pub title: String,
    /// What is to be put before which byte.
    pub insertions: Vec<(usize, &'static str)>,
    /// Whether nothing else can be meant.
    pub is_safe: bool,
}

impl Fault {
    fn new(at: Range<usize>, message: impl Into<String>) -> Self {
        Self { at, message: message.into(), help: None, mend: None }
    }

    /// A value behind `in` without brackets.
    fn bare_list(sql: &str, at: Range<usize>) -> Self {
        let title = format!("write `in ({})`", sql.get(at.clone()).unwrap_or_default());
        let insertions = vec![(at.start, "("), (at.end, ")")];
        let mend = Some(Mend { title, insertions, is_safe: true });
        Self { mend, ..Self::new(at, "`in` takes a list in brackets") }
    }

    fn help(self, help: impl Into<Cow<'static, str>>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}

/// Reads SQL that must be one query over named tables.
pub fn read(sql: &str) -> Result<Reading, Fault> {
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
    let mut tables = Tables::new(&lines);
    match query.visit(&mut tables) {
        ControlFlow::Break(fault) => Err(fault),
        ControlFlow::Continue(()) => {
            let qualifiers = tables.meant();
            let tables = tables.found;
            Ok(Reading { query, lines, tables, qualifiers })
        }
    }
}

fn parse(sql: &str, lines: &Lines) -> Result<Vec<Statement>, Fault> {
    let dialect = GenericDialect;
    let tokens = Tokenizer::new(&dialect, sql)
        .tokenize_with_location()
        .map_err(|error| Fault::new(lines.word(sql, error.location), uncapitalize(&error.message)))?;
    if let Some(location) = nesting::too_deep(&tokens) {
        return Err(Fault::new(lines.word(sql, location), "functions nest too deep here"));
    }
    let options = ParserOptions { trailing_commas: true, ..Default::default() };
    let mut parser = Parser::new(&dialect).with_options(options).with_tokens_with_locations(tokens);
    let parsed = parser.parse_statements();
    parsed.map_err(|error| parse_fault(sql, lines, error, parser.peek_token_ref().span.start))
}

/// The parser writes the place into its message: takes it out again. Where it writes none, it is at `reached` that it has
/// given up: of a call with words of its own, such as `extract(day from …)`, the bracket.
fn parse_fault(sql: &str, lines: &Lines, error: ParserError, reached: Location) -> Fault {
    let text = match error {
        ParserError::ParserError(text) | ParserError::TokenizerError(text) => text,
        ParserError::RecursionLimitExceeded => {
            return Fault::new(0..sql.len(), "this SQL is nested too deeply");
        }
    };
    let (message, location) = split_location(&text);
    let at = lines.word(sql, location.unwrap_or(reached));
    if let Some(placeholder) = message.strip_prefix("Expected: (, found: ").filter(|found| found.starts_with('?')) {
        let before = sql.get(..at.start).unwrap_or_default().trim_end();
        if before.to_lowercase().ends_with("in") {
            return Fault::bare_list(sql, at.start..at.start + placeholder.len());
        }
    }
    Fault::new(at, reworded(message))
}

/// `Expected: an expression, found: from` as a sentence of ours.
fn reworded(message: &str) -> String {
    let expected = message.strip_prefix("Expected: ").and_then(|rest| rest.rsplit_once(", found: "));
    match expected {
        Some(("end of statement", found)) => format!("`{found}` is not expected here"),
        Some((expected, "EOF")) => format!("{} is expected, but the SQL ends here", named(expected)),
        Some((expected, found)) => format!("{} is expected here, not `{found}`", named(expected)),
        None => match message.strip_prefix("Expected ") {
            Some(expected) => format!("{} is expected", expected.to_lowercase().replace('\'', "`")),
            None => uncapitalize(message),
        },
    }
}

/// What the parser expects, in our words.
fn named(expected: &str) -> Cow<'_, str> {
    match expected {
        "identifier" | "an identifier" => "a name".into(),
        "SELECT, VALUES, or a subquery in the query body" => "`select`".into(),
        _ if expected.starts_with("[NOT] NULL") => "`null` or `not null`".into(),
        _ if expected.contains(char::is_lowercase) || expected.contains(' ') => expected.into(),
        // A word or a sign of SQL.
        _ => format!("`{}`", expected.to_lowercase()).into(),
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
    fn a_mistake_without_a_place_is_where_the_parser_has_given_up() {
        for (sql, at) in [
            ("select extract(day rfom a) from t\norder by a", "(day rfom"),
            ("select a from t\nwhere extract(year from a) = extract(year ffrom ?)\norder by a", "(year ffrom"),
        ] {
            let fault = read(sql).unwrap_err();
            assert_eq!(sql.find(at), Some(fault.at.start), "{fault:?}");
            assert_eq!(fault.message, "`from` or `,` is expected");
        }
    }

    #[test]
    fn a_table_is_named_again_in_front_of_its_columns() {
        let cases: &[(&str, &[&str])] = &[
            ("select a.x, b.* from a join b on a.id = b.id where a.y > 1", &["a", "b", "a", "b", "a"]),
            ("select o.x, a.y from a as o", &[]),
            ("select a.x from a as b join b as a using (id)", &[]),
            ("with a as (select 1 x) select a.x from a join b on b.x = a.x", &["b"]),
            ("select x from a where exists (select 1 from b where b.id = a.id)", &["b", "a"]),
            ("select a.x from (select x from b) a", &[]),
        ];
        for (sql, expected) in cases {
            let mut qualifiers = read(sql).unwrap().qualifiers;
            qualifiers.sort_by_key(|table| table.at.start);
            let found: Vec<&str> = qualifiers.iter().map(|table| &sql[table.at.clone()]).collect();
            assert_eq!(found, *expected, "{sql}");
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
