//! Tables as text: a line of names and types, then a line a row.

use appspec_data::Table;
use appspec_lang::value::Scalar;
use appspec_web::eval::expr::plain_text;

/// The text of a table, in columns.
pub(super) fn sheet(table: &Table) -> String {
    let head = table.columns().iter().map(|column| format!("{}: {}", column.name, column.ty)).collect();
    let mut rows: Vec<Vec<String>> = vec![head];
    rows.extend(table.records(usize::MAX).iter().map(|row| row.iter().map(cell).collect()));
    let mut widths: Vec<usize> = Vec::new();
    for row in &rows {
        widths.resize(widths.len().max(row.len()), 0);
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |row: &Vec<String>| {
        let padded = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        padded.collect::<Vec<_>>().join(" | ").trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}

fn cell(cell: &Scalar) -> String {
    match cell {
        Scalar::Null => "null".to_owned(),
        Scalar::Text(text) if is_plain(text) => text.to_string(),
        Scalar::Text(text) => serde_json::Value::from(&**text).to_string(),
        Scalar::Bytes(bytes) => {
            format!("\\x{}", bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat())
        }
        Scalar::List(items) => format!("[{}]", items.iter().map(self::cell).collect::<Vec<_>>().join(", ")),
        other => plain_text(other),
    }
}

/// Whether a text is shown as it is: it cannot be taken for anything else.
fn is_plain(text: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || " .,:;+-*/()%{}<>=@!?'_".contains(c);
    text.chars().all(is_word) && !text.is_empty() && text.trim() == text && text != "null"
}
