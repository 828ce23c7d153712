//! A message that something is wrong.

use super::message;
use crate::component::{Component, Family, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "error",
    family: Family::Text,
    summary: "A message that something is wrong.",
    subject: Subject::Text,
    props: &[message::TITLE, message::ICON],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/error.md"),
    widget: None,
};
