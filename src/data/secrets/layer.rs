//! What one source says of connections: values by connection and key, all of them text.

use std::collections::BTreeMap;
use std::sync::Arc;

use appspec_lang::spec::{Connection, ConnectionKind, Name};

use crate::connection::Secret;

/// A value and what gave it, for messages. The text itself may be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) text: Secret,
    /// "`.appspec/secrets.toml`, line 4", "the environment variable `…`".
    pub(super) origin: Arc<str>,
}

/// The values of a connection by key, those of inner tables with a dot: `tls.ca`, `headers.x-api-key`.
pub(super) type Keys = BTreeMap<String, Written>;

/// What a source says of connections, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Layer {
    pub(super) connections: BTreeMap<Name, Keys>,
}

impl Layer {
    /// What `app.yaml` says.
    pub(super) fn of_spec(declared: &[Connection]) -> Self {
        let mut layer = Self::default();
        let origin: Arc<str> = "`app.yaml`".into();
        for connection in declared {
            let name = &connection.name.value;
            layer.put(name, "type", connection.kind.name(), &origin);
            for (key, value) in &connection.keys {
                layer.put(name, key, &value.value, &origin);
            }
        }
        layer
    }

    pub(super) fn put(&mut self, connection: &str, key: &str, text: &str, origin: &Arc<str>) {
        let written = Written { text: Secret::new(text), origin: Arc::clone(origin) };
        let keys = self.connections.entry(Name::from(connection)).or_default();
        keys.insert(canonical(key), written);
    }

    /// Adds what another source says; where both say something, it is the other that holds.
    pub(super) fn override_with(&mut self, other: Self) {
        for (name, keys) in other.connections {
            self.connections.entry(name).or_default().extend(keys);
        }
    }
}

/// The key as it is looked up: `tls` is `tls.mode`, and headers know no case.
fn canonical(key: &str) -> String {
    match key {
        "tls" => "tls.mode".to_owned(),
        _ if key.to_ascii_lowercase().starts_with("headers.") => key.to_ascii_lowercase(),
        _ => key.to_owned(),
    }
}

/// A path of names such as `connections`, `shop`, `tls`, `ca`, as a connection and its key; none if it is no such path.
///
/// Where names are joined by `__`, the name of the connection may hold some itself: it ends before the first known key.
pub(super) fn connection_and_key(path: &[String]) -> Option<(String, String)> {
    let (first, rest) = path.split_first()?;
    if first != "connections" || rest.len() < 2 {
        return None;
    }
    let is_key = |part: &String| part == "type" || KNOWN_PARENTS.contains(&part.as_str()) || is_known_key(part);
    let at = rest.iter().skip(1).position(is_key).map_or(1, |at| at + 1);
    let (name, key) = rest.split_at(at);
    Some((name.join("__"), key.join(".")))
}

/// Keys whose value is a table.
const KNOWN_PARENTS: &[&str] = &["headers", "query", "create_engine_kwargs"];

fn is_known_key(key: &str) -> bool {
    ConnectionKind::ALL.into_iter().flat_map(ConnectionKind::keys).any(|known| known == key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_a_connection_and_a_key() {
        for (path, expected) in [
            ("connections shop password", Some(("shop", "password"))),
            ("connections shop tls ca", Some(("shop", "tls.ca"))),
            ("connections api headers x-api-key", Some(("api", "headers.x-api-key"))),
            ("connections my old password", Some(("my__old", "password"))),
            ("connections shop pasword", Some(("shop", "pasword"))),
            ("connections shop", None),
            ("openai key", None),
            ("", None),
        ] {
            let path: Vec<String> = path.split_whitespace().map(str::to_owned).collect();
            let found = connection_and_key(&path);
            assert_eq!(found.as_ref().map(|(name, key)| (name.as_str(), key.as_str())), expected, "{path:?}");
        }
    }
}
