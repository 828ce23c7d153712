//! What authors say of columns: their meaning in a query, and their place in a table component.

use jiff::civil;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;

use super::field::{Field, FieldType};
use super::format;
use super::literal::{self, plain_text};
use super::lower::Lowering;
use super::partial::{self, Bare};
use super::shape::{Fields, Shape};
use super::written::{expression, text};
use super::{Cells, ColumnMeaning, Drawing, Name, TableColumn};
use crate::diagnostic::code::{TYPE, VALUE};
use crate::expr::Expr;
use crate::source::Spanned;
use crate::syntax::{Node, NodeKind};
use crate::value::Type;

const ALIGNMENTS: &[&str] = &["start", "center", "end"];

/// An entry of a query's `columns:`
pub(super) static MEANING: Shape = Shape {
    name: "a column",
    fields: &[
        Field::optional("label", FieldType::Word, "What heads the column, and names its axis."),
        Field::optional("format", FieldType::Word, "The filter that turns its values into text."),
        Field::optional("unit", FieldType::Word, "A suffix of its values."),
        Field::optional("type", FieldType::Type, "The type of its values."),
        Field::optional("parse", FieldType::Word, "The form of its dates in text: `%d.%m.%Y`."),
        Field::optional("link", FieldType::Text, "Where its cells in tables lead; it sees the `row`."),
        Field::optional("color", FieldType::Text, "The colour of its cells in tables; it sees the `row`."),
    ],
    one_of: &[],
    unbuilt: &[],
};

/// The `columns:` of a table component: names, or maps.
pub const COLUMNS: FieldType = FieldType::ListOf(&FieldType::Either(&FieldType::Column, &TABLE_COLUMN));

/// An item of a table component's `columns:`
pub(super) static TABLE_COLUMN: Shape = Shape {
    name: "a column of a table",
    fields: &[
        Field::required("column", FieldType::Word, "The name of the column."),
        Field::optional("label", FieldType::Text, "What heads the column."),
        Field::optional("format", FieldType::Word, "The filter that turns its values into text."),
        Field::optional("unit", FieldType::Word, "A suffix of its values."),
        Field::optional("align", FieldType::Choice(ALIGNMENTS), "`start`, `center` or `end`."),
        Field::optional("width", FieldType::Int, "The width in pixels."),
        Field::optional("link", FieldType::Text, "Where a click on a cell leads; it sees the `row`."),
        Field::optional("color", FieldType::Text, "The colour of a cell; it sees the `row`."),
        Field::optional("bar", FieldType::Expression, "A bar beside the number: `true`, or the number of a full bar."),
        Field::optional("image", FieldType::Bool, "Whether the cells are URLs of images."),
        Field::optional("trend", FieldType::Bool, "Whether the cells are lists of numbers, to be drawn as a line."),
        Field::optional("hidden", FieldType::Bool, "Whether the column is not shown."),
    ],
    one_of: &[],
    unbuilt: &[],
};

/// Lowers the `columns:` of a query.
pub(super) fn meanings(node: &Node, ctx: &mut Lowering<'_>) -> Vec<ColumnMeaning> {
    let mut meanings = Vec::new();
    for entry in ctx.map(node, "`columns` of a query").unwrap_or_default() {
        let Some(fields) = Fields::of(&entry.value, &MEANING, entry.key.span, ctx) else { continue };
        let label = fields.word("label").and_then(|label| plain_text(label, "the label of a column", ctx));
        let parse = fields.word("parse").and_then(|form| plain_text(form, "`parse`", ctx));
        let written = fields.word("type").and_then(|ty| literal::ty(&ty, ctx)).map(|ty| ty.value);
        let parsed = parse.as_ref().and_then(|form| type_of_form(form, written.as_ref(), ctx));
        meanings.push(ColumnMeaning {
            column: entry.key.clone().map(Name::from),
            label: label.map(|label| label.value),
            format: fields.get("format").and_then(|node| format::lower(node, ctx)),
            unit: unit(&fields, ctx),
            ty: written.or(parsed),
            parse,
            link: fields.get("link").and_then(|node| text(node, "`link`", ctx)),
            color: fields.get("color").and_then(|node| text(node, "`color`", ctx)),
        });
    }
    meanings
}

