//! What a table of ten million rows costs, beside one of a hundred: its first and its last page, and its rows sorted by
//! each of its columns, as a reader waits for them.
//!
//! Makes a `SQLite` file of about a gigabyte in a temporary folder, with an index for each column. Run it on an idle machine:
//! `cargo bench --bench tables`. It ends with the SQL that the server has logged: each has its `limit`.

#![expect(clippy::print_stdout, clippy::unwrap_used, clippy::disallowed_methods, reason = "a benchmark prints figures")]

mod client;

use std::fs;
use std::process::Stdio;
use std::time::Instant;

use client::{Browser, Server};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};
use tempfile::TempDir;

const FEW: u32 = 100;
const MANY: u32 = 10_000_000;
const ROUNDS: usize = 7;
const COLUMNS: [&str; 5] = ["id", "day", "region", "amount", "customer"];

fn main() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("app.yaml"), "connections: { shop: { type: sqlite, file: shop.db } }\nconnection: shop\n").unwrap();
    for (name, table) in [("few", "few"), ("many", "many")] {
        let columns = COLUMNS.join(", ");
        let page = format!(
            "queries:\n  orders: {{ sql: \"select {columns} from {table}\" }}\n\
             body:\n  - table: orders\n    key: id\n    page_size: 50\n"
        );
        fs::write(path(&format!("{name}.yaml")), page).unwrap();
    }
    let started = Instant::now();
    tokio::runtime::Runtime::new().unwrap().block_on(fill(&path("shop.db")));
    println!("{MANY} rows written and indexed in {:.0} s", started.elapsed().as_secs_f64());
    let log = path("log.txt");
    let mut server =
        Server::logging_to(&folder.path().display().to_string(), "debug", Stdio::from(fs::File::create(&log).unwrap()));
    println!();
    println!("{:<28}{:>14}{:>14}{:>10}", "milliseconds (median)", "100 rows", "10,000,000", "ratio");
    let measures: Vec<(String, String)> =
        [("first page", String::new()), ("second page", "table-orders.page=2".to_owned())]
            .into_iter()
            .map(|(name, fields)| (name.to_owned(), fields))
            .chain(COLUMNS.iter().flat_map(|column| {
                let sort = |order: &str, words: &str| {
                    (format!("by {column}{words}"), format!("table-orders.sort={column}{order}"))
                };
                [sort("", ""), sort("+desc", ", downwards")]
            }))
            .collect();
    for (name, fields) in &measures {
        row(&server, name, |page, _| (page.to_owned(), fields.clone()));
    }
    row(&server, "last page", |page, rows| (page.to_owned(), format!("table-orders.page={}", rows / 50)));
    server.stop();
    let log = fs::read_to_string(log).unwrap();
    let asked: std::collections::BTreeSet<&str> =
        log.lines().filter(|line| line.contains(" many")).filter_map(|line| line.split("sql=").nth(1)).collect();
    println!("\nwhat was asked of the ten million rows:");
    for sql in &asked {
        println!("  {sql}");
    }
}

/// Prints how long a reader waits for the rows, on both pages.
fn row(server: &Server, name: &str, ask: impl Fn(&str, u32) -> (String, String)) {
    let time = |page: &str, rows: u32| {
        let mut times: Vec<f64> = (0..ROUNDS)
            .map(|_| {
                let (page, fields) = ask(page, rows);
                let started = Instant::now();
                let mut browser = Browser::open(&server.address, &page);
                if fields.is_empty() {
                    return started.elapsed().as_secs_f64() * 1e3;
                }
                let started = Instant::now();
                browser.interact(&fields);
                started.elapsed().as_secs_f64() * 1e3
            })
            .collect();
        times.sort_by(f64::total_cmp);
        times.get(ROUNDS / 2).copied().unwrap_or_default()
    };
    let (few, many) = (time("/few", FEW), time("/many", MANY));
    println!("{name:<28}{few:>14.1}{many:>14.1}{:>10.1}", many / few);
}

/// Writes both tables.
async fn fill(file: &std::path::Path) {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
    let mut database = SqliteConnection::connect_with(&options).await.unwrap();
    database.execute("pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -400000").await.unwrap();
    for (table, rows) in [("few", FEW), ("many", MANY)] {
        let script = format!(
            "create table {table} (id integer primary key, day text not null, region text not null, \
             amount real not null, customer text not null);
             with recursive n(i) as (select 1 union all select i + 1 from n where i < {rows})
             insert into {table} select i, date('2020-01-01', (i * 7919 % 2000) || ' days'), \
             'Region ' || (i * 31 % 50), (i * 7907 % 1000003) / 100.0, 'Customer ' || (i * 104729 % 500009) from n;"
        );
        database.execute(AssertSqlSafe(script)).await.unwrap();
        for column in COLUMNS.iter().skip(1) {
            let index = format!("create index {table}_{column} on {table} ({column}, id)");
            database.execute(AssertSqlSafe(index)).await.unwrap();
        }
    }
    database.execute("analyze").await.unwrap();
}
