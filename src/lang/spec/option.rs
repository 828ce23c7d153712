//! `options:` of a choice.

use super::field::{Field, FieldType};
use super::lower::Lowering;
use super::shape::{Fields, Shape};
use super::written::text;
use super::{OptionItem, Options, column, literal, name};
use crate::diagnostic::code::TYPE;
use crate::syntax::{Node, NodeKind};

/// A list of entries.
const ITEMS: FieldType = FieldType::ListOf(&FieldType::Either(&FieldType::Single, &ITEM));

/// `options:`: a list of entries, or those of a query.
pub const CHOICES: FieldType = FieldType::Either(&ITEMS, &FROM_QUERY);

/// `options:` from a query.
pub(super) static FROM_QUERY: Shape = Shape {
    name: "`options`",
    fields: &[
        Field::required("query", FieldType::Name, "The query whose rows are offered."),
        Field::optional("value", FieldType::Column, "The column of the values; by default the first."),
        Field::optional("label", FieldType::Column, "The column of the labels; by default that of the values."),
        Field::optional("first", ITEMS, "Entries in front of those of the query."),
    ],
    one_of: &[],
    unbuilt: &[],
};

/// An entry that is a map.
pub(super) static ITEM: Shape = Shape {
    name: "an option",
    fields: &[
        Field::required("value", FieldType::Single, "What the key is set to."),
        Field::optional("label", FieldType::Text, "What is shown."),
    ],
    one_of: &[],
    unbuilt: &[],
};

/// Lowers a list of scalars, a list of `{ value, label }`, or `{ query, value, label, first }`.
pub(super) fn lower(node: &Node, ctx: &mut Lowering<'_>) -> Option<Options> {
    match &node.kind {
        NodeKind::List(items) => list(items, ctx).map(Options::List),
        NodeKind::Map(_) => from_query(node, ctx),
        NodeKind::Broken => None,
        _ => {
            let message = format!("`options` is a list or a map, but this is {}", node.describe());
            let source = node.as_text().map(|text| text.trim().to_owned());
            let diagnostic = ctx.diagnostics.report(&TYPE, node.span, message);
            match source.as_deref().map(|text| text.split_once('.').unwrap_or((text, ""))) {
                Some((query, "")) if name::is_well_formed(query) => {
                    let better = format!("{{ query: {query} }}");
                    diagnostic.help(format!("`{{ query: {query}, value: … }}` names the column of the values"));
                    diagnostic.fix(format!("write `{better}`"), node.span, better);
                }
                Some((query, column)) if name::is_well_formed(query) && name::is_well_formed(column) => {
                    let better = format!("{{ query: {query}, value: {column} }}");
                    diagnostic.fix(format!("write `{better}`"), node.span, better);
                }
                _ => {}
            }
            None
        }
    }
}

/// Lowers entries; none where one of them is reported, for then it is not known what is offered.
fn list(items: &[Node], ctx: &mut Lowering<'_>) -> Option<Vec<OptionItem>> {
    let entries: Vec<Option<OptionItem>> = items.iter().map(|item| option(item, ctx)).collect();
    entries.into_iter().collect()
}

fn option(node: &Node, ctx: &mut Lowering<'_>) -> Option<OptionItem> {
    if !matches!(node.kind, NodeKind::Map(_)) {
        return Some(OptionItem { value: literal::single(node, ctx)?, label: None, span: node.span });
    }
    let fields = Fields::of(node, &ITEM, node.span.at_start(), ctx)?;
    let label = fields.get("label").and_then(|node| text(node, "`label`", ctx));
    Some(OptionItem { value: literal::single(fields.get("value")?, ctx)?, label, span: node.span })
}

fn from_query(node: &Node, ctx: &mut Lowering<'_>) -> Option<Options> {
    let fields = Fields::of(node, &FROM_QUERY, node.span.at_start(), ctx)?;
    Some(Options::Query {
        query: name::bare(&fields.word("query")?, "a query", ctx)?,
        value: fields.get("value").and_then(|node| column::name(node, ctx)),
        label: fields.get("label").and_then(|node| column::name(node, ctx)),
        first: match fields.get("first").map(|node| &node.kind) {
            Some(NodeKind::List(items)) => list(items, ctx)?,
            _ => Vec::new(),
        },
    })
}
