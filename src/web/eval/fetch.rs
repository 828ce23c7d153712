//! Runs the queries of a page: from the values of its inputs to a job, and from the job to a table.

use std::sync::Arc;
use std::time::Instant;

use appspec_data::{Cached, FileJob, Found, HttpJob, Input, Job, Policy, Table, Value, Whole, encoded};
use appspec_lang::check::program::{self, Page, Query, QueryId, Source, TableRef, Take};
use appspec_lang::graph::{Graph, NodeId, NodeKind};
use appspec_lang::spec::{Cache, CacheScope, QueryKey};
use appspec_lang::value::{Fingerprint, Hasher};

use super::compute::Missing;
use super::expr::{self, EvalError};
use super::memo::{Failure, Kept, Memo};
use super::resolve::Scope;
use super::run::{Arrival, Arrived, Engine, Event, Run};
use super::tick::Due;
use super::view::{Origin, View};
use super::window;

impl Run {
    pub(super) fn compute_query(&mut self, id: NodeId, query_id: QueryId) {
        let origin = Arc::clone(&self.origin);
        let Some(query) = origin.page().queries.get(query_id.index()) else { return };
        let scope = match self.gather_for(id, query) {
            Ok(scope) => scope,
            Err(missing @ Missing::Lost(_)) => return self.lack(id, Fingerprint(0), missing),
            Err(Missing::Failed(error)) => {
                let inputs = self.digest_of_inputs(id);
                if self.is_current(id, inputs) {
                    return self.skip(id, Event::Skipped(id));
                }
                if query.optional {
                    return self.do_without(id, inputs, Failure::inherited(error));
                }
                return self.fail(id, inputs, Failure::inherited(error));
            }
        };
        let scope = self.with_total(query, scope);
        let refreshes = self.view.refreshes.get(query_id.index()).copied().unwrap_or(0);
        let job = match job(&self.engine, &origin, query_id, refreshes, &scope) {
            Ok(job) => job,
            Err(error) => {
                let inputs = self.digest_of_inputs(id);
                return self.fail(id, inputs, Failure::own(error, 0, self.started));
            }
        };
        let policy = policy(&origin, query_id, query, &job);
        let key = self.engine.data.key(&job, &policy);
        if self.view.stale.remove(&query_id) {
            self.engine.data.forget(key);
        }
        let edition = self.view.editions.get(query_id.index()).copied().unwrap_or(0);
        let inputs = inputs_of(key, refreshes, edition);
        let is_current = self.is_current(id, inputs);
        let due = self.due(query_id, &job, &policy, is_current);
        if is_current && due.is_none() {
            return self.skip(id, Event::Skipped(id));
        }
        if let Some(counted) = window::told(query, (origin.page(), origin.graph()), &scope) {
            let output = counted.fingerprint();
            return self.store(id, Memo { inputs, output, kept: Kept::Value(counted) });
        }
        self.run_job(Wanted { id, query_id, inputs, key, due }, job, policy);
    }

    /// Adds how many rows the table has of which a page is asked for, if that is known: of exactly these.
    fn with_total(&mut self, query: &Query, scope: Scope) -> Scope {
        let Source::Part { table, take: Take::Rows, .. } = query.source else { return scope };
        let origin = Arc::clone(&self.origin);
        let (page, graph) = (origin.page(), origin.graph());
        let window = page.components.get(table.index()).and_then(|component| component.window.as_ref());
        let Some(id) = window.map(|window| window.count) else { return scope };
        let (Some(counting), Some(memo)) = (page.queries.get(id.index()), self.view.memo(graph.query(id))) else {
            return scope;
        };
        let refreshes = self.view.refreshes.get(id.index()).copied().unwrap_or(0);
        let Ok(job) = job(&self.engine, &origin, id, refreshes, &scope) else { return scope };
        let key = self.engine.data.key(&job, &policy(&origin, id, counting, &job));
        let edition = self.view.editions.get(id.index()).copied().unwrap_or(0);
        if memo.inputs != inputs_of(key, refreshes, edition) {
            return scope;
        }
        match self.value_of(graph.query(id)) {
            Ok(total) => scope.with(graph.query(id), total),
            Err(_) => scope,
        }
    }

    /// How fresh a table must be in a run without an interaction; none where memo and cache may say.
    ///
    /// What no cache holds is fetched together with all other views that have the same run now.
    fn due(&self, query: QueryId, job: &Job, policy: &Policy, is_current: bool) -> Option<Due> {
        let tick = self.tick.as_ref().filter(|_| job.is_from_outside())?;
        let is_outdated = || self.view.outdated(query).is_some_and(|failure| failure.is_due(self.started));
        let others = || (is_outdated() || (!is_current && !is_cached(policy))).then_some(tick.others);
        tick.due.get(&query).copied().or_else(others)
    }

