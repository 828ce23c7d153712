//! The largest heading of a page.

use crate::component::{Component, Family, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "title",
    family: Family::Text,
    summary: "The largest heading of a page.",
    subject: Subject::Text,
    props: &[],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/title.md"),
    widget: None,
};
