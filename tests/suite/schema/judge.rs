//! The validator: a program of its own, in `tests/validator`, that is built where it is first asked.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::support::root;

/// What the validator found wrong.
pub(super) struct Judgement {
    /// With each schema, by its name.
    pub(super) schemas: BTreeMap<String, Vec<String>>,
    /// With each document, in the order in which they were handed over.
    pub(super) documents: Vec<Vec<String>>,
}

/// Judges schemas by the meta-schemas that they name, and documents by these schemas.
pub(super) fn judge(schemas: &BTreeMap<&str, Value>, documents: &[(&str, &Value)]) -> Judgement {
    let mut validator = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--locked", "--manifest-path"])
        .arg(root().join("tests/validator/Cargo.toml"))
        .arg("--target-dir")
        .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("validator"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let input = json!({ "schemas": schemas, "documents": documents }).to_string();
    validator.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let done = validator.wait_with_output().unwrap();
    assert!(done.status.success(), "the validator cannot be built, or has given up");
    let judged: Value = serde_json::from_slice(&done.stdout).unwrap();
    let lists = |value: &Value| serde_json::from_value(value.clone()).unwrap();
    Judgement {
        schemas: serde_json::from_value(judged["schemas"].clone()).unwrap(),
        documents: judged["documents"].as_array().unwrap().iter().map(lists).collect(),
    }
}