    fn run_job(&mut self, wanted: Wanted, job: Job, policy: Policy) {
        let Wanted { id, query_id, inputs, key, due } = wanted;
        if self.is_file(query_id) && !self.lost.contains(&id) {
            // Read only when somebody needs the table: a transform scans the file itself.
            let cached = Cached::unread(key, policy.query);
            self.view.leave(id);
            return self.store(id, Memo { inputs, output: key, kept: Kept::Cached(cached) });
        }
        let data = Arc::clone(&self.engine.data);
        let find = || match self.tick {
            Some(_) => data.find_kept(key, &policy),
            None => data.find(key, &job, &policy),
        };
        if let Some(found) = due.is_none().then(find).flatten() {
            let memo = self.take_table(id, query_id, inputs, found);
            return self.store_hit(id, memo);
        }
        self.waiting.push(Box::pin(async move {
            let outcome = match due {
                Some(due) => data.fetch_since(&job, &policy, due.since, due.keep).await,
                None => data.fetch(&job, &policy).await,
            };
            let result = outcome.map(Arrival::Table).map_err(EvalError::from);
            Arrived { node: id, inputs, result }
        }));
    }

    /// Keeps the table of a query at hand, notes what there is to say of it, and gives what is remembered of it.
    pub(super) fn take_table(&mut self, id: NodeId, query_id: QueryId, inputs: Fingerprint, found: Found) -> Memo {
        let Found { table, cached, trouble, .. } = found;
        self.view.remark_on(query_id, &table);
        if let Some(trouble) = trouble {
            let made = self.engine.data.clock(trouble.made);
            self.view.note_outdated(query_id, Failure::of_refresh(&trouble, made));
        }
        if cached.is_some() {
            self.view.act_on(id, &table);
        }
        let value = Value::Table(table);
        let output = match &cached {
            // The same as when it is read only later, or a hit would look like a change.
            Some(cached) if self.is_file(query_id) => cached.key,
            _ => value.fingerprint(),
        };
        self.keep(id, value.clone());
        Memo { inputs, output, kept: cached.map_or(Kept::Value(value), Kept::Cached) }
    }

    /// Whether a node is a query whose last table is still shown, and at hand.
    pub(super) fn has_table(&self, id: NodeId) -> bool {
        let NodeKind::Query(query) = self.origin.graph().node(id).kind else { return false };
        let is_shown = self.view.memo(id).is_some_and(|memo| memo.failure().is_none());
        is_shown && self.view.trouble(query).is_none() && !self.lost.contains(&id)
    }

    /// Keeps the table of a query of which no newer one could be had, and says so.
    pub(super) fn keep_outdated(&mut self, id: NodeId, error: EvalError) {
        let NodeKind::Query(query) = self.origin.graph().node(id).kind else { return };
        let before = self.view.outdated(query).map_or(0, |failure| failure.attempts);
        self.view.note_outdated(query, Failure::own(error, before, Instant::now()));
        self.view.note_asked(query, self.started);
        self.skip(id, Event::Failed(id));
    }

    /// Whether a node is a query that the page can do without.
    pub(super) fn is_optional(&self, id: NodeId) -> bool {
        let NodeKind::Query(query) = self.origin.graph().node(id).kind else { return false };
        self.origin.page().queries.get(query.index()).is_some_and(|query| query.optional)
    }

    /// Lets an optional query be an empty table, and notes what it has failed with.
    pub(super) fn do_without(&mut self, id: NodeId, inputs: Fingerprint, failure: Failure) {
        let origin = Arc::clone(&self.origin);
        let NodeKind::Query(query_id) = origin.graph().node(id).kind else { return };
        let columns = origin.page().queries.get(query_id.index()).and_then(|query| query.columns.as_deref());
        let columns = columns.unwrap_or_default().iter();
        let empty =
            Table::from_columns(columns.map(|column| (column.name.clone(), column.ty.clone(), Vec::new())).collect());
        match empty {
            Ok(table) => {
                let output = Hasher::default().text("trouble").fingerprint(failure.fingerprint()).finish();
                self.view.note_trouble(query_id, failure);
                self.keep(id, Value::Table(table.clone()));
                self.store(id, Memo { inputs, output, kept: Kept::Value(Value::Table(table)) });
            }
            Err(_) => self.fail(id, inputs, failure),
        }
    }

