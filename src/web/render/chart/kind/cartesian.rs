//! Lines, areas, bars and points: series over two axes, in one chart or in several small ones.

use std::collections::HashMap;

use appspec_lang::value::Scalar;
use serde_json::{Map, Value, json};

use super::super::annotation::{self, Annotation};
use super::super::axis::{self, Reach};
use super::super::json::{extent, object, without_nulls};
use super::super::plot::{Name, Plot, key};
use super::super::reduce::drawn_with;
use super::super::series::{self, Series};
use super::super::shape::{Scale, Shape};
use super::super::sketch::{FormatId, Sketch, line, rows};
use super::super::{Drawn, color, format, reduce};
use super::mark::{self, Look, Stack};

/// As many small charts are drawn.
const FACETS: usize = 24;
/// As many words stand on an axis.
const WORDS: usize = 2_000;

/// Two axes, and what stands between them.
struct Frame<'p, 'a> {
    plot: &'p Plot<'a>,
    shape: Shape,
    stack: Stack,
    is_horizontal: bool,
    series: Vec<Series>,
    /// The values of `facet`; one without a name, where there is none.
    facets: Vec<Option<Scalar>>,
    /// The words of the x axis, and the place of each.
    words: Option<(Vec<Scalar>, HashMap<String, usize>)>,
    annotations: Vec<Annotation>,
}

/// How the values of one side are written.
struct Side {
    format: FormatId,
    written: Value,
    label: Option<String>,
}

pub(in super::super) fn draw(plot: &Plot<'_>, sketch: &mut Sketch) -> Drawn {
    let frame = Frame::read(plot, sketch);
    let mut data = frame.data(sketch);
    if frame.stack == Stack::Normalize {
        frame.normalize(&mut data);
    }
    let x_format = format::of_places(plot, frame.shape.x.as_deref());
    let x_id = sketch.format(x_format.clone());
    let sides = frame.sides(sketch);
    let (x_axis, y_axes) = frame.axes((x_id, &x_format), &sides, &data, sketch);
    let series = frame.drawn_series(&sides, data, x_id, sketch);
    frame.assemble(sketch, (x_axis, y_axes), &sides, &series);
    Drawn { x: frame.shape.x, y: frame.shape.y }
}

impl<'p, 'a> Frame<'p, 'a> {
    fn read(plot: &'p Plot<'a>, sketch: &mut Sketch) -> Self {
        let shape = Shape::of(plot);
        let stack = Stack::of(plot);
        let (mut series, mut facets) = series::read(plot, &shape);
        if facets.len() > FACETS {
            let counts = (FACETS, facets.len());
            sketch.note(drawn_with("The first {shown} of {n} charts are drawn.", counts, &plot.settings()));
            facets.truncate(FACETS);
            series.retain(|series| series.facet < FACETS);
        }
        let is_words = shape.scale == Scale::Category;
        if !is_words {
            reduce_marks(plot, stack, &mut series, sketch);
        }
        let words = is_words.then(|| {
            let (mut words, mut places) = series::words(plot, &shape);
            if words.len() > WORDS {
                let counts = (WORDS, words.len());
                sketch.note(drawn_with("The first {shown} of {n} marks are drawn.", counts, &plot.settings()));
                words.truncate(WORDS);
                places.retain(|_, place| *place < WORDS);
            }
            (words, places)
        });
        let facets = if facets.is_empty() { vec![None] } else { facets.into_iter().map(Some).collect() };
        let annotations = annotation::read(plot);
        let is_horizontal = plot.item.flag("horizontal");
        Self { plot, shape, stack, is_horizontal, series, facets, words, annotations }
    }

