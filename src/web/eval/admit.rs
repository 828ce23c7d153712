//! What a user has entered: which fields are edits, and whether they may be what they are.

use std::sync::Arc;

use appspec_lang::check::program::{Choices, Component, ComponentId, Prop, Ref, State, StateId};
use appspec_lang::component::decode;
use appspec_lang::value::{Scalar, Type};

use super::choices;
use super::form;
use super::instance::Instance;
use super::interact::{Refused, Sent, key_of};
use super::limits;
use super::resolve::Resolver;
use super::rows;
use super::run::holds;
use super::selection;
use super::view::{Origin, View};
use super::window;
use crate::words::Words;

/// A field that differs from what the browser was given.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: StateId,
    /// The row that it was entered in, where each has a value of its own.
    pub(super) row: Option<Arc<str>>,
    /// All components that are bound to the key, in the order of the page.
    pub(super) bound: Vec<ComponentId>,
    pub(super) typed: Vec<String>,
}

/// The edits among what was sent; what equals the last rendered value is none. What is sent with a form is not among
/// them.
pub(super) fn entries(view: &mut View, sent: &Sent, form: Option<ComponentId>) -> Result<Vec<Entry>, Refused> {
    let origin = Arc::clone(&view.origin);
    let page = origin.page();
    let mut entries = Vec::new();
    let mut answered = Vec::new();
    for (name, typed) in &sent.fields {
        let key = page.state.iter().position(|state| *state.name == **name && state.row_of.is_none()).map(StateId::at);
        if let Some((key, widget, row)) = of_row(view, name).filter(|_| key.is_none()) {
            let news = cleaned(view, key, Some(&row), typed);
            if !is_equal(view, key, Some(&row), &news) {
                answered.push((key, Some(Arc::clone(&row))));
                entries.push(Entry { key, row: Some(row), bound: vec![widget], typed: news });
            }
            continue;
        }
        let all = key.map(|key| page.takers(key)).unwrap_or_default();
        if form.is_some() && all.iter().any(|id| page.sent_with(*id) == form) {
            continue;
        }
        let bound: Vec<ComponentId> = all.into_iter().filter(|id| page.sent_with(*id).is_none()).collect();
        let Some(key) = key.filter(|_| !bound.is_empty()) else { return Err(Refused::UnknownField(name.clone())) };
        let news = news(view, key, typed);
        if !is_equal(view, key, None, &news) {
            answered.push((key, None));
            entries.push(Entry { key, row: None, bound, typed: news });
        }
    }
    for (key, row) in answered {
        if view.complaints.get(&key).is_some_and(|complaint| complaint.row == row) {
            view.withdraw_complaint(key);
        }
    }
    Ok(entries)
}

/// The key of a field that is named by a component and a row, which may be gone by now.
fn of_row(view: &View, name: &str) -> Option<(StateId, ComponentId, Arc<str>)> {
    let page = view.origin.page();
    let found = Instance::named(page, name)?;
    let key = key_of(found.definition(page)?)?;
    let has_own = page.state.get(key.index()).is_some_and(|state| state.row_of.is_some());
    Some((key, found.component, found.row.filter(|_| has_own)?))
}

/// Whether nothing else was entered than the browser shows.
fn is_equal(view: &View, key: StateId, row: Option<&Arc<str>>, news: &[String]) -> bool {
    let ty = view.origin.page().state.get(key.index()).map_or(&Type::Any, |state| &state.ty);
    match view.complaints.get(&key).filter(|complaint| complaint.row.as_ref() == row) {
        Some(complaint) => complaint.typed == news,
        None => shown(view, key, row).is_some_and(|shown| is_same(ty, &fields_of(ty, shown), news)),
    }
}

/// The value of a key as the browser shows it, in a row where each has its own.
fn shown<'v>(view: &'v View, key: StateId, row: Option<&Arc<str>>) -> Option<&'v Scalar> {
    let rendered = view.rendered(key)?;
    match row {
        Some(row) => rows::rendered_of(rendered, row),
        None => Some(rendered),
    }
}

/// What was entered in the fields of a key, beside what they showed.
pub(super) fn news(view: &View, key: StateId, typed: &[String]) -> Vec<String> {
    cleaned(view, key, None, typed)
}

fn cleaned(view: &View, key: StateId, row: Option<&Arc<str>>, typed: &[String]) -> Vec<String> {
    let Some(state) = view.origin.page().state.get(key.index()) else { return typed.to_vec() };
    let typed = if state.takes_new { without_empty(typed) } else { typed.to_vec() };
    shown(view, key, row).map_or_else(|| typed.clone(), |shown| clean(&state.ty, shown, &typed))
}

