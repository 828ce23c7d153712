//! Values with all that is in them, bounded: what a reader would not look through is counted, not shown.

use appspec_data::{Table, Value as Data};
use appspec_lang::value::Scalar;
use minijinja::{Value, context};
use serde_json::Value as Json;

use super::format::field_text;
use crate::eval::expr::Settings;

/// How many entries of one list, map or table are shown.
const ENTRIES: usize = 100;
/// How many parts are shown in all.
const PARTS: usize = 1000;
/// How deep parts are looked into.
const DEPTH: usize = 12;
/// How many characters of a text are shown.
const CHARACTERS: usize = 500;
/// Text longer than that is not read as JSON.
const LONGEST: usize = 1_000_000;
/// What is not deeper, and has no more entries than this, is open at first.
const OPEN: (usize, usize) = (2, 20);

/// The tree of a value, for the template.
pub(super) fn values(value: Option<&Data>, settings: &Settings) -> Value {
    let null = Data::Scalar(Scalar::Null);
    let tree = Tree { left: PARTS, settings }.part(None, Part::Data(value.unwrap_or(&null).clone()), 0);
    context! { node => tree }
}

/// A value, or a part of a text that holds JSON.
enum Part {
    Data(Data),
    Json(Json),
}

/// What there is to see of a part.
enum Looks {
    /// A text of a kind; with a type where JSON has no form for it.
    Leaf { kind: &'static str, text: String, ty: &'static str },
    /// What it is, its entries as far as they are shown, and how many there are.
    Branch { what: String, entries: Vec<(Option<String>, Part)>, count: usize },
}

/// A tree under construction, and how many parts it may still get.
struct Tree<'s> {
    left: usize,
    settings: &'s Settings,
}

impl Tree<'_> {
    fn part(&mut self, key: Option<String>, part: Part, depth: usize) -> Value {
        self.left = self.left.saturating_sub(1);
        match looks(part, self.settings) {
            Looks::Leaf { kind, text, ty } => {
                let (text, rest) = shortened(text, self.settings);
                context! { key, kind, text, ty, rest, entries => () }
            }
            Looks::Branch { what, entries, count } => {
                let is_open = depth < OPEN.0 && count <= OPEN.1;
                let mut shown = Vec::new();
                for (key, part) in entries {
                    if self.left == 0 || depth >= DEPTH {
                        break;
                    }
                    shown.push(self.part(key, part, depth + 1));
                }
                let rest = count - shown.len();
                let rest = (rest > 0).then(|| self.settings.counted("{n} more parts", rest));
                context! { key, what, entries => Value::from(shown), rest, open => is_open }
            }
        }
    }
}

fn looks(part: Part, settings: &Settings) -> Looks {
    match part {
        Part::Data(Data::Scalar(scalar)) => looks_of_scalar(&scalar, settings),
        Part::Data(Data::Table(table)) => {
            let entries = (0..table.rows().min(ENTRIES)).map(|index| (Some(index.to_string()), row(&table, index)));
            let what = settings.counted("table, {n} rows", table.rows());
            Looks::Branch { what, entries: entries.collect(), count: table.rows() }
        }
        Part::Data(Data::Column(column)) => {
            list(column.len(), column.head(ENTRIES).iter().map(|cell| Part::Data(cell.into())).collect())
        }
        Part::Data(Data::Row(row)) => {
            let columns = row.table.columns();
            let cells = columns.iter().map(|column| {
                let cell = row.get(&column.name).unwrap_or_default();
                (Some(column.name.to_string()), Part::Data(cell.into()))
            });
            map(columns.len(), cells.take(ENTRIES).collect())
        }
        Part::Data(Data::Map(entries)) => {
            let pairs = entries.iter().take(ENTRIES);
            map(entries.len(), pairs.map(|(key, value)| (Some(field_text(key)), Part::Data(value.clone()))).collect())
        }
        Part::Json(json) => looks_of_json(json),
    }
}

fn row(table: &Table, index: usize) -> Part {
    Part::Data(Data::Row(appspec_data::Row { table: table.clone(), index }))
}

fn list(count: usize, items: Vec<Part>) -> Looks {
    let entries = items.into_iter().enumerate().map(|(index, item)| (Some(index.to_string()), item));
    Looks::Branch { what: format!("list, {count}"), entries: entries.collect(), count }
}

fn map(count: usize, entries: Vec<(Option<String>, Part)>) -> Looks {
    Looks::Branch { what: format!("map, {count}"), entries, count }
}

