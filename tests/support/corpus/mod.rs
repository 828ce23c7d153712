//! The corpus: Markdown files whose fenced blocks are small apps, and what is expected of them.
//!
//! A heading names a test; the blocks below it, up to the next heading, are one app in memory. `CONTRIBUTING.md` says
//! how such a test is written.

mod case;
mod expectation;
mod live;
mod markdown;
mod project;
mod to_toml;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::Trial;

use case::Case;

/// Every case of the corpus and of the documentation as a test.
pub(crate) fn trials() -> Vec<Trial> {
    let mut names = BTreeSet::new();
    let mut trials = Vec::new();
    for case in documents().iter().flat_map(case::cases) {
        let is_new = names.insert(case.name.clone());
        let name = case.name.clone();
        trials.push(Trial::test(name, move || {
            if !is_new {
                return Err("two headings of this file make the same test name".into());
            }
            case.run().map_err(Into::into)
        }));
    }
    trials
}

/// Rewrites the expected output of all cases whose names contain `filter`.
pub(crate) fn update(filter: &str) {
    for document in documents() {
        let cases = case::cases(&document).into_iter().filter(|case| case.name.contains(filter));
        let mut changes: Vec<_> = cases.flat_map(|case: Case| case.outputs()).collect();
        changes.sort_by_key(|(lines, _)| std::cmp::Reverse(lines.start));
        let mut lines: Vec<String> = document.text.lines().map(str::to_owned).collect();
        for (range, text) in changes {
            lines.splice(range, text.lines().map(str::to_owned));
        }
        let text = lines.join("\n") + "\n";
        if text != document.text {
            fs::write(root().join(&document.path), text).unwrap();
        }
    }
}

/// A Markdown file that holds tests.
pub(crate) struct Document {
    /// Relative to the repository.
    pub(crate) path: String,
    pub(crate) text: String,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn documents() -> Vec<Document> {
    let mut paths = Vec::new();
    for folder in ["tests/spec", "docs"] {
        collect(&root().join(folder), &mut paths);
    }
    paths.push(root().join("README.md"));
    paths.sort();
    let read = |path: &PathBuf| {
        let relative = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
        fs::read_to_string(path).ok().map(|text| Document { path: relative, text })
    };
    paths.iter().filter_map(read).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|ending| ending == "md") {
            paths.push(path);
        }
    }
}
