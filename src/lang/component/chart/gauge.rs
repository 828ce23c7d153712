//! One number on a scale.

use super::common;
use crate::component::{Component, Family, Pattern, Prop, PropType, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "gauge",
    family: Family::Chart,
    summary: "One number on a scale.",
    subject: Subject::Figure,
    props: &[
        common::AMOUNT,
        Prop {
            name: "min",
            ty: PropType::Expression(Pattern::Number),
            required: false,
            default: "0",
            summary: "Where the scale begins.",
        },
        Prop {
            name: "max",
            ty: PropType::Expression(Pattern::Number),
            required: false,
            default: "100, or a round number above the value",
            summary: "Where the scale ends.",
        },
        Prop {
            name: "color",
            ty: PropType::Tone,
            required: false,
            default: "",
            summary: "A CSS colour, or `success`, `warning`, `error` or `info`.",
        },
        common::TITLE,
        common::FORMAT,
        common::HEIGHT,
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/gauge.md"),
    widget: None,
};
