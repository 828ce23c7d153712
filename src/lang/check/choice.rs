//! What choices offer, against the key that they are for.

use super::columns::Table;
use super::names::{Named, Reader};
use super::program::{Choice, Choices, Source, StateId};
use super::state::Key;
use super::types::{Context, fit, words};
use super::widget::{constants, literal, prop};
use crate::component::Complaint;
use crate::diagnostic::{Diagnostics, code};
use crate::source::{Span, Spanned};
use crate::spec::{Component, Name, OptionItem, Options, Prop};
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
        let reader = Reader::of(item.shared);
        let (choices, span) = match options(item.spec) {
            Some((options, span)) => (resolve((options, span), id, reader, context, diagnostics), span),
            None => match offers(item.spec, diagnostics) {
                Some(offered) => (Some(Choices::List(offered)), item.spec.span),
                None => continue,
            },
        };
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

/// What a widget offers by itself.
fn offers(component: &Component, diagnostics: &mut Diagnostics) -> Option<Vec<Choice>> {
    match own(component)? {
        Ok(values) => Some(values.into_iter().map(|value| Choice { value, label: None }).collect()),
        Err(Complaint(message)) => {
            let span = prop(component, "max").map_or(component.span, |prop| prop.span);
            diagnostics.report(&code::VALUE, span, message);
            None
        }
    }
}

/// The values that the kind of a component offers.
fn own(component: &Component) -> Option<Result<Vec<Scalar>, Complaint>> {
    let offers = component.kind.widget.as_ref()?.offers?;
    Some(offers(&constants(component)))
}

/// Whether a widget of a key takes what is none of its options.
pub(super) fn takes_new(key: &Key<'_>, context: &Context<'_>) -> bool {
    let is_open = |component: &Component| literal(component, "allow_new") == Some(&Scalar::Bool(true));
    key.widgets.iter().any(|id| is_open(context.outline.item(*id).spec))
}

/// The type of one option of a key.
fn item_of(ty: &Type) -> &Type {
    match ty.inner() {
        Type::List(item) | Type::Range(item) => item,
        _ => ty,
    }
}

fn resolve(
    (options, span): (&Options, Span),
    id: StateId,
    reader: Reader,
    context: &Context<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Choices> {
    match options {
        Options::List(items) => {
            if items.is_empty() {
                diagnostics
                    .report(&code::VALUE, span, "there is nothing to choose from")
                    .help("`options` lists at least one value, or takes them from a query: `{ query: regions }`");
            }
            Some(Choices::List(entries(items, id, reader, context, diagnostics)))
        }
        Options::Query { query, value, label, first } => {
            let first = entries(first, id, reader, context, diagnostics);
            let found = context.names.query(query, reader, diagnostics)?;
            let mut column = None;
            if let Some(table) = context.query_table(found) {
                let reported = diagnostics.len();
                column = match value {
                    Some(value) => table.named(value, diagnostics),
                    None => leading(&table, query.span, diagnostics),
                };
                if let Some(label) = label {
                    table.named(label, diagnostics);
                }
                let is_missing = diagnostics.len() > reported;
                if let Some(column) = column {
                    let span = value.as_ref().map_or(query.span, |value| value.span);
                    expect_options_type((column, span), id, context, diagnostics);
                }
                if is_missing {
                    return None;
                }
            }
            let written = |name: &Spanned<Name>| name.value.clone();
            let value = value.as_ref().map(written).or_else(|| column.map(|column| column.name.clone()));
            let value = value.unwrap_or_else(|| "".into());
            let label = label.as_ref().map_or_else(|| value.clone(), written);
            Some(Choices::Query { query: found, value, label, first })
        }
    }
}

/// The column that is chosen from where none is named, where it is known.
fn leading<'t>(table: &Table<'t>, span: Span, diagnostics: &mut Diagnostics) -> Option<&'t Column> {
    if table.columns.is_empty() && !table.columns.is_open() {
        diagnostics.report(&code::UNKNOWN_COLUMN, span, format!("{} has no column to choose from", table.called));
    }
    table.columns.leading()
}

