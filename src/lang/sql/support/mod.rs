//! What the SQL of transforms cannot do, and what it would silently do otherwise than SQL says.
//!
//! Polars runs transforms, and tells some of this when it is asked to run one. Here it is found in the text alone,
//! with what to write instead; and so is what Polars would compute without a word and get wrong. The corpus in
//! `tests/spec/transform` holds both ends: what passes here gives the results of SQL.

mod clause;
mod expression;
mod function;
mod join;
mod known;
mod scope;
mod subquery;
mod walk;
mod window;

use std::borrow::Cow;
use std::convert::Infallible;
use std::ops::{ControlFlow, Range};

use sqlparser::ast::{Expr, NamedWindowDefinition, Query, Select, Spanned, TableFactor, Visit, Visitor};

use super::{Fault, Reading};

pub use scope::unknown_tables;

/// Everything in a query that is not understood, or not as SQL means it.
pub fn faults(reading: &Reading) -> Vec<Fault> {
    let mut support = Support { reading, found: Vec::new(), windows: Vec::new(), joined: Vec::new() };
    support.names();
    let ControlFlow::Continue(()) = reading.query.visit(&mut support);
    let mut found = support.found;
    found.extend(scope::misplaced(reading));
    found.sort_by_key(|fault| (fault.at.start, fault.at.end));
    found.dedup_by(|a, b| a.at == b.at);
    found
}

struct Support<'a> {
    reading: &'a Reading,
    found: Vec<Fault>,
    /// The named windows of the selects around, the innermost last.
    windows: Vec<Vec<NamedWindowDefinition>>,
    /// The subqueries that become joins, by their address: their places are `where` and behind an `and`.
    joined: Vec<*const Expr>,
}

impl Support<'_> {
    /// The bytes of a part of the query; the first word of all where the parser does not know them.
    fn place(&self, node: &impl Spanned) -> Range<usize> {
        let span = node.span();
        if span.start.line == 0 {
            return super::first_word(&self.reading.lines.text);
        }
        let start = self.reading.lines.offset(span.start);
        start..self.reading.lines.offset(span.end).max(start + 1)
    }

    fn fault(&mut self, node: &impl Spanned, message: impl Into<String>, help: impl Into<Cow<'static, str>>) {
        let at = self.place(node);
        self.found.push(Fault::new(at, message).help(help));
    }

    /// Names that mean a query and something else: Polars takes the query wherever it knows one.
    fn names(&mut self) {
        let mut given = walk::Names::default();
        let ControlFlow::Continue(()) = self.reading.query.visit(&mut given);
        for ident in given.found {
            let is_read = self.reading.tables.iter().any(|table| table.name == ident.value);
            if is_read {
                let message =
                    format!("`{}` is the name of a query that is read here, and of something else", ident.value);
                let at = self.reading.lines.span(&ident);
                let help = "give this another name: the query would be read in its place";
                self.found.push(Fault::new(at, message).help(help));
            }
        }
    }
}

impl Visitor for Support<'_> {
    type Break = Infallible;

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<Infallible> {
        self.query(query);
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<Infallible> {
        self.windows.push(select.named_window.clone());
        self.select(select);
        ControlFlow::Continue(())
    }

    fn post_visit_select(&mut self, _: &Select) -> ControlFlow<Infallible> {
        self.windows.pop();
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<Infallible> {
        self.table(factor);
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<Infallible> {
        self.expr(expr);
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests;
