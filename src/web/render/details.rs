//! One row as labels and values.

use appspec_data::{Table, Value as Data};
use minijinja::{Value, context};

use super::format;
use super::grid::shown_columns;
use super::item::Item;

/// The label and the text of each column; none without a row.
pub(super) fn values(item: &Item<'_>) -> Value {
    let Some((table, row)) = row_of(item).filter(|(table, row)| *row < table.rows()) else {
        return context! { fields => () };
    };
    let (settings, all) = (item.settings(), table.columns());
    let fields = shown_columns(item, table).into_iter().filter_map(|column| {
        let cell = table.cell(row, &all.get(column.index)?.name)?;
        let text = format::text(&cell, column.format, column.unit, &settings);
        Some(context! { label => column.label, text })
    });
    context! { fields => Value::from(fields.collect::<Vec<_>>()) }
}

/// The row that is meant: of a table, the first.
fn row_of<'a>(item: &Item<'a>) -> Option<(&'a Table, usize)> {
    match item.shown.subject.as_ref()? {
        Data::Table(table) => Some((table, 0)),
        Data::Row(row) => Some((&row.table, row.index)),
        _ => None,
    }
}
