//! The command line: one file a command, each a screenful.
//!
//! [`run`] takes its arguments, the world and its writers from the caller, so that tests call it in-process.

mod check;
mod convert;
mod explain;
mod fix;
mod fmt;
mod graph;
mod load;
mod log;
mod lsp;
mod schema;
mod serve;

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::process::ExitCode;

use appspec_lang::source::World;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Parser, Subcommand};

pub use log::log_panics;

/// Compiles folders of YAML and TOML pages, and serves them as live dashboards.
#[derive(Debug, Parser)]
#[command(name = "appspec", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// How much is said on standard error; `info` for `serve`, else `warn`
    #[arg(long, global = true, env = "APPSPEC_LOG", value_enum, value_name = "LEVEL")]
    log: Option<log::Level>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Arguments),
    Check(check::Arguments),
    Graph(graph::Arguments),
    Explain(explain::Arguments),
    Fmt(fmt::Arguments),
    Convert(convert::Arguments),
    Schema(schema::Arguments),
    Lsp(lsp::Arguments),
}

/// Commands of the language that this version does not have.
const UNBUILT: &[&str] = &["new", "test"];

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Fine = 0,
    /// The spec has errors.
    Diagnostics = 1,
    /// The command line is wrong.
    Usage = 2,
    /// The environment does not play along: a port is taken, a file cannot be read.
    Environment = 3,
}

/// Only writing fails with an error of its own: the reader of a pipe has gone, and nobody is left to be told.
impl From<io::Error> for Exit {
    fn from(_: io::Error) -> Self {
        Self::Environment
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// What a command is given beside its arguments.
pub struct Terminal<'a> {
    pub world: &'a dyn World,
    pub input: &'a mut dyn Read,
    pub out: &'a mut dyn Write,
    pub err: &'a mut dyn Write,
    /// Whether diagnostics are coloured.
    pub color: bool,
}

/// Runs the command that `args` name, the first being the name of the program.
pub fn run(args: impl IntoIterator<Item = OsString>, terminal: &mut Terminal<'_>) -> Exit {
    let done = match Arguments::try_parse_from(args) {
        Ok(arguments) => execute(&arguments, terminal),
        Err(error) => refuse(&error, terminal),
    };
    done.err().unwrap_or(Exit::Fine)
}

fn execute(Arguments { command, log }: &Arguments, terminal: &mut Terminal<'_>) -> Result<(), Exit> {
    let usual = if matches!(command, Command::Serve(_)) { log::Level::Info } else { log::Level::Warn };
    let scrubber = log::start(log.unwrap_or(usual));
    tokio::runtime::Runtime::new()?.block_on(async {
        match command {
            Command::Serve(arguments) => serve::run(arguments, &scrubber, terminal).await,
            Command::Check(arguments) => check::run(arguments, &scrubber, terminal).await,
            Command::Graph(arguments) => graph::run(arguments, &scrubber, terminal).await,
            Command::Explain(arguments) => explain::run(arguments, terminal),
            Command::Convert(arguments) => convert::run(arguments, terminal),
            Command::Fmt(arguments) => fmt::run(arguments, terminal),
            Command::Schema(arguments) => schema::run(arguments, terminal),
            Command::Lsp(arguments) => lsp::run(arguments, &scrubber, terminal),
        }
    })
}

/// Shows the help that was asked for, or what is wrong with the arguments.
fn refuse(error: &clap::Error, terminal: &mut Terminal<'_>) -> Result<(), Exit> {
    if !error.use_stderr() {
        write!(terminal.out, "{error}")?;
        return Ok(());
    }
    match (error.kind(), error.get(ContextKind::InvalidSubcommand)) {
        (ErrorKind::InvalidSubcommand, Some(ContextValue::String(name))) if UNBUILT.contains(&name.as_str()) => {
            writeln!(terminal.err, "error: `appspec {name}` is planned, but this version does not have it yet")?;
        }
        _ => write!(terminal.err, "{error}")?,
    }
    Err(Exit::Usage)
}
