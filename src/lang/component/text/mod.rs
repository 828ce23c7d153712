//! Text and messages.

mod caption;
mod code;
mod divider;
mod error;
mod header;
mod info;
mod message;
mod subheader;
mod success;
#[expect(clippy::module_inception, reason = "a kind is named like its family")]
mod text;
mod title;
mod warning;

use super::Component;

/// The kinds of this family.
pub(super) static ALL: &[&Component] = &[
    &caption::COMPONENT,
    &code::COMPONENT,
    &divider::COMPONENT,
    &error::COMPONENT,
    &header::COMPONENT,
    &info::COMPONENT,
    &subheader::COMPONENT,
    &success::COMPONENT,
    &text::COMPONENT,
    &title::COMPONENT,
    &warning::COMPONENT,
];
