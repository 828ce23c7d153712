//! `appspec lsp`: the language server, over standard input and output.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use appspec_data::{CacheSettings, Data, DataSettings, Lock, Outside, Scrubber, Secrets};
use appspec_lang::source::{DiskWorld, World};
use appspec_lang::spec::{Schemas, Spec};
use appspec_lsp::Ended;
use tokio::runtime::Handle;

use super::{Exit, Terminal};

/// Serves an editor as a language server, over standard input and output
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A file of secrets, or a folder with one file for each, instead of `.appspec/secrets.toml`: of connections that
    /// are named there alone the names and dialects are taken, and nothing else
    #[arg(long, env = "APPSPEC_SECRETS", value_name = "PATH")]
    secrets: Option<PathBuf>,
    /// Many editors say so; there is no other way
    #[arg(long, hide = true)]
    stdio: bool,
}

pub(super) fn run(arguments: &Arguments, scrubber: &Scrubber, terminal: &mut Terminal<'_>) -> Result<(), Exit> {
    let (runtime, scrubber, secrets) = (Handle::current(), scrubber.clone(), arguments.secrets.clone());
    let describe =
        move |root: &Path, spec: &Spec| runtime.block_on(describe(root, secrets.as_deref(), spec, &scrubber));
    match appspec_lsp::stdio(Arc::new(DiskWorld), Arc::new(describe)) {
        Ok(Ended::Properly) => Ok(()),
        // What the protocol asks for.
        Ok(Ended::Abruptly) => Err(Exit::Diagnostics),
        Err(error) => {
            writeln!(terminal.err, "error: the editor cannot be talked to: {error}")?;
            Err(Exit::Environment)
        }
    }
}

/// Finds columns as `check` does: of files, and of databases that are files. No server is asked, nothing is kept.
async fn describe(root: &Path, secrets: Option<&Path>, spec: &Spec, scrubber: &Scrubber) -> Schemas {
    let timezone = spec.app.timezone.as_ref().map_or("UTC", |zone| &zone.value).to_owned();
    let settings = DataSettings { timezone, cache: CacheSettings::default(), scrubber: scrubber.clone() };
    let secrets = Secrets::new(root, secrets.filter(|path| !path.as_os_str().is_empty()));
    let data = match secrets.read(&DiskWorld, &spec.connections) {
        Ok(found) => Data::connect(root, found.connected.settings, settings),
        Err(error) => {
            tracing::warn!("secrets cannot be read: {error}");
            Data::open(root, &spec.connections, settings)
        }
    };
    let lock = DiskWorld.read(&root.join(Lock::FILE)).ok().and_then(|text| Lock::read(&text).ok());
    data.describe(spec, &Outside { lock: lock.as_ref(), seen: None }).await
}
