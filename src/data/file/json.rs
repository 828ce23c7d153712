//! JSON that is no list of objects, made one: tables come in several shapes.

use serde_json::{Map, Value};

/// Finds the part of a JSON text that a path names, and gives it as a list of objects, or says why it is no table.
///
/// A path is keys and positions with points between them: `data.items.0`.
pub(super) fn records(bytes: &[u8], path: Option<&str>) -> Result<Vec<u8>, String> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut whole: Value = serde_json::from_slice(bytes).map_err(|error| format!("it is no JSON: {error}"))?;
    if let Some(path) = path {
        whole = part(whole, path)?;
    }
    let rows = rows(whole)?;
    serde_json::to_vec(&rows).map_err(|error| error.to_string())
}

fn part(whole: Value, path: &str) -> Result<Value, String> {
    let mut part = whole;
    for key in path.split('.') {
        let (next, there) = match part {
            Value::Object(mut map) => {
                let keys: Vec<String> = map.keys().take(10).map(|key| format!("`{key}`")).collect();
                (map.shift_remove(key), format!("there is {}", keys.join(", ")))
            }
            Value::Array(mut items) => {
                let count = items.len();
                let at = key.parse::<usize>().ok().filter(|at| *at < count);
                (at.map(|at| items.swap_remove(at)), format!("there is a list of {count}"))
            }
            other => (None, format!("there is {}", word(&other))),
        };
        part = next.ok_or_else(|| format!("the path `{path}` finds no `{key}`: {there}"))?;
    }
    Ok(part)
}

fn rows(part: Value) -> Result<Vec<Value>, String> {
    match part {
        Value::Null => Ok(Vec::new()),
        Value::Array(items) => {
            let is_table = items.iter().all(|item| item.is_object() || item.is_null());
            if is_table {
                return Ok(items.into_iter().filter(Value::is_object).collect());
            }
            if items.iter().any(Value::is_array) {
                return Err(
                    "it is a list of lists, whose columns have no names: a list of objects is a table".to_owned()
                );
            }
            if items.iter().any(Value::is_object) {
                return Err("it is a list of objects and other values: a list of objects is a table".to_owned());
            }
            Ok(items.into_iter().map(|item| record([("value".to_owned(), item)])).collect())
        }
        Value::Object(map) => columns(&map).map_or_else(|| Ok(vec![Value::Object(map)]), Ok),
        other => Err(format!("it is {}: a list of objects is a table", word(&other))),
    }
}

/// The rows of an object that holds a list for each column, all of one length.
fn columns(map: &Map<String, Value>) -> Option<Vec<Value>> {
    let lists: Option<Vec<(&String, &Vec<Value>)>> =
        map.iter().map(|(key, list)| Some((key, list.as_array()?))).collect();
    let lists = lists?;
    let count = lists.first()?.1.len();
    if lists.iter().any(|(_, list)| list.len() != count) {
        return None;
    }
    let cell = |at: usize, list: &[Value]| list.get(at).cloned().unwrap_or_default();
    let row = |at: usize| record(lists.iter().map(|(key, list)| ((*key).clone(), cell(at, list))));
    Some((0..count).map(row).collect())
}

fn record(cells: impl IntoIterator<Item = (String, Value)>) -> Value {
    Value::Object(cells.into_iter().collect())
}

fn word(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_become_rows() {
        for (json, path, wanted) in [
            (r#"[{"a": 1}, {"a": 2}]"#, None, Ok(r#"[{"a":1},{"a":2}]"#)),
            ("\u{FEFF}[{\"a\": 1}]", None, Ok(r#"[{"a":1}]"#)),
            (r#"[{"a": 1}, null]"#, None, Ok(r#"[{"a":1}]"#)),
            (r#"{"b": [1, 2], "a": ["x", null]}"#, None, Ok(r#"[{"b":1,"a":"x"},{"b":2,"a":null}]"#)),
            (r#"{"b": [1, 2], "a": [1]}"#, None, Ok(r#"[{"b":[1,2],"a":[1]}]"#)),
            (r#"{"EUR": 1.1, "base": "USD"}"#, None, Ok(r#"[{"EUR":1.1,"base":"USD"}]"#)),
            (r"[1, 2, null]", None, Ok(r#"[{"value":1},{"value":2},{"value":null}]"#)),
            ("[]", None, Ok("[]")),
            ("null", None, Ok("[]")),
            (r#"{"data": {"items": [{"a": 1}]}}"#, Some("data.items"), Ok(r#"[{"a":1}]"#)),
            (r#"{"data": [[{"a": 1}], [{"a": 2}]]}"#, Some("data.1"), Ok(r#"[{"a":2}]"#)),
            (r#"{"data": []}"#, Some("data.0"), Err("the path `data.0` finds no `0`: there is a list of 0")),
            (r#"{"date": 1, "x": 2}"#, Some("data"), Err("the path `data` finds no `data`: there is `date`, `x`")),
            (r#"{"data": 1}"#, Some("data.x"), Err("the path `data.x` finds no `x`: there is a number")),
            ("[[1, 2]]", None, Err("it is a list of lists")),
            (r#"[{"a": 1}, 2]"#, None, Err("it is a list of objects and other values")),
            ("3", None, Err("it is a number")),
            ("[{", None, Err("it is no JSON: EOF while parsing an object at line 1 column 2")),
            ("<html>", None, Err("it is no JSON: expected value at line 1 column 1")),
        ] {
            let given = records(json.as_bytes(), path).map(|bytes| String::from_utf8(bytes).unwrap());
            match wanted {
                Ok(wanted) => assert_eq!(given.as_deref(), Ok(wanted), "{json}"),
                Err(part) => assert!(given.as_ref().is_err_and(|said| said.contains(part)), "{json}: {given:?}"),
            }
        }
    }
}
