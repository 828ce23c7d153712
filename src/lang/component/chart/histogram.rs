//! How often the values of a column fall into each of some ranges.

use super::common;
use crate::component::{Component, Family, Pattern, Prop, PropType, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "histogram",
    family: Family::Chart,
    summary: "How often the values of a column fall into each of some ranges.",
    subject: Subject::Table,
    props: &[
        Prop {
            name: "x",
            ty: PropType::Column(Pattern::Number),
            required: false,
            default: "the first numeric column",
            summary: "The column whose values are counted.",
        },
        Prop {
            name: "bins",
            ty: PropType::Literal(Pattern::Int),
            required: false,
            default: "as many as fit the data",
            summary: "About how many ranges there are; they begin at round numbers.",
        },
        common::COLOR,
        common::FACET,
        Prop {
            name: "stack",
            ty: PropType::Choice(&["true", "false", "normalize"]),
            required: false,
            default: "true",
            summary: "Whether series stand on each other, and whether as shares of the whole.",
        },
        common::LOG,
        common::ANNOTATIONS,
        common::SELECTED,
        common::TITLE,
        common::X_LABEL,
        common::Y_LABEL,
        Prop {
            name: "format",
            ty: PropType::Format,
            required: false,
            default: "the column's format",
            summary: "The filter that turns the values of x into text.",
        },
        common::LEGEND,
        common::HEIGHT,
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/histogram.md"),
    widget: None,
};
