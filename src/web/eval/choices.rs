//! What a choice offers, and which values of its key that admits.

use appspec_data::{ColumnValues, Table, Value};
use appspec_lang::check::program::{Choice, Choices, Initial, State, StateId};
use appspec_lang::value::{Scalar, Type};

use super::address;
use super::expr::{self, EvalError, Settings};
use super::resolve::Scope;
use super::view::Origin;

/// The value of a key that starts at its first choice, as far as its choices are written out.
pub(super) fn first_of_list(state: &State) -> Scalar {
    match &state.choices {
        Some(Choices::List(choices)) if !state.ty.is_nullable() => {
            let values: Vec<Scalar> = choices.iter().map(|choice| choice.value.clone()).collect();
            at_first(state, &values)
        }
        _ => Scalar::Null,
    }
}

/// The first choice; for a range all of them, from the first to the last.
fn at_first(state: &State, offered: &[Scalar]) -> Scalar {
    match (state.ty.inner(), offered) {
        (Type::Range(_), [first, .., last]) => Scalar::range(first.clone(), last.clone()),
        (Type::Range(_), [only]) => Scalar::range(only.clone(), only.clone()),
        (_, [first, ..]) => first.clone(),
        _ => Scalar::Null,
    }
}

/// Whether a value is one of the choices; of a range, whether its ends are, in the order of the choices.
fn is_offered(value: &Scalar, offered: &[Scalar]) -> bool {
    let place = |value| offered.iter().position(|other| other == value);
    match value {
        Scalar::Range(ends) => {
            let [low, high] = &**ends;
            place(low).zip(place(high)).is_some_and(|(low, high)| low <= high)
        }
        single => place(single).is_some(),
    }
}

/// The values that a query offers, after the entries that stand before them; each once, nulls left out.
pub(super) fn values(first: &[Choice], table: &Table, column: &str) -> Vec<Scalar> {
    let mut values: Vec<Scalar> = first.iter().map(|choice| choice.value.clone()).collect();
    for value in column_of(table, column).iter().flat_map(ColumnValues::iter) {
        if !value.is_null() && !values.contains(&value) {
            values.push(value);
        }
    }
    values
}

/// The column of this name; the first one where the compiler could not know its name.
fn column_of(table: &Table, name: &str) -> Option<ColumnValues> {
    if name.is_empty() { table.column(&table.columns().first()?.name) } else { table.column(name) }
}

/// The option that is meant by what stands in a URL, where the type of the options was not known as it was read.
pub(super) fn meant(seed: &Scalar, offered: &[Scalar]) -> Scalar {
    let option = |seed: &Scalar| {
        let spelt = seed.as_text().filter(|_| !offered.contains(seed));
        let option = spelt.and_then(|text| offered.iter().find(|option| address::text(option) == text));
        option.unwrap_or(seed).clone()
    };
    match seed {
        Scalar::List(items) => Scalar::list(items.iter().map(option)),
        single => option(single),
    }
}

/// The first value of a key under its choices; none where that is made by evaluation.
pub(super) fn first(state: &State, offered: &[Scalar]) -> Option<Scalar> {
    match &state.initial {
        Initial::Const(first) => Some(admit(state, first, offered)),
        Initial::FirstChoice => Some(admit(state, &Scalar::Null, offered)),
        Initial::From(_) => None,
    }
}

/// The value of a key under its choices: what is not offered gives way to the first value, else to the first choice.
pub(super) fn admit(state: &State, entered: &Scalar, offered: &[Scalar]) -> Scalar {
    if state.takes_new && !entered.is_null() {
        return entered.clone();
    }
    if let Scalar::List(items) = entered {
        return Scalar::list(items.iter().filter(|item| offered.contains(item)).cloned());
    }
    let is_null = entered.is_null() && state.ty.is_nullable();
    if is_null || is_offered(entered, offered) {
        return entered.clone();
    }
    let initial = match &state.initial {
        Initial::Const(scalar) => Some(scalar),
        _ => None,
    };
    match initial.filter(|initial| is_offered(initial, offered)) {
        Some(initial) => initial.clone(),
        None if state.ty.is_nullable() => Scalar::Null,
        None => at_first(state, offered),
    }
}

/// The entries of a choice with their labels.
pub(super) fn entries(
    origin: &Origin,
    key: StateId,
    scope: &Scope,
    settings: &Settings,
) -> Result<Vec<(Scalar, String)>, EvalError> {
    let label_of = |choice: &Choice| match &choice.label {
        Some(label) => expr::render_text(label, scope, settings),
        None => Ok(expr::offered_text(&choice.value, settings)),
    };
    let with_label = |choice: &Choice| Ok((choice.value.clone(), label_of(choice)?));
    match origin.page().state.get(key.index()).and_then(|state| state.choices.as_ref()) {
        None => Ok(Vec::new()),
        Some(Choices::List(choices)) => choices.iter().map(with_label).collect(),
        Some(Choices::Query { query, value, label, first }) => {
            let mut entries: Vec<(Scalar, String)> = first.iter().map(with_label).collect::<Result<_, _>>()?;
            let Some(Value::Table(table)) = scope.node(origin.graph().query(*query)) else { return Ok(entries) };
            let (Some(values), Some(labels)) = (column_of(table, value), column_of(table, label)) else {
                return Ok(entries);
            };
            for (value, label) in values.iter().zip(labels.iter()) {
                if !value.is_null() && !entries.iter().any(|(known, _)| *known == value) {
                    entries.push((value, expr::offered_text(&label, settings)));
                }
            }
            Ok(entries)
        }
    }
}
