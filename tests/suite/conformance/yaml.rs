//! YAML, by <https://github.com/yaml/yaml-test-suite>.
//!
//! `yaml-test-suite.jsonl` has a line for each document of the suite: its `id` and `name`, the `yaml` with the marks for
//! invisible characters resolved, `fail` if it is invalid, and as `json` what it means, a value for each document in it.
//! Where the suite has no JSON it is made from its tree of events; there is none if a key is no text.

use appspec_lang::syntax::{Node, NodeKind};
use serde_json::Value;

use super::deviations::{Deviations, Leniency, Reason};
use super::{Outcome, read};
use crate::support::root;

const REASONS: &[Reason] = &[
    ("a tag", "types come from the fields of the language; a tag could only contradict them"),
    ("an unquoted `!`", "a tag of an application has no meaning; most often `!` was meant as `not`"),
    ("a directive", "there are no tags that it could abbreviate"),
    ("specs are read as YAML 1.2", "what is written for another version may mean something else there"),
    ("a second document", "one file is one page"),
    ("expected text as key", "keys are names"),
    ("expected a key before `:`", "keys are names"),
    ("a tab stands", "tabs look like any number of spaces, and other readers refuse these"),
    ("` #` begins a comment", "what follows the `#` without a space was most often meant as text"),
    ("`,` ends unquoted text", "a null key in braces was most often meant as text"),
    (
        "expected `:` after",
        "a key in braces without a value was most often meant to have one; `a: null` says that it has none",
    ),
    ("expected `:` and a value after", "the same"),
    ("other readers of YAML", "libyaml, on which most tools for YAML rest, does not read it"),
];

const LENIENCIES: &[Leniency] = &[
    (
        "9C9N",
        "lines in brackets may begin at the margin, as everybody writes the closing one; it can mean nothing else",
    ),
    ("QB6E", "lines of a quoted text may begin at the margin; it can mean nothing else"),
];

/// Reads all documents of the suite.
pub(super) fn deviations() -> Deviations {
    let cases = std::fs::read_to_string(root().join("tests/suite/conformance/yaml-test-suite.jsonl")).unwrap();
    let mut deviations = Deviations::new(REASONS, LENIENCIES);
    let mut wrong = Vec::new();
    for case in cases.lines() {
        let case: Value = serde_json::from_str(case).unwrap();
        let (id, text) = (case["id"].as_str().unwrap(), case["yaml"].as_str().unwrap());
        let is_invalid = case["fail"] == true;
        let wanted = case["json"].as_array().map_or(&[][..], Vec::as_slice);
        match (read("page.yaml", text), wanted) {
            (outcome, _) if is_invalid => {
                let is_read = matches!(outcome, Outcome::Read(_));
                if !deviations.invalid(id, is_read) {
                    wrong.push(format!(
                        "{id}: {text:?} is invalid, and was {}",
                        if is_read { "read" } else { "refused" }
                    ));
                }
            }
            (Outcome::Refused(error), _) => deviations.refused(id, &error.message),
            (Outcome::Read(root), [wanted]) if is_same(&root, wanted) => deviations.valid(),
            // A page without content is an empty map.
            (Outcome::Read(root), []) if is_nothing(&root) => deviations.valid(),
            (Outcome::Read(root), [Value::Null]) if is_nothing(&root) => deviations.valid(),
            (Outcome::Read(root), _) => wrong.push(format!("{id}: {text:?} was read as {root:?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    deviations
}

fn is_nothing(node: &Node) -> bool {
    matches!(&node.kind, NodeKind::Map(entries) if entries.is_empty())
}

fn is_same(node: &Node, wanted: &Value) -> bool {
    match (&node.kind, wanted) {
        (NodeKind::Null, Value::Null) => true,
        (NodeKind::Bool(ours), Value::Bool(theirs)) => ours == theirs,
        (NodeKind::Int(ours), Value::Number(theirs)) => theirs.as_i64() == Some(*ours),
        (NodeKind::Float(ours), Value::Number(theirs)) => theirs.as_f64() == Some(*ours),
        (NodeKind::Text(ours) | NodeKind::Moment(ours), Value::String(theirs)) => *ours.text == *theirs,
        (NodeKind::List(ours), Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| is_same(ours, theirs))
        }
        (NodeKind::Map(ours), Value::Object(theirs)) => {
            let is_there = |key: &str, node: &Node| theirs.get(key).is_some_and(|wanted| is_same(node, wanted));
            ours.len() == theirs.len() && ours.iter().all(|entry| is_there(&entry.key.value, &entry.value))
        }
        _ => false,
    }
}
