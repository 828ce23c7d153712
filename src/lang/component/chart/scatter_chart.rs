//! Points, to show how two columns go together.

use super::common;
use crate::component::{Component, Family, Prop, PropType, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "scatter_chart",
    family: Family::Chart,
    summary: "Points, to show how two columns go together.",
    subject: Subject::Table,
    props: &[
        common::X,
        common::Y,
        common::COLOR,
        Prop {
            name: "size",
            ty: PropType::Column,
            required: false,
            default: "",
            summary: "The column that sets the size of the points.",
        },
        common::TITLE,
        common::X_LABEL,
        common::Y_LABEL,
        common::FORMAT,
        common::LEGEND,
        common::HEIGHT,
    ],
    unbuilt: &[
        "y_right",
        "y2",
        "line",
        "facet",
        "sort",
        "log",
        "annotations",
        "selected",
        "data",
        "stack",
        "horizontal",
    ],
    page: include_str!("../../../../docs/component/scatter_chart.md"),
    widget: None,
};
