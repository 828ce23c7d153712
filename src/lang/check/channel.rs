//! What charts and tables show of a table, against the columns that it has.

use super::columns::Table;
use super::format;
use super::types::words;
use super::widget::prop;
use crate::component::{Component, Family};
use crate::diagnostic::{Diagnostics, code};
use crate::source::Spanned;
use crate::spec::{self, Name, Prop};
use crate::value::{Column, Type};

/// Options that take columns of numbers.
const OF_NUMBERS: &[&str] = &["y", "size"];

/// How many columns are named that can stand in for one.
const MOST_SHOWN: usize = 5;

/// Checks what a chart takes from its table by itself, and its options against each other.
pub(super) fn check(component: &spec::Component, table: &Table<'_>, diagnostics: &mut Diagnostics) {
    if component.kind.family != Family::Chart {
        return;
    }
    let named = |option: &str| {
        prop(component, option).and_then(|prop| match &prop.value {
            Prop::Columns(columns) => Some(columns.as_slice()),
            _ => None,
        })
    };
    let (x, y) = (named("x").and_then(<[_]>::first), named("y"));
    if y.is_none() && !table.columns.is_open() && !table.columns.iter().any(|column| is_drawn(column, x)) {
        let message = format!("there is nothing to draw: {} has no column of numbers for `y`", table.called);
        let diagnostic = diagnostics.report(&code::TYPE, component.span, message);
        if let Some(declared) = table.declared {
            diagnostic.label(declared, format!("it returns {}", table.list()));
        }
        diagnostic.help("a chart draws numbers: count or sum them in the query, or show the rows as a `table`");
    }
    for column in y.unwrap_or_default() {
        if let Some(x) = x.filter(|x| x.value == column.value) {
            let message = format!("the column `{}` is drawn against itself", column.value);
            diagnostics.report(&code::SUSPICIOUS, column.span, message).label(x.span, "it is `x` already");
        }
    }
    if let Some(Prop::Format(format)) = prop(component, "format").map(|prop| &prop.value) {
        format::check(format, &Type::Float, "what a chart draws", diagnostics);
    }
}

/// Whether a chart draws this column where none is named.
fn is_drawn(column: &Column, x: Option<&Spanned<Name>>) -> bool {
    let is_x = x.is_some_and(|x| x.value == column.name);
    !is_x && (column.ty.is_number() || column.ty.is_unknown())
}

/// The columns that an option names: they must be there, once, and of numbers where these are drawn.
pub(super) fn check_columns(
    kind: &Component,
    option: &str,
    columns: &[Spanned<Name>],
    table: &Table<'_>,
    diagnostics: &mut Diagnostics,
) {
    let wants_numbers = kind.family == Family::Chart && OF_NUMBERS.contains(&option);
    for (at, column) in columns.iter().enumerate() {
        report_twice(columns.iter().take(at), column, diagnostics);
        let Some(known) = table.named(column, diagnostics) else { continue };
        if wants_numbers && !known.ty.is_number() && !known.ty.is_unknown() {
            let message =
                format!("`{option}` takes numbers, but the column `{}` is {}", column.value, words(&known.ty));
            let diagnostic = diagnostics.report(&code::TYPE, column.span, message);
            diagnostic.here(words(&known.ty));
            let numbers = table.columns.iter().filter(|column| column.ty.is_number());
            let numbers: Vec<String> = numbers.map(|column| format!("`{}`", column.name)).collect();
            match numbers.as_slice() {
                [] => diagnostic.help("count or sum in the query: it has no column of numbers"),
                [only] => diagnostic.help(format!("{only} is a column of numbers")),
                [shown @ .., last] if shown.len() < MOST_SHOWN => {
                    diagnostic.help(format!("{} and {last} are columns of numbers", shown.join(", ")))
                }
                _ => {
                    let shown: Vec<&str> = numbers.iter().take(MOST_SHOWN).map(String::as_str).collect();
                    diagnostic.help(format!("{} and others are columns of numbers", shown.join(", ")))
                }
            };
        }
    }
}

/// Reports a column that a list names again.
pub(super) fn report_twice<'a>(
    mut before: impl Iterator<Item = &'a Spanned<Name>>,
    column: &Spanned<Name>,
    diagnostics: &mut Diagnostics,
) {
    if let Some(first) = before.find(|other| other.value == column.value) {
        let message = format!("the column `{}` is named twice", column.value);
        diagnostics.report(&code::VALUE, column.span, message).label(first.span, "the first time");
    }
}
