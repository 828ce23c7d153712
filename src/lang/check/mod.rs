//! Resolves names, types and columns, and produces the program: what is not resolved cannot reach evaluation.

pub mod program;

pub use program::{Page, Program, Ref};
