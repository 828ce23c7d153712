//! An app, live: evaluation, rendering, serving.

pub mod eval;
pub mod render;
pub mod serve;
