//! What the compiler keeps for any text, as one function for each kind of text: it panics where that is not so.
//!
//! The fuzzer calls them with texts that it makes up; the suite calls them with those that the fuzzer has kept.

mod document;
mod place;

use appspec_lang::diagnostic::{Diagnostics, render};
use appspec_lang::expr::{Template, parse_expression, parse_sql, parse_text};
use appspec_lang::source::{FileId, SourceText, Sources, Span};
use appspec_lang::spec::Schemas;
use appspec_lang::sql::{self, statement::Statement};
use appspec_lang::value::{Column, Type};
use serde_json::{Value, json};

/// Panics if a text shows that the compiler does not keep what it should.
pub type Check = fn(&str);

/// What is checked, by name.
pub const CHECKS: &[(&str, Check)] =
    &[("yaml", yaml), ("toml", toml), ("template", template), ("sql", sql), ("page", page)];

/// A YAML document: each of its parts has its place, or why it has none was reported.
pub fn yaml(text: &str) {
    document::read("page.yaml", text);
}

/// A TOML document: the same, and it means what a reader without places and reports says.
pub fn toml(text: &str) {
    document::read("page.toml", text);
    document::compare_toml(text);
}

/// A text template and an expression: read and typed.
pub fn template(text: &str) {
    let source = verbatim(text);
    check_read(text, |found| parse_text(&source, found).map(|template| spans_of(&template)));
    check_read(text, |found| {
        parse_expression(&source, found).map(|expr| expr.refs().into_iter().map(|(_, span)| span).collect())
    });
    compiled(&json!({
        "state": { "region": "EMEA", "top": 3, "share": 0.5, "on_top": true, "since": { "default": "2024-01-31", "type": "date" } },
        "queries": { "orders": { "rows": [{ "day": "2024-01-31", "amount": 1.5, "region": "EMEA", "units": 2 }] } },
        "values": { "made": text },
        "body": [{ "text": text }, { "table": "orders" }, { "metric": "Made", "value": text }],
    }));
}

/// What is read of a text has places in it, or what is reported has.
fn check_read(text: &str, read: impl Fn(&mut Diagnostics) -> Option<Vec<Span>>) {
    let sources = alone(text);
    let mut found = Diagnostics::default();
    let spans = read(&mut found);
    assert_eq!(spans.is_some(), found.is_empty(), "read or reported, never both or neither");
    spans.into_iter().flatten().for_each(|span| place::check(&sources, span));
    place::check_all(&sources, &found.sorted());
}

/// An SQL template: its skeletons are read as SQL of transforms, and whatever is said of them has a place.
pub fn sql(text: &str) {
    let sources = alone(text);
    let mut found = Diagnostics::default();
    let template = parse_sql(&verbatim(text), &mut found);
    assert_eq!(template.is_some(), found.is_empty(), "read or reported, never both or neither");
    place::check_all(&sources, &found.sorted());
    for span in template.iter().flat_map(spans_of) {
        place::check(&sources, span);
    }
    for skeleton in template.iter().flat_map(|template| template.skeletons(|_, index| format!("${}", index + 1))) {
        let check = |range: std::ops::Range<usize>| {
            assert!(skeleton.text.get(range.clone()).is_some(), "{range:?} of {:?}", skeleton.text);
            skeleton.span_of(range).into_iter().for_each(|span| place::check(&sources, span));
        };
        drop(Statement::look_over(&skeleton.text));
        drop(sql::widened(&skeleton.text));
        match sql::read(&skeleton.text) {
            Ok(reading) => {
                reading.tables.iter().for_each(|table| check(table.at.clone()));
                for fault in sql::faults(&reading) {
                    check(fault.at);
                }
                let column = Column { name: "amount".into(), ty: Type::Float };
                for missing in sql::missing_columns(&reading, &|_| Some([column.clone()].into())) {
                    check(missing.at);
                }
            }
            Err(fault) => check(fault.at),
        }
    }
    compiled(&json!({
        "state": { "region": "EMEA", "top": 3, "regions": { "type": "list<text>", "default": ["EMEA"] } },
        "queries": {
            "orders": { "rows": [{ "day": "2024-01-31", "amount": 1.5, "region": "EMEA", "units": 2 }] },
            "local": { "transform": text },
            "lite": { "connection": "lite", "sql": text },
            "postgres": { "connection": "postgres", "sql": text },
            "mysql": { "connection": "mysql", "sql": text },
        },
        "writes": { "change": { "connection": "lite", "params": { "id": "int" }, "sql": text } },
        "body": [{ "table": "local" }, { "table": "lite" }, { "table": "postgres" }, { "table": "mysql" }],
    }));
}

/// A page: compiled with an `app.yaml`, and what is reported is shown in each form.
pub fn page(text: &str) {
    compile(text);
}

/// Compiles a page that holds the text as it is, in JSON, which is YAML.
fn compiled(page: &Value) {
    compile(&page.to_string());
}

fn compile(page: &str) {
    let mut sources = Sources::default();
    sources.add("app.yaml", APP);
    sources.add("page.yaml", page);
    let mut found = Diagnostics::default();
    let app = appspec_lang::compile(&sources, &Schemas::default(), &mut found);
    assert!(app.is_some() || found.has_errors(), "no app, and no word why");
    let found = found.sorted();
    place::check_all(&sources, &found);
    drop(render::terminal(&sources, &found, true));
    drop(render::concise(&sources, &found));
    drop(render::json(&sources, &found));
    drop(render::sarif(&sources, &found, "app".as_ref()));
    drop(render::github(&sources, &found, "app".as_ref()));
}

const APP: &str = "
connections:
  lite: { type: sqlite, file: data/shop.db, writable: true }
  postgres: { type: sql, dialect: postgres }
  mysql: { type: sql, dialect: mysql }
";

/// The text as the only file.
fn alone(text: &str) -> Sources {
    let mut sources = Sources::default();
    sources.add("text", text);
    sources
}

/// The text as it stands in that file.
fn verbatim(text: &str) -> SourceText {
    let end = text.len().try_into().expect("no such text is longer than 4 GiB");
    SourceText::verbatim(text, Span::new(FileId(0), 0, end))
}

fn spans_of(template: &Template) -> Vec<Span> {
    template.refs().into_iter().map(|(_, span)| span).chain([template.span]).collect()
}
