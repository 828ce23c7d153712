//! Cells whose colours show amounts.

use std::collections::BTreeMap;

use appspec_lang::value::{Scalar, Type};
use serde_json::{Value, json};

use super::super::json::{extent, without_nulls};
use super::super::plot::{Name, Plot, key};
use super::super::sketch::{FormatId, Sketch, line, rows, written};
use super::super::{Drawn, axis, format, series};

/// Cells of a row up to which each is parted from the next.
const PARTED: usize = 60;

/// The columns: x, y and the amounts. The last numeric column has the amounts, the first two others are x and y.
fn columns(plot: &Plot<'_>) -> (Option<Name>, Option<Name>, Option<Name>) {
    let (x, y) = (plot.place(), plot.first("y"));
    let amount = plot.first("color").or_else(|| {
        let free = |name: &Name| x.as_ref() != Some(name) && y.as_ref() != Some(name);
        let numbers = plot.columns().iter().rev().filter(|column| column.ty.is_number());
        numbers.map(|column| column.name.clone()).find(free)
    });
    let taken = |more: &[&Option<Name>]| -> Vec<Name> { more.iter().filter_map(|name| (*name).clone()).collect() };
    let find = |taken: &[Name]| plot.find(&taken.iter().collect::<Vec<_>>(), |_: &Type| true);
    let y = y.or_else(|| find(&taken(&[&amount, &x])));
    (x, y, amount)
}

pub(super) fn draw(plot: &Plot<'_>, sketch: &mut Sketch) -> Drawn {
    let (Some(x), Some(y), Some(amount)) = columns(plot) else { return Drawn { x: None, y: Vec::new() } };
    let (x_cells, y_cells, amounts) = (plot.cells(&x), plot.cells(&y), plot.numbers(&amount));
    let (x_words, x_places) = series::distinct(&x_cells);
    let (y_words, y_places) = series::distinct(&y_cells);
    let places = x_cells.iter().map(|x| x_places.get(&key(x))).zip(y_cells.iter().map(|y| y_places.get(&key(y))));
    let (data, is_doubled) = filled(places.zip(&amounts));
    if is_doubled {
        sketch.note("Several rows fall on one cell; the last one is drawn.");
    }
    let reach = extent(data.iter().map(|(_, amount)| *amount)).unwrap_or((0.0, 1.0));
    let id = sketch.format(format::of_values(plot, Some(&amount)));
    let (x_name, y_name) = (sketch_words(plot, sketch, &x), sketch_words(plot, sketch, &y));
    let lines = vec![
        json!([plot.label(&x), "x", x_name]),
        json!([plot.label(&y), "y", y_name]),
        line(&plot.label(&amount), 2, id),
    ];
    let mut x_axis = axis::of_words(plot, sketch, Some(&x), &x_words);
    let mut y_axis = axis::of_words(plot, sketch, Some(&y), &y_words);
    x_axis.insert("id".to_owned(), json!("x0"));
    axis::cut_words(&mut y_axis);
    // The first row stands on top, as in a table.
    y_axis.extend([("id".to_owned(), json!("y0-0")), ("inverse".to_owned(), json!(true))]);
    for axis in [&mut x_axis, &mut y_axis] {
        axis.insert("axisLine".to_owned(), json!({ "show": false }));
    }
    let has_legend = plot.item.scalar("legend").is_none_or(Scalar::is_true);
    let is_parted = x_words.len() <= PARTED && y_words.len() <= PARTED;
    let y_label =
        plot.item.text("y_label").or_else(|| Some(axis::with_unit(plot, &y))).filter(|label| !label.is_empty());
    sketch.tell(
        "frame",
        json!({
            "below": axis::x_label(plot, Some(&x)),
            "left": y_label,
            "scale": has_legend,
        }),
    );
    let data: Vec<Value> = data.into_iter().map(|((column, row), amount)| json!([column, row, amount])).collect();
    sketch.add(json!({
        "tooltip": { "trigger": "item" },
        "visualMap": ramp(reach, has_legend, id),
        "xAxis": without_nulls(Value::Object(x_axis)),
        "yAxis": without_nulls(Value::Object(y_axis)),
        "series": [{
            "id": "cells",
            "type": "heatmap",
            "itemStyle": { "borderColor": "$surface", "borderWidth": if is_parted { 2 } else { 0 }, "borderRadius": if is_parted { 4 } else { 0 } },
            "emphasis": { "itemStyle": { "borderColor": "$text", "borderWidth": 1.5 } },
            "tooltip": { "formatter": rows("", &lines) },
            "data": data,
        }],
    }));
    Drawn { x: Some(x), y: vec![amount] }
}

/// The column and the row of a cell, and its amount.
type Cell = ((usize, usize), f64);

/// The cells in order, each with its amount, and whether several rows fell on one.
fn filled<'p>(
    rows: impl Iterator<Item = ((Option<&'p usize>, Option<&'p usize>), &'p Option<f64>)>,
) -> (Vec<Cell>, bool) {
    let mut cells: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    let mut is_doubled = false;
    for ((column, row), amount) in rows {
        if let (Some(column), Some(row), Some(amount)) = (column, row, amount) {
            is_doubled |= cells.insert((*column, *row), *amount).is_some();
        }
    }
    (cells.into_iter().collect(), is_doubled)
}

/// The format of the words of an axis.
fn sketch_words(plot: &Plot<'_>, sketch: &mut Sketch, column: &Name) -> usize {
    sketch.format(format::of_places(plot, Some(column))).index()
}

/// From amounts to colours: over zero in two directions where amounts lie on both sides of it.
pub(in super::super) fn ramp((low, high): (f64, f64), is_shown: bool, format: FormatId) -> Value {
    let is_two_sided = low < 0.0 && high > 0.0;
    let far = low.abs().max(high.abs());
    let (min, max) = if is_two_sided { (-far, far) } else { (low, if high > low { high } else { low + 1.0 }) };
    let colors = if is_two_sided { json!(["$c2", "$sunken", "$c1"]) } else { json!(["$c1/0.16", "$c1"]) };
    json!({
        "show": is_shown,
        "type": "continuous",
        "min": min,
        "max": max,
        "calculable": false,
        "orient": "horizontal",
        "itemWidth": 10,
        "itemHeight": 90,
        "right": 4,
        "top": 0,
        "padding": 0,
        "textGap": 8,
        "align": "bottom",
        "text": [written(format, max), written(format, min)],
        "textStyle": { "color": "$muted", "fontSize": 11 },
        "inRange": { "color": colors },
    })
}
