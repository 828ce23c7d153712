//! What a table of ten million rows costs, beside one of a hundred: its first and its last page, and its rows sorted by
//! each of its columns, as a reader waits for them.
//!
//! Makes a `SQLite` file of about a gigabyte in a temporary folder, with an index for each column. Run it on an idle machine:
//! `cargo bench --bench tables`. It ends with the SQL that the server has logged: each has its `limit`.

#![expect(clippy::print_stdout, clippy::unwrap_used, clippy::disallowed_methods, reason = "a benchmark prints figures")]

mod client;

use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

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
    let measure = |name: &str, ask: &dyn Fn(&str, u32) -> f64| {
        let (few, many) = (median(|| ask("/few", FEW)), median(|| ask("/many", MANY)));
        println!("{name:<28}{few:>14.1}{many:>14.1}{:>10.1}", many / few);
    };
    measure("first page", &|page, _| {
        let mut browser = Browser::open(&server.address, page);
        // Else its rows are counted while the next reader comes.
        browser.finish();
        milliseconds(browser.opened)
    });
    measure("... and how many there are", &|page, _| {
        let started = Instant::now();
        Browser::open(&server.address, page).finish();
        milliseconds(started.elapsed())
    });
    let asked = |page: &str, fields: &str| {
        let mut browser = Browser::open(&server.address, page);
        browser.finish();
        milliseconds(browser.interact(fields).first)
    };
    measure("second page", &|page, _| asked(page, "table-orders.page=2"));
    measure("last page", &|page, rows| asked(page, &format!("table-orders.page={}", rows / 50)));
    for column in COLUMNS {
        measure(&format!("by {column}"), &|page, _| asked(page, &format!("table-orders.sort={column}")));
        measure(&format!("by {column}, downwards"), &|page, _| {
            asked(page, &format!("table-orders.sort={column}+desc"))
        });
        measure(&format!("by {column}, last page"), &|page, rows| {
            let mut browser = Browser::open(&server.address, page);
            browser.finish();
            browser.interact(&format!("table-orders.sort={column}"));
            milliseconds(browser.interact(&format!("table-orders.page={}", rows / 50)).first)
        });
    }
    server.stop();
    let log = fs::read_to_string(log).unwrap();
    let asked: std::collections::BTreeSet<&str> =
        log.lines().filter(|line| line.contains(" many")).filter_map(|line| line.split("sql=").nth(1)).collect();
    println!("\nwhat was asked of the ten million rows:");
    for sql in &asked {
        println!("  {sql}");
    }
}

fn median(measure: impl Fn() -> f64) -> f64 {
    let mut times: Vec<f64> = (0..ROUNDS).map(|_| measure()).collect();
    times.sort_by(f64::total_cmp);
    times.get(ROUNDS / 2).copied().unwrap_or_default()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
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
