//! Ways through a part of a query.

use std::convert::Infallible;
use std::ops::ControlFlow;

use sqlparser::ast::{BinaryOperator, Expr, Function, Ident, Query, TableFactor, Visit, Visitor};

use super::known::is_aggregate;

/// The parts of a condition that an `and` joins.
pub(super) fn conjuncts(condition: &Expr) -> Vec<&Expr> {
    match condition {
        Expr::Nested(inner) => conjuncts(inner),
        Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
            let mut all = conjuncts(left);
            all.extend(conjuncts(right));
            all
        }
        other => vec![other],
    }
}

/// The name of a function that is one word, in lower case.
pub(super) fn name_of(function: &Function) -> Option<String> {
    let [part] = function.name.0.as_slice() else { return None };
    part.as_ident().map(|ident| ident.value.to_lowercase())
}

/// Whether a function makes one value of many rows.
pub(super) fn aggregates(function: &Function) -> bool {
    function.over.is_none() && name_of(function).is_some_and(|name| is_aggregate(&name))
}

/// What is found in an expression, but for what is in its subqueries.
#[derive(Default)]
pub(super) struct Content {
    /// The first call that makes one value of many rows.
    pub(super) aggregate: Option<Expr>,
    /// The first call with `over`.
    pub(super) window: Option<Expr>,
    /// The columns outside of any aggregate.
    pub(super) columns: Vec<Ident>,
    queries: usize,
    aggregates: usize,
}

impl Content {
    pub(super) fn of(node: &impl Visit) -> Self {
        let mut content = Self::default();
        let ControlFlow::Continue(()) = node.visit(&mut content);
        content
    }
}

impl Visitor for Content {
    type Break = Infallible;

    fn pre_visit_query(&mut self, _: &Query) -> ControlFlow<Infallible> {
        self.queries += 1;
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &Query) -> ControlFlow<Infallible> {
        self.queries -= 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<Infallible> {
        if self.queries > 0 {
            return ControlFlow::Continue(());
        }
        match expr {
            Expr::Function(function) if function.over.is_some() => {
                self.window.get_or_insert_with(|| expr.clone());
            }
            Expr::Function(function) if aggregates(function) => {
                self.aggregates += 1;
                self.aggregate.get_or_insert_with(|| expr.clone());
            }
            Expr::Identifier(ident) if self.aggregates == 0 => self.columns.push(ident.clone()),
            Expr::CompoundIdentifier(parts) if self.aggregates == 0 => self.columns.extend(parts.last().cloned()),
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expr: &Expr) -> ControlFlow<Infallible> {
        if self.queries == 0 && matches!(expr, Expr::Function(function) if aggregates(function)) {
            self.aggregates -= 1;
        }
        ControlFlow::Continue(())
    }
}

/// The names that a query gives to tables: of its `with`, and behind `as`.
#[derive(Default)]
pub(super) struct Names {
    pub(super) found: Vec<Ident>,
}

impl Visitor for Names {
    type Break = Infallible;

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<Infallible> {
        let tables = query.with.iter().flat_map(|with| &with.cte_tables);
        self.found.extend(tables.map(|cte| cte.alias.name.clone()));
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<Infallible> {
        match factor {
            TableFactor::Table { name, alias: Some(alias), .. } => {
                let own = name.0.last().and_then(|part| part.as_ident());
                if own.is_none_or(|own| own.value != alias.name.value) {
                    self.found.push(alias.name.clone());
                }
            }
            TableFactor::Derived { alias: Some(alias), .. } | TableFactor::NestedJoin { alias: Some(alias), .. } => {
                self.found.push(alias.name.clone());
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

/// What the tables of a query are called in it, and in the queries within it.
#[derive(Default)]
pub(super) struct Tables {
    pub(super) called: Vec<String>,
}

impl Visitor for Tables {
    type Break = Infallible;

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<Infallible> {
        self.called.extend(called(factor));
        ControlFlow::Continue(())
    }
}

/// What a table is called in its query.
pub(super) fn called(factor: &TableFactor) -> Option<String> {
    match factor {
        TableFactor::Table { alias: Some(alias), .. }
        | TableFactor::Derived { alias: Some(alias), .. }
        | TableFactor::NestedJoin { alias: Some(alias), .. }
        | TableFactor::UNNEST { alias: Some(alias), .. } => Some(alias.name.value.clone()),
        TableFactor::Table { name, .. } => {
            name.0.last().and_then(|part| part.as_ident()).map(|ident| ident.value.clone())
        }
        _ => None,
    }
}

/// The tables that are named in front of columns.
pub(super) fn qualifiers(node: &impl Visit) -> Vec<String> {
    struct Qualifiers(Vec<String>);
    impl Visitor for Qualifiers {
        type Break = Infallible;
        fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<Infallible> {
            if let Expr::CompoundIdentifier(parts) = expr {
                self.0.extend(parts.first().map(|part| part.value.clone()));
            }
            ControlFlow::Continue(())
        }
    }
    let mut found = Qualifiers(Vec::new());
    let ControlFlow::Continue(()) = node.visit(&mut found);
    found.0.sort();
    found.0.dedup();
    found.0
}