    /// Whether a query reads a file, and has no limit that must be applied before any reader.
    pub(super) fn is_file(&self, id: QueryId) -> bool {
        self.origin.page().queries.get(id.index()).is_some_and(|query| lazy_file(query).is_some())
    }

    /// The values that a query's job is made of. The tables of files are not among them: they are scanned in place.
    fn gather_for(&mut self, id: NodeId, query: &Query) -> Result<Scope, Missing> {
        let origin = Arc::clone(&self.origin);
        let (page, graph) = (origin.page(), origin.graph());
        let files = files_of(page, graph, query);
        let mut needed: Vec<NodeId> = graph.node(id).inputs.clone();
        for file in files {
            if let Some(failure) = self.view.memo(file).and_then(Memo::failure) {
                return Err(Missing::Failed(failure.error.clone()));
            }
            needed.retain(|node| *node != file);
        }
        let mut values = std::collections::BTreeMap::new();
        for node in needed {
            values.insert(node, self.value_of(node)?);
        }
        Ok(Scope::new(Arc::clone(&origin), values))
    }
}

/// What the memo of a query holds for.
fn inputs_of(key: Fingerprint, refreshes: u32, edition: u64) -> Fingerprint {
    Hasher::default().fingerprint(key).number(u64::from(refreshes)).number(edition).finish()
}

/// The same of a query that reads a file, as the file is now.
pub(super) fn inputs_of_file(engine: &Engine, view: &View, id: QueryId) -> Option<Fingerprint> {
    let query = view.origin.page().queries.get(id.index())?;
    let Source::File { path, options } = &query.source else { return None };
    let job = Job::File(FileJob { path: path.clone(), options: options.clone() });
    let key = engine.data.key(&job, &policy(&view.origin, id, query, &job));
    let refreshes = view.refreshes.get(id.index()).copied().unwrap_or(0);
    let edition = view.editions.get(id.index()).copied().unwrap_or(0);
    Some(inputs_of(key, refreshes, edition))
}

#[derive(Clone, Copy)]
struct Wanted {
    id: NodeId,
    query_id: QueryId,
    inputs: Fingerprint,
    key: Fingerprint,
    due: Option<Due>,
}

fn node_of(graph: &Graph, table: TableRef) -> NodeId {
    match table {
        TableRef::Query(id) => graph.query(id),
        TableRef::State(id) => graph.key(id),
    }
}

