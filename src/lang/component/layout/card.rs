//! Components in a frame.

use crate::component::{Component, Family, Prop, PropType, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "card",
    family: Family::Layout,
    summary: "Components in a frame.",
    subject: Subject::Components,
    props: &[Prop {
        name: "title",
        ty: PropType::Text,
        required: false,
        default: "",
        summary: "A heading inside the frame.",
    }],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/card.md"),
    widget: None,
};
