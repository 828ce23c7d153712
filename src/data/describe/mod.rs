//! The columns of queries, found without running them: the compiler's view of the world outside.

mod look;
mod plan;

pub use look::Seen;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use appspec_lang::expr::{Expr, ExprKind, Skeleton};
use appspec_lang::source::{Span, Spanned};
use appspec_lang::spec::{Definitions, Name, Page, Query, QueryKey, SchemaError, SchemaErrorKind, Schemas};
use appspec_lang::spec::{Source, Spec, Write};
use appspec_lang::sql::statement::Statement;
use appspec_lang::value::{Column, Columns};

use futures_util::{StreamExt as _, stream};

use crate::bind::{BoundQuery, quoted_name};
use crate::connection::Described;
use crate::data::Data;
use crate::error::{DataError, DataErrorKind};
use crate::job::FileJob;
use crate::lock::Lock;
use crate::{rows, transform};

/// How many files below `assets/` are looked at; nothing is said of one that is missing among more.
const MOST_ASSETS: usize = 20_000;

/// How many pages are described at one time, while others wait for a core or a connection.
const PAGES_AT_ONCE: usize = 8;

/// What begins statements that make tables, or let others be seen.
const DEFINING: &[&str] = &["create", "alter", "drop", "attach", "detach", "pragma"];

impl Data {
    /// The columns of all queries of an app, and its connections. A query whose columns cannot be known, and are not wrong, is left out.
    ///
    /// Asks no server: what is known of queries there stands in the lock, or was seen.
    pub async fn describe<'a>(&'a self, spec: &'a Spec, outside: &'a Outside<'a>) -> Schemas {
        let mut schemas = Schemas { connections: self.connections().known(), ..Schemas::default() };
        match outside {
            Outside { seen: Some(seen), .. } => seen.tell(&mut schemas),
            Outside { lock: Some(lock), .. } => lock.tell(spec, &mut schemas),
            Outside { .. } => {}
        }
        schemas.assets = self.assets().await;
        let shared = self.described(spec, outside, &schemas, ("", &spec.shared)).await;
        shared.tell(&mut schemas);
        let before = &schemas;
        let describe = |page: &'a Page| self.described(spec, outside, before, (&page.path, &page.definitions));
        let pages = stream::iter(&spec.pages).map(describe).buffered(PAGES_AT_ONCE);
        let pages: Vec<Found> = pages.collect().await;
        for found in pages {
            found.tell(&mut schemas);
        }
        if let Outside { seen: Some(_), lock: Some(lock) } = outside {
            lock.compare(spec, &mut schemas);
        }
        schemas
    }

    /// What becomes known of the queries and writes of a page, or without a path of those of the app.
    async fn described(
        &self,
        spec: &Spec,
        outside: &Outside<'_>,
        before: &Schemas,
        (path, definitions): (&str, &Definitions),
    ) -> Found {
        let mut known =
            Known { data: self, spec, outside: *outside, before, path, definitions, found: Found::default() };
        known.describe_queries().await;
        known.describe_writes().await;
        known.found
    }

    /// The paths of all files below `assets/`; none if they cannot be listed, or are too many to look at.
    async fn assets(&self) -> Option<Arc<BTreeSet<String>>> {
        let data = self.clone();
        let listed = self.blocking(move || Ok(data.files().below("assets"))).await.ok()?;
        (listed.len() <= MOST_ASSETS).then(|| Arc::new(listed))
    }
}

/// What is known of databases without asking them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Outside<'a> {
    /// What `schema.lock` says; where databases have been seen, it is held against that.
    pub lock: Option<&'a Lock>,
    pub seen: Option<&'a Seen>,
}

/// What was found of the queries and writes of a page.
#[derive(Debug, Default)]
struct Found {
    queries: BTreeMap<QueryKey, Result<Columns, SchemaError>>,
    writes: BTreeMap<QueryKey, Result<Columns, SchemaError>>,
}

