//! A message that something is well.

use super::message;
use crate::component::{Component, Family, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "success",
    family: Family::Text,
    summary: "A message that something is well.",
    subject: Subject::Text,
    props: &[message::TITLE, message::ICON],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/success.md"),
    widget: None,
};
