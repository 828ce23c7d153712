//! What is selected in a chart or a table: values of the column that its marks stand at, or that names its rows.

use std::cmp::Ordering;

use appspec_data::{ColumnValues, Table, Value};
use appspec_lang::check::program::{Component, Initial, Prop, Selection, State, StateId, Subject};
use appspec_lang::component::{Complaint, decode};
use appspec_lang::value::{Scalar, Type};

use super::fit::fit;
use super::form;
use super::resolve::Resolver;

/// More rows cannot be selected at a time: each of them is sent, and asked for.
const MOST: usize = 1000;

/// The column whose values a chart selects; `color` is what its option of that name gives.
pub(super) fn column(component: &Component, table: &Table, color: Option<&str>) -> Option<ColumnValues> {
    let columns = table.columns();
    table.column(&component.place(&columns, color)?.name)
}

/// What was sent for the key of a chart, if its data has it.
pub(super) async fn read(
    resolver: &Resolver,
    component: &Component,
    state: &State,
    typed: &[String],
) -> Result<Scalar, String> {
    let words = resolver.words();
    let rows = component.window.as_ref().and_then(|window| window.selection.as_ref());
    let is_list = matches!(state.ty.inner(), Type::List(_));
    let sent: Vec<&str> = typed.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
    if sent.is_empty() {
        return Ok(if is_list { Scalar::list([]) } else { first_value(state) });
    }
    if let Some(rows) = rows {
        return read_rows(rows, state, &sent).map_err(|complaint| words.say(&complaint.0));
    }
    if matches!(state.ty.inner(), Type::Range(_)) {
        return decode::value(&state.ty, &sent).map_err(|complaint| words.say(&complaint.0));
    }
    let color = match component.prop("color") {
        Some(Prop::Text(text)) => text.constant(),
        _ => None,
    };
    let table = match &component.subject {
        Subject::Table { expr, .. } => resolver.eval(expr).await.ok(),
        _ => None,
    };
    let cells = table.as_ref().and_then(Value::as_table).and_then(|table| column(component, table, color.as_deref()));
    let find = |text: &&str| {
        let cell = cells.as_ref()?.iter().find(|cell| form::text(cell) == **text)?;
        let item = if let Type::List(item) = state.ty.inner() { item } else { &state.ty };
        fit(item, Value::Scalar(cell)).ok()?.as_scalar().cloned()
    };
    let found = |text: &&str| {
        find(text).ok_or_else(|| words.fill("“{typed}” is not in the data of the chart", &[("typed", text)]))
    };
    if is_list {
        return Ok(Scalar::list(sent.iter().map(found).collect::<Result<Vec<_>, _>>()?));
    }
    sent.last().map_or_else(|| Ok(first_value(state)), found)
}

/// The rows that were sent for the key of a table, each once; whether they are there is another question.
fn read_rows(rows: &Selection, state: &State, sent: &[&str]) -> Result<Scalar, Complaint> {
    let item = if let Type::List(item) = state.ty.inner() { item } else { &state.ty };
    let item = if item.is_unknown() { &rows.ty } else { item }.inner();
    let mut values: Vec<Scalar> = Vec::new();
    for text in sent {
        let value = decode::value(item, &[text])?;
        if !values.contains(&value) {
            values.push(value);
        }
    }
    let is_list = matches!(state.ty.inner(), Type::List(_));
    Ok(if is_list { Scalar::list(values) } else { values.pop().unwrap_or_else(|| first_value(state)) })
}

/// Checks that the rows that were selected anew are in the table, on whatever page.
pub(super) async fn check(
    resolver: &Resolver,
    component: &Component,
    key: StateId,
    value: &Scalar,
) -> Result<(), String> {
    let words = resolver.words();
    let Some(window) = &component.window else { return Ok(()) };
    let Some(rows) = window.selection.as_ref().filter(|rows| rows.state == key) else { return Ok(()) };
    let mut open = items(value).to_vec();
    if open.len() > MOST {
        return Err(words.count("at most {n} rows can be selected", MOST as u64, &[("n", &MOST)]));
    }
    let before = resolver.known_key(key);
    open.retain(|value| !items(&before).contains(value));
    if let Some(page) = resolver.known_table(window.rows) {
        open = missing(&open, page, &rows.column);
    }
    if !open.is_empty() {
        let found = resolver.table_where(rows.query, key, Scalar::list(open.iter().cloned())).await;
        open = found.map_or(open.clone(), |found| missing(&open, &found, &rows.column));
    }
    match open.first() {
        None => Ok(()),
        Some(value) => Err(words.fill("“{typed}” is not in the table", &[("typed", &form::text(value))])),
    }
}

/// The single values that are selected.
pub(super) fn values(selected: Option<&Value>) -> Vec<Scalar> {
    selected.and_then(Value::as_scalar).map(|selected| items(selected).to_vec()).unwrap_or_default()
}

fn items(selected: &Scalar) -> &[Scalar] {
    match selected {
        Scalar::Null => &[],
        Scalar::List(items) => items,
        single => std::slice::from_ref(single),
    }
}

/// Those of some values that a column of a table does not have.
pub(super) fn missing(values: &[Scalar], table: &Table, column: &str) -> Vec<Scalar> {
    let cells: Vec<Scalar> = match table.column(column) {
        Some(cells) if !values.is_empty() => cells.iter().collect(),
        _ => Vec::new(),
    };
    values.iter().filter(|value| !cells.contains(value)).cloned().collect()
}

/// What is left of a selected value under the data of its chart or table.
pub(super) fn kept(state: &State, value: &Scalar, cells: &ColumnValues) -> Scalar {
    let has = |wanted: &Scalar| cells.iter().any(|cell| cell.compare(wanted) == Some(Ordering::Equal));
    match value {
        Scalar::Null => Scalar::Null,
        Scalar::List(items) if items.iter().all(has) => value.clone(),
        Scalar::List(items) => Scalar::list(items.iter().filter(|item| has(item)).cloned()),
        Scalar::Range(ends) => {
            let [low, high] = &**ends;
            let is_inside = |cell: &Scalar| {
                cell.compare(low).is_some_and(Ordering::is_ge) && cell.compare(high).is_some_and(Ordering::is_le)
            };
            if cells.iter().any(|cell| is_inside(&cell)) { value.clone() } else { first_value(state) }
        }
        single if has(single) => value.clone(),
        _ => first_value(state),
    }
}

/// What a key has where nothing is selected.
fn first_value(state: &State) -> Scalar {
    match &state.initial {
        Initial::Const(first) => first.clone(),
        _ => Scalar::Null,
    }
}
