//! Fields that the user fills in: their names, values and choices.

use appspec_lang::check::program::State;
use appspec_lang::value::{Scalar, Type};
use minijinja::{Value, context};

use super::format::field_text;
use super::item::Item;
use super::slider;
use crate::eval::{form, take};
use crate::words;

pub(super) fn values(item: &Item<'_>) -> Value {
    let Some(state) = item.state() else { return context! {} };
    let values = field_values(item, state);
    let form = item.form().map(|form| format!("f-{}", form.id));
    let label = item.text("label").unwrap_or_else(|| words::of_name(&state.name));
    let own = context! {
        name => item.field(state),
        label,
        label_hidden => item.flag("label_hidden"),
        disabled => item.flag("disabled"),
        required => item.flag("required"),
        must => must(item, &state.ty),
        complaint => item.shown.complaint.as_ref().and_then(|complaint| complaint.message.as_deref()),
        leads => item.shown.complaint.as_ref().is_some_and(|complaint| complaint.leads),
        form => form.as_deref().unwrap_or("view"),
        held => Value::from(form.as_ref().map(|_| held(item)).unwrap_or_default()),
        on => values.iter().any(|value| value == "true"),
        nullable => state.ty.is_nullable(),
        empty => values.iter().all(String::is_empty),
        multiple => matches!(state.ty.inner(), Type::List(_)),
        is_range => matches!(state.ty.inner(), Type::Range(_)),
        input => input_type(item, &state.ty),
        min => bound(item, "min", &state.ty),
        max => bound(item, "max", &state.ty),
        step => step(item, &state.ty, &values),
        chosen => Value::from(chosen(item, &values)),
        options => Value::from(options(item, &values)),
        other => other(item, &values),
        values => Value::from(values.clone()),
    };
    match item.component.kind.name {
        "slider" => context! { ..own, ..slider::values(item, &state.ty, &values) },
        "file_upload" => context! { ..file(item, form.is_some()), ..own },
        _ => own,
    }
}

/// Whether the browser itself may ask for each field: not where one of several is enough.
fn must(item: &Item<'_>, ty: &Type) -> bool {
    let has_other = item.component.kind.name == "radio" && item.flag("allow_new");
    let is_enough = matches!(ty.inner(), Type::List(_)) || has_other;
    item.flag("required") && !is_enough
}

/// What the fields hold, one by one; after a complaint, what was typed.
fn field_values(item: &Item<'_>, state: &State) -> Vec<String> {
    let wanted = if matches!(state.ty.inner(), Type::Range(_)) { 2 } else { 1 };
    let mut values = match (&item.shown.complaint, item.subject_scalar()) {
        (Some(complaint), _) => complaint.typed.clone(),
        (None, Some(Scalar::List(items))) => items.iter().map(field_text).collect(),
        (None, Some(Scalar::Range(ends))) => ends.iter().map(field_text).collect(),
        (None, value) => vec![value.map(field_text).unwrap_or_default()],
    };
    if values.len() < wanted {
        values.resize(wanted, String::new());
    }
    values
}

/// What a field for files takes, and what it has.
fn file(item: &Item<'_>, is_in_form: bool) -> Value {
    let kinds = take::kinds_of(item.component);
    let most = take::most_bytes(item.component).unwrap_or_default();
    let accept: Vec<String> = kinds.iter().map(|kind| format!(".{kind}")).collect();
    let name = item.shown.file.as_deref();
    let settings = item.settings();
    let words = settings.words();
    let holds = item.table().map(|table| {
        let (rows, columns) = (table.rows(), table.columns().len());
        format!("{}, {}", settings.counted("{n} rows", rows), settings.counted("{n} columns", columns))
    });
    context! {
        accept => accept.join(","),
        takes => words.fill("{kinds}, up to {size}", &[("kinds", &in_words(&kinds)), ("size", &take::size_in_words(most))]),
        most,
        file => name,
        holds,
        must => item.flag("required") && name.is_none(),
        can_remove => name.is_some() && !item.flag("required") && !is_in_form,
        held => Value::from(vec![name.unwrap_or_default().to_owned()]),
    }
}

/// Kinds of files as readers know them.
fn in_words(kinds: &[String]) -> String {
    let word = |kind: &String| if kind == "parquet" { "Parquet".to_owned() } else { kind.to_uppercase() };
    kinds.iter().map(word).collect::<Vec<_>>().join(", ")
}

/// The fields of the key of a widget in a form: what the form holds is another thing until it is submitted.
fn held(item: &Item<'_>) -> Vec<String> {
    item.subject_scalar().map(form::fields).unwrap_or_default()
}

/// What there is to choose, and behind it what was chosen besides.
fn options(item: &Item<'_>, values: &[String]) -> Vec<Value> {
    let options = item.shown.options.iter().map(|(value, label)| {
        let value = field_text(value);
        let is_on = values.contains(&value);
        context! { value, label, on => is_on }
    });
    let new = unlisted(item, values).map(|value| context! { value, label => value, on => true });
    options.chain(new).collect()
}

/// What was entered and is none of the options, where that is allowed.
fn unlisted<'v>(item: &Item<'_>, values: &'v [String]) -> impl Iterator<Item = &'v String> {
    let takes_new = item.flag("allow_new");
    let listed: Vec<String> = item.shown.options.iter().map(|(value, _)| field_text(value)).collect();
    values.iter().filter(move |value| takes_new && !value.is_empty() && !listed.contains(value))
}

/// The one value that is none of the options.
fn other(item: &Item<'_>, values: &[String]) -> String {
    unlisted(item, values).next().cloned().unwrap_or_default()
}

/// The labels of what is chosen.
fn chosen(item: &Item<'_>, values: &[String]) -> Vec<Value> {
    let chosen = item.shown.options.iter().filter(|(value, _)| values.contains(&field_text(value)));
    let listed = chosen.map(|(_, label)| Value::from(label.as_str()));
    listed.chain(unlisted(item, values).map(|value| Value::from(value.as_str()))).collect()
}

/// The type of an `<input>` that takes one end or the whole of a value.
fn input_type(item: &Item<'_>, ty: &Type) -> &'static str {
    match single(ty) {
        Type::Date => "date",
        Type::DateTime => "datetime-local",
        Type::Time => "time",
        _ if item.component.kind.name == "slider" => "range",
        Type::Int | Type::Float | Type::Decimal => "number",
        _ if item.component.kind.name == "number_input" => "number",
        _ => "text",
    }
}

/// A limit as the field writes it; that of a datetime has a time.
fn bound(item: &Item<'_>, name: &str, ty: &Type) -> Option<String> {
    match item.scalar(name)? {
        Scalar::Date(date) if *single(ty) == Type::DateTime => Some(field_text(&Scalar::DateTime(date.at(0, 0, 0, 0)))),
        _ => item.text(name),
    }
}

/// The step between values: whole numbers step by one, times by a minute, others by nothing in particular.
fn step(item: &Item<'_>, ty: &Type, values: &[String]) -> Option<String> {
    let usual = match single(ty) {
        Type::Float | Type::Decimal | Type::Any => Some("any"),
        // A value between two minutes must not be wrong.
        Type::Time if values.iter().any(|value| value.len() > 5) => Some("any"),
        Type::DateTime if values.iter().any(|value| value.len() > 16) => Some("any"),
        _ => None,
    };
    item.text("step").or_else(|| usual.map(str::to_owned))
}

/// The type of a value, or of an end of a range.
pub(super) fn single(ty: &Type) -> &Type {
    match ty.inner() {
        Type::Range(end) | Type::List(end) => end.inner(),
        single => single,
    }
}
