//! Options that charts share.

use crate::component::{Pattern, Prop, PropType};

const fn optional(name: &'static str, ty: PropType, default: &'static str, summary: &'static str) -> Prop {
    Prop { name, ty, required: false, default, summary }
}

pub(super) const X: Prop =
    optional("x", PropType::Column(Pattern::Any), "the first date or text column", "The column along the x axis.");
pub(super) const Y: Prop =
    optional("y", PropType::Columns(Pattern::Number), "the numeric columns", "The column of the y axis, or several.");
pub(super) const AMOUNT: Prop =
    optional("y", PropType::Column(Pattern::Number), "the first numeric column", "The column of the amounts.");
pub(super) const NAMES: Prop =
    optional("x", PropType::Column(Pattern::Any), "the first text or date column", "The column that names the parts.");
pub(super) const Y_RIGHT: Prop = optional(
    "y_right",
    PropType::Columns(Pattern::Number),
    "",
    "The column of a second y axis at the other side, or several.",
);
pub(super) const COLOR: Prop =
    optional("color", PropType::Color, "", "A column that splits the table into series, or a CSS colour for all.");
pub(super) const FACET: Prop =
    optional("facet", PropType::Column(Pattern::Any), "", "A column: a small chart of its own for each of its values.");
pub(super) const STACK: Prop = optional(
    "stack",
    PropType::Choice(&["true", "false", "normalize"]),
    "false",
    "Whether series stand on each other, and whether as shares of the whole.",
);
pub(super) const HORIZONTAL: Prop = optional(
    "horizontal",
    PropType::Literal(Pattern::Bool),
    "false",
    "Whether the x axis goes down, and values across.",
);
pub(super) const SORT: Prop =
    optional("sort", PropType::Order, "the order of the table", "What the rows are sorted by: `amount desc`.");
pub(super) const LOG: Prop =
    optional("log", PropType::Literal(Pattern::Bool), "false", "Whether the y axis is logarithmic.");
pub(super) const ANNOTATIONS: Prop = optional(
    "annotations",
    PropType::Annotations,
    "",
    "Lines and bands at values of an axis: `{ y: 100, label: Target }`, `{ x: [from, to] }`.",
);
pub(super) const SELECTED: Prop = optional(
    "selected",
    PropType::StateKey,
    "",
    "A state key: a click takes the value of `x` there, a key of type `range<T>` takes what is dragged over.",
);
pub(super) const TITLE: Prop = optional("title", PropType::Text, "", "A heading above the chart.");
pub(super) const X_LABEL: Prop =
    optional("x_label", PropType::Text, "the column's label", "What stands along the x axis.");
pub(super) const Y_LABEL: Prop =
    optional("y_label", PropType::Text, "the column's label", "What stands along the y axis.");
pub(super) const FORMAT: Prop =
    optional("format", PropType::Format, "the column's format", "The filter that turns values into text.");
pub(super) const LEGEND: Prop = optional(
    "legend",
    PropType::Literal(Pattern::Bool),
    "true if there are several series",
    "Whether the names of the series are shown.",
);
pub(super) const HEIGHT: Prop = optional("height", PropType::Literal(Pattern::Int), "320", "The height in pixels.");
