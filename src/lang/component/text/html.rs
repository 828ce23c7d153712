//! HTML of the author's, with all taken out that could do harm.

use crate::component::{Component, Family, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "html",
    family: Family::Text,
    summary: "HTML of the author's, with all taken out that could do harm.",
    subject: Subject::Html,
    props: &[],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/html.md"),
    widget: None,
};