impl Found {
    fn tell(self, schemas: &mut Schemas) {
        schemas.queries.extend(self.queries);
        schemas.writes.extend(self.writes);
    }
}

/// What is known so far.
struct Known<'a> {
    data: &'a Data,
    spec: &'a Spec,
    outside: Outside<'a>,
    /// What was known before this page.
    before: &'a Schemas,
    /// Of the page, or empty for what all pages share.
    path: &'a str,
    definitions: &'a Definitions,
    found: Found,
}

/// What a table that a transform reads is known to be.
enum Input {
    Columns(Columns),
    Failed,
    /// No query and no state: a name of the transform's own `with`, or one that the compiler reports.
    NoTable,
}

impl Known<'_> {
    fn key(&self, name: &Name) -> QueryKey {
        (self.path.to_owned(), name.clone())
    }

    /// Describes the queries of the page, each after those that it reads.
    async fn describe_queries(&mut self) {
        let with_inputs = |query| (query, inputs_of(query));
        let mut pending: Vec<(&Query, Vec<String>)> = self.definitions.queries.iter().map(with_inputs).collect();
        while !pending.is_empty() {
            let is_pending = |name: &String| pending.iter().any(|(query, _)| *query.name.value == **name);
            let next = pending.iter().position(|(_, inputs)| !inputs.iter().any(is_pending));
            // What is left needs itself, which the compiler reports.
            let Some(next) = next else { return };
            let (query, inputs) = pending.remove(next);
            if let Some(found) = self.columns_of(query, inputs).await.transpose() {
                self.found.queries.insert(self.key(&query.name.value), found);
            }
        }
    }

    /// Has the databases that are files look at the writes of the page.
    async fn describe_writes(&mut self) {
        for write in &self.definitions.writes {
            let named = self.spec.app.connection_of(write.connection.as_ref());
            let Some(connection) = named.filter(|name| self.data.connections().is_offline(&name.value)) else {
                continue;
            };
            if self.is_done_without(connection).await {
                continue;
            }
            if let Some(found) = self.result_of(&connection.value, write).await.transpose() {
                self.found.writes.insert(self.key(&write.name.value), found);
            }
        }
    }

    /// What a write returns; none if its own statements change what there is to look at.
    async fn result_of(&self, connection: &str, write: &Write) -> Result<Option<Columns>, SchemaError> {
        let mut result = Columns::from([]);
        for statement in &write.statements {
            let mut columns: Option<Vec<Column>> = None;
            for skeleton in statement.skeletons(|expr, _| stand_in(expr, "null")) {
                let verb = Statement::look_over(&skeleton.text).and_then(|found| found.verb);
                if verb.is_some_and(|(verb, _)| DEFINING.contains(&verb.as_str())) {
                    return Ok(None);
                }
                if skeleton.text.trim().is_empty() {
                    continue;
                }
                let described = Described::Statement(BoundQuery::plain(skeleton.text.as_str()));
                let found = self.data.connections().describe(connection, &described).await;
                let found = found.map_err(|error| at_its_word(&error, &skeleton))?;
                columns.get_or_insert(found);
            }
            if let Some(columns) = columns.filter(|columns| !columns.is_empty()) {
                result = columns.into();
            }
        }
        Ok(Some(result))
    }

    async fn columns_of(&self, query: &Query, inputs: Vec<String>) -> Result<Option<Columns>, SchemaError> {
        match &query.source {
            Source::Sql { connection, .. } => {
                let Some(connection) = self.spec.app.connection_of(connection.as_ref()) else { return Ok(None) };
                // A check asks no server: it is the same wherever it runs.
                if !self.data.connections().is_offline(&connection.value) {
                    return Ok(None);
                }
                match self.told_elsewhere(self.path, query) {
                    Some(told) if self.is_absent(connection).await => Ok(Some(told)),
                    _ => self.columns_of_sql(&connection.value, query).await.map(Some),
                }
            }
            Source::File { path, options } => {
                let job = FileJob { path: path.value.clone(), options: options.clone() };
                self.columns_of_file(job).await.map(Some)
            }
            // Nobody is asked for what a server would answer.
            Source::Http { .. } => Ok(None),
            Source::Transform { .. } => self.columns_of_transform(query, inputs).await,
            // What is wrong with these is reported where they run: nothing outside is asked.
            Source::Rows(cells) => Ok(rows::table_of(cells).ok().map(|table| table.columns().into())),
            source @ Source::Generate(_) => Ok(source.columns().map(Into::into)),
        }
    }

    /// What is known of a query in a database without its file: the columns in the lock, or those that its author
    /// declares, if each of them has a type.
    fn told_elsewhere(&self, page: &str, query: &Query) -> Option<Columns> {
        let Source::Sql { connection, sql } = &query.source else { return None };
        let connection = self.spec.app.connection_of(connection.as_ref())?;
        let key: QueryKey = (page.to_owned(), Name::clone(&query.name.value));
        let locked = self.outside.lock.and_then(|lock| lock.columns_of(&key, &connection.value, sql));
        if let Some(columns) = locked {
            return Some(Arc::clone(columns).into());
        }
        let is_declared = !query.columns.is_empty() && query.columns.iter().all(|column| column.ty.is_some());
        is_declared.then(|| query.columns_among(None)).flatten()
    }

    /// Whether a database is a file that is not there, which is wrong only where databases are asked: a check need not
    /// have the data.
    async fn is_absent(&self, connection: &Spanned<Name>) -> bool {
        self.outside.seen.is_none() && self.data.connections().is_absent(&connection.value).await
    }

    /// Whether a database file is not there, and nothing has to be learnt from it of any query.
    async fn is_done_without(&self, connection: &Spanned<Name>) -> bool {
        if !self.is_absent(connection).await {
            return false;
        }
        let pages = self.spec.pages.iter().map(|page| (page.path.as_str(), &page.definitions));
        let all = std::iter::once(("", &self.spec.shared)).chain(pages);
        let queries = all.flat_map(|(page, definitions)| definitions.queries.iter().map(move |query| (page, query)));
        let mut asking = queries.filter(|(_, query)| match &query.source {
            Source::Sql { connection: named, .. } => {
                self.spec.app.connection_of(named.as_ref()).is_some_and(|named| named.value == connection.value)
            }
            _ => false,
        });
        asking.clone().next().is_some() && asking.all(|(page, query)| self.told_elsewhere(page, query).is_some())
    }

    async fn columns_of_file(&self, job: FileJob) -> Result<Columns, SchemaError> {
        let data = self.data.clone();
        let columns = move || {
            let files = data.files();
            Ok(files.columns(&job).map_err(|error| (error, files.nearest(&job.path))))
        };
        let found = self.data.blocking(columns).await.unwrap_or_else(|error| Err((error, None)));
        found.map(Columns::from).map_err(|(error, near)| {
            let help = near.map(|near| format!("did you mean `{near}`?"));
            SchemaError { help, ..schema_error(&error, None) }
        })
    }

    /// The columns are those of the first way through the template; each way must be accepted.
    async fn columns_of_sql(&self, connection: &str, query: &Query) -> Result<Columns, SchemaError> {
        let mut columns: Option<Vec<Column>> = None;
        let Some(sql) = query.source.sql() else { return Ok(Columns::from([])) };
        for skeleton in sql.skeletons(|expr, _| stand_in(expr, "null")) {
            let described = Described::Query(BoundQuery::plain(skeleton.text.as_str()));
            let found = self.data.connections().describe(connection, &described).await;
            let found = found.map_err(|error| at_its_word(&error, &skeleton))?;
            columns.get_or_insert(found);
        }
        Ok(columns.unwrap_or_default().into())
    }

    async fn columns_of_transform(&self, query: &Query, inputs: Vec<String>) -> Result<Option<Columns>, SchemaError> {
        let mut tables = Vec::new();
        for name in inputs {
            match self.input(&name) {
                Input::Columns(columns) => tables.push((Name::from(name), columns)),
                Input::Failed => return Err(upstream()),
                Input::NoTable => {}
            }
        }
        let query = query.clone();
        let found = self.data.blocking(move || Ok(plan::columns_of_ways(&query, &tables))).await;
        match found {
            Ok(found) => found,
            // What appspec itself fails at is no mistake of the author's.
            Err(error) if error.kind == DataErrorKind::Internal => Ok(None),
            Err(error) => Err(schema_error(&error, None)),
        }
    }

    /// What a name in a transform is: a query of the page or of the app, or a table in state.
    fn input(&self, name: &str) -> Input {
        for (place, definitions) in [(self.path, self.definitions), ("", &self.spec.shared)] {
            let Some(query) = definitions.queries.iter().find(|query| *query.name.value == *name) else { continue };
            let key: QueryKey = (place.to_owned(), Name::clone(&query.name.value));
            return match self.found.queries.get(&key).or_else(|| self.before.queries.get(&key)) {
                Some(Ok(columns)) => Input::Columns(query.columns_among(Some(columns)).unwrap_or_else(unknown)),
                Some(Err(_)) => Input::Failed,
                None => Input::Columns(query.columns_among(None).unwrap_or_else(unknown)),
            };
        }
        let mut states = [self.definitions, &self.spec.shared].into_iter().flat_map(|definitions| &definitions.state);
        if states.any(|key| *key.name.value == *name) { Input::Columns(unknown()) } else { Input::NoTable }
    }
}

