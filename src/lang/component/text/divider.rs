//! A line between parts of a page.

use crate::component::{Component, Family, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "divider",
    family: Family::Text,
    summary: "A line between parts of a page.",
    subject: Subject::None,
    props: &[],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/divider.md"),
    widget: None,
};
