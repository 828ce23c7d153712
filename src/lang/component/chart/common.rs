//! Options that all charts have.

use crate::component::{Pattern, Prop, PropType};

pub(super) const X: Prop = Prop {
    name: "x",
    ty: PropType::Column,
    required: false,
    default: "the first date or text column",
    summary: "The column along the x axis.",
};
pub(super) const Y: Prop = Prop {
    name: "y",
    ty: PropType::Columns,
    required: false,
    default: "the numeric columns",
    summary: "The column of the y axis, or several.",
};
pub(super) const COLOR: Prop = Prop {
    name: "color",
    ty: PropType::Color,
    required: false,
    default: "",
    summary: "A column that splits the table into series, or a CSS colour for all.",
};
pub(super) const STACK: Prop = Prop {
    name: "stack",
    ty: PropType::Choice(&["true", "false", "normalize"]),
    required: false,
    default: "false",
    summary: "Whether series stand on each other, and whether as shares of the whole.",
};
pub(super) const TITLE: Prop =
    Prop { name: "title", ty: PropType::Text, required: false, default: "", summary: "A heading above the chart." };
pub(super) const X_LABEL: Prop = Prop {
    name: "x_label",
    ty: PropType::Text,
    required: false,
    default: "the column's label",
    summary: "What stands along the x axis.",
};
pub(super) const Y_LABEL: Prop = Prop {
    name: "y_label",
    ty: PropType::Text,
    required: false,
    default: "the column's label",
    summary: "What stands along the y axis.",
};
pub(super) const FORMAT: Prop = Prop {
    name: "format",
    ty: PropType::Format,
    required: false,
    default: "the column's format",
    summary: "The filter that turns y values into text.",
};
pub(super) const LEGEND: Prop = Prop {
    name: "legend",
    ty: PropType::Literal(Pattern::Bool),
    required: false,
    default: "true if there are several series",
    summary: "Whether the names of the series are shown.",
};
pub(super) const HEIGHT: Prop = Prop {
    name: "height",
    ty: PropType::Literal(Pattern::Int),
    required: false,
    default: "320",
    summary: "The height in pixels.",
};
