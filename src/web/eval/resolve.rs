//! The values that names in an expression stand for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use appspec_data::{Job, Table, Value};
use appspec_lang::check::program::{Choices, Initial, QueryId, Ref, StateId};
use appspec_lang::expr::Expr;
use appspec_lang::graph::{NodeId, NodeKind};
use appspec_lang::value::{Fingerprint, Scalar};
use futures_util::future::BoxFuture;
use jiff::civil::DateTime;

use super::choices;
use super::expr::{self, EvalError, Resolve, Settings};
use super::fetch;
use super::memo::Kept;
use super::rows::Place;
use super::run::Engine;
use super::view::{Entered, Origin, View};
use crate::words::Words;

/// Values by node, and what is fixed for the view.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    origin: Arc<Origin>,
    values: BTreeMap<NodeId, Value>,
    /// In the SQL of a write, what it was handed over.
    params: Vec<Value>,
    /// What the last write of a list has returned.
    result: Value,
    /// The row that is looked at, in what stands for each.
    row: Value,
    /// What follows the ids of what stands for that row.
    row_name: Option<Arc<str>>,
}

impl Scope {
    pub(super) fn new(origin: Arc<Origin>, values: BTreeMap<NodeId, Value>) -> Self {
        let nothing = || Value::Scalar(Scalar::Null);
        Self { origin, values, params: Vec::new(), result: nothing(), row: nothing(), row_name: None }
    }

    /// The same scope, in which one more value is known.
    pub(super) fn with(mut self, node: NodeId, value: Value) -> Self {
        self.values.insert(node, value);
        self
    }

    pub(super) fn with_params(self, params: Vec<Value>) -> Self {
        Self { params, ..self }
    }

    /// The same scope, in what stands for a row.
    pub(super) fn at_row(&self, row: Value) -> Self {
        Self { row, ..self.clone() }
    }

    /// The same scope, in what stands for a row and has keys of its own.
    pub(super) fn in_row(&self, place: &Place) -> Self {
        let mut scope = Self { row_name: Some(Arc::clone(&place.name)), ..self.at_row(Value::Row(place.row.clone())) };
        scope.values.extend(place.own.iter().map(|(node, value)| (*node, value.clone())));
        scope
    }

    /// What follows the ids of what stands for the row that is looked at.
    pub(super) fn row_name(&self) -> Option<&str> {
        self.row_name.as_deref()
    }

    pub(super) fn node(&self, id: NodeId) -> Option<&Value> {
        self.values.get(&id)
    }
}

impl Resolve for Scope {
    fn resolve(&self, reference: &Ref) -> Result<Value, EvalError> {
        if let Some(node) = self.origin.graph().read(*reference) {
            return self
                .node(node)
                .cloned()
                .ok_or_else(|| EvalError::new("a value that is read here is not known yet"));
        }
        match reference {
            Ref::Result => return Ok(self.result.clone()),
            Ref::Row => return Ok(self.row.clone()),
            Ref::WriteParam(index) => {
                let param = self.params.get(*index as usize).cloned();
                return param.ok_or_else(|| EvalError::new("a parameter of a write was not handed over"));
            }
            _ => {}
        }
        Ok(Value::Scalar(match reference {
            Ref::Param(index) => self.origin.params.get(*index as usize).cloned().unwrap_or_default(),
            Ref::User(field) => self.origin.user.field(*field),
            Ref::AppTitle => self.origin.app.program.settings.title.as_deref().map_or(Scalar::Null, Scalar::text),
            Ref::PageTitle => self.origin.page().title.constant().map_or(Scalar::Null, Scalar::text),
            Ref::PagePath => Scalar::text(self.origin.page().path.as_str()),
            _ => return Err(EvalError::new("this name has no value here")),
        }))
    }
}

/// Finds values outside a run: for first values, on the initial state, and for actions, on the current one.
///
/// What is not known is made: state from its first value, values from their expressions, queries by running them.
#[derive(Clone)]
pub(super) struct Resolver {
    engine: Arc<Engine>,
    origin: Arc<Origin>,
    now: DateTime,
    /// Counts into the seed of chance.
    draw: u32,
    /// How often each key was reset: its first value is drawn anew each time.
    resets: Arc<[u32]>,
    /// What the URL or the browser has given the keys, of which the initial state consists.
    seeds: Arc<[Option<Scalar>]>,
    /// Whether the seeds count: not where keys have been given other values since.
    is_initial: bool,
    /// How often each query was drawn anew.
    refreshes: Arc<[u32]>,
    known: BTreeMap<NodeId, Value>,
    /// What was known at first: queries are those of the last run, whatever actions have set since.
    known_at_first: Arc<BTreeMap<NodeId, Value>>,
    lookup: Arc<Lookup>,
    /// Whether only the tables that the page shows will do.
    is_strict: bool,
    /// What the last write of a list of actions has returned.
    result: Value,
    /// The row for which something is done.
    place: Option<Place>,
}

