//! Which columns a query in SQL names that none of its tables has.

use std::ops::{ControlFlow, Range};

use sqlparser::ast::{Expr, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, Query, Select, SelectItem};
use sqlparser::ast::{SetExpr, TableFactor, TableWithJoins, Visit, Visitor};

use super::Reading;
use super::lines::Lines;
use crate::value::Columns;

/// A column that is named and does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingColumn {
    pub name: String,
    pub at: Range<usize>,
    /// The table that it should be in, where only one can be meant.
    pub table: Option<String>,
}

/// Finds the columns that are surely missing; where a table's columns are not known, nothing is.
///
/// `columns` gives those of a table by its name.
pub fn missing_columns(reading: &Reading, columns: &dyn Fn(&str) -> Option<Columns>) -> Vec<MissingColumn> {
    let locals = reading.query.with.iter().flat_map(|with| &with.cte_tables);
    let mut search = Search {
        lines: &reading.lines,
        columns,
        locals: locals.map(|cte| cte.alias.name.value.clone()).collect(),
        scopes: Vec::new(),
        words: Vec::new(),
        missing: Vec::new(),
    };
    let ControlFlow::Continue(()) = reading.query.visit(&mut search);
    search.missing
}

/// What the columns of one `select` may come from.
#[derive(Debug)]
enum Scope {
    /// Not known: any name may be meant.
    Open,
    /// A `union` or the like: its `order by` is not followed, and its selects see what is outside of it.
    Union,
    Select {
        tables: Vec<Source>,
        aliases: Vec<String>,
    },
}

#[derive(Debug)]
struct Source {
    /// The name of the table.
    table: String,
    /// What it is called in this query.
    alias: String,
    columns: Option<Columns>,
}

struct Search<'a> {
    lines: &'a Lines,
    columns: &'a dyn Fn(&str) -> Option<Columns>,
    /// The tables of `with`, whose columns are not followed.
    locals: Vec<String>,
    /// The innermost last.
    scopes: Vec<Scope>,
    /// Arguments that look like columns and are words of a function: `date_part(year, day)`.
    words: Vec<Range<usize>>,
    missing: Vec<MissingColumn>,
}

impl Search<'_> {
    fn scope_of(&self, select: &Select) -> Scope {
        if !select.lateral_views.is_empty() {
            return Scope::Open;
        }
        let mut tables = Vec::new();
        for from in &select.from {
            self.add_sources(from, &mut tables);
        }
        let aliases = select.projection.iter().flat_map(|item| match item {
            SelectItem::ExprWithAlias { alias, .. } => std::slice::from_ref(alias),
            SelectItem::ExprWithAliases { aliases, .. } => aliases,
            _ => &[],
        });
        Scope::Select { tables, aliases: aliases.map(|alias| alias.value.clone()).collect() }
    }

    fn add_sources(&self, from: &TableWithJoins, tables: &mut Vec<Source>) {
        let joined = from.joins.iter().map(|join| &join.relation);
        for factor in std::iter::once(&from.relation).chain(joined) {
            match factor {
                TableFactor::NestedJoin { table_with_joins, alias: None, .. } => {
                    self.add_sources(table_with_joins, tables);
                }
                factor => tables.push(self.source(factor)),
            }
        }
    }

    fn source(&self, factor: &TableFactor) -> Source {
        let TableFactor::Table { name, alias, .. } = factor else {
            return Source { table: String::new(), alias: String::new(), columns: None };
        };
        let table =
            name.0.last().and_then(|part| part.as_ident()).map_or_else(String::new, |ident| ident.value.clone());
        let is_renamed = alias.as_ref().is_some_and(|alias| !alias.columns.is_empty());
        let is_known = !is_renamed && !self.locals.contains(&table);
        let columns = if is_known { (self.columns)(&table) } else { None };
        let alias = alias.as_ref().map_or_else(|| table.clone(), |alias| alias.name.value.clone());
        Source { table, alias, columns }
    }

    /// The scopes that a name is looked for in, from the inside out.
    fn visible(&self) -> impl Iterator<Item = &Scope> {
        let innermost = self.scopes.len();
        let all = self.scopes.iter().rev().zip((1..=innermost).rev());
        all.filter(move |(scope, depth)| *depth == innermost || !matches!(scope, Scope::Union)).map(|(scope, _)| scope)
    }

    /// The tables in scope, if there are some and each surely lacks a column of this bare name.
    fn lacking(&self, column: &str) -> Option<Vec<String>> {
        let mut tables: Vec<String> = Vec::new();
        for scope in self.visible() {
            let Scope::Select { tables: sources, aliases } = scope else { return None };
            let is_alias = aliases.iter().any(|alias| alias == column);
            if is_alias || sources.iter().any(|source| source.alias == column || source.may_have(column)) {
                return None;
            }
            tables.extend(sources.iter().map(|source| source.table.clone()));
        }
        tables.dedup();
        Some(tables).filter(|tables| !tables.is_empty())
    }

    /// The table that is called `qualifier`, if it surely lacks the column.
    fn lacking_in(&self, qualifier: &str, column: &str) -> Option<String> {
        for scope in self.visible() {
            let Scope::Select { tables, .. } = scope else { return None };
            if let Some(source) = tables.iter().find(|source| source.alias == qualifier) {
                return (!source.may_have(column)).then(|| source.table.clone());
            }
        }
        None
    }

    fn add(&mut self, ident: &Ident, table: Option<String>) {
        let at = self.lines.span(ident);
        if !self.words.contains(&at) {
            self.missing.push(MissingColumn { name: ident.value.clone(), at, table });
        }
    }
}

