//! What each template gets: the options of its component, and what its family adds.

use std::collections::BTreeMap;
use std::time::Instant;

use appspec_lang::check::program::Component;
use appspec_lang::component::{Family, Subject};
use appspec_lang::value::Scalar;
use minijinja::{Value, context};

use super::format::{field_text, words};
use super::item::Item;
use super::{Scene, chart, grid, layout, markdown, metric, widget};
use crate::eval::expr::{Again, EvalError};

/// The values of a template of a component that is shown.
pub(super) fn values(item: &Item<'_>, children: Value, tip: Value) -> Value {
    let common = context! {
        id => item.component.id.as_str(),
        kind => item.component.kind.name,
        props => props(item),
        tip,
        children,
    };
    let own = match (item.component.kind.family, item.component.kind.name) {
        (Family::Text, _) => text(item),
        (Family::Data, "metric") => metric::values(item),
        (Family::Data, _) => grid::table_values(item),
        (Family::Chart, _) => chart::values(item),
        (Family::Widget, _) => widget::values(item),
        (Family::Action, _) => {
            let writes = item.component.writes("on_click");
            context! { text => item.subject_text(), disabled => item.flag("disabled"), writes }
        }
        (Family::Layout, _) => layout::values(item),
    };
    context! { ..own, ..common }
}

/// The text of a component, and if it is Markdown, its HTML.
fn text(item: &Item<'_>) -> Value {
    let text = item.subject_text();
    if item.component.kind.subject == Subject::Markdown {
        return context! { html => Value::from_safe_string(markdown::render(&text)) };
    }
    context! { text }
}

/// All options of the kind, none where they are not given.
fn props(item: &Item<'_>) -> Value {
    let names = item.component.kind.props.iter().map(|prop| prop.name);
    Value::from(names.map(|name| (name, item.scalar(name).map_or(Value::from(()), value))).collect::<BTreeMap<_, _>>())
}

/// A scalar as templates see it: text, unless its truth matters.
fn value(scalar: &Scalar) -> Value {
    match scalar {
        Scalar::Null => Value::from(()),
        Scalar::Bool(bool) => Value::from(*bool),
        Scalar::Int(int) => Value::from(*int),
        other => Value::from(field_text(other)),
    }
}

/// What stands in the place of a component until it is ready.
pub(super) fn pending(scene: &Scene<'_>, component: &Component, since: Instant) -> Value {
    let is_tall = component.kind.family == Family::Chart || component.kind.name == "table";
    let since_ms = u64::try_from(scene.now.saturating_duration_since(since).as_millis()).unwrap_or(u64::MAX);
    context! { since_ms, tall => is_tall }
}

/// What stands in the place of a component that has failed.
pub(super) fn failed(component: &Component, error: &EvalError) -> Value {
    context! {
        id => component.id.as_str(),
        what => format!("This {}", words(component.kind.name).to_lowercase()),
        message => error.message(),
        can_retry => error.again() != Again::InVain,
        retries => error.again() == Again::ByItself,
    }
}