fn looks_of_scalar(scalar: &Scalar, settings: &Settings) -> Looks {
    let leaf = |kind, ty| Looks::Leaf { kind, text: field_text(scalar), ty };
    match scalar {
        Scalar::Null => Looks::Leaf { kind: "word", text: "null".to_owned(), ty: "" },
        Scalar::Bool(_) => leaf("word", ""),
        Scalar::Int(_) | Scalar::Float(_) => leaf("number", ""),
        Scalar::Decimal { .. } => leaf("number", "decimal"),
        Scalar::Text(text) => match json_of(text) {
            Some(json) => looks_of_json(json),
            None => Looks::Leaf { kind: "text", text: text.to_string(), ty: "" },
        },
        Scalar::Date(_) => leaf("moment", "date"),
        Scalar::Time(_) => leaf("moment", "time"),
        Scalar::DateTime(_) => leaf("moment", "datetime"),
        Scalar::Bytes(bytes) => Looks::Leaf { kind: "word", text: settings.counted("{n} bytes", bytes.len()), ty: "" },
        Scalar::List(items) => {
            list(items.len(), items.iter().take(ENTRIES).map(|item| Part::Data(item.clone().into())).collect())
        }
        Scalar::Range(ends) => {
            let named = ["low", "high"].into_iter().zip(ends.iter());
            let entries = named.map(|(name, end)| (Some(name.to_owned()), Part::Data(end.clone().into())));
            Looks::Branch { what: "range".to_owned(), entries: entries.collect(), count: ends.len() }
        }
    }
}

/// What a text holds that is a list or a map in JSON.
fn json_of(text: &str) -> Option<Json> {
    let trimmed = text.trim();
    let is_likely =
        (trimmed.starts_with('{') && trimmed.ends_with('}')) || (trimmed.starts_with('[') && trimmed.ends_with(']'));
    if is_likely && text.len() <= LONGEST { serde_json::from_str(trimmed).ok() } else { None }
}

fn looks_of_json(json: Json) -> Looks {
    match json {
        Json::Null => Looks::Leaf { kind: "word", text: "null".to_owned(), ty: "" },
        Json::Bool(bool) => Looks::Leaf { kind: "word", text: bool.to_string(), ty: "" },
        Json::Number(number) => Looks::Leaf { kind: "number", text: number.to_string(), ty: "" },
        Json::String(text) => Looks::Leaf { kind: "text", text, ty: "" },
        Json::Array(items) => list(items.len(), items.into_iter().take(ENTRIES).map(Part::Json).collect()),
        Json::Object(entries) => {
            let count = entries.len();
            map(count, entries.into_iter().take(ENTRIES).map(|(key, item)| (Some(key), Part::Json(item))).collect())
        }
    }
}

/// The beginning of a text, and what is said of the rest.
fn shortened(text: String, settings: &Settings) -> (String, Option<String>) {
    match text.char_indices().nth(CHARACTERS) {
        None => (text, None),
        Some((at, _)) => {
            let rest = text.chars().count() - CHARACTERS;
            let start = text.get(..at).unwrap_or_default().to_owned();
            (format!("{start}…"), Some(settings.counted("{n} more characters", rest)))
        }
    }
}

#[cfg(test)]
mod tests {
    use appspec_lang::value::Type;

    use super::*;

    /// What stands at a path in the tree of a value.
    fn at(value: impl Into<Data>, path: &str) -> String {
        let settings = Settings::of(&appspec_lang::spec::AppSettings::default());
        let tree = values(Some(&value.into()), &settings).get_attr("node").unwrap();
        let step = |value: Value, step: &str| match step.parse::<usize>() {
            Ok(index) => value.get_item(&Value::from(index)).unwrap(),
            Err(_) => value.get_attr(step).unwrap(),
        };
        path.split('.').fold(tree, step).to_string()
    }

    #[test]
    fn a_value_is_shown_with_its_types() {
        let day = Scalar::Date(jiff::civil::date(2026, 1, 5));
        let list = Scalar::list([Scalar::Int(1), Scalar::text("a"), day, Scalar::Null]);
        let table = Table::from_columns(vec![("n".into(), Type::Int, vec![Scalar::Int(7)])]).unwrap();
        for (path, wanted) in [
            ("what", "list, 4"),
            ("entries.0.text", "1"),
            ("entries.1.text", "a"),
            ("entries.1.kind", "text"),
            ("entries.2.text", "2026-01-05"),
            ("entries.2.ty", "date"),
            ("entries.3.text", "null"),
        ] {
            assert_eq!(at(list.clone(), path), wanted, "{path}");
        }
        assert_eq!(at(table.clone(), "what"), "table, 1 row");
        assert_eq!(at(table, "entries.0.entries.0.key"), "n");
    }

    #[test]
    fn a_text_that_holds_json_is_what_it_says() {
        let held = Scalar::text(r#"{"b": [1, true], "a": "x"}"#);
        assert_eq!(at(held.clone(), "what"), "map, 2");
        assert_eq!(at(held.clone(), "entries.0.key"), "b");
        assert_eq!(at(held, "entries.0.entries.1.text"), "true");
        assert_eq!(at(Scalar::text("{not json}"), "text"), "{not json}");
    }

    #[test]
    fn what_is_large_is_counted() {
        let row = Scalar::list((0..90).map(Scalar::Int));
        let large = Scalar::list((0..5000).map(|_| row.clone()));
        assert_eq!(at(large.clone(), "rest"), "4,989 more parts");
        assert_eq!(at(large, "entries.10.rest"), "2 more parts");
        assert_eq!(at(Scalar::text("é".repeat(600)), "rest"), "100 more characters");
    }
}
