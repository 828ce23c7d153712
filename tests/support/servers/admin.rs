//! What an administrator does on a database: statements of any kind, and looks at what runs.

use sqlx::mysql::{MySqlConnectOptions, MySqlConnection};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row, raw_sql};

use url::Url;

use super::{ADMIN, Engine, Failure, PASSWORD, Server};

/// A connection that may do whatever its account may.
pub(crate) enum Admin {
    Postgres(PgConnection),
    MySql(MySqlConnection),
    Sqlite(SqliteConnection),
}

impl Server {
    /// Connects as an administrator; to no database in particular, if `database` is empty.
    pub(crate) async fn admin(&self, database: &str) -> Result<Admin, Failure> {
        Admin::connect(&self.url(ADMIN, database)).await
    }

    /// Makes a database anew, and an account of the same name, which owns it and has no other rights. Gives its URL.
    pub(crate) async fn database(&self, name: &str) -> Result<Url, Failure> {
        let is_postgres = self.engine() == Engine::Postgres;
        let statements = if is_postgres {
            vec![
                format!("drop database if exists \"{name}\" with (force)"),
                format!("drop role if exists \"{name}\""),
                format!("create role \"{name}\" login password '{PASSWORD}'"),
                format!("create database \"{name}\" owner \"{name}\""),
            ]
        } else {
            vec![
                format!("drop database if exists `{name}`"),
                format!("drop user if exists `{name}`@`%`"),
                format!("create user `{name}`@`%` identified by '{PASSWORD}'"),
                format!("create database `{name}` character set utf8mb4"),
                format!("grant all on `{name}`.* to `{name}`@`%`"),
            ]
        };
        let mut admin = self.admin(if is_postgres { "postgres" } else { "" }).await?;
        for statement in statements {
            admin.execute(&statement).await?;
        }
        Ok(self.url(name, name))
    }
}

impl Admin {
    pub(crate) async fn connect(url: &Url) -> Result<Self, Failure> {
        Ok(match url.scheme() {
            "postgres" => Self::Postgres(PgConnectOptions::from_url(url)?.connect().await?),
            "mysql" => Self::MySql(MySqlConnectOptions::from_url(url)?.connect().await?),
            _ => Self::Sqlite(SqliteConnectOptions::from_url(url)?.create_if_missing(true).connect().await?),
        })
    }

    /// Runs statements, as a script would.
    pub(crate) async fn execute(&mut self, sql: &str) -> Result<(), Failure> {
        let script = raw_sql(AssertSqlSafe(sql.to_owned()));
        let done = match self {
            Self::Postgres(connection) => script.execute(connection).await.map(drop),
            Self::MySql(connection) => script.execute(connection).await.map(drop),
            Self::Sqlite(connection) => script.execute(connection).await.map(drop),
        };
        done.map_err(|error| Failure(format!("{error}, in: {sql}")))
    }

    /// The first column of a result, as texts; null is `null`.
    pub(crate) async fn texts(&mut self, sql: &str) -> Result<Vec<String>, Failure> {
        let script = raw_sql(AssertSqlSafe(sql.to_owned()));
        let texts: Result<Vec<Option<String>>, sqlx::Error> = match self {
            Self::Postgres(connection) => {
                let rows = script.fetch_all(connection).await?;
                rows.iter().map(|row| row.try_get_unchecked(0)).collect()
            }
            Self::MySql(connection) => {
                let rows = script.fetch_all(connection).await?;
                rows.iter().map(|row| row.try_get_unchecked(0)).collect()
            }
            Self::Sqlite(connection) => {
                let rows = script.fetch_all(connection).await?;
                rows.iter().map(|row| row.try_get_unchecked(0)).collect()
            }
        };
        Ok(texts?.into_iter().map(|text| text.unwrap_or_else(|| "null".to_owned())).collect())
    }

    /// The statements that wait on the server at this moment, for time or for a lock; what is only being prepared does not
    /// count, nor does the one that asks.
    pub(crate) async fn running(&mut self) -> Result<Vec<String>, Failure> {
        let sql = match self {
            Self::Postgres(_) => {
                "select query from pg_stat_activity where state = 'active' and pid <> pg_backend_pid() \
                 and backend_type = 'client backend' and wait_event is not null"
            }
            Self::MySql(_) => {
                "select info from information_schema.processlist where info is not null and id <> connection_id() \
                 and command <> 'Prepare'"
            }
            Self::Sqlite(_) => return Err(Failure("SQLite has no server to ask".to_owned())),
        };
        self.texts(sql).await
    }

    pub(crate) async fn close(self) -> Result<(), Failure> {
        match self {
            Self::Postgres(connection) => connection.close().await?,
            Self::MySql(connection) => connection.close().await?,
            Self::Sqlite(connection) => connection.close().await?,
        }
        Ok(())
    }
}
