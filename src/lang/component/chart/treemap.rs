//! Rectangles, parts within parts, as large as amounts.

use super::common;
use crate::component::{Component, Family, Pattern, Prop, PropType, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "treemap",
    family: Family::Chart,
    summary: "Rectangles, parts within parts, as large as amounts.",
    subject: Subject::Table,
    props: &[
        Prop {
            name: "x",
            ty: PropType::Columns(Pattern::Any),
            required: false,
            default: "the text columns",
            summary: "The columns that name the parts, the outermost first.",
        },
        common::AMOUNT,
        common::SELECTED,
        common::TITLE,
        common::FORMAT,
        common::HEIGHT,
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/treemap.md"),
    widget: None,
};
