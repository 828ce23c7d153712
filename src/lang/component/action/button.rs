//! Starts actions when it is pressed.

use super::common;
use crate::component::{Component, Family, Prop, PropType, Subject};

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
            name: "confirm",
            ty: PropType::Text,
            required: false,
            default: "",
            summary: "What readers are asked before anything happens; an empty text asks nothing.",
        },
        common::STYLE,
        common::ICON,
        Prop {
            name: "shortcut",
            ty: PropType::Shortcut,
            required: false,
            default: "",
            summary: "Keys that press it: `n`, `mod+s`; `mod` is Ctrl, and ⌘ on a Mac.",
        },
        common::DISABLED,
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/button.md"),
    widget: None,
};
