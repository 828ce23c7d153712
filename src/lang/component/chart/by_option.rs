//! A chart by an option of `ECharts`, for what the other kinds do not draw.

use super::common;
use crate::component::{Component, Family, Pattern, Prop, PropType, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "chart",
    family: Family::Chart,
    summary: "A chart by an option of ECharts, for what the other kinds do not draw.",
    subject: Subject::Json,
    props: &[
        Prop {
            name: "data",
            ty: PropType::Expression(Pattern::Any),
            required: false,
            default: "",
            summary: "A table: it becomes the `dataset` of the option.",
        },
        common::TITLE,
        common::HEIGHT,
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/chart.md"),
    widget: None,
};
