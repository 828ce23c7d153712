//! How fast the rows of a database become a table, beside a bare loop of sqlx that decodes the same columns.
//!
//! `cargo bench --bench read` starts throw-away servers, fills a table of a million rows and eight columns in each, and
//! prints rows per second and their ratio. Both sides take turns in one run, and the best of each counts: what else the
//! machine does falls on both.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints figures")]
#![expect(clippy::disallowed_methods, reason = "these rules are for the product")]

#[path = "../tests/support/servers/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the tests need more of it")]
mod servers;

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use appspec_data::{BoundQuery, ConnectionSettings, Data, DataSettings, Job, Policy, Secret, ServerSettings, Target};
use appspec_lang::spec::Dialect;
use appspec_lang::value::Fingerprint;
use futures_util::TryStreamExt;
use jiff::civil::{Date, DateTime};
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlRow};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgRow};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Database, Decode, Executor, IntoArguments, Row, ValueRef};
use tempfile::TempDir;

use servers::{ADMIN, Engine, PASSWORD, Server};

const ROWS: u32 = 1_000_000;

/// Each side reads so often; the best counts.
const ROUNDS: u32 = 5;

const QUERY: &str = "select id, customer, amount, region, product, paid, day, moment from orders";

const COLUMNS: &str = "id bigint not null, customer int, amount double precision, region varchar(20), \
                       product varchar(40), paid boolean, day date";

/// Every fiftieth amount is null; `{n}` is the number of a row.
const VALUES: &str = "{n}, {n} % 5000, case when {n} % 50 = 0 then null else {n} * 0.37 end, \
                      case {n} % 4 when 0 then 'EMEA' when 1 then 'APAC' when 2 then 'LATAM' else 'NA' end";

#[tokio::main]
async fn main() {
    let postgres = Server::start(Engine::Postgres).unwrap();
    let mariadb = Server::start(Engine::MariaDb).unwrap();
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    let mut sqlite = fill_sqlite(root).await;
    let mut on_postgres = fill_postgres(&postgres).await;
    let mut on_mariadb = fill_mariadb(&mariadb).await;
    let connections = vec![
        ConnectionSettings::new("sqlite".into(), Target::Sqlite { file: "orders.db".to_owned() }),
        ConnectionSettings::new("postgres".into(), server(&postgres, Dialect::Postgres, "postgres")),
        ConnectionSettings::new("mariadb".into(), server(&mariadb, Dialect::Mysql, "test")),
    ];
    let settings = DataSettings { timezone: "UTC".to_owned(), ..DataSettings::default() };
    let data = Data::connect(root, connections, settings);
    println!("{ROWS} rows of 8 columns, the best of {ROUNDS}\n");
    println!("{:<12}{:>16}{:>16}{:>10}", "", "table, rows/s", "loop, rows/s", "ratio");
    compare(&data, "sqlite", &mut sqlite, sqlite_row).await;
    compare(&data, "postgres", &mut on_postgres, postgres_row).await;
    compare(&data, "mariadb", &mut on_mariadb, mariadb_row).await;
}

/// Reads with both sides in turn.
async fn compare<C>(data: &Data, name: &str, connection: &mut C, decode: fn(&<C::Database as Database>::Row))
where
    C: Connection,
    for<'c> &'c mut C: Executor<'c, Database = C::Database>,
    <C::Database as Database>::Arguments: IntoArguments<C::Database>,
{
    let job = Job::Sql { connection: name.into(), query: BoundQuery::plain(QUERY) };
    let policy = Policy { query: Fingerprint(0), owner: None, cache: None, timeout: None, max_rows: None };
    let (mut table, mut bare) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..ROUNDS {
        let started = Instant::now();
        let read = data.run(&job, &policy).await.unwrap();
        table = table.min(started.elapsed().as_secs_f64());
        assert_eq!(read.rows(), ROWS as usize);
        drop(read);
        let started = Instant::now();
        // A prepared statement, whose answer is binary.
        let mut rows = connection.fetch(sqlx::query(QUERY));
        let mut count = 0;
        while let Some(row) = rows.try_next().await.unwrap() {
            decode(&row);
            count += 1;
        }
        bare = bare.min(started.elapsed().as_secs_f64());
        assert_eq!(count, ROWS);
    }
    let (table, bare) = (f64::from(ROWS) / table, f64::from(ROWS) / bare);
    println!("{name:<12}{table:>16.0}{bare:>16.0}{:>10.2}", table / bare);
}

fn server(server: &Server, dialect: Dialect, database: &str) -> Target {
    Target::Server(ServerSettings {
        dialect,
        host: "127.0.0.1".to_owned(),
        port: Some(server.port()),
        database: Some(database.to_owned()),
        username: Some(ADMIN.to_owned()),
        password: Some(Secret::new(PASSWORD)),
        tls: appspec_data::Tls::Off,
        options: Vec::new(),
    })
}

