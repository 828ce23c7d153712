//! The axes of a chart.

use appspec_lang::value::{Scalar, Type};
use serde_json::{Map, Value, json};

use super::format;
use super::json::{object, position, round_ends};
use super::plot::{Name, Plot};
use super::sketch::{FormatId, Sketch, pointer, tick};

/// About how many lines an axis of values has.
const LINES: f64 = 5.0;

/// An axis of words: the values of a column, each once.
pub(super) fn of_words(
    plot: &Plot<'_>,
    sketch: &mut Sketch,
    column: Option<&Name>,
    words: &[Scalar],
) -> Map<String, Value> {
    let is_moment = column.is_some_and(|name| {
        plot.format_of(name).is_none() && matches!(plot.ty(name).inner(), Type::Date | Type::DateTime)
    });
    let mut axis = object(json!({
        "type": "category",
        "axisTick": { "show": false },
        "axisLine": { "lineStyle": { "color": "$border-strong" } },
        "axisLabel": { "color": "$muted", "hideOverlap": true },
        "splitLine": { "show": false },
    }));
    let data: Value = if is_moment {
        let format = sketch.format(format::of_places(plot, column.map(|name| &**name)));
        axis.extend(object(json!({
            "axisLabel": { "color": "$muted", "hideOverlap": true, "formatter": tick(format, false) },
            "axisPointer": { "label": { "formatter": pointer(format) } },
        })));
        words.iter().map(position).collect()
    } else {
        words.iter().map(|word| json!(plot.text(column, word))).collect()
    };
    axis.insert("data".to_owned(), data);
    axis.extend(names());
    axis
}

/// Cuts long words of an axis that goes up and down.
pub(super) fn cut_words(axis: &mut Map<String, Value>) {
    if let Some(label) = axis.get_mut("axisLabel").and_then(Value::as_object_mut) {
        label.extend(object(json!({ "width": 150, "overflow": "truncate" })));
    }
}

/// An axis of moments; one of days has no mark between them.
pub(super) fn of_time(format: FormatId, written: &Value) -> Map<String, Value> {
    let mut axis = object(json!({
        "type": "time",
        "minInterval": format::step(written),
        "axisTick": { "show": false },
        "axisLine": { "lineStyle": { "color": "$border-strong" } },
        "axisLabel": { "color": "$muted", "hideOverlap": true, "formatter": tick(format, false) },
        "axisPointer": { "label": { "formatter": pointer(format) } },
        "splitLine": { "show": false },
    }));
    axis.extend(names());
    axis
}

/// How an axis of values reaches.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reach {
    /// Of all that is drawn on it.
    pub(super) extent: Option<(f64, f64)>,
    /// Whether it begins where the values do, and not at 0.
    pub(super) is_scaled: bool,
    pub(super) is_log: bool,
    /// Whether the ends are written down: there is more to show than the marks.
    pub(super) is_fixed: bool,
}

impl Reach {
    /// Takes in what stands outside.
    pub(super) fn include(&mut self, places: impl IntoIterator<Item = f64>) {
        for place in places {
            let (low, high) = self.extent.unwrap_or((place, place));
            self.is_fixed |= place < low || place > high;
            self.extent = Some((low.min(place), high.max(place)));
        }
    }

    /// Whether lines over these values are flat if the axis begins at 0.
    pub(super) fn is_far_from_zero(&self) -> bool {
        self.extent.is_some_and(|(low, high)| {
            let nearest = if low > 0.0 { low } else { -high };
            high > low && nearest > 0.0 && nearest > 0.6 * low.abs().max(high.abs())
        })
    }
}

/// An axis of values.
pub(super) fn of_values(format: FormatId, written: &Value, reach: Reach) -> Map<String, Value> {
    let is_compact = reach.extent.is_some_and(|extent| format::is_long(written, extent, reach.is_scaled));
    let mut axis = object(json!({
        "type": if reach.is_log { "log" } else { "value" },
        "scale": reach.is_scaled,
        "splitNumber": LINES,
        "axisTick": { "show": false },
        "axisLine": { "show": false },
        "axisLabel": { "color": "$muted", "hideOverlap": true, "formatter": tick(format, is_compact) },
        "axisPointer": { "label": { "formatter": pointer(format) } },
        "splitLine": { "lineStyle": { "color": "$border" } },
    }));
    if let Some((low, high)) = reach.extent.filter(|_| reach.is_fixed && !reach.is_log) {
        let (low, high) = if reach.is_scaled { (low, high) } else { (low.min(0.0), high.max(0.0)) };
        let (low, high) = round_ends((low, high), LINES);
        axis.insert("min".to_owned(), json!(low));
        axis.insert("max".to_owned(), json!(high));
    }
    axis.extend(names());
    axis
}

fn names() -> Map<String, Value> {
    object(json!({
        "nameLocation": "middle",
        "nameGap": 26,
        "nameTextStyle": { "color": "$muted" },
    }))
}

/// What stands along the axis of places.
pub(super) fn x_label(plot: &Plot<'_>, column: Option<&str>) -> Option<String> {
    let own = plot.item.text("x_label");
    own.or_else(|| column.map(|name| with_unit(plot, name))).filter(|label| !label.is_empty())
}

/// What stands at an axis of values: the author's words, else the one column's.
pub(super) fn y_label<N: AsRef<str>>(plot: &Plot<'_>, columns: &[N]) -> Option<String> {
    let only = || match columns {
        [only] => Some(with_unit(plot, only.as_ref())),
        _ => None,
    };
    plot.item.text("y_label").or_else(only).filter(|label| !label.is_empty())
}

/// The name of a column, with the unit of its values.
pub(super) fn with_unit(plot: &Plot<'_>, name: &str) -> String {
    let label = plot.label(name);
    plot.unit_of(name).map_or_else(|| label.clone(), |unit| format!("{label} ({unit})"))
}