/// Queries whose tables were not at hand.
#[derive(Debug, Default)]
struct Lookup {
    /// The digests of the tables that the page shows.
    shown: BTreeMap<NodeId, Fingerprint>,
    ran: Mutex<Ran>,
}

/// What was run to find tables: once for all that is done with them.
#[derive(Debug, Default)]
struct Ran {
    tables: BTreeMap<NodeId, Table>,
    /// Those that gave another table than the page shows.
    changed: BTreeSet<NodeId>,
}

/// What a reader is told whose click meant rows that are others by now.
pub(super) const CHANGED: &str = "the data of this page has changed in the meantime; look again before you repeat it";

impl Resolver {
    /// On the initial state.
    pub(super) fn initial(engine: &Arc<Engine>, view: &View, now: DateTime, draw: u32) -> Self {
        Self {
            engine: Arc::clone(engine),
            origin: Arc::clone(&view.origin),
            now,
            draw,
            seeds: view.seeds.as_slice().into(),
            is_initial: true,
            resets: Arc::from([]),
            refreshes: Arc::from([]),
            known: BTreeMap::new(),
            known_at_first: Arc::default(),
            lookup: Arc::default(),
            is_strict: false,
            result: Value::Scalar(Scalar::Null),
            place: None,
        }
    }

    /// The same on the initial state, whatever is known.
    fn at_first(&self, draw: u32) -> Self {
        Self {
            draw,
            is_initial: true,
            resets: Arc::from([]),
            refreshes: Arc::from([]),
            known: BTreeMap::new(),
            known_at_first: Arc::default(),
            lookup: Arc::default(),
            is_strict: false,
            result: Value::Scalar(Scalar::Null),
            place: None,
            ..self.clone()
        }
    }

    /// On what is known of a view.
    pub(super) fn current(engine: &Arc<Engine>, view: &View, now: DateTime) -> Self {
        let known = known(engine, view);
        let lookup = Lookup { shown: shown(view, &known), ..Lookup::default() };
        Self {
            known_at_first: Arc::new(known.clone()),
            known,
            lookup: Arc::new(lookup),
            resets: view.resets.as_slice().into(),
            refreshes: view.refreshes.as_slice().into(),
            is_initial: false,
            ..Self::initial(engine, view, now, 0)
        }
    }

    /// On what a view shows; what has not been computed again since something changed is made anew.
    pub(super) fn settled(engine: &Arc<Engine>, view: &View, now: DateTime) -> Self {
        let mut resolver = Self::current(engine, view, now);
        let graph = view.origin.graph();
        let is_old =
            |id: &NodeId| matches!(graph.node(*id).kind, NodeKind::Query(_)) && view.unsettled.contains(id.index());
        resolver.known.retain(|id, _| !is_old(id));
        resolver.known_at_first = Arc::new(resolver.known.clone());
        resolver
    }

    /// For what somebody does who looks at the page: no table will do but those that it shows.
    pub(super) fn insist(&mut self, is_strict: bool) {
        self.is_strict = is_strict;
    }

    /// Stands in a row of a component, or in none.
    pub(super) fn stand(&mut self, place: Option<Place>) {
        self.place = place;
    }

    /// The row that it stands in.
    pub(super) fn place(&self) -> Option<&Place> {
        self.place.as_ref()
    }

    /// Changes what is known of a key of the row that it stands in.
    pub(super) fn know_own(&mut self, node: NodeId, value: Value) {
        if let Some(place) = &mut self.place {
            place.own.insert(node, value);
        }
    }

    pub(super) fn origin(&self) -> &Arc<Origin> {
        &self.origin
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.engine.settings
    }

