//! The columns of queries, found without running them: the compiler's view of the world outside.

use std::ops::Range;
use std::sync::Arc;

use appspec_lang::expr::{Expr, ExprKind, Skeleton};
use appspec_lang::source::Span;
use appspec_lang::spec::{Definitions, Name, Query, QueryKey, SchemaError, SchemaErrorKind, Schemas};
use appspec_lang::spec::{Source, Spec, Write};
use appspec_lang::sql::statement::Statement;
use appspec_lang::value::{Column, Scalar, Type};
use polars::prelude::{DataFrame, DataType, IntoLazy, LazyFrame, PlSmallStr, Series};

use crate::bind::{BoundQuery, quoted_name};
use crate::connection::Described;
use crate::data::Data;
use crate::dtype::{dtype_of, type_of};
use crate::error::{DataError, DataErrorKind};
use crate::job::FileJob;
use crate::{rows, transform};

/// What may stand for a value that is not known: the first that the source takes.
const STAND_INS: [&str; 5] = ["null", "1", "'a'", "true", "cast(0 as date)"];

/// What begins statements that make tables, or let others be seen.
const DEFINING: &[&str] = &["create", "alter", "drop", "attach", "detach", "pragma"];

type Columns = Arc<[Column]>;

impl Data {
    /// The columns of all queries of an app, and its connections. A query whose columns cannot be known, and are not wrong, is left out.
    pub async fn describe(&self, spec: &Spec) -> Schemas {
        let schemas = Schemas { connections: self.connections().known(), ..Schemas::default() };
        let mut known = Known { data: self, spec, schemas };
        known.describe_all("", &spec.shared).await;
        known.describe_writes("", &spec.shared).await;
        for page in &spec.pages {
            known.describe_all(&page.path, &page.definitions).await;
            known.describe_writes(&page.path, &page.definitions).await;
        }
        known.schemas
    }
}

/// What is known so far.
struct Known<'a> {
    data: &'a Data,
    spec: &'a Spec,
    schemas: Schemas,
}

/// What a table that a transform reads is known to be.
enum Input {
    Columns(Vec<Column>),
    Unknown,
    Failed,
    /// No query and no state: a name of the transform's own `with`, or one that the compiler reports.
    NoTable,
}

