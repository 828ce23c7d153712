//! Components that act.

mod button;

use super::Component;

/// The kinds of this family.
pub(super) static ALL: &[&Component] = &[&button::COMPONENT];
