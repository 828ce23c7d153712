//! Tests with real database servers: throw-away ones, started when a test first needs them, and ended with the tests.
//!
//! `cargo test --test database -- postgres` runs what has `postgres` in its name. Without the servers' packages the
//! tests are skipped visibly; where `CI` is set that is a failure.

#![expect(clippy::print_stderr, reason = "a skip must be seen")]
#![expect(clippy::disallowed_methods, reason = "these rules are for the product")]

#[path = "../support/servers/mod.rs"]
mod servers;
mod live;
mod postgres;
mod server;
mod stage;

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Trial};

use servers::Engine;
use stage::{Stage, Test};

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = arguments.test_threads.or(Some(4));
    let missing: Vec<(Engine, String)> = [Engine::Postgres, Engine::MariaDb]
        .into_iter()
        .filter_map(|engine| Some((engine, engine.missing()?)))
        .collect();
    for (_, missing) in &missing {
        eprintln!("SKIPPED: the tests of a database, because {missing}");
    }
    if !missing.is_empty() && std::env::var_os("CI").is_some() && !arguments.list {
        eprintln!("where CI is set, that is a failure");
        return ExitCode::FAILURE;
    }
    let stage = Arc::new(Stage::new());
    let trials = all().into_iter().map(|test| {
        let is_missing = missing.iter().any(|(engine, _)| test.engines.contains(engine));
        let stage = Arc::clone(&stage);
        Trial::test(test.name.clone(), move || stage.perform(&test).map_err(Into::into)).with_ignored_flag(is_missing)
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    drop(stage);
    conclusion.exit_code()
}

fn all() -> Vec<Test> {
    let mut tests = server::tests();
    tests.extend(postgres::tests());
    tests.extend(live::tests());
    tests
}
