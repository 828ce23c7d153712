//! What a user has entered: which fields are edits, and whether they may be what they are.

use appspec_lang::check::program::{Choices, Component, ComponentId, Prop, Ref, State, StateId};
use appspec_lang::component::decode::matches_pattern;
use appspec_lang::value::{Scalar, Type};

use super::choices;
use super::delta::ancestors;
use super::form;
use super::interact::{Refused, Sent};
use super::resolve::Resolver;
use super::run::holds;
use super::view::{Origin, View};
use super::window;

/// A field that differs from what the browser was given.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: StateId,
    /// All components that are bound to the key, in the order of the page.
    pub(super) bound: Vec<ComponentId>,
    pub(super) typed: Vec<String>,
}

/// The edits among what was sent; what equals the last rendered value is none.
pub(super) fn entries(view: &mut View, sent: &Sent) -> Result<Vec<Entry>, Refused> {
    let origin = std::sync::Arc::clone(&view.origin);
    let page = origin.page();
    let mut entries = Vec::new();
    let mut answered = Vec::new();
    for (name, typed) in &sent.fields {
        let key = page.state.iter().position(|state| *state.name == **name).map(StateId::at);
        let bound = key.map(|key| page.takers(key)).unwrap_or_default();
        let Some(key) = key.filter(|_| !bound.is_empty()) else { return Err(Refused::UnknownField(name.clone())) };
        let ty = page.state.get(key.index()).map_or(&Type::Any, |state| &state.ty);
        let news = view.rendered(key).map_or_else(|| typed.clone(), |shown| clean(ty, shown, typed));
        let is_equal = match view.complaints.get(&key) {
            Some(complaint) => complaint.typed == news,
            None => view.rendered(key).is_some_and(|shown| fields_of(ty, shown) == news),
        };
        if !is_equal {
            answered.push(key);
            entries.push(Entry { key, bound, typed: news });
        }
    }
    for key in answered {
        view.withdraw_complaint(key);
    }
    Ok(entries)
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

/// Whether a component is on the page and not disabled, as far as is known; of what fails nobody knows.
pub(super) async fn is_enabled(view: &View, resolver: &Resolver, id: ComponentId) -> bool {
    let origin = &view.origin;
    let graph = origin.graph();
    let is_hidden =
        |id: ComponentId| graph.shown(id).is_some_and(|shown| view.memo(shown).is_some() && !holds(view, graph, shown));
    if is_hidden(id) || ancestors(origin, id).any(is_hidden) {
        return false;
    }
    match origin.page().components.get(id.index()).and_then(|component| component.prop("disabled")) {
        Some(Prop::Expr(expr)) => resolver.eval(expr).await.is_ok_and(|value| !value.is_true()),
        _ => true,
    }
}

/// The value that was entered, or what is wrong with it.
pub(super) async fn decode(
    origin: &Origin,
    resolver: &Resolver,
    entry: &Entry,
    widget: ComponentId,
) -> Result<Scalar, String> {
    let scalar = read(origin, resolver, entry, widget).await?;
    check_limits(origin, resolver, widget, &scalar).await?;
    Ok(scalar)
}

/// The value that was entered, by its form alone.
pub(super) async fn read(
    origin: &Origin,
    resolver: &Resolver,
    entry: &Entry,
    widget: ComponentId,
) -> Result<Scalar, String> {
    let page = origin.page();
    let (Some(state), Some(component)) = (page.state.get(entry.key.index()), page.components.get(widget.index()))
    else {
        return Err("this field is not known".to_owned());
    };
    if let Some(offered) = offered(resolver, state).await {
        return choose(state, &offered, &entry.typed);
    }
    let typed: Vec<&str> = entry.typed.iter().map(String::as_str).collect();
    if let Some(window) = &component.window {
        return window::read(window, entry.key, typed.last().copied().unwrap_or_default());
    }
    match &component.kind.widget {
        Some(widget) => (widget.decode)(&state.ty, &typed).map_err(|complaint| complaint.0),
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
fn choose(state: &State, offered: &[Scalar], typed: &[String]) -> Result<Scalar, String> {
    let find = |typed: &String| {
        let option = offered.iter().find(|option| form::text(option) == *typed);
        option.cloned().ok_or_else(|| format!("“{typed}” is not one of the options"))
    };
    if matches!(state.ty.inner(), Type::List(_)) {
        let chosen: Result<Vec<Scalar>, String> = typed.iter().filter(|value| !value.is_empty()).map(find).collect();
        return Ok(Scalar::list(chosen?));
    }
    match typed.last() {
        Some(typed) if typed.is_empty() && state.ty.is_nullable() => Ok(Scalar::Null),
        Some(typed) => find(typed),
        None => Err("choose one of the options".to_owned()),
    }
}

/// Checks `required`, `max_length`, `pattern`, `min`, `max` and `step`.
pub(super) async fn check_limits(
    origin: &Origin,
    resolver: &Resolver,
    widget: ComponentId,
    scalar: &Scalar,
) -> Result<(), String> {
    let Some(component) = origin.page().components.get(widget.index()) else { return Ok(()) };
    let is_empty = scalar.is_null() || matches!(scalar, Scalar::Text(text) if text.trim().is_empty());
    if is_empty && matches!(component.prop("required"), Some(Prop::Literal(Scalar::Bool(true)))) {
        return Err("this is required".to_owned());
    }
    if let (Some(Prop::Literal(Scalar::Int(longest))), Scalar::Text(text)) = (component.prop("max_length"), scalar)
        && usize::try_from(*longest).is_ok_and(|longest| text.chars().count() > longest)
    {
        return Err(format!("at most {longest} characters fit here"));
    }
    if let (Some(Prop::Literal(Scalar::Text(pattern))), Scalar::Text(text)) = (component.prop("pattern"), scalar)
        && !text.is_empty()
        && !matches_pattern(pattern, text)
    {
        return Err("this does not have the form that is asked for".to_owned());
    }
    let singles: &[Scalar] = match scalar {
        Scalar::Range(ends) => ends.as_slice(),
        single => std::slice::from_ref(single),
    };
    if let [low, high] = singles
        && low.compare(high) == Some(std::cmp::Ordering::Greater)
    {
        return Err("the first value must not be above the second".to_owned());
    }
    for (name, wrong, words) in
        [("min", std::cmp::Ordering::Less, "must be at least"), ("max", std::cmp::Ordering::Greater, "must be at most")]
    {
        let Some(Prop::Expr(limit)) = component.prop(name) else { continue };
        let Some(limit) = scalar_of(resolver, limit).await else { continue };
        if singles.iter().any(|single| single.compare(&limit) == Some(wrong)) {
            return Err(format!("{words} {}", form::text(&limit)));
        }
    }
    check_step(component, resolver, singles).await
}

/// Checks that numbers lie on the steps that begin at `min`, or at 0.
async fn check_step(component: &Component, resolver: &Resolver, singles: &[Scalar]) -> Result<(), String> {
    let number = async |name: &str| match component.prop(name) {
        Some(Prop::Expr(expr)) => scalar_of(resolver, expr).await.and_then(|scalar| scalar.as_float()),
        _ => None,
    };
    let Some(step) = number("step").await.filter(|step| *step > 0.0) else { return Ok(()) };
    let start = number("min").await.unwrap_or(0.0);
    for value in singles.iter().filter_map(Scalar::as_float) {
        let steps = (value - start) / step;
        // Decimal steps such as 0.1 have no exact float.
        if (steps - steps.round()).abs() > 1e-6 * steps.abs().max(1.0) {
            let from = if start == 0.0 { String::new() } else { format!("{start} plus ") };
            return Err(format!("must be {from}a multiple of {step}"));
        }
    }
    Ok(())
}

async fn scalar_of(resolver: &Resolver, expr: &appspec_lang::expr::Expr<Ref>) -> Option<Scalar> {
    resolver.eval(expr).await.ok()?.as_scalar().cloned()
}
