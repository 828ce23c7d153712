//! What is selected in a chart: values of the column that its marks stand at.

use std::cmp::Ordering;

use appspec_data::{ColumnValues, Table, Value};
use appspec_lang::check::program::{Component, Initial, Prop, State, Subject};
use appspec_lang::component::decode;
use appspec_lang::value::{Scalar, Type};

use super::act::fit;
use super::form;
use super::resolve::Resolver;

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
    let is_list = matches!(state.ty.inner(), Type::List(_));
    let sent: Vec<&str> = typed.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
    if sent.is_empty() {
        return Ok(if is_list { Scalar::list([]) } else { first_value(state) });
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

/// What is left of a selected value under the data of its chart.
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
