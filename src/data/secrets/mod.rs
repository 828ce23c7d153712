//! Secrets: where connections lead and how they log in, of which specs must not tell.
//!
//! Comes in: `app.yaml`, files of secrets, the environment. Goes out: the settings of connections. What several sources
//! say of one key, the last of these says: `app.yaml`; `.streamlit/secrets.toml`, then `.appspec/secrets.toml`, each
//! beside the folder of the app and then in it, or instead what `--secrets` names; the environment.
//!
//! No message holds a value: it says which key, and which file and line or which variable gave it.

mod address;
mod environment;
mod exposure;
mod file;
mod folder;
mod follow;
mod form;
mod layer;
mod resolve;
mod scrub;
mod view;

use std::io;
use std::path::{Path, PathBuf};

use appspec_lang::source::{MemoryWorld, World};
use appspec_lang::spec::Connection;

use crate::connection::ConnectionSettings;
pub use exposure::{exposed_files, weak_secrets};
use folder::said;
pub use follow::Follower;
use layer::Layer;
pub use resolve::Connected;
pub use scrub::Scrubber;

/// The settings of connections of which only the spec says anything.
pub(crate) fn of_spec(declared: &[Connection]) -> Vec<ConnectionSettings> {
    resolve::resolve(&MemoryWorld::default(), &[Layer::of_spec(declared)]).settings
}

/// Where the secrets of an app are.
#[derive(Clone, Debug)]
pub struct Secrets {
    root: PathBuf,
    /// A file, or a folder with one file for each secret, instead of the usual places.
    given: Option<PathBuf>,
}

/// What was found there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundSecrets {
    pub connected: Connected,
    /// The files and folders that were read.
    pub places: Vec<PathBuf>,
}

impl Secrets {
    /// Those of the app in a folder: in the usual places, or in the one that is given.
    pub fn new(root: &Path, given: Option<&Path>) -> Self {
        Self { root: root.to_owned(), given: given.map(Path::to_owned) }
    }

    /// Reads them, and puts them together with what `app.yaml` declares.
    ///
    /// A place that cannot be read is an error, and so is one that is given and not there.
    pub fn read(&self, world: &dyn World, declared: &[Connection]) -> Result<FoundSecrets, String> {
        let mut layers = vec![Layer::of_spec(declared)];
        let mut warnings = Vec::new();
        let mut places = Vec::new();
        for path in self.places() {
            let Some((layer, said)) = self.read_place(world, &path)? else { continue };
            layers.push(layer);
            warnings.extend(said);
            places.push(path);
        }
        let (environment, said) = environment::read(world);
        layers.push(environment);
        warnings.extend(said);
        let mut connected = resolve::resolve(world, &layers);
        warnings.append(&mut connected.warnings);
        connected.warnings = warnings;
        Ok(FoundSecrets { connected, places })
    }

    /// From the one that says least.
    fn places(&self) -> Vec<PathBuf> {
        if let Some(given) = &self.given {
            return vec![given.clone()];
        }
        let beside = match (self.root.parent(), self.root.file_name()) {
            (Some(parent), Some(_)) => parent.to_owned(),
            _ => self.root.join(".."),
        };
        let files = [".streamlit/secrets.toml", ".appspec/secrets.toml"];
        files.iter().flat_map(|file| [beside.join(file), self.root.join(file)]).collect()
    }

    fn read_place(&self, world: &dyn World, path: &Path) -> Result<Option<(Layer, Vec<String>)>, String> {
        let error = match world.read(path) {
            Ok(text) => return file::read(path, &text).map(Some),
            Err(error) => error,
        };
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory if self.given.is_none() => Ok(None),
            io::ErrorKind::InvalidData | io::ErrorKind::PermissionDenied => Err(said(path, &error)),
            _ if self.given.is_some() => folder::read(world, path).map(Some),
            _ => Err(said(path, &error)),
        }
    }
}
