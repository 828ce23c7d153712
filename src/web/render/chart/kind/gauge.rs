//! One number on a scale.

use appspec_lang::value::{Scalar, Type};
use serde_json::{Value, json};

use super::super::json::{cleaned, round_step};
use super::super::sketch::{Sketch, tick};
use super::super::{color, format};
use crate::render::item::Item;

/// Draws the number of a gauge; what the number is of the table it stands in, is in `column`.
pub(in super::super) fn draw(item: &Item<'_>, written: Value, sketch: &mut Sketch) {
    let number = number_of(item);
    let end = |name: &str| item.scalar(name).and_then(Scalar::as_float);
    let low = end("min").unwrap_or(0.0);
    let high = end("max").unwrap_or_else(|| usual_end(number, format::is_percent(&written)));
    let high = if high > low { high } else { low + 1.0 };
    let id = sketch.format(written);
    let tint = item.text("color").as_deref().map_or_else(|| json!("$c1"), color::own);
    sketch.tell("frame", json!({}));
    sketch.add(json!({
        "tooltip": { "show": false },
        "series": [{
            "id": "number",
            "type": "gauge",
            "startAngle": 205,
            "endAngle": -25,
            "center": ["50%", "60%"],
            "radius": "92%",
            "min": low,
            "max": high,
            "splitNumber": 1,
            "progress": { "show": number.is_some(), "width": 16, "roundCap": true, "itemStyle": { "color": tint } },
            "axisLine": { "roundCap": true, "lineStyle": { "width": 16, "color": [[1, "$sunken"]] } },
            "pointer": { "show": false },
            "anchor": { "show": false },
            "axisTick": { "show": false },
            "splitLine": { "show": false },
            "axisLabel": { "color": "$muted", "distance": 20, "fontSize": 12, "formatter": tick(id, true) },
            "title": { "show": false },
            "detail": {
                "color": "$text",
                "fontSize": 30,
                "fontWeight": 600,
                "offsetCenter": [0, "-4%"],
                "valueAnimation": false,
                "formatter": super::super::sketch::value(id),
            },
            "data": [{ "value": number, "name": "" }],
        }],
    }));
}

/// The number: the subject itself, or that of the first row.
pub(in super::super) fn number_of(item: &Item<'_>) -> Option<f64> {
    if let Some(scalar) = item.subject_scalar() {
        return scalar.as_float();
    }
    let table = item.table()?;
    table.cell(0, &column_of(item)?)?.as_float()
}

/// The column of the number, where the subject is a table.
pub(in super::super) fn column_of(item: &Item<'_>) -> Option<String> {
    let table = item.table()?;
    let columns = table.columns();
    let named = item.columns("y").first().and_then(|name| columns.iter().find(|column| *column.name == **name));
    let is_number = |ty: &Type| ty.is_number();
    named.or_else(|| columns.iter().find(|column| is_number(&column.ty))).map(|column| column.name.to_string())
}

/// Where a scale ends that nobody has set: at 1 for shares, else at 100, or round above the number.
fn usual_end(number: Option<f64>, is_percent: bool) -> f64 {
    let usual = if is_percent { 1.0 } else { 100.0 };
    match number {
        Some(number) if number > usual => {
            let step = round_step(number, 4.0);
            cleaned((number / step).ceil() * step)
        }
        _ => usual,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_end_at_round_numbers() {
        assert!((usual_end(Some(62.0), false) - 100.0).abs() < 1e-9);
        assert!((usual_end(Some(0.62), true) - 1.0).abs() < 1e-9);
        assert!((usual_end(Some(1234.0), false) - 1500.0).abs() < 1e-9);
        assert!((usual_end(None, false) - 100.0).abs() < 1e-9);
    }
}
