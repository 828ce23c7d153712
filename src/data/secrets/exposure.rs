//! Secrets that others can see.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::form;
use crate::connection::{ConnectionSettings, Target};

/// Says of each file of secrets whether others on this machine, or readers of a repository, can see it.
///
/// A folder is passed over: whoever mounts secrets one by one says who may read them.
pub fn exposed_files(places: &[PathBuf]) -> Vec<String> {
    places.iter().filter(|place| place.is_file()).flat_map(|file| of_file(file)).collect()
}

/// Says of which connections no message can be kept free of the secret.
pub fn weak_secrets(connections: &[ConnectionSettings]) -> Vec<String> {
    let is_weak = |connection: &&ConnectionSettings| match &connection.target {
        Target::Server(server) => {
            let password = server.password.as_ref().map_or("", |password| password.expose());
            !password.is_empty() && form::is_weak(password)
        }
        _ => false,
    };
    let said = |connection: &ConnectionSettings| {
        let name = &connection.name;
        format!("the password of `{name}` is so short or common that it cannot be kept out of messages")
    };
    connections.iter().filter(is_weak).map(said).collect()
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