    /// The data of each series.
    fn data(&self, sketch: &mut Sketch) -> Vec<Vec<Value>> {
        let mut is_doubled = false;
        let is_line = matches!(self.plot.kind(), "line_chart" | "area_chart");
        let data = self.series.iter().map(|series| {
            let Some((_, places)) = &self.words else {
                is_doubled |= is_line && series.is_doubled();
                return series.pairs();
            };
            let (marks, doubled) = series.by_category(places);
            is_doubled |= doubled;
            marks.into_iter().map(mark::datum).collect()
        });
        let data = data.collect();
        if is_doubled && self.words.is_some() {
            sketch.note("Several rows fall on one mark; the last one is drawn.");
        } else if is_doubled {
            sketch.note("Several rows fall on one place of a line: it goes up and down there.");
        }
        data
    }

    fn is_right(&self, series: &Series) -> bool {
        self.shape.right.contains(&series.column)
    }

    fn look(&self, series: &Series) -> Look {
        Look::of(self.plot.kind(), self.shape.lines.contains(&series.column))
    }

    /// The values of each facet and side become shares of their sum.
    fn normalize(&self, data: &mut [Vec<Value>]) {
        for facet in 0..self.facets.len() {
            let inside = data.iter_mut().zip(&self.series);
            let inside = inside.filter(|(_, series)| series.facet == facet && !self.is_right(series));
            series::normalize(&mut inside.map(|(data, _)| data).collect::<Vec<_>>());
        }
    }

    /// The left side, and if there is one, the right.
    fn sides(&self, sketch: &mut Sketch) -> Vec<Side> {
        let (right, left): (Vec<&Name>, Vec<&Name>) =
            self.shape.y.iter().partition(|name| self.shape.right.contains(name));
        let mut sides = Vec::new();
        for columns in [left, right] {
            if columns.is_empty() && !sides.is_empty() {
                continue;
            }
            let written = if self.stack == Stack::Normalize && sides.is_empty() {
                format::share()
            } else {
                format::of_values(self.plot, columns.first().map(|name| &***name))
            };
            let label = if sides.is_empty() {
                axis::y_label(self.plot, &columns)
            } else {
                columns.first().filter(|_| columns.len() == 1).map(|name| axis::with_unit(self.plot, name))
            };
            sides.push(Side { format: sketch.format(written.clone()), written, label });
        }
        sides
    }

    /// How far the values of a side reach, over all facets.
    fn reach(&self, is_right: bool, data: &[Vec<Value>]) -> Reach {
        let mut sums: HashMap<(usize, usize, bool), f64> = HashMap::new();
        let mut all = Vec::new();
        for (series, data) in self.series.iter().zip(data).filter(|(series, _)| self.is_right(series) == is_right) {
            let is_stacked = self.stack != Stack::No && self.look(series) != Look::Line;
            for (place, value) in data.iter().enumerate() {
                let [low, high] = mark::ends(value, self.words.is_some());
                all.extend([low, high].into_iter().flatten());
                if let Some(value) =
                    high.filter(|_| is_stacked || self.plot.kind() != "bar_chart" && self.stack != Stack::No)
                {
                    let sum = sums.entry((series.facet, place, value < 0.0)).or_default();
                    *sum += value;
                    all.push(*sum);
                }
            }
        }
        let log = self.plot.item.text("log");
        let mut reach =
            Reach { extent: extent(all), is_log: matches!(log.as_deref(), Some("true" | "both")), ..Reach::default() };
        let may_scale = match self.plot.kind() {
            "scatter_chart" => true,
            "line_chart" => self.stack == Stack::No && reach.is_far_from_zero(),
            _ => false,
        };
        reach.is_scaled = may_scale;
        if !is_right {
            reach.include(annotation::places(&self.annotations, false));
        }
        // Small charts are compared: all have one scale.
        reach.is_fixed |= self.facets.len() > 1;
        reach
    }