    /// What the app itself says to readers.
    pub(super) fn words(&self) -> &'static Words {
        self.engine.settings.words()
    }

    /// The queries that were found to give other tables than the page shows.
    pub(super) fn changed(&self) -> BTreeSet<NodeId> {
        self.ran().changed.clone()
    }

    fn ran(&self) -> MutexGuard<'_, Ran> {
        self.lookup.ran.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Finds all that some names stand for before anything is done that may change it; what fails does so again where
    /// it is read.
    pub(super) async fn look_up(&self, refs: Vec<Ref>) {
        for reference in refs {
            let _found = self.find(reference).await;
        }
    }

    /// Changes what is known of a key.
    pub(super) fn know(&mut self, node: NodeId, value: Option<Value>) {
        // Values are made from others: what was made before may not hold any more.
        let graph = self.origin.graph();
        let affected = graph.affected_by([node]);
        let is_stale =
            |id: &NodeId| affected.contains(id.index()) && !matches!(graph.node(*id).kind, NodeKind::Query(_));
        self.known.retain(|id, _| !is_stale(id));
        if let Some(value) = value {
            self.known.insert(node, value);
        }
    }

    /// Lets `result` be what a write has returned.
    pub(super) fn set_result(&mut self, result: Value) {
        self.result = result;
    }

    /// Takes note of how often each key was reset.
    pub(super) fn count_resets(&mut self, resets: &[u32]) {
        self.resets = resets.into();
    }

    /// Evaluates an expression, after finding all that it reads.
    pub(super) async fn eval(&self, expr: &Expr<Ref>) -> Result<Value, EvalError> {
        let scope = self.scope(expr.refs().into_iter().map(|(reference, _)| reference).collect()).await?;
        expr::eval(expr, &scope, &self.engine.settings)
    }

    /// The values of some names.
    pub(super) async fn scope(&self, refs: Vec<Ref>) -> Result<Scope, EvalError> {
        let mut values = BTreeMap::new();
        for reference in refs {
            if let Some(node) = self.origin.graph().read(reference)
                && !values.contains_key(&node)
            {
                values.insert(node, self.find(reference).await?);
            }
        }
        let scope = Scope { result: self.result.clone(), ..Scope::new(Arc::clone(&self.origin), values) };
        Ok(match &self.place {
            Some(place) => scope.in_row(place),
            None => scope,
        })
    }

    fn find(&self, reference: Ref) -> BoxFuture<'_, Result<Value, EvalError>> {
        Box::pin(async move {
            let node = self.origin.graph().read(reference);
            if let Some(value) = node.and_then(|node| self.known.get(&node)) {
                return Ok(value.clone());
            }
            match reference {
                Ref::Now => Ok(Value::Scalar(Scalar::DateTime(self.now))),
                Ref::Today => Ok(Value::Scalar(Scalar::Date(self.now.date()))),
                Ref::State(id) => self.first_value(id).await,
                Ref::Value(id) => match self.origin.page().values.get(id.index()) {
                    Some(value) => self.eval(&value.expr).await,
                    None => Err(EvalError::new("the page has no such value")),
                },
                Ref::Query(id) => self.query(id).await,
                _ => Err(EvalError::new("this name has no value here")),
            }
        })
    }

    async fn first_value(&self, id: StateId) -> Result<Value, EvalError> {
        let page = self.origin.page();
        let state = page.state.get(id.index()).ok_or_else(|| EvalError::new("the page has no such state key"))?;
        if state.row_of.is_some() {
            return Ok(Value::Scalar(Scalar::list([])));
        }
        let seed = self.seeds.get(id.index()).and_then(Option::as_ref).filter(|_| self.is_initial);
        let first = match &state.initial {
            _ if let Some(seed) = seed => Value::Scalar(seed.clone()),
            _ if let Some(followed) = page.followed(id) => self.eval(followed).await?,
            Initial::Const(scalar) => Value::Scalar(scalar.clone()),
            Initial::FirstChoice => Value::Scalar(choices::first_of_list(state)),
            // The first value is made on the initial state, whatever is known of the present one.
            Initial::From(expr) => {
                let draw = self.resets.get(id.index()).copied().unwrap_or(self.draw);
                self.at_first(draw).eval(expr).await?
            }
        };
        match (&state.choices, &first) {
            (Some(Choices::Query { query, value, first: entries, .. }), Value::Scalar(scalar)) => {
                match self.find(Ref::Query(*query)).await {
                    Ok(Value::Table(table)) => {
                        let offered = choices::values(entries, &table, value);
                        Ok(Value::Scalar(choices::admit(state, scalar, &offered)))
                    }
                    _ => Ok(first),
                }
            }
            _ => Ok(first),
        }
    }

    /// The table of a query, as it is at the last run.
    pub(super) async fn table(&self, id: QueryId) -> Option<Table> {
        match self.find(Ref::Query(id)).await {
            Ok(Value::Table(table)) => Some(table),
            _ => None,
        }
    }

    /// A table that is at hand.
    pub(super) fn known_table(&self, id: QueryId) -> Option<&Table> {
        self.known.get(&self.origin.graph().query(id)).and_then(Value::as_table)
    }

    /// What a key has, where that is known.
    pub(super) fn known_key(&self, key: StateId) -> Scalar {
        let value = self.known.get(&self.origin.graph().key(key)).and_then(Value::as_scalar);
        value.cloned().unwrap_or_default()
    }

    /// The table of a query as it were if a key had another value; none if it fails.
    pub(super) async fn table_where(&self, id: QueryId, key: StateId, value: Scalar) -> Option<Table> {
        let mut known = BTreeMap::clone(&self.known_at_first);
        known.insert(self.origin.graph().key(key), Value::Scalar(value));
        let asking = Self { known_at_first: Arc::new(known), lookup: Arc::default(), ..self.clone() };
        asking.run(id, self.origin.graph().query(id)).await.ok()
    }

    async fn query(&self, id: QueryId) -> Result<Value, EvalError> {
        let node = self.origin.graph().query(id);
        let ran = self.ran().tables.get(&node).cloned();
        let table = match ran {
            Some(table) => table,
            None => self.run(id, node).await?,
        };
        if self.is_strict && self.ran().changed.contains(&node) {
            return Err(EvalError::new(self.words().say(CHANGED)));
        }
        Ok(Value::Table(table))
    }

    /// Runs a query whose table is not at hand, and notes whether it is the one that the page shows.
    async fn run(&self, id: QueryId, node: NodeId) -> Result<Table, EvalError> {
        let page = self.origin.page();
        let query = page.queries.get(id.index()).ok_or_else(|| EvalError::new("the page has no such query"))?;
        // Files are scanned in place.
        let files = fetch::files_of(page, self.origin.graph(), query);
        let inputs = self.origin.graph().node(node).inputs.iter().filter(|input| !files.contains(input));
        let refs = inputs.filter_map(|input| self.origin.graph().node(*input).kind.reference()).collect();
        let at_first = Self { known: BTreeMap::clone(&self.known_at_first), ..self.clone() };
        let scope = at_first.scope(refs).await?;
        let draw = self.refreshes.get(id.index()).copied().unwrap_or(self.draw);
        let job = fetch::job(&self.engine, &self.origin, id, draw, &scope)?;
        let policy = fetch::policy(&self.origin, id, query, &job);
        let table = self.engine.data.run(&job, &policy).await?;
        // A file is known by its content, which nobody may have read yet.
        let output = match job {
            Job::File(_) if query.max_rows.is_none() => self.engine.data.key(&job, &policy),
            _ => Value::Table(table.clone()).fingerprint(),
        };
        let mut ran = self.ran();
        if self.lookup.shown.get(&node).is_some_and(|shown| *shown != output) {
            ran.changed.insert(node);
        }
        ran.tables.insert(node, table.clone());
        Ok(table)
    }
}

