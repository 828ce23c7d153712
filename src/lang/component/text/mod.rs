//! Text and messages.

mod badge;
mod caption;
mod code;
mod divider;
mod error;
mod header;
mod html;
mod image;
mod info;
mod json;
mod link;
mod message;
mod progress;
mod subheader;
mod success;
#[expect(clippy::module_inception, reason = "a kind is named like its family")]
mod text;
mod title;
mod warning;

use super::Component;

/// The kinds of this family.
pub(super) static ALL: &[&Component] = &[
    &badge::COMPONENT,
    &caption::COMPONENT,
    &code::COMPONENT,
    &divider::COMPONENT,
    &error::COMPONENT,
    &header::COMPONENT,
    &html::COMPONENT,
    &image::COMPONENT,
    &info::COMPONENT,
    &json::COMPONENT,
    &link::COMPONENT,
    &progress::COMPONENT,
    &subheader::COMPONENT,
    &success::COMPONENT,
    &text::COMPONENT,
    &title::COMPONENT,
    &warning::COMPONENT,
];
