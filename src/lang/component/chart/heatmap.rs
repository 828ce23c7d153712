//! Cells whose colours show amounts, over two orders.

use super::common;
use crate::component::{Component, Family, Pattern, Prop, PropType, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "heatmap",
    family: Family::Chart,
    summary: "Cells whose colours show amounts, over two orders.",
    subject: Subject::Table,
    props: &[
        Prop {
            name: "x",
            ty: PropType::Column(Pattern::Any),
            required: false,
            default: "the first column",
            summary: "The column along the x axis.",
        },
        Prop {
            name: "y",
            ty: PropType::Column(Pattern::Any),
            required: false,
            default: "the second column",
            summary: "The column along the y axis.",
        },
        Prop {
            name: "color",
            ty: PropType::Column(Pattern::Number),
            required: false,
            default: "the last numeric column",
            summary: "The column of the amounts.",
        },
        common::SORT,
        common::SELECTED,
        common::TITLE,
        common::X_LABEL,
        common::Y_LABEL,
        common::FORMAT,
        common::LEGEND,
        common::HEIGHT,
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/heatmap.md"),
    widget: None,
};
