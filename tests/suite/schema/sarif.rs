//! What `check --format sarif` prints, judged by the schema of the standard.

use appspec::cli::Exit;
use serde_json::{Value, json};

use super::judge::judge;
use crate::cli::run;

/// As OASIS has published it; its licence stands beside it.
const SCHEMA: &str = include_str!("sarif-2.1.0.json");

/// Apps by what is to be seen in their logs.
const APPS: &[(&str, &[(&str, &str)])] = &[
    ("nothing is wrong", &[("index.yaml", "body:\n  - header: Hello\n")]),
    ("errors", &[("index.yaml", "body:\n  - header: Hello\n    hlep: There\n  - text: \"{{ state.region }}\"\n")]),
    ("warnings alone", &[("index.yaml", "values:\n  idle: 1 + 1\nbody:\n  - header: Hello\n")]),
    ("a second place", &[("index.yaml", "title: A\nbody:\n  - header: Hello\ntitle: B\n")]),
    ("a fix", &[("index.yaml", "state: { on_air: { default: no } }\nbody:\n  - header: \"{{ state.on_air }}\"\n")]),
    ("files as a whole", &[("index.yaml", "body: []\n"), ("index.toml", ""), ("metrics.yaml", ""), ("a b.yaml", "")]),
    ("an end without text", &[("index.yaml", "body:\n  - header: \"Hello\n")]),
    ("other scripts", &[("köln/日本 [x] 100%.yaml", ""), ("index.yaml", "body:\n  - header: 日本\n    größe: 😀\n")]),
    ("a place in a template", &[("index.yaml", "body:\n  - text: |\n      Ä {{ state.missing }}\n      {{ 1 + }}\n")]),
    ("TOML", &[("index.toml", "title = 1 2\n"), ("b.toml", "[[body]]\nheader = \"x\"\nhlep = 1\n")]),
];

/// What such a log must not say, by the way to it.
const WRONG: &[(&str, &str)] = &[
    ("/version", "\"2.0.0\""),
    ("/runs", "null"),
    ("/runs/0/tool/driver/name", "1"),
    ("/runs/0/results/0/message", "\"a text\""),
    ("/runs/0/results/0/level", "\"fatal\""),
    ("/runs/0/results/0/ruleIndex", "-2"),
    ("/runs/0/results/0/locations/0/physicalLocation/region/startLine", "0"),
    ("/runs/0/results/0/locations/0/physicalLocation/region/startColumn", "\"1\""),
    ("/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri", "\"a b/[id].yaml\""),
    ("/runs/0/results/0/fixes", "[{ \"artifactChanges\": [] }]"),
    ("/runs/0/results/0", "{ \"ruleId\": \"value\" }"),
];

/// What is wrong with each document by the schema.
fn judged(documents: &[&Value]) -> Vec<Vec<String>> {
    // The pattern of languages closes a bracket that it does not open, so that no validator takes the schema as it is;
    // these logs name no language.
    let text = SCHEMA.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}?$");
    let documents: Vec<_> = documents.iter().map(|log| ("sarif", *log)).collect();
    let judgement = judge(&[("sarif", serde_json::from_str(&text).unwrap())].into(), &documents);
    assert_eq!(judgement.schemas["sarif"], Vec::<String>::new());
    judgement.documents
}

/// The logs of all apps.
fn logs() -> Vec<(&'static str, Value)> {
    let log = |files: &[(&str, &str)]| {
        let done = run("check app --format sarif", files);
        assert!(matches!(done.exit, Exit::Fine | Exit::Diagnostics), "{done:?}");
        serde_json::from_str(&done.out).unwrap()
    };
    APPS.iter().map(|(name, files)| (*name, log(files))).collect()
}

#[test]
fn a_log_is_valid_by_the_schema_of_the_standard() {
    let logs = logs();
    let judged = judged(&logs.iter().map(|(_, log)| log).collect::<Vec<_>>());
    for ((name, log), problems) in logs.iter().zip(&judged) {
        assert!(problems.is_empty(), "{name}: {}\n{log:#}", problems.join("\n"));
    }
}

#[test]
fn the_logs_hold_all_that_a_log_may_hold() {
    let logs = logs();
    let results = |name: &str| {
        let (_, log) = logs.iter().find(|(of, _)| *of == name).unwrap();
        log["runs"][0]["results"].as_array().unwrap().clone()
    };
    assert!(results("nothing is wrong").is_empty());
    assert!(results("errors").iter().any(|result| result["level"] == "error"));
    let warnings = results("warnings alone");
    assert!(!warnings.is_empty() && warnings.iter().all(|result| result["level"] == "warning"), "{warnings:?}");
    assert!(results("a second place").iter().any(|result| result["relatedLocations"] != json!([])));
    assert!(results("a fix").iter().any(|result| result["fixes"].is_array()));
    let start = json!({ "startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1 });
    let is_whole = |result: &Value| result["locations"][0]["physicalLocation"]["region"] == start;
    assert_eq!(results("files as a whole").iter().filter(|result| is_whole(result)).count(), 3);
    let other = results("other scripts");
    assert!(other.iter().any(|result| result["message"]["text"].as_str().unwrap().contains("größe")), "{other:?}");
    let encoded = "app/k%C3%B6ln/%E6%97%A5%E6%9C%AC%20%5Bx%5D%20100%25.yaml";
    let uri = |result: &Value| result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == encoded;
    assert!(other.iter().any(uri), "{other:?}");
}

#[test]
fn a_log_that_is_wrong_is_refused() {
    let logs = logs();
    let (_, right) = logs.iter().find(|(name, _)| *name == "a fix").unwrap();
    let wrong: Vec<Value> = WRONG
        .iter()
        .map(|(place, value)| {
            let mut log = right.clone();
            *log.pointer_mut(place).unwrap() = serde_json::from_str(value).unwrap();
            log
        })
        .collect();
    let judged = judged(&wrong.iter().collect::<Vec<_>>());
    for ((place, value), problems) in WRONG.iter().zip(&judged) {
        assert!(!problems.is_empty(), "{place} may be {value}");
    }
}
