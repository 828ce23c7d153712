//! Areas over time, to see how a sum is made up.

use super::common;
use crate::component::{Component, Family, Prop, PropType, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "area_chart",
    family: Family::Chart,
    summary: "Areas over time, to see how a sum is made up.",
    subject: Subject::Table,
    props: &[
        common::X,
        common::Y,
        common::Y_RIGHT,
        common::COLOR,
        common::FACET,
        Prop {
            name: "stack",
            ty: PropType::Choice(&["true", "false", "normalize"]),
            required: false,
            default: "true",
            summary: "Whether series stand on each other, and whether as shares of the whole.",
        },
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
    page: include_str!("../../../../docs/component/area_chart.md"),
    widget: None,
};
