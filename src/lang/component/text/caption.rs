//! Small, quiet text: sources and remarks.

use crate::component::{Component, Family, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "caption",
    family: Family::Text,
    summary: "Small, quiet text: sources and remarks.",
    subject: Subject::Text,
    props: &[],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/caption.md"),
    widget: None,
};
