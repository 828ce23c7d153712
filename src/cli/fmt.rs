//! `appspec fmt`: specs in the one form that everybody's specs have.

use std::io;
use std::path::{Path, PathBuf};

use appspec_lang::compile::lower;
use appspec_lang::diagnostic::{Diagnostics, render};
use appspec_lang::format::{Kind, Unformatted, format};
use appspec_lang::source::{Sources, World, is_source};
use appspec_lang::syntax;

use super::{Exit, Terminal, fix};

/// Lays specs out in one form: indentation, blanks, empty lines; comments stay
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Folders of apps, or single specs
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// Changes nothing: shows what would be changed, as a diff; exit code 1 if there is anything
    #[arg(long)]
    check: bool,
}

/// What became of the files so far.
#[derive(Default)]
struct Tally {
    formatted: usize,
    unchanged: usize,
    broken: usize,
}

pub(super) fn run(arguments: &Arguments, terminal: &mut Terminal<'_>) -> Result<(), Exit> {
    let mut tally = Tally::default();
    for path in &arguments.paths {
        let (root, sources) = match read(terminal.world, path) {
            Ok(read) => read,
            Err(error) => {
                writeln!(terminal.err, "error: cannot read `{}`: {error}", path.display())?;
                return Err(Exit::Environment);
            }
        };
        format_all(&root, &sources, arguments.check, &mut tally, terminal)?;
    }
    writeln!(terminal.out, "{}", tally.summary(arguments.check))?;
    let is_fine = tally.broken == 0 && !(arguments.check && tally.formatted > 0);
    if is_fine { Ok(()) } else { Err(Exit::Diagnostics) }
}

/// The specs that a path names, and the folder that their paths begin at.
fn read(world: &dyn World, path: &Path) -> io::Result<(PathBuf, Sources)> {
    if Kind::of(path).is_none() {
        return Ok((path.to_owned(), Sources::load(world, path)?));
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if !is_source(&name) {
        return Err(io::Error::other("secrets are no specs"));
    }
    let mut sources = Sources::default();
    sources.add(name, world.read(path)?);
    Ok((path.parent().unwrap_or(Path::new("")).to_owned(), sources))
}

fn format_all(
    root: &Path,
    sources: &Sources,
    is_check: bool,
    tally: &mut Tally,
    terminal: &mut Terminal<'_>,
) -> Result<(), Exit> {
    // What is shown of specs shows no secret that stands there by mistake.
    let secrets = lower(sources, &mut Diagnostics::default()).secrets;
    let masked = sources.masked(&secrets);
    for (source, shown) in sources.files().iter().zip(masked.files()) {
        let path = root.join(&source.path);
        let Some(kind) = Kind::of(&path) else { continue };
        match format(&source.text, kind) {
            Ok(text) if *text == *source.text => tally.unchanged += 1,
            Ok(text) if is_check => {
                tally.formatted += 1;
                let after = if shown.text == source.text { Ok(text) } else { format(&shown.text, kind) };
                writeln!(terminal.err, "would format {}", path.display())?;
                fix::show_diff(&path, &shown.text, &after.unwrap_or_default(), terminal)?;
            }
            Ok(text) => {
                tally.formatted += 1;
                fix::replace(&path, &source.text, &text, terminal)?;
                writeln!(terminal.err, "formatted {}", path.display())?;
            }
            Err(Unformatted::Broken) => {
                tally.broken += 1;
                show_broken(&path, &shown.text, terminal)?;
            }
            Err(Unformatted::Unsure) => {
                tally.unchanged += 1;
                let why = "it stays as it is, for another layout could change what it says";
                writeln!(terminal.err, "warning: {}: {why}", path.display())?;
            }
        }
    }
    Ok(())
}

/// Shows why a file cannot be read, with the path that it was found by.
fn show_broken(path: &Path, text: &str, terminal: &mut Terminal<'_>) -> io::Result<()> {
    let mut sources = Sources::default();
    let id = sources.add(path.to_string_lossy(), text);
    let mut diagnostics = Diagnostics::default();
    syntax::parse(sources.file(id), &mut diagnostics);
    writeln!(terminal.err, "{}", render::terminal(&sources, &diagnostics.sorted(), terminal.color))
}

impl Tally {
    /// One line on all files: `2 files formatted, 7 unchanged`.
    fn summary(&self, is_check: bool) -> String {
        let files = |count: usize| if count == 1 { "1 file".to_owned() } else { format!("{count} files") };
        let verb = if is_check { "would be formatted" } else { "formatted" };
        let mut parts = Vec::new();
        if self.formatted > 0 {
            parts.push(format!("{} {verb}", files(self.formatted)));
        }
        if self.unchanged > 0 || parts.is_empty() {
            parts.push(format!("{} unchanged", files(self.unchanged)));
        }
        if self.broken > 0 {
            parts.push(format!("{} with errors", files(self.broken)));
        }
        parts.join(", ")
    }
}
