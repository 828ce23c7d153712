//! What readers choose of a table: its page, order, search and filters are keys of the table's own, and the rows that
//! follow from them queries that the compiler writes.

use super::program::{
    Component, ComponentId, Download, Every, Filter, Initial, Page, Prop, Query, QueryId, Ref, Selection, Source,
    State, StateId, Subject, Take, Whole, Window,
};
use crate::expr::{Expr, ExprKind};
use crate::source::Span;
use crate::spec::Name;
use crate::value::{Column, Columns, Scalar, Type};

/// How many rows are on a page where nothing else is said.
const PAGE_SIZE: u32 = 100;

/// Gives each table component of a page its keys and queries; tells whether there are any.
pub fn open_windows(page: &mut Page) -> bool {
    let mut has_opened = false;
    for index in 0..page.components.len() {
        let id = ComponentId::at(index);
        let Some(component) = page.components.get(index).filter(|component| component.kind.name == "table") else {
            continue;
        };
        let component = component.clone();
        let Subject::Table { expr, query, columns } = &component.subject else { continue };
        let mut opening = Opening { page: &mut *page, id, component: &component };
        let window = opening.window(expr, columns.as_ref());
        has_opened = true;
        if let Some(component) = page.components.get_mut(index) {
            let rows = Expr { kind: ExprKind::Ref(Ref::Query(window.rows)), span: expr.span };
            component.subject = Subject::Table { expr: rows, query: *query, columns: columns.clone() };
            component.window = Some(window);
        }
    }
    has_opened
}

/// A table that is given its keys and queries.
struct Opening<'p> {
    page: &'p mut Page,
    id: ComponentId,
    component: &'p Component,
}

