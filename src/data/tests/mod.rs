//! Jobs from end to end: files in a folder, databases, transforms, and the cache over them.

#![expect(clippy::disallowed_methods, reason = "the files of the tests are made here")]

mod bind;
mod describe;
mod export;
mod file;
mod http;
mod parquet;
mod scrub;
mod secrets;
mod sqlite;
mod transform;
mod write;

use std::time::Duration;

use appspec_lang::compile::lower;
use appspec_lang::diagnostic::Diagnostics;
use appspec_lang::source::Sources;
use appspec_lang::spec;
use appspec_lang::spec::{Cache, FileOptions, Name};
use appspec_lang::value::{Columns, Fingerprint, Scalar, Type};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection as _, Executor};

use crate::{
    BoundQuery, CacheSettings, ConnectionSettings, Data, DataErrorKind, DataSettings, FileJob, Input, Job, Outside,
    Piece, Policy, Table, Target,
};

const PLAIN: Policy = Policy { query: Fingerprint(0), cache: None, owner: None, timeout: None, max_rows: None };

/// A folder with a database, as a test wants them.
struct App {
    folder: tempfile::TempDir,
    data: Data,
}

impl App {
    async fn new(sql: &str, files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new().filename(folder.path().join("shop.db")).create_if_missing(true);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        connection.execute(AssertSqlSafe(sql.to_owned())).await.unwrap();
        connection.close().await.unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let data = Data::connect(folder.path(), connections(), settings());
        Self { folder, data }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// The names and contents of all files in the folder.
    fn files(&self) -> Vec<(std::path::PathBuf, Vec<u8>)> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<_> = entries.map(|path| (path.clone(), std::fs::read(&path).unwrap())).collect();
        files.sort();
        files
    }

    async fn sql(&self, pieces: Vec<Piece>) -> Result<Table, crate::DataError> {
        self.data.run(&sql_job(pieces), &PLAIN).await
    }

    async fn select(&self, sql: &str) -> Result<Table, crate::DataError> {
        self.sql(vec![Piece::Sql(sql.to_owned())]).await
    }

    async fn file(&self, path: &str, options: FileOptions) -> Result<Table, crate::DataError> {
        self.data.run(&Job::File(FileJob { path: path.to_owned(), options }), &PLAIN).await
    }

    async fn transform(&self, pieces: Vec<Piece>, tables: Vec<(Name, Input)>) -> Result<Table, crate::DataError> {
        self.data.run(&Job::Transform { query: BoundQuery { pieces }, tables }, &PLAIN).await
    }
}

fn connections() -> Vec<ConnectionSettings> {
    let connection =
        |name: &str, file: &str| ConnectionSettings::new(Name::from(name), Target::Sqlite { file: file.to_owned() });
    vec![connection("shop", "shop.db"), connection("lost", "data/lost.db"), connection("text", "text.csv")]
}

fn settings() -> DataSettings {
    let cache = CacheSettings { bytes: 1 << 20, ..CacheSettings::default() };
    DataSettings { timezone: "Europe/Berlin".to_owned(), cache, ..DataSettings::default() }
}

fn sql_job(pieces: Vec<Piece>) -> Job {
    Job::Sql { connection: Name::from("shop"), query: BoundQuery { pieces } }
}

fn sql(text: &str) -> Piece {
    Piece::Sql(text.to_owned())
}

/// A table as lines: names and types, then cells.
fn lines(table: &Table) -> Vec<String> {
    let head: Vec<String> = table.columns().iter().map(|column| format!("{} {}", column.name, column.ty)).collect();
    let cell = |cell: &Scalar| match cell {
        Scalar::Text(text) => text.to_string(),
        Scalar::Decimal { units, scale } => format!("{units}e-{scale}"),
        Scalar::Null => "-".to_owned(),
        Scalar::Bool(bool) => bool.to_string(),
        Scalar::Int(int) => int.to_string(),
        Scalar::Float(float) => format!("{float:?}"),
        Scalar::Date(date) => date.to_string(),
        Scalar::Time(time) => time.to_string(),
        Scalar::DateTime(moment) => moment.to_string(),
        other => format!("{other:?}"),
    };
    let rows = table.records(usize::MAX).into_iter().map(|row| row.iter().map(cell).collect::<Vec<_>>().join(", "));
    std::iter::once(head.join(", ")).chain(rows).collect()
}

fn message(result: Result<Table, crate::DataError>) -> String {
    match result {
        Ok(table) => format!("a table: {:?}", lines(&table)),
        Err(error) => error.to_string(),
    }
}

const SHOP: &str = "
    create table orders (id integer, day date, at datetime, done boolean, amount real, note text, price decimal(10,2));
    insert into orders values
        (1, '2024-01-02', '2024-01-02 03:04:05', 1, 1.5, 'a', 10),
        (2, null, '2024-07-02T03:04:05Z', 0, 2, null, 0.25);
    create table mixed (x integer, y date);
    insert into mixed values (1, '2024-01-02'), ('two', 'tomorrow'), (2.5, null);
";
