//! Starts actions when it is pressed.

use crate::component::{Component, Family, Pattern, Prop, PropType, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "button",
    family: Family::Action,
    summary: "Starts actions when it is pressed.",
    subject: Subject::Text,
    props: &[
        Prop {
            name: "on_click",
            ty: PropType::Actions,
            required: false,
            default: "",
            summary: "What happens, in order.",
        },
        Prop {
            name: "style",
            ty: PropType::Choice(&["primary", "secondary", "danger"]),
            required: false,
            default: "secondary",
            summary: "How much it stands out.",
        },
        Prop {
            name: "icon",
            ty: PropType::Icon,
            required: false,
            default: "",
            summary: "A Lucide icon in front of the label.",
        },
        Prop {
            name: "disabled",
            ty: PropType::Expression(Pattern::Any),
            required: false,
            default: "false",
            summary: "Whether it cannot be pressed.",
        },
    ],
    unbuilt: &["confirm", "shortcut"],
    page: include_str!("../../../../docs/component/button.md"),
    widget: None,
};
