//! What opening connections takes: where they lead, how, and with which secrets.
//!
//! Nothing here opens anything. Settings are compared on a reload: a connection whose settings are equal stays as it is.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use appspec_lang::spec::{ConnectionKind, Dialect, KnownConnection, Name};
use appspec_lang::value::{Fingerprint, Hasher};
use url::Url;

/// So many connections to one database are open at most, where the author does not say.
const MAX_CONNECTIONS: u32 = 10;
/// So long may a query take where neither it nor its connection says.
const TIMEOUT: Duration = Duration::from_mins(1);
/// The same over HTTP.
const HTTP_TIMEOUT: Duration = Duration::from_secs(30);

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
    /// Nowhere: something is missing or wrong in what is said of it.
    Unusable {
        kind: ConnectionKind,
        dialect: Option<Dialect>,
        /// Without any secret.
        reason: String,
    },
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
}

/// A text that nobody may see: it cannot be printed, only handed to a driver.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<str>);

impl Secret {
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The text itself, for drivers only.
    pub(crate) fn expose(&self) -> &str {
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
        let timeout = if matches!(target, Target::Http(_)) { HTTP_TIMEOUT } else { TIMEOUT };
        Self { name, target, writable: false, max_connections: MAX_CONNECTIONS, timeout }
    }

    /// Why this connection cannot be used, if it cannot.
    pub fn unusable(&self) -> Option<String> {
        match &self.target {
            Target::Unusable { reason, .. } => Some(format!("the connection `{}` cannot be used: {reason}", self.name)),
            _ => None,
        }
    }

    /// What the compiler needs to know.
    pub(crate) fn known(&self) -> KnownConnection {
        let (kind, dialect) = match &self.target {
            Target::Sqlite { .. } => (ConnectionKind::Sqlite, Some(Dialect::Sqlite)),
            Target::Server(server) => (ConnectionKind::Sql, Some(server.dialect)),
            Target::Http(_) => (ConnectionKind::Http, None),
            Target::Unusable { kind, dialect, .. } => (*kind, *dialect),
        };
        KnownConnection { kind, dialect, writable: self.writable }
    }

    /// Tells what a connection leads to from what another does, also in another life of the process: results that are
    /// kept on disk are those of one of them.
    ///
    /// A password is left out, because a digest of it could be guessed at, and it does not choose the data.
    pub(crate) fn identity(&self) -> Fingerprint {
        let mut hasher = Hasher::default();
        match &self.target {
            Target::Sqlite { file } => _ = hasher.number(0).text(file),
            Target::Server(ServerSettings { dialect, host, port, database, username, options, .. }) => {
                hasher.number(1).text(&format!("{dialect:?}")).text(host).number(port.map_or(0, u64::from));
                hasher.text(database.as_deref().unwrap_or_default()).text(username.as_deref().unwrap_or_default());
                for (name, value) in options {
                    hasher.text(name).text(value);
                }
            }
            Target::Http(HttpSettings { base_url, headers }) => {
                hasher.number(2).text(base_url.as_str());
                // A key in a header may well choose the data, and is long.
                for (name, value) in headers {
                    hasher.text(name).text(value.expose());
                }
            }
            Target::Unusable { .. } => _ = hasher.number(3),
        }
        hasher.finish()
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
