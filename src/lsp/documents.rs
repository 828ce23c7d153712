//! The files that are open in the editor, and a world in which their texts go before those on disk.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use appspec_lang::source::{Entry, World};

/// An open file.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    /// As the client writes it: another one of the same meaning is another file to some.
    pub(crate) uri: String,
    pub(crate) version: i32,
    pub(crate) text: Arc<str>,
}

/// The open files, by path.
pub(crate) type Documents = BTreeMap<PathBuf, Document>;

/// The disk, with the open files over it.
pub(crate) struct Overlay<'a> {
    pub(crate) disk: &'a dyn World,
    pub(crate) open: &'a Documents,
}

impl World for Overlay<'_> {
    /// A file that cannot be read is taken for an empty one, so that it does not hide what is wrong with others.
    fn read(&self, path: &Path) -> io::Result<String> {
        if let Some(document) = self.open.get(path) {
            return Ok(document.text.to_string());
        }
        Ok(self.disk.read(path).unwrap_or_else(|error| {
            tracing::warn!(path = %path.display(), %error, "a file cannot be read");
            String::new()
        }))
    }

    /// With files that are open and not yet on disk.
    fn list(&self, folder: &Path) -> io::Result<Vec<Entry>> {
        let mut entries = self.disk.list(folder).unwrap_or_default();
        for path in self.open.keys() {
            let Ok(below) = path.strip_prefix(folder) else { continue };
            let mut parts = below.components();
            let Some(name) = parts.next().and_then(|part| part.as_os_str().to_str()) else { continue };
            if !entries.iter().any(|entry| entry.name == name) {
                entries.push(Entry { name: name.to_owned(), is_folder: parts.next().is_some() });
            }
        }
        Ok(entries)
    }

    fn env(&self, name: &str) -> Option<String> {
        self.disk.env(name)
    }

    fn env_names(&self) -> Vec<String> {
        self.disk.env_names()
    }
}
