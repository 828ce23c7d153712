//! Components that hold others.

use appspec_lang::check::program::{Component, Prop, Subject};
use appspec_lang::component::PropType;
use appspec_lang::value::Scalar;
use minijinja::{Value, context};

use super::areas;
use super::format::field_text;
use super::item::Item;

/// The class for the width that a component takes in a row: a weight up to twelve, or no more than it needs.
pub(super) fn width_class(component: &Component) -> Option<String> {
    // An image has a width of its own, in pixels.
    let is_weight = component.kind.prop("width").is_some_and(|prop| prop.ty == PropType::Width);
    let Some(Prop::Literal(width)) = component.prop("width").filter(|_| is_weight) else { return None };
    match width {
        Scalar::Text(word) => Some(format!(" w-{word}")),
        weight => Some(format!(" w-{:.0}", weight.as_float()?.clamp(1.0, 12.0))),
    }
}

/// The values of containers; those of `tabs` and of what opens say what is open.
pub(super) fn values(item: &Item<'_>) -> Value {
    if areas::is_grid(item.component) {
        return context! { grid => areas::class(item.component) };
    }
    let Some(state) = item.state() else {
        return context! { writes => item.component.writes("on_submit"), has_files => has_files(item, item.component) };
    };
    let open = item.subject_scalar().cloned().unwrap_or_default();
    context! {
        name => item.field(state),
        value => field_text(&open),
        open => open.is_true(),
        tabs => Value::from(tabs(item, &open)),
    }
}

/// Whether files are chosen in a component.
fn has_files(item: &Item<'_>, component: &Component) -> bool {
    let mut children = component.children.iter().filter_map(|id| item.scene.component(*id));
    children.any(|child| child.kind.name == "file_upload" || has_files(item, child))
}

/// The children of `tabs`, each with the value that opens it.
fn tabs(item: &Item<'_>, open: &Scalar) -> Vec<Value> {
    let children = item.component.children.iter();
    children
        .filter_map(|id| {
            let tab = item.scene.component(*id)?;
            let (_, value) = tab.shown_if.as_ref()?;
            let given = item.shown.options.iter().find(|(option, _)| option == value).map(|(_, label)| label.clone());
            let label = given.or_else(|| constant_label(tab)).unwrap_or_else(|| field_text(value));
            Some(context! { id => item.scene.instance(*id).id(item.scene.page), value => field_text(value), label, open => value == open })
        })
        .collect()
}

fn constant_label(tab: &Component) -> Option<String> {
    match &tab.subject {
        Subject::Text(template) => template.constant(),
        _ => None,
    }
}
