//! Keys that press buttons: each only one.

use super::outline::Outline;
use super::widget::{literal, prop};
use crate::diagnostic::{Diagnostics, code};
use crate::source::Span;
use crate::value::Scalar;

/// Warns of keys that several buttons of a page have, unless a condition may tell them apart.
pub(super) fn check(outline: &Outline<'_>, diagnostics: &mut Diagnostics) {
    let mut seen: Vec<(&Scalar, Span)> = Vec::new();
    for (_, item) in outline.iter().filter(|(_, item)| item.spec.when.is_none()) {
        let (Some(keys), Some(written)) = (literal(item.spec, "shortcut"), prop(item.spec, "shortcut")) else {
            continue;
        };
        if let Some((_, first)) = seen.iter().find(|(other, _)| *other == keys) {
            let keys = keys.as_text().unwrap_or_default();
            let message = format!("another button has the shortcut `{keys}`, which presses the first that is shown");
            diagnostics.report(&code::SUSPICIOUS, written.span, message).label(*first, "the other");
        } else {
            seen.push((keys, written.span));
        }
    }
}
