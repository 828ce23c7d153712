//! Sessions, message by message, with a client in memory.

mod action;
mod client;
mod answers;
mod diagnostics;
mod session;

use client::{Client, Files, at};
