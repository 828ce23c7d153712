//! Queries: their SQL resolved, what transforms read, and the columns that each returns.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::clock;
use super::columns::Table;
use super::names::{Names, Reader};
use super::program::{Query, QueryId, Ref, Source, TableRef};
use super::sql;
use crate::diagnostic::{Diagnostics, code, suggest};
use crate::expr::{Expr, ExprKind, Skeleton, Template};
use crate::source::{Span, Spanned};
use crate::spec::{self, ColumnMeaning, Generate, Generator, Name, SchemaError, SchemaErrorKind, Schemas};
use crate::value::{Column, Scalar, Type};

/// Resolves the queries of the app and of the page, in the order of their ids.
pub(super) fn check(
    spec: &spec::Spec,
    page: &spec::Page,
    (names, schemas): (&Names, &Schemas),
    diagnostics: &mut Diagnostics,
) -> Vec<Query> {
    let shared = spec.shared.queries.iter().map(|query| (query, Reader::App));
    let own = page.definitions.queries.iter().map(|query| (query, Reader::Page));
    let all: Vec<(&spec::Query, Reader)> = shared.chain(own).collect();
    let mut checker = Checker { spec, page, names, schemas, columns: BTreeMap::new() };
    for (query, reader) in &all {
        let columns = checker.known_columns(query, *reader);
        checker.columns.insert((query.name.value.clone(), *reader == Reader::App), columns);
    }
    let mut queries: Vec<Query> =
        all.iter().map(|(query, reader)| checker.query(query, *reader, diagnostics)).collect();
    inherit_meanings(&mut queries);
    queries
}

struct Checker<'a> {
    spec: &'a spec::Spec,
    page: &'a spec::Page,
    names: &'a Names,
    schemas: &'a Schemas,
    /// By name, and whether it is one of the app's.
    columns: BTreeMap<(Name, bool), Option<Arc<[Column]>>>,
}

