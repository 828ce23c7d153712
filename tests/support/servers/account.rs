//! The account that a server runs under: `PostgreSQL` refuses to be run by root.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::Failure;

/// What the names of servers' folders begin with; the number of the process that made them follows.
const FOLDER: &str = "server-";

/// An account by its numbers.
#[derive(Clone, Copy)]
pub(super) struct Account {
    pub(super) user: u32,
    pub(super) group: u32,
}

impl Account {
    /// The account `name`, if these tests are run by root, who may turn into it.
    pub(super) fn named(name: &str) -> Option<Self> {
        let is_root = fs::metadata("/proc/self").ok()?.uid() == 0;
        let accounts = fs::read_to_string("/etc/passwd").ok()?;
        let line = accounts.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut numbers = line.split(':').skip(2).map(str::parse);
        let account = Self { user: numbers.next()?.ok()?, group: numbers.next()?.ok()? };
        is_root.then_some(account)
    }
}

/// A new folder that the account owns: below `target/`, or, where the account may not go there, the system's place for
/// temporary ones.
pub(super) fn folder_for(account: Option<Account>) -> Result<TempDir, Failure> {
    let folder = TempDir::with_prefix_in(format!("{FOLDER}{}-", std::process::id()), env!("CARGO_TARGET_TMPDIR"))?;
    let Some(account) = account else { return Ok(folder) };
    chown(folder.path(), Some(account.user), Some(account.group))?;
    let mut visit = Command::new("test");
    visit.arg("-w").arg(folder.path()).uid(account.user).gid(account.group).current_dir("/");
    if visit.status()?.success() {
        return Ok(folder);
    }
    let folder = TempDir::with_prefix("appspec-server-")?;
    chown(folder.path(), Some(account.user), Some(account.group))?;
    Ok(folder)
}

/// Removes the folders of tests that were killed before they could.
pub(super) fn sweep() -> Result<(), Failure> {
    for entry in fs::read_dir(env!("CARGO_TARGET_TMPDIR"))?.filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let process = name.strip_prefix(FOLDER).and_then(|rest| rest.split('-').next());
        if process.is_some_and(|process| !Path::new("/proc").join(process).exists()) {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

/// Where a server's data is kept as it is after the installation, so that it is installed once.
pub(super) fn template(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("template-{name}"))
}

/// Copies a folder with its owners and rights. It has its name only when it is whole.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    let half = to.with_extension(format!("half-{}", std::process::id()));
    succeed(Command::new("cp").arg("-a").arg(from).arg(&half))?;
    if let Err(error) = fs::rename(&half, to) {
        fs::remove_dir_all(&half)?;
        // Another run of the tests has just made the same.
        return if to.is_dir() { Ok(()) } else { Err(error.into()) };
    }
    Ok(())
}

/// Runs a command to its end, and gives what it wrote.
pub(super) fn succeed(command: &mut Command) -> Result<String, Failure> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| Failure(format!("{command:?}: {error}")))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Failure(format!("{command:?}: {}\n{}{said}", output.status, String::from_utf8_lossy(&output.stdout))))
}

/// Writes a file that only the account, or whoever runs the tests, may read.
pub(super) fn write_secret(path: &Path, content: &[u8], account: Option<Account>) -> Result<(), Failure> {
    fs::write(path, content)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    if let Some(account) = account {
        chown(path, Some(account.user), Some(account.group))?;
    }
    Ok(())
}
