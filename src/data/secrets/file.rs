//! `secrets.toml`.

use std::path::Path;
use std::sync::Arc;

use appspec_lang::diagnostic::suggest;
use toml::de::{DeTable, DeValue};

use super::layer::Layer;

/// Reads the text of a file. What is wrong with it is told by its place: the text may be a secret.
///
/// Tables other than `connections` belong to other programs and are passed over.
pub(super) fn read(path: &Path, text: &str) -> Result<(Layer, Vec<String>), String> {
    let shown = path.display();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (document, errors) = DeTable::parse_recoverable(text);
    if let Some(error) = errors.first() {
        let (line, column) = position(text, error.span().map_or(0, |span| span.start));
        return Err(format!("{shown}:{line}:{column}: {}", error.message()));
    }
    let mut reader = Reader { path, text, layer: Layer::default(), warnings: Vec::new() };
    for (key, value) in document.get_ref() {
        let key = key.get_ref().as_ref();
        match value.get_ref() {
            DeValue::Table(connections) if key == "connections" => reader.connections(connections),
            _ if key == "connections" => reader.warn(value.span().start, "`connections` is no table"),
            _ if suggest::nearest(key, ["connections"]).is_some() => {
                let message = format!("`{key}` is passed over: did you mean `connections`?");
                reader.warn(value.span().start, &message);
            }
            _ => {}
        }
    }
    Ok((reader.layer, reader.warnings))
}

struct Reader<'t> {
    path: &'t Path,
    text: &'t str,
    layer: Layer,
    warnings: Vec<String>,
}

impl Reader<'_> {
    fn connections(&mut self, connections: &DeTable<'_>) {
        for (name, keys) in connections {
            let DeValue::Table(table) = keys.get_ref() else {
                let message = format!("the connection `{}` is no table", name.get_ref());
                self.warn(name.span().start, &message);
                continue;
            };
            self.keys(name.get_ref(), "", table);
        }
    }

    fn keys(&mut self, connection: &str, prefix: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let key = format!("{prefix}{}", key.get_ref());
            let text = match value.get_ref() {
                DeValue::String(text) => text.to_string(),
                DeValue::Integer(int) => match i64::from_str_radix(int.as_str(), int.radix()) {
                    Ok(int) => int.to_string(),
                    Err(_) => int.as_str().to_owned(),
                },
                DeValue::Float(float) => float.as_str().to_owned(),
                DeValue::Boolean(bool) => bool.to_string(),
                DeValue::Datetime(moment) => moment.to_string(),
                DeValue::Table(inner) => {
                    self.keys(connection, &format!("{key}."), inner);
                    continue;
                }
                DeValue::Array(_) => {
                    let message =
                        format!("`{key}` of the connection `{connection}` is a list, which none of its keys takes");
                    self.warn(value.span().start, &message);
                    continue;
                }
            };
            let (line, _) = position(self.text, value.span().start);
            let origin: Arc<str> = format!("`{}`, line {line}", self.path.display()).into();
            self.layer.put(connection, &key, &text, &origin);
        }
    }

    fn warn(&mut self, at: usize, message: &str) {
        let (line, column) = position(self.text, at);
        self.warnings.push(format!("{}:{line}:{column}: {message}", self.path.display()));
    }
}

/// The line and the column of a byte, both counted from 1; the column in characters.
fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..text.floor_char_boundary(at.min(text.len()))).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |found| found + 1);
    let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
    (before.matches('\n').count() + 1, column)
}
