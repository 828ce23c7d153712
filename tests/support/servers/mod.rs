//! Throw-away database servers, on free ports of the loopback interface.
//!
//! They come from the packages of the system, keep their data below `target/`, and end with the tests, however these
//! end. A server's log holds every statement that it ran.

mod account;
mod admin;
mod guard;
mod mariadb;
mod postgres;
mod proxy;

use std::fmt;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use url::Url;

use account::{copy, folder_for, sweep, template};
pub(crate) use admin::Admin;
use guard::{Guarded, Program};
pub(crate) use proxy::Proxy;

/// Who may do anything on a server.
pub(crate) const ADMIN: &str = "admin";

/// The password of every account.
pub(crate) const PASSWORD: &str = "only for tests";

/// Changes when what is installed does, so that old templates are not used.
const INSTALLATION: u32 = 2;

/// Names the variable of the environment with the URL of a `MySQL` server.
const MYSQL: &str = "APPSPEC_TEST_MYSQL";

static INSTALLING: Mutex<()> = Mutex::new(());

/// How long a server may take to start; far above what any needs.
const PATIENCE: Duration = Duration::from_mins(1);

/// Why a test cannot go on.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// A kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Engine {
    /// Has no server, only a file.
    Sqlite,
    Postgres,
    MariaDb,
    /// On a server that is there already: the URL of its administrator is in `APPSPEC_TEST_MYSQL`.
    MySql,
}

impl Engine {
    /// All that are tested.
    pub(crate) fn all() -> Vec<Self> {
        let mut all = vec![Self::Sqlite, Self::Postgres, Self::MariaDb];
        all.extend(std::env::var_os(MYSQL).map(|_| Self::MySql));
        all
    }

    /// The name in tests, in lower case.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
            Self::MariaDb => "mariadb",
            Self::MySql => "mysql",
        }
    }

    /// Why no server of this kind can be had.
    pub(crate) fn missing(self) -> Option<String> {
        let (name, package) = match self {
            Self::Postgres => ("PostgreSQL", "postgresql"),
            Self::MariaDb => ("MariaDB", "mariadb-server"),
            Self::Sqlite | Self::MySql => return None,
        };
        self.version().err().map(|_| format!("{name} is not installed (Debian's package `{package}`)"))
    }

    fn version(self) -> Result<String, Failure> {
        match self {
            Self::Postgres => postgres::version(),
            Self::MariaDb => mariadb::version(),
            Self::Sqlite | Self::MySql => Err(Failure(format!("no server of {} is started here", self.name()))),
        }
    }
}

/// A running server; ended on drop, and its data with it, if it was started here.
pub(crate) struct Server {
    engine: Engine,
    /// The administrator's.
    url: Url,
    own: Option<Own>,
}

/// What is ours of a server that was started here.
struct Own {
    process: Mutex<Option<Guarded>>,
    arguments: Vec<String>,
    folder: TempDir,
    /// Beside the data, because the path of a socket must be short.
    sockets: TempDir,
}

impl Server {
    /// Starts a server, or takes the one that is there.
    pub(crate) fn find(engine: Engine) -> Result<Self, Failure> {
        match engine {
            Engine::MySql => Ok(Self { engine, url: std::env::var(MYSQL)?.parse()?, own: None }),
            _ => Self::start(engine),
        }
    }

    /// Starts a server on a free port, and waits until it answers.
    pub(crate) fn start(engine: Engine) -> Result<Self, Failure> {
        Self::start_with(engine, &[], &[])
    }

    /// Starts a server with further arguments, which may name `files`: these lie beside its data, readable for it alone.
    pub(crate) fn start_with(engine: Engine, arguments: &[&str], files: &[(&str, &[u8])]) -> Result<Self, Failure> {
        let account = if engine == Engine::Postgres { postgres::account() } else { None };
        let folder = folder_for(account)?;
        let sockets = TempDir::with_prefix("appspec-")?;
        if let Some(account) = account {
            std::os::unix::fs::chown(sockets.path(), Some(account.user), Some(account.group))?;
        }
        let scheme = if engine == Engine::Postgres { "postgres" } else { "mysql" };
        let mut url: Url = format!("{scheme}://{ADMIN}@127.0.0.1:{}/", free_port()?).parse()?;
        let _every_such_url_has_one = url.set_password(Some(PASSWORD));
        let arguments = arguments.iter().map(|&argument| argument.to_owned()).collect();
        let own = Own { process: Mutex::default(), arguments, folder, sockets };
        own.install(engine)?;
        for (name, content) in files {
            account::write_secret(&own.data().join(name), content, account)?;
        }
        let server = Self { engine, url, own: Some(own) };
        server.restart()?;
        Ok(server)
    }

