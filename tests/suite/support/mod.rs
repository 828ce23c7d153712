//! What several tests of the suite need.

mod app;
mod compiled;
mod golden;
pub(crate) mod html;
mod visitor;

use std::fs;
use std::path::{Path, PathBuf};

pub(crate) use app::TestApp;
pub(crate) use compiled::{compiled, findings};
pub(crate) use golden::golden;
pub(crate) use html::elements;
pub(crate) use visitor::{Answer, Tab, Visitor};

/// The folder of the repository.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A path as it is written in the repository.
pub(crate) fn relative(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).to_string_lossy().into_owned()
}

/// All files below a folder of the repository, sorted; none if there is no such folder.
pub(crate) fn files_below(folder: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    collect(&root().join(folder), &mut files);
    files.sort();
    files
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}
