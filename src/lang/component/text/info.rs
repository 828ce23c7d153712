//! A message that informs.

use super::message;
use crate::component::{Component, Family, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "info",
    family: Family::Text,
    summary: "A message that informs.",
    subject: Subject::Text,
    props: &[message::TITLE, message::ICON],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/info.md"),
    widget: None,
};
