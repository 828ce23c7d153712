//! Files in the repository that are made by the program itself.

use std::fs;

use super::root;

/// Compares a file with what it should hold; with `UPDATE_EXPECT=1`, writes it.
pub(crate) fn golden(path: &str, wanted: &str) {
    let file = root().join(path);
    let found = fs::read_to_string(&file).unwrap_or_default();
    if found == wanted {
        return;
    }
    let may_write = std::env::var_os("UPDATE_EXPECT").is_some() && std::env::var_os("CI").is_none();
    if may_write {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, wanted).unwrap();
        return;
    }
    let differing = wanted.lines().zip(found.lines()).position(|(wanted, found)| wanted != found);
    let line = differing.unwrap_or_else(|| wanted.lines().count().min(found.lines().count()));
    panic!(
        "{path} is not up to date from line {}: `UPDATE_EXPECT=1 cargo test --test suite` writes it\n\
         it should say: {}\nit says:       {}",
        line + 1,
        wanted.lines().nth(line).unwrap_or("(nothing more)"),
        found.lines().nth(line).unwrap_or("(nothing more)"),
    );
}
