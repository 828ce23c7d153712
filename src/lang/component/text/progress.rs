//! How much of something is done.

use crate::component::{Component, Family, Pattern, Prop, PropType, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "progress",
    family: Family::Text,
    summary: "How much of something is done.",
    subject: Subject::Expression(Pattern::Share),
    props: &[
        Prop { name: "label", ty: PropType::Text, required: false, default: "", summary: "What is counted." },
        Prop {
            name: "color",
            ty: PropType::Tone,
            required: false,
            default: "the colour of the app",
            summary: "`success`, `warning`, `error` or `info`, or a CSS colour.",
        },
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/progress.md"),
    widget: None,
};
