//! How often values fall into ranges.

use appspec_lang::value::{Scalar, Type};
use serde_json::{Map, Value, json};

use super::super::axis::{self, Reach};
use super::super::json::{cleaned, extent, index, object, round_step, without_nulls};
use super::super::plot::{Name, Plot};
use super::super::sketch::{Sketch, line, rows};
use super::super::{Drawn, annotation, color, format, series};
use super::mark::Stack;

/// As many ranges at most.
const MOST: f64 = 200.0;

/// The ranges: where the first begins, how wide each is, and how many there are.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Bins {
    start: f64,
    step: f64,
    count: usize,
}

impl Bins {
    /// Round ranges over all values: about as many as are asked for, else as many as their spread suggests.
    #[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^52")]
    fn over(values: &[f64], wanted: Option<f64>, is_whole: bool) -> Option<Self> {
        let (low, high) = extent(values.iter().copied())?;
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let at = |share: f64| sorted.get(index(share * (sorted.len() - 1) as f64)).copied().unwrap_or(low);
        // After Freedman and Diaconis; Sturges where the middle half is one value.
        let width = 2.0 * (at(0.75) - at(0.25)) / (values.len() as f64).cbrt();
        let suggested = if width > 0.0 { (high - low) / width } else { (values.len() as f64).log2() + 1.0 };
        let parts = wanted.unwrap_or(suggested).clamp(1.0, MOST);
        let mut step = round_step(high - low, parts);
        if is_whole {
            step = step.max(1.0).round();
        }
        let start = (low / step).floor() * step;
        let count = (((high - start) / step).floor() + 1.0).clamp(1.0, MOST + 2.0);
        Some(Self { start, step, count: index(count) })
    }

    fn of(self, value: f64) -> usize {
        index((value - self.start) / self.step).min(self.count - 1)
    }

    #[expect(clippy::cast_precision_loss, reason = "there are few ranges")]
    fn edge(self, at: usize) -> f64 {
        cleaned(self.start + self.step * at as f64)
    }
}

pub(super) fn draw(plot: &Plot<'_>, sketch: &mut Sketch) -> Drawn {
    let written_color = plot.item.text("color");
    let split = plot.first("color").or_else(|| written_color.as_deref().and_then(|color| plot.known(color)));
    let Some(x) = plot.place() else { return Drawn { x: None, y: Vec::new() } };
    let values = plot.numbers(&x);
    let present: Vec<f64> = values.iter().copied().flatten().collect();
    if present.len() < values.len() {
        sketch.note(plot.settings().counted("{n} rows without a value are not counted.", values.len() - present.len()));
    }
    let wanted = plot.item.scalar("bins").and_then(Scalar::as_float);
    let Some(bins) = Bins::over(&present, wanted, *plot.ty(&x).inner() == Type::Int) else {
        return Drawn { x: None, y: Vec::new() };
    };
    let parts = split.as_ref().map(|name| (name, plot.cells(name)));
    let (names, mut counts) = count(plot, &values, parts.as_ref(), bins);
    let stack = Stack::of(plot);
    if stack == Stack::Normalize {
        series::normalize(&mut counts.iter_mut().collect::<Vec<_>>());
    }
    assemble(plot, sketch, (&x, bins), &names, counts);
    let own = written_color.filter(|_| split.is_none());
    if let Some(own) = own {
        sketch.tell("color", color::own(&own));
    }
    Drawn { x: None, y: vec![x] }
}

/// The counts of each part, as pairs of a range's middle and its count.
fn count(
    plot: &Plot<'_>,
    values: &[Option<f64>],
    parts: Option<&(&Name, Vec<Scalar>)>,
    bins: Bins,
) -> (Vec<String>, Vec<Vec<Value>>) {
    let (found, places) = parts.map(|(_, cells)| series::distinct(cells)).unwrap_or_default();
    let mut counts = vec![vec![0_u64; bins.count]; found.len().max(1)];
    for (row, value) in values.iter().enumerate() {
        let Some(value) = value else { continue };
        let part = parts.and_then(|(_, cells)| places.get(&super::super::plot::key(cells.get(row)?)).copied());
        let bin = counts.get_mut(part.unwrap_or(0)).and_then(|counts| counts.get_mut(bins.of(*value)));
        if let Some(count) = bin {
            *count += 1;
        }
    }
    let names = match parts {
        Some((name, _)) => found.iter().map(|part| plot.text(Some(name), part)).collect(),
        None => vec!["Count".to_owned()],
    };
    let middle = |at: usize| bins.edge(at) + bins.step / 2.0;
    let pairs = |counts: Vec<u64>| {
        let pair = |(at, count)| json!([middle(at), count, bins.edge(at), bins.edge(at + 1)]);
        counts.into_iter().enumerate().map(pair).collect()
    };
    (names, counts.into_iter().map(pairs).collect())
}

