//! A database of a test, and appspec's way to it.

use std::sync::Arc;
use std::time::Duration;

use appspec_data::{BoundQuery, ConnectionSettings, Data, DataError, DataSettings, Job, Piece, Policy, Table, Target};
use appspec_lang::spec::Dialect;
use appspec_lang::value::{Fingerprint, Scalar};
use tempfile::TempDir;
use url::Url;

use crate::ground::{self, server_settings};
use crate::servers::{ADMIN, Admin, Engine, Failure, PASSWORD, Server};
use crate::stage::Servers;

/// Where the clock of the app stands: neither that of the server nor UTC.
pub(crate) const ZONE: &str = "Europe/Berlin";

pub(crate) const PLAIN: Policy =
    Policy { query: Fingerprint(0), cache: None, owner: None, timeout: None, max_rows: None };

/// A database, and the data of an app whose connection `db` leads there.
pub(crate) struct Ground {
    pub(crate) data: Arc<Data>,
    pub(crate) settings: ConnectionSettings,
    pub(crate) url: Url,
    _folder: TempDir,
}

impl Ground {
    pub(crate) async fn new(servers: &Servers, name: &str) -> Result<Self, Failure> {
        Self::on(servers.get(Engine::Postgres)?, name).await
    }

    pub(crate) async fn on(server: &Server, name: &str) -> Result<Self, Failure> {
        let ground::Ground { url, folder, .. } = ground::Ground::on(server, name).await?;
        let settings = settings(server.port(), name);
        let data = Data::connect(folder.path(), vec![settings.clone()], data_settings());
        Ok(Self { data: Arc::new(data), settings, url, _folder: folder })
    }

    /// Goes on under other settings.
    pub(crate) fn set(&mut self, change: impl FnOnce(&mut ConnectionSettings)) {
        change(&mut self.settings);
        self.data.reconnect(vec![self.settings.clone()]);
    }

    /// What a query that fails says.
    pub(crate) async fn error(&self, sql: &str) -> Result<DataError, Failure> {
        match self.select(sql).await {
            Ok(table) => Err(Failure(format!("`{sql}` gives {:?}", lines(&table)))),
            Err(error) => Ok(error),
        }
    }

    /// Runs statements past appspec.
    pub(crate) async fn script(&self, sql: &str) -> Result<(), Failure> {
        let mut owner = Admin::connect(&self.url).await?;
        owner.execute(sql).await?;
        owner.close().await
    }

    pub(crate) async fn select(&self, sql: &str) -> Result<Table, DataError> {
        self.query(vec![text(sql)], &PLAIN).await
    }

    pub(crate) async fn query(&self, pieces: Vec<Piece>, policy: &Policy) -> Result<Table, DataError> {
        self.data.run(&job(pieces), policy).await
    }
}

pub(crate) fn job(pieces: Vec<Piece>) -> Job {
    Job::Sql { connection: "db".into(), query: BoundQuery { pieces } }
}

pub(crate) fn settings(port: u16, account: &str) -> ConnectionSettings {
    let database = if account == ADMIN { "postgres" } else { account };
    let url = Url::parse(&format!("postgres://{account}:{PASSWORD}@127.0.0.1:{port}/{database}"));
    let server = server_settings(Dialect::Postgres, &url.expect("a name is fit for a URL"));
    let settings = ConnectionSettings::new(ground::CONNECTION.into(), Target::Server(server));
    ConnectionSettings { timeout: Duration::from_secs(30), ..settings }
}

pub(crate) fn data_settings() -> DataSettings {
    DataSettings { timezone: ZONE.to_owned(), ..DataSettings::default() }
}

pub(crate) fn text(sql: &str) -> Piece {
    Piece::Sql(sql.to_owned())
}

/// A table as lines: names and types, then cells.
pub(crate) fn lines(table: &Table) -> Vec<String> {
    let head: Vec<String> = table.columns().iter().map(|column| format!("{} {}", column.name, column.ty)).collect();
    let rows = table.records(usize::MAX).into_iter().map(|row| row.iter().map(cell).collect::<Vec<_>>().join(", "));
    std::iter::once(head.join(", ")).chain(rows).collect()
}

fn cell(cell: &Scalar) -> String {
    match cell {
        Scalar::Text(text) => text.to_string(),
        Scalar::Decimal { units, scale } => format!("{units}e-{scale}"),
        Scalar::Null => "-".to_owned(),
        Scalar::Bool(bool) => bool.to_string(),
        Scalar::Int(int) => int.to_string(),
        Scalar::Float(float) => format!("{float:?}"),
        Scalar::Date(date) => date.to_string(),
        Scalar::Time(time) => time.to_string(),
        Scalar::DateTime(moment) => moment.to_string(),
        Scalar::Bytes(bytes) => format!("{bytes:?}"),
        Scalar::List(items) => format!("[{}]", items.iter().map(self::cell).collect::<Vec<_>>().join(" ")),
        Scalar::Range(ends) => format!("{ends:?}"),
    }
}
