//! The `table` component: a page of rows, and what readers choose of it.

use appspec_data::{Order, Table};
use appspec_lang::check::program::{Selection, StateId, Window};
use appspec_lang::spec::Name;
use appspec_lang::value::{Scalar, Type};
use minijinja::{Value, context};

use super::cells;
use super::format::{self, field_text};
use super::grid::{self, Shown};
use super::item::Item;
use crate::eval::form::fields;
use crate::eval::{ShownWindow, orders};

/// What its template gets.
pub(super) fn values(item: &Item<'_>) -> Value {
    let (Some(table), Some(window), Some(shown)) = (item.table(), &item.component.window, &item.shown.window) else {
        return context! { caption => "", columns => Value::from(Vec::<Value>::new()), rows => (), foot => (), sort => (), search => (), selection => (), downloads => (), has_filters => false };
    };
    let view = View { item, window, shown };
    let columns = grid::shown_columns(item, table);
    let size = usize::try_from(window.page_size).unwrap_or(usize::MAX);
    let rows = cells::rows(item, &table.records(size), &columns);
    let sort = view.text(window.sort);
    let order = orders(&sort);
    let heads: Vec<Value> = columns.iter().map(|column| view.head(column, &order)).collect();
    context! {
        caption => view.caption(),
        columns => Value::from(heads),
        foot => view.foot(table),
        downloads => downloads(Some(window)),
        has_filters => !window.filters.is_empty(),
        rows => Value::from(rows),
        search => window.search.map(|key| view.field(key)),
        selection => window.selection.as_ref().map(|rows| view.selection(rows, (table, size), &columns)),
        sort => context! { name => view.name(window.sort), value => sort },
    }
}

/// The formats that it can be taken as, and what they are called.
pub(super) fn downloads(window: Option<&Window>) -> Value {
    let formats = window.and_then(|window| window.download.as_ref()).into_iter().flat_map(|download| &download.formats);
    let called = |format: &Name| context! { format => &**format, name => if &**format == "parquet" { "Parquet".to_owned() } else { format.to_uppercase() } };
    Value::from(formats.map(called).collect::<Vec<_>>())
}

/// A table and what its reader has chosen.
struct View<'a> {
    item: &'a Item<'a>,
    window: &'a Window,
    shown: &'a ShownWindow,
}

