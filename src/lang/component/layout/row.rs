//! Components side by side; on a narrow screen below each other.

use crate::component::{Component, Family, Prop, PropType, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "row",
    family: Family::Layout,
    summary: "Components side by side; on a narrow screen below each other.",
    subject: Subject::Components,
    props: &[
        Prop {
            name: "gap",
            ty: PropType::Choice(&["small", "medium", "large"]),
            required: false,
            default: "medium",
            summary: "The space between the components.",
        },
        Prop {
            name: "align",
            ty: PropType::Choice(&["start", "center", "end", "stretch"]),
            required: false,
            default: "stretch",
            summary: "How components of unequal height stand to each other.",
        },
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/row.md"),
    widget: None,
};
