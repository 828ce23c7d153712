//! The keys that stand in the URL of a page: what a URL gives them at first, and the URL of what they are.
//!
//! A value stands there as a form writes it, but for three: a list that is empty is `k=`, `false` is written out, and a
//! range is one value, `a..b`. What a key is at first is left out.

use std::collections::BTreeMap;
use std::sync::Arc;

use appspec_data::Value;
use appspec_lang::check::program::{Choice, Choices, Initial, State, StateId};
use appspec_lang::component::decode;
use appspec_lang::value::{Scalar, Type};
use jiff::civil::DateTime;

use super::act::Interaction;
use super::choices;
use super::form;
use super::limits;
use super::memo::Kept;
use super::run::Engine;
use super::view::{Entered, View};
use super::window;

/// Whether a page has keys in its URL.
pub fn has_any(view: &View) -> bool {
    view.origin.page().state.iter().any(|state| state.in_url.is_some())
}

/// Gives the keys of a view that begins what stands in the query of its URL; what does not fit is passed over.
pub async fn seed(engine: &Arc<Engine>, view: &mut View, query: &str, now: DateTime) {
    let found = found(view, query);
    begin_with(engine, view, &found, now).await;
}

/// Gives keys their first values, unless these are beyond the limits of their widgets: then all stays as it was.
pub(super) async fn begin_with(engine: &Arc<Engine>, view: &mut View, found: &[(StateId, Scalar)], now: DateTime) {
    let before: Vec<Option<Scalar>> = found.iter().map(|(key, _)| view.seed_of(*key).cloned()).collect();
    for (key, scalar) in found {
        view.seed(*key, scalar.clone());
    }
    let misfits = misfits(engine, view, found, now).await;
    for ((key, _), before) in found.iter().zip(before).filter(|((key, _), _)| misfits.contains(key)) {
        match before {
            Some(before) => view.seed(*key, before),
            None => view.take_back_seed(*key),
        }
    }
}

/// Gives the keys of a view what stands in the query of a URL, and what they are at first where nothing does: the user
/// went back or forward.
pub(super) async fn go(interaction: &mut Interaction<'_>, query: &str, now: DateTime) {
    let found = found(interaction.view, query);
    let origin = Arc::clone(&interaction.view.origin);
    for (index, _) in origin.page().state.iter().enumerate().filter(|(_, state)| state.in_url.is_some()) {
        let key = StateId::at(index);
        match found.iter().find(|(id, _)| *id == key) {
            Some((_, scalar)) => interaction.set(key, Value::Scalar(scalar.clone())),
            None if interaction.view.is_entered(key) => interaction.reset(key),
            None => {}
        }
    }
    let engine = Arc::clone(&interaction.engine);
    for key in misfits(&engine, interaction.view, &found, now).await {
        interaction.reset(key);
    }
}

/// The keys whose values no widget would have taken; that is known once all have theirs, for limits may depend on others.
async fn misfits(engine: &Arc<Engine>, view: &View, given: &[(StateId, Scalar)], now: DateTime) -> Vec<StateId> {
    let page = view.origin.page();
    let resolver = super::resolve::Resolver::current(engine, view, now);
    let mut misfits = Vec::new();
    for (key, scalar) in given {
        let widget = page.state.get(key.index()).and_then(|state| state.widgets.first());
        let component = widget.and_then(|widget| page.components.get(widget.index()));
        if let Some(window) = component.and_then(|component| component.window.as_ref()) {
            if window::read(window, *key, &form::text(scalar), resolver.settings()).is_err() {
                misfits.push(*key);
            }
            continue;
        }
        if let Some(widget) = widget
            && limits::check(&view.origin, &resolver, *widget, scalar).await.is_err()
        {
            misfits.push(*key);
        }
    }
    misfits
}

/// The values that the query of a URL has for the keys of a page.
fn found(view: &View, query: &str) -> Vec<(StateId, Scalar)> {
    let page = view.origin.page();
    let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        fields.entry(name.into_owned()).or_default().push(value.into_owned());
    }
    let value = |(index, state): (usize, &State)| {
        let written = fields.get(&**state.in_url.as_ref()?)?;
        Some((StateId::at(index), read(state, written)?))
    };
    page.state.iter().enumerate().filter_map(value).collect()
}

/// The value of a key as it is written; none if it does not fit.
fn read(state: &State, written: &[String]) -> Option<Scalar> {
    if let Type::List(item) = state.ty.inner() {
        let items = written.iter().filter(|text| !text.is_empty());
        let fitting: Vec<Scalar> = items.filter_map(|text| single(state, item.inner(), text)).collect();
        let is_empty = written.iter().all(String::is_empty);
        return (is_empty || !fitting.is_empty()).then(|| Scalar::list(fitting));
    }
    let text = written.last()?;
    match state.ty.inner() {
        _ if text.is_empty() && state.ty.is_nullable() => Some(Scalar::Null),
        Type::Range(end) => {
            let (low, high) = text.split_once("..")?;
            decode::range(end, false, &[low, high]).ok()
        }
        single_type => single(state, single_type, text),
    }
}

/// One value: an option where these are written out.
fn single(state: &State, ty: &Type, written: &str) -> Option<Scalar> {
    match (&state.choices, ty) {
        (Some(Choices::List(choices)), _) => option(choices, written),
        (_, Type::Bool) => match written {
            "true" => Some(Scalar::Bool(true)),
            "false" => Some(Scalar::Bool(false)),
            _ => None,
        },
        (_, ty) => decode::value(ty, &[written]).ok(),
    }
}

