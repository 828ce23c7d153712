//! What opening connections takes: where they lead, how, and with which secrets.
//!
//! Nothing here opens anything. Settings are compared on a reload: a connection whose settings are equal stays as it is.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use appspec_lang::spec::{Connection, ConnectionKind, Dialect, Name, parse_duration};
use url::Url;

/// So many connections to one database are open at most, where the author does not say.
const MAX_CONNECTIONS: u32 = 10;
/// So long may a query take where neither it nor its connection says.
const TIMEOUT: Duration = Duration::from_mins(1);

/// What opening a connection takes, secrets included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionSettings {
    pub name: Name,
    pub target: Target,
    /// Whether writes may use it; queries only read in any case.
    pub writable: bool,
    pub max_connections: u32,
    /// Of queries that have none of their own.
    pub timeout: Duration,
}

/// Where a connection leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Sqlite {
        /// As written, relative to the root of the app.
        file: String,
    },
    Server(ServerSettings),
    Http(HttpSettings),
}

/// A database server and how to log in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerSettings {
    pub dialect: Dialect,
    /// A name, an address, or the folder of a socket.
    pub host: String,
    pub port: Option<u16>,
    pub database: Option<String>,
    pub username: Option<String>,
    pub password: Option<Secret>,
    pub tls: Tls,
    /// Of the URL's query, as far as they are understood.
    pub options: Vec<(String, String)>,
}

impl ServerSettings {
    /// An option of the URL's query.
    pub(super) fn option(&self, name: &str) -> Option<&str> {
        self.options.iter().find(|(option, _)| option == name).map(|(_, value)| value.as_str())
    }
}

/// How the way to a server is encrypted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Tls {
    Off,
    /// Encrypted where the server can.
    #[default]
    Prefer,
    /// Encrypted, whoever answers.
    Require,
    /// Only where an authority that is trusted vouches for the server; by default one that the system trusts.
    VerifyCa {
        ca: Option<PathBuf>,
    },
    /// As `VerifyCa`, and for its host name.
    VerifyFull {
        ca: Option<PathBuf>,
    },
}

/// A server that answers queries over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpSettings {
    pub base_url: Url,
    pub headers: Vec<(String, Secret)>,
    pub timeout: Duration,
}

/// A text that nobody may see: it cannot be printed, only handed to a driver.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<str>);

impl Secret {
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The text itself, for drivers only.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl ConnectionSettings {
    /// With the defaults for what is left open.
    pub fn new(name: Name, target: Target) -> Self {
        Self { name, target, writable: false, max_connections: MAX_CONNECTIONS, timeout: TIMEOUT }
    }

    /// The settings of connections of which the spec says all there is to know.
    pub fn from_spec(connections: &[Connection]) -> Vec<Self> {
        let settings = connections.iter().filter_map(|connection| {
            let timeout = connection.key("timeout").and_then(parse_duration).unwrap_or(TIMEOUT);
            let target = match connection.kind {
                ConnectionKind::Sqlite => Target::Sqlite { file: connection.key("file")?.to_owned() },
                ConnectionKind::Http => {
                    let base_url = Url::parse(connection.key("base_url")?).ok()?;
                    Target::Http(HttpSettings { base_url, headers: Vec::new(), timeout })
                }
                ConnectionKind::Sql => return None,
            };
            let defaults = Self::new(Name::clone(&connection.name.value), target);
            let count = connection.key("max_connections").and_then(|count| count.parse().ok());
            Some(Self {
                writable: connection.known().writable,
                max_connections: count.unwrap_or(defaults.max_connections),
                timeout,
                ..defaults
            })
        });
        settings.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_printed() {
        let server = ServerSettings {
            dialect: Dialect::Postgres,
            host: "localhost".to_owned(),
            port: None,
            database: None,
            username: None,
            password: Some(Secret::new("sesame")),
            tls: Tls::default(),
            options: Vec::new(),
        };
        let settings = ConnectionSettings::new("shop".into(), Target::Server(server));
        let printed = format!("{settings:?}{settings:#?}");
        assert!(printed.contains("password: Some([secret])") && !printed.contains("sesame"), "{printed}");
    }
}
