//! Stages, each a part of the one before.

use serde_json::{Value, json};

use super::super::Drawn;
use super::super::plot::Plot;
use super::super::sketch::{Sketch, label, line, rows};
use super::parts;

pub(super) fn draw(plot: &Plot<'_>, sketch: &mut Sketch) -> Drawn {
    let parts = parts::read(plot, sketch);
    let format = sketch.format(parts.written.clone());
    let has_legend = plot.item.flag("legend");
    let amount = parts.y.as_ref().map(|name| plot.label(name)).unwrap_or_default();
    let widest = parts.all.iter().map(|part| part.amount).fold(0.0, f64::max);
    let first = parts.all.first().map_or(1.0, |part| part.amount);
    let data = parts.all.iter().enumerate().map(|(at, part)| {
        // Stages are one thing in different strength, and not different things.
        #[expect(clippy::cast_precision_loss, reason = "there are few stages")]
        let opacity = 1.0 - 0.6 * at as f64 / parts.all.len().max(2) as f64;
        json!({
            "name": part.name,
            "key": part.key,
            "value": part.amount,
            "share": part.amount / first,
            "itemStyle": { "color": format!("$c1/{opacity:.2}") },
        })
    });
    sketch.tell("frame", json!({ "legend": has_legend }));
    sketch.add(json!({
        "legend": { "show": has_legend },
        "tooltip": { "trigger": "item" },
        "series": [{
            "id": "stages",
            "type": "funnel",
            "sort": "none",
            "left": "44%",
            "right": 8,
            "top": if has_legend { 40 } else { 8 },
            "bottom": 8,
            "min": 0,
            "max": widest,
            "minSize": "2%",
            "gap": 3,
            "itemStyle": { "borderWidth": 0, "borderRadius": 4 },
            "label": { "position": "left", "color": "$text", "lineHeight": 17, "formatter": label(format, "{name}\n{}  ·  {%}") },
            "labelLine": { "show": false },
            "tooltip": { "formatter": rows("name", &[line(&amount, Value::Null, format), json!(["", "%", 0])]) },
            "data": data.collect::<Value>(),
        }],
    }));
    Drawn { x: parts.x, y: parts.y.into_iter().collect() }
}