fn assemble(plot: &Plot<'_>, sketch: &mut Sketch, (x, bins): (&Name, Bins), names: &[String], counts: Vec<Vec<Value>>) {
    let stack = Stack::of(plot);
    let places = format::of_values(plot, Some(x));
    let place = sketch.format(places.clone());
    let counted = if stack == Stack::Normalize { format::share() } else { format::plain() };
    let count = sketch.format(counted.clone());
    let annotations = annotation::read(plot);
    let mut x_axis = axis::of_values(
        place,
        &places,
        Reach { extent: Some((bins.edge(0), bins.edge(bins.count))), ..Reach::default() },
    );
    x_axis.extend(object(json!({
        "id": "x0",
        "min": bins.edge(0),
        "max": bins.edge(bins.count),
        "splitLine": { "show": false },
        "axisLine": { "show": true, "onZero": false, "lineStyle": { "color": "$border-strong" } },
    })));
    let all = counts.iter().flatten().filter_map(|pair| pair.get(1)?.as_f64());
    let mut reach = Reach { extent: extent(all), is_log: plot.item.flag("log"), ..Reach::default() };
    if stack == Stack::No {
        reach.include(annotation::places(&annotations, false));
    }
    let mut y_axis = axis::of_values(count, &counted, reach);
    y_axis.insert("id".to_owned(), json!("y0-0"));
    let colors = color::by_rank(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let mut drawn = Vec::new();
    for ((name, data), color) in names.iter().zip(counts).zip(colors) {
        let lines = [line(&plot.label(x), json!([2, 3]), place), line("Count", 1, count)];
        let mut part = bars(name, (names.len() > 1, stack), &lines, &data);
        part.insert("color".to_owned(), color);
        if drawn.is_empty() {
            let at = |at: &Scalar| Some(super::super::json::position(at));
            part.extend(annotation::marks(&annotations, false, at));
        }
        drawn.push(without_nulls(Value::Object(part)));
    }
    let has_legend = plot.item.scalar("legend").map_or(names.len() > 1, Scalar::is_true);
    let y_label = plot
        .item
        .text("y_label")
        .unwrap_or_else(|| if stack == Stack::Normalize { "Share" } else { "Count" }.to_owned());
    sketch.tell("frame", json!({ "below": axis::x_label(plot, Some(x)), "left": y_label, "legend": has_legend }));
    sketch.add(json!({
        "legend": { "show": has_legend, "data": names },
        "tooltip": { "trigger": "item" },
        "xAxis": without_nulls(Value::Object(x_axis)),
        "yAxis": without_nulls(Value::Object(y_axis)),
        "series": drawn,
    }));
}

/// The bars of one part: each as wide as its range.
fn bars(name: &str, (is_one_of_many, stack): (bool, Stack), lines: &[Value], data: &[Value]) -> Map<String, Value> {
    let is_before_others = is_one_of_many && stack == Stack::No;
    object(json!({
        "id": name,
        "name": name,
        "type": "bar",
        "barWidth": "96%",
        "barGap": "-100%",
        "stack": (stack != Stack::No).then_some("all"),
        "itemStyle": {
            "borderRadius": if is_one_of_many { json!(0) } else { json!([3, 3, 0, 0]) },
            "opacity": if is_before_others { 0.6 } else { 1.0 },
        },
        "tooltip": { "formatter": rows(if is_one_of_many { "series" } else { "" }, lines) },
        "data": data,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_begin_at_round_numbers() {
        let values: Vec<f64> = (0..100).map(f64::from).collect();
        let bins = Bins::over(&values, Some(10.0), true).unwrap();
        assert_eq!((bins.start, bins.step, bins.count), (0.0, 10.0, 10));
        assert_eq!((bins.of(0.0), bins.of(9.9), bins.of(10.0), bins.of(99.0)), (0, 0, 1, 9));
        let one = Bins::over(&[5.0], None, true).unwrap();
        assert_eq!((one.count, one.of(5.0)), (1, 0));
        assert_eq!(Bins::over(&[], None, false), None);
        let fractions = Bins::over(&[0.11, 0.29, 0.3], Some(2.0), false).unwrap();
        assert_eq!((fractions.edge(0), fractions.edge(1)), (0.1, 0.2));
    }
}
