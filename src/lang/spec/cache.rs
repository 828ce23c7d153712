//! `cache:`: how long results are kept.

use std::time::Duration;

use super::Cache;
use super::literal;
use super::lower::Lowering;
use super::shape::{Field, FieldType, Fields, Shape};
use crate::diagnostic::code::{NOT_BUILT, VALUE};
use crate::syntax::{Node, NodeKind};

/// `cache:` as a map.
pub(super) static CACHE: Shape = Shape {
    name: "a cache",
    fields: &[
        Field::optional("ttl", FieldType::Any, "How long a result is kept: a duration, `forever` or `off`."),
        Field::optional("max_entries", FieldType::Int, "How many results of the query are kept."),
        Field::optional("scope", FieldType::Word, "`shared`: users with the same inputs share a result."),
    ],
    unbuilt: &["stale", "persist"],
};

/// Lowers `10m`, `forever`, `off` or a map.
pub(super) fn lower(node: &Node, ctx: &mut Lowering<'_>) -> Option<Cache> {
    if !matches!(node.kind, NodeKind::Map(_)) {
        return kept_for(node, ctx);
    }
    let fields = Fields::of(node, &CACHE, node.span.at_start(), ctx)?;
    if let Some(scope) = fields.word("scope").filter(|scope| scope.value != "shared") {
        if scope.value == "session" {
            let message = "`scope: session` is part of the language but not built yet";
            ctx.diagnostics.report(&NOT_BUILT, scope.span, message);
        } else {
            let message = format!("there is no scope `{}`", scope.value);
            ctx.diagnostics.report(&VALUE, scope.span, message).nearest(&scope.value, ["shared", "session"]);
        }
    }
    let cache = match fields.get("ttl") {
        Some(node) => kept_for(node, ctx)?,
        None => Cache { ttl: None, max_entries: None },
    };
    let max_entries = match fields.int("max_entries") {
        Some(written) => Some(literal::positive(&written, ctx)?),
        None => None,
    };
    Some(Cache { max_entries: max_entries.map(|count| u32::try_from(count).unwrap_or(u32::MAX)), ..cache })
}

/// Takes how long: a duration, `forever` or `off`.
fn kept_for(node: &Node, ctx: &mut Lowering<'_>) -> Option<Cache> {
    let ttl = match (&node.kind, node.as_text()) {
        (NodeKind::Bool(false), _) | (_, Some("off")) => Some(Duration::ZERO),
        (_, Some("forever")) => None,
        _ => Some(literal::duration(node, ctx)?),
    };
    Some(Cache { ttl, max_entries: None })
}
