//! The `ECharts` option of a chart, as JSON: what to draw. Colours, fonts and the text of numbers are the page's.

pub(super) mod lttb;
mod series;
mod shape;

use appspec_data::Table;
use appspec_lang::spec::Format;
use appspec_lang::value::{Scalar, Type};
use minijinja::context;
use serde_json::{Map, Value, json};

use self::series::Series;
use self::shape::{Scale, Shape};
use super::format::{self, counted, words};
use super::grid;
use super::item::Item;

/// Lines of more points show no symbols.
const SYMBOLS: usize = 24;

/// How series stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stack {
    No,
    Yes,
    Normalize,
}

/// The values of the template of a chart.
pub(super) fn values(item: &Item<'_>) -> minijinja::Value {
    let table = grid::values(item);
    let Some(data) = item.table() else { return context! { data => "", note => (), caption => "", ..table } };
    let shape = Shape::of(item, data);
    let (model, note) = model(item, data, &shape);
    let note = if shape.y.is_empty() { Some("There is no column of numbers to draw.".to_owned()) } else { note };
    // In a script element only `<` could end the JSON early.
    let json = model.to_string().replace('<', "\\u003c");
    context! {
        data => minijinja::Value::from_safe_string(json),
        note,
        caption => caption(item, &shape),
        ..table
    }
}

/// What the picture shows, in words.
fn caption(item: &Item<'_>, shape: &Shape) -> String {
    let kind = words(item.component.kind.name);
    let columns: Vec<String> = shape.y.iter().map(|name| item.column_label(name)).collect();
    let what = match &shape.x {
        Some(x) => format!("{kind} of {} by {}", columns.join(", "), item.column_label(x)),
        None => format!("{kind} of {}", columns.join(", ")),
    };
    item.text("title").map_or(what.clone(), |title| format!("{title}: {what}"))
}

/// The whole of what the script reads, and what readers should know about it.
fn model(item: &Item<'_>, table: &Table, shape: &Shape) -> (Value, Option<String>) {
    let mut series = series::read(item, table, shape);
    let is_line = item.component.kind.name == "line_chart";
    let thinned: usize = if is_line { series.iter_mut().filter_map(Series::thin).sum() } else { 0 };
    let stack = stack(item);
    let (data, mut axis, is_doubled) = marks(item, &series, shape, stack);
    let is_scatter = item.component.kind.name == "scatter_chart";
    let is_horizontal = item.flag("horizontal");
    let x_label = item.text("x_label").or_else(|| shape.x.as_ref().map(|name| item.column_label(name)));
    axis.extend(axis_name(x_label));
    axis.insert("inverse".to_owned(), json!(is_horizontal));
    let mut value_axis = object(json!({ "type": "value", "scale": is_scatter }));
    value_axis.extend(axis_name(y_label(item, shape)));
    let (x_axis, y_axis) = if is_horizontal { (value_axis, axis) } else { (axis, value_axis) };
    let drawn = series.iter().zip(data).map(|(series, data)| draw(item, series, data, shape, stack));
    let drawn: Vec<Value> = drawn.collect();
    let has_legend = item.scalar("legend").map_or(drawn.len() > 1, Scalar::is_true);
    let option = json!({
        "grid": {
            "left": 4, "right": 8, "top": if has_legend { 40 } else { 12 }, "bottom": 4,
            "outerBoundsMode": "same", "outerBoundsContain": "all",
        },
        "legend": { "show": has_legend, "type": "scroll", "left": 0, "top": 0 },
        "tooltip": { "trigger": if is_scatter { "item" } else { "axis" } },
        "xAxis": x_axis,
        "yAxis": y_axis,
        "series": drawn,
    });
    let model = json!({
        "option": option,
        "x": x_format(item, shape),
        "y": y_format(item, shape, stack),
        "names": names(item, shape),
        "ranks": series::ranks(&series),
        "height": item.scalar("height").and_then(Scalar::as_float),
    });
    (model, note(thinned, is_doubled))
}

