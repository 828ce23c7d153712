//! A chart as the author has written it: an option of `ECharts`, with the table as its dataset.

use appspec_data::Table;
use appspec_lang::check::program::Subject;
use serde_json::{Value, json};

use super::super::json::position;
use super::super::reduce::drawn_with;
use super::super::sketch::Sketch;
use crate::render::format::field_text;
use crate::render::item::Item;
use appspec_lang::value::Scalar;

/// As many rows are handed over.
const ROWS: usize = 5_000;

/// Draws the option of a component; what it asks for that a page does not give is left out.
pub(in super::super) fn draw(item: &Item<'_>, table: Option<&Table>, sketch: &mut Sketch) {
    let Subject::Json(option) = &item.component.subject else { return };
    let mut option = (**option).clone();
    if let (Some(table), Some(map)) = (table, option.as_object_mut()) {
        if table.rows() > ROWS {
            let counts = (ROWS, table.rows());
            sketch.note(drawn_with("Drawn with the first {shown} of {n} rows.", counts, &item.settings()));
        }
        let names = table.columns().iter().map(|column| json!(&*column.name)).collect::<Value>();
        let rows = table.records(ROWS).into_iter().map(|row| row.iter().map(cell).collect::<Value>());
        let source: Vec<Value> = std::iter::once(names).chain(rows).collect();
        map.insert("dataset".to_owned(), json!({ "source": source, "sourceHeader": true }));
    }
    sketch.tell("raw", json!(true));
    sketch.add(option);
}

fn cell(cell: &Scalar) -> Value {
    match cell {
        Scalar::Null => Value::Null,
        Scalar::Bool(bool) => json!(bool),
        Scalar::Date(_) | Scalar::DateTime(_) => position(cell),
        number if number.as_float().is_some() => super::super::json::number(number),
        other => json!(field_text(other)),
    }
}