/// Whether fields say the same; boxes are sent in the order of the page, whatever the order of the list.
fn is_same(ty: &Type, shown: &[String], sent: &[String]) -> bool {
    let sorted = |fields: &[String]| {
        let mut fields = fields.to_vec();
        fields.sort_unstable();
        fields
    };
    if matches!(ty.inner(), Type::List(_)) { sorted(shown) == sorted(sent) } else { shown == sent }
}

/// The fields of a widget that shows a value: those of a range are two also where it is null.
fn fields_of(ty: &Type, shown: &Scalar) -> Vec<String> {
    match (ty.inner(), shown) {
        (Type::Range(_), Scalar::Null) => vec![String::new(); 2],
        _ => form::fields(shown),
    }
}

/// The values of a field without the empty one that a form sends first for lists and bools.
///
/// Of several fields of one key, the one that was touched.
fn clean(ty: &Type, shown: &Scalar, typed: &[String]) -> Vec<String> {
    match ty.inner() {
        Type::Range(_) => {
            let shown = fields_of(ty, shown);
            let mut ends = typed.chunks(2).rev();
            let last = ends.clone().next();
            ends.find(|ends| *ends != shown).or(last).unwrap_or_default().to_vec()
        }
        Type::List(_) => {
            let items: Vec<String> = typed.iter().filter(|value| !value.is_empty()).cloned().collect();
            if items.is_empty() { vec![String::new()] } else { items }
        }
        Type::Bool => typed.last().cloned().into_iter().collect(),
        _ => {
            let shown = form::text(shown);
            typed.iter().rev().find(|value| **value != shown).or(typed.last()).cloned().into_iter().collect()
        }
    }
}

/// What was entered in the fields of one key, without those left empty: beside the options there is one for what is new.
fn without_empty(typed: &[String]) -> Vec<String> {
    let filled: Vec<String> = typed.iter().filter(|value| !value.is_empty()).cloned().collect();
    if filled.is_empty() { typed.last().cloned().into_iter().collect() } else { filled }
}

/// Whether a component is on the page and not disabled, as far as is known; of what fails nobody knows.
pub(super) async fn is_enabled(view: &View, resolver: &Resolver, id: ComponentId) -> bool {
    let origin = &view.origin;
    let graph = origin.graph();
    let is_hidden =
        |id: ComponentId| graph.shown(id).is_some_and(|shown| view.memo(shown).is_some() && !holds(view, graph, shown));
    if ancestors(origin, id).any(is_hidden) || !stands_in_row(origin, resolver, id).await {
        return false;
    }
    match origin.page().components.get(id.index()).and_then(|component| component.prop("disabled")) {
        Some(Prop::Expr(expr)) => resolver.eval(expr).await.is_ok_and(|value| !value.is_true()),
        _ => true,
    }
}

/// A component, and all that hold it, from the nearest up.
fn ancestors(origin: &Origin, id: ComponentId) -> impl Iterator<Item = ComponentId> {
    std::iter::once(id).chain(Instance::from(id).ancestors(origin.page()).map(|above| above.component))
}

/// Whether a component of a row is shown in the one that the resolver stands in, with all that it stands in there.
async fn stands_in_row(origin: &Origin, resolver: &Resolver, id: ComponentId) -> bool {
    let page = origin.page();
    for id in ancestors(origin, id) {
        let Some(component) = page.components.get(id.index()).filter(|component| component.row_of.is_some()) else {
            continue;
        };
        if let Some(when) = &component.when
            && !resolver.eval(when).await.is_ok_and(|value| value.is_true())
        {
            return false;
        }
        if let Some((key, wanted)) = &component.shown_if {
            let scope = resolver.scope(vec![Ref::State(*key)]).await;
            let open = scope.ok().and_then(|scope| scope.node(origin.graph().key(*key))?.as_scalar().cloned());
            if open.as_ref() != Some(wanted) {
                return false;
            }
        }
    }
    true
}

/// The value that was entered, or what is wrong with it.
pub(super) async fn decode(
    origin: &Origin,
    resolver: &Resolver,
    entry: &Entry,
    widget: ComponentId,
) -> Result<Scalar, String> {
    let scalar = read(origin, resolver, entry, widget).await?;
    limits::check(origin, resolver, widget, &scalar).await?;
    if let Some(component) = origin.page().components.get(widget.index()) {
        selection::check(resolver, component, entry.key, &scalar).await?;
    }
    Ok(scalar)
}

