//! `appspec schema`: the JSON Schema of a kind of file, for editors.

use appspec_lang::schema::{self, Document};

use super::{Exit, Terminal};

/// Prints a JSON Schema, by which editors check and complete what is written.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// What is written: a page, `app.yaml`, a partial, or tests of a page
    #[arg(value_enum, value_name = "FILE", default_value = "page")]
    of: Kind,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Kind {
    Page,
    App,
    Partial,
    Test,
}

pub(super) fn run(arguments: &Arguments, terminal: &mut Terminal<'_>) -> Result<(), Exit> {
    let document = match arguments.of {
        Kind::Page => Document::Page,
        Kind::App => Document::App,
        Kind::Partial => Document::Partial,
        Kind::Test => Document::Test,
    };
    writeln!(terminal.out, "{:#}", schema::schema(document))?;
    Ok(())
}
