//! The list of all kinds.

use super::Component;

/// Every kind that is built.
pub static ALL: &[&Component] = &[];

/// Kinds of the language that are not built yet.
pub static UNBUILT: &[&str] = &[];

/// The kind of this name.
pub fn find(name: &str) -> Option<&'static Component> {
    ALL.iter().copied().find(|component| component.name == name)
}
