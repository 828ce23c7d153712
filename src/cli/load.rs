//! From a folder to a compiled app: what `check`, `graph` and `serve` begin with.

use std::path::{Path, PathBuf};

use appspec_data::{CacheSettings, Data, DataSettings, FoundSecrets, Scrubber, Secrets};
use appspec_lang::App;
use appspec_lang::compile::{compile, lower};
use appspec_lang::diagnostic::{Diagnostic, Diagnostics, Severity, render};
use appspec_lang::source::Sources;
use appspec_lang::spec::{Connection, Spec};

use super::{Exit, Terminal};

/// The folder of an app, as every command takes it.
#[derive(Debug, clap::Args)]
pub(super) struct Folder {
    /// The folder of the app
    #[arg(value_name = "DIR")]
    pub(super) root: PathBuf,
    /// A file of secrets, or a folder with one file for each, instead of `.appspec/secrets.toml`
    #[arg(long, env = "APPSPEC_SECRETS", value_name = "PATH")]
    secrets: Option<PathBuf>,
}

/// An app, as far as it could be compiled, and all that was found on the way.
pub(super) struct Loaded {
    pub(super) sources: Sources,
    /// Sorted, each once.
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) app: Option<App>,
    pub(super) data: Data,
    pub(super) pages: usize,
    pub(super) secrets: Read,
}

/// Secrets that were read, and what it takes to read them again.
pub(super) struct Read {
    pub(super) secrets: Secrets,
    pub(super) declared: Vec<Connection>,
    pub(super) found: FoundSecrets,
}

/// An app without errors.
pub(super) struct Whole {
    pub(super) app: App,
    pub(super) data: Data,
    pub(super) secrets: Read,
}

/// Reads and compiles the app in a folder; the columns of its queries are asked of their sources first.
pub(super) async fn load(folder: &Folder, scrubber: &Scrubber, terminal: &mut Terminal<'_>) -> Result<Loaded, Exit> {
    let root = &folder.root;
    let sources = match Sources::load(terminal.world, root) {
        Ok(sources) => sources,
        Err(error) => return unreadable(root, &error.to_string(), terminal),
    };
    // The compiler reports all of this again: the first pass only shows which sources to ask for columns.
    let mut unheard = Diagnostics::default();
    let spec = lower(&sources, &mut unheard);
    // What is shown of the specs from here on shows no secret that stands there by mistake.
    let sources = sources.masked(&spec.secrets);
    if spec.pages.is_empty() && !unheard.has_errors() {
        return unreadable(root, "it holds no page, which is a `.yaml` or `.toml` file", terminal);
    }
    let secrets = secrets(folder, &spec, terminal)?;
    let settings = DataSettings { scrubber: scrubber.clone(), ..settings(root, &spec) };
    let data = Data::connect(root, secrets.found.connected.settings.clone(), settings);
    let schemas = data.describe(&spec).await;
    let mut diagnostics = Diagnostics::default();
    let app = compile(&sources, &schemas, &mut diagnostics);
    Ok(Loaded { sources, diagnostics: diagnostics.sorted(), app, data, pages: spec.pages.len(), secrets })
}

/// Reads the secrets of an app; what is to be said of them is said.
fn secrets(folder: &Folder, spec: &Spec, terminal: &mut Terminal<'_>) -> Result<Read, Exit> {
    let given = folder.secrets.as_deref().filter(|path| !path.as_os_str().is_empty());
    let secrets = Secrets::new(&folder.root, given);
    let declared = spec.connections.clone();
    match secrets.read(terminal.world, &declared) {
        Ok(found) => {
            for warning in &found.connected.warnings {
                writeln!(terminal.err, "warning: {warning}")?;
            }
            Ok(Read { secrets, declared, found })
        }
        Err(error) => {
            writeln!(terminal.err, "error: {error}")?;
            Err(Exit::Environment)
        }
    }
}

fn unreadable(root: &Path, why: &str, terminal: &mut Terminal<'_>) -> Result<Loaded, Exit> {
    writeln!(terminal.err, "error: cannot read the app in `{}`: {why}", root.display())?;
    Err(Exit::Environment)
}

fn settings(root: &Path, spec: &Spec) -> DataSettings {
    let timezone = spec.app.timezone.as_ref().map_or("UTC", |zone| &zone.value);
    let cache = CacheSettings::of(&spec.app.limits, &state_folder(root));
    DataSettings { timezone: timezone.to_owned(), cache, ..DataSettings::default() }
}

/// Where what survives a restart of the server is kept.
pub(super) fn state_folder(root: &Path) -> PathBuf {
    root.join(".appspec")
}

/// Loads an app for a command that needs it whole: where it has errors, they are shown and the command ends.
pub(super) async fn load_whole(
    folder: &Folder,
    scrubber: &Scrubber,
    terminal: &mut Terminal<'_>,
) -> Result<Whole, Exit> {
    let loaded = load(folder, scrubber, terminal).await?;
    write!(terminal.err, "{}", show(&loaded, terminal.color))?;
    let Some(app) = loaded.app else {
        writeln!(terminal.err, "{}", summary(&folder.root, &loaded.diagnostics, loaded.pages))?;
        return Err(Exit::Diagnostics);
    };
    Ok(Whole { app, data: loaded.data, secrets: loaded.secrets })
}

/// One line on all that was found: `specs/: 2 errors, 1 warning`.
pub(super) fn summary(root: &Path, diagnostics: &[Diagnostic], pages: usize) -> String {
    let count = |severity| diagnostics.iter().filter(|found| found.code.severity == severity).count();
    let root = root.display();
    match (count(Severity::Error), count(Severity::Warning)) {
        (0, 0) if pages == 1 => format!("{root}: 1 page, no problems"),
        (0, 0) => format!("{root}: {pages} pages, no problems"),
        (errors, warnings) => format!("{root}: {}", render::summary(errors, warnings)),
    }
}

/// Shows what was found with the lines it is about, an empty line after each.
pub(super) fn show(loaded: &Loaded, color: bool) -> String {
    let text = render::terminal(&loaded.sources, &loaded.diagnostics, color);
    if text.is_empty() { text } else { text + "\n" }
}
