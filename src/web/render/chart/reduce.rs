//! Fewer marks for the same picture, where there are more than a screen can show.

use std::collections::HashSet;

use appspec_lang::value::Scalar;

use super::json::along;
use super::lttb;
use super::series::{Mark, Series};
use crate::eval::expr::Settings;

/// As many marks of all series together are drawn.
const MARKS: usize = 2_000;
/// Each series keeps at least so many.
const LEAST: usize = 200;

/// What is left of marks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reduced {
    pub(super) before: usize,
    pub(super) after: usize,
}

impl Reduced {
    /// What readers should know; nothing if all is drawn.
    pub(super) fn note(self, settings: &Settings) -> Option<String> {
        (self.after < self.before)
            .then(|| drawn_with("Drawn with {shown} of {n} marks.", (self.after, self.before), settings))
    }
}

/// What cannot be drawn where sizes are compared.
pub(super) const WITHOUT_AMOUNT: &str = "{n} rows without an amount above zero cannot be drawn.";

/// Says of how many there are how many are drawn.
pub(super) fn drawn_with(english: &str, (shown, all): (usize, usize), settings: &Settings) -> String {
    let (shown, all) = (settings.grouped(shown as u64), settings.grouped(all as u64));
    settings.words().fill(english, &[("shown", &shown), ("n", &all)])
}

/// Leaves out points of lines that make no difference to the eye.
pub(super) fn lines(series: &mut [Series]) -> Reduced {
    reduce(series, |marks, limit| {
        let mut kept = Vec::with_capacity(limit);
        let count = marks.len();
        // A gap in a line stays one.
        for part in marks.split_inclusive(|mark| point(mark).is_none()) {
            let gap = part.last().filter(|mark| point(mark).is_none());
            let points: Vec<(f64, f64)> = part.iter().filter_map(point).collect();
            let picked = lttb::pick(&points, (limit * points.len() / count).max(3));
            kept.extend(picked.into_iter().filter_map(|at| part.get(at).cloned()));
            kept.extend(gap.cloned());
        }
        kept
    })
}

/// Leaves out the same places of all series, which are stacked: those that make no difference to the sum.
pub(super) fn places(series: &mut [Series]) -> Reduced {
    let before: usize = series.iter().map(|series| series.marks.len()).sum();
    if before > MARKS {
        let mark = |at: usize| series.iter().filter_map(move |series| series.marks.get(at));
        let count = series.iter().map(|series| series.marks.len()).max().unwrap_or(0);
        let sum = |at: usize| mark(at).filter_map(|mark| mark.y.as_float()).sum::<f64>();
        let x = |at: usize| mark(at).next().and_then(|mark| along(&mark.x)).unwrap_or_default();
        let sums: Vec<(f64, f64)> = (0..count).map(|at| (x(at), sum(at))).collect();
        let kept = lttb::pick(&sums, (MARKS / series.len().max(1)).max(LEAST));
        for series in &mut *series {
            series.marks = kept.iter().filter_map(|at| series.marks.get(*at).cloned()).collect();
        }
    }
    Reduced { before, after: series.iter().map(|series| series.marks.len()).sum() }
}

/// Leaves out points that lie on others, so that outliers stay: of each cell of a grid, one.
pub(super) fn points(series: &mut [Series]) -> Reduced {
    reduce(series, |marks, limit| {
        let places: Vec<(f64, f64)> = marks.iter().map(|mark| point(mark).unwrap_or((f64::NAN, f64::NAN))).collect();
        let mut cells = 400.0;
        loop {
            let kept = one_of_each_cell(&places, cells);
            if kept.len() <= limit || cells < 8.0 {
                return kept.into_iter().take(limit).filter_map(|at| marks.get(at).cloned()).collect();
            }
            cells *= 0.8;
        }
    })
}

fn reduce(series: &mut [Series], pick: impl Fn(&[Mark], usize) -> Vec<Mark>) -> Reduced {
    let before: usize = series.iter().map(|series| series.marks.len()).sum();
    if before > MARKS {
        for series in &mut *series {
            let limit = (MARKS * series.marks.len() / before).max(LEAST);
            if series.marks.len() > limit {
                series.marks = pick(&series.marks, limit);
                for mark in &mut series.marks {
                    (mark.x, mark.y) = (shortened(&mark.x), shortened(&mark.y));
                }
            }
        }
    }
    Reduced { before, after: series.iter().map(|series| series.marks.len()).sum() }
}

/// A number with as many digits as can be told apart among thousands: the others would be most of what is sent.
fn shortened(number: &Scalar) -> Scalar {
    match number {
        Scalar::Float(float) => Scalar::Float(format!("{float:.6e}").parse().unwrap_or(*float)),
        other => other.clone(),
    }
}

fn one_of_each_cell(places: &[(f64, f64)], cells: f64) -> Vec<usize> {
    let extent = |of: fn(&(f64, f64)) -> f64| super::json::extent(places.iter().map(of)).unwrap_or((0.0, 1.0));
    let ((left, right), (bottom, top)) = (extent(|place| place.0), extent(|place| place.1));
    let cell = |value: f64, low: f64, high: f64| {
        super::json::index((value - low) / (high - low).max(f64::MIN_POSITIVE) * cells)
    };
    let mut taken = HashSet::new();
    let free = |(_, (x, y)): &(usize, &(f64, f64))| {
        x.is_finite() && y.is_finite() && taken.insert((cell(*x, left, right), cell(*y, bottom, top)))
    };
    places.iter().enumerate().filter(free).map(|(at, _)| at).collect()
}

fn point(mark: &Mark) -> Option<(f64, f64)> {
    Some((along(&mark.x)?, mark.y.as_float().filter(|y| y.is_finite())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(points: impl Iterator<Item = (f64, Option<f64>)>) -> Vec<Series> {
        let mark = |(x, y): (f64, Option<f64>)| Mark {
            x: Scalar::Float(x),
            y: y.map_or(Scalar::Null, Scalar::Float),
            end: Scalar::Null,
            size: None,
        };
        vec![Series { name: "a".to_owned(), column: "a".into(), facet: 0, marks: points.map(mark).collect() }]
    }

    #[test]
    fn lines_keep_their_gaps() {
        let mut long = series((0..40_000).map(|n| (f64::from(n), (n != 17_000).then(|| f64::from(n % 100)))));
        let reduced = lines(&mut long);
        assert_eq!(reduced.before, 40_000);
        assert!(reduced.after <= MARKS && reduced.after > 1_600, "{reduced:?}");
        assert_eq!(long[0].marks.iter().filter(|mark| mark.y.is_null()).count(), 1);
    }

    #[test]
    fn points_keep_their_outliers() {
        let cloud = (0..100_000).map(|n| f64::from(n) / 1e5).map(|t| (t * 37.0 % 1.0, Some(t * 91.0 % 1.0)));
        let mut cloud = series(cloud.chain([(40.0, Some(-20.0))]));
        assert!(points(&mut cloud).after <= MARKS);
        assert!(cloud[0].marks.iter().any(|mark| mark.x == Scalar::Float(40.0)));
    }

    #[test]
    fn few_marks_all_stay() {
        let mut few = series((0..100).map(|n| (f64::from(n), Some(1.0))));
        assert_eq!(lines(&mut few).note(&Settings::of(&appspec_lang::spec::AppSettings::default())), None);
        assert_eq!(few[0].marks.len(), 100);
    }
}
