//! How prices move.

use appspec_lang::value::Scalar;
use serde_json::{Value, json};

use super::super::axis::{self, Reach};
use super::super::json::{extent, object, without_nulls};
use super::super::plot::{Name, Plot, key};
use super::super::sketch::{Sketch, line, rows};
use super::super::{Drawn, annotation, format};

/// The column of a price: the one that is named, else the one that is called so.
fn price(plot: &Plot<'_>, option: &str) -> Option<Name> {
    let called = || plot.columns().iter().find(|column| column.name.eq_ignore_ascii_case(option));
    plot.first(option).or_else(|| called().map(|column| column.name.clone()))
}

pub(super) fn draw(plot: &Plot<'_>, sketch: &mut Sketch) -> Drawn {
    let [open, high, low, close] = ["open", "high", "low", "close"].map(|option| price(plot, option));
    let (Some(open), Some(high), Some(low), Some(close)) = (open, high, low, close) else {
        return Drawn { x: None, y: Vec::new() };
    };
    let prices = [&open, &close, &low, &high];
    let x = plot.place();
    let words: Vec<Scalar> = match &x {
        Some(name) => plot.cells(name),
        None => (1..).take(plot.rows()).map(Scalar::Int).collect(),
    };
    let columns = prices.map(|name| plot.numbers(name));
    let at = |row: usize| columns.each_ref().map(|column| column.get(row).copied().flatten());
    let mut data = Vec::new();
    for row in 0..words.len() {
        data.push(match at(row) {
            [Some(open), Some(close), Some(low), Some(high)] => json!([open, close, low, high]),
            _ => json!(["-", "-", "-", "-"]),
        });
    }
    let written = format::of_values(plot, Some(&close));
    let id = sketch.format(written.clone());
    let annotations = annotation::read(plot);
    let all = columns.iter().flatten().copied().flatten();
    let mut reach = Reach { extent: extent(all), is_scaled: true, is_log: plot.item.flag("log"), ..Reach::default() };
    reach.include(annotation::places(&annotations, false));
    let mut values = axis::of_values(id, &written, reach);
    values.insert("id".to_owned(), json!("y0-0"));
    let mut places = axis::of_words(plot, sketch, x.as_ref(), &words);
    places.insert("id".to_owned(), json!("x0"));
    let lines = [(&open, 1), (&high, 4), (&low, 3), (&close, 2)];
    let lines: Vec<Value> = lines.into_iter().map(|(name, at)| line(&plot.label(name), at, id)).collect();
    let mut candles = object(json!({
        "id": "candles",
        "type": "candlestick",
        "barMaxWidth": 18,
        "itemStyle": {
            "color": "$surface", "borderColor": "$success", "color0": "$error", "borderColor0": "$error", "borderColorDoji": "$muted",
            "borderWidth": 1.5,
        },
        "tooltip": { "formatter": rows("name", &lines) },
        "data": data,
    }));
    let place = |at: &Scalar| words.iter().position(|word| key(word) == key(at)).map(|at| json!(at));
    candles.extend(annotation::marks(&annotations, false, place));
    let label = plot.item.text("y_label").filter(|label| !label.is_empty());
    sketch.tell("frame", json!({ "below": axis::x_label(plot, x.as_deref()), "left": label, "zoom": true }));
    sketch.add(json!({
        "tooltip": { "trigger": "item" },
        "xAxis": without_nulls(Value::Object(places)),
        "yAxis": without_nulls(Value::Object(values)),
        "series": [candles],
    }));
    Drawn { x, y: vec![open, high, low, close] }
}
