//! What holds for the files of the repository as a whole.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{files_below, relative, root};

/// No file is larger; a repository is cloned by everybody, for ever.
const LIMIT: u64 = 2 << 20;

/// Folders that hold no part of the repository.
const BESIDE: &[&str] = &["target", ".git", ".appspec"];

fn files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(root()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if BESIDE.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            files.extend(files_below(&name));
        } else {
            files.push(path);
        }
    }
    files.retain(|path| !path.components().any(|part| part.as_os_str() == ".appspec"));
    files
}

#[test]
fn files_are_small() {
    let large: Vec<String> =
        files().iter().filter(|path| fs::metadata(path).unwrap().len() > LIMIT).map(|path| relative(path)).collect();
    assert!(large.is_empty(), "larger than 2 MB: {}", large.join(", "));
}

#[test]
fn no_file_names_a_place_on_the_machine_of_its_author() {
    let places = ["home", "work", "root", "Users"].map(|folder| format!("/{folder}/"));
    let is_place = |text: &str, place: &str| {
        // `docs/home/` and `https://example.com/work/` are no places: a path begins after a blank or a quote.
        text.match_indices(place).any(|(at, _)| text[..at].chars().last().is_none_or(|c| " \t\n\"'`(=:".contains(c)))
    };
    let mut wrong = Vec::new();
    for path in files() {
        if relative(&path).starts_with("static/vendor/") {
            continue;
        }
        let Ok(text) = fs::read_to_string(&path) else { continue };
        wrong.extend(
            places.iter().filter(|place| is_place(&text, place)).map(|place| format!("{}: {place}", relative(&path))),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_comes_from_others_has_its_licence_beside_it() {
    let has_licence = |folder: &Path| {
        let mut names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        names.any(|name| name.to_string_lossy().to_uppercase().starts_with("LICEN"))
    };
    let vendored = ["static/vendor", "tests/browser/vendor"].map(|folder| fs::read_dir(root().join(folder)).unwrap());
    let folders = vendored.into_iter().flatten().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    let bare: Vec<String> = folders.filter(|folder| !has_licence(folder)).map(|folder| relative(&folder)).collect();
    assert!(bare.is_empty(), "no licence in {}", bare.join(", "));
}

#[test]
fn scripts_can_be_run() {
    use std::os::unix::fs::PermissionsExt;
    for script in [".ci/run", "tests/run"] {
        let mode = fs::metadata(root().join(script)).unwrap().permissions().mode();
        assert!(mode & 0o111 == 0o111, "{script} is not executable");
    }
}
