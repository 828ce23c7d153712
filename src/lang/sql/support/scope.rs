//! What stands in front of columns and means no table there.
//!
//! Each `select` has the tables of its own `from`, and those of the queries around it. Polars knows more: of a table
//! that is read anywhere in the query it takes the name of the column, and the values from the rows at hand.

use std::convert::Infallible;
use std::ops::ControlFlow;

use sqlparser::ast::{
    Expr, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, ObjectName, Query, Select, SelectItem,
    SelectItemQualifiedWildcardKind, SetExpr, TableFactor, TableWithJoins, Visit, Visitor,
};

use super::walk::called;
use crate::diagnostic::suggest;
use crate::sql::{Fault, Reading};
use crate::value::Columns;

/// The names in front of columns that are those of tables, and of none that is in scope.
pub(super) fn misplaced(reading: &Reading) -> Vec<Fault> {
    search(reading, &|_| None).misplaced
}

/// The names in front of columns that are those of no table at all, and surely of no column with fields.
///
/// `columns` gives those of a table by its name.
pub fn unknown_tables(reading: &Reading, columns: &dyn Fn(&str) -> Option<Columns>) -> Vec<Fault> {
    search(reading, columns).unknown
}

fn search<'a>(reading: &'a Reading, columns: &'a dyn Fn(&str) -> Option<Columns>) -> Search<'a> {
    let (locals, beside, misplaced, unknown) = Default::default();
    let mut search = Search { reading, columns, locals, beside, misplaced, unknown };
    search.query(&reading.query, None);
    search
}

/// What a name in front of a column may mean.
struct Scope<'s> {
    tables: Vec<Source>,
    /// The names that the select gives to its columns: one of them may have fields.
    aliases: Vec<String>,
    outer: Option<&'s Self>,
}

/// A table in `from`.
struct Source {
    /// Nothing for a query without a name.
    called: Option<String>,
    /// The table that it is.
    table: Option<String>,
    /// The tables that are read within it.
    inside: Vec<String>,
    columns: Option<Columns>,
}

struct Search<'a> {
    reading: &'a Reading,
    columns: &'a dyn Fn(&str) -> Option<Columns>,
    /// The tables of `with`, so far.
    locals: Vec<String>,
    /// What stands in `from` beside the brackets that are followed.
    beside: Vec<String>,
    misplaced: Vec<Fault>,
    unknown: Vec<Fault>,
}

