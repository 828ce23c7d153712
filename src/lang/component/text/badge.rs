//! A word or two that stand out: a status, a tag.

use crate::component::{Component, Family, Prop, PropType, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "badge",
    family: Family::Text,
    summary: "A word or two that stand out: a status, a tag.",
    subject: Subject::Text,
    props: &[
        Prop {
            name: "color",
            ty: PropType::Tone,
            required: false,
            default: "",
            summary: "`success`, `warning`, `error` or `info`, or a CSS colour.",
        },
        Prop {
            name: "icon",
            ty: PropType::Icon,
            required: false,
            default: "",
            summary: "A Lucide icon in front of the text.",
        },
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/badge.md"),
    widget: None,
};
