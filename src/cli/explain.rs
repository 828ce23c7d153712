//! `appspec explain`: the page of a diagnostic code or of a component.

use appspec_lang::component::{self, Component};
use appspec_lang::diagnostic::{Code, code, suggest};

use super::{Exit, Terminal};

/// Says more about a diagnostic code or a kind of component.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A code, as it stands in brackets in a diagnostic, or the name of a component; without one, lists all
    #[arg(value_name = "CODE|COMPONENT")]
    name: Option<String>,
}

pub(super) fn run(arguments: &Arguments, terminal: &mut Terminal<'_>) -> Result<(), Exit> {
    let Some(name) = &arguments.name else { return list(terminal) };
    // As a diagnostic shows it: `error[unknown-key]`.
    let name = name.split_once('[').map_or(name.as_str(), |(_, code)| code.trim_end_matches(']'));
    let pages: Vec<&str> = [code::find(name).map(page_of_code), component::find(name).map(page_of_component)]
        .into_iter()
        .flatten()
        .collect();
    if pages.is_empty() {
        return unknown(name, terminal);
    }
    for page in pages {
        writeln!(terminal.out, "{}", page.trim_end())?;
    }
    Ok(())
}

fn page_of_code(code: &'static Code) -> &'static str {
    code.page
}

fn page_of_component(component: &'static Component) -> &'static str {
    component.page
}

fn list(terminal: &mut Terminal<'_>) -> Result<(), Exit> {
    writeln!(terminal.out, "Components:")?;
    for component in component::ALL.iter() {
        writeln!(terminal.out, "  {:<18} {}", component.name, component.summary)?;
    }
    writeln!(terminal.out, "\nDiagnostic codes:")?;
    for code in code::ALL {
        writeln!(terminal.out, "  {:<18} {}", code.name, code.summary.trim())?;
    }
    Ok(())
}

fn unknown(name: &str, terminal: &mut Terminal<'_>) -> Result<(), Exit> {
    writeln!(terminal.err, "error: there is no code and no component `{name}`")?;
    let codes = code::ALL.iter().map(|code| code.name);
    let known = codes.chain(component::ALL.iter().map(|component| component.name));
    match suggest::nearest(name, known) {
        Some(near) => writeln!(terminal.err, "help: did you mean `{near}`?")?,
        None => writeln!(terminal.err, "help: `appspec explain` lists them all")?,
    }
    Err(Exit::Usage)
}
