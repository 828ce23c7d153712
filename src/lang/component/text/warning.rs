//! A message that asks for care.

use super::message;
use crate::component::{Component, Family, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "warning",
    family: Family::Text,
    summary: "A message that asks for care.",
    subject: Subject::Text,
    props: &[message::TITLE, message::ICON],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/warning.md"),
    widget: None,
};
