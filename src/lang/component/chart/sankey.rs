//! Bands that show how much flows from where to where.

use super::common;
use crate::component::{Component, Family, Pattern, Prop, PropType, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "sankey",
    family: Family::Chart,
    summary: "Bands that show how much flows from where to where.",
    subject: Subject::Table,
    props: &[
        Prop {
            name: "source",
            ty: PropType::Column(Pattern::Any),
            required: false,
            default: "the first text column",
            summary: "The column that says where a band begins.",
        },
        Prop {
            name: "target",
            ty: PropType::Column(Pattern::Any),
            required: false,
            default: "the second text column",
            summary: "The column that says where it ends.",
        },
        Prop {
            name: "value",
            ty: PropType::Column(Pattern::Number),
            required: false,
            default: "the first numeric column",
            summary: "The column of the amounts.",
        },
        common::TITLE,
        common::FORMAT,
        common::HEIGHT,
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/sankey.md"),
    widget: None,
};
