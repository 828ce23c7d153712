//! A way to another page, or to another site.

use crate::component::{Component, Family, Prop, PropType, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "link",
    family: Family::Text,
    summary: "A way to another page, or to another site.",
    subject: Subject::Text,
    props: &[
        Prop {
            name: "to",
            ty: PropType::Url,
            required: true,
            default: "",
            summary: "Where it leads: the path of a page, or a URL.",
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
    page: include_str!("../../../../docs/component/link.md"),
    widget: None,
};