/// The data of each series, the axis they stand on, and whether several rows fell on one mark.
fn marks(
    item: &Item<'_>,
    series: &[Series],
    shape: &Shape,
    stack: Stack,
) -> (Vec<Vec<Value>>, Map<String, Value>, bool) {
    if series::is_paired(shape.scale) {
        let kind = if shape.scale == Scale::Time { "time" } else { "value" };
        let axis = object(json!({ "type": kind, "scale": true }));
        return (series.iter().map(Series::pairs).collect(), axis, false);
    }
    let (categories, places) = series::categories(series);
    let format = shape.x.as_ref().and_then(|name| item.meaning(name)).and_then(|meaning| meaning.format.as_ref());
    let settings = item.settings();
    let names = categories.iter().map(|x| format::text(x, format, None, &settings).unwrap_or_else(|| "–".to_owned()));
    let names: Vec<String> = names.collect();
    let (mut data, doubled): (Vec<_>, Vec<_>) = series.iter().map(|series| series.by_category(&places)).unzip();
    if stack == Stack::Normalize {
        series::normalize(&mut data);
    }
    (data, object(json!({ "type": "category", "data": names })), doubled.contains(&true))
}

fn draw(item: &Item<'_>, series: &Series, data: Vec<Value>, shape: &Shape, stack: Stack) -> Value {
    let mut drawn = object(json!({
        "id": series.name,
        "name": series.name,
        "emphasis": { "focus": "series" },
        "stack": (stack != Stack::No).then_some("all"),
        "color": shape.color,
    }));
    drawn.extend(object(match item.component.kind.name {
        "line_chart" => json!({
            "type": "line",
            "showSymbol": data.len() <= SYMBOLS,
            "symbol": "circle",
            "symbolSize": 6,
            "lineStyle": { "width": 2 },
            "areaStyle": (stack != Stack::No).then(|| json!({ "opacity": 0.25 })),
        }),
        "bar_chart" => json!({
            "type": "bar",
            "barMaxWidth": 44,
            "barCategoryGap": "32%",
            "itemStyle": { "borderRadius": if stack == Stack::No { 3 } else { 0 } },
        }),
        _ => json!({ "type": "scatter", "symbolSize": 9, "itemStyle": { "opacity": 0.8 } }),
    }));
    drawn.insert("data".to_owned(), Value::Array(data));
    without_nulls(Value::Object(drawn))
}

/// The entries of a map that is written out.
fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// The option without what is not given; data keeps its gaps.
fn without_nulls(value: Value) -> Value {
    let Value::Object(map) = value else { return value };
    Value::Object(map.into_iter().filter(|(_, value)| !value.is_null()).map(|(k, v)| (k, without_nulls(v))).collect())
}

fn stack(item: &Item<'_>) -> Stack {
    match item.text("stack").as_deref() {
        Some("normalize") => Stack::Normalize,
        Some("true") => Stack::Yes,
        _ => Stack::No,
    }
}

fn axis_name(label: Option<String>) -> Map<String, Value> {
    let named = label.map(|label| object(json!({ "name": label, "nameLocation": "middle", "nameGap": 8 })));
    named.unwrap_or_default()
}

/// The words along the axis of values: the author's, else the one column's.
fn y_label(item: &Item<'_>, shape: &Shape) -> Option<String> {
    let only = || match shape.y.as_slice() {
        [only] => {
            let unit = item.meaning(only).and_then(|meaning| meaning.unit.as_deref());
            let label = item.column_label(only);
            Some(unit.map_or(label.clone(), |unit| format!("{label} ({unit})")))
        }
        _ => None,
    };
    item.text("y_label").or_else(only)
}

/// What points are called in their tooltips.
fn names(item: &Item<'_>, shape: &Shape) -> Value {
    json!({
        "x": shape.x.as_ref().map_or_else(|| "Row".to_owned(), |name| item.column_label(name)),
        "y": shape.y.first().map(|name| item.column_label(name)),
        "split": shape.split.is_some(),
    })
}

fn x_format(item: &Item<'_>, shape: &Shape) -> Value {
    let meaning = shape.x.as_ref().and_then(|name| item.meaning(name));
    match shape.x_type.inner() {
        Type::Date => json!({ "kind": "date" }),
        Type::DateTime => json!({ "kind": "datetime" }),
        _ => number_format(item, meaning.and_then(|meaning| meaning.format.as_ref()), None),
    }
}

