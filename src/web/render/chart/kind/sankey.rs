//! How much flows from where to where.

use std::collections::BTreeMap;

use appspec_lang::value::Type;
use serde_json::{Value, json};

use super::super::plot::{Name, Plot};
use super::super::reduce::WITHOUT_AMOUNT;
use super::super::sketch::{Sketch, line, rows};
use super::super::{Drawn, color, format};
use crate::eval::expr::Settings;

pub(super) fn draw(plot: &Plot<'_>, sketch: &mut Sketch) -> Drawn {
    let (source, target) = (plot.first("source"), plot.first("target"));
    let is_word = |ty: &Type| !ty.is_number();
    let taken = |names: &[&Option<Name>]| names.iter().filter_map(|name| (*name).clone()).collect::<Vec<Name>>();
    let find = |taken: Vec<Name>| plot.find(&taken.iter().collect::<Vec<_>>(), is_word);
    let source = source.or_else(|| find(taken(&[&target])));
    let target = target.or_else(|| find(taken(&[&source])));
    let ends = taken(&[&source, &target]);
    let value = plot.first("value").or_else(|| plot.find(&ends.iter().collect::<Vec<_>>(), Type::is_number));
    let (Some(source), Some(target), Some(value)) = (source, target, value) else {
        return Drawn { x: None, y: Vec::new() };
    };
    let mut flows = Flows::default();
    let cells = plot.cells(&source).into_iter().zip(plot.cells(&target)).zip(plot.numbers(&value));
    for ((from, to), amount) in cells {
        match amount.filter(|amount| *amount > 0.0 && !from.is_null() && !to.is_null()) {
            Some(amount) => flows.add(&plot.text(Some(&source), &from), &plot.text(Some(&target), &to), amount),
            None => flows.empty += 1,
        }
    }
    flows.mention(&plot.settings(), sketch);
    let id = sketch.format(format::of_values(plot, Some(&value)));
    let names: Vec<&str> = flows.places.iter().map(String::as_str).collect();
    let nodes = names.iter().zip(color::by_rank(&names));
    let is_last = |at: usize| flows.links.range((at, 0)..=(at, usize::MAX)).next().is_none();
    let nodes = nodes.enumerate().map(|(at, (name, color))| {
        // What stands at the right edge has its name inside.
        let position = if is_last(at) { "left" } else { "right" };
        json!({ "name": name, "itemStyle": { "color": color }, "label": { "position": position } })
    });
    let links = flows.links.iter().filter_map(|((from, to), amount)| {
        Some(json!({ "source": flows.places.get(*from)?, "target": flows.places.get(*to)?, "value": amount }))
    });
    sketch.tell("frame", json!({}));
    sketch.add(json!({
        "tooltip": { "trigger": "item" },
        "series": [{
            "id": "flows",
            "type": "sankey",
            "left": 4,
            "right": 4,
            "top": 8,
            "bottom": 8,
            "nodeWidth": 14,
            "nodeGap": 14,
            "nodeAlign": "justify",
            "draggable": false,
            "emphasis": { "focus": "adjacency" },
            "itemStyle": { "borderRadius": 3 },
            "lineStyle": { "color": "gradient", "opacity": 0.3, "curveness": 0.5 },
            "label": { "color": "$text", "overflow": "truncate", "width": 140 },
            "tooltip": { "formatter": rows("flow", &[line(&plot.label(&value), Value::Null, id)]) },
            "data": nodes.collect::<Value>(),
            "links": links.collect::<Value>(),
        }],
    }));
    Drawn { x: Some(source), y: vec![value] }
}

/// Flows between places, added up.
#[derive(Default)]
struct Flows {
    places: Vec<String>,
    links: BTreeMap<(usize, usize), f64>,
    /// Rows without an amount or an end.
    empty: usize,
    /// Rows that lead back.
    back: usize,
}

impl Flows {
    fn add(&mut self, from: &str, to: &str, amount: f64) {
        let (from, to) = (self.place(from), self.place(to));
        if from == to || self.leads(to, from) {
            self.back += 1;
        } else {
            *self.links.entry((from, to)).or_default() += amount;
        }
    }

    fn place(&mut self, name: &str) -> usize {
        let known = self.places.iter().position(|place| place == name);
        known.unwrap_or_else(|| {
            self.places.push(name.to_owned());
            self.places.len() - 1
        })
    }

    /// Whether flows lead from one place to another.
    fn leads(&self, from: usize, to: usize) -> bool {
        let mut open = vec![from];
        let mut seen = vec![false; self.places.len()];
        while let Some(place) = open.pop() {
            if place == to {
                return true;
            }
            if seen.get_mut(place).is_some_and(|seen| !std::mem::replace(seen, true)) {
                open.extend(self.links.range((place, 0)..=(place, usize::MAX)).map(|((_, next), _)| *next));
            }
        }
        false
    }

    fn mention(&self, settings: &Settings, sketch: &mut Sketch) {
        if self.back > 0 {
            sketch
                .note(settings.counted("{n} rows lead back to where they came from, and cannot be drawn.", self.back));
        }
        if self.empty > 0 {
            sketch.note(settings.counted(WITHOUT_AMOUNT, self.empty));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flows_are_added_up_and_never_lead_back() {
        let mut flows = Flows::default();
        for (from, to) in [("a", "b"), ("b", "c"), ("a", "b"), ("c", "a"), ("a", "a")] {
            flows.add(from, to, 1.0);
        }
        assert_eq!(flows.links, BTreeMap::from([((0, 1), 2.0), ((1, 2), 1.0)]));
        assert_eq!(flows.back, 2);
    }
}
