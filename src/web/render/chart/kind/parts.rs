//! Parts of a whole, each with a name and an amount.

use appspec_lang::value::{Scalar, Type};
use serde_json::Value;

use super::super::plot::{Name, Plot, key};
use super::super::reduce::WITHOUT_AMOUNT;
use super::super::sketch::Sketch;
use super::super::{color, format};

/// The parts that a table names.
pub(super) struct Parts {
    pub(super) x: Option<Name>,
    pub(super) y: Option<Name>,
    pub(super) all: Vec<Part>,
    pub(super) written: Value,
}

pub(super) struct Part {
    pub(super) name: String,
    /// What tells it from others.
    pub(super) key: String,
    pub(super) amount: f64,
    pub(super) color: Value,
}

/// The parts with an amount above zero; the others are mentioned.
pub(super) fn read(plot: &Plot<'_>, sketch: &mut Sketch) -> Parts {
    let x = plot.place();
    let y = plot.first("y").or_else(|| plot.find(&x.iter().collect::<Vec<_>>(), Type::is_number));
    let cells = match &x {
        Some(name) => plot.cells(name),
        None => (1..).take(plot.rows()).map(Scalar::Int).collect(),
    };
    let amounts = y.as_ref().map(|name| plot.numbers(name)).unwrap_or_default();
    let mut all = Vec::new();
    for (cell, amount) in cells.iter().zip(&amounts) {
        let Some(amount) = amount.filter(|amount| *amount > 0.0) else { continue };
        all.push(Part { name: plot.text(x.as_ref(), cell), key: key(cell), amount, color: Value::Null });
    }
    let names: Vec<&str> = all.iter().map(|part| part.key.as_str()).collect();
    for (part, color) in color::by_rank(&names).into_iter().enumerate().collect::<Vec<_>>() {
        if let Some(part) = all.get_mut(part) {
            part.color = color;
        }
    }
    if all.len() < amounts.len() {
        sketch.note(plot.settings().counted(WITHOUT_AMOUNT, amounts.len() - all.len()));
    }
    let written = format::of_values(plot, y.as_deref());
    Parts { x, y, all, written }
}