impl View<'_> {
    fn name(&self, key: StateId) -> String {
        self.item.scene.page.state.get(key.index()).map(|state| state.name.to_string()).unwrap_or_default()
    }

    fn text(&self, key: StateId) -> String {
        let value = self.shown.values.iter().find(|(known, _)| *known == key);
        value.map(|(_, value)| field_text(value)).unwrap_or_default()
    }

    /// A field in which readers enter something; what they typed stays if it is not accepted.
    fn field(&self, key: StateId) -> Value {
        let complaint = self.shown.complaints.iter().find(|(known, ..)| *known == key);
        let value = complaint.map_or_else(|| self.text(key), |(_, _, typed)| typed.clone());
        context! { name => self.name(key), value, complaint => complaint.map(|(_, message, _)| &**message) }
    }

    /// For each row of the page a box to select it by; and what is selected besides.
    fn selection(&self, rows: &Selection, (table, size): (&Table, usize), columns: &[Shown<'_>]) -> Value {
        let settings = self.item.settings();
        let words = settings.words();
        let selected = self.shown.values.iter().find(|(key, _)| *key == rows.state).map(|(_, value)| value);
        let selected = match selected {
            None | Some(Scalar::Null) => Vec::new(),
            Some(list @ Scalar::List(_)) => fields(list).into_iter().filter(|text| !text.is_empty()).collect(),
            Some(single) => vec![field_text(single)],
        };
        let state = self.item.scene.page.state.get(rows.state.index());
        let is_list = state.is_some_and(|state| matches!(state.ty.inner(), Type::List(_)));
        let keys = table.column(&rows.column);
        let values: Vec<String> = (0..table.rows().min(size))
            .map(|row| keys.as_ref().and_then(|keys| keys.get(row)).map_or_else(String::new, |key| field_text(&key)))
            .collect();
        let first = columns.first();
        let boxes = values.iter().enumerate().map(|(row, value)| {
            let cell = first
                .and_then(|first| format::text(&table.cell(row, &first.name)?, first.format, first.unit, &settings));
            let label = words.fill("Select {label}", &[("label", cell.as_ref().unwrap_or(value))]);
            context! { value, label, on => selected.contains(value) }
        });
        let elsewhere: Vec<Value> =
            selected.iter().filter(|value| !values.contains(value)).map(|value| Value::from(value.as_str())).collect();
        let count = selected.len() as u64;
        let complaint = self.shown.complaints.iter().find(|(known, ..)| *known == rows.state);
        context! {
            name => self.name(rows.state),
            several => is_list,
            boxes => Value::from(boxes.collect::<Vec<_>>()),
            elsewhere => Value::from(elsewhere),
            said => (count > 0).then(|| words.count("{n} selected", count, &[("n", &settings.grouped(count))])),
            complaint => complaint.map(|(_, message, _)| &**message),
        }
    }

    fn caption(&self) -> String {
        let settings = self.item.settings();
        let words = settings.words();
        match self.shown.total {
            Some(total) => words.count("Table of {n} rows", total, &[("n", &settings.grouped(total))]),
            None => words.say("Table"),
        }
    }

    fn head(&self, column: &Shown<'_>, order: &[Order]) -> Value {
        let at = order.first().filter(|first| first.column == column.name);
        // Up, then down, then as it was.
        let (direction, next) = match at {
            None => ("none", column.name.to_string()),
            Some(Order { descending: false, .. }) => ("ascending", format!("{} desc", column.name)),
            Some(Order { descending: true, .. }) => ("descending", self.next_of_descending(&column.name)),
        };
        let filter = self.window.filters.iter().find(|filter| filter.column == column.name);
        context! {
            label => column.label.as_str(),
            align => column.align,
            width => column.named.and_then(|(_, named)| named.width),
            direction,
            next,
            filter => filter.map(|filter| self.field(filter.state)),
        }
    }

    /// Behind the descending order comes that of the table, where this is not it.
    fn next_of_descending(&self, column: &str) -> String {
        let initial = self.item.scene.page.state.get(self.window.sort.index()).map(|state| &state.initial);
        match initial {
            Some(appspec_lang::check::program::Initial::Const(Scalar::Text(initial)))
                if !initial.starts_with(&format!("{column} desc")) =>
            {
                initial.to_string()
            }
            _ => column.to_owned(),
        }
    }

    /// Which rows these are, and the way to others.
    fn foot(&self, table: &Table) -> Value {
        let size = u64::from(self.window.page_size);
        let number = self.shown.values.iter().find(|(key, _)| *key == self.window.page);
        let page = match number {
            Some((_, Scalar::Int(page))) => u64::try_from(*page).unwrap_or(1).max(1),
            _ => 1,
        };
        let here = u64::try_from(table.rows()).unwrap_or(u64::MAX);
        let has_next = here > size;
        let (first, last) = ((page - 1) * size + 1, (page - 1) * size + here.min(size));
        let pages = self.shown.total.map(|total| total.div_ceil(size).max(1));
        let settings = self.item.settings();
        let words = settings.words();
        let grouped = |number: u64| settings.grouped(number);
        let (from, to) = (grouped(first), grouped(last));
        let rows = match self.shown.total {
            Some(total) if page == 1 && total <= size => words.count("{n} rows", total, &[("n", &grouped(total))]),
            Some(total) if here > 0 => {
                words.count("{from} – {to} of {n} rows", total, &[("from", &from), ("to", &to), ("n", &grouped(total))])
            }
            None if here > 0 => words.fill("{from} – {to} of …", &[("from", &from), ("to", &to)]),
            _ => String::new(),
        };
        context! {
            rows,
            paged => page > 1 || has_next,
            name => self.name(self.window.page),
            page,
            pages => pages.map(grouped),
            previous => (page > 1).then(|| page - 1),
            next => has_next.then(|| page + 1),
            last => pages.filter(|pages| *pages > page),
        }
    }
}
