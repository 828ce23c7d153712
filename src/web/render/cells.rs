//! The cells of a table, or of one row: their text, and what is drawn in them.

use appspec_lang::spec::{Cells, Drawing};
use appspec_lang::value::Scalar;
use minijinja::{Value, context};

use super::grid::Shown;
use super::item::Item;
use super::{format, image, sparkline, tone};
use crate::eval::ShownCells;
use crate::eval::expr::Settings;

/// The cells of the rows that a component shows: a text, none for null, or a map where there is more to it.
pub(super) fn rows(item: &Item<'_>, records: &[Vec<Scalar>], columns: &[Shown<'_>]) -> Vec<Value> {
    let settings = item.settings();
    let makers: Vec<Maker<'_>> = columns.iter().map(|column| Maker::of(item, column, records)).collect();
    let row = |(at, record): (usize, &Vec<Scalar>)| {
        let cells = columns.iter().zip(&makers);
        let cells = cells.map(|(column, maker)| match record.get(column.index) {
            Some(cell) => maker.cell((at, cell), column, &settings),
            None => Value::from(()),
        });
        Value::from(cells.collect::<Vec<_>>())
    };
    records.iter().enumerate().map(row).collect()
}

/// What there is to the cells of a column beside their text.
struct Maker<'a> {
    /// None where they are text alone.
    cells: Option<&'a Cells<appspec_lang::check::Ref>>,
    shown: Option<&'a ShownCells>,
    /// The number of a full bar.
    full: f64,
}

impl<'a> Maker<'a> {
    fn of(item: &Item<'a>, column: &Shown<'a>, records: &[Vec<Scalar>]) -> Self {
        let is_more = |cells: &&Cells<_>| {
            cells.link.is_some() || cells.color.is_some() || !matches!(cells.drawing, Drawing::Text)
        };
        let shown = column.named.and_then(|(at, _)| item.shown.cells.get(at));
        let largest = || {
            let numbers = records.iter().filter_map(|record| record.get(column.index)?.as_float());
            numbers.map(f64::abs).filter(|number| number.is_finite()).fold(0.0, f64::max)
        };
        let cells = column.named.map(|(_, named)| &named.cells).filter(is_more);
        let is_bar = cells.is_some_and(|cells| matches!(cells.drawing, Drawing::Bar(_)));
        let full = match shown.and_then(|shown| shown.full) {
            Some(full) => full,
            None if is_bar => largest(),
            None => 0.0,
        };
        Self { cells, shown, full }
    }

    fn cell(&self, (at, cell): (usize, &Scalar), column: &Shown<'_>, settings: &Settings) -> Value {
        let text = format::text(cell, column.format, column.unit, settings);
        let Some(cells) = self.cells else { return Value::from(text) };
        let link = self.shown.and_then(|shown| shown.links.get(at)).filter(|link| !link.is_empty());
        let color = self.shown.and_then(|shown| shown.colors.get(at)).filter(|color| !color.is_empty());
        let bar = match &cells.drawing {
            Drawing::Bar(_) => cell.as_float().map(|number| self.share(number)),
            _ => None,
        };
        let picture = match (&cells.drawing, cell) {
            (Drawing::Image, Scalar::Text(source)) if is_picture(source) => Some(image::url(source.trim(), false)),
            _ => None,
        };
        let trend = match (&cells.drawing, cell) {
            (Drawing::Trend, Scalar::List(items)) => Some(sparkline::of(items, (column.format, column.unit), settings)),
            _ => None,
        };
        let is_drawn = picture.is_some() || trend.is_some();
        context! {
            text => text.filter(|_| !is_drawn),
            image => picture,
            label => column.label.as_str(),
            link,
            bar,
            trend,
            ..tone::of(color.cloned())
        }
    }

    /// How much of a full bar a number is, in percent.
    fn share(&self, number: f64) -> f64 {
        let share = if self.full > 0.0 { number.abs() / self.full * 100.0 } else { 0.0 };
        (share.clamp(0.0, 100.0) * 10.0).round() / 10.0
    }
}

/// Whether a text of the data is where a picture may come from.
fn is_picture(source: &str) -> bool {
    let source = source.trim().to_lowercase();
    !source.starts_with("javascript:") && !source.starts_with("data:") || source.starts_with("data:image/")
}
