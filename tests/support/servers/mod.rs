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
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use account::{copy, folder_for, template};
pub(crate) use admin::Admin;
use guard::{Guarded, Program};
pub(crate) use proxy::Proxy;

/// Who may do anything on a server.
pub(crate) const ADMIN: &str = "admin";

/// The password of every account.
pub(crate) const PASSWORD: &str = "only for tests";

/// Changes when what is installed does, so that old templates are not used.
const INSTALLATION: u32 = 1;

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

/// A kind of server that is started here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Postgres,
    MariaDb,
}

impl Engine {
    /// Why no server of this kind can be started.
    pub(crate) fn missing(self) -> Option<String> {
        let (found, name, package) = match self {
            Self::Postgres => (postgres::version(), "PostgreSQL", "postgresql"),
            Self::MariaDb => (mariadb::version(), "MariaDB", "mariadb-server"),
        };
        found.err().map(|_| format!("{name} is not installed (Debian's package `{package}`)"))
    }

    fn version(self) -> Result<String, Failure> {
        match self {
            Self::Postgres => postgres::version(),
            Self::MariaDb => mariadb::version(),
        }
    }
}

/// A running server; ended on drop, and its data with it.
pub(crate) struct Server {
    engine: Engine,
    port: u16,
    process: Mutex<Option<Guarded>>,
    arguments: Vec<String>,
    folder: TempDir,
    /// Beside the data, because the path of a socket must be short.
    sockets: TempDir,
}

impl Server {
    /// Starts a server on a free port, and waits until it answers.
    pub(crate) fn start(engine: Engine) -> Result<Self, Failure> {
        Self::start_with(engine, &[], &[])
    }

    /// Starts a server with further arguments, which may name `files`: these lie beside its data, readable for it alone.
    pub(crate) fn start_with(engine: Engine, arguments: &[&str], files: &[(&str, &[u8])]) -> Result<Self, Failure> {
        let account = match engine {
            Engine::Postgres => postgres::account(),
            Engine::MariaDb => None,
        };
        let folder = folder_for(account)?;
        let sockets = TempDir::with_prefix("appspec-")?;
        if let Some(account) = account {
            std::os::unix::fs::chown(sockets.path(), Some(account.user), Some(account.group))?;
        }
        let server = Self {
            engine,
            port: free_port()?,
            process: Mutex::default(),
            arguments: arguments.iter().map(|&argument| argument.to_owned()).collect(),
            folder,
            sockets,
        };
        server.install()?;
        if engine == Engine::MariaDb {
            mariadb::admit(&server.data())?;
        }
        for (name, content) in files {
            account::write_secret(&server.data().join(name), content, account)?;
        }
        server.restart()?;
        Ok(server)
    }

    /// Copies the data of a server as it is installed; the first time, installs it.
    fn install(&self) -> Result<(), Failure> {
        let version: String = self.engine.version()?.chars().filter(char::is_ascii_alphanumeric).collect();
        let template = template(&format!("{:?}-{version}-{INSTALLATION}", self.engine));
        let data = self.data();
        let _one_at_a_time = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
        if template.is_dir() {
            return copy(&template, &data);
        }
        match self.engine {
            Engine::Postgres => postgres::install(&data)?,
            Engine::MariaDb => mariadb::install(&data)?,
        }
        copy(&data, &template)
    }

    /// Ends the server as a crash would. Its data stays.
    pub(crate) fn crash(&self) -> Result<(), Failure> {
        self.process().take().map_or(Ok(()), Guarded::crash)
    }

    /// Starts the server again after a crash, on the same port, and waits until it answers.
    pub(crate) fn restart(&self) -> Result<(), Failure> {
        self.crash()?;
        let (data, sockets, log) = (self.data(), self.sockets.path(), self.log());
        let mut command = match self.engine {
            Engine::Postgres => postgres::command(&data, sockets, self.port),
            Engine::MariaDb => mariadb::command(&data, sockets, self.port),
        };
        command.extend(self.arguments.iter().cloned());
        let (account, signal) = match self.engine {
            Engine::Postgres => (postgres::account(), postgres::CRASH),
            Engine::MariaDb => (None, mariadb::CRASH),
        };
        let said = fs::read(&log).unwrap_or_default().len();
        let program = Program { command: &command, data: &data, log: &log, account, signal };
        *self.process() = Some(Guarded::start(&program)?);
        self.wait(said)
    }

    /// Waits until the log, from a place on, says that the server answers.
    fn wait(&self, from: usize) -> Result<(), Failure> {
        let (ready, failed) = match self.engine {
            Engine::Postgres => (postgres::READY, postgres::FAILED),
            Engine::MariaDb => (mariadb::READY, mariadb::FAILED),
        };
        let started = Instant::now();
        loop {
            let log = fs::read(self.log())?;
            let said = String::from_utf8_lossy(log.get(from..).unwrap_or_default()).into_owned();
            if said.contains(ready) {
                return Ok(());
            }
            if said.contains(failed) || started.elapsed() > PATIENCE {
                return Err(Failure(format!("{:?} does not start:\n{said}", self.engine)));
            }
            // Nothing tells when a file grows.
            thread::sleep(Duration::from_millis(10));
        }
    }

    pub(crate) fn engine(&self) -> Engine {
        self.engine
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The folder in which the server's socket is.
    pub(crate) fn sockets(&self) -> &Path {
        self.sockets.path()
    }

    /// The URL of a database for an account.
    pub(crate) fn url(&self, account: &str, database: &str) -> String {
        let scheme = match self.engine {
            Engine::Postgres => "postgres",
            Engine::MariaDb => "mysql",
        };
        let password = PASSWORD.replace(' ', "%20");
        format!("{scheme}://{account}:{password}@127.0.0.1:{}/{database}", self.port)
    }

    /// The statements that the server ran, in order.
    pub(crate) fn statements(&self) -> Result<Vec<String>, Failure> {
        type Judge = fn(&str) -> bool;
        let (file, begins, goes_on): (_, Judge, Judge) = match self.engine {
            Engine::Postgres => (self.log(), postgres::begins_statement, postgres::goes_on),
            Engine::MariaDb => {
                let file = self.folder.path().join(mariadb::STATEMENTS);
                (file, mariadb::begins_statement, mariadb::goes_on)
            }
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

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    fn process(&self) -> std::sync::MutexGuard<'_, Option<Guarded>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A port that was free a moment ago.
fn free_port() -> Result<u16, Failure> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