/// The queries of files that a query scans in place.
pub(super) fn files_of(page: &Page, graph: &Graph, query: &Query) -> Vec<NodeId> {
    match &query.source {
        Source::Transform { tables, .. } => {
            let files = tables.iter().filter(|(_, table)| file_of(page, *table).is_some());
            files.map(|(_, table)| node_of(graph, *table)).collect()
        }
        Source::Part { of: program::Whole::Query(id), .. } => match page.queries.get(id.index()) {
            Some(whole) if lazy_file(whole).is_some() => vec![graph.query(*id)],
            Some(whole) if graph.is_parted(*id) => files_of(page, graph, whole),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// The file that a table is, if a transform may scan it in place.
fn file_of(page: &Page, table: TableRef) -> Option<FileJob> {
    match table {
        TableRef::Query(id) => lazy_file(page.queries.get(id.index())?),
        TableRef::State(_) => None,
    }
}

fn lazy_file(query: &Query) -> Option<FileJob> {
    match &query.source {
        Source::File { path, options } if query.max_rows.is_none() => {
            Some(FileJob { path: path.clone(), options: options.clone() })
        }
        _ => None,
    }
}

/// What a query asks of the data layer, with all its values bound.
pub(super) fn job(
    engine: &Engine,
    origin: &Origin,
    id: QueryId,
    refreshes: u32,
    scope: &Scope,
) -> Result<Job, EvalError> {
    let page = origin.page();
    let query = page.queries.get(id.index()).ok_or_else(|| EvalError::new("the page has no such query"))?;
    Ok(match &query.source {
        Source::Sql { connection, sql } => {
            Job::Sql { connection: connection.clone(), query: expr::bind(sql, scope, &engine.settings)? }
        }
        Source::File { path, options } => Job::File(FileJob { path: path.clone(), options: options.clone() }),
        Source::Http { connection, get, format, path, options } => Job::Http(HttpJob {
            connection: connection.clone(),
            target: expr::render_escaped(get, scope, &engine.settings, encoded)?,
            format: *format,
            path: path.clone(),
            options: options.clone(),
        }),
        Source::Transform { sql, tables } => {
            let query = expr::bind(sql, scope, &engine.settings)?;
            let mut inputs = Vec::with_capacity(tables.len());
            for (name, table) in tables {
                let input = match file_of(page, *table) {
                    Some(file) => Input::File(file),
                    None => Input::Table(table_of(scope, (origin, *table), name)?),
                };
                inputs.push((name.clone(), input));
            }
            Job::Transform { query, tables: inputs }
        }
        Source::Rows(rows) => Job::Rows(Arc::clone(rows)),
        Source::Generate(spec) => {
            let fixed = |seed: i64| Hasher::default().text("seed").number(seed.cast_unsigned()).finish();
            let seed = spec.seed.map_or_else(|| origin.seed(id, refreshes), fixed);
            Job::Generate { spec: spec.clone(), seed }
        }
        Source::Part { of, table, take } => {
            let window = window::part((page, origin.graph()), (*table, *take), scope, &engine.settings);
            let window = window.ok_or_else(|| EvalError::new("the page has no such table"))?;
            let of = match of {
                program::Whole::Query(id) if is_taken_apart(origin, *id) => {
                    Whole::Job(Box::new(job(engine, origin, *id, refreshes, scope)?))
                }
                program::Whole::Query(id) => {
                    Whole::Table(table_of(scope, (origin, TableRef::Query(*id)), &query.name)?)
                }
                program::Whole::Expr(expr) => match expr::eval(expr, scope, &engine.settings)? {
                    Value::Table(table) => Whole::Table(table),
                    other => return Err(EvalError::new(format!("a table is shown here, and this is {}", other.ty()))),
                },
            };
            Job::Part { of, window }
        }
    })
}

/// Whether parts of a query are made without making the whole.
fn is_taken_apart(origin: &Origin, id: QueryId) -> bool {
    let is_file = || origin.page().queries.get(id.index()).is_some_and(|query| lazy_file(query).is_some());
    origin.graph().is_parted(id) || is_file()
}

/// The table that a transform reads. Of a key that has none, one without rows, if its columns are known.
fn table_of(scope: &Scope, (origin, table): (&Origin, TableRef), name: &str) -> Result<Table, EvalError> {
    if let Some(Value::Table(table)) = scope.node(node_of(origin.graph(), table)) {
        return Ok(table.clone());
    }
    let state = match table {
        TableRef::State(id) => origin.page().state.get(id.index()),
        TableRef::Query(_) => None,
    };
    match state.and_then(|state| state.ty.columns()) {
        Some(columns) if !columns.is_open() => {
            let empty = columns.iter().map(|column| (column.name.clone(), column.ty.clone(), Vec::new()));
            Ok(Table::from_columns(empty.collect())?)
        }
        _ => Err(EvalError::new(format!("`{name}` has no table to read"))),
    }
}

/// The conditions under which a query runs.
pub(super) fn policy(origin: &Origin, id: QueryId, query: &Query, job: &Job) -> Policy {
    let job = match job {
        Job::Part { of: Whole::Job(job), .. } => job,
        job => job,
    };
    let cache = match job {
        // Of a table that is at hand.
        Job::Part { .. } => None,
        // Drawn for this view alone.
        Job::Generate { spec, .. } if spec.seed.is_none() => None,
        // What costs nothing to make again is kept as long as there is room.
        Job::Rows(_) | Job::Generate { .. } => Some(Cache::FOREVER),
        Job::File(_) => Some(query.cache.unwrap_or(Cache::FOREVER)),
        Job::Sql { .. } | Job::Http(_) | Job::Transform { .. } => query.cache,
    };
    Policy {
        query: query_id(&query.key),
        cache,
        owner: owner(origin, id),
        timeout: query.timeout,
        max_rows: query.max_rows,
    }
}

fn is_cached(policy: &Policy) -> bool {
    policy.cache.is_some_and(|cache| cache.is_on())
}

/// Names a query among all of the app; so the data layer knows it.
pub fn query_id((page, name): &QueryKey) -> Fingerprint {
    Hasher::default().text(page).text(name).finish()
}

/// Who alone may get the results of a query: the user whom it reads, or the browser if it says so.
pub(super) fn owner(origin: &Origin, id: QueryId) -> Option<Fingerprint> {
    let query = origin.page().queries.get(id.index())?;
    let is_of_session = query.cache.is_some_and(|cache| cache.scope == CacheScope::Session);
    let is_of_user = origin.graph().is_of_user(origin.graph().query(id));
    if !is_of_session && !is_of_user {
        return None;
    }
    let mut hasher = Hasher::default();
    if is_of_session {
        hasher.text("session").fingerprint(origin.session);
    }
    if is_of_user {
        hasher.text("user").fingerprint(origin.user.fingerprint());
    }
    Some(hasher.finish())
}