/// The component's format, else that of the column, if there is only one.
fn y_format(item: &Item<'_>, shape: &Shape, stack: Stack) -> Value {
    if stack == Stack::Normalize {
        return json!({ "kind": "number", "intl": { "style": "percent" } });
    }
    let meaning = shape.y.first().and_then(|name| item.meaning(name));
    let format = item.format("format").or_else(|| meaning.and_then(|meaning| meaning.format.as_ref()));
    number_format(item, format, meaning.and_then(|meaning| meaning.unit.as_deref()))
}

/// A format as the browser's `Intl.NumberFormat` takes it.
fn number_format(item: &Item<'_>, format: Option<&Format>, unit: Option<&str>) -> Value {
    let intl = format.and_then(|format| intl(item, format));
    json!({ "kind": "number", "intl": intl, "unit": unit })
}

fn intl(item: &Item<'_>, format: &Format) -> Option<Value> {
    let digits = format.args.iter().find_map(|argument| match argument {
        Scalar::Int(digits) => Some(*digits),
        _ => None,
    });
    let code = format.args.iter().find_map(Scalar::as_text);
    let mut options = match &*format.filter.value {
        "number" => json!({ "maximumFractionDigits": 2 }),
        "compact" => json!({ "notation": "compact", "maximumFractionDigits": 1 }),
        "percent" => json!({ "style": "percent" }),
        "currency" => {
            let own = item.scene.settings.currency.as_ref().map(|currency| currency.value.as_str());
            // Without a currency the metric beside the chart writes a plain amount too.
            match code.or(own) {
                Some(currency) => json!({ "style": "currency", "currency": currency }),
                None => json!({ "minimumFractionDigits": 2, "maximumFractionDigits": 2 }),
            }
        }
        "bytes" => json!({ "style": "unit", "unit": "byte", "notation": "compact", "unitDisplay": "narrow" }),
        _ => return None,
    };
    if let (Some(digits), Some(options)) = (digits, options.as_object_mut()) {
        set_digits(options, digits);
    }
    Some(options)
}

fn set_digits(options: &mut Map<String, Value>, digits: i64) {
    for bound in ["minimumFractionDigits", "maximumFractionDigits"] {
        options.insert(bound.to_owned(), json!(digits.clamp(0, 20)));
    }
}

