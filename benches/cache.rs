//! What a result costs that the cache holds: from a job with its values bound to the table.
//!
//! `cargo bench --bench cache` prints microseconds for each demand, in one thread and in several that ask for the same.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints figures")]

use std::fs;
use std::hint::black_box;
use std::thread;
use std::time::Instant;

use appspec_data::{BoundQuery, ConnectionSettings, Data, DataSettings, Job, Piece, Policy, Target};
use appspec_lang::spec::Cache;
use appspec_lang::value::{Fingerprint, Scalar};
use tempfile::TempDir;
use tokio::runtime::Runtime;

const DEMANDS: u32 = 200_000;

/// What a hit may take, in microseconds.
const LIMIT: f64 = 20.0;

const POLICY: Policy =
    Policy { query: Fingerprint(1), cache: Some(Cache::FOREVER), owner: None, timeout: None, max_rows: None };

fn main() {
    let folder = TempDir::new().unwrap();
    // An empty file is an empty database.
    fs::write(folder.path().join("empty.db"), "").unwrap();
    let connection = ConnectionSettings::new("db".into(), Target::Sqlite { file: "empty.db".to_owned() });
    let settings = DataSettings { timezone: "UTC".to_owned(), ..DataSettings::default() };
    let data = Data::connect(folder.path(), vec![connection], settings);
    println!("{:<40}{:>10}{:>10}{:>10}", "a hit", "rows", "µs", "of limit");
    for (name, values, rows) in
        [("no values, one row", 0, 1), ("ten values, one row", 10, 1), ("ten values, many rows", 10, 100_000)]
    {
        let job = job(values, rows);
        let runtime = Runtime::new().unwrap();
        let table = runtime.block_on(data.run(&job, &POLICY)).unwrap();
        print(name, table.rows(), measure(1, &data, &job));
        print(&format!("{name}, 4 threads"), table.rows(), measure(4, &data, &job));
        print(&format!("{name}, awaited"), table.rows(), awaited(&runtime, &data, &job));
    }
    let stats = data.stats();
    assert_eq!((stats.misses, stats.stale_hits), (3, 0), "all but the first demands were hits: {stats:?}");
}

fn print(name: &str, rows: usize, each: f64) {
    println!("{name:<40}{rows:>10}{each:>10.2}{:>9.1} %", each / LIMIT * 100.0);
}

/// A query with so many values whose result has so many rows.
fn job(values: i64, rows: i64) -> Job {
    let recursion = "with recursive n(n) as (select 1 union all select n + 1 from n where n < ";
    let mut pieces = vec![Piece::Sql(recursion.to_owned()), Piece::Param(Scalar::Int(rows))];
    pieces.push(Piece::Sql(") select n, 'text' as t from n where 0 not in (0.5".to_owned()));
    for value in 1..=values {
        pieces.extend([Piece::Sql(", ".to_owned()), Piece::Param(Scalar::Int(value))]);
    }
    pieces.push(Piece::Sql(")".to_owned()));
    Job::Sql { connection: "db".into(), query: BoundQuery { pieces } }
}

/// Microseconds for each look-up, in each of several threads.
fn measure(threads: u32, data: &Data, job: &Job) -> f64 {
    let started = Instant::now();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                for _ in 0..DEMANDS {
                    let found = data.find(data.key(job, &POLICY), job, &POLICY);
                    assert!(black_box(found).is_some());
                }
            });
        }
    });
    started.elapsed().as_secs_f64() * 1e6 / f64::from(DEMANDS)
}

/// The same through the way that waits for what is not there.
fn awaited(runtime: &Runtime, data: &Data, job: &Job) -> f64 {
    let started = Instant::now();
    runtime.block_on(async {
        for _ in 0..DEMANDS {
            black_box(data.run(job, &POLICY).await.unwrap());
        }
    });
    started.elapsed().as_secs_f64() * 1e6 / f64::from(DEMANDS)
}
