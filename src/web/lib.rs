//! An app, live: evaluation, rendering, serving.

pub mod words;
pub mod eval;
pub mod render;
pub mod serve;