fn note(thinned: usize, is_doubled: bool) -> Option<String> {
    let mut notes = Vec::new();
    if thinned > 0 {
        notes.push(format!("Drawn with fewer points than the {} there are.", counted(thinned, "row")));
    }
    if is_doubled {
        notes.push("Several rows fall on one mark; the last one is drawn.".to_owned());
    }
    (!notes.is_empty()).then(|| notes.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::Outcome;
    use crate::render::gallery::Stage;
    use appspec_lang::check::program::{ComponentId, Prop};

    /// A column of texts, or of numbers.
    fn column(name: &str, cells: &[Value]) -> (appspec_lang::spec::Name, Type, Vec<Scalar>) {
        let scalar = |cell: &Value| match cell {
            Value::String(text) => Scalar::text(text.as_str()),
            Value::Null => Scalar::Null,
            number => Scalar::Float(number.as_f64().unwrap()),
        };
        (name.into(), Type::Any, cells.iter().map(scalar).collect())
    }

    fn table(columns: &[(&str, &[Value])]) -> Table {
        Table::from_columns(columns.iter().map(|(name, cells)| column(name, cells)).collect()).unwrap()
    }

    fn names(names: &[&str]) -> Prop {
        Prop::Columns(names.iter().map(|name| (*name).into()).collect())
    }

    /// The model of a chart, and the note under it.
    fn model_of(kind: &str, table: Table, props: Vec<(&'static str, Prop)>) -> (Value, Option<String>) {
        let mut stage = Stage::new();
        stage.data(kind, table, &[]).props = props;
        stage.with(|scene| {
            let component = scene.component(ComponentId(0)).unwrap();
            let Some(Outcome::Shown(shown)) = scene.outcome(ComponentId(0)) else { panic!("it is shown") };
            let item = Item { scene, component, shown };
            let data = item.table().unwrap();
            model(&item, data, &Shape::of(&item, data))
        })
    }

    fn sales() -> Table {
        let regions = [json!("North"), json!("South"), json!("North"), json!("South")];
        let quarters = [json!("Q1"), json!("Q1"), json!("Q2"), json!("Q2")];
        let amounts = [json!(1), json!(3), json!(2), Value::Null];
        table(&[("quarter", &quarters), ("region", &regions), ("amount", &amounts)])
    }

    #[test]
    fn columns_are_chosen_by_their_types() {
        let (model, note) = model_of("bar_chart", sales(), vec![("color", names(&["region"]))]);
        assert_eq!(model["option"]["xAxis"]["data"], json!(["Q1", "Q2"]));
        assert_eq!(model["option"]["yAxis"]["type"], "value");
        let series = &model["option"]["series"];
        assert_eq!((&series[0]["name"], &series[0]["data"]), (&json!("North"), &json!([1.0, 2.0])));
        assert_eq!((&series[1]["name"], &series[1]["data"]), (&json!("South"), &json!([3.0, null])));
        assert_eq!(model["option"]["legend"]["show"], true);
        assert_eq!(note, None);
    }

    #[test]
    fn points_stand_on_two_axes_of_numbers() {
        let points = table(&[("x", &[json!(1), json!(2)]), ("y", &[json!(3), json!(4)])]);
        let color = Prop::Literal(Scalar::text("#db2777"));
        let (model, _) = model_of("scatter_chart", points, vec![("color", color)]);
        let series = &model["option"]["series"][0];
        assert_eq!(series["data"], json!([[1.0, 3.0], [2.0, 4.0]]));
        assert_eq!(series["color"], "#db2777");
        assert_eq!(model["option"]["tooltip"]["trigger"], "item");
    }

    #[test]
    fn two_rows_for_one_mark_are_noticed() {
        let (_, note) = model_of("bar_chart", sales(), Vec::new());
        assert!(note.unwrap().starts_with("Several rows fall on one mark"));
    }

    #[test]
    fn shares_add_up_to_one() {
        let props = vec![("color", names(&["region"])), ("stack", Prop::Literal(Scalar::text("normalize")))];
        let (model, _) = model_of("bar_chart", sales(), props);
        let series = &model["option"]["series"];
        assert_eq!((&series[0]["data"], &series[1]["data"]), (&json!([0.25, 1.0]), &json!([0.75, null])));
        assert_eq!(model["y"]["intl"]["style"], "percent");
    }

    #[test]
    fn bars_lie_along_the_axis_of_values() {
        let props = vec![("horizontal", Prop::Literal(Scalar::Bool(true))), ("x", names(&["region"]))];
        let (model, _) = model_of("bar_chart", sales(), props);
        assert_eq!(model["option"]["xAxis"]["type"], "value");
        assert_eq!(model["option"]["yAxis"]["inverse"], true);
    }

    #[test]
    fn long_lines_are_thinned() {
        let cells: Vec<Value> = (0..20_000).map(|n| json!(n)).collect();
        let (model, note) = model_of("line_chart", table(&[("x", &cells), ("y", &cells)]), vec![("x", names(&["x"]))]);
        assert_eq!(model["option"]["series"][0]["data"].as_array().unwrap().len(), 5_000);
        assert!(note.unwrap().contains("20,000 rows"));
    }

    #[test]
    fn data_cannot_end_the_script() {
        let table = table(&[("name", &[json!("</script><b>")]), ("n", &[json!(1)])]);
        let mut stage = Stage::new();
        stage.data("bar_chart", table, &[]);
        let html = stage.with(|scene| {
            let renderer = crate::render::Renderer::new();
            renderer.fragments(scene, &[ComponentId(0)].into()).unwrap().remove(0).html
        });
        assert_eq!(html.matches("</script>").count(), 1);
        assert!(!html.contains("<b>"));
    }
}
