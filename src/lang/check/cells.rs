//! The columns of a table component: which they are, and what their cells look like.

use super::channel;
use super::color;
use super::columns::Table;
use super::format;
use super::link;
use super::names::{self, Reader};
use super::program::{ComponentId, Ref, TableColumn};
use super::types::{Context, Typed};
use crate::diagnostic::{Diagnostics, code};
use crate::expr::{Expr, ExprKind, Template};
use crate::spec::{self, Cells, ColumnMeaning, Drawing};
use crate::value::{Column, Type};

/// Checks the `columns` of a component that shows rows.
pub(super) fn columns(
    columns: &[spec::TableColumn],
    table: Option<&Table<'_>>,
    (host, context, reader): (ComponentId, &Context<'_>, Reader),
    diagnostics: &mut Diagnostics,
) -> Vec<TableColumn> {
    let row = Context { row: table.map(|table| table.columns.clone()), ..context.clone() };
    let maker = Checker { context, row: &row, reader, row_reader: reader.in_row_of(Some(host)) };
    if context.outline.item(host).spec.kind.name != "table" {
        check_of_one_row(columns, diagnostics);
    }
    let mut checked = Vec::new();
    for (at, column) in columns.iter().enumerate() {
        let known = table.and_then(|table| table.named(&column.column, diagnostics));
        // One column may be shown in two ways: as a number and as a bar.
        if is_plain(column) {
            let before = columns.iter().take(at).filter(|other| is_plain(other)).map(|other| &other.column);
            channel::report_twice(before, &column.column, diagnostics);
        }
        if let (Some(known), Some(format)) = (known, &column.format) {
            format::check(format, &known.ty, &format!("the column `{}`", known.name), diagnostics);
        }
        if let Some(known) = known {
            check_drawing(column, known, diagnostics);
        }
        checked.push(TableColumn {
            column: column.column.value.clone(),
            label: column.label.as_ref().map(|label| context.text(label, reader, diagnostics)),
            format: column.format.clone(),
            unit: column.unit.clone(),
            align: column.align.clone(),
            width: column.width,
            is_hidden: column.is_hidden,
            cells: maker.cells(&column.cells, diagnostics),
        });
    }
    checked
}

/// Checks where the cells of a query's columns lead, and their colours.
pub(super) fn check_meanings(
    meanings: &[ColumnMeaning],
    row: &Context<'_>,
    reader: Reader,
    diagnostics: &mut Diagnostics,
) {
    for meaning in meanings {
        if let Some(link) = &meaning.link {
            let link = row.text(link, reader.in_any_row(), diagnostics);
            link::check(&link, row, row.pages, diagnostics);
        }
        if let Some(color) = &meaning.color {
            color::check(color, false, None, diagnostics);
            row.text(color, reader.in_any_row(), diagnostics);
        }
    }
}

/// Lets the columns of a table lead where their query says, and have the colours that it says, unless they say so
/// themselves. What reads a column that this table does not have is left out.
pub(super) fn inherit(columns: &mut [TableColumn], meanings: &[ColumnMeaning], row: &Context<'_>) {
    let text = |template: &Option<Template>| {
        let unheard = &mut Diagnostics::default();
        let text = row.text(template.as_ref()?, Reader::PAGE.in_any_row(), unheard);
        (!unheard.has_errors()).then_some(text)
    };
    for column in columns {
        let Some(meaning) = meanings.iter().find(|meaning| meaning.column.value == column.column) else { continue };
        if column.cells.link.is_none() {
            column.cells.link = text(&meaning.link);
        }
        if column.cells.color.is_none() {
            column.cells.color = text(&meaning.color);
        }
    }
}

/// The columns of whose cells their query says more than what they hold.
pub(super) fn meant(meanings: &[ColumnMeaning]) -> Vec<TableColumn> {
    let meant = meanings.iter().filter(|meaning| meaning.link.is_some() || meaning.color.is_some());
    meant.map(|meaning| TableColumn::plain(meaning.column.value.clone())).collect()
}

/// Reports what is said of columns and makes a difference only below each other.
fn check_of_one_row(columns: &[spec::TableColumn], diagnostics: &mut Diagnostics) {
    for column in columns {
        let said = [("align", column.align.is_some()), ("width", column.width.is_some())];
        for (name, _) in said.into_iter().filter(|(_, is_said)| *is_said) {
            let message = format!("`{name}` is for the columns of a `table`");
            diagnostics.report(&code::UNKNOWN_KEY, column.column.span, message).help("leave it out");
        }
    }
}

/// Whether nothing is said of a column but its name.
fn is_plain(column: &spec::TableColumn) -> bool {
    let Cells { link, color, drawing } = &column.cells;
    column.label.is_none()
        && column.format.is_none()
        && column.unit.is_none()
        && column.align.is_none()
        && link.is_none()
        && color.is_none()
        && matches!(drawing, Drawing::Text)
}

/// A drawing needs values that it can draw.
fn check_drawing(column: &spec::TableColumn, known: &Column, diagnostics: &mut Diagnostics) {
    let (name, needs, fits) = match &column.cells.drawing {
        Drawing::Text => return,
        Drawing::Bar(_) => ("bar", "a number", known.ty.is_number()),
        Drawing::Image => ("image", "the URL of an image", *known.ty.inner() == Type::Text),
        Drawing::Trend => {
            let is_numbers = matches!(known.ty.inner(), Type::List(item) if item.is_number() || item.is_unknown());
            ("trend", "a list of numbers", is_numbers)
        }
    };
    if !fits && !known.ty.is_unknown() {
        let message = format!("`{name}` draws {needs}, and the column `{}` is {}", known.name, known.ty.words());
        diagnostics.report(&code::TYPE, column.column.span, message).here(known.ty.words());
    }
}

struct Checker<'a> {
    context: &'a Context<'a>,
    /// The same for each row of the table.
    row: &'a Context<'a>,
    reader: Reader,
    row_reader: Reader,
}

