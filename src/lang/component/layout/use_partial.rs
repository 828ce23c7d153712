//! The components of a partial, with what is handed over to it.

use crate::component::{Component, Family, Prop, PropType, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "use",
    family: Family::Layout,
    summary: "The components of a partial, with what is handed over to it.",
    subject: Subject::Partial,
    props: &[Prop {
        name: "with",
        ty: PropType::Arguments,
        required: false,
        default: "",
        summary: "What is handed over, by parameter.",
    }],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/use.md"),
    widget: None,
};