impl Checker<'_> {
    fn key(&self, query: &spec::Query, reader: Reader) -> spec::QueryKey {
        let page = if reader == Reader::App { String::new() } else { self.page.path.clone() };
        (page, query.name.value.clone())
    }

    fn query(&self, query: &spec::Query, reader: Reader, diagnostics: &mut Diagnostics) -> Query {
        let reported = diagnostics.len();
        let source = self.source(query, reader, diagnostics);
        let key = self.key(query, reader);
        let columns = self.columns.get(&(query.name.value.clone(), reader == Reader::App)).cloned().flatten();
        if diagnostics.len() == reported {
            match self.schemas.queries.get(&key) {
                Some(Err(error)) => report_schema_error(query, error, diagnostics),
                _ => check_meanings(query, columns.as_deref(), diagnostics),
            }
        }
        let cache = query.cache.or(self.spec.app.cache);
        let is_cached = cache.is_some_and(|cache| cache.ttl.is_none_or(|ttl| !ttl.is_zero()));
        if let Some(sql) = source.template().filter(|_| is_cached) {
            clock::check(sql, diagnostics);
        }
        Query {
            name: query.name.value.clone(),
            key,
            source,
            columns,
            meanings: query.columns.clone(),
            cache,
            timeout: query.timeout,
            max_rows: query.max_rows,
            optional: query.optional,
            span: query.name.span,
        }
    }

    fn source(&self, query: &spec::Query, reader: Reader, diagnostics: &mut Diagnostics) -> Source {
        match &query.source {
            spec::Source::Sql { connection, sql } => Source::Sql {
                connection: self.connection(query, connection.as_ref(), diagnostics),
                sql: self.template(sql, reader, diagnostics),
            },
            spec::Source::File { path, options } => Source::File { path: path.value.clone(), options: options.clone() },
            spec::Source::Transform { sql } => {
                let tables = self.tables(sql, reader, diagnostics);
                Source::Transform { sql: self.template(sql, reader, diagnostics), tables }
            }
            spec::Source::Rows(rows) => Source::Rows(rows.clone()),
            spec::Source::Generate(generate) => Source::Generate(generate.clone()),
        }
    }

    fn template(&self, sql: &Template, reader: Reader, diagnostics: &mut Diagnostics) -> Template<Ref> {
        let resolved = self.names.template(sql, reader, diagnostics);
        resolved.unwrap_or_else(|| Template { parts: Vec::new(), span: sql.span })
    }

    /// The connection that is named, else the app's default.
    fn connection(&self, query: &spec::Query, named: Option<&Spanned<Name>>, diagnostics: &mut Diagnostics) -> Name {
        let known = || self.spec.connections.iter().map(|connection| &*connection.name.value);
        let Some(named) = named.or(self.spec.app.connection.as_ref()) else {
            let message = format!("the query `{}` names no connection", query.name.value);
            let diagnostic = diagnostics.report(&code::MISSING_KEY, query.name.span, message);
            match known().next() {
                Some(first) => {
                    diagnostic.help(format!("add `connection: {first}` to it, or to `app.yaml` for all queries"))
                }
                None => diagnostic.help("declare one under `connections` in `app.yaml`, and name it as `connection`"),
            };
            return Name::from("");
        };
        if known().all(|name| name != &*named.value) && !self.names.is_broken(&named.value) {
            let message = format!("no connection `{}`", named.value);
            let diagnostic = diagnostics.report(&code::UNKNOWN_NAME, named.span, message);
            diagnostic.here("not declared").nearest(&named.value, known());
            diagnostic.help("connections are declared under `connections` in `app.yaml`");
        }
        named.value.clone()
    }

    /// What a transform reads, by name.
    fn tables(&self, sql: &Template, reader: Reader, diagnostics: &mut Diagnostics) -> Vec<(Name, TableRef)> {
        let mut tables: Vec<(Name, TableRef)> = Vec::new();
        let mut chosen: Vec<Span> = Vec::new();
        let skeletons = sql.skeletons(|expr, _| match identifier(expr) {
            Some(name) => {
                chosen.push(expr.span);
                format!("\"{name}\"")
            }
            None => "?".to_owned(),
        });
        for skeleton in &skeletons {
            let place = |range| skeleton.span_of(range).unwrap_or(sql.span);
            let reading = match sql::read(&skeleton.text) {
                Ok(reading) => reading,
                Err(fault) => {
                    let diagnostic = diagnostics.report(&code::SQL, place(fault.at), fault.message);
                    fault.help.into_iter().for_each(|help| {
                        diagnostic.help(help);
                    });
                    return tables;
                }
            };
            for table in &reading.tables {
                let span = place(table.at.clone());
                if chosen.contains(&span) {
                    diagnostics
                        .report(&code::SQL, span, "the tables of a transform are written out, not chosen")
                        .help("what a query depends on must be known before it runs");
                    continue;
                }
                let Some(found) = self.table(&table.name, span, reader, diagnostics) else { continue };
                if tables.iter().all(|(name, _)| **name != *table.name) {
                    tables.push((table.name.as_str().into(), found));
                }
            }
            self.check_columns(&reading, skeleton, reader, diagnostics);
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
                let all: Vec<Arc<[Column]>> =
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

    /// The columns of the query that a transform reads under this name.
    fn table_columns(&self, name: &str, reader: Reader) -> Option<Arc<[Column]>> {
        let Some(Ref::Query(id)) = self.names.table(name, reader) else { return None };
        let named = self.names.queries.get(id.index())?;
        self.columns.get(&(named.name.clone(), named.shared)).cloned().flatten()
    }

    /// The columns of a query as far as they can be told without resolving it.
    fn known_columns(&self, query: &spec::Query, reader: Reader) -> Option<Arc<[Column]>> {
        let mut columns: Vec<Column> = match (self.schemas.queries.get(&self.key(query, reader)), &query.source) {
            (Some(Ok(columns)), _) => columns.to_vec(),
            (Some(Err(_)), _) => return None,
            (None, spec::Source::Rows(rows)) => columns_of_rows(rows),
            (None, spec::Source::Generate(generate)) => columns_of_generate(generate),
            (None, _) => return None,
        };
        for meaning in &query.columns {
            if let Some((column, ty)) =
                columns.iter_mut().find(|column| column.name == meaning.column.value).zip(meaning.ty.clone())
            {
                column.ty = if column.ty.is_nullable() { ty.nullable() } else { ty };
            }
        }
        Some(columns.into())
    }
}

/// The first name that `| identifier([…])` lets through, if this is such an expression.
fn identifier(expr: &Expr) -> Option<String> {
    let ExprKind::Filter { function, args, .. } = &expr.kind else { return None };
    let names = args.first().filter(|_| function.name == "identifier")?.constant()?;
    match names {
        Scalar::List(names) => names.first().and_then(Scalar::as_text).map(str::to_owned),
        _ => None,
    }
}

fn columns_of_rows(rows: &[Vec<(Name, Scalar)>]) -> Vec<Column> {
    let mut columns: Vec<(Name, Option<Type>, usize)> = Vec::new();
    for row in rows {
        for (name, value) in row {
            let ty = value.ty();
            match columns.iter_mut().find(|(known, _, _)| known == name) {
                Some((_, joined, count)) => {
                    *joined = Some(joined.as_ref().map_or(ty.clone(), |joined| joined.join(&ty)));
                    *count += 1;
                }
                None => columns.push((name.clone(), Some(ty), 1)),
            }
        }
    }
    let column = |(name, ty, count): (Name, Option<Type>, usize)| {
        let ty = ty.unwrap_or(Type::Any);
        Column { name, ty: if count < rows.len() { ty.nullable() } else { ty } }
    };
    columns.into_iter().map(column).collect()
}

fn columns_of_generate(generate: &Generate) -> Vec<Column> {
    let column = |(name, generator): &(Name, Generator)| {
        let ty = match generator {
            Generator::Normal(..) | Generator::Uniform(..) => Type::Float,
            Generator::Int(..) | Generator::Sequence(..) => Type::Int,
            Generator::Choice(values) => values.iter().map(Scalar::ty).reduce(|a, b| a.join(&b)).unwrap_or(Type::Any),
        };
        Column { name: name.clone(), ty }
    };
    generate.columns.iter().map(column).collect()
}

fn report_schema_error(query: &spec::Query, error: &SchemaError, diagnostics: &mut Diagnostics) {
    match (error.kind, &query.source) {
        (SchemaErrorKind::Upstream, _) => {}
        (SchemaErrorKind::File, spec::Source::File { path, .. }) => {
            diagnostics.report(&code::FILE, path.span, error.message.clone());
        }
        (SchemaErrorKind::File, _) => {
            diagnostics.report(&code::FILE, query.name.span, error.message.clone());
        }
        (SchemaErrorKind::Sql, source) => {
            let span = error.at.or(source.sql().map(|sql| sql.span)).unwrap_or(query.name.span);
            diagnostics.report(&code::SQL, span, error.message.clone());
        }
    }
}

/// A meaning can only be given to a column that is there.
fn check_meanings(query: &spec::Query, columns: Option<&[Column]>, diagnostics: &mut Diagnostics) {
    let Some(columns) = columns else { return };
    let table = Table { called: format!("query `{}`", query.name.value), columns, declared: Some(query.name.span) };
    for meaning in &query.columns {
        table.named(&meaning.column, diagnostics);
    }
}

/// A transform's columns mean what they mean in the queries that it reads, unless it says otherwise.
fn inherit_meanings(queries: &mut [Query]) {
    // Each pass carries meanings one transform further.
    for _ in 0..queries.len() {
        let mut changed = false;
        for index in 0..queries.len() {
            for meaning in inherited(queries, QueryId::at(index)) {
                if let Some(query) = queries.get_mut(index) {
                    query.meanings.push(meaning);
                    changed = true;
                }
            }
        }
        if !changed {
            return;
        }
    }
}

fn inherited(queries: &[Query], id: QueryId) -> Vec<ColumnMeaning> {
    let Some(query) = queries.get(id.index()) else { return Vec::new() };
    let Source::Transform { tables, .. } = &query.source else { return Vec::new() };
    let mut found: Vec<ColumnMeaning> = Vec::new();
    for (_, table) in tables {
        let TableRef::Query(source) = table else { continue };
        for meaning in queries.get(source.index()).into_iter().flat_map(|source| &source.meanings) {
            let name = &meaning.column.value;
            let has = |meanings: &[ColumnMeaning]| meanings.iter().any(|known| known.column.value == *name);
            let returns =
                query.columns.as_ref().is_none_or(|columns| columns.iter().any(|column| column.name == *name));
            if returns && !has(&query.meanings) && !has(&found) {
                // The type is that of the other column: what this one's is, its own query tells.
                found.push(ColumnMeaning { ty: None, ..meaning.clone() });
            }
        }
    }
    found
}
