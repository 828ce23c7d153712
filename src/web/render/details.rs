//! One row as labels and values.

use appspec_data::{Table, Value as Data};
use minijinja::{Value, context};

use super::cells;
use super::grid::shown_columns;
use super::item::Item;

/// The label and the cell of each column; none without a row.
pub(super) fn values(item: &Item<'_>) -> Value {
    let Some((table, row)) = row_of(item).filter(|(table, row)| *row < table.rows()) else {
        return context! { cells => () };
    };
    let columns = shown_columns(item, table);
    let record = table.columns().iter().map(|column| table.cell(row, &column.name).unwrap_or_default()).collect();
    let labels = columns.iter().map(|column| Value::from(column.label.as_str()));
    context! {
        labels => Value::from(labels.collect::<Vec<_>>()),
        cells => cells::rows(item, &[record], &columns).into_iter().next(),
    }
}

/// The row that is meant: of a table, the first.
fn row_of<'a>(item: &Item<'a>) -> Option<(&'a Table, usize)> {
    match item.shown.subject.as_ref()? {
        Data::Table(table) => Some((table, 0)),
        Data::Row(row) => Some((&row.table, row.index)),
        _ => None,
    }
}
