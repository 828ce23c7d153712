//! How prices move: open, high, low and close of each day.

use super::common;
use crate::component::{Component, Family, Pattern, Prop, PropType, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "candlestick",
    family: Family::Chart,
    summary: "How prices move: open, high, low and close of each day.",
    subject: Subject::Table,
    props: &[
        Prop {
            name: "x",
            ty: PropType::Column(Pattern::Any),
            required: false,
            default: "the first date or text column",
            summary: "The column along the x axis.",
        },
        Prop {
            name: "open",
            ty: PropType::Column(Pattern::Number),
            required: false,
            default: "the column `open`",
            summary: "The column of what prices begin with.",
        },
        Prop {
            name: "high",
            ty: PropType::Column(Pattern::Number),
            required: false,
            default: "the column `high`",
            summary: "The column of the highest prices.",
        },
        Prop {
            name: "low",
            ty: PropType::Column(Pattern::Number),
            required: false,
            default: "the column `low`",
            summary: "The column of the lowest prices.",
        },
        Prop {
            name: "close",
            ty: PropType::Column(Pattern::Number),
            required: false,
            default: "the column `close`",
            summary: "The column of what prices end with.",
        },
        common::LOG,
        common::ANNOTATIONS,
        common::SELECTED,
        common::TITLE,
        common::X_LABEL,
        common::Y_LABEL,
        common::FORMAT,
        common::HEIGHT,
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/candlestick.md"),
    widget: None,
};
