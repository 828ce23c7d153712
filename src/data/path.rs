//! Paths that authors write: where they lead, below the root of the app and nowhere else.
#![expect(clippy::disallowed_methods, reason = "the files of queries are found here")]

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use appspec_lang::diagnostic::suggest;
use appspec_lang::value::{Fingerprint, Hasher};

use crate::error::DataError;

/// The files that a path stands for, in the order of their names; at least one.
///
/// `*` and `?` stand for parts of a name, `**` for any folders. Hidden files and folders are never found.
pub(crate) fn find_files(root: &Path, written: &str) -> Result<Vec<PathBuf>, DataError> {
    let parts = parts_of(written)?;
    let mut found = Vec::new();
    collect(root.to_owned(), &parts, &mut found);
    found.sort();
    found.dedup();
    if found.is_empty() {
        let has_wildcards = written.contains(['*', '?']);
        let message = if has_wildcards { "no file matches" } else { "there is no file" };
        return Err(DataError::file(format!("{message} `{written}`")));
    }
    Ok(found)
}

/// The path of the file whose name is nearest to that of one that is not there, in the same folder.
pub(crate) fn nearest_file(root: &Path, written: &str) -> Option<String> {
    let parts = parts_of(written).ok()?;
    let (name, folder) = parts.split_last()?;
    if written.contains(['*', '?']) || find_files(root, written).is_ok() {
        return None;
    }
    let mut beside = Vec::new();
    collect(root.to_owned(), &[folder, &["*"]].concat(), &mut beside);
    let near = suggest::nearest(name, beside.iter().filter_map(|file| file.file_name()?.to_str()))?;
    Some([folder, &[near]].concat().join("/"))
}

/// Changes when one of the files does: told by its name, length and time of change.
pub(crate) fn digest_of(files: &[PathBuf]) -> Fingerprint {
    let mut hasher = Hasher::default();
    for file in files {
        hasher.bytes(file.as_os_str().as_encoded_bytes());
        if let Ok(metadata) = file.metadata() {
            let changed = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
            let changed = changed.unwrap_or_default();
            hasher.number(metadata.len()).number(changed.as_secs()).number(u64::from(changed.subsec_nanos()));
        }
    }
    hasher.finish()
}

fn parts_of(written: &str) -> Result<Vec<&str>, DataError> {
    let refuse = |why: &str| Err(DataError::file(format!("`{written}` cannot be read: {why}")));
    if written.contains("://") {
        return refuse("a file is named by its path in the app's folder, not by a URL");
    }
    if written.starts_with('/') || written.contains('\\') || Path::new(written).is_absolute() {
        return refuse("a path starts in the app's folder, with `/` between names");
    }
    let parts: Vec<&str> = written.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    if parts.contains(&"..") {
        return refuse("it leads out of the app's folder; put the file, or a link to it, into that");
    }
    if parts.iter().any(|part| part.starts_with('.')) {
        return refuse("hidden files are not read");
    }
    Ok(parts)
}

fn collect(at: PathBuf, parts: &[&str], found: &mut Vec<PathBuf>) {
    let Some((part, rest)) = parts.split_first() else {
        if at.is_file() {
            found.push(at);
        }
        return;
    };
    if !part.contains(['*', '?']) {
        collect(at.join(part), rest, found);
        return;
    }
    let Ok(entries) = std::fs::read_dir(&at) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
        if name.starts_with('.') {
            continue;
        }
        if *part != "**" {
            if matches_part(&name, part) {
                collect(entry.path(), rest, found);
            }
        } else if entry.path().is_dir() && !is_link {
            // A link could lead back up, and `**` round in circles.
            collect(entry.path(), parts, found);
        }
    }
    if *part == "**" {
        collect(at, rest, found);
    }
}

