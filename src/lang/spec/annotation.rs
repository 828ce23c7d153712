//! What stands over a chart.

use super::field::{Field, FieldType};
use super::lower::Lowering;
use super::shape::{Fields, Shape};
use super::written::{expression, text};
use crate::diagnostic::code::{MISSING_KEY, VALUE};
use crate::expr::{Expr, Template};
use crate::syntax::Node;

/// A line or a band over a chart.
#[derive(Clone, Debug)]
pub struct Annotation {
    pub axis: Axis,
    /// A value is a line there, two of them are a band.
    pub at: Expr,
    pub label: Option<Template>,
    pub color: Option<Template>,
}

/// An axis of a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    X,
    Y,
}

/// The `annotations:` of a chart.
pub const ANNOTATIONS: FieldType = FieldType::ListOf(&FieldType::Map(&ANNOTATION));

/// An item of `annotations:`
pub(super) static ANNOTATION: Shape = Shape {
    name: "an annotation",
    fields: &[
        Field::optional("y", FieldType::Expression, "The value of a line across; of two values, a band between them."),
        Field::optional(
            "x",
            FieldType::Expression,
            "The place of an upright line; of two places, a band between them.",
        ),
        Field::optional("label", FieldType::Text, "What is written at it."),
        Field::optional("color", FieldType::Text, "A colour of CSS, or `success`, `warning`, `error` or `info`."),
    ],
    one_of: &["x", "y"],
    unbuilt: &[],
};

/// Lowers `annotations`.
pub(super) fn list(node: &Node, ctx: &mut Lowering<'_>) -> Vec<Annotation> {
    let items = ctx.list(node, "`annotations`");
    items.iter().filter_map(|item| lower(item, ctx)).collect()
}

fn lower(node: &Node, ctx: &mut Lowering<'_>) -> Option<Annotation> {
    let fields = Fields::of(node, &ANNOTATION, node.span.at_start(), ctx)?;
    let (axis, at) = match (fields.entry("x"), fields.entry("y")) {
        (Some(at), None) => (Axis::X, at),
        (None, Some(at)) => (Axis::Y, at),
        (Some(x), Some(y)) => {
            let message = "an annotation stands at a place of `x` or of `y`, and this one at both";
            let diagnostic = ctx.diagnostics.report(&VALUE, y.key.span, message);
            diagnostic.label(x.key.span, "the other one").help("make two of it");
            return None;
        }
        (None, None) => {
            if !fields.has_broken && !fields.has_strange {
                let diagnostic = ctx.diagnostics.report(&MISSING_KEY, node.span, "an annotation needs `x` or `y`");
                diagnostic.help("a value is a line, two values are a band: `y: [10, 20]`");
            }
            return None;
        }
    };
    Some(Annotation {
        axis,
        at: expression(&at.value, ctx)?,
        label: fields.get("label").and_then(|node| text(node, "`label`", ctx)),
        color: fields.get("color").and_then(|node| text(node, "`color`", ctx)),
    })
}
