//! What stands in a component once for each row of its table: each is evaluated with its row, and found again by what
//! names that.
//!
//! A key that no `state` declares has a value for each row. All of them are one value of the key: a list with an entry for
//! each row that was given one, and nothing of the others.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

use appspec_data::{Row, Table, Value};
use appspec_lang::check::program::{
    Choices, Component, ComponentId, Initial, Page, Prop, Ref, State, StateId, Subject,
};
use appspec_lang::expr::Expr;
use appspec_lang::graph::{Graph, NodeId};
use appspec_lang::spec::Name;
use appspec_lang::value::{Fingerprint, Scalar};

use super::choices;
use super::evaluated::{Outcome, Shown};
use super::expr::{self, EvalError, Settings};
use super::form;
use super::instance::Instance;
use super::resolve::{CHANGED, Resolver, Scope};
use super::run::Run;

/// More rows are not repeated.
const MOST: usize = 500;

/// A row that something is done to.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub name: Arc<str>,
    pub row: Row,
    /// The values that the row's own keys have.
    pub own: BTreeMap<NodeId, Value>,
    /// What those of them that show a `value` were shown.
    pub followed: BTreeMap<StateId, Fingerprint>,
}

/// The column that names the rows of a component.
fn key(host: &Component) -> Option<&Name> {
    match (&host.window, host.prop("key")) {
        (Some(window), _) => window.key.as_ref(),
        (None, Some(Prop::Columns(names))) => names.first(),
        _ => None,
    }
}

/// How many rows of its table a component shows at once.
pub(super) fn most(host: &Component) -> usize {
    host.window.as_ref().map_or(MOST, |window| usize::try_from(window.page_size).unwrap_or(usize::MAX))
}

/// What follows the ids of the components of each row: the row's key, or where none is named its number.
///
/// Rows that have the same key are numbered behind it, for an id is there once.
pub(super) fn names(host: &Component, table: &Table) -> Vec<Arc<str>> {
    let shown = table.rows().min(most(host));
    let Some(key) = key(host) else { return (1..=shown).map(|number| number.to_string().into()).collect() };
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let name = |row| {
        let key = in_id(&form::text(&table.cell(row, key).unwrap_or_default()));
        let count = seen.entry(key.clone()).or_default();
        *count += 1;
        if *count == 1 { key.into() } else { format!("{key}{TWIN}{count}").into() }
    };
    (0..shown).map(name).collect()
}

/// What stands between a key that several rows have and the number of the row; in no key that was written into an id.
const TWIN: &str = "~~";

/// A text as a part of an id: letters, digits, `-` and `_` as they are, of all else the bytes.
fn in_id(text: &str) -> String {
    if text.is_empty() {
        return "~".to_owned();
    }
    let mut id = String::with_capacity(text.len());
    for char in text.chars() {
        if char.is_alphanumeric() || matches!(char, '-' | '_') {
            id.push(char);
        } else {
            let mut bytes = [0; 4];
            for byte in char.encode_utf8(&mut bytes).bytes() {
                let _infallible = write!(id, "~{byte:02x}");
            }
        }
    }
    id
}

/// What a list of the values of all rows says of one of them, behind its name.
fn said_of<'v>(all: &'v Scalar, name: &str) -> Option<&'v [Scalar]> {
    let Scalar::List(entries) = all else { return None };
    entries.iter().find_map(|entry| match entry {
        Scalar::List(parts) => match &**parts {
            [row, said @ ..] if row.as_text() == Some(name) => Some(said),
            _ => None,
        },
        _ => None,
    })
}

/// The same list where it says something else of some rows, or nothing.
fn saying(all: Option<&Scalar>, news: Vec<(Arc<str>, Option<Vec<Scalar>>)>) -> Scalar {
    let names: BTreeSet<&str> = news.iter().map(|(name, _)| &**name).collect();
    let is_other = |entry: &&Scalar| match entry {
        Scalar::List(parts) => parts.first().and_then(Scalar::as_text).is_none_or(|name| !names.contains(name)),
        _ => false,
    };
    let others: Vec<Scalar> = match all {
        Some(Scalar::List(entries)) => entries.iter().filter(is_other).cloned().collect(),
        _ => Vec::new(),
    };
    let own = news
        .into_iter()
        .filter_map(|(name, said)| said.map(|said| Scalar::list([Scalar::text(&*name)].into_iter().chain(said))));
    Scalar::list(others.into_iter().chain(own))
}

