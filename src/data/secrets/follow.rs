//! Takes up changes of secrets while the app runs.

use std::path::PathBuf;

use super::FoundSecrets;
use crate::connection::ConnectionSettings;

/// Compares what is found from time to time with what the app runs on.
#[derive(Debug)]
pub struct Follower {
    current: FoundSecrets,
    /// Another state that was found once: a file may have been caught while it was written.
    once: Option<FoundSecrets>,
    trouble: Option<String>,
}

impl Follower {
    /// From the secrets with which the app started.
    pub fn new(current: FoundSecrets) -> Self {
        Self { current, once: None, trouble: None }
    }

    /// Takes what was found now; gives the settings of all connections if they are to change.
    ///
    /// A change counts once it is found twice. What cannot be read, or is gone, changes nothing.
    pub fn look(&mut self, read: Result<FoundSecrets, String>) -> Option<&[ConnectionSettings]> {
        let found = match read.and_then(|found| self.complete(found)) {
            Ok(found) => found,
            Err(trouble) => {
                if self.trouble.as_ref() != Some(&trouble) {
                    tracing::warn!("secrets cannot be read, and stay as they were: {trouble}");
                }
                self.trouble = Some(trouble);
                self.once = None;
                return None;
            }
        };
        if self.trouble.take().is_some() {
            tracing::info!("secrets can be read again");
        }
        if found == self.current {
            self.once = None;
            return None;
        }
        if self.once.as_ref() != Some(&found) {
            self.once = Some(found);
            return None;
        }
        self.once = None;
        let before = std::mem::replace(&mut self.current, found);
        self.tell_changes(&before);
        Some(&self.current.connected.settings)
    }

    /// What was found, if it is all there: files do not vanish because somebody wants connections to end.
    fn complete(&self, found: FoundSecrets) -> Result<FoundSecrets, String> {
        let is_gone = |place: &&PathBuf| !found.places.contains(place);
        match self.current.places.iter().find(is_gone) {
            Some(place) => Err(format!("{} is gone", place.display())),
            None => Ok(found),
        }
    }

    fn tell_changes(&self, before: &FoundSecrets) {
        let (old, new) = (&before.connected, &self.current.connected);
        for warning in new.warnings.iter().filter(|warning| !old.warnings.contains(warning)) {
            tracing::warn!("{warning}");
        }
        let is_new = |settings: &&ConnectionSettings| !old.settings.contains(settings);
        let is_gone = |settings: &&ConnectionSettings| new.settings.iter().all(|other| other.name != settings.name);
        let changed = new.settings.iter().filter(is_new).chain(old.settings.iter().filter(is_gone));
        let names: Vec<&str> = changed.map(|settings| &*settings.name).collect();
        tracing::info!(connections = names.join(", "), "secrets have changed");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::Target;
    use crate::secrets::Connected;

    fn found(file: &str) -> FoundSecrets {
        let settings = vec![ConnectionSettings::new("shop".into(), Target::Sqlite { file: file.to_owned() })];
        let connected = Connected { settings, ..Connected::default() };
        FoundSecrets { connected, places: vec!["secrets.toml".into()] }
    }

    #[test]
    fn a_change_counts_once_it_is_found_twice() {
        let mut follower = Follower::new(found("a.db"));
        for (seen, is_taken) in [
            (Ok(found("a.db")), false),
            // Caught while it was written.
            (Ok(found("")), false),
            (Ok(found("a.db")), false),
            (Ok(found("b.db")), false),
            (Ok(found("b.db")), true),
            (Ok(found("b.db")), false),
            // Broken, and then as it was before.
            (Err("it cannot be read".to_owned()), false),
            (Ok(found("c.db")), false),
            (Err("it cannot be read".to_owned()), false),
            (Ok(found("c.db")), false),
            (Ok(found("c.db")), true),
            // Gone.
            (Ok(FoundSecrets { connected: Connected::default(), places: Vec::new() }), false),
            (Ok(FoundSecrets { connected: Connected::default(), places: Vec::new() }), false),
            (Ok(found("c.db")), false),
        ] {
            let wanted = seen.clone().map(|found| found.connected.settings).unwrap_or_default();
            let taken = follower.look(seen).map(<[_]>::to_vec);
            assert_eq!(taken, is_taken.then_some(wanted));
        }
    }
}
