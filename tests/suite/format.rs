//! The layout of specs: the demo app has it, and whatever is written in the repository loses nothing by it.

use std::fs;

use appspec_lang::format::{Kind, Unformatted, format};

use crate::schema::markdown::sections;
use crate::support::{files_below, relative};

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
