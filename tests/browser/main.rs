//! Journeys through the app in a real browser: what only a browser can show.
//!
//! The real `appspec serve` runs on loopback, Chromium is driven over `WebDriver`. A journey also fails on any error in
//! the console of the page, violations of the content security policy among them. Without Chromium or its driver the
//! journeys are skipped visibly; where `CI` is set that is a failure.

#![expect(clippy::print_stderr, reason = "a skip and the output of a server that fails must be seen")]

mod journeys;
mod support;

use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

use libtest_mimic::{Arguments, Trial};

use support::{Driver, Stage};

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Two browsers at a time: more only wait for each other on a small machine.
    arguments.test_threads = arguments.test_threads.or(Some(2));
    let missing = Driver::missing();
    if let Some(missing) = &missing {
        eprintln!("SKIPPED: the browser journeys, because {missing}");
        if std::env::var_os("CI").is_some() && !arguments.list {
            eprintln!("where CI is set, that is a failure");
            return ExitCode::FAILURE;
        }
    }
    let stage = Arc::new(OnceLock::<Result<Stage, String>>::new());
    let trials = journeys::ALL.iter().map(|journey| {
        let stage = Arc::clone(&stage);
        let perform = move || {
            let stage = stage.get_or_init(Stage::set).as_ref().map_err(String::clone)?;
            stage.perform(journey).map_err(Into::into)
        };
        Trial::test(journey.name, perform).with_ignored_flag(missing.is_some())
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    drop(stage);
    conclusion.exit_code()
}
