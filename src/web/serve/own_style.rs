//! The stylesheet with what is an app's own: its theme and its grids.

use appspec_lang::App;
use appspec_lang::value::Fingerprint;

use crate::render::{grid_styles, theme_style};

/// A stylesheet, and where it is served.
#[derive(Debug)]
pub(super) struct OwnStyle {
    pub url: String,
    pub css: String,
}

impl OwnStyle {
    /// None of an app that looks as all do.
    pub(super) fn of(app: &App) -> Option<Self> {
        let css = theme_style(&app.program.settings.theme) + &grid_styles(app);
        if css.is_empty() {
            return None;
        }
        let digest = Fingerprint::of(css.as_bytes()).hex();
        Some(Self { url: format!("/-/static/own.{}.css", digest.get(..12).unwrap_or_default()), css })
    }
}
