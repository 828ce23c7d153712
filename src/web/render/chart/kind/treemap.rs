//! Parts within parts, as large as their amounts.

use appspec_lang::value::{Scalar, Type};
use serde_json::{Map, Value, json};

use super::super::json::object;
use super::super::plot::{Name, Plot};
use super::super::reduce::WITHOUT_AMOUNT;
use super::super::sketch::{Sketch, label, line, rows};
use super::super::{Drawn, color, format};

/// A part, with those inside it.
#[derive(Default)]
struct Node {
    name: String,
    amount: f64,
    parts: Vec<Self>,
}

impl Node {
    /// Adds an amount to the part at a path.
    fn add(&mut self, path: &[String], amount: f64) {
        self.amount += amount;
        let Some((name, inner)) = path.split_first() else { return };
        let at = self.parts.iter().position(|part| part.name == *name);
        let at = at.unwrap_or_else(|| {
            self.parts.push(Self { name: name.clone(), ..Self::default() });
            self.parts.len() - 1
        });
        if let Some(part) = self.parts.get_mut(at) {
            part.add(inner, amount);
        }
    }

    /// The part; `key` is that of the outermost one that it stands in.
    fn drawn(&self, tint: Option<&Value>, key: &str) -> Value {
        let mut node = json!({ "name": self.name, "key": key, "value": self.amount });
        if let (Some(tint), Some(node)) = (tint, node.as_object_mut()) {
            node.insert("itemStyle".to_owned(), json!({ "color": tint }));
        }
        if let (false, Some(node)) = (self.parts.is_empty(), node.as_object_mut()) {
            node.insert("children".to_owned(), self.parts.iter().map(|part| part.drawn(None, key)).collect());
        }
        node
    }
}

pub(super) fn draw(plot: &Plot<'_>, sketch: &mut Sketch) -> Drawn {
    let named = plot.named("x");
    let value = plot.first("y").or_else(|| plot.find(&named.iter().collect::<Vec<_>>(), Type::is_number));
    let Some(value) = value else { return Drawn { x: None, y: Vec::new() } };
    let path: Vec<Name> = if named.is_empty() {
        let words = plot.columns().iter().filter(|column| column.ty.is_word_or_time());
        words.map(|column| column.name.clone()).collect()
    } else {
        named
    };
    let cells: Vec<(&Name, Vec<Scalar>)> = path.iter().map(|name| (name, plot.cells(name))).collect();
    let mut root = Node::default();
    let mut left_out = 0;
    for (row, amount) in plot.numbers(&value).into_iter().enumerate() {
        let Some(amount) = amount.filter(|amount| *amount > 0.0) else {
            left_out += 1;
            continue;
        };
        let part =
            |(name, cells): &(&Name, Vec<Scalar>)| plot.text(Some(name), cells.get(row).unwrap_or(&Scalar::Null));
        let path: Vec<String> =
            if cells.is_empty() { vec![(row + 1).to_string()] } else { cells.iter().map(part).collect() };
        root.add(&path, amount);
    }
    if left_out > 0 {
        sketch.note(plot.settings().counted(WITHOUT_AMOUNT, left_out));
    }
    let id = sketch.format(format::of_values(plot, Some(&value)));
    let outer: Vec<&str> = root.parts.iter().map(|part| part.name.as_str()).collect();
    let tints = color::by_rank(&outer);
    let data: Vec<Value> =
        root.parts.iter().zip(&tints).map(|(part, tint)| part.drawn(Some(tint), &part.name)).collect();
    let is_deep = path.len() > 1;
    sketch.tell("frame", json!({}));
    let tooltip = rows("path", &[line(&plot.label(&value), Value::Null, id)]);
    let mut series = look(is_deep);
    series.extend(object(json!({
        "label": { "color": "$on-primary", "lineHeight": 16, "formatter": label(id, "{name}\n{}") },
        "tooltip": { "formatter": tooltip },
        "data": data,
    })));
    sketch.add(json!({ "tooltip": { "trigger": "item" }, "series": [series] }));
    Drawn { x: path.into_iter().next(), y: vec![value] }
}

/// How parts look, which may have others inside them.
fn look(is_deep: bool) -> Map<String, Value> {
    object(json!({
        "id": "parts",
        "type": "treemap",
        "left": 0,
        "right": 0,
        "top": 0,
        "bottom": 0,
        "roam": false,
        "nodeClick": false,
        "breadcrumb": { "show": false },
        "itemStyle": { "borderColor": "$surface", "borderWidth": 2, "gapWidth": 2, "borderRadius": 4 },
        "levels": [
            { "itemStyle": { "borderWidth": 0, "gapWidth": 4 }, "upperLabel": { "show": false } },
            {
                "itemStyle": { "gapWidth": 1, "borderWidth": if is_deep { 3 } else { 0 } },
                "colorAlpha": [0.75, 1],
            },
            { "itemStyle": { "gapWidth": 1 }, "colorAlpha": [0.75, 1] },
        ],
        "upperLabel": { "show": is_deep, "height": 24, "color": "$text", "fontWeight": 600, "formatter": "{b}" },
    }))
}
