//! The rows of a table as series of marks.

use std::collections::HashMap;

use appspec_lang::value::Scalar;
use serde_json::{Value, json};

use super::json::{along, number, position};
use super::plot::{Name, Plot, key};
use super::shape::Shape;

const SMALLEST: f64 = 6.0;
const LARGEST: f64 = 34.0;
/// As many points have all the room that they want.
const ROOMY: f64 = 60.0;

/// A line, the bars of one colour, or points of one colour.
#[derive(Clone, Debug)]
pub(super) struct Series {
    pub(super) name: String,
    /// The column of its values.
    pub(super) column: Name,
    /// The number of the small chart that it belongs to.
    pub(super) facet: usize,
    pub(super) marks: Vec<Mark>,
}

#[derive(Clone, Debug)]
pub(super) struct Mark {
    pub(super) x: Scalar,
    pub(super) y: Scalar,
    /// Where a floating bar ends.
    pub(super) end: Scalar,
    /// The diameter, and the value that it shows.
    pub(super) size: Option<(f64, f64)>,
}

/// The marks of a table: a series for each `y` column and each value of the columns that split it; and the values of
/// `facet`, in their order.
pub(super) fn read(plot: &Plot<'_>, shape: &Shape) -> (Vec<Series>, Vec<Scalar>) {
    let x = places(plot, shape);
    let cells = |name: &Option<Name>| name.as_ref().map(|name| plot.cells(name));
    let (split, facet, end) = (cells(&shape.split), cells(&shape.facet), cells(&shape.end));
    let sizes = shape.size.as_ref().map(|name| scaled(&plot.numbers(name)));
    let (facets, facet_of) = facet.as_deref().map(distinct).unwrap_or_default();
    let mut series: Vec<Series> = Vec::new();
    let mut places: HashMap<(usize, String), usize> = HashMap::new();
    for name in &shape.y {
        let label = plot.label(name);
        for (row, (x, y)) in x.iter().zip(plot.cells(name)).enumerate() {
            let part =
                split.as_ref().and_then(|split| split.get(row)).map(|part| plot.text(shape.split.as_ref(), part));
            let series_name = match (part, shape.y.len()) {
                (None, _) => label.clone(),
                (Some(part), 1) => part,
                (Some(part), _) => format!("{part} · {label}"),
            };
            let facet = facet.as_ref().and_then(|facet| facet_of.get(&key(facet.get(row)?)).copied()).unwrap_or(0);
            let place = *places.entry((facet, series_name)).or_insert_with_key(|(_, name_of)| {
                series.push(Series { name: name_of.clone(), column: name.clone(), facet, marks: Vec::new() });
                series.len() - 1
            });
            let size = sizes.as_ref().and_then(|sizes| sizes.get(row)).copied().flatten();
            let end = end.as_ref().and_then(|end| end.get(row)).cloned().unwrap_or_default();
            if let Some(series) = series.get_mut(place) {
                series.marks.push(Mark { x: x.clone(), y, end, size });
            }
        }
    }
    (series, facets)
}

/// The words of an axis in the order of the table, whichever series they are of, and the place of each.
pub(super) fn words(plot: &Plot<'_>, shape: &Shape) -> (Vec<Scalar>, HashMap<String, usize>) {
    distinct(&places(plot, shape))
}

/// Where the mark of each row stands: the number of the row, if nothing says it.
fn places(plot: &Plot<'_>, shape: &Shape) -> Vec<Scalar> {
    match &shape.x {
        Some(name) => plot.cells(name),
        None => (1..).take(plot.rows()).map(Scalar::Int).collect(),
    }
}

/// The different values, in the order of their first appearance, and the place of each.
pub(super) fn distinct(values: &[Scalar]) -> (Vec<Scalar>, HashMap<String, usize>) {
    let mut places = HashMap::new();
    let mut found = Vec::new();
    for value in values {
        places.entry(key(value)).or_insert_with(|| {
            found.push(value.clone());
            found.len() - 1
        });
    }
    (found, places)
}