impl Known<'_> {
    /// Describes the queries of a page, each after those that it reads.
    async fn describe_all(&mut self, page: &str, definitions: &Definitions) {
        let mut pending: Vec<&Query> = definitions.queries.iter().collect();
        while !pending.is_empty() {
            let is_pending = |name: &String| pending.iter().any(|query| *query.name.value == **name);
            let next = pending.iter().position(|query| !inputs_of(query).iter().any(is_pending));
            // What is left needs itself, which the compiler reports.
            let Some(next) = next else { return };
            let query = pending.remove(next);
            if let Some(found) = self.columns_of(page, query).await.transpose() {
                self.schemas.queries.insert((page.to_owned(), Name::clone(&query.name.value)), found);
            }
        }
    }

    /// Has the databases that are files look at the writes of a page.
    async fn describe_writes(&mut self, page: &str, definitions: &Definitions) {
        for write in &definitions.writes {
            let named = self.spec.app.connection_of(write.connection.as_ref());
            let Some(connection) = named.filter(|name| self.data.connections().is_offline(&name.value)) else {
                continue;
            };
            if let Some(found) = self.result_of(&connection.value, write).await.transpose() {
                self.schemas.writes.insert((page.to_owned(), Name::clone(&write.name.value)), found);
            }
        }
    }

    /// What a write returns; none if its own statements change what there is to look at.
    async fn result_of(&self, connection: &str, write: &Write) -> Result<Option<Columns>, SchemaError> {
        let mut result = Columns::default();
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

    async fn columns_of(&self, page: &str, query: &Query) -> Result<Option<Columns>, SchemaError> {
        match &query.source {
            Source::Sql { connection, .. } => {
                let Some(connection) = self.spec.app.connection_of(connection.as_ref()) else { return Ok(None) };
                // A check asks no server: it is the same wherever it runs.
                if !self.data.connections().is_offline(&connection.value) {
                    return Ok(None);
                }
                self.columns_of_sql(&connection.value, query).await.map(Some)
            }
            Source::File { path, options } => {
                let job = FileJob { path: path.value.clone(), options: options.clone() };
                self.columns_of_file(job).await.map(Some)
            }
            // Nobody is asked for what a server would answer.
            Source::Http { .. } => Ok(None),
            Source::Transform { .. } => self.columns_of_transform(page, query).await,
            // What is wrong with these is reported where they run: nothing outside is asked.
            Source::Rows(cells) => Ok(rows::table_of(cells).ok().map(|table| table.columns())),
            source @ Source::Generate(_) => Ok(source.columns().map(Into::into)),
        }
    }

    async fn columns_of_file(&self, job: FileJob) -> Result<Columns, SchemaError> {
        let data = self.data.clone();
        let found = self.data.blocking(move || data.files().columns(&job)).await;
        found.map_err(|error| schema_error(&error, None))
    }

    /// The columns are those of the first way through the template; each way must be accepted.
    async fn columns_of_sql(&self, connection: &str, query: &Query) -> Result<Columns, SchemaError> {
        let mut columns: Option<Vec<Column>> = None;
        let Some(sql) = query.source.sql() else { return Ok(Arc::default()) };
        for skeleton in sql.skeletons(|expr, _| stand_in(expr, "null")) {
            let described = Described::Query(BoundQuery::plain(skeleton.text.as_str()));
            let found = self.data.connections().describe(connection, &described).await;
            let found = found.map_err(|error| at_its_word(&error, &skeleton))?;
            columns.get_or_insert(found);
        }
        Ok(columns.unwrap_or_default().into())
    }

    async fn columns_of_transform(&self, page: &str, query: &Query) -> Result<Option<Columns>, SchemaError> {
        let mut tables = Vec::new();
        for name in inputs_of(query) {
            match self.input(page, &name) {
                Input::Columns(columns) => tables.push((Name::from(name), columns)),
                Input::Unknown => return Ok(None),
                Input::Failed => return Err(upstream()),
                Input::NoTable => {}
            }
        }
        let query = query.clone();
        let found = self.data.blocking(move || Ok(columns_of_ways(&query, &tables))).await;
        match found {
            Ok(found) => found,
            // What appspec itself fails at is no mistake of the author's.
            Err(error) if error.kind == DataErrorKind::Internal => Ok(None),
            Err(error) => Err(schema_error(&error, None)),
        }
    }

    /// What a name in a transform is: a query of the page or of the app, or a table in state.
    fn input(&self, page: &str, name: &str) -> Input {
        let own = self.spec.pages.iter().find(|found| found.path == page).map(|found| &found.definitions);
        let places = own.map(|own| (page, own)).into_iter().chain([("", &self.spec.shared)]);
        for (place, definitions) in places {
            let Some(query) = definitions.queries.iter().find(|query| *query.name.value == *name) else { continue };
            let key: QueryKey = (place.to_owned(), Name::clone(&query.name.value));
            return match self.schemas.queries.get(&key) {
                Some(Ok(columns)) => Input::Columns(with_meanings(columns, query)),
                Some(Err(_)) => Input::Failed,
                None => Input::Unknown,
            };
        }
        let mut states = own.into_iter().chain([&self.spec.shared]).flat_map(|definitions| &definitions.state);
        if states.any(|key| *key.name.value == *name) { Input::Unknown } else { Input::NoTable }
    }
}

/// The columns of the first way through a template; each way must be accepted. Blocks.
fn columns_of_ways(query: &Query, tables: &[(Name, Vec<Column>)]) -> Result<Option<Columns>, SchemaError> {
    let Some(sql) = query.source.sql() else { return Ok(None) };
    let mut columns = None;
    for way in 0..sql.skeletons(|expr, _| stand_in(expr, "null")).len() {
        let found = columns_of_way(query, way, tables)?;
        columns.get_or_insert(found);
    }
    Ok(columns.flatten())
}

