//! A ring of shares.

use serde_json::{Value, json};

use super::super::Drawn;
use super::super::plot::Plot;
use super::super::sketch::{Sketch, label, line, rows};
use super::parts;

/// As many parts are named beside the ring; more are named in a legend.
const NAMED: usize = 8;

pub(super) fn draw(plot: &Plot<'_>, sketch: &mut Sketch) -> Drawn {
    let parts = parts::read(plot, sketch);
    let format = sketch.format(parts.written.clone());
    let is_named = parts.all.len() <= NAMED;
    let has_legend = plot.item.scalar("legend").map_or(!is_named, appspec_lang::value::Scalar::is_true);
    let amount = parts.y.as_ref().map(|name| plot.label(name)).unwrap_or_default();
    let lines = vec![line(&amount, Value::Null, format), json!(["", "%", 0])];
    let data = parts
        .all
        .iter()
        .map(|part| json!({ "name": part.name, "key": part.key, "value": part.amount, "itemStyle": { "color": part.color } }));
    let text = if has_legend { "{%}" } else { "{name}\n{%}" };
    sketch.tell("frame", json!({ "legend": has_legend }));
    sketch.add(json!({
        "legend": { "show": has_legend },
        "tooltip": { "trigger": "item" },
        "series": [{
            "id": "parts",
            "type": "pie",
            "radius": ["44%", "66%"],
            "center": ["50%", if has_legend { "56%" } else { "50%" }],
            "padAngle": 1,
            "itemStyle": { "borderRadius": 4 },
            "minShowLabelAngle": 6,
            "label": { "show": true, "color": "$text", "lineHeight": 16, "formatter": label(format, text) },
            "avoidLabelOverlap": true,
            "labelLine": { "length": 10, "length2": 8, "lineStyle": { "color": "$border-strong" } },
            "emphasis": { "scaleSize": 4 },
            "tooltip": { "formatter": rows("name", &lines) },
            "data": data.collect::<Value>(),
        }],
    }));
    Drawn { x: parts.x, y: parts.y.into_iter().collect() }
}
