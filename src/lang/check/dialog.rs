//! What actions open and close: dialogs, popovers and expanders.

use super::outline::Item;
use super::program::{ActionKind, Component, ComponentId, Prop, StateId, Subject};
use super::state::Keys;
use super::types::Context;
use crate::diagnostic::{Diagnostics, code};
use crate::source::Spanned;
use crate::value::Scalar;

/// The key that says whether a component is open; in a partial, one of the same `use` goes first.
pub(super) fn key_of(
    id: &Spanned<String>,
    partial: Option<ComponentId>,
    (keys, context): (&Keys<'_>, &Context<'_>),
    diagnostics: &mut Diagnostics,
) -> Option<StateId> {
    let is_beside = |item: &Item<'_>| {
        partial.is_some() && item.partial == partial && item.spec.id.as_ref().is_some_and(|own| own.value == id.value)
    };
    let beside = context.outline.iter().find(|(_, item)| is_beside(item));
    let found = beside.or_else(|| context.outline.iter().find(|(_, item)| item.id == id.value));
    let Some((component, item)) = found else {
        report_unknown(id, context, diagnostics);
        return None;
    };
    if !item.spec.kind.opens() {
        let message = format!("`{}` is a `{}`, which is always open", id.value, item.spec.kind.name);
        let diagnostic = diagnostics.report(&code::TYPE, id.span, message);
        diagnostic.label(item.spec.span, "here").help("a `dialog`, a `popover` and an `expander` open and close");
        return None;
    }
    keys.bound(component)
}

fn report_unknown(id: &Spanned<String>, context: &Context<'_>, diagnostics: &mut Diagnostics) {
    let openable = context.outline.iter().filter(|(_, item)| item.spec.kind.opens());
    let ids: Vec<&str> = openable.map(|(_, item)| item.id.as_str()).collect();
    let message = format!("no dialog has the id `{}`", id.value);
    let diagnostic = diagnostics.report(&code::UNKNOWN_NAME, id.span, message);
    diagnostic.nearest(&id.value, ids.iter().copied());
    if ids.is_empty() {
        diagnostic.help(format!("add one to the page: `dialog: […]` with `id: {}`", id.value));
    }
}

/// Warns of dialogs that no action opens.
pub(super) fn report_unopened(components: &[Component], context: &Context<'_>, diagnostics: &mut Diagnostics) {
    let actions = components.iter().flat_map(|component| &component.props).filter_map(|(_, prop)| match prop {
        Prop::Actions(actions) => Some(actions),
        _ => None,
    });
    let opened: Vec<StateId> = actions
        .flatten()
        .filter_map(|action| match &action.kind {
            ActionKind::Set(entries) => Some(entries),
            _ => None,
        })
        .flatten()
        .filter(|(_, value)| value.constant() == Some(Scalar::Bool(true)))
        .map(|(key, _)| *key)
        .collect();
    for (id, component) in (0..).map(ComponentId).zip(components) {
        let Subject::State(key) = component.subject else { continue };
        // What stands in `app.yaml`, another page may open.
        if component.kind.name == "dialog" && !opened.contains(&key) && !context.outline.item(id).shared {
            let message = format!("nothing opens the dialog `{}`", component.id);
            let diagnostic = diagnostics.report(&code::SUSPICIOUS, component.span, message);
            diagnostic.help(format!("a button does: `on_click: [{{ open: {} }}]`", component.id));
        }
    }
}
