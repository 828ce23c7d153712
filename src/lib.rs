//! The command line of appspec, as a library, so that tests can call it.

pub mod cli;
