//! `appspec graph`: what depends on what, as a drawing.

use appspec_data::Scrubber;
use appspec_lang::App;
use appspec_lang::check::program::Page;
use appspec_lang::diagnostic::suggest;
use appspec_lang::graph::{Graph, export};

use super::load::{self, Folder};
use super::{Exit, Terminal};

/// Shows what depends on what on the pages of an app
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    folder: Folder,
    /// `mermaid` of several pages is a Markdown document
    #[arg(long, value_enum, default_value_t = Format::Mermaid)]
    format: Format,
    /// Only the page of this URL path: `/` or `/ops/latency`
    #[arg(long, value_name = "PATH")]
    page: Option<String>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    Mermaid,
    Dot,
    Json,
}

pub(super) async fn run(arguments: &Arguments, scrubber: &Scrubber, terminal: &mut Terminal<'_>) -> Result<(), Exit> {
    let app = load::load_whole(&arguments.folder, scrubber, terminal).await?.app;
    let all = app.program.pages.iter().zip(&app.graphs);
    let chosen: Vec<(&Page, &Graph)> = match &arguments.page {
        None => all.collect(),
        Some(path) => all.filter(|(page, _)| page.path.trim_matches('/') == path.trim_matches('/')).collect(),
    };
    let alone = arguments.page.is_some();
    if let (Some(path), true) = (&arguments.page, chosen.is_empty()) {
        return no_page(path, &app, terminal);
    }
    for (page, graph) in chosen {
        match arguments.format {
            Format::Mermaid if alone => write!(terminal.out, "{}", export::mermaid(page, graph))?,
            Format::Mermaid => {
                writeln!(terminal.out, "## {}\n\n```mermaid\n{}```\n", page.path, export::mermaid(page, graph))?;
            }
            Format::Dot => write!(terminal.out, "{}", export::dot(page, graph))?,
            Format::Json => writeln!(terminal.out, "{}", export::json(page, graph))?,
        }
    }
    Ok(())
}

fn no_page(path: &str, app: &App, terminal: &mut Terminal<'_>) -> Result<(), Exit> {
    writeln!(terminal.err, "error: there is no page `{path}`")?;
    let paths: Vec<&str> = app.program.pages.iter().map(|page| page.path.as_str()).collect();
    match suggest::nearest(path, paths.iter().copied()) {
        Some(near) => writeln!(terminal.err, "help: did you mean `{near}`?")?,
        None => writeln!(terminal.err, "help: the pages are {}", paths.join(", "))?,
    }
    Err(Exit::Usage)
}
