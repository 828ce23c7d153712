//! The tables that a query reads, and what it may read from at all.

use std::ops::{ControlFlow, Range};

use sqlparser::ast::{ObjectName, Query, SetExpr, TableFactor, Visitor};

use super::lines::Lines;
use super::{Fault, Table};

/// The tables of `with` that are in scope.
#[derive(Debug, Default)]
struct Scope {
    names: Vec<String>,
    /// How many of their queries have been entered.
    entered: usize,
    /// How many can be named: each sees those before it.
    visible: usize,
}

pub(super) struct Tables<'a> {
    lines: &'a Lines,
    pub(super) found: Vec<Table>,
    scopes: Vec<Scope>,
}

impl<'a> Tables<'a> {
    pub(super) fn new(lines: &'a Lines) -> Self {
        Self { lines, found: Vec::new(), scopes: Vec::new() }
    }

    fn is_local(&self, name: &str) -> bool {
        self.scopes.iter().any(|scope| scope.names.iter().take(scope.visible).any(|local| local == name))
    }

    fn named(&mut self, name: &ObjectName) -> ControlFlow<Fault> {
        let [part] = name.0.as_slice() else {
            let parts: Vec<Range<usize>> =
                name.0.iter().filter_map(|part| part.as_ident()).map(|ident| self.lines.span(ident)).collect();
            let start = parts.first().map_or(0, |part| part.start);
            let end = parts.last().map_or(start, |part| part.end);
            return ControlFlow::Break(
                Fault::new(start..end, format!("a transform has no table `{name}`"))
                    .help("it reads queries of this app, by their bare names"),
            );
        };
        if let Some(ident) = part.as_ident().filter(|ident| !self.is_local(&ident.value)) {
            self.found.push(Table { name: ident.value.clone(), at: self.lines.span(ident) });
        }
        ControlFlow::Continue(())
    }

    /// `table orders` reads a table that no visitor sees; `insert` and the like write.
    fn only_selects(&self, body: &SetExpr) -> ControlFlow<Fault> {
        let all = 0..self.lines.text.len();
        match body {
            SetExpr::SetOperation { left, right, .. } => {
                self.only_selects(left)?;
                self.only_selects(right)
            }
            SetExpr::Table(table) => {
                let name = table.table_name.as_deref().unwrap_or_default();
                ControlFlow::Break(Fault::new(all, format!("write `select * from {name}` for `table {name}`")))
            }
            SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_) => {
                ControlFlow::Break(Fault::new(all, "a transform only reads"))
            }
            SetExpr::Select(_) | SetExpr::Query(_) | SetExpr::Values(_) => ControlFlow::Continue(()),
        }
    }

    fn refused(&self, name: Option<&ObjectName>) -> ControlFlow<Fault> {
        let ident = name.and_then(|name| name.0.first()).and_then(|part| part.as_ident());
        let at = ident.map_or(0..self.lines.text.len(), |ident| self.lines.span(ident));
        let what = ident.map_or_else(|| "this form of table".to_owned(), |ident| format!("`{}`", ident.value));
        ControlFlow::Break(
            Fault::new(at, format!("a transform reads queries, and {what} is a table function"))
                .help("name a file or a generated table as a query of its own, and read it by that name"),
        )
    }
}

impl Visitor for Tables<'_> {
    type Break = Fault;

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<Fault> {
        if let Some(outer) = self.scopes.last_mut().filter(|scope| scope.entered < scope.names.len()) {
            // The queries of a `with` come before its body, in order.
            outer.entered += 1;
        }
        let names = query.with.iter().flat_map(|with| &with.cte_tables);
        self.scopes.push(Scope {
            names: names.map(|cte| cte.alias.name.value.clone()).collect(),
            entered: 0,
            visible: 0,
        });
        self.only_selects(&query.body)
    }

    fn post_visit_query(&mut self, _: &Query) -> ControlFlow<Fault> {
        self.scopes.pop();
        if let Some(outer) = self.scopes.last_mut() {
            outer.visible = outer.entered;
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<Fault> {
        match factor {
            TableFactor::Table { name, args: None, .. } => self.named(name),
            TableFactor::Table { name, .. } | TableFactor::Function { name, .. } => self.refused(Some(name)),
            TableFactor::Derived { .. } | TableFactor::NestedJoin { .. } | TableFactor::UNNEST { .. } => {
                ControlFlow::Continue(())
            }
            _ => self.refused(None),
        }
    }
}
