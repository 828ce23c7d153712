//! YAML and TOML text to one tree with spans. Parsing never fails: what is broken is reported and left out.

pub mod tree;

pub use tree::{Entry, Node, NodeKind, Tree};