/// The relations that a transform names, but for those of its own `with`, as far as it can be read.
fn inputs_of(query: &Query) -> Vec<String> {
    let Source::Transform { sql } = &query.source else { return Vec::new() };
    let mut inputs = Vec::new();
    for skeleton in sql.skeletons(|expr, _| stand_in(expr, "null")) {
        inputs.extend(transform::relations(&skeleton.text).unwrap_or_default());
    }
    inputs.sort();
    inputs.dedup();
    inputs
}

/// A table of which nothing is known.
fn unknown() -> Columns {
    Columns::open([])
}

/// What is written for an expression: a value, for `| contains` a pattern, or for `| identifier([…])` the first name that
/// it lets through.
fn stand_in(expr: &Expr, value: &str) -> String {
    if matches!(expr.kind, ExprKind::Filter { function, .. } if function.name == "contains") {
        return "'a%'".to_owned();
    }
    expr.first_identifier().map_or_else(|| value.to_owned(), |name| quoted_name(&name))
}

/// An error at the word of the template that is to blame.
fn at_its_word(error: &DataError, skeleton: &Skeleton) -> SchemaError {
    let at = error.at.and_then(|at| skeleton.span_of(word_at(&skeleton.text, at)));
    schema_error(error, at)
}

/// The word that begins at a byte.
fn word_at(text: &str, at: usize) -> Range<usize> {
    let rest = text.get(at..).unwrap_or_default();
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    let first = rest.chars().next().map_or(0, char::len_utf8);
    at..at + end.max(first)
}

fn schema_error(error: &DataError, at: Option<Span>) -> SchemaError {
    let kind = match error.kind {
        DataErrorKind::File | DataErrorKind::Unreachable => SchemaErrorKind::File,
        // A table that is not there is a name that is not: the compiler has reported it.
        _ if transform::is_missing_table(&error.message) => SchemaErrorKind::Upstream,
        _ => SchemaErrorKind::Sql,
    };
    SchemaError { message: error.message.to_string(), help: None, fix: None, at, kind }
}

fn upstream() -> SchemaError {
    let message = "a query that this one reads has failed".to_owned();
    SchemaError { message, help: None, fix: None, at: None, kind: SchemaErrorKind::Upstream }
}
