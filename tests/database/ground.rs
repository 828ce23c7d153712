//! A database of one engine to test on, and how appspec comes to it.

use std::sync::Arc;
use std::time::Duration;

use appspec_data::{
    BoundQuery, ConnectionSettings, Data, DataError, DataSettings, Job, Policy, Secret, ServerSettings, Table, Target,
    Tls,
};
use appspec_lang::spec::Dialect;
use appspec_lang::value::Fingerprint;
use tempfile::TempDir;
use url::Url;

use crate::servers::{Admin, Engine, Failure, Server};
use crate::stage::{Outcome, Servers};

/// The connection's name in specs.
pub(crate) const CONNECTION: &str = "db";

/// A fresh database, and an account that owns it.
pub(crate) struct Ground {
    pub(crate) engine: Engine,
    /// The owner's.
    pub(crate) url: Url,
    /// Where appspec looks for files, the one of `SQLite` among them.
    pub(crate) folder: TempDir,
}

impl Ground {
    /// Makes a database; `name` is its own on its server.
    pub(crate) async fn make(servers: &Servers, engine: Engine, name: &str) -> Result<Self, Failure> {
        let folder = TempDir::new()?;
        let url = match engine {
            Engine::Sqlite => Url::parse(&format!("sqlite://{}", folder.path().join(FILE).display()))?,
            _ => servers.get(engine)?.database(name).await?,
        };
        let ground = Self { engine, url, folder };
        ground.admin().await?.close().await?;
        Ok(ground)
    }

    /// The same on a server of the test's own.
    pub(crate) async fn on(server: &Server, name: &str) -> Result<Self, Failure> {
        Ok(Self { engine: server.engine(), url: server.database(name).await?, folder: TempDir::new()? })
    }

    /// A connection of the owner, past appspec.
    pub(crate) async fn admin(&self) -> Result<Admin, Failure> {
        Admin::connect(&self.url).await
    }

    /// Runs statements as the owner, past appspec.
    pub(crate) async fn script(&self, sql: &str) -> Outcome {
        let mut admin = self.admin().await?;
        admin.execute(sql).await?;
        admin.close().await
    }

    /// What appspec is told of the database.
    pub(crate) fn settings(&self) -> ConnectionSettings {
        let target = match dialect(self.engine) {
            Dialect::Sqlite => Target::Sqlite { file: FILE.to_owned() },
            dialect => Target::Server(server_settings(dialect, &self.url)),
        };
        ConnectionSettings::new(CONNECTION.into(), target)
    }

    /// The data of an app whose only connection is this one.
    pub(crate) fn data(&self, timezone: &str) -> Arc<Data> {
        self.data_with(self.settings(), timezone)
    }

    /// The same with other settings.
    pub(crate) fn data_with(&self, connection: ConnectionSettings, timezone: &str) -> Arc<Data> {
        let settings = DataSettings { timezone: timezone.to_owned(), ..DataSettings::default() };
        Arc::new(Data::connect(self.folder.path(), vec![connection], settings))
    }
}

const FILE: &str = "ground.db";

fn dialect(engine: Engine) -> Dialect {
    match engine {
        Engine::Sqlite => Dialect::Sqlite,
        Engine::Postgres => Dialect::Postgres,
        Engine::MariaDb | Engine::MySql => Dialect::Mysql,
    }
}

/// What a URL says of a server.
pub(crate) fn server_settings(dialect: Dialect, url: &Url) -> ServerSettings {
    ServerSettings {
        dialect,
        host: url.host_str().unwrap_or_default().to_owned(),
        port: url.port(),
        database: Some(url.path().trim_start_matches('/').to_owned()),
        username: Some(url.username().to_owned()),
        password: url.password().map(|password| Secret::new(password.replace("%20", " "))),
        // Where the server can; MySQL takes no password otherwise.
        tls: Tls::Prefer,
        options: Vec::new(),
    }
}

/// A folder into which the process of any database may write.
pub(crate) fn open_folder() -> Result<TempDir, Failure> {
    use std::os::unix::fs::PermissionsExt;
    Ok(tempfile::Builder::new().permissions(std::fs::Permissions::from_mode(0o777)).tempdir()?)
}

/// Runs a query that is not cached.
pub(crate) async fn run(data: &Data, query: BoundQuery) -> Result<Table, Failure> {
    limited(data, query, None, None).await.map_err(|error| Failure(error.to_string()))
}

/// Runs a query that is not cached, within limits.
pub(crate) async fn limited(
    data: &Data,
    query: BoundQuery,
    timeout: Option<Duration>,
    max_rows: Option<u64>,
) -> Result<Table, DataError> {
    let policy = Policy { query: Fingerprint(0), owner: None, cache: None, timeout, max_rows };
    data.run(&Job::Sql { connection: CONNECTION.into(), query }, &policy).await
}
