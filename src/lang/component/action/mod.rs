//! Components that act.

mod button;
mod common;
mod download_button;
mod link_button;

use super::Component;

/// The kinds of this family.
pub(super) static ALL: &[&Component] = &[&button::COMPONENT, &download_button::COMPONENT, &link_button::COMPONENT];
