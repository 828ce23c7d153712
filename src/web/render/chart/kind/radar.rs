//! Several measures of a few things, each on a spoke.

use appspec_lang::value::Scalar;
use serde_json::{Value, json};

use super::super::json::{extent, round_ends};
use super::super::plot::Plot;
use super::super::reduce::drawn_with;
use super::super::series::{self, Series};
use super::super::shape::Shape;
use super::super::sketch::{Sketch, line, rows};
use super::super::{Drawn, color, format};

/// Rings of the web.
const RINGS: u8 = 4;
/// As many spokes are drawn.
const SPOKES: usize = 24;

pub(super) fn draw(plot: &Plot<'_>, sketch: &mut Sketch) -> Drawn {
    let shape = Shape { scale: super::super::shape::Scale::Category, ..Shape::of(plot) };
    let (series, _) = series::read(plot, &shape);
    let (mut spokes, mut places) = series::words(plot, &shape);
    if spokes.len() > SPOKES {
        let counts = (SPOKES, spokes.len());
        sketch.note(drawn_with("The first {shown} of {n} spokes are drawn.", counts, &plot.settings()));
        spokes.truncate(SPOKES);
        places.retain(|_, place| *place < SPOKES);
    } else if spokes.len() < 3 {
        sketch.note("A radar has at least three spokes.");
    }
    let written = format::of_values(plot, shape.y.first().map(|name| &**name));
    let id = sketch.format(written);
    let mut is_doubled = false;
    let mut read = |series: &Series| {
        let (marks, doubled) = series.by_category(&places);
        is_doubled |= doubled;
        let values = marks.into_iter().map(|mark| mark.and_then(|mark| mark.y.as_float()));
        (series.name.clone(), values.collect::<Vec<_>>())
    };
    let lines: Vec<(String, Vec<Option<f64>>)> = series.iter().map(&mut read).collect();
    if is_doubled {
        sketch.note("Several rows fall on one mark; the last one is drawn.");
    }
    let reach = extent(lines.iter().flat_map(|(_, values)| values.iter().copied().flatten())).unwrap_or((0.0, 1.0));
    let (low, high) = round_ends((reach.0.min(0.0), reach.1.max(f64::MIN_POSITIVE)), f64::from(RINGS));
    let names: Vec<&str> = lines.iter().map(|(name, _)| name.as_str()).collect();
    let by_column = || (0..names.len()).map(color::of_series).collect();
    let colors = if shape.split.is_some() { color::by_rank(&names) } else { by_column() };
    let words: Vec<String> = spokes.iter().map(|spoke| plot.text(shape.x.as_ref(), spoke)).collect();
    let told: Vec<Value> = words.iter().enumerate().map(|(at, word)| line(word, at, id)).collect();
    let data = lines.iter().zip(colors).map(|((name, values), tint)| {
        let tint = shape.color.as_deref().map_or(tint, color::own);
        json!({
            "name": name,
            "value": values,
            "lineStyle": { "color": tint, "width": 2 },
            "itemStyle": { "color": tint },
            "areaStyle": { "color": tint, "opacity": 0.12 },
        })
    });
    let has_legend = plot.item.scalar("legend").map_or(names.len() > 1, Scalar::is_true);
    sketch.tell("frame", json!({ "legend": has_legend }));
    sketch.add(json!({
        "legend": { "show": has_legend, "data": names },
        "tooltip": { "trigger": "item" },
        "radar": web(&words, (low, high), has_legend),
        "series": [{
            "id": "web",
            "type": "radar",
            "symbolSize": 5,
            "tooltip": { "formatter": rows("name", &told) },
            "data": data.collect::<Value>(),
        }],
    }));
    Drawn { x: shape.x, y: shape.y }
}

/// The spokes, and the rings that cross them.
fn web(spokes: &[String], (low, high): (f64, f64), has_legend: bool) -> Value {
    let indicator: Value = spokes.iter().map(|name| json!({ "name": name, "min": low, "max": high })).collect();
    json!({
        "radius": "56%",
        "center": ["50%", if has_legend { "56%" } else { "52%" }],
        "splitNumber": RINGS,
        "indicator": indicator,
        "axisName": { "color": "$text" },
        "axisLine": { "lineStyle": { "color": "$border" } },
        "splitLine": { "lineStyle": { "color": "$border" } },
        "splitArea": { "show": false },
    })
}