/// Lowers columns with their types: `{ day: date, amount: float }`.
pub(super) fn types(node: &Node, ctx: &mut Lowering<'_>) -> Option<Vec<(Spanned<Name>, Type)>> {
    let NodeKind::Map(entries) = &node.kind else {
        if !matches!(node.kind, NodeKind::Broken) {
            let message = format!("columns are a map, each with its type, but this is {}", node.describe());
            ctx.diagnostics.report(&TYPE, node.span, message).help("write `{ day: date, amount: float }`");
        }
        return None;
    };
    let mut types = Vec::with_capacity(entries.len());
    for entry in entries {
        let Some(word) = entry.value.as_text() else {
            let message = format!("a column has a type, but this is {}", entry.value.describe());
            ctx.diagnostics.report(&TYPE, entry.value.span, message).help("write `float`, `text` or `date`, say");
            continue;
        };
        let written = Spanned::new(word.to_owned(), entry.value.span);
        let Some(ty) = literal::ty(&written, ctx) else { continue };
        if matches!(ty.value, Type::List(_) | Type::Range(_) | Type::Table(_) | Type::Color) {
            let message = format!("a column cannot be {}", ty.value.words());
            ctx.diagnostics.report(&VALUE, ty.span, message);
            continue;
        }
        types.push((entry.key.clone().map(Name::from), ty.value));
    }
    Some(types)
}

/// The type of what is read in a form; a form that reads nothing, or not the type that is written, is reported.
fn type_of_form(form: &Spanned<String>, written: Option<&Type>, ctx: &mut Lowering<'_>) -> Option<Type> {
    let sample = civil::date(2024, 1, 2).at(3, 4, 5, 0).to_zoned(TimeZone::UTC).ok()?;
    let help = "a form is made of parts such as `%d.%m.%Y` or `%Y-%m-%d %H:%M`";
    if let Err(error) = strtime::format(&form.value, &sample) {
        let message = format!("`{}` is no form of a date: {error}", form.value);
        ctx.diagnostics.report(&VALUE, form.span, message).help(help);
        return None;
    }
    let has = |parts: &[&str]| parts.iter().any(|part| form.value.contains(part));
    let has_date = has(&["%d", "%e", "%j", "%m", "%b", "%B", "%Y", "%y", "%F", "%D", "%s", "%G"]);
    let has_time = has(&["%H", "%I", "%k", "%l", "%T", "%R", "%s", "%r"]);
    let ty = match (has_date, has_time) {
        (true, true) => Type::DateTime,
        (true, false) => Type::Date,
        (false, true) => Type::Time,
        (false, false) => {
            let message = format!("`{}` reads neither a date nor a time", form.value);
            ctx.diagnostics.report(&VALUE, form.span, message).help(help);
            return None;
        }
    };
    let fits = written
        .is_none_or(|written| *written.inner() == ty || (*written.inner() == Type::DateTime && ty == Type::Date));
    if !fits {
        let message = format!("`{}` reads a {ty}, and the type of the column is another", form.value);
        ctx.diagnostics.report(&VALUE, form.span, message).help(format!("write `type: {ty}`, or leave `type` out"));
    }
    Some(ty)
}

/// Lowers the `columns:` of a table component: names, or maps.
pub(super) fn table_columns(node: &Node, ctx: &mut Lowering<'_>) -> Vec<TableColumn> {
    let items = ctx.list(node, "`columns`");
    items.iter().filter_map(|item| table_column(item, ctx)).collect()
}

fn table_column(node: &Node, ctx: &mut Lowering<'_>) -> Option<TableColumn> {
    if !matches!(node.kind, NodeKind::Map(_)) {
        let column = name(node, ctx)?;
        return Some(TableColumn {
            column,
            label: None,
            format: None,
            unit: None,
            align: None,
            width: None,
            is_hidden: false,
            cells: Cells::default(),
        });
    }
    let fields = Fields::of(node, &TABLE_COLUMN, node.span.at_start(), ctx)?;
    Some(TableColumn {
        column: name(fields.get("column")?, ctx)?,
        label: fields.get("label").and_then(|node| text(node, "`label`", ctx)),
        format: fields.get("format").and_then(|node| {
            let node = partial::fill_literal("format", node, ctx)?;
            format::lower(&node, ctx)
        }),
        unit: unit(&fields, ctx),
        align: fields.word("align").filter(|align| is_align(align, ctx)).map(|align| align.value),
        width: fields
            .int("width")
            .and_then(|width| literal::positive(&width, ctx))
            .and_then(|width| width.try_into().ok()),
        is_hidden: fields.bool("hidden").unwrap_or(false),
        cells: cells(&fields, ctx),
    })
}

