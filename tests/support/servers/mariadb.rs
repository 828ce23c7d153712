//! `MariaDB` from the packages of the system.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Command, Stdio};

use super::account::succeed;
use super::{ADMIN, Failure, PASSWORD};

/// What the log holds as soon as the server answers.
pub(super) const READY: &str = "ready for connections";
pub(super) const FAILED: &str = "[ERROR] Aborting";

pub(super) const CRASH: &str = "KILL";

/// The name of the log of statements, beside the data.
pub(super) const STATEMENTS: &str = "statements.log";

/// The zone that the server knows.
const ZONE: &str = "Europe/Berlin";

/// Small, and lenient where only a crash of the machine would lose something.
const SETTINGS: &[&str] = &[
    "--innodb-flush-method=nosync",
    "--innodb-flush-log-at-trx-commit=2",
    "--innodb-doublewrite=0",
    "--innodb-log-file-size=16M",
    "--innodb-buffer-pool-size=64M",
    "--aria-log-file-size=8M",
];

pub(super) fn version() -> Result<String, Failure> {
    // It has no question that it answers with success.
    Command::new("mariadb-install-db").arg("--help").output()?;
    succeed(Command::new(program()).arg("--version"))
}

/// Debian keeps servers where only root looks.
fn program() -> &'static str {
    let here = "/usr/sbin/mariadbd";
    if Path::new(here).exists() { here } else { "mariadbd" }
}

/// `MariaDB` runs as root only if it is told to.
fn owner(data: &Path) -> Option<&'static str> {
    fs::metadata(data.parent()?).is_ok_and(|folder| folder.uid() == 0).then_some("--user=root")
}

/// Makes the data of a server on which nobody may enter from outside.
pub(super) fn install(data: &Path) -> Result<(), Failure> {
    let mut install = Command::new("mariadb-install-db");
    install.arg("--no-defaults").args(SETTINGS).args(owner(data)).arg(format!("--datadir={}", data.display()));
    install.args(["--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"]);
    succeed(&mut install)?;
    know_zone(data)
}

/// Fills the tables of time zones with one: that of the apps in the corpus.
fn know_zone(data: &Path) -> Result<(), Failure> {
    let zone = succeed(Command::new("mariadb-tzinfo-to-sql").arg(format!("/usr/share/zoneinfo/{ZONE}")).arg(ZONE))?;
    let script = data.with_extension("zone.sql");
    fs::write(&script, format!("use mysql;\n{zone}"))?;
    let mut bootstrap = Command::new(program());
    bootstrap.arg("--no-defaults").args(SETTINGS).args(owner(data)).arg(format!("--datadir={}", data.display()));
    let status = bootstrap.arg("--bootstrap").stdin(fs::File::open(&script)?).stderr(Stdio::null()).status()?;
    if status.success() { Ok(()) } else { Err(Failure(format!("{bootstrap:?}: {status}"))) }
}

/// Lets [`ADMIN`] in at the next start; during the installation there are no accounts yet.
pub(super) fn admit(data: &Path) -> Result<(), Failure> {
    let statements = [
        format!("create user if not exists '{ADMIN}'@'%' identified by '{PASSWORD}';"),
        format!("grant all on *.* to '{ADMIN}'@'%' with grant option;"),
    ];
    Ok(fs::write(data.with_extension("sql"), statements.join("\n"))?)
}

/// The server in the foreground. Its clock is far from UTC, so that what follows it is noticed.
pub(super) fn command(data: &Path, sockets: &Path, port: u16) -> Vec<String> {
    let mut command = vec![program().to_owned(), "--no-defaults".to_owned()];
    command.extend(SETTINGS.iter().chain(owner(data).iter()).map(|&setting| setting.to_owned()));
    command.extend([
        format!("--datadir={}", data.display()),
        format!("--socket={}", sockets.join("mysql.sock").display()),
        // A server that starts clears away the temporary tables that it finds: they must not be those of another.
        format!("--tmpdir={}", sockets.display()),
        format!("--pid-file={}", sockets.join("mysql.pid").display()),
        format!("--general-log-file={}", data.with_file_name(STATEMENTS).display()),
        format!("--init-file={}", data.with_extension("sql").display()),
        format!("--port={port}"),
    ]);
    command.extend(
        ["--bind-address=127.0.0.1", "--general-log", "--skip-name-resolve", "--default-time-zone=-05:00"]
            .map(str::to_owned),
    );
    command
}

/// Whether a line of the log begins the execution of a statement.
pub(super) fn begins_statement(line: &str) -> bool {
    line.contains(" Query\t") || line.contains(" Execute\t")
}

/// Whether a line of the log goes on with what the line before says; others have a number and a verb.
pub(super) fn goes_on(line: &str) -> bool {
    let mut words = line.split('\t').filter(|word| !word.is_empty()).skip_while(|word| word.contains(':'));
    let head = words.next().unwrap_or_default().trim_start();
    let (number, verb) = head.split_once(' ').unwrap_or_default();
    number.parse::<u64>().is_err() || !verb.starts_with(|c: char| c.is_ascii_uppercase())
}