    /// Ends the server as a crash would. Its data stays.
    pub(crate) fn crash(&self) -> Result<(), Failure> {
        self.own()?.process().take().map_or(Ok(()), Guarded::crash)
    }

    /// Starts the server again after a crash, on the same port, and waits until it answers.
    pub(crate) fn restart(&self) -> Result<(), Failure> {
        self.crash()?;
        let (own, port) = (self.own()?, self.port());
        let (data, sockets, log) = (own.data(), own.sockets.path(), own.log());
        let (mut command, account, signal) = if self.engine == Engine::Postgres {
            (postgres::command(&data, sockets, port), postgres::account(), postgres::CRASH)
        } else {
            (mariadb::command(&data, sockets, port), None, mariadb::CRASH)
        };
        command.extend(own.arguments.iter().cloned());
        let said = fs::read(&log).unwrap_or_default().len();
        let program = Program { command: &command, data: &data, log: &log, account, signal };
        *own.process() = Some(Guarded::start(&program)?);
        own.wait(self.engine, said)
    }

    fn own(&self) -> Result<&Own, Failure> {
        self.own.as_ref().ok_or_else(|| Failure(format!("the server of {} is not ours", self.engine.name())))
    }

    pub(crate) fn engine(&self) -> Engine {
        self.engine
    }

    pub(crate) fn port(&self) -> u16 {
        self.url.port().unwrap_or(3306)
    }

    /// The folder in which the server's socket is.
    pub(crate) fn sockets(&self) -> Result<&Path, Failure> {
        Ok(self.own()?.sockets.path())
    }

    /// The URL of a database for the administrator, or for an account that was made here.
    pub(crate) fn url(&self, account: &str, database: &str) -> Url {
        let mut url = self.url.clone();
        url.set_path(database);
        if account != ADMIN {
            let _every_such_url_has_one = url.set_username(account);
            let _every_such_url_has_one = url.set_password(Some(PASSWORD));
        }
        url
    }

    /// The statements that the server ran, in order.
    pub(crate) fn statements(&self) -> Result<Vec<String>, Failure> {
        type Judge = fn(&str) -> bool;
        let own = self.own()?;
        let (file, begins, goes_on): (_, Judge, Judge) = if self.engine == Engine::Postgres {
            (own.log(), postgres::begins_statement, postgres::goes_on)
        } else {
            (own.folder.path().join(mariadb::STATEMENTS), mariadb::begins_statement, mariadb::goes_on)
        };
        let mut statements: Vec<String> = Vec::new();
        let mut is_inside = false;
        for line in String::from_utf8_lossy(&fs::read(file)?).lines() {
            if begins(line) {
                statements.push(line.to_owned());
                is_inside = true;
            } else if is_inside && goes_on(line) {
                if let Some(statement) = statements.last_mut() {
                    statement.push('\n');
                    statement.push_str(line);
                }
            } else {
                is_inside = false;
            }
        }
        Ok(statements)
    }
}

impl Own {
    /// Copies the data of a server as it is installed; the first time, installs it.
    fn install(&self, engine: Engine) -> Result<(), Failure> {
        let version: String = engine.version()?.chars().filter(char::is_ascii_alphanumeric).collect();
        let template = template(&format!("{}-{version}-{INSTALLATION}", engine.name()));
        let data = self.data();
        if engine == Engine::MariaDb {
            mariadb::admit(&data)?;
        }
        let _one_at_a_time = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
        sweep()?;
        if template.is_dir() {
            return copy(&template, &data);
        }
        match engine {
            Engine::Postgres => postgres::install(&data)?,
            _ => mariadb::install(&data)?,
        }
        copy(&data, &template)
    }

    /// Waits until the log, from a place on, says that the server answers.
    fn wait(&self, engine: Engine, from: usize) -> Result<(), Failure> {
        let (ready, failed) = match engine {
            Engine::Postgres => (postgres::READY, postgres::FAILED),
            _ => (mariadb::READY, mariadb::FAILED),
        };
        let started = Instant::now();
        loop {
            let log = fs::read(self.log())?;
            let said = String::from_utf8_lossy(log.get(from..).unwrap_or_default()).into_owned();
            if said.contains(ready) {
                return Ok(());
            }
            if said.contains(failed) || started.elapsed() > PATIENCE {
                return Err(Failure(format!("{} does not start:\n{said}", engine.name())));
            }
            // Nothing tells when a file grows.
            thread::sleep(Duration::from_millis(10));
        }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    fn process(&self) -> MutexGuard<'_, Option<Guarded>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A port that was free a moment ago.
fn free_port() -> Result<u16, Failure> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
