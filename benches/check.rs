//! What it costs to compile an app: by the number of its pages.
//!
//! `cargo bench -p appspec-lang --bench check` prints the time and the memory of the compiler alone, the columns of all
//! databases known. Numbers behind `--` are other sizes to measure. With a folder behind `--` the generated app of 1,000
//! pages is written there, for measuring `appspec check` as a process.

#![expect(clippy::print_stdout, clippy::unwrap_used, clippy::disallowed_methods, reason = "a benchmark prints figures")]

mod generated;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use appspec_lang::compile;
use appspec_lang::diagnostic::{Diagnostics, render};
use appspec_lang::source::Sources;
use appspec_lang::spec::Schemas;
use generated::{app, schemas};

/// How often each size is compiled; the fastest counts.
const TURNS: usize = 5;

fn main() {
    let arguments = || std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let mut sizes: Vec<u32> = arguments().filter_map(|argument| argument.parse().ok()).collect();
    if let Some(folder) = arguments().find(|argument| argument.parse::<u32>().is_err()) {
        write(Path::new(&folder), 1_000);
        return;
    }
    if sizes.is_empty() {
        sizes = vec![10, 100, 1_000, 5_000];
    }
    println!("{:>7}{:>12}{:>14}{:>14}{:>12}", "pages", "bytes", "ms", "µs a page", "peak MB");
    for pages in sizes {
        let (sources, schemas) = (sources(pages), schemas(pages));
        let bytes: usize = app(pages).iter().map(|(_, text)| text.len()).sum();
        let fastest = (0..TURNS).map(|_| once(&sources, &schemas)).min().unwrap();
        let milliseconds = fastest.as_secs_f64() * 1e3;
        let a_page = milliseconds * 1e3 / f64::from(pages);
        println!("{pages:>7}{bytes:>12}{milliseconds:>14.1}{a_page:>14.1}{:>12.0}", peak_megabytes());
    }
}

fn once(sources: &Sources, schemas: &Schemas) -> Duration {
    let started = Instant::now();
    let mut diagnostics = Diagnostics::default();
    let app = compile(sources, schemas, &mut diagnostics);
    let elapsed = started.elapsed();
    let found = diagnostics.sorted();
    assert!(app.is_some() && found.is_empty(), "{}", render::concise(sources, found.get(..5).unwrap_or(&found)));
    elapsed
}

fn sources(pages: u32) -> Sources {
    let mut sources = Sources::default();
    for (path, text) in app(pages) {
        sources.add(path, text);
    }
    sources
}

/// Writes the app with the database that its queries ask.
fn write(folder: &Path, pages: u32) {
    for (path, text) in app(pages) {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    println!(
        "{pages} pages in {}; now:\nmkdir {0}/data; sqlite3 {0}/data/shop.db 'create table orders (day date, region text, amount real)'",
        folder.display()
    );
}

/// The most memory that this process has held, in 10⁶ bytes (`VmHWM`); 0 where the system does not say.
fn peak_megabytes() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<f64>().map_or(0.0, |kilobytes| kilobytes * 1.024e-3)
}
