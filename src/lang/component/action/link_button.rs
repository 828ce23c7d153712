//! A link that looks like a button.

use super::common;
use crate::component::{Component, Family, Prop, PropType, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "link_button",
    family: Family::Action,
    summary: "A link that looks like a button.",
    subject: Subject::Text,
    props: &[
        Prop {
            name: "to",
            ty: PropType::Url,
            required: true,
            default: "",
            summary: "Where it leads: the path of a page, or a URL.",
        },
        common::STYLE,
        common::ICON,
        common::DISABLED,
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/link_button.md"),
    widget: None,
};
