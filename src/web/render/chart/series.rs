//! The rows of a table as series of marks.

use std::collections::HashMap;
use std::sync::Arc;

use appspec_data::Table;
use appspec_lang::value::Scalar;
use serde_json::{Value, json};

use super::lttb;
use super::shape::{Scale, Shape};
use crate::render::format::field_text;
use crate::render::item::Item;

/// Lines of more points are drawn with fewer.
const POINTS: usize = 5_000;
const SMALLEST: f64 = 6.0;
const LARGEST: f64 = 34.0;

/// A line, the bars of one colour, or points of one colour.
#[derive(Clone, Debug)]
pub(super) struct Series {
    pub(super) name: String,
    pub(super) marks: Vec<Mark>,
}

#[derive(Clone, Debug)]
pub(super) struct Mark {
    pub(super) x: Scalar,
    pub(super) y: Scalar,
    size: Option<f64>,
}

/// The marks of a table: a series for each `y` column and each value of the column that splits it.
pub(super) fn read(item: &Item<'_>, table: &Table, shape: &Shape) -> Vec<Series> {
    let cells =
        |name: &Arc<str>| table.column(name).map(|column| column.iter().collect::<Vec<_>>()).unwrap_or_default();
    let rows = table.rows();
    let x = match &shape.x {
        Some(name) => cells(name),
        None => (1..).take(rows).map(Scalar::Int).collect(),
    };
    let split = shape.split.as_ref().map(cells);
    let sizes = shape.size.as_ref().map(|name| scaled(&cells(name)));
    let mut series: Vec<Series> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for name in &shape.y {
        let label = item.column_label(name);
        for (row, (x, y)) in x.iter().zip(cells(name)).enumerate() {
            let part = split.as_ref().and_then(|split| split.get(row)).map(part_name);
            let series_name = match (part, shape.y.len()) {
                (None, _) => label.clone(),
                (Some(part), 1) => part,
                (Some(part), _) => format!("{part} · {label}"),
            };
            let place = *places.entry(series_name).or_insert_with_key(|name| {
                series.push(Series { name: name.clone(), marks: Vec::new() });
                series.len() - 1
            });
            let size = sizes.as_ref().and_then(|sizes| sizes.get(row)).copied().flatten();
            if let Some(series) = series.get_mut(place) {
                series.marks.push(Mark { x: x.clone(), y, size });
            }
        }
    }
    series
}

fn part_name(value: &Scalar) -> String {
    if value.is_null() { "–".to_owned() } else { field_text(value) }
}

/// Diameters whose areas stand to each other as the values do.
fn scaled(values: &[Scalar]) -> Vec<Option<f64>> {
    let numbers = || values.iter().filter_map(Scalar::as_float).filter(|number| number.is_finite());
    let largest = numbers().fold(0.0, f64::max);
    let size = |number: f64| if largest > 0.0 { (number.max(0.0) / largest).sqrt() } else { 0.0 };
    values.iter().map(|value| value.as_float().map(|number| SMALLEST + size(number) * (LARGEST - SMALLEST))).collect()
}

impl Series {
    /// The marks as pairs, for axes of time and numbers.
    pub(super) fn pairs(&self) -> Vec<Value> {
        let pair = |mark: &Mark| match mark.size {
            Some(size) => json!({ "value": [position(&mark.x), number(&mark.y)], "symbolSize": size }),
            None => json!([position(&mark.x), number(&mark.y)]),
        };
        self.marks.iter().map(pair).collect()
    }

    /// The values of `y` in the order of the categories, and whether two marks fell on one place.
    pub(super) fn by_category(&self, places: &HashMap<String, usize>) -> (Vec<Value>, bool) {
        let mut values = vec![Value::Null; places.len()];
        let mut taken = vec![false; places.len()];
        let mut is_doubled = false;
        for mark in &self.marks {
            let place = places.get(&category(&mark.x)).copied();
            let Some((value, taken)) = place.and_then(|at| values.get_mut(at).zip(taken.get_mut(at))) else { continue };
            is_doubled |= std::mem::replace(taken, true);
            *value = number(&mark.y);
        }
        (values, is_doubled)
    }

    /// Leaves out points that make no difference to the eye; gives how many there were, if any went.
    pub(super) fn thin(&mut self) -> Option<usize> {
        let count = self.marks.len();
        if count <= POINTS {
            return None;
        }
        let points: Option<Vec<(f64, f64)>> =
            self.marks.iter().map(|mark| Some((along(&mark.x)?, mark.y.as_float()?))).collect();
        let kept = lttb::pick(&points?, POINTS);
        self.marks = kept.into_iter().filter_map(|at| self.marks.get(at).cloned()).collect();
        Some(count)
    }
}

/// The different values of x, in the order of their first appearance, and the place of each.
pub(super) fn categories(series: &[Series]) -> (Vec<Scalar>, HashMap<String, usize>) {
    let mut places = HashMap::new();
    let mut values = Vec::new();
    for mark in series.iter().flat_map(|series| &series.marks) {
        places.entry(category(&mark.x)).or_insert_with(|| {
            values.push(mark.x.clone());
            values.len() - 1
        });
    }
    (values, places)
}

/// The colour of each series: its rank among the names, so that charts with the same series agree.
pub(super) fn ranks(series: &[Series]) -> Vec<usize> {
    let rank = |name: &str| series.iter().filter(|other| *other.name < *name).count();
    series.iter().map(|series| rank(&series.name)).collect()
}

/// Each value as its share of all series at the same place.
pub(super) fn normalize(columns: &mut [Vec<Value>]) {
    let places = columns.iter().map(Vec::len).max().unwrap_or(0);
    for place in 0..places {
        let total: f64 = columns.iter().filter_map(|column| column.get(place)?.as_f64()).sum();
        for value in columns.iter_mut().filter_map(|column| column.get_mut(place)) {
            if let Some(number) = value.as_f64().filter(|_| total != 0.0) {
                *value = json!(number / total);
            }
        }
    }
}

fn category(x: &Scalar) -> String {
    part_name(x)
}

/// A place on an axis of time or numbers.
fn position(x: &Scalar) -> Value {
    match x {
        Scalar::Date(_) | Scalar::DateTime(_) => json!(field_text(x)),
        other => number(other),
    }
}

/// Only the distances between places count.
fn along(x: &Scalar) -> Option<f64> {
    let seconds = |moment: jiff::civil::DateTime| {
        let span = moment.duration_since(jiff::civil::date(1970, 1, 1).at(0, 0, 0, 0));
        span.as_secs_f64()
    };
    match x {
        Scalar::Date(date) => Some(seconds(date.at(0, 0, 0, 0))),
        Scalar::DateTime(moment) => Some(seconds(*moment)),
        other => other.as_float(),
    }
}

/// A number as JSON has it; null for all that is none.
fn number(value: &Scalar) -> Value {
    match value {
        Scalar::Int(int) => json!(int),
        other => other.as_float().map_or(Value::Null, |float| json!(float)),
    }
}

/// Whether any shape of this scale is drawn as pairs.
pub(super) fn is_paired(scale: Scale) -> bool {
    scale != Scale::Category
}
