//! The compiler from end to end.

use crate::check::Program;

/// A compiled app; immutable, and shared by all views.
#[derive(Clone, Debug)]
pub struct App {
    pub program: Program,
}
