//! A picture: a file of the app, or one from another site.

use crate::component::{Component, Family, Pattern, Prop, PropType, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "image",
    family: Family::Text,
    summary: "A picture: a file of the app, or one from another site.",
    subject: Subject::Image,
    props: &[
        Prop {
            name: "alt",
            ty: PropType::Text,
            required: true,
            default: "",
            summary: "What the picture shows, for those who do not see it; empty if it only decorates.",
        },
        Prop { name: "caption", ty: PropType::Text, required: false, default: "", summary: "What stands below it." },
        Prop {
            name: "width",
            ty: PropType::Literal(Pattern::Int),
            required: false,
            default: "that of the file",
            summary: "The width in pixels; never more than there is room for.",
        },
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/image.md"),
    widget: None,
};
