//! Tables for readers: columns with their words, each cell as text.

use appspec_data::Table;
use appspec_lang::check::program::{Prop, TableColumn};
use appspec_lang::spec::{Format, Name};
use appspec_lang::value::{Scalar, Type};
use minijinja::{Value, context};

use super::format;
use super::item::Item;
use crate::eval::expr::Settings;

/// How many rows are shown.
const ROWS: usize = 100;

/// A column as it is drawn.
pub(super) struct Shown<'a> {
    pub(super) index: usize,
    /// Of the column.
    pub(super) name: Name,
    pub(super) label: String,
    pub(super) format: Option<&'a Format>,
    pub(super) unit: Option<&'a str>,
    /// The class of its cells.
    pub(super) align: Option<&'a str>,
    /// What the component says of it, if it names its columns, and the place of it there.
    pub(super) named: Option<(usize, &'a TableColumn)>,
}

/// The columns, the first rows and the count of all, of a chart.
pub(super) fn values(item: &Item<'_>) -> Value {
    let Some(table) = item.table() else {
        return context! { columns => Value::from(Vec::<Value>::new()), rows => (), count => "" };
    };
    let columns = shown_columns(item, table);
    let settings = item.settings();
    let rows = rows(table, &columns, ROWS, &settings);
    let heads = columns.iter().map(|column| context! { label => column.label.as_str(), align => column.align });
    context! {
        columns => Value::from(heads.collect::<Vec<_>>()),
        rows => Value::from(rows),
        count => count(table.rows(), &settings),
    }
}

/// The cells of the first rows as text.
pub(super) fn rows(table: &Table, columns: &[Shown<'_>], limit: usize, settings: &Settings) -> Vec<Value> {
    let row = |record: Vec<Scalar>| {
        let cells = columns.iter().map(|column| {
            let cell =
                record.get(column.index).and_then(|cell| format::text(cell, column.format, column.unit, settings));
            Value::from(cell)
        });
        Value::from(cells.collect::<Vec<_>>())
    };
    table.records(limit).into_iter().map(row).collect()
}

fn count(rows: usize, settings: &Settings) -> String {
    let (words, number) = (settings.words(), rows as u64);
    let n = settings.grouped(number);
    if rows > ROWS {
        words.fill("The first {shown} of {n} rows", &[("shown", &ROWS), ("n", &n)])
    } else {
        words.count("{n} rows", number, &[("n", &n)])
    }
}

/// The columns that the component names, else all.
pub(super) fn shown_columns<'a>(item: &Item<'a>, table: &Table) -> Vec<Shown<'a>> {
    let all = table.columns();
    if let Some(Prop::TableColumns(named)) = item.component.prop("columns") {
        let find = |name: &str| all.iter().position(|column| *column.name == *name);
        let labels = item.shown.column_labels.iter().map(Option::as_deref).chain(std::iter::repeat(None));
        let places = named.iter().enumerate().zip(labels).filter(|((_, column), _)| !column.is_hidden);
        let shown = places.filter_map(|((at, column), label)| {
            let index = find(&column.column)?;
            let shown = shown_column(item, (index, &all.get(index)?.ty), &column.column, Some((column, label)));
            Some(Shown { named: Some((at, column)), ..shown })
        });
        return shown.collect();
    }
    let meant = match item.component.prop("meaning") {
        Some(Prop::TableColumns(columns)) => columns.as_slice(),
        _ => &[],
    };
    let shown = all.iter().enumerate().map(|(index, column)| Shown {
        named: meant.iter().enumerate().find(|(_, meant)| meant.column == column.name),
        ..shown_column(item, (index, &column.ty), &column.name, None)
    });
    shown.collect()
}

/// A column with the words of the component before those of the query.
fn shown_column<'a>(
    item: &Item<'a>,
    (index, ty): (usize, &Type),
    name: &str,
    named: Option<(&'a TableColumn, Option<&str>)>,
) -> Shown<'a> {
    let meaning = item.meaning(name);
    let column = named.map(|(column, _)| column);
    let label = named.and_then(|(_, label)| label.map(str::to_owned));
    let default_align = if ty.is_number() { Some("end") } else { None };
    Shown {
        index,
        named: None,
        name: name.into(),
        label: label.unwrap_or_else(|| item.column_label(name)),
        format: column
            .and_then(|column| column.format.as_ref())
            .or_else(|| meaning.and_then(|meaning| meaning.format.as_ref())),
        unit: column
            .and_then(|column| column.unit.as_deref())
            .or_else(|| meaning.and_then(|meaning| meaning.unit.as_deref())),
        align: column.and_then(|column| column.align.as_deref()).or(default_align).filter(|align| *align != "start"),
    }
}
