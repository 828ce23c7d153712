//! The navigation: where it leads must be.

use super::Common;
use super::link;
use crate::diagnostic::{Diagnostics, code};
use crate::source::Spanned;
use crate::spec::{NavEntry, Spec, Target};

/// Checks that the entries of `nav` lead to pages of the app, and to none twice.
pub fn check(spec: &Spec, common: &Common, diagnostics: &mut Diagnostics) {
    let mut seen: Vec<&Spanned<String>> = Vec::new();
    for link in spec.app.nav.iter().flatten().flat_map(NavEntry::links) {
        let Target::Page(path) = &link.target else { continue };
        if let Some(first) = seen.iter().find(|first| first.value == path.value) {
            let message = format!("the navigation leads to `{}` twice", path.value);
            diagnostics.report(&code::SUSPICIOUS, path.span, message).label(first.span, "first here");
            continue;
        }
        seen.push(path);
        link::check_path(path, &common.destinations, diagnostics);
    }
}