async fn fill_sqlite(root: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(root.join("orders.db")).create_if_missing(true);
    // As the product reads: a larger buffer between SQLite's thread and ours.
    let mut connection = options.row_buffer_size(1000).connect().await.unwrap();
    let values = VALUES.replace("{n}", "n");
    let fill = format!(
        "create table orders ({COLUMNS}, moment datetime);
         with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < {ROWS})
         insert into orders select {values}, 'product ' || (n % 100), n % 3 = 0, date('2024-01-01', (n % 700) || ' days'),
         datetime('2024-01-01', n || ' seconds') from numbers;"
    );
    connection.execute(AssertSqlSafe(fill)).await.unwrap();
    connection
}

async fn fill_postgres(server: &Server) -> PgConnection {
    let url = server.url(ADMIN, "postgres");
    let mut connection = PgConnectOptions::from_url(&url).unwrap().connect().await.unwrap();
    let values = VALUES.replace("{n}", "n");
    let create = format!("create table orders ({COLUMNS}, moment timestamp)");
    let fill = format!(
        "insert into orders select {values}, 'product ' || (n % 100), n % 3 = 0, date '2024-01-01' + n % 700,
         timestamp '2024-01-01' + n * interval '1 second' from generate_series(1, {ROWS}) as n"
    );
    connection.execute(AssertSqlSafe(create)).await.unwrap();
    connection.execute(AssertSqlSafe(fill)).await.unwrap();
    connection.execute("vacuum analyze orders").await.unwrap();
    connection
}

async fn fill_mariadb(server: &Server) -> MySqlConnection {
    let connect = async |database| {
        let options = MySqlConnectOptions::from_url(&server.url(ADMIN, database)).unwrap();
        options.connect().await.unwrap()
    };
    connect("mysql").await.execute("create database test").await.unwrap();
    let mut connection = connect("test").await;
    let values = VALUES.replace("{n}", "seq");
    let create = format!("create table orders ({COLUMNS}, moment datetime)");
    let fill = format!(
        "insert into orders select {values}, concat('product ', seq % 100), seq % 3 = 0,
         date '2024-01-01' + interval (seq % 700) day, timestamp '2024-01-01 00:00:00' + interval seq second
         from seq_1_to_{ROWS}"
    );
    connection.execute(AssertSqlSafe(create)).await.unwrap();
    connection.execute(AssertSqlSafe(fill)).await.unwrap();
    connection
}

/// A cell as the driver gives it, without a look at its type.
fn cell<'r, T, R>(row: &'r R, at: usize) -> Option<T>
where
    R: Row,
    usize: sqlx::ColumnIndex<R>,
    T: Decode<'r, R::Database>,
{
    let raw = row.try_get_raw(at).unwrap();
    (!raw.is_null()).then(|| T::decode(raw).unwrap())
}

fn sqlite_row(row: &SqliteRow) {
    black_box((cell::<i64, _>(row, 0), cell::<i32, _>(row, 1), cell::<f64, _>(row, 2)));
    black_box((cell::<String, _>(row, 3), cell::<String, _>(row, 4), cell::<bool, _>(row, 5)));
    let day = cell::<&str, _>(row, 6).map(|text| text.parse::<Date>().unwrap());
    black_box((day, cell::<&str, _>(row, 7).map(|text| text.parse::<DateTime>().unwrap())));
}

fn postgres_row(row: &PgRow) {
    black_box((cell::<i64, _>(row, 0), cell::<i32, _>(row, 1), cell::<f64, _>(row, 2)));
    black_box((cell::<String, _>(row, 3), cell::<String, _>(row, 4), cell::<bool, _>(row, 5)));
    // Days, and microseconds, since 2000.
    let bytes = |at| row.try_get_raw(at).unwrap().as_bytes().unwrap();
    black_box((i32::from_be_bytes(bytes(6).try_into().unwrap()), i64::from_be_bytes(bytes(7).try_into().unwrap())));
}

fn mariadb_row(row: &MySqlRow) {
    black_box((cell::<i64, _>(row, 0), cell::<i32, _>(row, 1), cell::<f64, _>(row, 2)));
    black_box((cell::<String, _>(row, 3), cell::<String, _>(row, 4), cell::<bool, _>(row, 5)));
    // Year, month, day, and for moments hour, minute and second, as numbers.
    let date = |bytes: &[u8]| {
        bytes.first_chunk().map(|&[low, high, month, day]| (u16::from_le_bytes([low, high]), month, day))
    };
    let day = cell::<&[u8], _>(row, 6).map(date);
    let moment = cell::<&[u8], _>(row, 7).map(|bytes| (date(bytes), bytes.get(4..7).map(<[u8]>::to_vec)));
    black_box((day, moment));
}
