//! Numbers and tables.

mod metric;
mod table;

use super::Component;

/// The kinds of this family.
pub(super) static ALL: &[&Component] = &[&metric::COMPONENT, &table::COMPONENT];
