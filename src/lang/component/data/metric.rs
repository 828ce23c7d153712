//! One number that matters, with its label and how it has changed.

use crate::component::{Component, Family, Pattern, Prop, PropType, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "metric",
    family: Family::Data,
    summary: "One number that matters, with its label and how it has changed.",
    subject: Subject::Text,
    props: &[
        Prop {
            name: "value",
            ty: PropType::Expression(Pattern::Scalar),
            required: true,
            default: "",
            summary: "The number, or another single value.",
        },
        Prop {
            name: "format",
            ty: PropType::Format,
            required: false,
            default: "",
            summary: "The filter that turns the value into text: `currency`.",
        },
        Prop {
            name: "unit",
            ty: PropType::Literal(Pattern::Text),
            required: false,
            default: "",
            summary: "A suffix of the value.",
        },
        Prop {
            name: "delta",
            ty: PropType::Expression(Pattern::Number),
            required: false,
            default: "",
            summary: "The change that stands under the value.",
        },
        Prop {
            name: "delta_format",
            ty: PropType::Format,
            required: false,
            default: "that of `format`",
            summary: "The filter that turns the change into text: `percent(1)`.",
        },
        Prop {
            name: "delta_good",
            ty: PropType::Choice(&["up", "down", "none"]),
            required: false,
            default: "up",
            summary: "The direction that is drawn as good news.",
        },
        Prop {
            name: "delta_label",
            ty: PropType::Text,
            required: false,
            default: "",
            summary: "What the change is against: `on last year`.",
        },
        Prop {
            name: "chart",
            ty: PropType::Expression(Pattern::Numbers),
            required: false,
            default: "",
            summary: "A column or a list of numbers, drawn as a small line: `sales.revenue`.",
        },
        Prop {
            name: "color",
            ty: PropType::Tone,
            required: false,
            default: "",
            summary: "A CSS colour, or `success`, `warning`, `error` or `info`.",
        },
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/metric.md"),
    widget: None,
};
