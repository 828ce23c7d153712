//! Components in a small window at a button.

use crate::component::{Component, Family, Prop, PropType, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "popover",
    family: Family::Layout,
    summary: "Components in a small window at a button.",
    subject: Subject::Components,
    props: &[
        Prop {
            name: "label",
            ty: PropType::Text,
            required: true,
            default: "",
            summary: "What stands on the button that opens and closes it.",
        },
        Prop {
            name: "icon",
            ty: PropType::Icon,
            required: false,
            default: "",
            summary: "A Lucide icon in front of the label.",
        },
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/popover.md"),
    widget: None,
};
