//! All tests but the corpora and the browser's: one binary, because each one links polars.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on fails")]
#![expect(clippy::disallowed_methods, reason = "these rules are for the product: tests read the repository itself")]

mod support;
#[path = "../support/canaries.rs"]
mod canaries;
#[path = "../support/process.rs"]
mod process;
#[path = "../support/lab/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the corpus uses the rest of it")]
mod lab;

mod actions;
mod apps;
mod cache;
mod canary;
mod cli;
mod completeness;
mod conformance;
mod convert;
mod editor;
mod eval;
mod format;
mod fuzz;
mod generated;
mod http;
mod kept;
mod layers;
mod log;
mod mutation;
mod properties;
mod repository;
mod schema;
mod unknown;
mod words;
