//! Boxes that show how values spread.

use appspec_lang::value::Scalar;
use serde_json::{Map, Value, json};

use super::super::axis::{self, Reach};
use super::super::json::{self, cleaned, extent, object, without_nulls};
use super::super::plot::{Name, Plot, key};
use super::super::sketch::{FormatId, Sketch, line, rows};
use super::super::{Drawn, annotation, color, format, series};

/// As many points outside of the whiskers are drawn of one box.
const OUTSIDE: usize = 200;

/// What a box shows of some values.
#[derive(Clone, Debug, PartialEq)]
struct Summary {
    /// The lower whisker, the quartiles, the upper whisker.
    five: [f64; 5],
    outside: Vec<f64>,
}

impl Summary {
    fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        let (first, last) = (*values.first()?, *values.last()?);
        let [q1, median, q3] = [0.25, 0.5, 0.75].map(|share| quantile(&values, share));
        let reach = 1.5 * (q3 - q1);
        let is_inside = |value: &&f64| **value >= q1 - reach && **value <= q3 + reach;
        let low = values.iter().find(is_inside).copied().unwrap_or(first);
        let high = values.iter().rev().find(is_inside).copied().unwrap_or(last);
        let outside: Vec<f64> = values.iter().filter(|value| !is_inside(value)).copied().collect();
        Some(Self { five: [low, q1, median, q3, high].map(cleaned), outside })
    }
}

/// Between two values as far as the share lies between them.
#[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^52")]
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len().saturating_sub(1)) as f64;
    let at = |index: f64| sorted.get(json::index(index)).copied().unwrap_or_default();
    let (below, above) = (at(place.floor()), at(place.ceil()));
    below + (above - below) * (place - place.floor())
}

pub(super) fn draw(plot: &Plot<'_>, sketch: &mut Sketch) -> Drawn {
    let named = plot.named("y");
    let x = plot.place();
    let y = if named.is_empty() {
        let numbers = plot.columns().iter().filter(|column| column.ty.is_number() && x.as_ref() != Some(&column.name));
        numbers.map(|column| column.name.clone()).collect()
    } else {
        named
    };
    let groups: Vec<Scalar> = match &x {
        Some(name) => plot.cells(name),
        None => Vec::new(),
    };
    let (words, places) = match &x {
        Some(_) => series::distinct(&groups),
        None => series::distinct(&y.iter().map(|name| Scalar::text(plot.label(name))).collect::<Vec<_>>()),
    };
    let mut boxes: Vec<(String, Vec<Option<Summary>>)> = Vec::new();
    if x.is_some() {
        for name in &y {
            let mut values: Vec<Vec<f64>> = vec![Vec::new(); words.len()];
            for (group, value) in groups.iter().zip(plot.numbers(name)) {
                let group = places.get(&key(group)).and_then(|at| values.get_mut(*at));
                if let Some(group) = group {
                    group.extend(value);
                }
            }
            boxes.push((plot.label(name), values.into_iter().map(Summary::of).collect()));
        }
    } else {
        let all = y.iter().map(|name| Summary::of(plot.numbers(name).into_iter().flatten().collect()));
        boxes.push((String::new(), all.collect()));
    }
    assemble(plot, sketch, (x.as_ref(), &words, &y), &boxes);
    Drawn { x, y }
}

