//! Widgets: components that have a value, which is a key of state.

mod checkbox;
mod choice;
mod color_picker;
mod common;
mod date_input;
mod datetime_input;
mod file_upload;
mod multiselect;
mod number_input;
mod radio;
mod rating;
mod segmented;
mod select;
mod slider;
mod text_area;
mod text_input;
mod time_input;
mod toggle;

use super::Component;
pub use file_upload::UPLOADS;

/// The kinds of this family.
pub(super) static ALL: &[&Component] = &[
    &checkbox::COMPONENT,
    &color_picker::COMPONENT,
    &date_input::COMPONENT,
    &datetime_input::COMPONENT,
    &file_upload::COMPONENT,
    &multiselect::COMPONENT,
    &number_input::COMPONENT,
    &radio::COMPONENT,
    &rating::COMPONENT,
    &segmented::COMPONENT,
    &select::COMPONENT,
    &slider::COMPONENT,
    &text_area::COMPONENT,
    &text_input::COMPONENT,
    &time_input::COMPONENT,
    &toggle::COMPONENT,
];
