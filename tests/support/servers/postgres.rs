//! `PostgreSQL` from the packages of the system.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::account::{Account, succeed};
use super::{ADMIN, Failure, PASSWORD};

/// Debian keeps the programs of each version in a folder of its own.
const VERSIONS: &str = "/usr/lib/postgresql";

/// What the log holds as soon as the server answers.
pub(super) const READY: &str = "database system is ready to accept connections";
pub(super) const FAILED: &str = "FATAL:  could not";

/// Ends all processes of the server at once; the next start recovers.
pub(super) const CRASH: &str = "QUIT";

/// The folder of the newest version that is installed; none: the programs are looked for where all are.
pub(super) fn programs() -> Option<PathBuf> {
    let entries = fs::read_dir(VERSIONS).ok()?.filter_map(Result::ok);
    let numbered = entries.filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path())));
    numbered.max().map(|(_, path)| path.join("bin"))
}

fn program(name: &str) -> PathBuf {
    programs().map_or_else(|| PathBuf::from(name), |folder| folder.join(name))
}

pub(super) fn version() -> Result<String, Failure> {
    succeed(Command::new(program("postgres")).arg("--version"))
}

pub(super) fn account() -> Option<Account> {
    Account::named("postgres")
}

/// Makes the data of a server on which only [`ADMIN`] is known.
pub(super) fn install(data: &Path) -> Result<(), Failure> {
    let mut initdb = Command::new(program("initdb"));
    if let Some(account) = account() {
        initdb.uid(account.user).gid(account.group);
    }
    let password = data.with_extension("password");
    fs::write(&password, PASSWORD)?;
    initdb.arg("--pgdata").arg(data).arg("--pwfile").arg(&password).args(["--username", ADMIN]);
    initdb.args(["--auth-host=scram-sha-256", "--auth-local=trust", "--no-sync", "--no-instructions"]);
    initdb.args(["--encoding=UTF8", "--locale=C.UTF-8"]).current_dir("/");
    succeed(&mut initdb)?;
    fs::remove_file(password)?;
    Ok(())
}

/// The server in the foreground. Its clock is far from UTC, so that what follows it is noticed.
pub(super) fn command(data: &Path, sockets: &Path, port: u16) -> Vec<String> {
    let settings = [
        "listen_addresses=127.0.0.1".to_owned(),
        format!("port={port}"),
        format!("unix_socket_directories={}", sockets.display()),
        "timezone=America/New_York".to_owned(),
        "fsync=off".to_owned(),
        "full_page_writes=off".to_owned(),
        "shared_buffers=32MB".to_owned(),
        "log_statement=all".to_owned(),
        "log_line_prefix=%m [%p] %q%u@%d ".to_owned(),
    ];
    let command = [program("postgres").display().to_string(), "-D".to_owned(), data.display().to_string()];
    command.into_iter().chain(settings.into_iter().flat_map(|setting| ["-c".to_owned(), setting])).collect()
}

/// Whether a line of the log begins the execution of a statement.
pub(super) fn begins_statement(line: &str) -> bool {
    line.contains(" LOG:  execute ") || line.contains(" LOG:  statement: ")
}

/// Whether a line of the log goes on with what the line before says.
pub(super) fn goes_on(line: &str) -> bool {
    line.starts_with('\t')
}
