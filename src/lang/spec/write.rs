//! `writes:`: named statements that change a database, each of them one transaction.

use super::field::{Field, FieldType};
use super::lower::Lowering;
use super::name::{self, Use};
use super::shape::{Fields, Shape};
use super::{Name, Refreshes, Write, WriteParam, action, literal, query};
use crate::diagnostic::code::{MISSING_KEY, TYPE, VALUE};
use crate::expr::Template;
use crate::source::Spanned;
use crate::syntax::{Entry, Node, NodeKind};
use crate::value::Type;

/// `writes:`
pub(super) const ENTRIES: FieldType = FieldType::Named(&FieldType::Map(&WRITE));

/// The parameters of a write, each its type.
const PARAMS: FieldType = FieldType::Named(&FieldType::Either(&FieldType::Type, &PARAM));

/// An entry of `writes:`
pub(super) static WRITE: Shape = Shape {
    name: "a write",
    fields: &[
        Field::optional("sql", FieldType::Statements, "A statement, or a list of them: all are one transaction."),
        Field::optional("sql_file", FieldType::Word, "A file that holds the statement, beside the spec."),
        Field::optional("connection", FieldType::Name, "The database; it is marked `writable: true`."),
        Field::optional("params", PARAMS, "The types of what `run` hands over, read as `params.NAME`."),
        Field::optional(
            "refreshes",
            FieldType::Names,
            "The queries whose tables it makes out of date; by default all of its connection.",
        ),
        Field::optional("description", FieldType::Word, "What the write is about, for readers of the spec."),
    ],
    one_of: &["sql", "sql_file"],
    unbuilt: &["access"],
};

/// A parameter of a write that is a map.
pub(super) static PARAM: Shape = Shape {
    name: "a parameter",
    fields: &[
        Field::required("type", FieldType::Type, "`text`, `int`, `date`, `list<text>` and so on; no table."),
        Field::optional("nullable", FieldType::Bool, "Whether it may be null."),
    ],
    one_of: &[],
    unbuilt: &[],
};

/// Lowers `writes:`.
pub(super) fn lower(node: &Node, ctx: &mut Lowering<'_>) -> Vec<Write> {
    let mut writes = Vec::new();
    for entry in ctx.map(node, "`writes`").unwrap_or_default() {
        let Some(name) = name::declared(&entry.key, Use::Write, ctx) else { continue };
        let (broken, reported) = (name.value.clone(), ctx.diagnostics.len());
        match write(name, entry, ctx).filter(|_| ctx.diagnostics.len() == reported) {
            Some(write) => writes.push(write),
            None => ctx.broken.push(broken),
        }
    }
    writes
}

fn write(name: Spanned<Name>, entry: &Entry, ctx: &mut Lowering<'_>) -> Option<Write> {
    if entry.value.as_text().is_some() {
        let message = format!("the write `{}` is text, but a map with its `sql` is expected", name.value);
        ctx.diagnostics.report(&MISSING_KEY, name.span, message).help("write `sql:` in front");
        return None;
    }
    let reported = ctx.diagnostics.len();
    let fields = Fields::of(&entry.value, &WRITE, entry.key.span, ctx)?;
    let has_mistakes = fields.has_broken || ctx.diagnostics.len() > reported;
    let params = fields.get("params").map(|node| params(node, ctx)).unwrap_or_default();
    let connection = fields.word("connection").and_then(|text| name::bare(&text, "a connection", ctx));
    let refreshes = match fields.entry("refreshes") {
        Some(entry) => action::names(entry, "a query", ctx).map_or(Refreshes::All, Refreshes::These),
        None => Refreshes::Connection,
    };
    let statements = statements(&fields, &name, has_mistakes, ctx)?;
    Some(Write { name, connection, params, statements, refreshes })
}

/// The statements of `sql` or `sql_file`; none if that is reported.
fn statements(
    fields: &Fields<'_>,
    name: &Spanned<Name>,
    has_mistakes: bool,
    ctx: &mut Lowering<'_>,
) -> Option<Vec<Template>> {
    match (fields.entry("sql"), fields.entry("sql_file")) {
        (Some(first), Some(second)) => {
            let message = format!("the write `{}` has both `sql` and `sql_file`", name.value);
            ctx.diagnostics.report(&VALUE, second.key.span, message).label(first.key.span, "the first stands here");
            None
        }
        (None, Some(_)) => query::sql_file(&fields.word("sql_file")?, ctx).map(|statement| vec![statement]),
        (Some(entry), None) => {
            let statements = match &entry.value.kind {
                NodeKind::List(items) => items.iter().map(|item| statement(item, ctx)).collect::<Vec<_>>(),
                _ => vec![statement(&entry.value, ctx)],
            };
            if statements.is_empty() {
                let message = format!("the write `{}` has no statement", name.value);
                ctx.diagnostics.report(&MISSING_KEY, entry.key.span, message);
                return None;
            }
            statements.into_iter().collect()
        }
        // The statement may be behind a key that is misspelt.
        (None, None) if has_mistakes => None,
        (None, None) => {
            let message = format!("the write `{}` has no statement", name.value);
            ctx.diagnostics.report(&MISSING_KEY, name.span, message).help("give it `sql` or `sql_file`");
            None
        }
    }
}

fn statement(node: &Node, ctx: &mut Lowering<'_>) -> Option<Template> {
    if !matches!(node.kind, NodeKind::Text(_) | NodeKind::Broken) {
        let message = format!("a statement is SQL, but this is {}", node.describe());
        ctx.diagnostics.report(&TYPE, node.span, message);
        return None;
    }
    query::sql(node, ctx)
}

fn params(node: &Node, ctx: &mut Lowering<'_>) -> Vec<WriteParam> {
    let mut params = Vec::new();
    for entry in ctx.map(node, "`params`").unwrap_or_default() {
        let Some(name) = name::declared(&entry.key, Use::Param, ctx) else { continue };
        if let Some(ty) = param_type(entry, ctx) {
            params.push(WriteParam { name, ty });
        }
    }
    params
}

/// The type of a parameter, written alone or in a map.
fn param_type(entry: &Entry, ctx: &mut Lowering<'_>) -> Option<Type> {
    let (written, nullable) = match &entry.value.kind {
        NodeKind::Map(_) => {
            let fields = Fields::of(&entry.value, &PARAM, entry.key.span, ctx)?;
            (fields.word("type")?, fields.bool("nullable").unwrap_or(false))
        }
        NodeKind::Text(text) => (Spanned::new(text.text.to_string(), entry.value.span), false),
        NodeKind::Broken => return None,
        _ => {
            let message = format!("a parameter is its type, but this is {}", entry.value.describe());
            let help = format!("write `{}: int`, say", entry.key.value);
            ctx.diagnostics.report(&TYPE, entry.value.span, message).help(help);
            return None;
        }
    };
    let ty = literal::ty(&written, ctx)?;
    if matches!(ty.value, Type::Table(_)) {
        let message =
            format!("the parameter `{}` cannot be a table: nothing in SQL can be bound to one", entry.key.value);
        ctx.diagnostics.report(&VALUE, ty.span, message).help("take a column of it, as a list");
        return None;
    }
    Some(if nullable { ty.value.nullable() } else { ty.value })
}
