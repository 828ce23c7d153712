//! The language server: what the compiler knows, told to editors over the Language Server Protocol.
//!
//! Comes in: messages of an editor, with the texts of its open files, which go before those on disk. Goes out: what is
//! wrong with the apps that these files belong to, and answers. What there is to say is found in `appspec_lang`; here it
//! is only asked for and put into the words of the protocol. The columns of tables come by a callback.

mod text;
mod paths;
mod documents;
mod outside;
mod app;
mod apps;
mod convert;
mod inbox;
mod request;
mod server;
#[cfg(test)]
mod tests;

pub use outside::Describe;
pub use server::{Ended, Server, stdio};