/// The value that was entered, by its form alone.
pub(super) async fn read(
    origin: &Origin,
    resolver: &Resolver,
    entry: &Entry,
    widget: ComponentId,
) -> Result<Scalar, String> {
    let words = resolver.words();
    let page = origin.page();
    let (Some(state), Some(component)) = (page.state.get(entry.key.index()), page.components.get(widget.index()))
    else {
        return Err(words.say("this field is not known"));
    };
    if let Some(offered) = offered(resolver, state).await {
        return choose(state, &offered, entry, component, words);
    }
    if component.selected() == Some(entry.key) {
        return selection::read(resolver, component, state, &entry.typed).await;
    }
    let typed: Vec<&str> = entry.typed.iter().map(String::as_str).collect();
    if let Some(window) = &component.window {
        return window::read(window, entry.key, typed.last().copied().unwrap_or_default(), resolver.settings());
    }
    match &component.kind.widget {
        Some(widget) => (widget.decode)(&state.ty, &typed).map_err(|complaint| words.say(&complaint.0)),
        None => Ok(parse_own(state, &typed)),
    }
}

/// The key of tabs holds a text, that of an expander a bool.
fn parse_own(state: &State, typed: &[&str]) -> Scalar {
    let typed = typed.last().copied().unwrap_or_default();
    match state.ty {
        Type::Bool => Scalar::Bool(typed == "true"),
        _ => Scalar::text(typed),
    }
}

/// The values that a choice offers; none if its options have failed.
async fn offered(resolver: &Resolver, state: &State) -> Option<Vec<Scalar>> {
    match state.choices.as_ref()? {
        Choices::List(choices) => Some(choices.iter().map(|choice| choice.value.clone()).collect()),
        Choices::Query { query, value, first, .. } => {
            let table = resolver.table(*query).await?;
            Some(choices::values(first, &table, value))
        }
    }
}

/// The options that were chosen: an option is what a form writes for it.
fn choose(
    state: &State,
    offered: &[Scalar],
    entry: &Entry,
    component: &Component,
    words: &Words,
) -> Result<Scalar, String> {
    let typed = &entry.typed;
    let takes_new = matches!(component.prop("allow_new"), Some(Prop::Literal(Scalar::Bool(true))));
    let find = |typed: &String| {
        let option = offered.iter().find(|option| form::text(option) == *typed);
        match option {
            Some(option) => Ok(option.clone()),
            None if takes_new => {
                decode::value(&single(&state.ty).nullable(), &[typed]).map_err(|wrong| words.say(&wrong.0))
            }
            None => Err(words.fill("“{typed}” is not one of the options", &[("typed", typed)])),
        }
    };
    match state.ty.inner() {
        Type::List(_) => {
            let mut chosen: Vec<Scalar> = Vec::new();
            for typed in typed.iter().filter(|value| !value.is_empty()) {
                let value = find(typed)?;
                if !chosen.contains(&value) {
                    chosen.push(value);
                }
            }
            return Ok(Scalar::list(chosen));
        }
        Type::Range(_) => return choose_ends(state, offered, typed, find, words),
        _ => {}
    }
    match typed.last() {
        Some(typed) if typed.is_empty() && state.ty.is_nullable() => Ok(Scalar::Null),
        Some(typed) => find(typed),
        None => Err(words.say("choose one of the options")),
    }
}

/// Two of the options, in their order.
fn choose_ends(
    state: &State,
    offered: &[Scalar],
    typed: &[String],
    find: impl Fn(&String) -> Result<Scalar, String>,
    words: &Words,
) -> Result<Scalar, String> {
    let [low, high] = typed else { return Err(words.say("choose both ends")) };
    if low.is_empty() && high.is_empty() && state.ty.is_nullable() {
        return Ok(Scalar::Null);
    }
    let (low, high) = (find(low)?, find(high)?);
    let place = |value: &Scalar| offered.iter().position(|option| option == value);
    if place(&low) > place(&high) {
        return Err(words.say("the first value must not be above the second"));
    }
    Ok(Scalar::range(low, high))
}

/// The type of one value of a key.
fn single(ty: &Type) -> Type {
    match ty.inner() {
        Type::List(item) | Type::Range(item) => item.inner().clone(),
        inner => inner.clone(),
    }
}