fn cells(fields: &Fields<'_>, ctx: &mut Lowering<'_>) -> Cells {
    let drawings: Vec<&str> = ["bar", "image", "trend"]
        .into_iter()
        .filter(|drawing| fields.get(drawing).is_some_and(|node| !matches!(node.kind, NodeKind::Bool(false))))
        .collect();
    if let ([first, second, ..], Some(entry)) =
        (drawings.as_slice(), drawings.get(1).and_then(|name| fields.entry(name)))
    {
        let message = format!("a cell is drawn in one way, and this column has `{first}` and `{second}`");
        ctx.diagnostics.report(&VALUE, entry.key.span, message).help("leave one of them out");
    }
    let drawing = match drawings.first().copied() {
        Some("bar") => Drawing::Bar(bar(fields, ctx)),
        Some("image") => Drawing::Image,
        Some("trend") => Drawing::Trend,
        _ => Drawing::Text,
    };
    Cells {
        link: fields.get("link").and_then(|node| text(node, "`link`", ctx)),
        color: fields.get("color").and_then(|node| text(node, "`color`", ctx)),
        drawing,
    }
}

/// The number of a full bar; none for `true`.
fn bar(fields: &Fields<'_>, ctx: &mut Lowering<'_>) -> Option<Expr> {
    let node = fields.get("bar")?;
    if matches!(node.kind, NodeKind::Bool(true)) { None } else { expression(node, ctx) }
}

/// The suffix of values; a parameter of a partial may stand there.
fn unit(fields: &Fields<'_>, ctx: &mut Lowering<'_>) -> Option<String> {
    let node = partial::fill_literal("unit", fields.get("unit")?, ctx)?;
    node.as_text().map(str::to_owned)
}

fn is_align(align: &Spanned<String>, ctx: &mut Lowering<'_>) -> bool {
    let is_known = ALIGNMENTS.contains(&align.value.as_str());
    if !is_known {
        let message = format!("a column cannot be aligned `{}`", align.value);
        let diagnostic = ctx.diagnostics.report(&VALUE, align.span, message);
        diagnostic
            .nearest(&align.value, ALIGNMENTS.iter().copied())
            .help("a column is aligned `start`, `center` or `end`");
    }
    is_known
}

/// Takes the name of a column, which may be any text.
pub(super) fn name(node: &Node, ctx: &mut Lowering<'_>) -> Option<Spanned<Name>> {
    match &node.kind {
        NodeKind::Text(text) => {
            let written = Spanned::new(text.text.to_string(), node.span);
            match partial::name(&written, "a column", ctx) {
                Bare::Itself => Some(Spanned::new(text.text.clone(), node.span)),
                Bare::Given(name) => Some(name),
                Bare::Unknown => None,
            }
        }
        NodeKind::Int(_) => Some(Spanned::new(ctx.sources.text(node.span).into(), node.span)),
        NodeKind::Broken => None,
        _ => {
            let message = format!("the name of a column is expected, but this is {}", node.describe());
            ctx.diagnostics.report(&TYPE, node.span, message);
            None
        }
    }
}

/// Takes what rows are sorted by: a column, `desc` behind it, or a list of such.
pub(super) fn order(node: &Node, ctx: &mut Lowering<'_>) -> Vec<(Spanned<Name>, bool)> {
    let items = match &node.kind {
        NodeKind::List(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    items.iter().filter_map(|item| term(item, ctx)).collect()
}

fn term(node: &Node, ctx: &mut Lowering<'_>) -> Option<(Spanned<Name>, bool)> {
    let NodeKind::Text(text) = &node.kind else { return name(node, ctx).map(|column| (column, false)) };
    let (column, direction) = text.text.trim().rsplit_once(' ').unwrap_or((&text.text, ""));
    let descending = match direction.to_lowercase().as_str() {
        "desc" => true,
        "asc" => false,
        _ => return name(node, ctx).map(|column| (column, false)),
    };
    let written = Spanned::new(column.trim().to_owned(), node.span);
    let column = match partial::name(&written, "a column", ctx) {
        Bare::Itself => written.map(Name::from),
        Bare::Given(name) => name,
        Bare::Unknown => return None,
    };
    Some((column, descending))
}

/// Takes a column, or a list of them.
pub(super) fn names(node: &Node, ctx: &mut Lowering<'_>) -> Option<Vec<Spanned<Name>>> {
    match &node.kind {
        NodeKind::List(items) => Some(items.iter().filter_map(|item| name(item, ctx)).collect()),
        _ => name(node, ctx).map(|name| vec![name]),
    }
}
