//! A value with all that is in it, part by part.

use crate::component::{Component, Family, Pattern, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "json",
    family: Family::Text,
    summary: "A value with all that is in it, part by part.",
    subject: Subject::Expression(Pattern::Any),
    props: &[],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/json.md"),
    widget: None,
};