impl Search<'_> {
    fn query(&mut self, query: &Query, outer: Option<&Scope<'_>>) {
        for cte in query.with.iter().flat_map(|with| &with.cte_tables) {
            self.query(&cte.query, outer);
            self.locals.push(cte.alias.name.value.clone());
        }
        let (tables, aliases) = self.body(&query.body, outer);
        self.expressions(&query.order_by, &Scope { tables, aliases, outer });
    }

    /// Follows the selects of a query; gives the tables that `order by` behind them can name, and the columns.
    fn body(&mut self, body: &SetExpr, outer: Option<&Scope<'_>>) -> (Vec<Source>, Vec<String>) {
        match body {
            SetExpr::Select(select) => self.select(select, outer),
            SetExpr::SetOperation { left, right, .. } => {
                let (mut tables, mut aliases) = self.body(left, outer);
                let (other_tables, other_aliases) = self.body(right, outer);
                tables.extend(other_tables);
                aliases.extend(other_aliases);
                (tables, aliases)
            }
            SetExpr::Query(query) => {
                self.query(query, outer);
                (vec![Source { called: None, table: None, inside: Vec::new(), columns: None }], Vec::new())
            }
            _ => Default::default(),
        }
    }

    fn select(&mut self, select: &Select, outer: Option<&Scope<'_>>) -> (Vec<Source>, Vec<String>) {
        let mut tables = Vec::new();
        for from in &select.from {
            let beside: Vec<String> = select.from.iter().flat_map(relations).filter_map(called).collect();
            tables.extend(self.from(from, &beside, outer));
        }
        let aliases = select.projection.iter().flat_map(|item| match item {
            SelectItem::ExprWithAlias { alias, .. } => std::slice::from_ref(alias),
            SelectItem::ExprWithAliases { aliases, .. } => aliases,
            _ => &[],
        });
        let scope = Scope { tables, aliases: aliases.map(|alias| alias.value.clone()).collect(), outer };
        for item in &select.projection {
            if let SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), _) = item {
                self.wildcard(name, &scope);
            }
        }
        self.expressions(&select.distinct, &scope);
        self.expressions(&select.projection, &scope);
        self.expressions(&select.selection, &scope);
        self.expressions(&select.group_by, &scope);
        self.expressions(&select.having, &scope);
        self.expressions(&select.named_window, &scope);
        self.expressions(&select.qualify, &scope);
        (scope.tables, scope.aliases)
    }

    /// Follows a table and what is joined to it: the condition of each join sees the tables so far.
    fn from(&mut self, from: &TableWithJoins, beside: &[String], outer: Option<&Scope<'_>>) -> Vec<Source> {
        let mut scope = Scope { tables: Vec::new(), aliases: Vec::new(), outer };
        self.factor(&from.relation, beside, &mut scope);
        for join in &from.joins {
            if let TableFactor::UNNEST { array_exprs, .. } = &join.relation {
                self.expressions(array_exprs, &scope);
            }
            self.factor(&join.relation, beside, &mut scope);
            self.expressions(&join.join_operator, &scope);
        }
        scope.tables
    }

    fn factor(&mut self, factor: &TableFactor, beside: &[String], scope: &mut Scope<'_>) {
        let mut source = Source { called: called(factor), table: None, inside: Vec::new(), columns: None };
        let outside = std::mem::replace(&mut self.beside, beside.to_vec());
        match factor {
            TableFactor::Table { name, alias, .. } => {
                source.table = name.0.last().and_then(|part| part.as_ident()).map(|ident| ident.value.clone());
                let is_renamed = alias.as_ref().is_some_and(|alias| !alias.columns.is_empty());
                let known = source.table.as_ref().filter(|table| !is_renamed && !self.locals.contains(table));
                source.columns = known.and_then(|table| (self.columns)(table));
            }
            // It would see the tables before it, and is reported as a whole.
            TableFactor::Derived { lateral: true, .. } => {}
            TableFactor::Derived { subquery, .. } => {
                self.query(subquery, scope.outer);
                if let SetExpr::Select(select) = &*subquery.body {
                    source.inside = select.from.iter().flat_map(relations).filter_map(called).collect();
                }
            }
            TableFactor::NestedJoin { table_with_joins, alias } => {
                let tables = self.from(table_with_joins, beside, scope.outer);
                if alias.is_none() {
                    scope.tables.extend(tables);
                    self.beside = outside;
                    return;
                }
                source.inside = tables.into_iter().filter_map(|table| table.called).collect();
            }
            _ => {}
        }
        self.beside = outside;
        scope.tables.push(source);
    }

    fn expressions(&mut self, node: &impl Visit, scope: &Scope<'_>) {
        let mut within = Within { search: self, scope, depth: 0 };
        let ControlFlow::Continue(()) = node.visit(&mut within);
    }

    fn wildcard(&mut self, name: &ObjectName, scope: &Scope<'_>) {
        if let Some(ident) = name.0.first().and_then(|part| part.as_ident()) {
            self.qualifier(ident, "*", scope);
        }
    }

    /// Judges a name in front of `column`.
    fn qualifier(&mut self, ident: &Ident, column: &str, scope: &Scope<'_>) {
        let name = &ident.value;
        let is_called = |source: &Source| source.called.as_ref() == Some(name);
        if scope.around().any(|scope| scope.tables.iter().any(is_called)) {
            return;
        }
        let is_table = self.locals.contains(name) || self.reading.tables.iter().any(|table| table.name == *name);
        if !is_table && scope.around().any(|scope| scope.may_have(name)) {
            return;
        }
        let message = format!("`{name}` is not one of the tables that are read here");
        let fault = Fault::new(self.reading.lines.span(ident), message);
        if is_table {
            let help = self.instead(name, column, scope);
            self.misplaced.push(fault.help(help));
        } else {
            let whole = format!("{name}.{column}");
            let near = suggest::nearest(name, scope.names());
            let help = match near {
                _ if scope.around().any(|scope| scope.has(&whole)) => {
                    format!("a column with a dot in its name stands in quotes: `\"{whole}\"`")
                }
                Some(near) => format!("did you mean `{near}`?"),
                None => scope.listed(),
            };
            self.unknown.push(fault.help(help));
        }
    }

    /// What to write for the name of a table that is read elsewhere, or is called otherwise here.
    fn instead(&self, name: &String, column: &str, scope: &Scope<'_>) -> String {
        let sources = || scope.around().flat_map(|scope| &scope.tables);
        let aliases = sources().filter(|source| source.table.as_ref() == Some(name));
        let aliases: Vec<String> = aliases.filter_map(|source| source.called.as_deref()).map(quoted).collect();
        match aliases.as_slice() {
            [] => {}
            [alias] => return format!("it is called {alias} here: write `{}.{column}`", alias.trim_matches('`')),
            aliases => return format!("it is called {} here", aliases.join(" and ")),
        }
        let around = sources().find(|source| source.inside.contains(name)).and_then(|source| source.called.as_deref());
        if let Some(around) = around {
            return format!("it is read within `{around}`; {}", scope.listed());
        }
        if self.beside.contains(name) {
            return format!("what stands in brackets does not see the tables beside it; {}", scope.listed());
        }
        scope.listed()
    }
}

