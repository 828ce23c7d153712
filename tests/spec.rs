//! Runs the Markdown corpus: `tests/spec/**/*.md`, and the examples of the documentation.
//!
//! `cargo test --test spec -- columns` runs what has `columns` in its name; with `UPDATE_EXPECT=1` it rewrites the
//! `diagnostics`, `graph`, `run` and `transform` blocks of those cases first.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails, and says why")]
#![expect(clippy::indexing_slicing, clippy::print_stderr, reason = "likewise")]
#![expect(clippy::disallowed_methods, reason = "these rules are for the product: tests read the repository itself")]

#[path = "support/corpus/mod.rs"]
mod corpus;
#[path = "support/lab/mod.rs"]
#[expect(dead_code, reason = "the suite uses the rest of it")]
mod lab;

use std::process::ExitCode;

use libtest_mimic::Arguments;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        if std::env::var_os("CI").is_some() {
            eprintln!("UPDATE_EXPECT is refused where CI is set: expectations are reviewed like code");
            return ExitCode::FAILURE;
        }
        corpus::update(arguments.filter.as_deref().unwrap_or_default());
    }
    libtest_mimic::run(&arguments, corpus::trials()).exit_code()
}
