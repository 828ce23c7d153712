//! Components below each other, without a frame.

use crate::component::{Component, Family, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "group",
    family: Family::Layout,
    summary: "Components below each other, without a frame.",
    subject: Subject::Components,
    props: &[],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/group.md"),
    widget: None,
};
