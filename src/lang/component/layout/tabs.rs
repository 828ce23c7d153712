//! Several bodies in one place, one of them shown.

use crate::component::{Component, Family, Prop, PropType, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "tabs",
    family: Family::Layout,
    summary: "Several bodies in one place, one of them shown.",
    subject: Subject::Tabs,
    props: &[Prop {
        name: "selected",
        ty: PropType::StateKey,
        required: false,
        default: "a key of its own",
        summary: "The state key that holds the label of the open tab.",
    }],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/tabs.md"),
    widget: None,
};