    /// The axis of places, and those of values, of one chart.
    fn axes(
        &self,
        (x_id, x_format): (FormatId, &Value),
        sides: &[Side],
        data: &[Vec<Value>],
        sketch: &mut Sketch,
    ) -> (Map<String, Value>, Vec<Map<String, Value>>) {
        let mut x_axis = match (&self.words, self.shape.scale) {
            (Some((words, _)), _) => axis::of_words(self.plot, sketch, self.shape.x.as_ref(), words),
            (None, Scale::Time) => axis::of_time(x_id, x_format),
            (None, _) => {
                let places = self.series.iter().flat_map(|series| &series.marks).filter_map(|mark| mark.x.as_float());
                let is_log = matches!(self.plot.item.text("log").as_deref(), Some("x" | "both"));
                let mut reach = Reach { extent: extent(places), is_scaled: true, is_log, ..Reach::default() };
                reach.include(annotation::places(&self.annotations, true));
                axis::of_values(x_id, x_format, reach)
            }
        };
        if self.plot.kind() == "line_chart" || self.plot.kind() == "area_chart" {
            x_axis.insert("boundaryGap".to_owned(), json!(false));
        }
        if self.is_horizontal {
            x_axis.insert("inverse".to_owned(), json!(true));
            axis::cut_words(&mut x_axis);
        }
        let y_axes = sides.iter().enumerate().map(|(side, written)| {
            let mut axis = axis::of_values(written.format, &written.written, self.reach(side == 1, data));
            if self.stack == Stack::Normalize && side == 0 {
                axis.extend(object(json!({ "min": 0, "max": 1 })));
            }
            if side == 1 {
                axis.extend(object(json!({ "position": if self.is_horizontal { "top" } else { "right" }, "splitLine": { "show": false } })));
            }
            axis
        });
        let y_axes = y_axes.collect();
        (x_axis, y_axes)
    }

    fn drawn_series(&self, sides: &[Side], data: Vec<Vec<Value>>, x_id: FormatId, sketch: &mut Sketch) -> Vec<Value> {
        let names: Vec<&str> = self.series.iter().map(|series| series.name.as_str()).collect();
        let colors = match self.shape.split {
            Some(_) => color::by_rank(&names),
            None => self.column_colors(),
        };
        let tooltip = (self.plot.kind() == "scatter_chart").then(|| self.point_tooltip(sides, x_id, sketch));
        let mut with_marks: Vec<usize> = Vec::new();
        let mut all = Vec::new();
        for ((series, data), rank) in self.series.iter().zip(data).zip(colors) {
            let is_right = self.is_right(series) && sides.len() > 1;
            let side = sides.get(usize::from(is_right)).or(sides.first());
            let own = self.shape.color.as_deref().map_or(rank, color::own);
            let context = mark::Context {
                look: self.look(series),
                stack: self.stack,
                is_horizontal: self.is_horizontal,
                is_right,
                color: own,
                format: side.map(|side| side.format),
                is_floating: self.shape.end.is_some(),
            };
            let mut drawn = mark::series(series, data, &context);
            let axis = series.facet * sides.len() + usize::from(is_right);
            let (places, values) =
                if self.is_horizontal { ("yAxisIndex", "xAxisIndex") } else { ("xAxisIndex", "yAxisIndex") };
            for part in &mut drawn {
                part.insert(places.to_owned(), json!(series.facet));
                part.insert(values.to_owned(), json!(axis));
                if let Some(tooltip) = &tooltip {
                    part.insert("tooltip".to_owned(), json!({ "formatter": tooltip }));
                }
            }
            if !is_right && !with_marks.contains(&series.facet) {
                with_marks.push(series.facet);
                let place = |at: &Scalar| self.place(at);
                drawn
                    .last_mut()
                    .into_iter()
                    .for_each(|last| last.extend(annotation::marks(&self.annotations, self.is_horizontal, place)));
            }
            all.extend(drawn.into_iter().map(Value::Object).map(without_nulls));
        }
        all
    }

    /// Columns have their colours in the order in which they are named.
    fn column_colors(&self) -> Vec<Value> {
        let at = |series: &Series| self.shape.y.iter().position(|name| *name == series.column).unwrap_or(0);
        self.series.iter().map(|series| color::of_series(at(series))).collect()
    }

