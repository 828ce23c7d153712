//! `appspec check`: everything that is wrong with an app, at once.

use appspec_data::Scrubber;
use appspec_lang::diagnostic::{Severity, render};

use super::load::{self, Folder};
use super::{Exit, Terminal, fix};

/// Reports everything that is wrong with the app in a folder
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    folder: Folder,
    /// `human` shows the lines that are meant, `concise` is a line each, `json` and `sarif` are for programs, `github` is
    /// for GitHub Actions
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Warnings count as errors
    #[arg(long)]
    deny_warnings: bool,
    /// Mends what can be mended without asking, and reports the rest
    #[arg(long)]
    fix: bool,
    /// Only shows what `--fix` would change, as a diff; exit code 1 if there is anything
    #[arg(long, requires = "fix")]
    dry_run: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    Human,
    Concise,
    Json,
    Sarif,
    Github,
}

pub(super) async fn run(arguments: &Arguments, scrubber: &Scrubber, terminal: &mut Terminal<'_>) -> Result<(), Exit> {
    let root = &arguments.folder.root;
    let loaded = if arguments.fix {
        let mended = fix::mend(&arguments.folder, scrubber, terminal).await?;
        if arguments.dry_run {
            mended.show(terminal)?;
            return if mended.is_empty() { Ok(()) } else { Err(Exit::Diagnostics) };
        }
        mended.write(terminal)?;
        mended.loaded
    } else {
        load::load(&arguments.folder, scrubber, terminal).await?
    };
    let found = &loaded.diagnostics;
    match arguments.format {
        Format::Human => {
            write!(terminal.out, "{}", load::show(&loaded, terminal.color))?;
            writeln!(terminal.out, "{}", load::summary(root, found, loaded.pages))?;
        }
        Format::Concise => write!(terminal.out, "{}", render::concise(&loaded.sources, found))?,
        Format::Json => writeln!(terminal.out, "{}", render::json(&loaded.sources, found))?,
        Format::Sarif => writeln!(terminal.out, "{}", render::sarif(&loaded.sources, found, root))?,
        Format::Github => write!(terminal.out, "{}", render::github(&loaded.sources, found, root))?,
    }
    let least = if arguments.deny_warnings { Severity::Warning } else { Severity::Error };
    let refused = found.iter().any(|diagnostic| diagnostic.code.severity <= least);
    if refused { Err(Exit::Diagnostics) } else { Ok(()) }
}
