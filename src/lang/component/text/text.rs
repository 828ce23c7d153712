//! A paragraph or more, in Markdown.

use crate::component::{Component, Family, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "text",
    family: Family::Text,
    summary: "A paragraph or more, in Markdown.",
    subject: Subject::Markdown,
    props: &[],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/text.md"),
    widget: None,
};
