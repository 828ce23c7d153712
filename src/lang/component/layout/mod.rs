//! Components that hold others.

mod card;
mod dialog;
mod expander;
mod form;
mod grid;
mod group;
mod popover;
mod repeat;
mod row;
mod tab;
mod tabs;
mod use_partial;

use super::Component;

/// The kinds of this family.
pub(super) static ALL: &[&Component] = &[
    &card::COMPONENT,
    &dialog::COMPONENT,
    &expander::COMPONENT,
    &form::COMPONENT,
    &grid::COMPONENT,
    &group::COMPONENT,
    &popover::COMPONENT,
    &repeat::COMPONENT,
    &row::COMPONENT,
    &tab::COMPONENT,
    &tabs::COMPONENT,
    &use_partial::COMPONENT,
];
