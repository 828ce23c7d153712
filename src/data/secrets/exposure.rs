//! Secrets that others can see.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::form;
use crate::connection::{ConnectionSettings, Secret, Target};

/// Says of each file of secrets whether others on this machine, or readers of a repository, can see it.
///
/// A folder is passed over: whoever mounts secrets one by one says who may read them.
pub fn exposed_files(places: &[PathBuf]) -> Vec<String> {
    places.iter().filter(|place| place.is_file()).flat_map(|file| of_file(file)).collect()
}

/// Words in the names of headers that hold a secret.
const SECRET_HEADERS: &[&str] = &["auth", "cookie", "key", "secret", "token"];

/// Says which secrets cannot be kept out of every message.
pub fn weak_secrets(connections: &[ConnectionSettings]) -> Vec<String> {
    connections.iter().flat_map(weak_of).collect()
}

fn weak_of(connection: &ConnectionSettings) -> Vec<String> {
    let name = &connection.name;
    let secrets: Vec<(String, &str)> = match &connection.target {
        Target::Server(server) => {
            let password = server.password.iter().map(Secret::expose);
            password.map(|password| (format!("the password of `{name}`"), password)).collect()
        }
        Target::Http(http) => {
            let headers = http.headers.iter().filter(|(header, _)| is_secret(header));
            let named = |header: &str| format!("the header `{header}` of `{name}`");
            headers.map(|(header, secret)| (named(header), last_word(secret.expose()))).collect()
        }
        _ => Vec::new(),
    };
    let weak = secrets.into_iter().filter(|(_, secret)| !secret.is_empty() && form::is_exposed(secret));
    weak.map(|(what, _)| format!("{what} is so short or common that it cannot be kept out of messages")).collect()
}

/// What stands behind the scheme in `Bearer …`.
fn last_word(value: &str) -> &str {
    value.rsplit(' ').next().unwrap_or_default()
}

fn is_secret(header: &str) -> bool {
    let header = header.to_ascii_lowercase();
    SECRET_HEADERS.iter().any(|word| header.contains(word))
}

fn of_file(file: &Path) -> Vec<String> {
    let shown = file.display();
    let mut warnings = Vec::new();
    if is_readable_by_others(file) {
        warnings.push(format!("{shown} can be read by every user of this machine: `chmod 600 {shown}`"));
    }
    match in_git(file) {
        Some(Git::Kept) => {
            warnings.push(format!("{shown} lies in a git repository that does not ignore it: add it to `.gitignore`"));
        }
        Some(Git::Unknown) => {
            warnings
                .push(format!("{shown} lies in a git repository, and there is no git to ask whether it is ignored"));
        }
        None => {}
    }
    warnings
}

#[cfg(unix)]
fn is_readable_by_others(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o004 != 0)
}

#[cfg(not(unix))]
fn is_readable_by_others(_file: &Path) -> bool {
    false
}

enum Git {
    /// Not ignored.
    Kept,
    Unknown,
}

/// What a repository around a file does with it; none if it ignores it, or if there is none.
fn in_git(file: &Path) -> Option<Git> {
    let file = std::path::absolute(file).ok()?;
    let folder = file.parent()?;
    if !folder.ancestors().any(|folder| folder.join(".git").exists()) {
        return None;
    }
    let asked = Command::new("git")
        // A repository can name programs that git runs: none of them is needed.
        .args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "check-ignore", "--quiet", "--"])
        .arg(&file)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match asked.ok().and_then(|status| status.code()) {
        Some(0) => None,
        Some(1) => Some(Git::Kept),
        _ => Some(Git::Unknown),
    }
}
