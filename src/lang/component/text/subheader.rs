//! A heading inside a section.

use crate::component::{Component, Family, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "subheader",
    family: Family::Text,
    summary: "A heading inside a section.",
    subject: Subject::Text,
    props: &[],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/subheader.md"),
    widget: None,
};
