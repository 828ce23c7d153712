//! A folder with one file for each secret, as orchestrators mount them.

use std::io;
use std::path::Path;
use std::sync::Arc;

use appspec_lang::source::World;

use super::file;
use super::layer::{Layer, connection_and_key};

/// How deep folders may nest: `connections/shop/headers/x-api-key`.
const DEPTH: usize = 4;

/// Reads a folder. Files that name no connection are of other programs and not looked into.
///
/// A name is a path of keys: `connections.shop.password`, `connections__shop__password`, or folders for its parts. Links
/// are followed; what begins with a dot is passed over, so that a mount's own `..data` is not seen twice.
pub(super) fn read(world: &dyn World, folder: &Path) -> Result<(Layer, Vec<String>), String> {
    let mut reader = Reader { world, layer: Layer::default(), warnings: Vec::new() };
    reader.folder(folder, &[])?;
    Ok((reader.layer, reader.warnings))
}

/// What is wrong with a file, in words that hold nothing of it.
pub(super) fn said(path: &Path, error: &io::Error) -> String {
    let what = match error.kind() {
        io::ErrorKind::InvalidData => "this is no UTF-8 text".to_owned(),
        io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "whoever runs appspec may not read this".to_owned(),
        kind => kind.to_string(),
    };
    format!("{}: {what}", path.display())
}

struct Reader<'w> {
    world: &'w dyn World,
    layer: Layer,
    warnings: Vec<String>,
}

impl Reader<'_> {
    fn folder(&mut self, folder: &Path, above: &[String]) -> Result<(), String> {
        let mut entries = self.world.list(folder).map_err(|error| said(folder, &error))?;
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        for entry in entries.iter().filter(|entry| !entry.name.starts_with('.')) {
            let path = folder.join(&entry.name);
            let mut keys = above.to_vec();
            keys.extend(keys_of(&entry.name, above.is_empty()));
            let is_ours = keys.first().is_some_and(|first| first == "connections");
            if entry.is_folder {
                if is_ours && above.len() < DEPTH {
                    self.folder(&path, &keys)?;
                }
            } else if above.is_empty() && path.extension().is_some_and(|ending| ending == "toml") {
                let text = self.world.read(&path).map_err(|error| said(&path, &error))?;
                let (layer, warnings) = file::read(&path, &text)?;
                self.layer.override_with(layer);
                self.warnings.extend(warnings);
            } else if is_ours {
                self.secret(&path, &keys)?;
            }
        }
        Ok(())
    }

    fn secret(&mut self, path: &Path, keys: &[String]) -> Result<(), String> {
        let Some((connection, key)) = connection_and_key(keys) else {
            let message = "this names no key of a connection: a file is called `connections.NAME.KEY`";
            self.warnings.push(format!("{}: {message}", path.display()));
            return Ok(());
        };
        let text = self.world.read(path).map_err(|error| said(path, &error))?;
        let text = text.strip_suffix('\n').map_or(text.as_str(), |text| text.strip_suffix('\r').unwrap_or(text));
        let origin: Arc<str> = format!("`{}`", path.display()).into();
        self.layer.put(&connection, &key, text, &origin);
        Ok(())
    }
}

/// The keys in the name of a file, which may be written like an environment variable.
fn keys_of(name: &str, is_first: bool) -> Vec<String> {
    let is_variable = is_first && name.starts_with("APPSPEC_");
    let lower = name.to_ascii_lowercase();
    let name = if is_variable { lower.strip_prefix("appspec_").unwrap_or(&lower) } else { name };
    let separator = if name.contains("__") { "__" } else { "." };
    name.split(separator).map(str::to_owned).collect()
}
