//! The clauses of queries and selects, and the tables in `from`.

use sqlparser::ast::{
    Distinct, Expr, Fetch, GroupByExpr, Ident, LimitClause, OrderByKind, Query, Select, SelectItem, SetExpr,
    SetOperator, SetQuantifier, TableFactor, Value,
};

use super::Support;
use super::walk::Content;

impl Support<'_> {
    pub(super) fn query(&mut self, query: &Query) {
        if let Some(with) = query.with.as_ref().filter(|with| with.recursive) {
            let help = "compute it in a database, or draw the rows by a query with `generate` and `sequence`";
            self.fault(with, "a `with` that reads itself is not understood in a transform", help);
        }
        if query.for_clause.is_some()
            || query.format_clause.is_some()
            || query.settings.is_some()
            || !query.locks.is_empty()
            || !query.pipe_operators.is_empty()
        {
            let message = "a transform ends with `order by`, `limit` and `offset`";
            self.fault(query, message, "leave out what comes after them");
        }
        self.limits(query);
        self.set_operation(&query.body);
        self.order(query);
    }

    fn limits(&mut self, query: &Query) {
        let counts: Vec<&Expr> = match &query.limit_clause {
            Some(LimitClause::LimitOffset { limit, offset, limit_by }) => {
                if let Some(by) = limit_by.first() {
                    let help = "number the rows by `row_number() over (partition by …)` in a `with`, and filter them";
                    self.fault(by, "`limit … by` is not understood in a transform", help);
                }
                limit.iter().chain(offset.iter().map(|offset| &offset.value)).collect()
            }
            Some(LimitClause::OffsetCommaLimit { offset, limit }) => vec![offset, limit],
            None => Vec::new(),
        };
        let fetched = query.fetch.as_ref().and_then(|fetch| fetch.quantity.as_ref());
        for count in counts.into_iter().chain(fetched) {
            let is_number = matches!(count, Expr::Value(value)
                if matches!(value.value, Value::Number(..) | Value::Placeholder(_)));
            if !is_number {
                let message = "`limit` and `offset` take a plain number";
                self.fault(count, message, "bind a number that is computed: `limit {{ state.page * 20 }}`");
            }
        }
        if let Some(Fetch { percent: true, .. } | Fetch { with_ties: true, .. }) = query.fetch {
            let message = "`fetch` takes a number of rows, without `percent` or `with ties`";
            self.fault(query, message, "rank the rows by `rank() over (…)` in a `with`, and filter them");
        }
    }

    fn set_operation(&mut self, body: &SetExpr) {
        match body {
            SetExpr::SetOperation { op, set_quantifier, left, right } => {
                let keeps_double = *set_quantifier == SetQuantifier::All;
                if keeps_double && matches!(op, SetOperator::Intersect | SetOperator::Except | SetOperator::Minus) {
                    let message = format!("`{} all` is not understood in a transform", op.to_string().to_lowercase());
                    self.fault(&**right, message, "leave out `all`: rows that are the same then come once");
                }
                self.set_operation(left);
                self.set_operation(right);
            }
            SetExpr::Query(inner) if inner.with.is_some() => {
                let message = "a `with` stands in front of the whole query";
                self.fault(&**inner, message, "move it there, and read it here by its name");
            }
            _ => {}
        }
    }

    fn order(&mut self, query: &Query) {
        let Some(OrderByKind::Expressions(order)) = query.order_by.as_ref().map(|order| &order.kind) else { return };
        for by in order {
            match query.body.as_ref() {
                SetExpr::Select(_) => {
                    if let Some(aggregate) = Content::of(&by.expr).aggregate {
                        let message = "a transform is not ordered by an aggregate itself";
                        self.fault(&aggregate, message, "name it in the `select`, and order by the name");
                    }
                }
                body @ SetExpr::SetOperation { .. } => {
                    if let Expr::Identifier(name) = &by.expr
                        && !gives_everywhere(body, name)
                    {
                        let message = format!("not every side of this has a column `{}` to order by", name.value);
                        self.fault(&by.expr, message, "give the columns of each side the same names, by `as`");
                    }
                }
                _ => {}
            }
        }
    }

    pub(super) fn select(&mut self, select: &Select) {
        self.foreign(select);
        self.joins(&select.from);
        if let Some(Distinct::On(by)) = &select.distinct
            && let Some(other) = by.iter().find(|by| !matches!(by, Expr::Identifier(_) | Expr::CompoundIdentifier(_)))
        {
            self.fault(other, "`distinct on` takes columns", "compute it under a name in a `with`");
        }
        if let Some(condition) = &select.selection {
            self.join_subqueries(condition);
            let Content { aggregate, window, .. } = Content::of(condition);
            if let Some(found) = aggregate.or(window) {
                let message = "`where` comes before rows are grouped or numbered";
                self.fault(
                    &found,
                    message,
                    "compute it in a `with`, and filter that; or use `having` behind `group by`",
                );
            }
        }
        if let Some(qualify) = &select.qualify
            && let Some(window) = Content::of(qualify).window
        {
            let message = "`qualify` takes the name of a column of the `select`";
            self.fault(&window, message, "write the window into the `select`, `as n`, and here `n = 1`");
        }
        self.groups(select);
    }

    /// Reports the clauses that only other dialects have.
    fn foreign(&mut self, select: &Select) {
        let clauses = [
            (select.into.is_some(), "into", "a transform only reads: its rows are the result"),
            (select.top.is_some(), "top", "write `limit` at the end"),
            (!select.lateral_views.is_empty(), "lateral view", "write `cross join unnest(…) as name`"),
            (select.prewhere.is_some(), "prewhere", "write `where`"),
            (!select.connect_by.is_empty(), "connect by", "compute it in a database"),
            (!select.cluster_by.is_empty(), "cluster by", "write `order by`"),
            (!select.distribute_by.is_empty(), "distribute by", "leave it out"),
            (!select.sort_by.is_empty(), "sort by", "write `order by`"),
            (select.select_modifiers.is_some(), "select modifiers", "leave it out"),
            (select.value_table_mode.is_some(), "select as", "name the columns"),
            (!select.optimizer_hints.is_empty(), "hints", "leave it out"),
        ];
        for (_, name, help) in clauses.into_iter().filter(|(is_there, ..)| *is_there) {
            self.fault(select, format!("`{name}` is not understood in a transform"), help);
        }
    }

    fn groups(&mut self, select: &Select) {
        let is_grouped = match &select.group_by {
            GroupByExpr::Expressions(by, with) => {
                if !with.is_empty() {
                    self.fault(select, "`with rollup` and the like are not understood in a transform", ROLLUP);
                }
                !by.is_empty()
            }
            GroupByExpr::All(_) => true,
        };
        let projection = Content::of(&select.projection);
        if is_grouped {
            if let Some(window) = projection.window {
                let message = "a window beside `group by` counts within each group";
                self.fault(&window, message, "group in a `with`, and use the window on its result");
            }
            return;
        }
        if let Some(having) = &select.having {
            let message = "`having` needs a `group by`";
            self.fault(having, message, "compute it in a `with`, and filter that by `where`");
        }
        let Some(aggregate) = projection.aggregate else { return };
        let all = select
            .projection
            .iter()
            .find(|item| matches!(item, SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..)));
        let message = "an aggregate beside columns needs a `group by`";
        if let Some(column) = projection.columns.first() {
            let by = Self::groupable(select).unwrap_or_else(|| column.value.clone());
            let help = format!("add `group by {by}`, or write `over ()` behind the aggregate to have it in each row");
            self.fault(&Expr::Identifier(column.clone()), message, help);
        } else if all.is_some() {
            self.fault(&aggregate, message, "write `over ()` behind the aggregate to have it in each row");
        }
    }

    /// What a select can be grouped by to give the columns that it names: its items without aggregates, by their names
    /// or, where they have none, as they are written. None where a column stands beside an aggregate in one item.
    fn groupable(select: &Select) -> Option<String> {
        let mut all: Vec<String> = Vec::new();
        let named = Content::of(&select.projection).columns;
        for item in &select.projection {
            let content = Content::of(item);
            if content.columns.is_empty() {
                continue;
            }
            if content.aggregate.is_some() {
                return None;
            }
            all.push(match item {
                SelectItem::ExprWithAlias { expr: Expr::Identifier(column), .. } => column.value.clone(),
                // A name that a column has too would mean the column.
                SelectItem::ExprWithAlias { alias, .. } if named.iter().all(|name| name.value != alias.value) => {
                    alias.value.clone()
                }
                SelectItem::ExprWithAlias { expr, .. } | SelectItem::UnnamedExpr(expr) => expr.to_string(),
                _ => return None,
            });
        }
        Some(all.join(", ")).filter(|by| !by.is_empty() && !by.contains('\n'))
    }

    pub(super) fn table(&mut self, factor: &TableFactor) {
        match factor {
            TableFactor::Table {
                alias,
                with_hints,
                version,
                with_ordinality,
                partitions,
                json_path,
                sample,
                index_hints,
                ..
            } => {
                if alias.as_ref().is_some_and(|alias| !alias.columns.is_empty()) {
                    let message = "names of columns behind the name of a table are not understood in a transform";
                    self.fault(factor, message, "rename them by `as` in a `with`");
                }
                let is_more = *with_ordinality
                    || !with_hints.is_empty()
                    || version.is_some()
                    || !partitions.is_empty()
                    || json_path.is_some()
                    || sample.is_some()
                    || !index_hints.is_empty();
                if is_more {
                    self.fault(factor, "a transform reads whole tables", "leave out what stands behind the name");
                }
            }
            TableFactor::Derived { lateral, subquery, sample, .. } => {
                if *lateral {
                    let message = "`lateral` is not understood in a transform";
                    self.fault(&**subquery, message, "group or number the rows in a `with`, and join that");
                } else if subquery.with.is_some() {
                    let message = "a `with` stands in front of the whole query";
                    self.fault(&**subquery, message, "move it there, and read it here by its name");
                } else if sample.is_some() {
                    self.fault(factor, "a transform reads whole tables", "leave out what stands behind the name");
                }
            }
            // Columns that both tables have would all be those of the first.
            TableFactor::NestedJoin { table_with_joins, alias: None } if !table_with_joins.joins.is_empty() => {
                let message = "tables that are joined in brackets cannot be told apart in a transform";
                self.fault(
                    &table_with_joins.relation,
                    message,
                    "leave out the brackets, or join under a `with` what stands in them",
                );
            }
            _ => {}
        }
    }
}

pub(super) const ROLLUP: &str = "write a query for each level, and join them by `union all`";

/// Whether each select has a column of this name, as far as its columns are written out.
fn gives_everywhere(body: &SetExpr, name: &Ident) -> bool {
    match body {
        SetExpr::SetOperation { left, right, .. } => gives_everywhere(left, name) && gives_everywhere(right, name),
        SetExpr::Select(select) => select.projection.iter().any(|item| match item {
            SelectItem::ExprWithAlias { alias, .. } => alias.value == name.value,
            SelectItem::UnnamedExpr(Expr::Identifier(column)) => column.value == name.value,
            SelectItem::UnnamedExpr(Expr::CompoundIdentifier(parts)) => {
                parts.last().is_some_and(|column| column.value == name.value)
            }
            SelectItem::UnnamedExpr(_) => false,
            _ => true,
        }),
        _ => true,
    }
}