impl Source {
    fn may_have(&self, column: &str) -> bool {
        self.columns.as_ref().is_none_or(|columns| columns.is_open() || columns.named(column).is_some())
    }
}

impl Visitor for Search<'_> {
    type Break = std::convert::Infallible;

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<Self::Break> {
        if self.scopes.is_empty() {
            // The outermost `with` is among the locals already.
        } else if let Some(with) = &query.with {
            self.locals.extend(with.cte_tables.iter().map(|cte| cte.alias.name.value.clone()));
        }
        // `order by` stands outside of the select, and sees the same names.
        let scope = match &*query.body {
            SetExpr::Select(select) => self.scope_of(select),
            _ => Scope::Union,
        };
        self.scopes.push(scope);
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &Query) -> ControlFlow<Self::Break> {
        self.scopes.pop();
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<Self::Break> {
        let scope = self.scope_of(select);
        self.scopes.push(scope);
        ControlFlow::Continue(())
    }

    fn post_visit_select(&mut self, _: &Select) -> ControlFlow<Self::Break> {
        self.scopes.pop();
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<Self::Break> {
        match expr {
            Expr::Identifier(ident) => {
                if let Some(tables) = self.lacking(&ident.value) {
                    let only = if tables.len() == 1 { tables.into_iter().next() } else { None };
                    self.add(ident, only);
                }
            }
            Expr::CompoundIdentifier(parts) => {
                if let [qualifier, ident] = parts.as_slice()
                    && let Some(table) = self.lacking_in(&qualifier.value, &ident.value)
                {
                    self.add(ident, Some(table));
                }
            }
            Expr::Function(function) => {
                let name = function.name.to_string().to_lowercase();
                if let (true, FunctionArguments::List(list)) = (name.starts_with("date"), &function.args) {
                    let words = list.args.iter().filter_map(|arg| match arg {
                        FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Identifier(word))) => {
                            Some(self.lines.span(word))
                        }
                        _ => None,
                    });
                    let first: Vec<Range<usize>> = words.take(1).collect();
                    self.words.extend(first);
                }
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::read;
    use crate::value::{Column, Type};

    fn missing(sql: &str) -> Vec<String> {
        let columns = |table: &str| {
            let names: &[&str] = match table {
                "orders" => &["id", "day", "amount"],
                "regions" | "partly" => &["id", "region"],
                _ => return None,
            };
            let columns: Vec<Column> =
                names.iter().map(|name| Column { name: (*name).into(), ty: Type::Any }).collect();
            Some(if table == "partly" { Columns::open(columns) } else { columns.into() })
        };
        missing_columns(&read(sql).unwrap(), &columns)
            .into_iter()
            .map(|missing| format!("{}.{}", missing.table.unwrap_or_default(), missing.name))
            .collect()
    }

    #[test]
    fn only_what_is_surely_missing_is_found() {
        let cases: &[(&str, &[&str])] = &[
            ("select id, amount from orders order by day", &[]),
            ("select id, amont from orders", &["orders.amont"]),
            (
                "select sum(amont) as total from orders where dy > ? group by region",
                &["orders.amont", "orders.dy", "orders.region"],
            ),
            ("select sum(amount) as total from orders order by total desc", &[]),
            ("select o.amont from orders o join regions r on o.id = r.idd", &["orders.amont", "regions.idd"]),
            ("select name from orders join regions using (id)", &[".name"]),
            ("select name from orders join elsewhere using (id)", &[]),
            ("with t as (select amount as x from orders) select x, y from t", &[]),
            ("select x from (select amount as x from orders)", &[]),
            ("select id from orders where exists (select 1 from regions where region = amount)", &[]),
            ("select id from orders where exists (select 1 from regions where region = amont)", &[".amont"]),
            ("select date_part(year, day) from orders", &[]),
            ("select id from orders union select idd from regions order by anything", &["regions.idd"]),
            ("select orders from orders", &[]),
            ("select anything, p.other from partly p", &[]),
            ("select amont, o.dy from orders o join partly on true", &["orders.dy"]),
        ];
        for (sql, expected) in cases {
            assert_eq!(missing(sql), *expected, "{sql}");
        }
    }
}
