//! Whatever is edited: what is wrong in the end is what a compiler says that sees the files for the first time.

use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;
use crate::source::FileId;
use crate::spec;
use crate::spec::{KnownConnection, SchemaError, SchemaErrorKind};
use crate::value::{Column, Type};

const FILES: [(&str, &str); 12] = [
    (
        "app.yaml",
        "title: Shop
timezone: Europe/Zurich
connection: shop
connections:
  shop: { type: sqlite, file: data/shop.db, writable: true }
state:
  region: { type: text, nullable: true }
queries:
  orders: { sql: \"select id, total from orders where region = {{ state.region }}\" }
values:
  revenue: orders.total | sum
sidebar:
  - select: region
    options: [EMEA, APAC]
",
    ),
    (
        "index.yaml",
        "title: \"Sales in {{ state.region }}\"
state: { top: 10, since: 2024-01-01 }
queries:
  large: { transform: \"select id, total from orders where total > {{ state.top }}\" }
body:
  - slider: top
    min: 0
    max: 20
  - metric: Revenue
    value: values.revenue
  - table: large
    columns: [id, total]
  - button: All
    on_click: [{ set: { region: none } }, { goto: /other }]
",
    ),
    (
        "other.toml",
        "title = \"Other\"
[values]
twice = \"values.revenue * 2\"
[queries.lines]
sql_file = \"queries/lines.sql\"
[[body]]
text = \"{{ values.twice }} {{ lines | length }}\"
[[body]]
bar_chart = \"lines\"
x = \"day\"
",
    ),
    ("ops/latency.yaml", "body:\n  - text: \"{{ large | length }} {{ values.twice }} {{ state.top }}\"\n"),
    ("ops/wrong.yaml", "values: { a: values.b, b: values.a }\nbody:\n  - tabel: order\n  - text: {{ x }}\n"),
    ("queries/lines.sql", "select day, count(*) as n from lines where region = {{ state.region }} group by day"),
    ("_kpi.yaml", "body:\n  - text: A\n"),
    (
        "_card.yaml",
        "params: { label: text, data: table, key: key<int> }\npreview: { label: A }\nbody:\n  - use: note\n    with: { label: \"{{ params.label }}\" }\n  - slider: params.key\n    min: 0\n    max: 9\n  - table: params.data\n",
    ),
    (
        "_note.yaml",
        "params: { label: text }\nbody:\n  - text: \"{{ params.label }} {{ values.twice }}\"\n  - use: kpi\n",
    ),
    (
        "cards.yaml",
        "state: { top: 1 }\nbody:\n  - use: card\n    with: { label: B, data: orders, key: top }\n  - use: kpi\n",
    ),
    (
        "index.test.yaml",
        "page: /
tests:
  - test: All are shown
    steps:
      - enter: { top: 5, region: EMEA }
      - expect: values.revenue > 1
      - click: button-all
      - shows: { metric-revenue: \"{{ values.revenue }}\" }
",
    ),
    ("ops.test.yaml", "page: /ops/latency\ntests:\n  - test: A\n    steps: [{ expect: state.region == 'EMEA' }]\n"),
];

/// What edits put in.
const PIECES: &[&str] = &[
    "",
    " ",
    "\n",
    "\n  ",
    "- ",
    ": ",
    "x",
    "orders",
    "large",
    "lines",
    "revenue",
    "twice",
    "top",
    "region",
    "regin",
    "total",
    "state.",
    "values.",
    "{{",
    "}}",
    "{",
    "]",
    "\"",
    "'",
    "#",
    "[[body]]\n",
    "UTC",
    "Europe/Rome",
    "/nowhere",
    "10",
    "~",
    "queries:\n  large: { sql: select 1 }\n",
    "state: { top: 1 }\n",
    "ü",
];

#[derive(Clone, Debug)]
enum Step {
    /// Replaces some of the text of a file.
    Edit {
        file: Index,
        at: Index,
        length: usize,
        piece: &'static str,
    },
    /// Puts back what the file was at first.
    Restore {
        file: Index,
    },
    /// Learns, or forgets, what is outside.
    Learn {
        query: Index,
        found: Option<Result<&'static [&'static str], ()>>,
    },
    Connect(bool),
    /// Checks some of the pages.
    Check {
        pages: usize,
        urgent: usize,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let columns = select(vec![&["id", "total"] as &[&str], &["id"], &["day", "n"]]);
    prop_oneof![
        8 => (any::<Index>(), any::<Index>(), 0..12_usize, select(PIECES))
            .prop_map(|(file, at, length, piece)| Step::Edit { file, at, length, piece }),
        2 => any::<Index>().prop_map(|file| Step::Restore { file }),
        1 => (any::<Index>(), prop::option::of(prop_oneof![columns.prop_map(Ok), Just(Err(()))]))
            .prop_map(|(query, found)| Step::Learn { query, found }),
        1 => any::<bool>().prop_map(Step::Connect),
        3 => (0..4_usize, 0..5_usize).prop_map(|(pages, urgent)| Step::Check { pages, urgent }),
    ]
}

fn sources() -> Sources {
    let mut sources = Sources::default();
    for (path, text) in FILES {
        sources.add(path, text);
    }
    sources
}

fn learn(schemas: &mut Schemas, query: Index, found: Option<Result<&[&str], ()>>) {
    let keys = [("", "orders"), ("/", "large"), ("/other", "lines")];
    let (page, name) = keys[query.index(keys.len())];
    let key = (page.to_owned(), name.into());
    let column = |name: &&str| Column { name: (*name).into(), ty: Type::Int };
    let error =
        || SchemaError { message: "refused".to_owned(), at: None, help: None, fix: None, kind: SchemaErrorKind::Sql };
    match found {
        None => drop(schemas.queries.remove(&key)),
        Some(Ok(columns)) => {
            drop(schemas.queries.insert(key, Ok(columns.iter().map(column).collect())));
        }
        Some(Err(())) => drop(schemas.queries.insert(key, Err(error()))),
    }
}

fn edited(text: &str, at: Index, length: usize, piece: &str) -> Arc<str> {
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let start = at.index(places.len());
    let end = (start + length).min(places.len() - 1);
    format!("{}{piece}{}", &text[..places[start]], &text[places[end]..]).into()
}

/// All that is said, each finding as text.
fn from_scratch(sources: &Sources, schemas: &Schemas) -> Vec<String> {
    let mut diagnostics = Diagnostics::default();
    compile(sources, schemas, &mut diagnostics);
    diagnostics.sorted().iter().map(|found| format!("{found:?}")).collect()
}

fn told(compiler: &Compiler) -> Vec<String> {
    let all = compiler.diagnostics();
    let files = compiler.sources().files().iter().map(|file| file.id).collect();
    let by_file: Vec<_> = compiler.diagnostics_of(&files).into_values().flatten().collect();
    assert_eq!(format!("{by_file:?}"), format!("{all:?}"), "what is told of files is what is told of all");
    all.iter().map(|found| format!("{found:?}")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn after_any_edits_the_same_is_wrong_as_from_scratch(steps in vec(step(), 1..24)) {
        let (mut sources, mut schemas) = (sources(), Schemas::default());
        let mut compiler = Compiler::new(sources.clone(), schemas.clone());
        for step in steps {
            match step {
                Step::Edit { file, at, length, piece } => {
                    let file = FileId(u32::try_from(file.index(FILES.len())).unwrap());
                    let text = edited(&sources.file(file).text, at, length, piece);
                    sources.replace(file, text.clone());
                    compiler.edit(file, text);
                }
                Step::Restore { file } => {
                    let index = file.index(FILES.len());
                    let file = FileId(u32::try_from(index).unwrap());
                    sources.replace(file, FILES[index].1);
                    compiler.edit(file, FILES[index].1);
                }
                Step::Learn { query, found } => {
                    learn(&mut schemas, query, found);
                    compiler.learn(schemas.clone());
                }
                Step::Connect(writable) => {
                    let known = KnownConnection { kind: spec::ConnectionKind::Sqlite, dialect: None, writable };
                    schemas.connections.insert("shop".into(), known);
                    compiler.learn(schemas.clone());
                }
                Step::Check { pages, urgent } => (0..pages).for_each(|_| drop(compiler.check_next(&[urgent]))),
            }
        }
        compiler.settle();
        prop_assert_eq!(told(&compiler), from_scratch(&sources, &schemas));
    }
}

#[test]
fn an_edit_of_one_page_leaves_the_others_checked() {
    let mut compiler = Compiler::new(sources(), Schemas::default());
    compiler.settle();
    let file = |compiler: &Compiler, path: &str| compiler.sources().find(path).unwrap().id;
    let urls = |compiler: &Compiler| -> Vec<String> {
        compiler.stale().iter().map(|index| compiler.spec().pages[*index].path.clone()).collect()
    };
    let index = file(&compiler, "index.yaml");
    compiler.edit(index, format!("# A remark.\n{}", FILES[1].1));
    assert_eq!(urls(&compiler), ["/"]);
    compiler.settle();
    // `/ops/latency` has looked for `large`, which it takes for a query of `/`.
    compiler.edit(index, FILES[1].1.replace("large", "biggest"));
    assert_eq!(urls(&compiler), ["/", "/ops/latency"]);
    compiler.settle();
    let lines = file(&compiler, "queries/lines.sql");
    compiler.edit(lines, "select 1 as n");
    assert_eq!(urls(&compiler), ["/other"]);
    let app = file(&compiler, "app.yaml");
    compiler.edit(app, FILES[0].1.replace("Shop", "Store"));
    assert_eq!(urls(&compiler).len(), 5);
    let urgent = compiler.page_of(lines).or(compiler.page_of(file(&compiler, "other.toml"))).unwrap();
    compiler.check_next(&[urgent]);
    assert!(!compiler.stale().contains(&urgent));
}

#[test]
fn what_is_asked_of_the_world_outside_changes_with_the_sql_alone() {
    let pages = [
        ("a.yaml", "queries:\n  all:\n    sql: select 1\nbody:\n  - text: A\n"),
        ("b.toml", "[queries.all]\nsql = \"select 1\"\n[[body]]\ntext = \"A\"\n"),
    ];
    for (path, text) in pages {
        let mut sources = Sources::default();
        let file = sources.add(path, text);
        let mut compiler = Compiler::new(sources, Schemas::default());
        let before = compiler.asks(Some(0));
        compiler.edit(file, text.replace('A', "B"));
        assert_eq!(compiler.asks(Some(0)), before, "{path}: a component asks nothing");
        compiler.edit(file, text.replace("select 1", "select 2"));
        assert_ne!(compiler.asks(Some(0)), before, "{path}: another query is another question");
    }
}

#[test]
fn partials_that_would_grow_without_bound_are_refused() {
    let mut sources = Sources::default();
    for number in 1..40 {
        let body = format!(
            "params: {{ x: float }}\nbody:\n  - use: p{}\n    with: {{ x: params.x + params.x }}\n",
            number + 1
        );
        sources.add(format!("_p{number}.yaml"), body);
    }
    sources.add("_p40.yaml", "params: { x: float }\nbody:\n  - text: \"{{ params.x }}\"\n");
    sources.add("_wide.yaml", format!("body:\n{}", "  - use: p30\n    with: { x: 1.5 }\n".repeat(40)));
    sources.add("index.yaml", "body:\n  - use: p1\n    with: { x: 1.5 }\n  - use: wide\n");
    let mut diagnostics = Diagnostics::default();
    compile(&sources, &Schemas::default(), &mut diagnostics);
    let found: BTreeSet<String> = diagnostics.sorted().into_iter().map(|found| found.message).collect();
    let expected = [
        "partials use each other more than 16 deep",
        "with this, the partials of the file stand for more than 100,000 values",
    ];
    assert_eq!(found.into_iter().collect::<Vec<_>>(), expected);
}
