//! From a folder to a compiled app: what `check`, `graph` and `serve` begin with.

use std::io;
use std::path::{Path, PathBuf};

use appspec_data::{CacheSettings, Data, DataSettings, FoundSecrets, Lock, Outside, Scrubber, Secrets, Seen};
use appspec_lang::App;
use appspec_lang::compile::Draft;
use appspec_lang::diagnostic::{Diagnostic, Diagnostics, Severity, render};
use appspec_lang::source::Sources;
use appspec_lang::spec::{Connection, Schemas, Spec};

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
    /// What is known of queries in databases.
    pub(super) known: Lock,
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

/// How the columns of queries in databases are learnt.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    /// No server is asked: what `schema.lock` says of it is taken.
    Offline,
    /// Servers are asked, and hold over `schema.lock`, which is compared.
    Live,
    /// Servers are asked, and `schema.lock` is to be written anew.
    Anew,
}

/// Reads and compiles the app in a folder; the columns of its queries are asked of their sources first.
pub(super) async fn load(
    (folder, sight): (&Folder, Sight),
    scrubber: &Scrubber,
    terminal: &mut Terminal<'_>,
) -> Result<Loaded, Exit> {
    let root = &folder.root;
    let sources = match Sources::load(terminal.world, root) {
        Ok(sources) => sources,
        Err(error) => return unreadable(root, &error.to_string(), terminal),
    };
    let mut draft = Draft::of(&sources);
    // What is shown of the specs from here on shows no secret that stands there by mistake.
    let sources = sources.masked(&draft.spec().secrets);
    if !draft.spec().secrets.is_empty() {
        draft = Draft::of(&sources);
    }
    let spec = draft.spec();
    if spec.pages.is_empty() && !draft.diagnostics().has_errors() {
        return unreadable(root, "it holds no page, which is a `.yaml` or `.toml` file", terminal);
    }
    let secrets = secrets(folder, spec, terminal)?;
    let settings = DataSettings { scrubber: scrubber.clone(), ..settings(root, spec) };
    let data = Data::connect(root, secrets.found.connected.settings.clone(), settings);
    let lock = if sight == Sight::Anew { None } else { lock(root, terminal)? };
    let mut outside = Outside { lock: lock.as_ref(), seen: None };
    let mut schemas = data.describe(spec, &outside).await;
    if sight != Sight::Offline {
        let seen = look(&data, (&draft, &schemas), terminal).await?;
        outside.seen = Some(&seen);
        schemas = data.describe(spec, &outside).await;
    }
    let known = Lock::of(spec, &schemas);
    let mut diagnostics = Diagnostics::default();
    let pages = spec.pages.len();
    let app = draft.compile(&schemas, &mut diagnostics);
    Ok(Loaded { sources, diagnostics: diagnostics.sorted(), app, data, pages, secrets, known })
}

/// Reads `schema.lock`, where there is one.
fn lock(root: &Path, terminal: &mut Terminal<'_>) -> Result<Option<Lock>, Exit> {
    let why = match terminal.world.read(&root.join(Lock::FILE)) {
        Ok(text) => match Lock::read(&text) {
            Ok(lock) => return Ok(Some(lock)),
            Err(why) => why,
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => error.to_string(),
    };
    writeln!(terminal.err, "error: cannot read `{}`: {why}", root.join(Lock::FILE).display())?;
    writeln!(terminal.err, "help: write it anew with `appspec check {} --connect --lock`", root.display())?;
    Err(Exit::Environment)
}

/// Asks the databases of an app for the columns of its queries.
async fn look(data: &Data, (draft, schemas): (&Draft, &Schemas), terminal: &mut Terminal<'_>) -> Result<Seen, Exit> {
    match data.look(&draft.outline(schemas)).await {
        Ok(seen) => Ok(seen),
        Err(error) => {
            writeln!(terminal.err, "error: {error}")?;
            Err(Exit::Environment)
        }
    }
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
    let loaded = load((folder, Sight::Offline), scrubber, terminal).await?;
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
