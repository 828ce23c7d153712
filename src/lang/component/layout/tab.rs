//! One body of `tabs`.

use crate::component::{Component, Family, Prop, PropType, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "tab",
    family: Family::Layout,
    summary: "One body of `tabs`.",
    subject: Subject::Text,
    props: &[Prop {
        name: "body",
        ty: PropType::Components,
        required: true,
        default: "",
        summary: "The components that show while the tab is open.",
    }],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/tab.md"),
    widget: None,
};