impl Checker<'_> {
    fn cells(&self, cells: &Cells, diagnostics: &mut Diagnostics) -> Cells<Ref> {
        if let Some(color) = &cells.color {
            color::check(color, false, None, diagnostics);
        }
        let link = cells.link.as_ref().map(|link| self.text(link, diagnostics));
        if let Some(link) = &link {
            link::check(link, self.row, self.context.pages, diagnostics);
        }
        let drawing = match &cells.drawing {
            Drawing::Text => Drawing::Text,
            Drawing::Bar(full) => Drawing::Bar(full.as_ref().map(|full| self.number(full, diagnostics))),
            Drawing::Image => Drawing::Image,
            Drawing::Trend => Drawing::Trend,
        };
        Cells { link, color: cells.color.as_ref().map(|color| self.text(color, diagnostics)), drawing }
    }

    /// The number of a full bar: the same for all rows.
    fn number(&self, full: &Expr, diagnostics: &mut Diagnostics) -> Expr<Ref> {
        let Typed { expr, ty } = self.context.expr(full, self.reader, diagnostics);
        let found = match &full.kind {
            // A map has no type, for it is no value.
            ExprKind::Map(_) => "a map".to_owned(),
            _ if ty.is_number() || ty.is_unknown() => return expr,
            _ => ty.words(),
        };
        let message = format!("a full bar is a number, but this is {found}");
        let diagnostic = diagnostics.report(&code::TYPE, full.span, message).here(found);
        if matches!(full.kind, ExprKind::Map(_) | ExprKind::List(_)) {
            diagnostic.help("write the number alone: `bar: 20`");
        }
        names::placeholder(full.span)
    }

    /// A template that is filled for each row.
    fn text(&self, template: &Template, diagnostics: &mut Diagnostics) -> Template<Ref> {
        self.row.text(template, self.row_reader, diagnostics)
    }
}
