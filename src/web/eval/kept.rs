//! The keys that are kept for the browser: what they were when it was last here, and what has changed since.

use std::sync::Arc;

use appspec_data::{KeptChange, KeptValue, Value};
use appspec_lang::check::program::{Choices, State, StateId};
use appspec_lang::component::decode;
use appspec_lang::value::{Fingerprint, Scalar, Type};
use jiff::civil::DateTime;
use serde_json::{Value as Json, json};

use super::address;
use super::form;
use super::run::Engine;
use super::view::{Entered, View};

/// Whether a page has keys that are kept.
pub fn has_any(view: &View) -> bool {
    view.origin.page().state.iter().any(|state| state.kept)
}

/// Gives the keys of a view that begins what was kept; what does not fit any more is passed over.
pub async fn seed(engine: &Arc<Engine>, view: &mut View, kept: &[KeptValue], now: DateTime) {
    let origin = Arc::clone(&view.origin);
    let mut found = Vec::new();
    for (index, state) in origin.page().state.iter().enumerate().filter(|(_, state)| state.kept) {
        let is_own = |kept: &&KeptValue| *kept.key == *state.name && kept.place.is_empty() == state.shared;
        let scalar = kept.iter().find(is_own).and_then(|kept| read(state, &kept.value));
        found.extend(scalar.map(|scalar| (StateId::at(index), scalar)));
    }
    address::begin_with(engine, view, &found, now).await;
}

/// Takes what the keys of a view are as what is kept of them.
pub fn note(view: &mut View) {
    view.kept = digests(view);
}

/// What has changed of the keys since that was last noted, to be kept for the browser; `place` is the page's own.
pub fn changes(view: &View, place: &str) -> Vec<KeptChange> {
    let page = view.origin.page();
    let mut changes = Vec::new();
    for (index, digest) in digests(view).into_iter().enumerate() {
        let Some(state) = page.state.get(index).filter(|_| view.kept.get(index).copied().flatten() != digest) else {
            continue;
        };
        let value = view.state.get(index).and_then(written);
        let place = if state.shared { String::new() } else { place.to_owned() };
        changes.push(KeptChange { place, key: state.name.to_string(), value });
    }
    changes
}

fn digests(view: &View) -> Vec<Option<Fingerprint>> {
    let entered = view.origin.page().state.iter().zip(&view.state);
    let digest = |(state, entered): (&State, &Entered)| match entered {
        Entered::Set(Value::Scalar(scalar)) if state.kept => Some(scalar.fingerprint()),
        _ => None,
    };
    entered.map(digest).collect()
}

/// A value as it is kept; none of a key that is what it is at first.
fn written(entered: &Entered) -> Option<String> {
    let Entered::Set(Value::Scalar(scalar)) = entered else { return None };
    let json = match scalar {
        Scalar::Null => Json::Null,
        Scalar::List(items) => json!(items.iter().map(form::text).collect::<Vec<_>>()),
        Scalar::Range(ends) => json!(ends.iter().map(form::text).collect::<Vec<_>>()),
        single => json!(form::text(single)),
    };
    Some(json.to_string())
}

/// A value that was kept; none if it is none of the key's type, which may have changed.
fn read(state: &State, written: &str) -> Option<Scalar> {
    let single = |ty: &Type, text: &str| -> Option<Scalar> {
        match &state.choices {
            Some(Choices::List(choices)) => {
                choices.iter().map(|choice| &choice.value).find(|value| form::text(value) == text).cloned()
            }
            _ => decode::value(ty, &[text]).ok(),
        }
    };
    match (serde_json::from_str(written).ok()?, state.ty.inner()) {
        (Json::Null, _) => state.ty.is_nullable().then_some(Scalar::Null),
        (Json::Array(items), Type::List(item)) => {
            let items = items.iter().filter_map(|text| single(item.inner(), text.as_str()?));
            Some(Scalar::list(items))
        }
        (Json::Array(ends), Type::Range(end)) => {
            let ends: Vec<&str> = ends.iter().map(Json::as_str).collect::<Option<_>>()?;
            decode::range(end, false, &ends).ok()
        }
        (Json::String(text), ty) if !matches!(ty, Type::List(_) | Type::Range(_)) => single(ty, &text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use appspec_lang::check::program::{Choice, Initial};
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
            in_url: None,
            kept: true,
            window: None,
            row_of: None,
            choices,
            takes_new: false,
            widgets: Vec::new(),
            span: Span::new(FileId(0), 0, 0),
        }
    }

    #[test]
    fn what_is_kept_is_read_again() {
        let list = |item: Type| Type::List(Box::new(item));
        let range = |end: Type| Type::Range(Box::new(end));
        let texts = |texts: &[&str]| Scalar::list(texts.iter().map(|text| Scalar::text(*text)));
        let cases = [
            (Type::Text, Scalar::text("a\n\"b\"")),
            (Type::Text, Scalar::text("")),
            (Type::Text.nullable(), Scalar::Null),
            (Type::Bool, Scalar::Bool(false)),
            (Type::Float, Scalar::Float(0.1)),
            (Type::Decimal, Scalar::Decimal { units: -5, scale: 2 }),
            (Type::Date.nullable(), Scalar::Date(jiff::civil::date(2024, 2, 29))),
            (list(Type::Text), texts(&["a", "", "b,c"])),
            (list(Type::Text), texts(&[])),
            (range(Type::Int), Scalar::range(Scalar::Int(-1), Scalar::Int(2))),
        ];
        for (ty, scalar) in cases {
            let kept = written(&Entered::Set(Value::Scalar(scalar.clone()))).unwrap();
            assert_eq!(read(&key(ty.clone(), None), &kept), Some(scalar), "{ty} {kept}");
        }
    }

    #[test]
    fn what_does_not_fit_any_more_is_passed_over() {
        for (ty, kept) in [
            (Type::Int, "\"x\""),
            (Type::Int, "null"),
            (Type::Text, "[\"a\"]"),
            (Type::List(Box::new(Type::Text)), "\"a\""),
            (Type::Range(Box::new(Type::Int)), "[\"2\",\"1\"]"),
            (Type::Range(Box::new(Type::Int)), "[\"2\"]"),
            (Type::Text, "nonsense"),
        ] {
            assert_eq!(read(&key(ty.clone(), None), kept), None, "{ty} {kept}");
        }
        let only = Choices::List(vec![Choice { value: Scalar::Int(1), label: None }]);
        assert_eq!(read(&key(Type::Int, Some(only.clone())), "\"2\""), None);
        assert_eq!(read(&key(Type::Int, Some(only)), "\"1\""), Some(Scalar::Int(1)));
    }
}
