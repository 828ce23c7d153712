//! `appspec check`: everything that is wrong with an app, at once.

use std::fs;
use std::path::Path;

use appspec_data::{Lock, Scrubber};
use appspec_lang::diagnostic::{Severity, render};

use super::load::{self, Folder, Loaded, Sight};
use super::{Exit, Terminal, fix};

/// Reports everything that is wrong with the app in a folder
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
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
    /// Asks the databases: for the columns of their queries, and whether they understand them
    #[arg(long)]
    connect: bool,
    /// Writes the columns that the databases tell into `schema.lock`, for checks that ask none
    #[arg(long, requires = "connect")]
    lock: bool,
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

impl Arguments {
    fn sight(&self) -> Sight {
        match (self.connect, self.lock) {
            (false, _) => Sight::Offline,
            (true, false) => Sight::Live,
            (true, true) => Sight::Anew,
        }
    }
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
        match arguments.sight() {
            Sight::Offline => mended.loaded,
            sight => load::load((&arguments.folder, sight), scrubber, terminal).await?,
        }
    } else {
        load::load((&arguments.folder, arguments.sight()), scrubber, terminal).await?
    };
    if arguments.lock {
        write_lock(root, &loaded, terminal)?;
    }
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

/// Writes what the databases have told, unless it stands there already. A query that was refused is left out.
fn write_lock(root: &Path, loaded: &Loaded, terminal: &mut Terminal<'_>) -> Result<(), Exit> {
    let path = root.join(Lock::FILE);
    let (shown, text) = (path.display(), loaded.known.to_string());
    let queries = match loaded.known.len() {
        1 => "1 query".to_owned(),
        count => format!("{count} queries"),
    };
    if terminal.world.read(&path).is_ok_and(|before| before == text) {
        writeln!(terminal.err, "{shown}: up to date, {queries}")?;
        return Ok(());
    }
    if let Err(error) = fs::write(&path, text) {
        writeln!(terminal.err, "error: cannot write `{shown}`: {error}")?;
        return Err(Exit::Environment);
    }
    writeln!(terminal.err, "{shown}: written, {queries}")?;
    Ok(())
}
