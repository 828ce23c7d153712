//! Components that hold others.

mod card;
mod expander;
mod form;
mod group;
mod row;
mod tab;
mod tabs;
mod use_partial;

use super::Component;

/// The kinds of this family.
pub(super) static ALL: &[&Component] = &[
    &card::COMPONENT,
    &expander::COMPONENT,
    &form::COMPONENT,
    &group::COMPONENT,
    &row::COMPONENT,
    &tab::COMPONENT,
    &tabs::COMPONENT,
    &use_partial::COMPONENT,
];