fn assemble(
    plot: &Plot<'_>,
    sketch: &mut Sketch,
    (x, words, y): (Option<&Name>, &[Scalar], &[Name]),
    boxes: &[(String, Vec<Option<Summary>>)],
) {
    let is_horizontal = plot.item.flag("horizontal");
    let written = format::of_values(plot, y.first().map(|name| &**name));
    let id = sketch.format(written.clone());
    let summaries = || boxes.iter().flat_map(|(_, summaries)| summaries.iter().flatten());
    let all = summaries().flat_map(|summary| summary.five.iter().chain(&summary.outside).copied());
    let annotations = annotation::read(plot);
    let mut reach = Reach { extent: extent(all), is_log: plot.item.flag("log"), ..Reach::default() };
    reach.is_scaled = reach.is_far_from_zero();
    reach.include(annotation::places(&annotations, false));
    let mut values = axis::of_values(id, &written, reach);
    values.insert("id".to_owned(), json!("y0-0"));
    let mut places = axis::of_words(plot, sketch, x, words);
    places.extend(object(json!({ "id": "x0", "inverse": is_horizontal })));
    if is_horizontal {
        axis::cut_words(&mut places);
    }
    let names: Vec<&str> = boxes.iter().map(|(name, _)| name.as_str()).collect();
    let mut drawn = Vec::new();
    for (group, tint) in boxes.iter().zip((0..).map(color::of_series)) {
        // Beside each other, boxes leave the middle of their place; points would stand in a wrong one.
        drawn.extend(group_series(group, &tint, (id, is_horizontal, boxes.len() == 1)));
    }
    if let Some(first) = drawn.first_mut() {
        let place = |at: &Scalar| words.iter().position(|word| key(word) == key(at)).map(|at| json!(at));
        first.extend(annotation::marks(&annotations, is_horizontal, place));
    }
    let drawn: Vec<Value> = drawn.into_iter().map(Value::Object).map(without_nulls).collect();
    let has_legend = plot.item.scalar("legend").map_or(boxes.len() > 1, Scalar::is_true);
    let x_label = axis::x_label(plot, x.map(|name| &**name));
    let y_label = axis::y_label(plot, y);
    let (below, left) = if is_horizontal { (y_label, x_label) } else { (x_label, y_label) };
    sketch.tell("frame", json!({ "below": below, "left": left, "legend": has_legend }));
    let (x_axis, y_axis) = if is_horizontal { (values, places) } else { (places, values) };
    sketch.add(json!({
        "legend": { "show": has_legend, "data": names },
        "tooltip": { "trigger": "item" },
        "xAxis": without_nulls(Value::Object(x_axis)),
        "yAxis": without_nulls(Value::Object(y_axis)),
        "series": drawn,
    }));
}

/// The boxes of one column, and what lies outside of them.
fn group_series(
    (name, summaries): &(String, Vec<Option<Summary>>),
    tint: &Value,
    (id, is_horizontal, has_points): (FormatId, bool, bool),
) -> Vec<Map<String, Value>> {
    let tint = tint.as_str().unwrap_or("$c1");
    let parts = [("Highest", 5), ("Upper quartile", 4), ("Median", 3), ("Lower quartile", 2), ("Lowest", 1)];
    let lines: Vec<Value> = parts.into_iter().map(|(name, at)| line(name, at, id)).collect();
    let data = summaries.iter().map(|summary| summary.as_ref().map_or(json!([]), |it| json!(it.five)));
    let boxes = object(json!({
        "id": format!("box-{name}"),
        "name": name,
        "type": "boxplot",
        "layout": if is_horizontal { "vertical" } else { "horizontal" },
        "boxWidth": [8, 56],
        "itemStyle": {
            "color": format!("{tint}/0.18"), "borderColor": tint, "borderWidth": 1.5, "borderRadius": 3,
        },
        "emphasis": { "itemStyle": { "borderWidth": 2, "shadowBlur": 0 } },
        "tooltip": { "formatter": rows("name", &lines) },
        "data": data.collect::<Value>(),
    }));
    let outside = summaries.iter().enumerate().flat_map(|(at, summary)| {
        let points = summary.iter().flat_map(|summary| summary.outside.iter().take(OUTSIDE));
        points.map(move |value| if is_horizontal { json!([value, at]) } else { json!([at, value]) })
    });
    let outside: Vec<Value> = outside.collect();
    if !has_points || outside.is_empty() {
        return vec![boxes];
    }
    let points = object(json!({
        "id": format!("outside-{name}"),
        "name": name,
        "type": "scatter",
        "symbolSize": 5,
        "itemStyle": { "color": tint, "opacity": 0.6 },
        "tooltip": { "formatter": rows("", &[line("Outside", usize::from(!is_horizontal), id)]) },
        "data": outside,
    }));
    vec![boxes, points]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_hold_the_middle_half() {
        let summary = Summary::of(vec![1.0, 2.0, 3.0, 4.0, 5.0, 100.0]).unwrap();
        assert_eq!(summary.five.map(f64::to_bits), [1.0_f64, 2.25, 3.5, 4.75, 5.0].map(f64::to_bits));
        assert_eq!(summary.outside, [100.0]);
        assert_eq!(Summary::of(vec![7.0]).unwrap().five.map(f64::to_bits), [7.0_f64.to_bits(); 5]);
        assert_eq!(Summary::of(Vec::new()), None);
    }
}