/// Diameters whose areas stand to each other as the values do, each with its value. Where there are many they are smaller,
/// to cover each other less.
pub(super) fn scaled(values: &[Option<f64>]) -> Vec<Option<(f64, f64)>> {
    let largest = values.iter().copied().flatten().fold(0.0, f64::max);
    let size = |number: f64| if largest > 0.0 { (number.max(0.0) / largest).sqrt() } else { 0.0 };
    let count = u32::try_from(values.len()).unwrap_or(u32::MAX).max(1);
    let room = (ROOMY / f64::from(count)).sqrt().clamp(0.4, 1.0);
    let diameter = |number: f64| room * (SMALLEST + size(number) * (LARGEST - SMALLEST));
    let scaled = |number: &Option<f64>| number.map(|number| (diameter(number), number));
    values.iter().map(scaled).collect()
}

impl Series {
    /// The marks as pairs, for axes of time and numbers.
    pub(super) fn pairs(&self) -> Vec<Value> {
        let pair = |mark: &Mark| match mark.size {
            Some((size, value)) => {
                json!({ "value": [position(&mark.x), number(&mark.y), value], "symbolSize": size })
            }
            None => json!([position(&mark.x), number(&mark.y)]),
        };
        self.marks.iter().map(pair).collect()
    }

    /// The marks in the order of the categories, and whether two of them fell on one place.
    pub(super) fn by_category(&self, places: &HashMap<String, usize>) -> (Vec<Option<&Mark>>, bool) {
        let mut values = vec![None; places.len()];
        let mut is_doubled = false;
        for mark in &self.marks {
            let Some(value) = places.get(&key(&mark.x)).and_then(|at| values.get_mut(*at)) else { continue };
            is_doubled |= value.replace(mark).is_some();
        }
        (values, is_doubled)
    }

    /// Whether two marks stand at one place of an axis of time: a line goes up and down there.
    pub(super) fn is_doubled(&self) -> bool {
        let mut places: Vec<i64> = self.marks.iter().filter_map(|mark| position(&mark.x).as_i64()).collect();
        let count = places.len();
        places.sort_unstable();
        places.dedup();
        places.len() < count
    }
}

/// Gives all series a mark at the same places, in their order: what is stacked is added up place by place.
pub(super) fn align(series: &mut [Series]) {
    let all = series.iter().flat_map(|series| series.marks.iter().map(|mark| mark.x.clone()));
    let mut xs: Vec<Scalar> = all.filter(|x| !x.is_null()).collect();
    xs.sort_by(|a, b| along(a).unwrap_or(f64::MAX).total_cmp(&along(b).unwrap_or(f64::MAX)));
    xs.dedup_by(|a, b| key(a) == key(b));
    let (xs, places) = distinct(&xs);
    for series in series {
        let aligned = {
            let (marks, _) = series.by_category(&places);
            let empty = |x: &Scalar| Mark { x: x.clone(), y: Scalar::Null, end: Scalar::Null, size: None };
            xs.iter().zip(marks).map(|(x, mark)| mark.cloned().unwrap_or_else(|| empty(x))).collect()
        };
        series.marks = aligned;
    }
}

/// Each value as its share of all series at the same place.
pub(super) fn normalize(columns: &mut [&mut Vec<Value>]) {
    let amount = |value: &Value| value.as_f64().or_else(|| value.get(1)?.as_f64());
    let places = columns.iter().map(|column| column.len()).max().unwrap_or(0);
    for place in 0..places {
        let total: f64 = columns.iter().filter_map(|column| column.get(place).and_then(amount)).sum();
        for value in columns.iter_mut().filter_map(|column| column.get_mut(place)) {
            let Some(share) = amount(value).filter(|_| total != 0.0).map(|number| json!(number / total)) else {
                continue;
            };
            match value.get_mut(1) {
                Some(inner) => *inner = share,
                None => *value = share,
            }
        }
    }
}
