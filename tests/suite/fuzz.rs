//! The texts that the fuzzer has kept: what the compiler keeps for any text, it keeps for these.

use std::fs;
use std::panic::catch_unwind;

use crate::support::root;

#[path = "../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "it is a library to the fuzzer")]
mod claims;

/// Checks what is kept of one kind.
fn check(kind: &str) {
    let (_, check) = claims::CHECKS.iter().find(|(name, _)| *name == kind).unwrap();
    let texts = fs::read_to_string(root().join(format!("tests/fuzz/corpus/{kind}.jsonl"))).unwrap();
    let texts: Vec<String> = texts.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(texts.len() > 100, "hardly anything is kept");
    let refused: Vec<&String> = texts.iter().filter(|text| catch_unwind(|| check(text)).is_err()).collect();
    assert!(refused.is_empty(), "the compiler does not stand {refused:#?}");
}

#[test]
fn the_compiler_stands_the_yaml_that_the_fuzzer_has_kept() {
    check("yaml");
}

#[test]
fn the_compiler_stands_the_toml_that_the_fuzzer_has_kept() {
    check("toml");
}

#[test]
fn the_compiler_stands_the_templates_that_the_fuzzer_has_kept() {
    check("template");
}

#[test]
fn the_compiler_stands_the_sql_that_the_fuzzer_has_kept() {
    check("sql");
}

#[test]
fn the_compiler_stands_the_pages_that_the_fuzzer_has_kept() {
    check("page");
}