/// The entry of a row among the values of a key: what its `value` was, and the value it was given.
fn entry<'v>(all: Option<&'v Value>, name: &str) -> Option<(&'v Scalar, &'v Scalar)> {
    match said_of(all?.as_scalar()?, name)? {
        [followed, value] => Some((followed, value)),
        _ => None,
    }
}

/// The values of a key, that of one row given or taken away.
pub(super) fn with(all: Option<&Value>, name: &Arc<str>, value: Option<(Option<Fingerprint>, Scalar)>) -> Scalar {
    let said = value.map(|(followed, value)| vec![followed.map_or(Scalar::Null, in_words), value]);
    saying(all.and_then(Value::as_scalar), vec![(Arc::clone(name), said)])
}

fn in_words(fingerprint: Fingerprint) -> Scalar {
    Scalar::text(format!("{:032x}", fingerprint.0))
}

/// The value that is shown of a key in a row.
pub(super) fn rendered_of<'v>(all: &'v Scalar, name: &str) -> Option<&'v Scalar> {
    match said_of(all, name)? {
        [value] => Some(value),
        _ => None,
    }
}

/// The values that are shown of a key, a name and a value for each row, where some rows show others.
pub(super) fn rendered_with(all: Option<&Scalar>, rows: Vec<(Arc<str>, Scalar)>) -> Scalar {
    saying(all, rows.into_iter().map(|(name, value)| (name, Some(vec![value]))).collect())
}

/// All that the values of a row's own keys are made from.
fn refs((page, host): (&Page, ComponentId)) -> Vec<Ref> {
    let of_key = |(id, state): (StateId, &State)| {
        let shown = page.shown_value(id).into_iter().flat_map(Expr::refs).map(|(reference, _)| reference);
        let options = match &state.choices {
            Some(Choices::Query { query, .. }) => Some(Ref::Query(*query)),
            _ => None,
        };
        shown.chain(options).chain([Ref::State(id)]).collect::<Vec<_>>()
    };
    page.keys_of_rows(host).flat_map(of_key).collect()
}

impl Place {
    /// A row of a component, with the values of its own keys.
    pub(super) fn of(
        (page, graph): (&Page, &Graph),
        (host, name, row): (ComponentId, Arc<str>, Row),
        scope: &Scope,
        settings: &Settings,
    ) -> Result<Self, EvalError> {
        let mut place = Self { name, row, own: BTreeMap::new(), followed: BTreeMap::new() };
        for (key, state) in page.keys_of_rows(host) {
            let given = entry(scope.node(graph.state(key)), &place.name);
            let value = match page.shown_value(key) {
                Some(shown) => {
                    let shown = expr::eval(shown, &scope.in_row(&place), settings)?;
                    let seen = shown.fingerprint();
                    place.followed.insert(key, seen);
                    match given {
                        Some((followed, value)) if *followed == in_words(seen) => Value::Scalar(value.clone()),
                        _ => shown,
                    }
                }
                None => Value::Scalar(given.map_or_else(|| first(state), |(_, value)| value.clone())),
            };
            place.own.insert(graph.state(key), admitted(state, value, (graph, scope)));
        }
        Ok(place)
    }
}

fn first(state: &State) -> Scalar {
    match &state.initial {
        Initial::Const(scalar) => scalar.clone(),
        Initial::FirstChoice | Initial::From(_) => choices::first_of_list(state),
    }
}

/// What a choice of a row makes of its value.
fn admitted(state: &State, value: Value, (graph, scope): (&Graph, &Scope)) -> Value {
    let (Some(Choices::Query { query, value: column, first, .. }), Value::Scalar(scalar)) = (&state.choices, &value)
    else {
        return value;
    };
    match scope.node(graph.query(*query)) {
        Some(Value::Table(table)) => {
            Value::Scalar(choices::admit(state, scalar, &choices::values(first, table, column)))
        }
        _ => value,
    }
}

impl Run {
    /// Evaluates what stands in a component once for each row of its table. What stands inside of what is not shown is
    /// not among it.
    pub(super) fn show_rows(
        &self,
        (host, definition): (ComponentId, &Component),
        shown: &mut Shown,
        scope: &Scope,
    ) -> Vec<(Instance, Outcome)> {
        let all: Vec<(ComponentId, &Component)> = self.origin.page().of_rows(host).collect();
        let Some(Value::Table(table)) = shown.subject.clone().filter(|_| !all.is_empty()) else { return Vec::new() };
        if definition.window.is_none() {
            // What it shows of its table are the rows.
            shown.subject = None;
        }
        shown.rows = names(definition, &table);
        if shown.rows.len() < table.rows() && definition.window.is_none() {
            let words = self.engine.settings.words();
            let n = self.engine.settings.grouped(table.rows() as u64);
            let cut = words.fill("The first {shown} of {n} rows", &[("shown", &shown.rows.len()), ("n", &n)]);
            shown.notices.push(cut.into());
        }
        let rows = shown.rows.iter().enumerate().flat_map(|(index, name)| {
            let row = Row { table: table.clone(), index };
            self.row((host, Arc::clone(name), row), &all, scope)
        });
        rows.collect()
    }

