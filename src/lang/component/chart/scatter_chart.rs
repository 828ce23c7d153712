//! Points, to show how two columns go together.

use super::common;
use crate::component::{Component, Family, Pattern, Prop, PropType, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "scatter_chart",
    family: Family::Chart,
    summary: "Points, to show how two columns go together.",
    subject: Subject::Table,
    props: &[
        common::X,
        common::Y,
        common::Y_RIGHT,
        common::COLOR,
        Prop {
            name: "size",
            ty: PropType::Column(Pattern::Number),
            required: false,
            default: "",
            summary: "The column that sets the size of the points.",
        },
        common::FACET,
        common::SORT,
        Prop {
            name: "log",
            ty: PropType::Choice(&["true", "false", "x", "both"]),
            required: false,
            default: "false",
            summary: "Whether the y axis is logarithmic, or the x axis, or both.",
        },
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
    page: include_str!("../../../../docs/component/scatter_chart.md"),
    widget: None,
};
