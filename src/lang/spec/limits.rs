//! `limits:`: how much memory and disk an app may use.

use super::Limits;
use super::field::{Field, FieldType};
use super::literal;
use super::lower::Lowering;
use super::shape::{Fields, Shape};
use crate::syntax::Node;

/// `limits:`
pub(super) static LIMITS: Shape = Shape {
    name: "`limits`",
    fields: &[
        Field::optional("cache", FieldType::Size, "Memory for all tables together: `256MB`, which is the default."),
        Field::optional(
            "cache_on_disk",
            FieldType::Size,
            "Disk for results of `persist`: `1GB`, which is the default.",
        ),
        Field::optional("kept", FieldType::Size, "Disk for values of `keep: browser`: `256MB`, which is the default."),
    ],
    one_of: &[],
    unbuilt: &[],
};

/// Lowers `limits`.
pub(super) fn lower(node: &Node, ctx: &mut Lowering<'_>) -> Limits {
    let Some(fields) = Fields::of(node, &LIMITS, node.span.at_start(), ctx) else { return Limits::default() };
    Limits {
        cache: fields.get("cache").and_then(|node| literal::size(node, ctx)),
        kept: fields.get("kept").and_then(|node| literal::size(node, ctx)),
        cache_on_disk: fields.get("cache_on_disk").and_then(|node| literal::size(node, ctx)),
    }
}
