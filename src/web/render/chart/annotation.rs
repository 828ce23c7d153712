//! Lines and bands over a chart.

use appspec_data::Value as Given;
use appspec_lang::value::Scalar;
use serde_json::{Map, Value, json};

use super::color;
use super::json::{along, object, position};
use super::plot::Plot;

/// A line or a band, as it was evaluated: the axis, one or two places, a label, a colour.
#[derive(Clone, Debug)]
pub(super) struct Annotation {
    pub(super) is_x: bool,
    pub(super) at: Vec<Scalar>,
    label: Option<String>,
    color: Option<String>,
}

/// The annotations of a chart; those at null are left out.
pub(super) fn read(plot: &Plot<'_>) -> Vec<Annotation> {
    let Some(Scalar::List(all)) = plot.item.shown.prop("annotations").and_then(Given::as_scalar) else {
        return Vec::new();
    };
    all.iter().filter_map(one).collect()
}

fn one(entry: &Scalar) -> Option<Annotation> {
    let Scalar::List(parts) = entry else { return None };
    let [axis, at, label, color] = &**parts else { return None };
    let at: Vec<Scalar> = match at {
        Scalar::List(ends) => ends.iter().cloned().collect(),
        Scalar::Range(ends) => ends.to_vec(),
        single => vec![single.clone()],
    };
    let is_placed = matches!(at.len(), 1 | 2) && at.iter().all(|end| !end.is_null());
    let text = |part: &Scalar| part.as_text().filter(|text| !text.is_empty()).map(str::to_owned);
    is_placed.then(|| Annotation { is_x: axis.as_text() == Some("x"), at, label: text(label), color: text(color) })
}

/// The places on an axis of values, as far as they are numbers.
pub(super) fn places(all: &[Annotation], is_x: bool) -> Vec<f64> {
    all.iter().filter(|it| it.is_x == is_x).flat_map(|it| &it.at).filter_map(along).collect()
}

/// What the series that carries them says of them: `place` finds a place on the axis of words.
pub(super) fn marks(
    all: &[Annotation],
    is_horizontal: bool,
    place: impl Fn(&Scalar) -> Option<Value>,
) -> Map<String, Value> {
    let (mut lines, mut areas) = (Vec::new(), Vec::new());
    for annotation in all {
        let find = |at: &Scalar| if annotation.is_x { place(at) } else { Some(position(at)) };
        let found: Vec<Value> = annotation.at.iter().filter_map(find).filter(|at| !at.is_null()).collect();
        let axis = if annotation.is_x == is_horizontal { "yAxis" } else { "xAxis" };
        let tint = annotation.color.as_deref().map_or_else(|| json!("$muted"), color::own);
        let label = annotation.label.clone().unwrap_or_default();
        match found.as_slice() {
            [at] => lines.push(json!({
                axis: at,
                "name": label,
                "lineStyle": { "color": tint },
                "label": { "show": !label.is_empty(), "formatter": label, "color": tint },
            })),
            [from, to] => areas.push(json!([
                {
                    axis: from,
                    "name": label,
                    "itemStyle": { "color": tint, "opacity": 0.12 },
                    "label": { "show": !label.is_empty(), "color": tint, "position": "insideTopLeft" },
                },
                { axis: to },
            ])),
            _ => {}
        }
    }
    let mut entries = Map::new();
    if !lines.is_empty() {
        entries.extend(object(json!({ "markLine": {
            "silent": true,
            "symbol": "none",
            "animation": false,
            "lineStyle": { "type": "dashed", "width": 1.5 },
            // It is read also where a line of the chart goes through it.
            "label": {
                "position": "insideEndTop",
                "fontSize": 11,
                "backgroundColor": "$surface/0.8",
                "padding": [1, 3],
                "borderRadius": 2,
            },
            "data": lines,
        } })));
    }
    if !areas.is_empty() {
        entries.extend(object(json!({ "markArea": {
            "silent": true,
            "animation": false,
            "label": { "fontSize": 11 },
            "data": areas,
        } })));
    }
    entries
}
