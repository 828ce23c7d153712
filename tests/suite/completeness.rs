//! What one place registers, the other places have: pages, tests, uses.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use appspec_lang::component;
use appspec_lang::diagnostic::{Diagnostics, code};
use appspec_lang::source::{DiskWorld, Sources};
use appspec_lang::syntax::{self, Node, NodeKind};

use crate::support::{files_below, root};

/// The names of the files in a folder, without their endings.
fn stems(folder: &str) -> BTreeSet<String> {
    let stem = |path: &PathBuf| path.file_stem().unwrap().to_string_lossy().into_owned();
    files_below(folder).iter().map(stem).collect()
}

#[test]
fn every_component_has_a_page_and_every_page_a_component() {
    let kinds: BTreeSet<String> = component::ALL.iter().map(|component| component.name.to_owned()).collect();
    assert_eq!(stems("docs/component"), kinds);
}

#[test]
fn every_component_has_a_template_and_every_template_a_component() {
    let kinds: BTreeSet<String> = component::ALL.iter().map(|component| component.name.to_owned()).collect();
    assert_eq!(stems("templates/component"), kinds);
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let codes: BTreeSet<String> = code::ALL.iter().map(|code| code.name.to_owned()).collect();
    assert_eq!(codes.len(), code::ALL.len(), "two codes have one name");
    assert_eq!(stems("docs/errors"), codes);
}

#[test]
fn codes_are_in_kebab_case() {
    let is_kebab = |name: &str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    let wrong: Vec<&str> = code::ALL.iter().map(|code| code.name).filter(|name| !is_kebab(name)).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn every_component_is_at_work_in_the_demo_app() {
    let sources = Sources::load(&DiskWorld, &root().join("specs")).unwrap();
    let trees = syntax::parse_all(&sources, &mut Diagnostics::default());
    let mut keys = BTreeSet::new();
    for tree in &trees {
        collect_keys(&tree.root, &mut keys);
    }
    let idle: Vec<&str> =
        component::ALL.iter().map(|component| component.name).filter(|name| !keys.contains(name)).collect();
    assert!(idle.is_empty(), "no page of specs/ uses {idle:?}");
}

/// The keys of all maps in lists: those that may name the kind of a component.
fn collect_keys<'a>(node: &'a Node, keys: &mut BTreeSet<&'a str>) {
    match &node.kind {
        NodeKind::List(items) => items.iter().for_each(|item| collect_keys(item, keys)),
        NodeKind::Map(entries) => entries.iter().for_each(|entry| {
            keys.insert(&entry.key.value);
            collect_keys(&entry.value, keys);
        }),
        _ => {}
    }
}

#[test]
fn every_code_is_reported_and_expected_somewhere() {
    let texts = |folder: &str| {
        let read = |path: &PathBuf| fs::read_to_string(path).unwrap_or_default();
        files_below(folder).iter().map(read).collect::<String>()
    };
    let (code_text, corpus) = (texts("src"), texts("tests/spec"));
    // The table of codes names each once itself.
    let is_reported = |name: &str| code_text.matches(&name.to_uppercase().replace('-', "_")).count() > 1;
    let is_expected = |name: &str| corpus.contains(&format!(": [{name}]"));
    let wrong: Vec<&str> =
        code::ALL.iter().map(|code| code.name).filter(|name| !is_reported(name) || !is_expected(name)).collect();
    assert!(wrong.is_empty(), "reported nowhere in src/, or expected nowhere in tests/spec/: {wrong:?}");
}
