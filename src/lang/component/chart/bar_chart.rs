//! Bars to compare amounts.

use super::common;
use crate::component::{Component, Family, Pattern, Prop, PropType, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "bar_chart",
    family: Family::Chart,
    summary: "Bars to compare amounts.",
    subject: Subject::Table,
    props: &[
        common::X,
        common::Y,
        Prop {
            name: "y2",
            ty: PropType::Column(Pattern::Number),
            required: false,
            default: "",
            summary: "The column where floating bars end that begin at `y`.",
        },
        Prop {
            name: "line",
            ty: PropType::Columns(Pattern::Number),
            required: false,
            default: "",
            summary: "Columns that are drawn as lines over the bars.",
        },
        common::Y_RIGHT,
        common::COLOR,
        common::FACET,
        common::STACK,
        common::HORIZONTAL,
        common::SORT,
        common::LOG,
        common::ANNOTATIONS,
        common::SELECTED,
        common::TITLE,
        common::X_LABEL,
        common::Y_LABEL,
        common::FORMAT,
        common::LEGEND,
        common::HEIGHT,
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/bar_chart.md"),
    widget: None,
};
