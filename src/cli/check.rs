//! `appspec check`: everything that is wrong with an app, at once.

use appspec_data::Scrubber;
use appspec_lang::diagnostic::{Severity, render};

use super::load::{self, Folder};
use super::{Exit, Terminal};

/// Reports everything that is wrong with the app in a folder
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    folder: Folder,
    /// `human` shows the lines that are meant, `concise` is a line each, `json` is for programs
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Warnings count as errors
    #[arg(long)]
    deny_warnings: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    Human,
    Concise,
    Json,
}

pub(super) async fn run(arguments: &Arguments, scrubber: &Scrubber, terminal: &mut Terminal<'_>) -> Result<(), Exit> {
    let root = &arguments.folder.root;
    let loaded = load::load(&arguments.folder, scrubber, terminal).await?;
    let found = &loaded.diagnostics;
    match arguments.format {
        Format::Human => {
            write!(terminal.out, "{}", load::show(&loaded, terminal.color))?;
            writeln!(terminal.out, "{}", load::summary(root, found, loaded.pages))?;
        }
        Format::Concise => write!(terminal.out, "{}", render::concise(&loaded.sources, found))?,
        Format::Json => writeln!(terminal.out, "{}", render::json(&loaded.sources, found))?,
    }
    let least = if arguments.deny_warnings { Severity::Warning } else { Severity::Error };
    let refused = found.iter().any(|diagnostic| diagnostic.code.severity <= least);
    if refused { Err(Exit::Diagnostics) } else { Ok(()) }
}
