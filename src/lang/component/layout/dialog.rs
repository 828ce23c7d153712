//! Components in a window over the page, which an action opens.

use crate::component::{Component, Family, Prop, PropType, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "dialog",
    family: Family::Layout,
    summary: "Components in a window over the page, which an action opens.",
    subject: Subject::Components,
    props: &[
        Prop { name: "title", ty: PropType::Text, required: true, default: "", summary: "The heading of the window." },
        Prop {
            name: "size",
            ty: PropType::Choice(&["small", "medium", "large"]),
            required: false,
            default: "medium",
            summary: "How wide the window is where there is room.",
        },
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/dialog.md"),
    widget: None,
};
