//! An option of `ECharts`, written out: JSON, and nothing that is run.

use serde_json::{Map, Value};

use super::lower::Lowering;
use crate::diagnostic::code::{MISSING_KEY, TYPE, UNKNOWN_KEY, VALUE};
use crate::source::Span;
use crate::syntax::{Entry, Node, NodeKind};

/// The components of an option.
const PARTS: &[&str] = &[
    "angleAxis",
    "animation",
    "animationDuration",
    "animationEasing",
    "aria",
    "axisPointer",
    "backgroundColor",
    "calendar",
    "color",
    "dataZoom",
    "dataset",
    "grid",
    "legend",
    "parallel",
    "parallelAxis",
    "polar",
    "radar",
    "radiusAxis",
    "series",
    "singleAxis",
    "textStyle",
    "title",
    "tooltip",
    "visualMap",
    "xAxis",
    "yAxis",
];
/// Those that ask for what a page does not have: a map, markup, files.
const NOT_HERE: &[(&str, &str)] = &[
    ("brush", "use `selected` of the other kinds"),
    ("geo", "use the component `map`"),
    ("graphic", "only data is drawn"),
    ("media", "charts fit the width by themselves"),
    ("timeline", "use a slider that a query reads"),
    ("toolbox", "its tools need markup that the page does not allow"),
];
/// The kinds of series.
const SERIES: &[&str] = &[
    "bar",
    "boxplot",
    "candlestick",
    "chord",
    "effectScatter",
    "funnel",
    "gauge",
    "graph",
    "heatmap",
    "line",
    "lines",
    "parallel",
    "pictorialBar",
    "pie",
    "radar",
    "sankey",
    "scatter",
    "sunburst",
    "themeRiver",
    "tree",
    "treemap",
];
/// Keys that hold markup, styles or addresses.
const MARKUP: &[&str] = &["appendTo", "className", "extraCssText", "link", "renderMode", "sublink"];

/// Takes an option: a map of what `ECharts` knows, without markup.
pub(super) fn option(node: &Node, kind: &str, ctx: &mut Lowering<'_>) -> Option<Value> {
    let NodeKind::Map(entries) = &node.kind else {
        if !matches!(node.kind, NodeKind::Broken) {
            let message = format!("`{kind}` takes an option of ECharts, a map, but this is {}", node.describe());
            ctx.diagnostics.report(&TYPE, node.span, message).help("write `series: [{ type: line, … }]` in it");
        }
        return None;
    };
    for entry in entries {
        check_part(entry, ctx);
    }
    if let Some(series) = entries.iter().find(|entry| entry.key.value == "series") {
        check_series(&series.value, ctx);
    } else {
        let diagnostic = ctx.diagnostics.report(&MISSING_KEY, node.span, "an option of ECharts needs `series`");
        diagnostic.help("write `series: [{ type: line, … }]`");
    }
    json(node, ctx)
}

fn check_part(entry: &Entry, ctx: &mut Lowering<'_>) {
    let name = entry.key.value.as_str();
    if let Some((_, instead)) = NOT_HERE.iter().find(|(part, _)| *part == name) {
        let message = format!("`{name}` of ECharts is not drawn here");
        ctx.diagnostics.report(&VALUE, entry.key.span, message).help(*instead);
    } else if !PARTS.contains(&name) {
        let message = format!("an option of ECharts has no `{name}`");
        ctx.diagnostics.report(&UNKNOWN_KEY, entry.key.span, message).nearest(name, PARTS.iter().copied());
    }
}

fn check_series(node: &Node, ctx: &mut Lowering<'_>) {
    let all = match &node.kind {
        NodeKind::List(items) => items.iter().collect(),
        _ => vec![node],
    };
    for series in all {
        let Some(ty) = series.get("type") else {
            if !matches!(series.kind, NodeKind::Broken) {
                let diagnostic = ctx.diagnostics.report(&MISSING_KEY, series.span, "a series of ECharts needs `type`");
                diagnostic.help("write `type: line`, say");
            }
            continue;
        };
        let written = ty.as_text().unwrap_or_default();
        if written == "map" {
            let diagnostic = ctx.diagnostics.report(&VALUE, ty.span, "a series `map` is not drawn here");
            diagnostic.help("use the component `map`");
        } else if !SERIES.contains(&written) {
            let message = format!("ECharts has no series of type `{written}`");
            ctx.diagnostics.report(&VALUE, ty.span, message).nearest(written, SERIES.iter().copied());
        }
    }
}

/// A node as JSON; a moment is its text.
fn json(node: &Node, ctx: &mut Lowering<'_>) -> Option<Value> {
    Some(match &node.kind {
        NodeKind::Null => Value::Null,
        NodeKind::Bool(bool) => Value::from(*bool),
        NodeKind::Int(int) => Value::from(*int),
        NodeKind::Float(float) => Value::from(*float),
        NodeKind::Text(text) => Value::from(text.text.to_string()),
        NodeKind::Moment(text) => Value::from(text.text.to_string()),
        NodeKind::List(items) => items.iter().map(|item| json(item, ctx)).collect::<Option<Vec<_>>>()?.into(),
        NodeKind::Map(entries) => {
            let mut map = Map::new();
            for entry in entries {
                check_key(&entry.key.value, entry.key.span, &entry.value, ctx);
                map.insert(entry.key.value.clone(), json(&entry.value, ctx)?);
            }
            Value::Object(map)
        }
        NodeKind::Broken => return None,
    })
}

/// Reports what would be markup or code.
fn check_key(name: &str, span: Span, value: &Node, ctx: &mut Lowering<'_>) {
    if MARKUP.contains(&name) {
        let message = format!("`{name}` stands for markup or an address, which a chart does not take");
        ctx.diagnostics.report(&VALUE, span, message).help("leave it out");
        return;
    }
    let Some(text) = value.as_text() else { return };
    if text.trim_start().starts_with("function") || text.contains("=>") {
        let diagnostic = ctx.diagnostics.report(&VALUE, value.span, format!("`{name}` is code, and an option is data"));
        diagnostic.help("a formatter is a text such as `{b}: {c}`");
    } else if name == "formatter" && text.contains('<') {
        let diagnostic = ctx.diagnostics.report(&VALUE, value.span, "a formatter takes no markup");
        diagnostic.help("write `{b}: {c}`");
    }
}
