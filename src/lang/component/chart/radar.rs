//! Several measures of a few things, each on a spoke.

use super::common;
use crate::component::{Component, Family, Pattern, Prop, PropType, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "radar",
    family: Family::Chart,
    summary: "Several measures of a few things, each on a spoke.",
    subject: Subject::Table,
    props: &[
        Prop {
            name: "x",
            ty: PropType::Column(Pattern::Any),
            required: false,
            default: "the first text or date column",
            summary: "The column that names the spokes.",
        },
        common::Y,
        common::COLOR,
        common::TITLE,
        common::FORMAT,
        common::LEGEND,
        common::HEIGHT,
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/radar.md"),
    widget: None,
};
