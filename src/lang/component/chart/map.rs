//! Countries in the colours of amounts, or points on a map of the world.

use super::common;
use crate::component::{Component, Family, Pattern, Prop, PropType, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "map",
    family: Family::Chart,
    summary: "Countries in the colours of amounts, or points on a map of the world.",
    subject: Subject::Table,
    props: &[
        Prop {
            name: "latitude",
            ty: PropType::Column(Pattern::Number),
            required: false,
            default: "the column `latitude` or `lat`",
            summary: "The column of degrees to the north.",
        },
        Prop {
            name: "longitude",
            ty: PropType::Column(Pattern::Number),
            required: false,
            default: "the column `longitude`, `lon`, `lng` or `long`",
            summary: "The column of degrees to the east.",
        },
        Prop {
            name: "region",
            ty: PropType::Column(Pattern::Any),
            required: false,
            default: "",
            summary: "The column that names countries, in English or by their codes of two or three letters: for areas.",
        },
        Prop {
            name: "y",
            ty: PropType::Column(Pattern::Number),
            required: false,
            default: "the first numeric column",
            summary: "The column of the amounts of areas.",
        },
        common::COLOR,
        Prop {
            name: "size",
            ty: PropType::Column(Pattern::Number),
            required: false,
            default: "",
            summary: "The column that sets the size of the points.",
        },
        Prop {
            name: "zoom",
            ty: PropType::Literal(Pattern::Number),
            required: false,
            default: "what shows all points",
            summary: "How near: 1 is the whole world.",
        },
        common::SELECTED,
        common::TITLE,
        common::FORMAT,
        common::LEGEND,
        common::HEIGHT,
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/map.md"),
    widget: None,
};
