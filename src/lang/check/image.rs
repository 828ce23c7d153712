//! Where images come from: a file below `assets/` that exists, or an address that a page may load.

use std::collections::BTreeSet;

use super::program::Ref;
use crate::diagnostic::{Diagnostics, code};
use crate::expr::{Part, Template};
use crate::spec::asset_file;

/// Checks the source of an image, as far as it is written out. `assets` are the files below `assets/`, if known.
pub(super) fn check(source: &Template<Ref>, assets: Option<&BTreeSet<String>>, diagnostics: &mut Diagnostics) {
    let start = match source.parts.first() {
        Some(Part::Text(text)) => text.text.trim_start(),
        _ => "",
    };
    let scheme = start.split_once(':').map(|(scheme, _)| scheme).filter(|scheme| !scheme.contains(['/', '?', '#']));
    let is_shown = match scheme.map(str::to_lowercase).as_deref() {
        Some("https") | None => true,
        Some("data") => start.get(5..).is_some_and(|data| data.starts_with("image/")),
        Some(_) => false,
    };
    if !is_shown {
        let message = format!("a page shows no image from `{}:`", scheme.unwrap_or_default());
        let diagnostic = diagnostics.report(&code::VALUE, source.span, message);
        diagnostic.help("name a file below `assets/`, or a URL that begins with `https://`");
        return;
    }
    let (Some(assets), Some(written)) = (assets, source.constant()) else { return };
    if let Some(file) = asset_file(written.trim()).filter(|file| !assets.contains(*file)) {
        let diagnostic = diagnostics.report(&code::FILE, source.span, format!("there is no file `assets/{file}`"));
        diagnostic.nearest(file, assets.iter().map(String::as_str));
    }
}
