//! What a reader has chosen of a table: read from what was sent, and made into the part that is asked for.

use std::sync::Arc;

use appspec_data::{Order, Rows, Search, Table, Take as Taken, Value, Window as Part};
use appspec_lang::check::program::{self, ComponentId, Page, Query, Source, StateId, Take, Window};
use appspec_lang::graph::Graph;
use appspec_lang::value::{Scalar, Type};

use super::evaluated::ShownWindow;
use super::expr::Settings;
use super::resolve::Scope;
use super::selection;
use super::view::View;

/// Longer texts are not searched for.
const LONGEST: u64 = 200;

/// The last page that can be asked for: what lies behind it no table has.
const LAST_PAGE: i64 = 1_000_000_000;

/// Reads what was sent for one of the keys of a table.
pub(super) fn read(window: &Window, key: StateId, typed: &str, settings: &Settings) -> Result<Scalar, String> {
    let words = settings.words();
    if typed.chars().count() as u64 > LONGEST {
        return Err(words.count("at most {n} characters fit here", LONGEST, &[]));
    }
    if key == window.page {
        let page = typed.trim().parse().ok().filter(|page| (1..=LAST_PAGE).contains(page));
        return page.map(Scalar::Int).ok_or_else(|| words.say("enter the number of a page"));
    }
    if key == window.sort {
        let is_known = |order: &Order| window.columns.is_empty() || window.columns.contains(&order.column);
        let is_order = orders(typed).iter().all(is_known);
        return is_order.then(|| Scalar::text(typed)).ok_or_else(|| words.say("the table has no such column"));
    }
    if let Some(filter) = window.filters.iter().find(|filter| filter.state == key) {
        settings.condition(&filter.ty, typed).map_err(|expected| words.say(&expected))?;
    }
    Ok(Scalar::text(typed))
}

/// The columns that a text like `amount desc, day` names, in their order.
pub fn orders(text: &str) -> Vec<Order> {
    let terms = text.split(", ").filter(|term| !term.is_empty());
    let order = |term: &str| match term.strip_suffix(" desc") {
        Some(column) => Order { column: column.into(), descending: true },
        None => Order { column: term.into(), descending: false },
    };
    terms.map(order).collect()
}

/// The part of its table that a component shows.
pub(super) fn part(
    (page, graph): (&Page, &Graph),
    (table, take): (ComponentId, Take),
    scope: &Scope,
    settings: &Settings,
) -> Option<Part> {
    let window = page.components.get(table.index())?.window.as_ref()?;
    let text = |key: StateId| match scope.node(graph.key(key)) {
        Some(Value::Scalar(Scalar::Text(text))) => text.trim().to_owned(),
        _ => String::new(),
    };
    let condition = |filter: &program::Filter| {
        // What cannot be read was not accepted.
        let condition = settings.condition(&filter.ty, &text(filter.state)).ok().flatten()?;
        Some((filter.column.clone(), condition))
    };
    let search = window.search.map(text).filter(|text| !text.is_empty());
    let take = match take {
        Take::Count => Taken::Count,
        Take::Selected => {
            let selection = window.selection.as_ref()?;
            let values = selection::values(scope.node(graph.key(selection.state)));
            let take = Taken::Among { column: selection.column.clone(), values };
            return Some(Part { conditions: Vec::new(), search: None, take });
        }
        Take::All | Take::Rows => {
            let all = Rows {
                order: orders(&text(window.sort)),
                key: window.key.clone(),
                is_unique: window.is_unique,
                ..Rows::default()
            };
            Taken::Rows(if take == Take::All { all } else { of_page(all, window, scope, graph) })
        }
    };
    Some(Part {
        conditions: window.filters.iter().filter_map(condition).collect(),
        search: search.map(|text| Search { texts: settings.sought(&text), columns: window.columns.clone() }),
        take,
    })
}

/// Of all rows those of the page that was chosen.
fn of_page(all: Rows, window: &Window, scope: &Scope, graph: &Graph) -> Rows {
    Rows {
        offset: (number(scope, graph, window.page) - 1) * u64::from(window.page_size),
        // One more tells whether there is another page.
        limit: Some(u64::from(window.page_size) + 1),
        total: count(scope.node(graph.query(window.count))),
        ..all
    }
}

fn number(scope: &Scope, graph: &Graph, key: StateId) -> u64 {
    match scope.node(graph.key(key)) {
        Some(Value::Scalar(Scalar::Int(page))) => u64::try_from(*page).unwrap_or(1).max(1),
        _ => 1,
    }
}

/// The number in a table of one cell.
pub(super) fn count(counted: Option<&Value>) -> Option<u64> {
    match counted? {
        Value::Table(table) => match table.records(1).first()?.first()? {
            Scalar::Int(count) => u64::try_from(*count).ok(),
            _ => None,
        },
        _ => None,
    }
}

/// What the page of a table tells of all of it without asking for more.
pub(super) fn told(query: &Query, (page, graph): (&Page, &Graph), scope: &Scope) -> Option<Value> {
    let Source::Part { table, take, .. } = query.source else { return None };
    let window = page.components.get(table.index())?.window.as_ref()?;
    let Some(Value::Table(rows)) = scope.node(graph.query(window.rows)) else { return None };
    match take {
        Take::Rows | Take::All => None,
        Take::Count => told_count(window, rows, (graph, scope)),
        Take::Selected => {
            let selection = window.selection.as_ref()?;
            let values = selection::values(scope.node(graph.key(selection.state)));
            let is_here = selection::missing(&values, rows, &selection.column).is_empty();
            let found = || Table::from_columns(vec![(selection.column.clone(), selection.ty.clone(), values.clone())]);
            is_here.then(found)?.ok().map(Value::Table)
        }
    }
}

/// How many rows a table has, if that shows on its page: what follows it is not there.
fn told_count(window: &Window, rows: &Table, (graph, scope): (&Graph, &Scope)) -> Option<Value> {
    let (here, size) = (u64::try_from(rows.rows()).ok()?, u64::from(window.page_size));
    let before = (number(scope, graph, window.page) - 1) * size;
    if here > size || (here == 0 && before > 0) {
        return None;
    }
    let count = Scalar::Int(i64::try_from(before + here).ok()?);
    Table::from_columns(vec![("n".into(), Type::Int, vec![count])]).ok().map(Value::Table)
}

/// What a component shows of its reader's choices.
pub(super) fn shown(window: &Window, scope: &Scope, (graph, view): (&Graph, &View)) -> ShownWindow {
    let value = |key: StateId| match scope.node(graph.key(key)) {
        Some(Value::Scalar(scalar)) => scalar.clone(),
        _ => Scalar::Null,
    };
    let complaint = |key: StateId| {
        let complaint = view.complaints.get(&key)?;
        Some((key, Arc::from(complaint.message.as_deref()?), complaint.typed.join("")))
    };
    ShownWindow {
        values: window.states().map(|key| (key, value(key))).collect(),
        complaints: window.states().filter_map(complaint).collect(),
        total: count(scope.node(graph.query(window.count))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_read_as_it_is_written() {
        let order = |column: &str, descending| Order { column: column.into(), descending };
        for (text, expected) in
            [("", vec![]), ("a", vec![order("a", false)]), ("a b desc, c", vec![order("a b", true), order("c", false)])]
        {
            assert_eq!(orders(text), expected);
        }
    }
}
