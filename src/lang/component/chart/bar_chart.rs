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
        common::COLOR,
        common::STACK,
        Prop {
            name: "horizontal",
            ty: PropType::Literal(Pattern::Bool),
            required: false,
            default: "false",
            summary: "Whether bars lie along the x axis.",
        },
        common::TITLE,
        common::X_LABEL,
        common::Y_LABEL,
        common::FORMAT,
        common::LEGEND,
        common::HEIGHT,
    ],
    unbuilt: &["y_right", "y2", "line", "facet", "sort", "log", "annotations", "selected", "data", "size"],
    page: include_str!("../../../../docs/component/bar_chart.md"),
    widget: None,
};
