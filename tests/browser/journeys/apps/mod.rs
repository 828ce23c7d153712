//! The apps of the demo: each is gone through as somebody would who has a question to it.

pub(super) mod customers;
pub(super) mod issues;
pub(super) mod live;
pub(super) mod plain;
pub(super) mod sales;
pub(super) mod weather;
