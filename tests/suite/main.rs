//! All tests but the corpora and the browser's: one binary, because each one links polars.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]
#![expect(clippy::disallowed_methods, reason = "these rules are for the product: tests read the repository itself")]

mod support;

mod apps;
mod cli;
mod completeness;
mod generated;
mod http;
mod layers;
mod repository;
