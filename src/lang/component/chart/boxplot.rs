//! Boxes that show how values spread: the median, the middle half, and what lies outside.

use super::common;
use crate::component::{Component, Family, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "boxplot",
    family: Family::Chart,
    summary: "Boxes that show how values spread: the median, the middle half, and what lies outside.",
    subject: Subject::Table,
    props: &[
        common::X,
        common::Y,
        common::HORIZONTAL,
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
    page: include_str!("../../../../docs/component/boxplot.md"),
    widget: None,
};
