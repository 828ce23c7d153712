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
        common::STYLE,
        common::ICON,
        common::DISABLED,
    ],
    unbuilt: &["confirm", "shortcut"],
    page: include_str!("../../../../docs/component/button.md"),
    widget: None,
};
