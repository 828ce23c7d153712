//! Lines over time, or over another order.

use super::common;
use crate::component::{Component, Family, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "line_chart",
    family: Family::Chart,
    summary: "Lines over time, or over another order.",
    subject: Subject::Table,
    props: &[
        common::X,
        common::Y,
        common::COLOR,
        common::STACK,
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
        "size",
        "horizontal",
    ],
    page: include_str!("../../../../docs/component/line_chart.md"),
    widget: None,
};
