//! Tests with real database servers: throw-away ones, started when a test first needs them, and ended with the tests.
//!
//! `cargo test --test database -- postgres` runs what has `postgres` in its name. Without the servers' packages the
//! tests are skipped visibly; where `CI` is set that is a failure. With `UPDATE_EXPECT=1` the results of the corpus are
//! rewritten. `APPSPEC_TEST_MYSQL=mysql://root:password@host:port/` adds a server of `MySQL`.

#![expect(clippy::print_stdout, clippy::panic, reason = "a test that fails says why")]
#![expect(clippy::print_stderr, reason = "a skip must be seen")]
#![expect(clippy::disallowed_methods, reason = "these rules are for the product")]

#[path = "../support/corpus/markdown.rs"]
#[expect(dead_code, reason = "the other corpus uses the rest of it")]
mod markdown;
#[path = "../support/servers/mod.rs"]
mod servers;
#[path = "../support/canaries.rs"]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]
mod canaries;
#[path = "../support/process.rs"]
#[expect(dead_code, reason = "the suite uses the rest of it")]
#[expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on fails")]
mod process;
mod stage;
mod ground;
mod corpus;
mod attacks;
mod changes;
mod failures;
mod hostile;
mod live;
mod lock;
mod postgres;
mod secrets;
mod server;
mod tls;
mod writing;
mod zones;

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Trial};

use servers::Engine;
use stage::{Stage, Test};

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = arguments.test_threads.or(Some(4));
    let missing: Vec<(Engine, String)> =
        Engine::all().into_iter().filter_map(|engine| Some((engine, engine.missing()?))).collect();
    for (_, missing) in &missing {
        eprintln!("SKIPPED: the tests of a database, because {missing}");
    }
    if !missing.is_empty() && std::env::var_os("CI").is_some() && !arguments.list {
        eprintln!("where CI is set, that is a failure");
        return ExitCode::FAILURE;
    }
    let is_update = std::env::var_os("UPDATE_EXPECT").is_some();
    if is_update && std::env::var_os("CI").is_some() {
        eprintln!("UPDATE_EXPECT is refused where CI is set: expectations are reviewed like code");
        return ExitCode::FAILURE;
    }
    let given = is_update.then(corpus::Given::default);
    let stage = Arc::new(Stage::new());
    let trials = all(given.as_ref()).into_iter().map(|test| {
        let is_missing = missing.iter().any(|(engine, _)| test.engines.contains(engine));
        let stage = Arc::clone(&stage);
        Trial::test(test.name.clone(), move || stage.perform(&test).map_err(Into::into)).with_ignored_flag(is_missing)
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    drop(stage);
    if let Some(Err(failure)) = given.as_ref().map(corpus::update) {
        eprintln!("the corpus cannot be updated: {failure}");
        return ExitCode::FAILURE;
    }
    conclusion.exit_code()
}

fn all(given: Option<&corpus::Given>) -> Vec<Test> {
    let mut tests = corpus::tests(given);
    for more in [
        attacks::tests(),
        changes::tests(),
        failures::tests(),
        hostile::tests(),
        live::tests(),
        lock::tests(),
        postgres::tests(),
        secrets::tests(),
        server::tests(),
        tls::tests(),
        writing::tests(),
        zones::tests(),
    ] {
        tests.extend(more);
    }
    tests
}