/// Reports options of another type than the key's.
fn expect_options_type(
    (column, span): (&Column, Span),
    id: StateId,
    context: &Context<'_>,
    diagnostics: &mut Diagnostics,
) {
    let ty = context.types.state.get(id.index()).unwrap_or(&Type::Any);
    let item = item_of(ty);
    let options = column.ty.inner();
    if !item.accepts(options) {
        let named = context.named(id);
        let message = format!("the options are {}, but the key `{}` is {}", words(options), named.name, words(ty));
        diagnostics.report(&code::TYPE, span, message).label(named.span, format!("the key is {}", words(ty)));
    }
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
    let item_type = item_of(ty);
    let mut choices = Vec::new();
    report_unequal(items, item_type.is_unknown(), diagnostics);
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

/// Options stand once each, and are of one type, which is that of the key where one `is_free` to be any.
fn report_unequal(items: &[OptionItem], is_free: bool, diagnostics: &mut Diagnostics) {
    let Some(first) = items.first() else { return };
    for (at, item) in items.iter().enumerate() {
        let before = items.iter().take(at);
        if let Some(same) = before.clone().find(|other| other.value == item.value) {
            let message = "this option stands twice";
            diagnostics.report(&code::VALUE, item.span, message).label(same.span, "the first time");
        }
        let (ty, wanted) = (item.value.ty(), first.value.ty());
        let is_alike = ty.is_nullable() || wanted.is_nullable() || wanted.join(&ty) != Type::Any;
        if is_free && !is_alike {
            let message = format!("this option is {}, but the first is {}", words(&ty), words(&wanted));
            diagnostics
                .report(&code::TYPE, item.span, message)
                .here(words(&ty))
                .label(first.span, words(&wanted))
                .help("options are of one type: quote numbers that are meant as text");
            return;
        }
    }
}

/// A constant that a key is set to must be among its options, where these are written out: it would fall back at once.
/// `what` says what it is: "the new value".
pub(super) fn check_set(
    (value, span, what): (&Scalar, Span, &str),
    key: &Key<'_>,
    (named, ty): (&Named, &Type),
    context: &Context<'_>,
    diagnostics: &mut Diagnostics,
) {
    let mut components = key.widgets.iter().map(|id| context.outline.item(*id).spec);
    let Some(offered) = components.find_map(|component| offered(component, context)) else { return };
    if takes_new(key, context) {
        return;
    }
    report_missing(value, span, (named, ty), &offered, what, diagnostics);
}

/// The values that a component offers, where all of them are written out: in its options, or in the rows of a query.
fn offered(component: &Component, context: &Context<'_>) -> Option<Vec<Scalar>> {
    let values = |items: &[OptionItem]| items.iter().map(|item| item.value.clone()).collect::<Vec<_>>();
    let Some((options, _)) = options(component) else { return own(component)?.ok() };
    match options {
        Options::List(items) => Some(values(items)),
        Options::Query { query, value, first, .. } => {
            let index = context.names.queries.iter().position(|named| named.name == query.value)?;
            let query = context.queries.get(index)?;
            let Source::Rows(rows) = &query.source else { return None };
            let column = match value {
                Some(value) => value.value.clone(),
                None => query.columns.as_ref()?.first()?.name.clone(),
            };
            let cells = rows.iter().filter_map(|row| row.iter().find(|(name, _)| *name == column));
            Some(values(first).into_iter().chain(cells.map(|(_, cell)| cell.clone())).collect())
        }
    }
}

/// Reports a value, or an item of it, that is not offered.
fn report_missing(
    value: &Scalar,
    span: Span,
    (named, ty): (&Named, &Type),
    offered: &[Scalar],
    what: &str,
    diagnostics: &mut Diagnostics,
) {
    let wanted: Vec<&Scalar> = match value {
        Scalar::List(values) => values.iter().collect(),
        Scalar::Range(ends) => ends.iter().collect(),
        Scalar::Null => return,
        single => vec![single],
    };
    let item = item_of(ty);
    let as_item = |value: &Scalar| fit(value, item).unwrap_or_else(|| value.clone());
    let places: Vec<Option<usize>> =
        wanted.iter().map(|value| offered.iter().position(|other| as_item(other) == as_item(value))).collect();
    let missing = wanted.iter().zip(&places).find(|(_, place)| place.is_none()).map(|(value, _)| *value);
    if let (Type::Range(_), [Some(low), Some(high)]) = (ty.inner(), places.as_slice())
        && low > high
    {
        let message = format!("{what} of `{}` has its ends the wrong way round", named.name);
        diagnostics.report(&code::VALUE, span, message).help("the end that is offered first stands in front");
    }
    if let Some(missing) = missing {
        let message = format!("{what} of `{}` is none of its options", named.name);
        let diagnostic = diagnostics.report(&code::VALUE, span, message);
        if let Some(text) = missing.as_text() {
            diagnostic.nearest(text, offered.iter().filter_map(Scalar::as_text));
        }
    }
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
    let Some(offered) = components().find_map(|component| offered(component, context)) else { return };
    let declared =
        key.declared.and_then(|declared| declared.default.as_ref()).map(|default| (&default.value, default.span));
    let own = || {
        components().find_map(|component| {
            let span = prop(component, "default")?.span;
            Some((literal(component, "default")?, span))
        })
    };
    let default = if key.declared.is_some() { declared } else { own() };
    let Some((default, span)) = default.filter(|_| !takes_new(key, context)) else { return };
    report_missing(default, span, (named, ty), &offered, "the first value", diagnostics);
}
