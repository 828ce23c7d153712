//! `appspec convert`: a spec in its other format.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use appspec_lang::convert::convert;
use appspec_lang::diagnostic::{Diagnostics, render};
use appspec_lang::format::Kind;
use appspec_lang::source::{Sources, is_source};

use super::{Exit, Terminal};

/// Writes a spec of YAML as TOML, or one of TOML as YAML
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The spec
    #[arg(value_name = "FILE")]
    path: PathBuf,
    /// The format to write; without it, the one that the file is not in
    #[arg(long, value_enum)]
    to: Option<Format>,
    /// A new file to write to, in place of standard output
    #[arg(long, short, value_name = "PATH")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Toml,
    Yaml,
}

pub(super) fn run(arguments: &Arguments, terminal: &mut Terminal<'_>) -> Result<(), Exit> {
    let path = &arguments.path;
    let to = target(path, arguments.to, terminal)?;
    let text = match terminal.world.read(path) {
        Ok(text) => text,
        Err(error) => {
            writeln!(terminal.err, "error: cannot read `{}`: {error}", path.display())?;
            return Err(Exit::Environment);
        }
    };
    let mut sources = Sources::default();
    let id = sources.add(path.to_string_lossy(), text);
    let mut diagnostics = Diagnostics::default();
    let converted = convert(sources.file(id), to, &mut diagnostics);
    let found = render::terminal(&sources, &diagnostics.sorted(), terminal.color);
    if !found.is_empty() {
        writeln!(terminal.err, "{found}")?;
    }
    let Some(converted) = converted else { return Err(Exit::Diagnostics) };
    if converted.displaced > 0 {
        let comments = if converted.displaced == 1 { "1 comment stands" } else { "some comments stand" };
        writeln!(terminal.err, "note: {comments} at the end: what is commented on is written in another way")?;
    }
    match &arguments.output {
        Some(output) => create(output, &converted.text, terminal),
        None => Ok(write!(terminal.out, "{}", converted.text)?),
    }
}

/// The format to write.
fn target(path: &Path, asked: Option<Format>, terminal: &mut Terminal<'_>) -> Result<Kind, Exit> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let (other, own) = match Kind::of(path) {
        Some(Kind::Yaml) => (Kind::Toml, Format::Yaml),
        Some(Kind::Toml) if is_source(&name) => (Kind::Yaml, Format::Toml),
        _ => {
            writeln!(
                terminal.err,
                "error: `{}` is no spec, which ends with `.yaml`, `.yml` or `.toml`",
                path.display()
            )?;
            return Err(Exit::Usage);
        }
    };
    if asked == Some(own) {
        writeln!(terminal.err, "error: `{}` is written in that format", path.display())?;
        return Err(Exit::Usage);
    }
    Ok(other)
}

/// Writes a file that is not there yet.
fn create(path: &Path, text: &str, terminal: &mut Terminal<'_>) -> Result<(), Exit> {
    let written = File::create_new(path).and_then(|mut file| file.write_all(text.as_bytes()));
    if let Err(error) = written {
        writeln!(terminal.err, "error: cannot write `{}`: {error}", path.display())?;
        return Err(Exit::Environment);
    }
    writeln!(terminal.err, "wrote {}", path.display())?;
    Ok(())
}