    /// How the components of a row stand.
    fn row(
        &self,
        (host, name, row): (ComponentId, Arc<str>, Row),
        all: &[(ComponentId, &Component)],
        scope: &Scope,
    ) -> Vec<(Instance, Outcome)> {
        let settings = &self.engine.settings;
        let instance = |component| Instance { component, row: Some(Arc::clone(&name)) };
        let place = (host, Arc::clone(&name), row);
        let scope = match Place::of((self.origin.page(), self.origin.graph()), place, scope, settings) {
            Ok(place) => scope.in_row(&place),
            Err(error) => {
                let outer = all.iter().filter(|(_, component)| component.parent == Some(host));
                return outer.map(|(id, _)| (instance(*id), Outcome::Failed(error.clone()))).collect();
            }
        };
        let mut outcomes: Vec<(Instance, Outcome)> = Vec::with_capacity(all.len());
        for (id, component) in all {
            let is_shown = |(known, outcome): &(Instance, Outcome)| {
                Some(known.component) == component.parent && matches!(outcome, Outcome::Shown(_))
            };
            if component.parent != Some(host) && !outcomes.iter().any(is_shown) {
                continue;
            }
            let outcome = match self.holds_in(component, &scope) {
                Ok(true) => self.evaluate(component, &scope).map_or_else(Outcome::Failed, Outcome::Shown),
                Ok(false) => Outcome::Hidden,
                Err(error) => Outcome::Failed(error),
            };
            outcomes.push((instance(*id), outcome));
        }
        outcomes
    }
}

/// Why nothing can be done to a row: which it is, nobody can tell.
const NOT_ALONE: &str = "several rows have the key of this one";

impl Resolver {
    /// Finds a row that the page shows, and the values of its own keys.
    pub(super) async fn locate(&self, host: ComponentId, name: &str) -> Result<Place, EvalError> {
        let origin = Arc::clone(self.origin());
        let (page, graph) = (origin.page(), origin.graph());
        let changed = || EvalError::new(self.words().say(CHANGED));
        let component = page.components.get(host.index()).ok_or_else(changed)?;
        let Subject::Table { expr, .. } = &component.subject else { return Err(changed()) };
        let Value::Table(table) = self.eval(expr).await? else { return Err(changed()) };
        let names = names(component, &table);
        let index = names.iter().position(|known| **known == *name).ok_or_else(changed)?;
        let twin = format!("{name}{TWIN}2");
        if name.contains(TWIN) || names.iter().any(|name| **name == twin) {
            return Err(EvalError::new(self.words().say(NOT_ALONE)));
        }
        let scope = self.scope(refs((page, host))).await?;
        Place::of((page, graph), (host, name.into(), Row { table, index }), &scope, self.settings())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_become_parts_of_ids() {
        for (key, id) in
            [("7", "7"), ("Zürich 1", "Zürich~201"), ("a-b_c", "a-b_c"), ("1.5", "1~2e5"), ("~", "~7e"), ("", "~")]
        {
            assert_eq!(in_id(key), id);
        }
    }

    #[test]
    fn each_row_has_its_value() {
        let text = |value: &str| Scalar::text(value);
        let one = with(None, &"1".into(), Some((None, text("a"))));
        let two = with(Some(&Value::Scalar(one)), &"2".into(), Some((Some(Fingerprint(7)), text("b"))));
        let all = Value::Scalar(two.clone());
        assert_eq!(entry(Some(&all), "1"), Some((&Scalar::Null, &text("a"))));
        assert_eq!(entry(Some(&all), "2"), Some((&in_words(Fingerprint(7)), &text("b"))));
        assert_eq!(entry(Some(&all), "3"), None);
        let left = Value::Scalar(with(Some(&all), &"1".into(), None));
        assert_eq!(
            (entry(Some(&left), "1"), entry(Some(&left), "2").map(|(_, value)| value)),
            (None, Some(&text("b")))
        );
    }
}
