//! Text in a fixed width, line by line as it is written.

use crate::component::{Component, Family, Pattern, Prop, PropType, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "code",
    family: Family::Text,
    summary: "Text in a fixed width, line by line as it is written.",
    subject: Subject::Text,
    props: &[Prop {
        name: "language",
        ty: PropType::Literal(Pattern::Text),
        required: false,
        default: "",
        summary: "The language, named for readers and scripts.",
    }],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/code.md"),
    widget: None,
};
