//! What the kinds of servers have in common: where one is, who logs in, and what is trusted.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use appspec_lang::spec::Name;
use jiff::tz::TimeZone;

use super::address::Address;
use super::settings::{ServerSettings, Tls};
use crate::error::DataError;

/// What holds for a kind of server where the settings do not say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Usual {
    pub(super) port: u16,
    pub(super) username: &'static str,
}

/// A database of a server, and the way there.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) settings: ServerSettings,
    pub(super) port: u16,
    pub(super) username: String,
    pub(super) address: Address,
    /// Of the app.
    pub(super) zone: TimeZone,
    root: PathBuf,
    has_warned: AtomicBool,
}

impl Server {
    pub(super) fn new(name: &Name, settings: &ServerSettings, usual: Usual, (root, zone): (&Path, &TimeZone)) -> Self {
        let port = settings.port.unwrap_or(usual.port);
        let username = settings.username.clone().unwrap_or_else(|| usual.username.to_owned());
        Self {
            address: Address::new(name, settings, port, &username),
            settings: settings.clone(),
            port,
            username,
            zone: zone.clone(),
            root: root.to_owned(),
            has_warned: AtomicBool::new(false),
        }
    }

    /// The certificates of the authority that alone is trusted, if there is one.
    pub(super) async fn authority(&self) -> Result<Option<Vec<u8>>, DataError> {
        match &self.settings.tls {
            Tls::VerifyCa { ca: Some(ca) } | Tls::VerifyFull { ca: Some(ca) } => {
                self.address.certificate(&self.root, ca).await.map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Whether this is the first time that there is something to warn of: it is said once.
    pub(super) fn may_warn(&self) -> bool {
        !self.has_warned.swap(true, Ordering::Relaxed)
    }
}
