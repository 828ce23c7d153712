//! Widgets: components that have a value, which is a key of state.

mod checkbox;
mod choice;
mod color_picker;
mod common;
mod date_input;
mod number_input;
mod radio;
mod select;
mod slider;
mod text_input;
mod toggle;

use super::Component;

/// The kinds of this family.
pub(super) static ALL: &[&Component] = &[
    &checkbox::COMPONENT,
    &color_picker::COMPONENT,
    &date_input::COMPONENT,
    &number_input::COMPONENT,
    &radio::COMPONENT,
    &select::COMPONENT,
    &slider::COMPONENT,
    &text_input::COMPONENT,
    &toggle::COMPONENT,
];
