//! Numbers and tables.

mod details;
mod metric;
mod table;

use super::Component;

/// The kinds of this family.
pub(super) static ALL: &[&Component] = &[&details::COMPONENT, &metric::COMPONENT, &table::COMPONENT];
