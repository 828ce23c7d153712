//! A chart in the making: the option, the formats that it refers to, and what readers should know.
//!
//! An option of `ECharts` takes functions and colours that JSON has not. Where a function belongs stands a map with
//! the key `$`, and where a colour of the page belongs a text such as `$c1`: the script puts them there.

use serde_json::{Map, Value, json};

use super::json::object;

/// The number of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FormatId(usize);

impl FormatId {
    pub(super) fn index(self) -> usize {
        self.0
    }
}

/// What the script reads.
#[derive(Default)]
pub(super) struct Sketch {
    option: Map<String, Value>,
    formats: Vec<Value>,
    /// What the script needs to know besides.
    more: Map<String, Value>,
    notes: Vec<String>,
}

impl Sketch {
    /// Adds entries to the option.
    pub(super) fn add(&mut self, entries: Value) {
        self.option.extend(object(entries));
    }

    /// Tells the script something that is no option.
    pub(super) fn tell(&mut self, name: &str, value: Value) {
        self.more.insert(name.to_owned(), value);
    }

    pub(super) fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }

    /// Keeps a format for the functions that write by it.
    pub(super) fn format(&mut self, format: Value) -> FormatId {
        let known = self.formats.iter().position(|other| *other == format);
        FormatId(known.unwrap_or_else(|| {
            self.formats.push(format);
            self.formats.len() - 1
        }))
    }

    /// The model, and what readers should know.
    pub(super) fn finish(self) -> (Value, Vec<String>) {
        let mut model = self.more;
        model.insert("option".to_owned(), Value::Object(self.option));
        model.insert("formats".to_owned(), Value::Array(self.formats));
        (Value::Object(model), self.notes)
    }
}

/// The labels of an axis.
pub(super) fn tick(format: FormatId, is_compact: bool) -> Value {
    json!({ "$": "tick", "f": format.0, "compact": is_compact })
}

/// A value by itself.
pub(super) fn value(format: FormatId) -> Value {
    json!({ "$": "value", "f": format.0 })
}

/// A number, written out.
pub(super) fn written(format: FormatId, number: f64) -> Value {
    json!({ "$": "written", "f": format.0, "v": number })
}

/// Where a pointer stands on an axis.
pub(super) fn pointer(format: FormatId) -> Value {
    json!({ "$": "pointer", "f": format.0 })
}

/// A text with the value of a mark in the place of `{}`, and with its share in that of `{%}`.
pub(super) fn label(format: FormatId, text: &str) -> Value {
    json!({ "$": "label", "f": format.0, "text": text })
}

/// A line of a tooltip: what it says, where its value stands in that of the mark, and how it is written.
pub(super) fn line(label: &str, at: impl Into<Value>, format: FormatId) -> Value {
    json!([label, at.into(), format.0])
}

/// The tooltip of a mark: its head, and its lines.
pub(super) fn rows(head: &str, lines: &[Value]) -> Value {
    json!({ "$": "rows", "head": head, "lines": lines })
}