    /// A place on the x axis.
    fn place(&self, at: &Scalar) -> Option<Value> {
        match &self.words {
            Some((_, places)) => places.get(&key(at)).map(|place| json!(place)),
            None => Some(super::super::json::position(at)),
        }
    }

    /// What is said of a point.
    fn point_tooltip(&self, sides: &[Side], x_id: FormatId, sketch: &mut Sketch) -> Value {
        let x = self.shape.x.as_ref().map_or_else(|| "Row".to_owned(), |name| self.plot.label(name));
        let mut lines = vec![line(&x, 0, x_id)];
        let y = self.shape.y.first().filter(|_| self.shape.y.len() == 1).map(|name| self.plot.label(name));
        lines.extend(sides.first().map(|side| line(y.as_deref().unwrap_or_default(), 1, side.format)));
        if let Some(size) = &self.shape.size {
            let written = format::of_values(self.plot, Some(size));
            lines.push(line(&self.plot.label(size), 2, sketch.format(written)));
        }
        rows(if self.shape.split.is_some() || self.shape.y.len() > 1 { "series" } else { "" }, &lines)
    }

    fn assemble(
        &self,
        sketch: &mut Sketch,
        (x_axis, y_axes): (Map<String, Value>, Vec<Map<String, Value>>),
        sides: &[Side],
        series: &[Value],
    ) {
        let names: Vec<&str> = self.series.iter().map(|series| series.name.as_str()).collect();
        let (names, _) = series::distinct(&names.into_iter().map(Scalar::text).collect::<Vec<_>>());
        let names: Vec<String> = names.iter().map(key).collect();
        let has_legend = self.plot.item.scalar("legend").map_or(names.len() > 1, Scalar::is_true);
        let (mut places, mut values) = (Vec::new(), Vec::new());
        for facet in 0..self.facets.len() {
            let with = |axis: &Map<String, Value>, name: String| {
                let mut axis = axis.clone();
                axis.extend(object(json!({ "id": name, "gridIndex": facet })));
                without_nulls(Value::Object(axis))
            };
            places.push(with(&x_axis, format!("x{facet}")));
            values.extend(y_axes.iter().enumerate().map(|(side, axis)| with(axis, format!("y{facet}-{side}"))));
        }
        let x_label = axis::x_label(self.plot, self.shape.x.as_deref());
        let label = |side: usize| sides.get(side).and_then(|side| side.label.clone());
        let (below, left, right) =
            if self.is_horizontal { (label(0), x_label, None) } else { (x_label, label(0), label(1)) };
        sketch.tell("frame", json!({ "below": below, "left": left, "right": right, "legend": has_legend, "zoom": self.facets.len() == 1 }));
        if self.facets.iter().any(Option::is_some) {
            let heads = self.facets.iter().flatten().map(|facet| self.plot.text(self.shape.facet.as_ref(), facet));
            sketch.tell("facets", heads.collect());
        }
        let (x, y) = if self.is_horizontal { (values, places) } else { (places, values) };
        let is_bars = self.plot.kind() == "bar_chart";
        sketch.add(json!({
            "legend": { "show": has_legend, "data": names },
            "tooltip": {
                "trigger": if self.plot.kind() == "scatter_chart" { "item" } else { "axis" },
                "axisPointer": { "type": if is_bars { "shadow" } else { "line" } },
                "order": if names.len() > 3 && self.stack == Stack::No { "valueDesc" } else { "seriesAsc" },
            },
            "xAxis": x,
            "yAxis": y,
            "series": series,
        }));
    }
}

/// Takes fewer marks where there are more than a screen can show.
fn reduce_marks(plot: &Plot<'_>, stack: Stack, series: &mut [Series], sketch: &mut Sketch) {
    let reduced = match plot.kind() {
        "scatter_chart" => reduce::points(series),
        _ if stack != Stack::No => {
            series::align(series);
            reduce::places(series)
        }
        _ => reduce::lines(series),
    };
    if let Some(note) = reduced.note(&plot.settings()) {
        sketch.note(note);
    }
}
