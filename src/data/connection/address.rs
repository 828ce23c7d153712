//! What cannot be reached, and what to do about it: messages that name a server and never a secret.

use std::fmt;
use std::io;
use std::path::Path;

use appspec_lang::spec::{Dialect, Name};

use super::settings::{ServerSettings, Tls};
use crate::error::{DataError, DataErrorKind};

/// A server, as messages name it.
#[derive(Clone, Debug)]
pub(super) struct Address {
    /// The connection.
    pub(super) name: Name,
    host: String,
    /// None for a socket.
    port: Option<u16>,
    username: String,
    database: String,
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) if self.host.contains(':') => write!(f, "[{}]:{port}", self.host),
            Some(port) => write!(f, "{}:{port}", self.host),
            None => f.write_str(&self.host),
        }
    }
}

impl Address {
    pub(super) fn new(name: &Name, server: &ServerSettings, port: u16, username: &str) -> Self {
        // PostgreSQL takes the user's name where no database is named; MySQL takes none.
        let unnamed = if server.dialect == Dialect::Postgres { username } else { "" };
        Self {
            name: Name::clone(name),
            host: server.host.clone(),
            port: (!server.host.starts_with('/')).then_some(port),
            username: username.to_owned(),
            database: server.database.clone().unwrap_or_else(|| unnamed.to_owned()),
        }
    }

    /// The one that is asked for.
    pub(super) fn database(&self) -> &str {
        &self.database
    }

    /// Nobody answers.
    pub(super) fn silent(&self) -> DataError {
        DataError::unreachable(format!("the database `{}` does not answer at {self}", self.name))
    }

    /// The session ended in the middle.
    pub(super) fn lost(&self) -> DataError {
        DataError::unreachable(format!("the connection to the database `{}` at {self} was lost", self.name))
    }

    /// The server begins or ends its work.
    pub(super) fn not_ready(&self) -> DataError {
        DataError::unreachable(format!("the database `{}` at {self} is starting or stopping", self.name))
    }

    pub(super) fn crowded(&self) -> DataError {
        let message =
            format!("the database `{}` at {self} has too many connections: lower `max_connections`", self.name);
        DataError::new(DataErrorKind::Busy, message)
    }

    pub(super) fn wrong_password(&self, is_given: bool) -> DataError {
        let advice = if is_given { "check `username` and `password`" } else { "give it a `password`" };
        self.refusal(&format!("refuses the user `{}`: {advice}", self.username))
    }

    pub(super) fn unknown_database(&self) -> DataError {
        self.refusal(&format!("has no database `{}`: check `database`", self.database))
    }

    /// The server lets nobody in from here, or only encrypted.
    pub(super) fn not_admitted(&self, why: &str) -> DataError {
        self.refusal(&format!("does not admit the user `{}`: {why}", self.username))
    }

    pub(super) fn foreign(&self, what: &str) -> DataError {
        self.refusal(&format!("does not answer as {what} does: check `host`, `port` and `dialect`"))
    }

    fn refusal(&self, message: &str) -> DataError {
        DataError::new(DataErrorKind::Refused, format!("the server of `{}` at {self} {message}", self.name))
    }

    /// The certificates of an authority, from a file of the app or of the machine.
    pub(super) async fn certificate(&self, root: &Path, file: &Path) -> Result<Vec<u8>, DataError> {
        tokio::fs::read(root.join(file)).await.map_err(|_| {
            let written = file.strip_prefix(root).unwrap_or(file).display();
            self.refusal(&format!("cannot be verified: the certificate file `{written}` cannot be read"))
        })
    }

    /// A failure below the protocol while a session is opened.
    pub(super) fn opening(&self, error: &sqlx::Error, tls: &Tls, what: &str) -> DataError {
        match error {
            sqlx::Error::Io(error) => self.opening_io(error, tls),
            sqlx::Error::Tls(error) => self.tls_failure(&error.to_string(), tls),
            // Something in the server's place takes the connection and ends it.
            sqlx::Error::Protocol(text) if text.contains("SSLRequest: 0x00") => self.silent(),
            sqlx::Error::Configuration(_) => self.refusal("cannot be connected to with these settings"),
            _ => self.foreign(what),
        }
    }

    fn opening_io(&self, error: &io::Error, tls: &Tls) -> DataError {
        let text = error.to_string();
        if error.get_ref().is_some_and(|source| source.to_string().contains("certificate")) {
            return self.tls_failure(&text, tls);
        }
        match error.kind() {
            io::ErrorKind::NotFound if self.port.is_none() => {
                DataError::unreachable(format!("the database `{}` has no socket in {self}: is it running?", self.name))
            }
            io::ErrorKind::PermissionDenied => self.refusal("may not be connected to by this process"),
            _ if text.contains("lookup address") || text.contains("name or service") => {
                let host = &self.host;
                DataError::unreachable(format!(
                    "the host `{host}` of the database `{}` is not known: check `host`",
                    self.name
                ))
            }
            io::ErrorKind::InvalidData => self.tls_failure(&text, tls),
            _ => self.silent(),
        }
    }

    fn tls_failure(&self, text: &str, tls: &Tls) -> DataError {
        let text = text.to_lowercase();
        if text.contains("not support tls") || text.contains("not support ssl") {
            return self.refusal("does not encrypt: set `tls: off` if the way to it is safe");
        }
        let is_verified = matches!(tls, Tls::VerifyCa { .. } | Tls::VerifyFull { .. });
        let why = if text.contains("notvalidforname") || text.contains("not valid for name") {
            "has a certificate for another name: check `host`, or set `tls: verify-ca`"
        } else if text.contains("unknownissuer") || text.contains("unknown issuer") {
            "has a certificate of an authority that is not trusted: name its file as `ca` of `tls`"
        } else if text.contains("expired") {
            "has a certificate that has expired"
        } else if is_verified {
            "has a certificate that is not accepted: check `tls` and `ca`"
        } else {
            "and this program find no common way to encrypt: set `tls: off` if the way to it is safe"
        };
        self.refusal(why)
    }
}
