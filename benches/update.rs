//! What an interaction costs the server, what a page weighs, and what an idle server holds.
//!
//! Starts the release build of the server on a free port, drives it over one connection, and reads the CPU time that
//! the kernel has counted for the process. Figures are per interaction; run it on an idle machine:
//! `cargo bench --bench update`. `APPSPEC_BINARY` names another build of the server to be measured.

#![expect(clippy::print_stdout, reason = "a benchmark prints figures")]

mod client;

use std::time::Instant;

use client::{Answer, Browser, MICROSECONDS_PER_TICK, Server};

const INTERACTIONS: u32 = 3_000;

/// None of these is touched, so they must cost the server nothing for good.
const PAGE_LOADS: u32 = 100_000;

fn main() {
    let started = Instant::now();
    let mut server = Server::start(concat!(env!("CARGO_MANIFEST_DIR"), "/benches/specs"));
    let ready = started.elapsed();
    let mut first = Browser::open(&server.address, "/counter");
    println!("start to ready          {:>9.1} ms", ready.as_secs_f64() * 1e3);
    println!("start to first page     {:>9.1} ms", started.elapsed().as_secs_f64() * 1e3);
    println!("idle memory             {:>9.1} MB", server.resident_kilobytes() / 1024.0);
    println!("page with assets, gz    {:>9.1} kB", first.weight() / 1000.0);
    println!();
    println!("{:<24}{:>10}{:>10}{:>12}{:>12}{:>10}", "", "CPU µs", "bytes", "computed", "fragments", "wall µs");
    measure(&server, "counter", "/counter", |_| "action=button-run-it-again".to_owned());
    measure(&server, "ten over three queries", "/ten", |turn| {
        format!("region={}", if turn % 2 == 0 { "APAC" } else { "EMEA" })
    });
    measure(&server, "one metric of sixty", "/sixty", |_| "action=button-more".to_owned());
    measure(&server, "one row of sixty", "/repeat", |turn| {
        format!("checkbox-done-30={}", if turn % 2 == 0 { "true" } else { "" })
    });
    measure(&server, "500 rows of a table", "/rows", |turn| {
        format!("table-rows.sort=number{}", if turn % 2 == 0 { "+desc" } else { "" })
    });
    let before = server.resident_kilobytes();
    let started = Instant::now();
    for _ in 0..PAGE_LOADS {
        first.get("/counter");
    }
    let (wall, grown) = (started.elapsed().as_secs_f64(), server.resident_kilobytes() - before);
    println!();
    println!("page loads, untouched   {PAGE_LOADS:>9} in {wall:.1} s");
    println!("memory grown by them    {:>9.2} MB", grown / 1024.0);
    server.stop();
}

fn measure(server: &Server, name: &str, path: &str, fields: fn(u32) -> String) {
    let mut browser = Browser::open(&server.address, path);
    for turn in 0..50 {
        browser.interact(&fields(turn));
    }
    let (ticks, started) = (server.ticks(), Instant::now());
    let mut last = Answer::default();
    for turn in 0..INTERACTIONS {
        last = browser.interact(&fields(turn));
    }
    let each = |total: f64| total / f64::from(INTERACTIONS);
    let cpu = each((server.ticks() - ticks) * MICROSECONDS_PER_TICK);
    let wall = each(started.elapsed().as_secs_f64() * 1e6);
    let fragments = last.body.matches("<hx-partial").count().checked_sub(1).expect("the answer has fragments");
    println!("{name:<24}{cpu:>10.1}{:>10}{:>12}{fragments:>12}{wall:>10.1}", last.body.len(), last.computed);
}
