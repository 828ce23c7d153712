//! What is kept for browsers: read as a page begins, and saved before an answer says that it was.

use std::path::Path;
use std::time::Duration;

use appspec_data::{StateFile, StateSettings};
use appspec_lang::App;
use jiff::Timestamp;

use super::answer::Asked;
use crate::eval::{Toast, View, kept};

/// How long after its last visit a browser is forgotten, and how much all may take, where the app says nothing.
const EXPIRES: Duration = Duration::from_hours(400 * 24);
const BYTES: u64 = 256_000_000;

/// What an app keeps for browsers.
#[derive(Debug)]
pub(super) struct Keeping {
    pub file: StateFile,
    pub expires: Duration,
}

impl Keeping {
    /// None for an app that keeps nothing.
    pub(super) fn of(app: &App, root: &Path, state_folder: &Path) -> Option<Self> {
        let keeps = app.program.pages.iter().flat_map(|page| &page.state).any(|state| state.kept);
        let settings = &app.program.settings;
        let path = match &settings.keep.file {
            Some(file) => root.join(file),
            None => state_folder.join("state.db"),
        };
        let expires = settings.keep.expires.unwrap_or(EXPIRES);
        let bytes = settings.limits.kept.unwrap_or(BYTES);
        keeps.then(|| Self { file: StateFile::new(StateSettings { path, bytes, expires }), expires })
    }
}

impl Asked {
    /// Gives a view that begins what is kept for its browser.
    pub(super) async fn recall(&self, view: &mut View) {
        let Some(keeping) = self.server.keeping.as_ref().filter(|_| kept::has_any(view)) else { return };
        let browser = self.server.key.name(&self.session);
        let values = keeping.file.values(&browser, &self.place.path, Timestamp::now().as_second()).await;
        kept::seed(&self.server.engine, view, &values, self.server.now()).await;
    }

    /// Keeps what has changed in a view; when this ends without a complaint, it is on disk.
    pub(super) async fn keep(&self, view: &mut View) -> Option<Toast> {
        let keeping = self.server.keeping.as_ref()?;
        let changes = kept::changes(view, &self.place.path);
        if changes.is_empty() {
            return None;
        }
        let browser = self.server.key.name(&self.session);
        match keeping.file.save(&browser, changes, Timestamp::now().as_second()).await {
            Ok(()) => {
                kept::note(view);
                None
            }
            Err(why) => {
                let words = self.server.engine.settings.words();
                let why = words.say(&why.to_string());
                Some(Toast {
                    text: words.fill("This will not outlast the page: {why}.", &[("why", &why)]),
                    is_error: true,
                })
            }
        }
    }
}
