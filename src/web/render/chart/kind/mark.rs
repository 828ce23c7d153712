//! How lines, areas, bars and points look.

use serde_json::{Map, Value, json};

use super::super::json::{number, object};
use super::super::plot::Plot;
use super::super::series::{Mark, Series};
use super::super::sketch::{FormatId, value};

/// Lines of more points show no symbols.
const SYMBOLS: usize = 24;
/// Bars of more than so many are drawn in one go.
const MANY: usize = 1_000;

/// How series stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stack {
    No,
    Yes,
    Normalize,
}

impl Stack {
    /// As the component says; areas stand on each other by themselves.
    pub(super) fn of(plot: &Plot<'_>) -> Self {
        match plot.item.text("stack").as_deref() {
            Some("normalize") => Self::Normalize,
            Some("true") => Self::Yes,
            None if matches!(plot.kind(), "area_chart" | "histogram") => Self::Yes,
            _ => Self::No,
        }
    }
}

/// What a series is drawn as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    Line,
    Area,
    Bar,
    Point,
}

impl Look {
    pub(super) fn of(kind: &str, is_line: bool) -> Self {
        match kind {
            _ if is_line => Self::Line,
            "area_chart" => Self::Area,
            "bar_chart" => Self::Bar,
            "scatter_chart" => Self::Point,
            _ => Self::Line,
        }
    }
}

/// What a series is told by the chart that it stands in.
pub(super) struct Context {
    pub(super) look: Look,
    pub(super) stack: Stack,
    pub(super) is_horizontal: bool,
    pub(super) is_right: bool,
    pub(super) color: Value,
    pub(super) format: Option<FormatId>,
    pub(super) is_floating: bool,
}

/// A mark on an axis of words; of a floating bar, both ends.
pub(super) fn datum(mark: Option<&Mark>) -> Value {
    match mark {
        None => Value::Null,
        Some(mark) if !mark.end.is_null() => json!([number(&mark.y), number(&mark.end)]),
        Some(mark) => match mark.size {
            Some((size, value)) => json!({ "value": [Value::Null, number(&mark.y), value], "symbolSize": size }),
            None => number(&mark.y),
        },
    }
}

/// Where a mark begins and ends on the axis of values.
pub(super) fn ends(datum: &Value, is_word: bool) -> [Option<f64>; 2] {
    let datum = datum.get("value").unwrap_or(datum);
    match datum {
        Value::Array(pair) => {
            let at = |at: usize| pair.get(at).and_then(Value::as_f64);
            if is_word && pair.len() == 2 { [at(0), at(1)] } else { [None, at(1)] }
        }
        single => [None, single.as_f64()],
    }
}

/// The series as `ECharts` has them: one, but two for floating bars.
pub(super) fn series(series: &Series, data: Vec<Value>, context: &Context) -> Vec<Map<String, Value>> {
    if context.look == Look::Bar && context.is_floating {
        return floating(series, &data, context);
    }
    let mut drawn = common(series, context);
    drawn.extend(look(series, &data, context));
    let data = if context.look == Look::Point { with_places(data) } else { data };
    drawn.insert("data".to_owned(), Value::Array(data));
    vec![drawn]
}

/// Points over an axis of words are told their place on it.
fn with_places(data: Vec<Value>) -> Vec<Value> {
    let placed = |(place, mut datum): (usize, Value)| {
        if let Some(first) = datum.pointer_mut("/value/0").filter(|first| first.is_null()) {
            *first = json!(place);
            return datum;
        }
        if datum.is_number() || datum.is_null() { json!([place, datum]) } else { datum }
    };
    data.into_iter().enumerate().map(placed).collect()
}

fn common(series: &Series, context: &Context) -> Map<String, Value> {
    let is_stacked = context.stack != Stack::No && context.look != Look::Point;
    let stack = is_stacked.then(|| format!("{}-{}-{:?}", series.facet, context.is_right, context.look));
    object(json!({
        "id": format!("{}-{}", series.name, series.facet),
        "name": series.name,
        "emphasis": { "focus": if context.look == Look::Bar { "none" } else { "series" } },
        "blur": { "lineStyle": { "opacity": 0.25 }, "itemStyle": { "opacity": 0.25 }, "areaStyle": { "opacity": 0.1 } },
        "stack": stack,
        "color": context.color,
        "tooltip": context.format.map(|format| json!({ "valueFormatter": value(format) })),
    }))
}

fn look(series: &Series, data: &[Value], context: &Context) -> Map<String, Value> {
    let is_stacked = context.stack != Stack::No;
    let symbols = json!({
        "showSymbol": data.len() <= SYMBOLS,
        "symbol": "circle",
        "symbolSize": 6,
        "lineStyle": { "width": 2 },
    });
    object(match context.look {
        Look::Line => symbols,
        Look::Area => {
            let mut area = object(symbols);
            let opacity = if is_stacked { 0.5 } else { 0.25 };
            area.extend(object(json!({
                "areaStyle": { "opacity": opacity },
                "lineStyle": { "width": 1.5 },
                "showSymbol": false,
            })));
            Value::Object(area)
        }
        Look::Bar => {
            let is_up = series.marks.iter().all(|mark| mark.y.as_float().is_none_or(|y| y >= 0.0));
            let radius = match (is_stacked, is_up, context.is_horizontal) {
                (true, ..) => json!(0),
                (_, false, _) => json!(3),
                (_, _, true) => json!([0, 4, 4, 0]),
                _ => json!([4, 4, 0, 0]),
            };
            json!({
                "type": "bar",
                "barMaxWidth": 44,
                "barCategoryGap": "32%",
                "large": data.len() > MANY,
                "itemStyle": { "borderRadius": radius },
            })
        }
        Look::Point => json!({ "type": "scatter", "symbolSize": 9, "itemStyle": { "opacity": 0.75 } }),
    })
    .into_iter()
    .chain(matches!(context.look, Look::Line | Look::Area).then(|| ("type".to_owned(), json!("line"))))
    .collect()
}

/// Bars that begin somewhere: what lies below them is drawn without colour.
fn floating(series: &Series, data: &[Value], context: &Context) -> Vec<Map<String, Value>> {
    let sorted = |datum: &Value| match ends(datum, true) {
        [Some(low), Some(high)] => Some((low.min(high), low.max(high))),
        _ => None,
    };
    let base = data.iter().map(|datum| sorted(datum).map_or(Value::Null, |(low, _)| json!(low)));
    let bars = data.iter().map(|datum| sorted(datum).map_or(Value::Null, |(low, high)| json!(high - low)));
    let stack = json!(format!("float-{}-{}", series.name, series.facet));
    let mut below = common(series, context);
    below.extend(object(json!({
        "id": format!("{}-{}-below", series.name, series.facet),
        "name": "",
        "type": "bar",
        "barMaxWidth": 44,
        "stack": stack,
        "stackStrategy": "all",
        "silent": true,
        "color": "transparent",
        "itemStyle": { "color": "transparent" },
        "tooltip": { "show": false },
        "data": base.collect::<Value>(),
    })));
    let mut bar = common(series, context);
    bar.extend(object(json!({
        "type": "bar",
        "barMaxWidth": 44,
        "barCategoryGap": "32%",
        "stack": stack,
        "stackStrategy": "all",
        "itemStyle": { "borderRadius": 3 },
        "data": bars.collect::<Value>(),
    })));
    if let Some(format) = context.format {
        let mut written = object(value(format));
        written.insert("ends".to_owned(), Value::Array(data.to_vec()));
        bar.insert("tooltip".to_owned(), json!({ "valueFormatter": written }));
    }
    vec![below, bar]
}
