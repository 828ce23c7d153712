//! Queries inside of expressions: those that become joins are understood, and those that are lists.

use std::ops::ControlFlow;

use sqlparser::ast::{BinaryOperator, Expr, GroupByExpr, Query, Select, SetExpr, Visit};

use super::Support;
use super::walk::{Tables, conjuncts, qualifiers};

impl Support<'_> {
    /// Notes the subqueries of a `where` that can become joins.
    pub(super) fn join_subqueries(&mut self, condition: &Expr) {
        for part in conjuncts(condition) {
            let is_joined = match part {
                Expr::Exists { subquery, .. } => {
                    joinable(subquery).is_some_and(|select| select.selection.as_ref().is_some_and(has_pair))
                }
                Expr::InSubquery { subquery, .. } => joinable(subquery).is_some(),
                _ => false,
            };
            if is_joined {
                self.joined.push(std::ptr::from_ref(part));
            }
        }
    }

    pub(super) fn scalar_subquery(&mut self, query: &Query) {
        let message = "a query in place of a value is not understood in a transform";
        self.fault(query, message, "put it into a `with` of one row, and `cross join` that");
    }

    pub(super) fn exists(&mut self, expr: &Expr, query: &Query) {
        if !self.is_joined(expr) {
            let message =
                "`exists` is understood in `where`, behind `and`, of a plain query with `inner.id = outer.id`";
            self.fault(query, message, "write `id in (select …)`, or join");
        } else if !correlates_by_equality(query) {
            let message = "`exists` compares with the query around it by `=` only";
            self.fault(query, message, "join, and take the distinct rows");
        }
    }

    pub(super) fn in_subquery(&mut self, expr: &Expr, query: &Query) {
        if query.with.is_some() {
            let message = "a `with` stands in front of the whole query";
            return self.fault(query, message, "move it there, and read it here by its name");
        }
        let is_understood =
            if self.is_joined(expr) { correlates_by_equality(query) } else { outside(query).is_empty() };
        if !is_understood {
            let message = "this query compares with the one around it, by more than `=` behind `and`";
            self.fault(query, message, "join, and take the distinct rows");
        }
    }

    fn is_joined(&self, expr: &Expr) -> bool {
        self.joined.contains(&std::ptr::from_ref(expr))
    }
}

/// Whether a query names columns of the one around it only in conditions such as `inner.id = outer.id`.
fn correlates_by_equality(query: &Query) -> bool {
    let outside = outside(query);
    let Some(condition) = joinable(query).and_then(|select| select.selection.as_ref()) else {
        return outside.is_empty();
    };
    let is_fine = |part: &Expr| is_pair(part) || qualifiers(part).iter().all(|name| !outside.contains(name));
    conjuncts(condition).into_iter().all(is_fine)
}

/// The select of a query that is nothing but rows of its tables.
fn joinable(query: &Query) -> Option<&Select> {
    let SetExpr::Select(select) = query.body.as_ref() else { return None };
    let is_grouped =
        !matches!(&select.group_by, GroupByExpr::Expressions(by, with) if by.is_empty() && with.is_empty());
    let is_plain = query.with.is_none()
        && query.limit_clause.is_none()
        && query.fetch.is_none()
        && !is_grouped
        && select.having.is_none()
        && select.qualify.is_none()
        && select.from.len() == 1;
    is_plain.then_some(select)
}

fn has_pair(condition: &Expr) -> bool {
    conjuncts(condition).into_iter().any(is_pair)
}

/// Whether this is one column that equals another.
fn is_pair(condition: &Expr) -> bool {
    let is_column = |expr: &Expr| matches!(expr, Expr::Identifier(_) | Expr::CompoundIdentifier(_));
    matches!(condition, Expr::BinaryOp { left, op: BinaryOperator::Eq, right } if is_column(left) && is_column(right))
}

/// The tables that a query names in front of columns, and does not read.
fn outside(query: &Query) -> Vec<String> {
    let mut own = Tables::default();
    let ControlFlow::Continue(()) = query.visit(&mut own);
    let mut named = qualifiers(query);
    named.retain(|name| !own.called.contains(name));
    named
}
