//! `keep:` of the app: where values of `keep: browser` are.

use super::Keep;
use super::field::{Field, FieldType};
use super::literal;
use super::lower::Lowering;
use super::shape::{Fields, Shape};
use crate::syntax::Node;

/// `keep:`
pub(super) static KEEP: Shape = Shape {
    name: "`keep`",
    fields: &[
        Field::optional(
            "file",
            FieldType::Word,
            "The SQLite file, relative to the folder of the app; by default `.appspec/state.db`.",
        ),
        Field::optional(
            "expires",
            FieldType::Duration,
            "How long after its last visit a browser is forgotten: `400d`, which is the default.",
        ),
    ],
    one_of: &[],
    unbuilt: &[],
};

/// Lowers `keep`.
pub(super) fn lower(node: &Node, ctx: &mut Lowering<'_>) -> Keep {
    let Some(fields) = Fields::of(node, &KEEP, node.span.at_start(), ctx) else { return Keep::default() };
    Keep {
        file: fields.word("file").map(|file| file.value),
        expires: fields.get("expires").and_then(|node| literal::duration(node, ctx)),
    }
}
