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
    page: include_str!("../../../../docs/component/line_chart.md"),
    widget: None,
};