impl Scope<'_> {
    /// This scope and those around it.
    fn around(&self) -> impl Iterator<Item = &Scope<'_>> {
        std::iter::successors(Some(self), |scope| scope.outer)
    }

    /// Whether a table may have a column of this name, or the select gives it to one.
    fn may_have(&self, name: &String) -> bool {
        let may_have = |columns: &Columns| columns.is_open() || columns.named(name).is_some();
        self.aliases.contains(name) || self.tables.iter().any(|source| source.columns.as_ref().is_none_or(may_have))
    }

    /// Whether a table has a column of this name.
    fn has(&self, name: &str) -> bool {
        self.tables.iter().filter_map(|source| source.columns.as_ref()).any(|columns| columns.named(name).is_some())
    }

    /// What tables are called here, each once.
    fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for name in self.around().flat_map(|scope| &scope.tables).filter_map(|source| source.called.as_deref()) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// A sentence with the tables that can be named here.
    fn listed(&self) -> String {
        match self.names().as_slice() {
            [] => "no table can be named here".to_owned(),
            [only] => format!("the table here is `{only}`"),
            [first @ .., last] => {
                let first: Vec<String> = first.iter().copied().map(quoted).collect();
                format!("the tables here are {} and `{last}`", first.join(", "))
            }
        }
    }
}

/// Looks for names in front of columns in an expression, and follows the queries in it.
struct Within<'w, 'a, 's> {
    search: &'w mut Search<'a>,
    scope: &'w Scope<'s>,
    /// How many queries lie around, which were followed when they were met.
    depth: usize,
}

impl Visitor for Within<'_, '_, '_> {
    type Break = Infallible;

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<Infallible> {
        if self.depth == 0 {
            self.search.query(query, Some(self.scope));
        }
        self.depth += 1;
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &Query) -> ControlFlow<Infallible> {
        self.depth -= 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<Infallible> {
        match expr {
            _ if self.depth > 0 => {}
            Expr::CompoundIdentifier(parts) => {
                if let [qualifier, column, ..] = parts.as_slice() {
                    self.search.qualifier(qualifier, &column.value, self.scope);
                }
            }
            Expr::Function(function) => {
                let FunctionArguments::List(list) = &function.args else { return ControlFlow::Continue(()) };
                for arg in &list.args {
                    if let FunctionArg::Unnamed(FunctionArgExpr::QualifiedWildcard(name)) = arg {
                        self.search.wildcard(name, self.scope);
                    }
                }
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

fn relations(from: &TableWithJoins) -> impl Iterator<Item = &TableFactor> {
    std::iter::once(&from.relation).chain(from.joins.iter().map(|join| &join.relation))
}

fn quoted(name: &str) -> String {
    format!("`{name}`")
}
