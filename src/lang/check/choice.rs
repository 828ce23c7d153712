//! What choices offer, against the key that they are for.

use super::columns::Table;
use super::names::{Named, Reader};
use super::program::{Choice, Choices, StateId};
use super::state::Key;
use super::types::{Context, fit, words};
use super::widget::{literal, prop};
use crate::diagnostic::{Diagnostics, code};
use crate::source::Span;
use crate::spec::{Component, OptionItem, Options, Prop};
use crate::value::{Column, Scalar, Type};

/// The options that a component offers, as written.
pub(super) fn options(component: &Component) -> Option<(&Options, Span)> {
    component.props.iter().find_map(|(_, prop)| match &prop.value {
        Prop::Options(options) => Some((options, prop.span)),
        _ => None,
    })
}

/// What the widgets of a key offer; a second list of options is reported.
pub(super) fn choices(
    key: &Key<'_>,
    id: StateId,
    context: &Context<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Choices> {
    let mut found: Option<(Choices, Span)> = None;
    for widget in &key.widgets {
        let item = context.outline.item(*widget);
        let Some((options, span)) = options(item.spec) else { continue };
        let choices = resolve(options, id, Reader::of(item.shared), context, diagnostics);
        if let Some((_, first)) = &found {
            let name = &context.named(id).name;
            diagnostics
                .report(&code::VALUE, span, format!("the key `{name}` has options already"))
                .label(*first, "its options")
                .help("a key has one list of options on a page: bind this widget to another key");
        } else if let Some(choices) = choices {
            found = Some((choices, span));
        }
    }
    found.map(|(choices, _)| choices)
}

fn resolve(
    options: &Options,
    id: StateId,
    reader: Reader,
    context: &Context<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Choices> {
    match options {
        Options::List(items) => Some(Choices::List(entries(items, id, reader, context, diagnostics))),
        Options::Query { query, value, label, first } => {
            let first = entries(first, id, reader, context, diagnostics);
            let found = context.names.query(query, reader, diagnostics)?;
            let table = context.query_table(found);
            let Some(table) = table else {
                let value = value.as_ref().map_or_else(|| "".into(), |value| value.value.clone());
                let label = label.as_ref().map_or_else(|| value.clone(), |label| label.value.clone());
                return Some(Choices::Query { query: found, value, label, first });
            };
            let column = match value {
                Some(value) => table.named(value, diagnostics)?,
                None => first_column(&table, query.span, diagnostics)?,
            };
            let ty = context.types.state.get(id.index()).unwrap_or(&Type::Any);
            let item = if let Type::List(item) = ty.inner() { item } else { ty };
            if !item.accepts(column.ty.inner()) {
                let named = context.named(id);
                let span = value.as_ref().map_or(query.span, |value| value.span);
                let message = format!(
                    "the options are {}, but the key `{}` is {}",
                    words(column.ty.inner()),
                    named.name,
                    words(ty)
                );
                diagnostics.report(&code::TYPE, span, message).label(named.span, format!("the key is {}", words(ty)));
            }
            let shown = match label {
                Some(label) => table.named(label, diagnostics)?,
                None => column,
            };
            Some(Choices::Query { query: found, value: column.name.clone(), label: shown.name.clone(), first })
        }
    }
}

/// What is chosen from where no column is named.
fn first_column<'t>(table: &Table<'t>, span: Span, diagnostics: &mut Diagnostics) -> Option<&'t Column> {
    let first = table.columns.first();
    if first.is_none() {
        diagnostics.report(&code::UNKNOWN_COLUMN, span, format!("{} has no column to choose from", table.called));
    }
    first
}

/// Options that are written out, as values of the key's type.
fn entries(
    items: &[OptionItem],
    id: StateId,
    reader: Reader,
    context: &Context<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Choice> {
    let ty = context.types.state.get(id.index()).unwrap_or(&Type::Any);
    let item_type = if let Type::List(item) = ty.inner() { item } else { ty };
    let mut choices = Vec::new();
    for item in items {
        let value = fit(&item.value, item_type);
        let named = context.named(id);
        if value.is_none() && !context.names.is_broken(&named.name) {
            let found = words(&item.value.ty());
            let message = format!("this option is {found}, but the key `{}` is {}", named.name, words(ty));
            diagnostics
                .report(&code::TYPE, item.span, message)
                .here(found)
                .label(named.span, format!("the key is {}", words(ty)));
        }
        let label = item.label.as_ref().map(|label| context.text(label, reader, diagnostics));
        choices.push(Choice { value: value.unwrap_or_default(), label });
    }
    choices
}

/// A first value must be among the options, where both are written out.
pub(super) fn check_default(
    key: &Key<'_>,
    named: &Named,
    ty: &Type,
    context: &Context<'_>,
    diagnostics: &mut Diagnostics,
) {
    let components = || key.widgets.iter().map(|id| context.outline.item(*id).spec);
    let Some(Options::List(items)) = components().find_map(|component| Some(options(component)?.0)) else { return };
    let declared =
        key.declared.and_then(|declared| declared.default.as_ref()).map(|default| (&default.value, default.span));
    let own = || {
        components().find_map(|component| {
            let span = prop(component, "default")?.span;
            Some((literal(component, "default")?, span))
        })
    };
    let default = if key.declared.is_some() { declared } else { own() };
    let Some((default, span)) = default else { return };
    let wanted: Vec<&Scalar> = match default {
        Scalar::List(values) => values.iter().collect(),
        Scalar::Null if ty.is_nullable() => return,
        single => vec![single],
    };
    for value in wanted {
        if items.iter().any(|item| item.value == *value) {
            continue;
        }
        let message = format!("the first value of `{}` is none of its options", named.name);
        let diagnostic = diagnostics.report(&code::VALUE, span, message);
        if let Some(text) = value.as_text() {
            diagnostic.nearest(text, items.iter().filter_map(|item| item.value.as_text()));
        }
        return;
    }
}