impl Opening<'_> {
    fn window(&mut self, expr: &Expr<Ref>, known: Option<&Columns>) -> Window {
        let columns = self.columns(known);
        let key = match self.component.prop("key") {
            Some(Prop::Columns(names)) => names.first().cloned(),
            _ => None,
        };
        let is_unique = key.is_some();
        let first = || known.filter(|known| !known.is_open()).and_then(|known| known.iter().next());
        let key = key.or_else(|| first().map(|column| column.name.clone()));
        // The query that its columns come from may be read through a filter.
        let whole = match expr.kind {
            ExprKind::Ref(Ref::Query(id)) => Whole::Query(id),
            _ => Whole::Expr(expr.clone()),
        };
        let filters = self.filters(known, &columns);
        let has_search = matches!(self.component.prop("search"), Some(Prop::Literal(Scalar::Bool(true))));
        Window {
            page: self.key("page", Type::Int, Scalar::Int(1)),
            sort: self.key("sort", Type::Text, Scalar::text(self.order())),
            search: has_search.then(|| self.key("search", Type::Text, Scalar::text(""))),
            filters,
            page_size: self.page_size(),
            is_unique,
            columns,
            rows: self.query("rows", whole.clone(), Take::Rows),
            count: self.query("count", whole.clone(), Take::Count),
            download: self.download(whole.clone()),
            selection: key.as_ref().and_then(|key| self.selection(key, known, whole)),
            key,
        }
    }

    fn download(&mut self, whole: Whole) -> Option<Download> {
        let formats: Vec<Name> = match self.component.prop("download")? {
            Prop::Literal(Scalar::Bool(true)) => ["csv", "xlsx"].map(Name::from).to_vec(),
            Prop::Literal(Scalar::List(words)) => words.iter().filter_map(Scalar::as_text).map(Name::from).collect(),
            _ => return None,
        };
        Some(Download { formats, query: self.query("download", whole, Take::All) })
    }

    fn selection(&mut self, key: &Name, known: Option<&Columns>, whole: Whole) -> Option<Selection> {
        let state = self.component.selected()?;
        let column = known.and_then(|known| known.named(key));
        let ty = column.map_or(Type::Any, |column| column.ty.clone());
        Some(Selection { state, column: key.clone(), ty, query: self.query("selected", whole, Take::Selected) })
    }

    /// The columns that are shown, as far as they are known.
    fn columns(&self, known: Option<&Columns>) -> Vec<Name> {
        let Some(Prop::TableColumns(columns)) = self.component.prop("columns") else {
            let known = known.filter(|known| !known.is_open());
            return known.into_iter().flat_map(|known| known.iter()).map(|column| column.name.clone()).collect();
        };
        let mut names: Vec<Name> = Vec::new();
        for column in columns.iter().map(|column| &column.column) {
            if !names.contains(column) {
                names.push(column.clone());
            }
        }
        names
    }

    fn page_size(&self) -> u32 {
        match self.component.prop("page_size") {
            Some(Prop::Literal(Scalar::Int(rows))) => u32::try_from(*rows).unwrap_or(PAGE_SIZE),
            _ => PAGE_SIZE,
        }
    }

    /// Whether what readers choose stands in the URL.
    fn is_in_url(&self) -> bool {
        matches!(self.component.prop("in_url"), Some(Prop::Literal(Scalar::Bool(true))))
    }

    /// The order that the author has written, as the key of the order holds it.
    fn order(&self) -> String {
        let Some(Prop::Order(terms)) = self.component.prop("sort") else { return String::new() };
        let term = |(column, descending): &(Name, bool)| format!("{column}{}", if *descending { " desc" } else { "" });
        terms.iter().map(term).collect::<Vec<_>>().join(", ")
    }

    fn filters(&mut self, known: Option<&Columns>, shown: &[Name]) -> Vec<Filter> {
        let names = match self.component.prop("filters") {
            Some(Prop::Columns(names)) => names.clone(),
            Some(Prop::Literal(Scalar::Bool(true))) => shown.to_vec(),
            _ => return Vec::new(),
        };
        let ty = |name: &str| known.and_then(|known| known.named(name)).map_or(Type::Any, |column| column.ty.clone());
        let of = |name: Name| {
            let state = self.key(&format!("filter.{name}"), Type::Text, Scalar::text(""));
            Filter { ty: ty(&name), column: name, state }
        };
        names.into_iter().map(of).collect()
    }

    /// A key that only the component knows: the component's id and a point stand before its name.
    fn key(&mut self, name: &str, ty: Type, initial: Scalar) -> StateId {
        let name: Name = format!("{}.{name}", self.component.id).into();
        let in_url = self.is_in_url().then(|| name.clone());
        let state = &mut self.page.state;
        state.push(State {
            name,
            ty,
            shared: false,
            declared: false,
            initial: Initial::Const(initial),
            each_run: None,
            in_url,
            kept: false,
            window: Some(self.id),
            row_of: None,
            choices: None,
            takes_new: false,
            widgets: vec![self.id],
            span: self.component.span,
        });
        StateId::at(state.len() - 1)
    }

    /// A query for a part of the table, under the conditions of the query that the table is of.
    fn query(&mut self, name: &str, of: Whole, take: Take) -> QueryId {
        let queries = &mut self.page.queries;
        let whole = match &of {
            Whole::Query(id) => queries.get(id.index()).cloned(),
            Whole::Expr(_) => None,
        };
        let name: Name = format!("{}.{name}", self.component.id).into();
        let span: Span = self.component.span;
        let part = match whole {
            Some(whole) => Query {
                name,
                source: Source::Part { of, table: self.id, take },
                columns: part_columns(take, whole.columns.as_ref()),
                max_rows: None,
                ..whole
            },
            None => Query {
                key: (self.page.path.clone(), name.clone()),
                name,
                source: Source::Part { of, table: self.id, take },
                columns: part_columns(take, None),
                meanings: Vec::new(),
                cache: None,
                timeout: None,
                max_rows: None,
                optional: false,
                every: Every::Never,
                span,
            },
        };
        queries.push(part);
        QueryId::at(queries.len() - 1)
    }
}

/// The columns of a part of a table; which of them names a row, its component knows.
fn part_columns(take: Take, whole: Option<&Columns>) -> Option<Columns> {
    match take {
        Take::Rows | Take::All => whole.cloned(),
        Take::Count => Some(counted()),
        Take::Selected => None,
    }
}

/// A table of one number.
fn counted() -> Columns {
    [Column { name: "n".into(), ty: Type::Int }].into_iter().collect()
}
