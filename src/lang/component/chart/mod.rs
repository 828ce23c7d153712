//! Charts over tables.

mod bar_chart;
mod common;
mod line_chart;
mod scatter_chart;

use super::Component;

/// The kinds of this family.
pub(super) static ALL: &[&Component] = &[&bar_chart::COMPONENT, &line_chart::COMPONENT, &scatter_chart::COMPONENT];
