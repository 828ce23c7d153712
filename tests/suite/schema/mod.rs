//! The JSON Schemas for editors: what they say of the demo app and of the corpus is what the compiler says. And what
//! programs are told of findings, by the schema of others.
//!
//! Files are read by parsers that know nothing of appspec, and judged by a validator that does not either.

mod judge;
#[path = "../../support/corpus/markdown.rs"]
pub(crate) mod markdown;
#[path = "../../support/corpus/project.rs"]
#[expect(dead_code, reason = "the corpus uses the rest of it")]
pub(crate) mod project;
#[path = "../../support/corpus/to_toml.rs"]
mod to_toml;
mod sarif;
mod written;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::LazyLock;

use appspec_lang::schema::{Document, schema};
use serde_json::Value;

use crate::support::{files_below, relative, root};
use judge::{Judgement, judge};
use to_toml::to_toml;
use written::{Written, corpus, document_of, ending_of, read};

/// What the reader of specs finds wrong with the structure of a file, and a schema cannot see.
///
/// By the reason: files that are let through, each by its document, heading and path, of which the end may be left out.
const UNSEEN: &[(&str, &[&str])] = &[
    (
        "what stands in a text is text to a schema: formats of values and of dates, paths and URLs, `${env:…}`",
        &[
            "spec/nav: The navigation leads nowhere: app.yaml",
            "spec/app: A font is a file of the app, or one that readers have: app.yaml",
            "types/formats: The arguments of a format: page.yaml",
            "spec/queries: A form of dates is one that reads dates: page.yaml",
            "spec/connections: A value may come from the environment wherever it stands: app.yaml",
            "partial/use: A constant option takes a constant that is handed over: page.yaml",
            "partial/use: Defaults and previews are of the type of their parameter: _k.yaml",
        ],
    ),
    (
        "which time zones, locales, currencies and colours exist is known from tables that are not in the schemas",
        &[
            "spec/app: Time zones and currencies are those that exist: app.yaml",
            "types/formats: Locales and currencies of the app: app.yaml",
            "types/colors: The colour of the app: app.yaml",
        ],
    ),
    (
        "a schema sees a file without its path, and without the others",
        &[
            "spec/app: There is one file of settings: app.yaml",
            "spec/pages: Parameters stand in the path: customers/index.yaml",
            "spec/pages: Two files cannot be one page: ops/index.yaml",
            "spec/pages: A file name is a part of a URL: our sales.yaml",
            "spec/pages: Some URLs are the server's own: metrics.yaml",
            "partial/use: A partial that nothing uses is looked at all the same: _my-part.yaml",
            "partial/use: Two partials of one name: _parts/kpi.yaml",
        ],
    ),
    (
        "that one option excludes another, a word of it, or the need for it, is not in the tables",
        &[
            "spec/cache: Results of a session are not kept on disk: page.yaml",
            "component/table: What cells look like must fit their column: page.yaml",
            "component/slider: A slider needs both ends: page.yaml",
            "mistakes/components: A slider without a start: page.yaml",
        ],
    ),
    (
        "a schema looks at each row of a table by itself",
        &["spec/queries: The cells of a column of `rows` are of one type: page"],
    ),
];

/// The corpus, and what the validator says of each of its files and of the schemas.
static JUDGED: LazyLock<(Vec<Written>, Judgement)> = LazyLock::new(|| {
    let corpus = corpus();
    let documents: Vec<_> = corpus.iter().map(|file| (file.document.name(), &file.value)).collect();
    let judgement = judge(&schemas(), &documents);
    (corpus, judgement)
});

/// All schemas, by their names.
fn schemas() -> BTreeMap<&'static str, Value> {
    Document::ALL.map(|document| (document.name(), schema(document))).into()
}

/// The files of the demo app, by their paths: as they are, and each in the other format.
fn demo() -> Vec<(String, Document, Value)> {
    let mut files = Vec::new();
    for path in files_below("specs") {
        let (name, below) = (relative(&path), relative(path.strip_prefix(root().join("specs")).unwrap()));
        let Some(document) = document_of(&below) else { continue };
        let text = fs::read_to_string(&path).unwrap();
        let value = read(&name, &text).unwrap();
        let (other, text) = if ending_of(&name) == Some("toml") {
            (format!("{name}, as YAML"), serde_yaml::to_string(&value).unwrap())
        } else {
            (format!("{name}, as .toml"), to_toml(&text).unwrap())
        };
        let again = read(&other, &text).unwrap();
        files.extend([(name, document, value), (other, document, again)]);
    }
    files
}

#[test]
fn the_schemas_are_valid_by_the_meta_schema_that_they_name() {
    let (_, judgement) = &*JUDGED;
    assert_eq!(judgement.schemas, Document::ALL.map(|document| (document.name().to_owned(), Vec::new())).into());
    for document in Document::ALL {
        assert_eq!(schema(document)["$schema"], "https://json-schema.org/draft/2020-12/schema");
    }
}

#[test]
fn the_demo_app_is_valid_in_yaml_and_in_toml() {
    let files = demo();
    assert!(files.len() >= 16, "{} files", files.len());
    let documents: Vec<_> = files.iter().map(|(_, document, value)| (document.name(), value)).collect();
    let judgement = judge(&schemas(), &documents);
    for ((name, ..), problems) in files.iter().zip(&judgement.documents) {
        assert!(problems.is_empty(), "{name}: {}", problems.join("\n"));
    }
}

#[test]
fn what_the_compiler_finds_nothing_wrong_with_is_valid() {
    let (corpus, judgement) = &*JUDGED;
    let fine = corpus.iter().zip(&judgement.documents).filter(|(file, _)| file.is_fine);
    let wrong: Vec<String> = fine
        .clone()
        .filter(|(_, problems)| !problems.is_empty())
        .map(|(file, problems)| format!("{}: {}", file.name, problems.join("\n")))
        .collect();
    assert!(wrong.is_empty(), "{} files are refused:\n{}", wrong.len(), wrong.join("\n"));
    assert!(fine.clone().count() > 200, "only {} files are fine", fine.count());
}

#[test]
#[expect(clippy::print_stdout, reason = "the figures are for who asks for them by `--nocapture`")]
fn what_is_wrong_in_structure_is_refused() {
    let (corpus, judgement) = &*JUDGED;
    let structural = corpus.iter().zip(&judgement.documents).filter(|(file, _)| !file.structural.is_empty());
    let unseen: Vec<&Written> =
        structural.clone().filter(|(_, problems)| problems.is_empty()).map(|(file, _)| file).collect();
    let count = structural.count();
    println!(
        "{} of {count} files that are wrong in structure are refused, {} are not",
        count - unseen.len(),
        unseen.len()
    );
    assert!(count > 100, "the corpus is not read");
    let excused: BTreeSet<&str> = UNSEEN.iter().flat_map(|(_, names)| *names).copied().collect();
    let wrong: Vec<String> = unseen
        .iter()
        .filter(|file| !excused.iter().any(|name| file.name.starts_with(name)))
        .map(|file| format!("{}: {}", file.name, file.structural.join(", ")))
        .collect();
    assert!(wrong.is_empty(), "{} files are let through:\n{}", wrong.len(), wrong.join("\n"));
    let needed: BTreeSet<&str> =
        excused.iter().copied().filter(|name| unseen.iter().any(|file| file.name.starts_with(name))).collect();
    assert_eq!(excused, needed, "an exception that is no more one");
}
