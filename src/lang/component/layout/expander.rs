//! Components that are shown when the reader asks for them.

use crate::component::{Component, Family, Pattern, Prop, PropType, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "expander",
    family: Family::Layout,
    summary: "Components that are shown when the reader asks for them.",
    subject: Subject::Components,
    props: &[
        Prop {
            name: "label",
            ty: PropType::Text,
            required: true,
            default: "",
            summary: "What stands on the line that opens and closes it.",
        },
        Prop {
            name: "open",
            ty: PropType::Literal(Pattern::Bool),
            required: false,
            default: "false",
            summary: "Whether it is open at first.",
        },
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/expander.md"),
    widget: None,
};
