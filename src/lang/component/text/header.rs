//! A heading of a section.

use crate::component::{Component, Family, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "header",
    family: Family::Text,
    summary: "A heading of a section.",
    subject: Subject::Text,
    props: &[],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/header.md"),
    widget: None,
};
