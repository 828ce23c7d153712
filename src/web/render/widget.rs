//! Fields that the user fills in: their names, values and choices.

use appspec_lang::check::program::State;
use appspec_lang::value::{Scalar, Type};
use minijinja::{Value, context};

use super::format::{field_text, words};
use super::item::Item;

pub(super) fn values(item: &Item<'_>) -> Value {
    let Some(state) = item.state() else { return context! {} };
    let values = field_values(item, state);
    let label = item.text("label").unwrap_or_else(|| words(&state.name));
    context! {
        name => &*state.name,
        label,
        label_hidden => item.flag("label_hidden"),
        disabled => item.flag("disabled"),
        required => item.flag("required"),
        complaint => item.shown.complaint.as_ref().map(|(message, _)| message.as_str()),
        on => values.iter().any(|value| value == "true"),
        nullable => state.ty.is_nullable(),
        empty => values.iter().all(String::is_empty),
        multiple => matches!(state.ty.inner(), Type::List(_)),
        is_range => matches!(state.ty.inner(), Type::Range(_)),
        input => input_type(item, &state.ty),
        min => bound(item, "min"),
        max => bound(item, "max"),
        step => step(item, &state.ty),
        chosen => Value::from(chosen(item, &values)),
        options => Value::from(options(item, &values)),
        values => Value::from(values),
    }
}

/// What the fields hold, one by one; after a complaint, what was typed.
fn field_values(item: &Item<'_>, state: &State) -> Vec<String> {
    let wanted = if matches!(state.ty.inner(), Type::Range(_)) { 2 } else { 1 };
    let mut values = match (&item.shown.complaint, item.subject_scalar()) {
        (Some((_, typed)), _) => typed.clone(),
        (None, Some(Scalar::List(items))) => items.iter().map(field_text).collect(),
        (None, Some(Scalar::Range(ends))) => ends.iter().map(field_text).collect(),
        (None, value) => vec![value.map(field_text).unwrap_or_default()],
    };
    if values.len() < wanted {
        values.resize(wanted, String::new());
    }
    values
}

fn options(item: &Item<'_>, values: &[String]) -> Vec<Value> {
    let options = item.shown.options.iter().map(|(value, label)| {
        let value = field_text(value);
        let is_on = values.contains(&value);
        context! { value, label, on => is_on }
    });
    options.collect()
}

/// The labels of what is chosen.
fn chosen(item: &Item<'_>, values: &[String]) -> Vec<Value> {
    let chosen = item.shown.options.iter().filter(|(value, _)| values.contains(&field_text(value)));
    chosen.map(|(_, label)| Value::from(label.as_str())).collect()
}

/// The type of an `<input>` that takes one end or the whole of a value.
fn input_type(item: &Item<'_>, ty: &Type) -> &'static str {
    match single(ty) {
        Type::Date => "date",
        Type::DateTime => "datetime-local",
        Type::Time => "time",
        _ if item.component.kind.name == "slider" => "range",
        _ => "number",
    }
}

fn bound(item: &Item<'_>, name: &str) -> Option<String> {
    item.text(name)
}

/// The step between values: whole numbers step by one, others by nothing in particular.
fn step(item: &Item<'_>, ty: &Type) -> Option<String> {
    let is_fraction = matches!(single(ty), Type::Float | Type::Decimal | Type::Any);
    item.text("step").or_else(|| is_fraction.then(|| "any".to_owned()))
}

/// The type of a value, or of an end of a range.
fn single(ty: &Type) -> &Type {
    match ty.inner() {
        Type::Range(end) | Type::List(end) => end.inner(),
        single => single,
    }
}
