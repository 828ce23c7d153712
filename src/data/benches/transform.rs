//! What a transform over a large Parquet file costs: a filter and a group by over 10,000,000 rows.
//!
//! `cargo bench --workspace --bench transform` makes the file below `target/` once and prints the time and the peak
//! memory of the query. With `APPSPEC_PYTHON` naming a Python that has Polars, the same query runs there too, by
//! `transform.py` beside this file, and the ratios are printed. Each run is a process of its own, or their peaks would
//! be one. Run it on an idle machine.

#![expect(clippy::print_stdout, clippy::unwrap_used, clippy::disallowed_methods, reason = "a benchmark prints figures")]
#![expect(clippy::panic, clippy::indexing_slicing, reason = "and says why it cannot")]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use appspec_data::{BoundQuery, Data, DataSettings, FileJob, Input, Job, Policy};
use appspec_lang::spec::FileOptions;
use appspec_lang::value::Fingerprint;
use polars::prelude::*;

const ROWS: i64 = 10_000_000;
/// Rows are made and written so many at a time.
const BATCH: i64 = 1_000_000;
const RUNS: usize = 5;
const FILE: &str = "orders.parquet";
const SQL: &str = "select region, count(*) as n, sum(amount) as revenue, avg(price) as price \
                   from orders where amount > 50 and day >= date '2024-07-01' group by region order by region";

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/bench");
    let file = folder.join(FILE);
    if env::args().any(|argument| argument == "ours") {
        return println!("{}", ours(&folder));
    }
    if !file.exists() {
        fs::create_dir_all(&folder).unwrap();
        generate(&file);
    }
    let ours = Figures::of(Command::new(env::current_exe().unwrap()).arg("ours"));
    println!("{:<22}{:>10}{:>10}", "", "ms", "peak MB");
    ours.print("appspec");
    let Some(python) = env::var_os("APPSPEC_PYTHON") else {
        return println!("APPSPEC_PYTHON names no Python with Polars: nothing to compare with");
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/transform.py");
    let theirs = Figures::of(Command::new(python).arg(script).arg(&file).arg(SQL).arg(RUNS.to_string()));
    theirs.print("Polars for Python");
    println!("{:<22}{:>10.2}{:>10.2}", "ratio", ours.millis / theirs.millis, ours.megabytes / theirs.megabytes);
}

/// The best of several runs, and the peak of the process.
struct Figures {
    millis: f64,
    megabytes: f64,
}

impl Figures {
    /// Reads what a run prints: milliseconds and megabytes.
    fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let figures: Vec<f64> = text.split_whitespace().filter_map(|figure| figure.parse().ok()).collect();
        let [millis, megabytes] = figures.as_slice() else { panic!("no figures: {text}{said}") };
        Self { millis: *millis, megabytes: *megabytes }
    }

    fn print(&self, name: &str) {
        println!("{name:<22}{:>10.0}{:>10.0}", self.millis, self.megabytes);
    }
}

fn ours(folder: &Path) -> String {
    let settings = DataSettings { timezone: "UTC".to_owned(), ..DataSettings::default() };
    let data = Data::open(folder, &[], settings);
    let file = Input::File(FileJob { path: FILE.to_owned(), options: FileOptions::default() });
    let job = Job::Transform { query: BoundQuery::plain(SQL), tables: vec![("orders".into(), file)] };
    let policy = Policy { query: Fingerprint(0), owner: None, cache: None, timeout: None, max_rows: None };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let millis = (0..RUNS).map(|_| {
        let started = Instant::now();
        let table = runtime.block_on(data.run(&job, &policy)).unwrap();
        assert_eq!(table.rows(), 5);
        started.elapsed().as_secs_f64() * 1e3
    });
    let millis = millis.fold(f64::INFINITY, f64::min);
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kilobytes: f64 = peak.trim().trim_end_matches("kB").trim().parse().unwrap();
    format!("{millis} {}", kilobytes / 1024.0)
}

/// Writes the rows, which look random and are the same each time.
fn generate(file: &PathBuf) {
    let mix = |row: i64, salt: i64| {
        let mixed = (row ^ (salt << 32)).wrapping_mul(-7_046_029_254_386_353_131);
        (mixed ^ (mixed >> 29)).unsigned_abs() >> 8
    };
    let batch = |from: i64| {
        let rows = from..from + BATCH;
        let column =
            |name: &str, of: &dyn Fn(i64) -> i64| Series::new(name.into(), rows.clone().map(of).collect::<Vec<_>>());
        let regions = ["EMEA", "APAC", "NA", "LATAM", "ANZ"];
        let region: Vec<&str> = rows.clone().map(|row| regions[usize::try_from(mix(row, 1) % 5).unwrap()]).collect();
        let price: Vec<f64> =
            rows.clone().map(|row| f64::from(u32::try_from(mix(row, 2) % 10_000).unwrap()) / 100.0).collect();
        let day =
            column("day", &|row| 19_723 + i64::try_from(mix(row, 3) % 366).unwrap()).cast(&DataType::Date).unwrap();
        let columns = vec![
            column("id", &|row| row).into(),
            day.into(),
            Series::new("region".into(), region).into(),
            column("amount", &|row| i64::try_from(mix(row, 4) % 100).unwrap()).into(),
            Series::new("price".into(), price).into(),
            column("customer", &|row| i64::try_from(mix(row, 5) % 100_000).unwrap()).into(),
        ];
        DataFrame::new(usize::try_from(BATCH).unwrap(), columns).unwrap()
    };
    let mut batches = (0..ROWS / BATCH).map(|at| batch(at * BATCH));
    let first = batches.next().unwrap();
    let unfinished = file.with_extension("part");
    let writer = ParquetWriter::new(fs::File::create(&unfinished).unwrap());
    let mut writer = writer.batched(first.schema()).unwrap();
    writer.write_batch(&first).unwrap();
    for batch in batches {
        writer.write_batch(&batch).unwrap();
    }
    writer.finish().unwrap();
    fs::rename(unfinished, file).unwrap();
}
