//! Evaluates the graph of a page for one view, and only what changed.

pub mod expr;
pub mod evaluated;
pub mod plain;

pub use evaluated::{Evaluated, Outcome, Shown};
