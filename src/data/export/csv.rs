//! CSV as RFC 4180 has it, for programs and for spreadsheets.

use appspec_lang::value::Scalar;

use super::{Source, Writer, plain};
use crate::error::DataError;

/// Tells spreadsheets that the text is UTF-8; other readers pass over it.
const MARK: &str = "\u{feff}";

pub(super) struct Csv(pub(super) Vec<Source>);

impl Writer for Csv {
    fn begin(&mut self) -> Result<Vec<u8>, DataError> {
        let mut text = String::from(MARK);
        let heads = self.0.iter().map(|Source { column, .. }| match &column.unit {
            Some(unit) => format!("{} ({unit})", column.label),
            None => column.label.clone(),
        });
        push_line(&mut text, heads.map(disarmed));
        Ok(text.into_bytes())
    }

    fn rows(&mut self, from: usize, to: usize) -> Result<Vec<u8>, DataError> {
        let mut text = String::new();
        for row in from..to {
            let cells = self.0.iter().map(|source| match source.cells.get(row).unwrap_or_default() {
                Scalar::Text(cell) => disarmed(cell.to_string()),
                cell => plain(&cell),
            });
            push_line(&mut text, cells);
        }
        Ok(text.into_bytes())
    }

    fn end(&mut self) -> Result<Vec<u8>, DataError> {
        Ok(Vec::new())
    }
}

fn push_line(text: &mut String, cells: impl Iterator<Item = String>) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            text.push(',');
        }
        let is_plain = !cell.contains(['"', ',', '\n', '\r']) && cell.trim() == cell;
        if is_plain {
            text.push_str(&cell);
        } else {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        }
    }
    text.push_str("\r\n");
}

/// A text that no spreadsheet takes for a formula: one that it would has an apostrophe in front.
fn disarmed(text: String) -> String {
    if is_formula(&text) { format!("'{text}") } else { text }
}

/// Whether a spreadsheet may compute a text, and by that do something. Digits and signs alone do nothing.
fn is_formula(text: &str) -> bool {
    let mut chars = text.chars();
    match chars.next() {
        Some('=' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠') => true,
        Some('+' | '-') => !chars.all(|char| char.is_ascii_digit() || " .,:()/%-".contains(char)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_disarmed_and_numbers_left_alone() {
        for text in ["=1+1", "=cmd|' /C calc'!A0", "+SUM(A1)", "-2+3+cmd|x", "@SUM(1)", "\t=1", "\r=1", "＝1"] {
            assert_eq!(disarmed(text.to_owned()), format!("'{text}"));
        }
        for text in ["", "-", "-5", "+49 (30) 123-456", "-12.5 %", "a=b", "1-2", "'", "–5"] {
            assert_eq!(disarmed(text.to_owned()), text);
        }
    }

    #[test]
    fn cells_are_quoted_only_where_they_must() {
        let mut text = String::new();
        let cells = ["a", "", "b, c", "d \"e\"", "f\ng", " h", "ü"];
        push_line(&mut text, cells.into_iter().map(str::to_owned));
        assert_eq!(text, "a,,\"b, c\",\"d \"\"e\"\"\",\"f\ng\",\" h\",ü\r\n");
    }
}
