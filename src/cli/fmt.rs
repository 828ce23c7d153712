//! `appspec fmt`: specs in the one form that everybody's specs have.

use std::io;
use std::path::{Path, PathBuf};

use appspec_lang::compile::lower;
use appspec_lang::diagnostic::{Diagnostics, render};
use appspec_lang::format::{Kind, Unformatted, format};
use appspec_lang::source::{Sources, World, decode, is_source};
use appspec_lang::syntax;

use super::{Exit, Terminal, fix};

/// Lays specs out in one form: indentation, blanks, empty lines; comments stay
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Folders of apps, or single specs; `-` is standard input, laid out to standard output
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// What messages call the spec on standard input, and whether it is TOML or YAML; YAML without it
    #[arg(long, value_name = "FILE")]
    stdin_filename: Option<PathBuf>,
    /// Changes nothing: shows what would be changed, as a diff; exit code 1 if there is anything
    #[arg(long)]
    check: bool,
}

/// What stands for standard input among the paths.
const INPUT: &str = "-";

/// What became of the files so far.
#[derive(Default)]
struct Tally {
    formatted: usize,
    unchanged: usize,
    broken: usize,
}

pub(super) fn run(arguments: &Arguments, terminal: &mut Terminal<'_>) -> Result<(), Exit> {
    let is_check = arguments.check;
    let mut tally = Tally::default();
    let is_input = |path: &PathBuf| path.as_os_str() == INPUT;
    if arguments.paths.iter().any(is_input) || arguments.stdin_filename.is_some() {
        if arguments.paths.len() != 1 || !arguments.paths.iter().all(is_input) {
            return misused("`-` stands alone, and `--stdin-filename` names what it reads", terminal);
        }
        let name = arguments.stdin_filename.as_deref().unwrap_or(Path::new("stdin.yaml"));
        format_input(name, is_check, &mut tally, terminal)?;
    } else {
        for path in &arguments.paths {
            let (root, sources) = match read(terminal.world, path) {
                Ok(read) => read,
                Err(error) => return unreadable(path, &error, terminal),
            };
            format_all(&root, &sources, (is_check, Put::InPlace), &mut tally, terminal)?;
        }
        writeln!(terminal.out, "{}", tally.summary(is_check))?;
    }
    let is_fine = tally.broken == 0 && !(is_check && tally.formatted > 0);
    if is_fine { Ok(()) } else { Err(Exit::Diagnostics) }
}

fn misused(why: &str, terminal: &mut Terminal<'_>) -> Result<(), Exit> {
    writeln!(terminal.err, "error: {why}")?;
    Err(Exit::Usage)
}

fn unreadable(path: &Path, error: &io::Error, terminal: &mut Terminal<'_>) -> Result<(), Exit> {
    writeln!(terminal.err, "error: cannot read `{}`: {error}", path.display())?;
    Err(Exit::Environment)
}

/// Lays out what comes in, as the file of this name.
fn format_input(name: &Path, is_check: bool, tally: &mut Tally, terminal: &mut Terminal<'_>) -> Result<(), Exit> {
    if Kind::of(name).is_none() {
        let why = format!("`{}` is no spec, which ends with `.yaml`, `.yml` or `.toml`", name.display());
        return misused(&why, terminal);
    }
    let input = &mut terminal.input;
    let text = || {
        let mut bytes = Vec::new();
        input.read_to_end(&mut bytes)?;
        decode(bytes)
    };
    match alone(name, text) {
        Ok((root, sources)) => format_all(&root, &sources, (is_check, Put::ToOutput), tally, terminal),
        Err(error) => unreadable(name, &error, terminal),
    }
}

/// Where the new text of a spec goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Put {
    InPlace,
    ToOutput,
}

/// The specs that a path names, and the folder that their paths begin at.
fn read(world: &dyn World, path: &Path) -> io::Result<(PathBuf, Sources)> {
    if Kind::of(path).is_none() {
        return Ok((path.to_owned(), Sources::load(world, path)?));
    }
    alone(path, || world.read(path))
}

/// A single spec, and the folder that it is in.
fn alone(path: &Path, text: impl FnOnce() -> io::Result<String>) -> io::Result<(PathBuf, Sources)> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if !is_source(&name) {
        return Err(io::Error::other("secrets are no specs"));
    }
    let mut sources = Sources::default();
    sources.add(name, text()?);
    Ok((path.parent().unwrap_or(Path::new("")).to_owned(), sources))
}

fn format_all(
    root: &Path,
    sources: &Sources,
    (is_check, put): (bool, Put),
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
            Ok(text) if put == Put::ToOutput && !is_check => write!(terminal.out, "{text}")?,
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
                if put == Put::ToOutput && !is_check {
                    write!(terminal.out, "{}", source.text)?;
                }
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
