//! The tables that a query reads, and what it may read from at all.

use std::ops::{ControlFlow, Range};

use sqlparser::ast::{
    Expr, Ident, ObjectName, Query, SelectItem, SelectItemQualifiedWildcardKind, SetExpr, TableFactor, Visitor,
};

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
    /// What stands in front of columns: tables, aliases, or anything else that has fields.
    qualifiers: Vec<Table>,
    /// The names that tables are given here.
    aliases: Vec<String>,
    /// The tables that go by their own name.
    unaliased: Vec<String>,
}

impl<'a> Tables<'a> {
    pub(super) fn new(lines: &'a Lines) -> Self {
        Self {
            lines,
            found: Vec::new(),
            scopes: Vec::new(),
            qualifiers: Vec::new(),
            aliases: Vec::new(),
            unaliased: Vec::new(),
        }
    }

    /// What stands in front of columns and can mean nothing but a table that is read.
    pub(super) fn meant(&self) -> Vec<Table> {
        let is_meant = |table: &&Table| self.unaliased.contains(&table.name) && !self.aliases.contains(&table.name);
        self.qualifiers.iter().filter(is_meant).cloned().collect()
    }

    fn qualified(&mut self, ident: &Ident) {
        self.qualifiers.push(Table { name: ident.value.clone(), at: self.lines.span(ident) });
    }

    fn qualified_wildcards(&mut self, body: &SetExpr) {
        match body {
            SetExpr::Select(select) => {
                for item in &select.projection {
                    if let SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), _) = item
                        && let Some(ident) = name.0.first().and_then(|part| part.as_ident())
                    {
                        self.qualified(ident);
                    }
                }
            }
            SetExpr::SetOperation { left, right, .. } => {
                self.qualified_wildcards(left);
                self.qualified_wildcards(right);
            }
            _ => {}
        }
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
        self.aliases.extend(names.clone().map(|cte| cte.alias.name.value.clone()));
        self.qualified_wildcards(&query.body);
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

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<Fault> {
        if let Expr::CompoundIdentifier(parts) = expr
            && let [qualifier, _, ..] = parts.as_slice()
        {
            self.qualified(qualifier);
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<Fault> {
        match factor {
            TableFactor::Table { name, alias: None, .. } => {
                self.unaliased.extend(name.0.last().map(ToString::to_string));
            }
            TableFactor::Table { alias: Some(alias), .. } | TableFactor::Derived { alias: Some(alias), .. } => {
                self.aliases.push(alias.name.value.clone());
            }
            _ => {}
        }
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
