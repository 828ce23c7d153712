//! What transforms read: tables and columns, found in their SQL.

use super::Checker;
use crate::check::columns::Table;
use crate::check::names::Reader;
use crate::check::program::{Ref, TableRef};
use crate::check::sql::{in_words_of_source, report, unjoined};
use crate::diagnostic::{Diagnostics, code, suggest};
use crate::expr::{ExprKind, Part, Skeleton, Template};
use crate::source::Span;
use crate::spec::Name;
use crate::sql;
use crate::value::Columns;

impl Checker<'_> {
    /// What a transform reads, by name.
    pub(super) fn tables(
        &self,
        sql: &Template,
        reader: Reader,
        diagnostics: &mut Diagnostics,
    ) -> Vec<(Name, TableRef)> {
        let mut tables: Vec<(Name, TableRef)> = Vec::new();
        let mut chosen: Vec<Span> = Vec::new();
        let skeletons = sql.skeletons(|expr, index| match expr.first_identifier() {
            Some(name) => {
                chosen.push(expr.span);
                format!("\"{name}\"")
            }
            None => format!("?{}", index + 1),
        });
        for skeleton in &skeletons {
            let place = |range| skeleton.span_of(range).unwrap_or(sql.span);
            let reading = match sql::read(&skeleton.text) {
                Ok(reading) => reading,
                Err(fault) => {
                    let fault = unjoined(fault, skeleton, |sql| sql::read(sql).is_ok());
                    report(in_words_of_source(fault, skeleton), sql.span, diagnostics);
                    return tables;
                }
            };
            for fault in sql::faults(&reading) {
                report(in_words_of_source(fault, skeleton), sql.span, diagnostics);
            }
            for fault in sql::unknown_tables(&reading, &|name| self.table_columns(name, reader)) {
                report(in_words_of_source(fault, skeleton), sql.span, diagnostics);
            }
            for fault in sql::null_comparisons(&reading) {
                let fault = in_words_of_source(fault, skeleton);
                let span = fault.at.unwrap_or(sql.span);
                diagnostics.report(&code::SUSPICIOUS, span, fault.message).help.extend(fault.help);
            }
            for table in &reading.tables {
                let span = place(table.at.clone());
                if chosen.contains(&span) {
                    diagnostics
                        .report(&code::SQL, span, "the tables of a transform are written out, not chosen")
                        .help("what a query depends on must be known before it runs");
                    continue;
                }
                let Some(found) = self.table(&table.name, span, reader, diagnostics) else { continue };
                self.names.note(span, found);
                if tables.iter().all(|(name, _)| **name != *table.name) {
                    tables.push((table.name.as_str().into(), found));
                }
            }
            for qualifier in &reading.qualifiers {
                if let Some((_, found)) = tables.iter().find(|(name, _)| **name == *qualifier.name) {
                    self.names.note(place(qualifier.at.clone()), *found);
                }
            }
            self.check_columns(&reading, skeleton, reader, diagnostics);
            if chosen.is_empty() || reading.tables.iter().all(|table| !chosen.contains(&place(table.at.clone()))) {
                self.check_identifiers(sql, &reading, reader, diagnostics);
            }
        }
        tables
    }

    fn table(&self, name: &str, span: Span, reader: Reader, diagnostics: &mut Diagnostics) -> Option<TableRef> {
        match self.names.table(name, reader) {
            Some(Ref::Query(id)) => return Some(TableRef::Query(id)),
            Some(Ref::State(id)) => return Some(TableRef::State(id)),
            _ if self.names.is_broken(name) => return None,
            _ => {}
        }
        let diagnostic = diagnostics.report(&code::UNKNOWN_NAME, span, format!("no query `{name}`"));
        diagnostic.here("not declared");
        match suggest::nearest(name, self.names.tables(reader)) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None if self.names.find_key(name).is_some() => diagnostic
                .help(format!("`{name}` is a state key that holds no table: bind its value, `{{{{ state.{name} }}}}`")),
            None => diagnostic.help("a transform reads queries and table state of this app; `sql` reads a database"),
        };
        None
    }

    fn check_columns(
        &self,
        reading: &sql::Reading,
        skeleton: &Skeleton,
        reader: Reader,
        diagnostics: &mut Diagnostics,
    ) {
        let columns = |name: &str| self.table_columns(name, reader);
        for missing in sql::missing_columns(reading, &columns) {
            let Some(span) = skeleton.span_of(missing.at) else { continue };
            let known = missing.table.as_deref().and_then(|table| Some((table, self.table_columns(table, reader)?)));
            let Some((table, columns)) = known else {
                let message = format!("none of the tables that are read has a column `{}`", missing.name);
                let all: Vec<Columns> =
                    reading.tables.iter().filter_map(|table| self.table_columns(&table.name, reader)).collect();
                let names = all.iter().flat_map(|columns| columns.iter()).map(|column| &*column.name);
                diagnostics.report(&code::UNKNOWN_COLUMN, span, message).nearest(&missing.name, names);
                continue;
            };
            let declared = self.names.queries.iter().find(|query| &*query.name == table).map(|query| query.span);
            let table = Table { called: format!("query `{table}`"), columns: &columns, declared };
            table.report(&missing.name, span, diagnostics);
        }
    }

    /// What `identifier` lets through must be a column of what is read, or named by the SQL itself.
    fn check_identifiers(&self, sql: &Template, reading: &sql::Reading, reader: Reader, diagnostics: &mut Diagnostics) {
        let tables = reading.tables.iter().map(|table| self.table_columns(&table.name, reader));
        let Some(known) = tables.collect::<Option<Vec<_>>>().filter(|known| !known.is_empty()) else { return };
        if known.iter().any(Columns::is_open) {
            return;
        }
        let columns = || known.iter().flat_map(|columns| columns.iter()).map(|column| &*column.name);
        let text: String = sql.parts.iter().filter_map(written).collect();
        let is_named = |name: &str| {
            let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
            columns().any(|column| column == name) || words.into_iter().any(|word| word == name)
        };
        sql.for_each_emit(&mut |expr| {
            let ExprKind::Filter { function, args, .. } = &expr.kind else { return };
            let Some(ExprKind::List(names)) = args.first().map(|list| &list.kind) else { return };
            for name in names.iter().filter(|_| function.name == "identifier") {
                let Some(written) = name.constant() else { continue };
                let Some(written) = written.as_text().filter(|written| !is_named(written)) else { continue };
                let message = format!("none of the tables that are read has a column `{written}`");
                diagnostics.report(&code::UNKNOWN_COLUMN, name.span, message).nearest(written, columns());
            }
        });
    }

    /// The columns of the query that a transform reads under this name.
    fn table_columns(&self, name: &str, reader: Reader) -> Option<Columns> {
        let Ref::Query(id) = self.names.table(name, reader)? else { return self.names.columns_of_key(name) };
        let named = self.names.queries.get(id.index())?;
        self.columns.get(&(named.name.clone(), named.shared)).cloned().flatten()
    }
}

/// The SQL of a part, with what is said under conditions.
fn written(part: &Part) -> Option<String> {
    match part {
        Part::Text(text) => Some(format!("{} ", text.text)),
        Part::If { then, otherwise, .. } => Some(then.iter().chain(otherwise).filter_map(written).collect()),
        Part::For { body, .. } | Part::Optional(body) => Some(body.iter().filter_map(written).collect()),
        Part::Emit(..) | Part::Set { .. } => None,
    }
}