/// Whether a name fits a pattern of `*` and `?`.
fn matches_part(name: &str, pattern: &str) -> bool {
    let mut chars = pattern.chars();
    match chars.next() {
        None => name.is_empty(),
        Some('*') => {
            let rest = chars.as_str();
            name.char_indices().any(|(at, _)| matches_part(name.get(at..).unwrap_or_default(), rest))
                || matches_part("", rest)
        }
        Some(wanted) => {
            let mut given = name.chars();
            given.next().is_some_and(|first| wanted == '?' || wanted == first)
                && matches_part(given.as_str(), chars.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_names() {
        for (name, pattern, fits) in [
            ("a.csv", "*.csv", true),
            ("a.csv", "?.csv", true),
            ("ab.csv", "?.csv", false),
            ("a.csv.gz", "*.csv", false),
            ("2024-01.csv", "2024-*.csv", true),
            ("é.csv", "?.csv", true),
            ("", "*", true),
        ] {
            assert_eq!(matches_part(name, pattern), fits, "{name} {pattern}");
        }
    }

    #[test]
    fn paths_stay_in_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for file in ["data/b.csv", "data/a.csv", "data/2024/c.csv", "data/.hidden.csv", ".appspec/secrets.csv"] {
            std::fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
            std::fs::write(root.join(file), "x\n1\n").unwrap();
        }
        let found = |written: &str| {
            let files = find_files(root, written)?;
            let names = files.iter().map(|file| file.strip_prefix(root).unwrap().to_string_lossy().into_owned());
            Ok::<_, DataError>(names.collect::<Vec<_>>().join(" "))
        };
        for (written, wanted) in [
            ("data/a.csv", Ok("data/a.csv")),
            ("./data//a.csv", Ok("data/a.csv")),
            ("data/*.csv", Ok("data/a.csv data/b.csv")),
            ("**/*.csv", Ok("data/2024/c.csv data/a.csv data/b.csv")),
            ("data/z.csv", Err("there is no file `data/z.csv`")),
            ("data/*.parquet", Err("no file matches `data/*.parquet`")),
            (
                "../data/a.csv",
                Err(
                    "`../data/a.csv` cannot be read: it leads out of the app's folder; put the file, or a link to it, into that",
                ),
            ),
            (
                "data/../../x.csv",
                Err(
                    "`data/../../x.csv` cannot be read: it leads out of the app's folder; put the file, or a link to it, into that",
                ),
            ),
            (".appspec/secrets.csv", Err("`.appspec/secrets.csv` cannot be read: hidden files are not read")),
            (
                "/etc/passwd",
                Err("`/etc/passwd` cannot be read: a path starts in the app's folder, with `/` between names"),
            ),
            (
                "http://x/a.csv",
                Err("`http://x/a.csv` cannot be read: a file is named by its path in the app's folder, not by a URL"),
            ),
        ] {
            let given = found(written).map_err(|error| error.to_string());
            assert_eq!(given, wanted.map(str::to_owned).map_err(str::to_owned), "{written}");
        }
    }

    #[test]
    fn a_file_that_is_not_there_has_the_nearest_name_of_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("data")).unwrap();
        for file in ["data/projects.csv", "data/.project.csv", "orders.csv"] {
            std::fs::write(folder.path().join(file), "x\n1\n").unwrap();
        }
        for (written, near) in [
            ("data/projects.cvs", Some("data/projects.csv")),
            ("data/Projects.csv", Some("data/projects.csv")),
            ("order.csv", Some("orders.csv")),
            ("data/projects.csv", None),
            ("data/orders.csv", None),
            ("data/*.cvs", None),
            ("data/../order.csv", None),
            ("/order.csv", None),
        ] {
            assert_eq!(nearest_file(folder.path(), written).as_deref(), near, "{written}");
        }
    }

    #[test]
    fn the_digest_follows_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.csv");
        std::fs::write(&file, "x\n1\n").unwrap();
        let before = digest_of(std::slice::from_ref(&file));
        assert_eq!(before, digest_of(std::slice::from_ref(&file)));
        std::fs::write(&file, "x\n12\n").unwrap();
        assert_ne!(before, digest_of(&[file]));
    }
}
