//! A small line of how numbers went, drawn on the server: it is there without script, and in print.

use std::fmt::Write as _;

use appspec_data::Value as Data;
use appspec_lang::spec::Format;
use appspec_lang::value::Scalar;
use minijinja::{Value, context};

use super::chart::lttb::pick;
use super::format;
use super::item::Item;
use crate::eval::expr::Settings;

/// The size of the drawing, which is stretched to the room there is.
const SIZE: (f64, f64) = (120.0, 32.0);
/// What stays free above and below.
const MARGIN: f64 = 2.0;
/// How many points are drawn.
const POINTS: usize = 120;

/// The shapes of an option that holds numbers, and what they show in words; none if it is not given.
pub(super) fn values(item: &Item<'_>, option: &str) -> Option<Value> {
    let cells: Vec<Scalar> = match item.shown.prop(option)? {
        Data::Column(column) => column.iter().collect(),
        Data::Scalar(Scalar::List(items)) => items.to_vec(),
        _ => Vec::new(),
    };
    let unit = item.text("unit");
    Some(of(&cells, (item.format("format"), unit.as_deref()), &item.settings()))
}

/// The shapes of some numbers, and what they show in words.
pub(super) fn of(cells: &[Scalar], words: (Option<&Format>, Option<&str>), settings: &Settings) -> Value {
    let numbers: Vec<Option<f64>> =
        cells.iter().map(|cell| cell.as_float().filter(|number| number.is_finite())).collect();
    let line = Line::of(&numbers);
    context! {
        line => line.as_ref().map(Line::stroke),
        area => line.as_ref().map(Line::area),
        dot => line.as_ref().and_then(Line::dot),
        label => label(cells, &numbers, words, settings),
    }
}

/// What there is to see, for those who do not see it.
fn label(
    cells: &[Scalar],
    numbers: &[Option<f64>],
    (format, unit): (Option<&Format>, Option<&str>),
    settings: &Settings,
) -> String {
    let text = |at: usize| cells.get(at).and_then(|cell| format::text(cell, format, unit, settings));
    let known: Vec<(usize, f64)> =
        numbers.iter().enumerate().filter_map(|(at, number)| Some((at, (*number)?))).collect();
    let by_size = |a: &&(usize, f64), b: &&(usize, f64)| a.1.total_cmp(&b.1);
    let ends = [known.first(), known.last(), known.iter().min_by(by_size), known.iter().max_by(by_size)];
    let [Some(first), Some(last), Some(lowest), Some(highest)] = ends.map(|end| end.and_then(|(at, _)| text(*at)))
    else {
        return "No trend".to_owned();
    };
    format!("Trend of {} values: from {first} to {last}, lowest {lowest}, highest {highest}", known.len())
}

/// Points in the drawing, in stretches without a gap.
#[derive(Debug)]
struct Line(Vec<Vec<(f64, f64)>>);

impl Line {
    /// None of fewer than two numbers.
    #[expect(clippy::cast_precision_loss, reason = "a table has less than 2^52 rows")]
    fn of(numbers: &[Option<f64>]) -> Option<Self> {
        let known: Vec<f64> = numbers.iter().copied().flatten().collect();
        if known.len() < 2 {
            return None;
        }
        let low = known.iter().copied().fold(f64::INFINITY, f64::min);
        let high = known.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let last = (numbers.len() - 1) as f64;
        let place = |at: usize, number: f64| {
            let share = if high > low { (number - low) / (high - low) } else { 0.5 };
            (at as f64 / last * SIZE.0, SIZE.1 - MARGIN - share * (SIZE.1 - 2.0 * MARGIN))
        };
        let mut stretches: Vec<Vec<(f64, f64)>> = vec![Vec::new()];
        for (at, number) in numbers.iter().enumerate() {
            match (number, stretches.last_mut()) {
                (Some(number), Some(stretch)) => stretch.push(place(at, *number)),
                (None, Some(stretch)) if !stretch.is_empty() => stretches.push(Vec::new()),
                _ => {}
            }
        }
        stretches.retain(|stretch| !stretch.is_empty());
        let share = |stretch: &[(f64, f64)]| (stretch.len() * POINTS / numbers.len()).max(3);
        let thinned = stretches.into_iter().map(|stretch| {
            let picked = pick(&stretch, share(&stretch));
            picked.into_iter().filter_map(|at| stretch.get(at).copied()).collect()
        });
        Some(Self(thinned.collect()))
    }

    fn stroke(&self) -> String {
        self.0
            .iter()
            .map(|stretch| if stretch.len() > 1 { path(stretch) } else { format!("{}h0", path(stretch)) })
            .collect()
    }

    /// The room between the line and the ground.
    fn area(&self) -> String {
        let filled = self.0.iter().filter(|stretch| stretch.len() > 1);
        let close = |stretch: &Vec<(f64, f64)>| {
            let start = stretch.first().map_or(0.0, |point| point.0);
            format!("{}V{}H{start:.1}Z", path(stretch), SIZE.1)
        };
        filled.map(close).collect()
    }

    /// The last point.
    fn dot(&self) -> Option<String> {
        let (x, y) = self.0.last()?.last()?;
        Some(format!("M{x:.1} {y:.1}h0"))
    }
}

fn path(points: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (at, (x, y)) in points.iter().enumerate() {
        let letter = if at == 0 { 'M' } else { 'L' };
        let _infallible = write!(path, "{letter}{x:.1} {y:.1}");
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_break_the_line_and_extremes_touch_the_margin() {
        let line = Line::of(&[Some(1.0), Some(3.0), None, Some(2.0)]).unwrap();
        assert_eq!(line.stroke(), "M0.0 30.0L40.0 2.0M120.0 16.0h0");
        assert_eq!(line.area(), "M0.0 30.0L40.0 2.0V32H0.0Z");
        assert_eq!(line.dot().unwrap(), "M120.0 16.0h0");
    }

    #[test]
    fn what_does_not_change_is_level_and_one_number_is_no_line() {
        assert_eq!(Line::of(&[Some(5.0), Some(5.0)]).unwrap().stroke(), "M0.0 16.0L120.0 16.0");
        assert!(Line::of(&[Some(5.0), None]).is_none());
        assert!(Line::of(&[]).is_none());
    }

    #[test]
    fn many_numbers_are_few_points() {
        let many: Vec<Option<f64>> = (0..100_000).map(|at| Some(f64::from(at % 977))).collect();
        let stroke = Line::of(&many).unwrap().stroke();
        assert_eq!(stroke.matches(['M', 'L']).count(), POINTS);
    }
}
