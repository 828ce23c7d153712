//! What each template gets: the options of its component, and what its family adds.

use std::collections::BTreeMap;
use std::time::Instant;

use appspec_lang::check::program::{Component, Prop, Ref};
use appspec_lang::component::{Family, Subject};
use appspec_lang::spec::Drawing;
use appspec_lang::value::Scalar;
use minijinja::{Value, context};

use super::format::field_text;
use super::item::Item;
use super::{Scene, chart, details, heading, html, image, json, layout, markdown, metric, table, tone, widget};
use crate::eval::expr::{Again, EvalError, percent_text};
use crate::words::{self, Words};

/// As many rows of a table fit into the height that tables have at most.
const SKELETON_ROWS: u32 = 16;

/// The values of a template of a component that is shown.
pub(super) fn values(item: &Item<'_>, children: Value, tip: Value) -> Value {
    let common = context! {
        id => item.id(),
        kind => item.component.kind.name,
        props => props(item),
        level => heading::level(item.scene.page, item.component),
        tip,
        children,
    };
    let own = match (item.component.kind.family, item.component.kind.name) {
        (Family::Text, _) => text(item),
        (Family::Data, "details") => details::values(item),
        (Family::Data, "metric") => metric::values(item),
        (Family::Data, _) => table::values(item),
        (Family::Chart, _) => chart::values(item),
        (Family::Widget, _) => widget::values(item),
        (Family::Action, "link_button") => context! { disabled => item.flag("disabled"), ..link(item) },
        (Family::Action, _) => {
            let writes = item.component.writes("on_click");
            let shortcut = item.text("shortcut");
            let keys = shortcut.as_deref().map(keys);
            context! { text => item.subject_text(), disabled => item.flag("disabled"), writes, shortcut, keys }
        }
        (Family::Layout, _) => layout::values(item),
    };
    context! { ..own, ..common }
}

/// The text of a component, or what else its kind shows.
fn text(item: &Item<'_>) -> Value {
    match (item.component.kind.subject, item.component.kind.name) {
        (Subject::Markdown, _) => context! { html => safe(markdown::render(&item.subject_text())) },
        (Subject::Html, _) => context! { html => safe(html::sanitize(&item.subject_text())) },
        (Subject::Image, _) => image::values(item),
        (_, "json") => json::values(item.shown.subject.as_ref(), &item.settings()),
        (_, "progress") => context! { ..progress(item), ..tone::values(item) },
        (_, "badge") => context! { text => item.subject_text(), ..tone::values(item) },
        (_, "link") => link(item),
        _ => context! { text => item.subject_text() },
    }
}

fn safe(html: String) -> Value {
    Value::from_safe_string(html)
}

/// A text that leads somewhere; nowhere while that is not known.
fn link(item: &Item<'_>) -> Value {
    let href = item.text("to").unwrap_or_default();
    let elsewhere = href.split(['/', '?', '#']).next().unwrap_or_default().contains(':');
    context! { text => item.subject_text(), href, elsewhere }
}

/// How far something is: in words, and as a share of the bar.
fn progress(item: &Item<'_>) -> Value {
    let share = item.subject_scalar().and_then(Scalar::as_float).filter(|share| share.is_finite());
    let share = share.map(|share| share.clamp(0.0, 1.0));
    let width = share.unwrap_or_default() * 100.0;
    context! {
        percent => share.map(|share| percent_text(share, &item.settings())),
        now => format!("{width:.0}"),
        width => format!("{width:.2}"),
    }
}

/// A shortcut as assistive technology reads it.
fn keys(shortcut: &str) -> String {
    let name = |key: &str| match key {
        "mod" | "ctrl" => "Control".to_owned(),
        "up" | "down" | "left" | "right" => format!("Arrow{}", words::of_name(key)),
        "pageup" => "PageUp".to_owned(),
        "pagedown" => "PageDown".to_owned(),
        "" => "+".to_owned(),
        single if single.chars().count() == 1 => single.to_owned(),
        named => words::of_name(named),
    };
    // What is behind the last plus is nothing if the key itself is one.
    let shortcut = shortcut.strip_suffix("++").map_or_else(|| shortcut.to_owned(), |rest| format!("{rest}+"));
    shortcut.split('+').map(name).collect::<Vec<_>>().join("+")
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

/// What stands in the place of a component until it is ready: as high as that will be, as far as it can be known.
pub(super) fn pending(scene: &Scene<'_>, component: &Component, since: Instant) -> Value {
    let has = |name: &str| component.prop(name).is_some();
    let shape = match (component.kind.family, component.kind.name) {
        (Family::Chart, _) => "chart",
        (_, "metric" | "table") => component.kind.name,
        (Family::Widget, "checkbox" | "toggle") => "line",
        (Family::Action, _) => "button",
        (Family::Widget, _) => "field",
        (Family::Text, "title" | "header" | "subheader" | "text" | "caption" | "badge" | "link") => "line",
        _ => "panel",
    };
    let height = match component.prop("height") {
        Some(Prop::Literal(Scalar::Int(height))) => Some(*height),
        _ => None,
    };
    let window = component.window.as_ref();
    let since_ms = u64::try_from(scene.now.saturating_duration_since(since).as_millis()).unwrap_or(u64::MAX);
    context! {
        since_ms,
        shape,
        height,
        has_title => has("title"),
        has_delta => has("delta"),
        has_chart => has("chart"),
        has_search => window.is_some_and(|window| window.search.is_some()),
        has_filters => window.is_some_and(|window| !window.filters.is_empty()),
        downloads => table::downloads(window),
        rows => window.map_or(10, |window| window.page_size.min(SKELETON_ROWS)),
        row => row_class(component),
    }
}

/// The class of rows that are higher than a line, for what is drawn in their cells.
fn row_class(component: &Component) -> Option<&'static str> {
    let Some(Prop::TableColumns(columns)) = component.prop("columns") else { return None };
    let draws = |drawing: fn(&Drawing<Ref>) -> bool| columns.iter().any(|column| drawing(&column.cells.drawing));
    if draws(|drawing| matches!(drawing, Drawing::Image)) {
        return Some("of-images");
    }
    draws(|drawing| matches!(drawing, Drawing::Trend)).then_some("of-trends")
}

/// What stands in the place of a component that has failed.
pub(super) fn failed(id: &str, component: &Component, error: &EvalError, said: &Words) -> Value {
    let english = format!("This {}", words::of_name(component.kind.name).to_lowercase());
    // Not every language has a word for every kind.
    let what = if said.is_english() || said.has(&english) { said.say(&english) } else { said.say("This part") };
    context! {
        id,
        what,
        message => error.message(),
        can_retry => error.again() != Again::InVain,
        retries => error.again() == Again::ByItself,
    }
}
