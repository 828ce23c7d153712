//! Does it exist: columns that are named, against those that tables have.

use super::program::{QueryId, Ref};
use super::types::Context;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::expr::types::Scope;
use crate::expr::{Expr, ExprKind};
use crate::source::{Span, Spanned};
use crate::spec::Name;
use crate::value::{Column, Columns, Type};

/// A table whose columns are named, and what to call it.
pub(super) struct Table<'t> {
    /// ``query `sales` ``
    pub called: String,
    pub columns: &'t Columns,
    /// Where it is declared.
    pub declared: Option<Span>,
}

impl<'t> Table<'t> {
    /// The names of the columns, for a label.
    pub(super) fn list(&self) -> String {
        list(self.columns)
    }

    /// The column of this name, where it is known; one that does not exist is reported.
    pub(super) fn named(&self, name: &Spanned<Name>, diagnostics: &mut Diagnostics) -> Option<&'t Column> {
        let column = self.columns.named(&name.value);
        if column.is_none() && !self.columns.is_open() {
            self.report(&name.value, name.span, diagnostics);
        }
        column
    }

    /// Says that the table has no such column, which ones it has, and which is nearest.
    pub(super) fn report<'d>(&self, name: &str, span: Span, diagnostics: &'d mut Diagnostics) -> &'d mut Diagnostic {
        let diagnostic =
            diagnostics.report(&code::UNKNOWN_COLUMN, span, format!("{} has no column `{name}`", self.called));
        let returned = format!("{} returns {}", self.called, list(self.columns));
        match self.declared {
            Some(declared) => diagnostic.label(declared, returned),
            None => diagnostic.help(returned),
        };
        diagnostic.nearest(name, self.columns.iter().map(|column| &*column.name))
    }
}

/// The names of columns, for a label.
fn list(columns: &[Column]) -> String {
    const SHOWN: usize = 12;
    let mut names: Vec<String> = columns.iter().take(SHOWN).map(|column| format!("`{}`", column.name)).collect();
    if columns.is_empty() {
        names.push("no columns".to_owned());
    } else if columns.len() > SHOWN {
        names.push(format!("and {} more", columns.len() - SHOWN));
    }
    names.join(", ")
}

impl Context<'_> {
    /// The table of a query, if any of its columns are known.
    pub(super) fn query_table(&self, id: QueryId) -> Option<Table<'_>> {
        let query = self.queries.get(id.index())?;
        let columns = query.columns.as_ref()?;
        Some(Table { called: format!("query `{}`", query.name), columns, declared: Some(query.span) })
    }

    /// The table that an expression of type `ty` gives, if any of its columns are known.
    pub(super) fn table_of<'t>(&'t self, expr: &Expr<Ref>, ty: &'t Type) -> Option<Table<'t>> {
        if let ExprKind::Ref(Ref::Query(id)) = expr.kind {
            return self.query_table(id);
        }
        let columns = ty.columns()?;
        let source = expr.refs().into_iter().next().map(|(reference, _)| reference);
        let declared = match source {
            Some(Ref::Query(id)) => self.names.queries.get(id.index()),
            Some(Ref::State(id)) => self.names.state.get(id.index()),
            Some(Ref::Value(id)) => self.names.values.get(id.index()),
            _ => None,
        };
        let called = source.map_or_else(|| "this table".to_owned(), |source| self.describe(&source));
        Some(Table { called, columns, declared: declared.map(|named| named.span) })
    }
}
