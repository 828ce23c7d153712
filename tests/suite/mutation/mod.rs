//! The mutation test: what becomes of the demo app when one place of it is edited.
//!
//! Thousands of single edits are made, each by an operator at a place of a class. Whether an edit breaks what the app
//! means follows from these two (`operator`), and never from what the compiler says. Then the compiler is asked.

mod demo;
mod figures;
mod judge;
mod misses;
mod operator;
mod word;

use std::collections::{BTreeMap, BTreeSet};

use appspec_data::{Data, DataSettings};
use appspec_lang::compile::lower;
use appspec_lang::diagnostic::Diagnostics;
use appspec_lang::source::{DiskWorld, SourceFile, Sources};

use crate::support::root;
use demo::{Demo, TABLES, columns_of};
use figures::Figures;
use misses::Misses;
use operator::Edit;

/// One edit in so many is judged, unless all are asked for by `APPSPEC_ALL_EDITS=1`.
const SAMPLE: usize = 11;

/// So many operators have something to do in the demo app.
const OPERATORS: usize = 55;

/// The files of the demo app, its page in TOML in the form in which a person writes one from top to bottom: every kind
/// with its name first, every table by itself.
fn written() -> Vec<(String, String)> {
    let sources = Sources::load(&DiskWorld, &root().join("specs")).unwrap();
    let text = |file: &SourceFile| match file.path.as_str() {
        "weather.toml" => include_str!("weather.toml").to_owned(),
        _ => file.text.to_string(),
    };
    sources.files().iter().map(|file| (file.path.clone(), text(file))).collect()
}

fn demo() -> Demo {
    Demo::read(written())
}

/// The edits that are judged: all, or of each operator and class the same share in every run.
fn sampled(edits: Vec<Edit>) -> Vec<Edit> {
    if std::env::var_os("APPSPEC_ALL_EDITS").is_some() {
        return edits;
    }
    let mut seen = BTreeMap::new();
    let mut is_chosen = |edit: &Edit| {
        let count: &mut usize = seen.entry((edit.operator, edit.class)).or_default();
        *count += 1;
        *count % SAMPLE == 1
    };
    edits.into_iter().filter(|edit| is_chosen(edit)).collect()
}

#[test]
#[expect(clippy::print_stdout, reason = "the figures are for who asks for them by `--nocapture`")]
fn an_edit_that_breaks_the_demo_app_is_an_error_at_its_place() {
    let demo = demo();
    let all = operator::all(&demo);
    let described = |edits: &[Edit]| {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for edit in edits {
            *counts.entry(edit.describe(&demo)).or_default() += 1;
        }
        counts
    };
    let names = described(&all);
    let edits = sampled(all);
    let verdicts = judge::judge_all(&demo, &edits);
    let figures = Figures::of(&edits, &verdicts);
    println!("{figures}");
    let found = Misses::found(&demo, &edits, &verdicts);
    println!("{}", found.report());
    assert!(edits.len() >= 1_000 && figures.operators() >= OPERATORS, "some operators find no places:\n{figures}");
    // Edits of equal lines are described alike, and one of them may be right.
    let judged = described(&edits).into_iter().filter(|(edit, count)| names.get(edit) == Some(count));
    let judged: BTreeSet<String> = judged.map(|(edit, _)| edit).collect();
    let wrong = found.compare(&names.into_keys().collect(), &judged);
    assert!(wrong.is_empty(), "{figures}\n{wrong}");
    assert!(figures.is_good_enough(), "{figures}");
}

/// What an edit breaks is judged by these tables: they must be those of the data.
#[tokio::test(flavor = "multi_thread")]
async fn the_tables_of_the_mutation_test_are_those_of_the_demo_app() {
    let folder = root().join("specs");
    let mut sources = Sources::default();
    for (path, text) in written() {
        sources.add(path, text.as_str());
    }
    let spec = lower(&sources, &mut Diagnostics::default());
    let data =
        Data::open(&folder, &spec.connections, DataSettings { timezone: "UTC".to_owned(), ..DataSettings::default() });
    let schemas = data.describe(&spec, &appspec_data::Outside::default()).await;
    let judged: BTreeSet<String> =
        demo().files.into_iter().filter(demo::File::is_judged).map(|file| file.page).collect();
    let described: BTreeSet<String> = schemas
        .queries
        .iter()
        .filter(|((page, _), _)| judged.contains(page))
        .map(|((page, query), columns)| {
            let names = columns.as_ref().unwrap().iter().map(|column| column.name.to_string());
            format!("{page} {query}: {}", names.collect::<Vec<_>>().join(" "))
        })
        .collect();
    let tables = TABLES.iter().map(|table| {
        let columns = columns_of(table.page, table.query).unwrap_or_default();
        let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
        format!("{} {}: {}", table.page, table.query, names.join(" "))
    });
    assert_eq!(tables.collect::<BTreeSet<_>>(), described);
}
