//! Queries: their SQL resolved, what transforms read, and the columns that each returns.

mod transform;
mod column;
mod clock;

use std::collections::BTreeMap;

use super::connection::{Connections, report_http};
use super::names::{Names, Reader};
use super::program::{Every, Query, Ref, Source};
use super::sql;
use crate::diagnostic::{Diagnostics, code};
use crate::expr::Template;
use crate::source::Spanned;
use crate::spec::{self, ConnectionKind, Name, Outdated, SchemaError, SchemaErrorKind, Schemas};
use crate::value::Columns;

/// Resolves the queries of the app and of the page, in the order of their ids.
pub(super) fn check(
    spec: &spec::Spec,
    page: &spec::Page,
    (names, schemas): (&Names<'_>, &Schemas),
    diagnostics: &mut Diagnostics,
) -> Vec<Query> {
    let shared = spec.shared.queries.iter().map(|query| (query, Reader::APP));
    let own = page.definitions.queries.iter().map(|query| (query, Reader::PAGE));
    let all: Vec<(&spec::Query, Reader)> = shared.chain(own).collect();
    let connections = Connections::new(spec, names, schemas);
    let mut checker = Checker { spec, page, names, schemas, connections, columns: BTreeMap::new() };
    for (query, reader) in &all {
        let columns = checker.known_columns(query, *reader);
        checker.columns.insert((query.name.value.clone(), reader.is_app), columns);
    }
    let mut queries: Vec<Query> =
        all.iter().map(|(query, reader)| checker.query(query, *reader, diagnostics)).collect();
    column::inherit_meanings(&mut queries);
    queries
}

struct Checker<'a> {
    spec: &'a spec::Spec,
    page: &'a spec::Page,
    names: &'a Names<'a>,
    schemas: &'a Schemas,
    connections: Connections<'a>,
    /// By name, and whether it is one of the app's.
    columns: BTreeMap<(Name, bool), Option<Columns>>,
}

impl Checker<'_> {
    fn key(&self, query: &spec::Query, reader: Reader) -> spec::QueryKey {
        let page = if reader.is_app { String::new() } else { self.page.path.clone() };
        (page, query.name.value.clone())
    }

    fn query(&self, query: &spec::Query, reader: Reader, diagnostics: &mut Diagnostics) -> Query {
        let reported = diagnostics.len();
        let source = self.source(query, reader, diagnostics);
        let key = self.key(query, reader);
        let columns = self.columns.get(&(query.name.value.clone(), reader.is_app)).cloned().flatten();
        let is_reachable = match &source {
            Source::Sql { connection, .. } | Source::Http { connection, .. } => self.has_connection(connection),
            _ => true,
        };
        let is_sound = diagnostics.len() == reported && is_reachable;
        match self.schemas.queries.get(&key) {
            Some(Err(error)) if is_sound || error.kind == SchemaErrorKind::Unreadable => {
                report_schema_error(query, error, diagnostics);
            }
            Some(Ok(outside)) if is_sound => {
                column::check_meanings(query, columns.as_ref(), diagnostics);
                column::check_types(query, outside, diagnostics);
            }
            None if is_sound => column::check_meanings(query, columns.as_ref(), diagnostics),
            _ => {}
        }
        if let Some(outdated) = self.schemas.outdated.get(&key).filter(|_| is_sound) {
            report_outdated(query, outdated, diagnostics);
        }
        let cache = query.cache.or(self.spec.app.cache);
        let is_cached = cache.is_some_and(|cache| cache.is_on());
        if let Some(sql) = source.template().filter(|_| is_cached) {
            clock::check(sql, diagnostics);
        }
        let every = match (&query.every, &source) {
            (Some(every), _) => Every::Own(self.template(every, reader, diagnostics)),
            (None, Source::Transform { .. } | Source::Rows(_)) => Every::Never,
            (None, Source::Generate(generate)) if generate.seed.is_some() => Every::Never,
            (None, _) => Every::AsPage,
        };
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
            every,
            span: query.name.span,
        }
    }

    fn has_connection(&self, name: &str) -> bool {
        self.connections.known.contains_key(name)
    }

    fn source(&self, query: &spec::Query, reader: Reader, diagnostics: &mut Diagnostics) -> Source {
        match &query.source {
            spec::Source::Sql { connection, sql } => Source::Sql {
                connection: self.connection(query, connection.as_ref(), diagnostics),
                sql: self.template(sql, reader, diagnostics),
            },
            spec::Source::Http { connection, get, format, path, options } => Source::Http {
                connection: self.connection(query, connection.as_ref(), diagnostics),
                get: self.template(get, reader, diagnostics),
                format: *format,
                path: path.clone(),
                options: options.clone(),
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

    fn connection(&self, query: &spec::Query, named: Option<&Spanned<Name>>, diagnostics: &mut Diagnostics) -> Name {
        let help = || match self.connections.known.keys().next() {
            Some(first) => format!("add `connection: {first}` to it, or to `app.yaml` for all queries"),
            None => "declare one under `connections` in `app.yaml`, and name it as `connection`".to_owned(),
        };
        let found = self.connections.resolve(("query", &query.name), named, help, diagnostics);
        let Some((named, known)) = found else { return Name::from("") };
        match (known.map(|known| known.kind == ConnectionKind::Http), &query.source) {
            (Some(true), spec::Source::Sql { .. }) => report_http(&named.value, named.span, diagnostics),
            (Some(false), spec::Source::Http { .. }) => {
                let message = format!("the connection `{}` takes SQL, and no `get`", named.value);
                let diagnostic = diagnostics.report(&code::VALUE, named.span, message);
                diagnostic.help("`get` asks a connection of type `http`");
            }
            _ => {}
        }
        named.value.clone()
    }
}

fn report_outdated(query: &spec::Query, outdated: &Outdated, diagnostics: &mut Diagnostics) {
    let name = &query.name.value;
    let message = match outdated {
        Outdated::Edited => format!("the query `{name}` is another than the one in `schema.lock`"),
        Outdated::Missing => format!("`schema.lock` does not know the query `{name}`"),
        Outdated::Differs(_) => format!("`schema.lock` says otherwise of the query `{name}` than its database"),
    };
    let diagnostic = diagnostics.report(&code::OUTDATED_LOCK, query.name.span, message);
    if let Outdated::Differs(differences) = outdated {
        diagnostic.here(differences.join(", "));
    } else {
        diagnostic.here("so its columns are not known");
    }
    diagnostic.help("run `appspec check DIR --connect --lock`");
}

fn report_schema_error(query: &spec::Query, error: &SchemaError, diagnostics: &mut Diagnostics) {
    match (error.kind, &query.source) {
        (SchemaErrorKind::Upstream, _) => {}
        // It may be missing: then it is an empty table with a notice.
        (SchemaErrorKind::File, _) if query.optional => {}
        (SchemaErrorKind::File, spec::Source::File { path, .. }) => {
            diagnostics.report(&code::FILE, path.span, error.message.clone()).help.extend(error.help.clone());
        }
        (SchemaErrorKind::File, _) => {
            diagnostics.report(&code::FILE, query.name.span, error.message.clone());
        }
        (SchemaErrorKind::Sql | SchemaErrorKind::Unreadable, source) => {
            sql::report(error.clone(), source.sql().map_or(query.name.span, |sql| sql.span), diagnostics);
        }
    }
}
