//! Holds the direction of dependencies: each module names only those below it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A package's modules, from the bottom up, and what each may name of its own package.
const LANG: &[(&str, &[&str])] = &[
    ("source", &[]),
    ("diagnostic", &["source"]),
    ("value", &[]),
    ("sql", &["diagnostic", "value"]),
    ("expr", &["source", "diagnostic", "value"]),
    ("component", &["value"]),
    ("syntax", &["source", "diagnostic"]),
    ("format", &["source", "diagnostic", "syntax"]),
    ("convert", &["source", "diagnostic", "component", "syntax", "format"]),
    ("spec", &["source", "diagnostic", "value", "sql", "expr", "component", "syntax"]),
    ("schema", &["component", "spec"]),
    ("check", &["source", "diagnostic", "value", "sql", "expr", "component", "spec"]),
    ("graph", &["source", "diagnostic", "value", "expr", "check"]),
    ("compile", &["source", "diagnostic", "value", "expr", "component", "syntax", "spec", "check", "graph"]),
    ("ide", &["source", "diagnostic", "value", "expr", "component", "spec", "check", "compile"]),
];

const LSP: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("paths", &[]),
    ("documents", &[]),
    ("outside", &[]),
    ("inbox", &["outside"]),
    ("app", &["documents", "outside", "paths"]),
    ("apps", &["app", "documents"]),
    ("convert", &["app", "documents", "paths", "text"]),
    ("request", &["app", "apps", "convert", "documents", "paths", "text"]),
    ("server", &["app", "apps", "convert", "documents", "inbox", "outside", "paths", "request", "text"]),
];

const WEB: &[(&str, &[&str])] =
    &[("words", &[]), ("eval", &["words"]), ("render", &["words", "eval"]), ("serve", &["words", "eval", "render"])];

const ROOT: &[(&str, &[&str])] = &[("cli", &[])];

/// Crates, and the only places that may name them.
const OWNERS: &[(&str, &[&str])] = &[
    ("granit_parser", &["src/lang/syntax"]),
    ("serde_yaml", &["src/lang/syntax"]),
    ("toml", &["src/lang/syntax", "src/data/secrets", "src/data/lock.rs"]),
    ("toml_parser", &["src/lang/syntax/toml"]),
    ("sqlparser", &["src/lang/sql"]),
    ("annotate_snippets", &["src/lang/diagnostic/render"]),
    ("minijinja", &["src/lang/expr", "src/web/eval/expr", "src/web/render"]),
    ("polars", &["src/data"]),
    ("sqlx", &["src/data"]),
    ("cached", &["src/data"]),
    ("ammonia", &["src/web/render/html.rs"]),
    ("axum", &["src/web/serve"]),
    ("tower_http", &["src/web/serve"]),
    ("gen_lsp_types", &["src/lsp"]),
    ("lsp_server", &["src/lsp"]),
    ("crossbeam_channel", &["src/lsp"]),
    ("clap", &["src/cli"]),
    ("similar", &["src/cli/fix.rs"]),
    ("anyhow", &["src/cli"]),
    ("tracing_subscriber", &["src/cli/log.rs"]),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    files.sort();
}

/// The lines of a file up to its own tests, numbered from 1, without comments.
fn code_lines(path: &Path) -> Vec<(usize, String)> {
    let text = fs::read_to_string(path).unwrap();
    text.lines()
        .enumerate()
        .take_while(|(_, line)| !line.starts_with("#[cfg(test)]"))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(at, line)| (at + 1, line.to_owned()))
        .collect()
}

/// The identifiers that follow `prefix` in a line.
fn named_after<'a>(line: &'a str, prefix: &str) -> Vec<&'a str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(prefix)
        .filter(|(at, _)| !line[..*at].ends_with(is_word))
        .map(|(at, _)| &line[at + prefix.len()..])
        .map(|rest| rest.split(|c| !is_word(c)).next().unwrap_or_default())
        .filter(|name| !name.is_empty())
        .collect()
}

fn module_of(package: &Path, file: &Path) -> String {
    let below = file.strip_prefix(package).unwrap();
    let first = below.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

fn wrong_arrows(folder: &str, layers: &[(&str, &[&str])], skip: &[&str]) -> Vec<String> {
    let package = root().join(folder);
    let allowed: BTreeMap<&str, &[&str]> = layers.iter().copied().collect();
    let mut files = Vec::new();
    rust_files(&package, &mut files);
    let mut wrong = Vec::new();
    for file in files {
        let module = module_of(&package, &file);
        if skip.contains(&module.as_str()) {
            continue;
        }
        let Some(below) = allowed.get(module.as_str()) else {
            wrong.push(format!("{}: the module `{module}` has no row in the table of layers", file.display()));
            continue;
        };
        for (line, text) in code_lines(&file) {
            for named in named_after(&text, "crate::") {
                let is_module = layers.iter().any(|(name, _)| *name == named);
                if is_module && named != module && !below.contains(&named) {
                    wrong.push(format!("{}:{line}: `{module}` may not name `{named}`", file.display()));
                }
            }
        }
    }
    wrong
}

#[test]
fn modules_name_only_the_layers_below_them() {
    let mut wrong = wrong_arrows("src/lang", LANG, &["lib"]);
    wrong.extend(wrong_arrows("src/lsp", LSP, &["lib", "tests"]));
    wrong.extend(wrong_arrows("src/web", WEB, &["lib"]));
    wrong.extend(wrong_arrows("src", ROOT, &["lib", "main", "lang", "lsp", "data", "web"]));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn layers_only_point_down() {
    for layers in [LANG, LSP, WEB, ROOT] {
        for (at, (module, below)) in layers.iter().enumerate() {
            for named in *below {
                let place = layers.iter().position(|(name, _)| name == named);
                assert!(place.is_some_and(|place| place < at), "`{module}` names `{named}`, which is not below it");
            }
        }
    }
}

#[test]
fn crates_are_named_only_by_their_owners() {
    let mut files = Vec::new();
    rust_files(&root().join("src"), &mut files);
    let mut wrong = Vec::new();
    for file in files {
        let path = file.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
        for (line, text) in code_lines(&file) {
            for (name, owners) in OWNERS {
                let is_named = text
                    .match_indices(&format!("{name}::"))
                    .any(|(at, _)| !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':'));
                if is_named && !owners.iter().any(|owner| path.starts_with(owner)) {
                    wrong.push(format!("{path}:{line}: only {owners:?} may name `{name}`"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn secrets_are_told_to_drivers_alone() {
    let mut files = Vec::new();
    rust_files(&root().join("src"), &mut files);
    let mut wrong = Vec::new();
    for file in files {
        let path = file.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
        let may = ["src/data/connection/", "src/data/secrets/", "src/data/tests/"]
            .iter()
            .any(|place| path.starts_with(place));
        for (line, text) in code_lines(&file).iter().filter(|_| !may) {
            if text.contains(".expose()") || text.contains("::expose") {
                wrong.push(format!("{path}:{line}"));
            }
        }
    }
    assert!(wrong.is_empty(), "the text of a secret is read in {}", wrong.join(", "));
}

#[test]
fn no_file_is_longer_than_a_reader_can_hold() {
    let mut files = Vec::new();
    for folder in ["src", "tests", "benches"] {
        rust_files(&root().join(folder), &mut files);
    }
    let long: Vec<String> = files
        .iter()
        .map(|file| (file, code_lines(file).len()))
        .filter(|(_, lines)| *lines > 600)
        .map(|(file, lines)| format!("{}: {lines} lines", file.display()))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}