/// The columns of one way through a template, with the first stand-in for its values that Polars takes.
///
/// What Polars finds out only as it begins to compute is the author's mistake if it does not rest on the stand-in: if
/// there is none, or several end in the same.
fn columns_of_way(query: &Query, way: usize, tables: &[(Name, Vec<Column>)]) -> Result<Option<Columns>, SchemaError> {
    let Some(sql) = query.source.sql() else { return Ok(None) };
    let (mut planned, mut refusals, mut failures) = (None, Vec::new(), Vec::new());
    let mut has_values = false;
    for value in STAND_INS {
        let skeletons = sql.skeletons(|expr, _| {
            has_values = true;
            stand_in(expr, value)
        });
        let Some(skeleton) = skeletons.get(way) else { continue };
        let placed = |error: &DataError| at_its_word(error, skeleton);
        match planned_columns(&skeleton.text, tables) {
            Ok(Planned { columns, failure: None }) => return Ok(columns),
            Ok(Planned { columns, failure: Some(failure) }) => {
                planned.get_or_insert(columns);
                failures.push(placed(&failure));
            }
            Err(error) => refusals.push(placed(&error)),
        }
    }
    let Some(columns) = planned else { return refusals.into_iter().next().map_or(Ok(None), Err) };
    let is_certain = !has_values || failures.len() > 1;
    let mut failures = failures.into_iter();
    let first = failures.next().filter(|_| is_certain);
    first.filter(|first| failures.all(|other| other.message == first.message)).map_or(Ok(columns), Err)
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

/// The columns as the author says they are.
fn with_meanings(columns: &[Column], query: &Query) -> Vec<Column> {
    let declared = |name: &str| query.columns.iter().find(|meaning| *meaning.column.value == *name)?.ty.clone();
    let column = |column: &Column| Column {
        name: Name::clone(&column.name),
        ty: declared(&column.name).unwrap_or_else(|| column.ty.clone()),
    };
    columns.iter().map(column).collect()
}

/// What is written for an expression: a value, for `| contains` a pattern, or for `| identifier([…])` the first name that
/// it lets through.
fn stand_in(expr: &Expr, value: &str) -> String {
    let ExprKind::Filter { function, args, .. } = &expr.kind else { return value.to_owned() };
    if function.name == "contains" {
        return "'a%'".to_owned();
    }
    let names = args.first().filter(|_| function.name == "identifier").and_then(Expr::constant);
    let first = match &names {
        Some(Scalar::List(names)) => names.first().and_then(Scalar::as_text),
        _ => None,
    };
    first.map_or_else(|| value.to_owned(), quoted_name)
}

/// What is known of a query that was planned, and begun over empty tables.
struct Planned {
    columns: Option<Columns>,
    failure: Option<DataError>,
}

/// The columns of a query over tables of which only the columns are known.
///
/// Columns of unknown type are tried as several types: what comes out the same with all of them is known.
fn planned_columns(sql: &str, tables: &[(Name, Vec<Column>)]) -> Result<Planned, DataError> {
    let has_unknown = tables.iter().flat_map(|(_, columns)| columns).any(|column| dtype_of(&column.ty).is_none());
    if !has_unknown {
        let plan = plan_with(sql, tables, &DataType::Null)?;
        let columns = columns_of_plan(sql, &mut plan.clone())?;
        // Which types can be compared and added, Polars finds out only as it begins.
        let failure = transform::collect(plan, None, false).err().map(|error| transform::rejection(sql, &error));
        return Ok(Planned { columns: Some(columns.into()), failure });
    }
    let tried = [DataType::Null, DataType::Int64, DataType::String];
    let planned = |dtype| plan_with(sql, tables, dtype).and_then(|mut plan| columns_of_plan(sql, &mut plan)).ok();
    let mut found = tried.iter().filter_map(planned);
    let Some(mut columns) = found.next() else { return Ok(Planned { columns: None, failure: None }) };
    let others: Vec<Vec<Column>> = found.collect();
    for (at, column) in columns.iter_mut().enumerate() {
        let is_same = |other: &Vec<Column>| other.get(at) == Some(&*column);
        if others.is_empty() || !others.iter().all(is_same) {
            column.ty = Type::Any;
        }
    }
    Ok(Planned { columns: Some(columns.into()), failure: None })
}

fn plan_with(sql: &str, tables: &[(Name, Vec<Column>)], unknown: &DataType) -> Result<LazyFrame, DataError> {
    let frames = tables.iter().map(|(name, columns)| (Name::clone(name), empty_frame(columns, unknown)));
    transform::plan(sql, frames.collect())
}

fn columns_of_plan(sql: &str, plan: &mut LazyFrame) -> Result<Vec<Column>, DataError> {
    let schema = plan.collect_schema().map_err(|error| transform::rejection(sql, &error))?;
    Ok(schema.iter().map(|(name, dtype)| Column { name: name.as_str().into(), ty: type_of(dtype) }).collect())
}

fn empty_frame(columns: &[Column], unknown: &DataType) -> LazyFrame {
    let empty = columns.iter().map(|column| {
        let dtype = dtype_of(&column.ty).unwrap_or_else(|| unknown.clone());
        Series::new_empty(PlSmallStr::from_str(&column.name), &dtype).into()
    });
    DataFrame::new(0, empty.collect()).unwrap_or_default().lazy()
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
    SchemaError { message: error.message.to_string(), at, kind }
}

fn upstream() -> SchemaError {
    let message = "a query that this one reads has failed".to_owned();
    SchemaError { message, at: None, kind: SchemaErrorKind::Upstream }
}
