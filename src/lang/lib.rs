//! The appspec compiler: from the text of a folder of specs to an [`App`], with every mistake reported at its place.
//!
//! Pure: files, environment and clock come in through [`source::World`], the columns of databases through
//! [`spec::Schemas`]. Modules stand in reading order; each may name only those above it, as the layer test says.

pub mod source;
pub mod diagnostic;
pub mod value;
pub mod sql;
pub mod expr;
pub mod component;
pub mod syntax;
pub mod format;
pub mod convert;
pub mod spec;
pub mod schema;
pub mod check;
pub mod graph;
pub mod compile;
pub mod ide;

pub use compile::{App, compile};