/// The values of a view that are at hand: keys as they are read, and the tables of the last run.
fn known(engine: &Engine, view: &View) -> BTreeMap<NodeId, Value> {
    let graph = view.origin.graph();
    let is_read = |id: NodeId| match graph.node(id).kind {
        // What was set while nothing showed it, or in a run that was cut off, has left its memo behind.
        NodeKind::State(key) => graph.key(key) == id && !view.unsettled.contains(id.index()),
        NodeKind::Admitted(_) => !view.unsettled.contains(id.index()),
        NodeKind::Query(_) => true,
        _ => false,
    };
    let value = |id: NodeId| match &view.memo(id)?.kept {
        Kept::Value(value) => Some((id, value.clone())),
        Kept::Cached(cached) => {
            let table = engine.data.cached(cached).or_else(|| view.acted_on(id).cloned())?;
            Some((id, Value::Table(table)))
        }
        Kept::Derived | Kept::Nothing | Kept::Failed(_) => None,
    };
    let mut known: BTreeMap<NodeId, Value> = graph.ids().filter(|id| is_read(*id)).filter_map(value).collect();
    for (index, entered) in view.state.iter().enumerate() {
        if let Entered::Set(value) = entered {
            known.entry(graph.key(StateId::at(index))).or_insert_with(|| value.clone());
        }
    }
    known
}

/// What a view remembers of the tables that it shows and that are not at hand.
fn shown(view: &View, known: &BTreeMap<NodeId, Value>) -> BTreeMap<NodeId, Fingerprint> {
    let graph = view.origin.graph();
    let lost = |id: &NodeId| matches!(graph.node(*id).kind, NodeKind::Query(_)) && !known.contains_key(id);
    let output = |id: NodeId| view.memo(id).filter(|memo| memo.failure().is_none()).map(|memo| (id, memo.output));
    graph.ids().filter(lost).filter_map(output).collect()
}