fn option(choices: &[Choice], written: &str) -> Option<Scalar> {
    choices.iter().map(|choice| &choice.value).find(|value| text(value) == written).cloned()
}

/// What stands in the URL for a single value.
pub(super) fn text(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Bool(false) => "false".to_owned(),
        Scalar::Range(ends) => ends.iter().map(form::text).collect::<Vec<_>>().join(".."),
        single => form::text(single),
    }
}

/// The query of the URL that shows a page as it is, from `given`, the query that it has: what others have put there stays.
/// Empty if nothing stands in it.
pub fn query(view: &View, given: &str) -> String {
    let page = view.origin.page();
    let is_own = |name: &str| name == "view" || page.state.iter().any(|state| state.in_url.as_deref() == Some(name));
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (index, state) in page.state.iter().enumerate() {
        let Some(parameter) = &state.in_url else { continue };
        match written(view, StateId::at(index), state) {
            Some(Scalar::List(items)) if items.is_empty() => {
                query.append_pair(parameter, "");
            }
            Some(Scalar::List(items)) => {
                query.extend_pairs(items.iter().map(|item| (&**parameter, text(item))));
            }
            Some(single) => {
                query.append_pair(parameter, &text(&single));
            }
            None => {}
        }
    }
    query.extend_pairs(form_urlencoded::parse(given.as_bytes()).filter(|(name, _)| !is_own(name)));
    query.finish()
}

/// The value of a key, unless it is what it is at first.
fn written(view: &View, key: StateId, state: &State) -> Option<Scalar> {
    let graph = view.origin.graph();
    let entered = match view.state.get(key.index())? {
        Entered::Set(value) => Some(value),
        Entered::Initial => None,
    };
    let node = graph.key(key);
    let settled = view.memo(node).filter(|_| !view.unsettled.contains(node.index())).map(|memo| &memo.kept);
    let value = match settled {
        Some(Kept::Value(value)) => value,
        _ => entered?,
    };
    let value = value.as_scalar()?;
    let is_first = match &state.initial {
        _ if view.origin.page().followed(key).is_some() => entered.is_none(),
        Initial::From(_) => entered.is_none(),
        Initial::Const(first) => value == view.firsts.get(&key).unwrap_or(first),
        Initial::FirstChoice => match view.firsts.get(&key) {
            Some(first) => value == first,
            None => entered.is_none() || *value == choices::first_of_list(state),
        },
    };
    (!is_first).then(|| value.clone())
}

#[cfg(test)]
mod tests {
    use appspec_lang::source::{FileId, Span};

    use super::*;

    fn key(ty: Type, choices: Option<Choices>) -> State {
        State {
            name: "key".into(),
            ty,
            shared: false,
            declared: true,
            initial: Initial::Const(Scalar::Null),
            each_run: None,
            in_url: Some("key".into()),
            kept: false,
            window: None,
            row_of: None,
            choices,
            takes_new: false,
            widgets: Vec::new(),
            span: Span::new(FileId(0), 0, 0),
        }
    }

    #[test]
    fn a_value_is_read_as_it_is_written() {
        let list = |item: Type| Type::List(Box::new(item));
        let range = |end: Type| Type::Range(Box::new(end));
        let ints = |ints: &[i64]| Scalar::list(ints.iter().map(|int| Scalar::Int(*int)));
        let date = |month| Scalar::Date(jiff::civil::date(2024, month, 1));
        let cases: &[(Type, &[&str], Option<Scalar>)] = &[
            (Type::Text, &["a b"], Some(Scalar::text("a b"))),
            (Type::Text, &[""], Some(Scalar::text(""))),
            (Type::Text.nullable(), &[""], Some(Scalar::Null)),
            (Type::Int, &["3", "4"], Some(Scalar::Int(4))),
            (Type::Int, &["x"], None),
            (Type::Int, &[""], None),
            (Type::Bool, &["true"], Some(Scalar::Bool(true))),
            (Type::Bool, &["false"], Some(Scalar::Bool(false))),
            (Type::Bool, &[""], None),
            (list(Type::Int), &["1", "x", "2"], Some(ints(&[1, 2]))),
            (list(Type::Int), &[""], Some(ints(&[]))),
            (list(Type::Int), &["x"], None),
            (range(Type::Date), &["2024-01-01..2024-03-01"], Some(Scalar::range(date(1), date(3)))),
            (range(Type::Date), &["2024-03-01..2024-01-01"], None),
            (range(Type::Float), &["-1.5..2.5"], Some(Scalar::range(Scalar::Float(-1.5), Scalar::Float(2.5)))),
            (range(Type::Date).nullable(), &[""], Some(Scalar::Null)),
        ];
        for (ty, written, expected) in cases {
            let texts: Vec<String> = written.iter().map(|text| (*text).to_owned()).collect();
            assert_eq!(read(&key(ty.clone(), None), &texts), *expected, "{ty} {written:?}");
        }
    }

    #[test]
    fn of_options_only_those_that_are_offered_are_taken() {
        let choice = |value: Scalar| Choice { value, label: None };
        let offered = || Some(Choices::List(vec![choice(Scalar::Int(1)), choice(Scalar::Bool(false))]));
        let read = |ty: Type, written: &str| read(&key(ty, offered()), &[written.to_owned()]);
        assert_eq!(read(Type::Any, "1"), Some(Scalar::Int(1)));
        assert_eq!(read(Type::Any, "false"), Some(Scalar::Bool(false)));
        assert_eq!(read(Type::Int, "2"), None);
    }
}
