//! Charts as `ECharts` draws them: the option of each, as JSON, made from the shape of its table. Colours, fonts and the
//! text of numbers are the page's.
//!
//! [`kind`] has a file for each kind, or for those that are drawn alike; what they share stands beside it.

mod annotation;
mod axis;
mod color;
mod format;
mod json;
mod kind;
pub(super) mod lttb;
mod plot;
mod reduce;
mod selection;
mod series;
mod shape;
mod sketch;

use appspec_data::Table;
use appspec_lang::value::Scalar;
use minijinja::context;
use serde_json::{Value, json};

use self::plot::{Name, Plot};
use self::selection::Selection;
use self::sketch::Sketch;
use super::grid;
use super::item::Item;

/// What a chart has drawn: the column of its places, and those of its values.
struct Drawn {
    x: Option<Name>,
    /// Empty if there is nothing to draw.
    y: Vec<Name>,
}

/// The values of the template of a chart.
pub(super) fn values(item: &Item<'_>) -> minijinja::Value {
    let table = grid::values(item);
    let data = item.table().filter(|data| data.rows() > 0);
    let drawn = match (data, item.table()) {
        (Some(data), _) => Some(model(item, data)),
        (None, Some(_)) => None,
        (None, None) if item.component.kind.name == "chart" => Some(raw(item, None)),
        (None, None) => gauge(item),
    };
    let Some((model, notes, caption)) = drawn else {
        return context! { data => "", notes => Vec::<String>::new(), caption => "", words => (), select => (), ..table };
    };
    let said = item.settings().words();
    let notes: Vec<String> = notes.iter().map(|note| said.say(note)).collect();
    let plot = data.map(|data| Plot::new(item, data));
    let select = plot.as_ref().and_then(|plot| Some(Selection::of(plot)?.fields(plot)));
    // In a script element only `<` could end the JSON early.
    let json = model.to_string().replace('<', "\\u003c");
    context! {
        data => minijinja::Value::from_safe_string(json),
        // How many small charts it is made of: the page keeps room for them before they are drawn.
        facets => model.get("facets").and_then(Value::as_array).map(Vec::len),
        notes,
        // What has no table to read instead is said in words.
        words => item.table().is_none().then(|| caption.clone()),
        caption,
        select,
        ..table
    }
}

/// The whole of what the script reads, what readers should know about it, and what the picture shows in words.
fn model(item: &Item<'_>, table: &Table) -> (Value, Vec<String>, String) {
    if item.component.kind.name == "chart" {
        return raw(item, Some(table));
    }
    let plot = Plot::new(item, table);
    let mut sketch = Sketch::default();
    let drawn = if plot.kind() == "gauge" {
        let column = kind::gauge_column(item);
        kind::gauge(item, format::of_item(item, column.as_deref()), &mut sketch);
        Drawn { x: None, y: column.map(Name::from).into_iter().collect() }
    } else {
        kind::draw(&plot, &mut sketch)
    };
    if drawn.y.is_empty() {
        sketch.note("There is no column of numbers to draw.");
    }
    if let Some(selection) = Selection::of(&plot) {
        sketch.tell("select", selection.model(&plot));
    }
    let caption = caption(item, &drawn);
    tell_height(item, &mut sketch);
    let (model, notes) = sketch.finish();
    (model, notes, caption)
}

/// The model of a gauge over a number; none of one over nothing.
fn gauge(item: &Item<'_>) -> Option<(Value, Vec<String>, String)> {
    let number = item.subject_scalar().filter(|number| !number.is_null())?;
    let mut sketch = Sketch::default();
    kind::gauge(item, format::of_item(item, None), &mut sketch);
    tell_height(item, &mut sketch);
    let (model, notes) = sketch.finish();
    let value = super::format::text(number, item.format("format"), None, &item.settings()).unwrap_or_default();
    let caption = item.text("title").map_or_else(|| value.clone(), |title| format!("{title}: {value}"));
    Some((model, notes, caption))
}

/// The model of a chart that is written as an option.
fn raw(item: &Item<'_>, table: Option<&Table>) -> (Value, Vec<String>, String) {
    let mut sketch = Sketch::default();
    kind::raw(item, table, &mut sketch);
    tell_height(item, &mut sketch);
    let (model, notes) = sketch.finish();
    (model, notes, item.text("title").unwrap_or_else(|| item.settings().words().say("Chart")))
}

fn tell_height(item: &Item<'_>, sketch: &mut Sketch) {
    if let Some(height) = item.scalar("height").and_then(Scalar::as_float) {
        sketch.tell("height", json!(height));
    }
}

/// What readers call a chart of a kind.
fn name(kind: &str) -> &'static str {
    match kind {
        "line_chart" => "Line chart",
        "area_chart" => "Area chart",
        "bar_chart" => "Bar chart",
        "scatter_chart" => "Scatter chart",
        "pie_chart" => "Pie chart",
        "histogram" => "Histogram",
        "heatmap" => "Heatmap",
        "boxplot" => "Box plot",
        "funnel" => "Funnel",
        "treemap" => "Treemap",
        "sankey" => "Sankey diagram",
        "gauge" => "Gauge",
        "candlestick" => "Candlestick chart",
        "radar" => "Radar chart",
        "map" => "Map",
        _ => "Chart",
    }
}

/// What the picture shows, in words.
fn caption(item: &Item<'_>, drawn: &Drawn) -> String {
    let said = item.settings();
    let said = said.words();
    let kind = said.say(name(item.component.kind.name));
    let columns: Vec<String> = drawn.y.iter().map(|name| item.column_label(name)).collect();
    let columns = columns.join(", ");
    let what = match &drawn.x {
        Some(x) => {
            let by = item.column_label(x);
            said.fill("{chart} of {columns} by {by}", &[("chart", &kind), ("columns", &columns), ("by", &by)])
        }
        None => said.fill("{chart} of {columns}", &[("chart", &kind), ("columns", &columns)]),
    };
    item.text("title").map_or(what.clone(), |title| format!("{title}: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::Outcome;
    use crate::render::stage::Stage;
    use appspec_lang::check::program::{ComponentId, Prop};
    use appspec_lang::value::Type;

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
        let (model, notes) = drawn(kind, table, props);
        (model, (!notes.is_empty()).then(|| notes.join(" ")))
    }

    fn drawn(kind: &str, table: Table, props: Vec<(&'static str, Prop)>) -> (Value, Vec<String>) {
        let mut stage = Stage::new();
        stage.data(kind, table, &[]).props = props;
        stage.with(|scene| {
            let component = scene.component(ComponentId(0)).unwrap();
            let Some(Outcome::Shown(shown)) = scene.outcome(ComponentId(0)) else { panic!("it is shown") };
            let item = Item { scene, id: ComponentId(0), component, shown };
            let (model, notes, _) = model(&item, item.table().unwrap());
            (model, notes)
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
        assert_eq!(model["option"]["xAxis"][0]["data"], json!(["Q1", "Q2"]));
        assert_eq!(model["option"]["yAxis"][0]["type"], "value");
        let series = &model["option"]["series"];
        assert_eq!((&series[0]["name"], &series[0]["data"]), (&json!("North"), &json!([1.0, 2.0])));
        assert_eq!((&series[1]["name"], &series[1]["data"]), (&json!("South"), &json!([3.0, null])));
        assert_eq!(model["option"]["legend"]["show"], true);
        assert_eq!(note, None);
    }

    #[test]
    fn words_stand_in_the_order_of_the_table() {
        // South has sold in March alone, and North has not: still March stands between February and April.
        let months = [json!("Feb"), json!("Mar"), json!("Apr"), json!("Apr")];
        let regions = [json!("North"), json!("South"), json!("North"), json!("South")];
        let sales =
            table(&[("month", &months), ("region", &regions), ("amount", &[json!(1), json!(2), json!(3), json!(4)])]);
        for kind in ["bar_chart", "line_chart"] {
            let (model, _) = model_of(kind, sales.clone(), vec![("color", names(&["region"]))]);
            assert_eq!(model["option"]["xAxis"][0]["data"], json!(["Feb", "Mar", "Apr"]), "{kind}");
        }
        let (model, _) = model_of("radar", sales, vec![("color", names(&["region"]))]);
        let spokes: Vec<&Value> =
            model["option"]["radar"]["indicator"].as_array().unwrap().iter().map(|spoke| &spoke["name"]).collect();
        assert_eq!(spokes, ["Feb", "Mar", "Apr"]);
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
        assert!(model["formats"].as_array().unwrap().iter().any(format::is_percent));
    }

    #[test]
    fn bars_lie_along_the_axis_of_values() {
        let props = vec![("horizontal", Prop::Literal(Scalar::Bool(true))), ("x", names(&["region"]))];
        let (model, _) = model_of("bar_chart", sales(), props);
        assert_eq!(model["option"]["xAxis"][0]["type"], "value");
        assert_eq!(model["option"]["yAxis"][0]["inverse"], true);
    }

    #[test]
    fn long_lines_are_thinned() {
        let cells: Vec<Value> = (0..20_000).map(|n| json!(n)).collect();
        let (model, note) = model_of("line_chart", table(&[("x", &cells), ("y", &cells)]), vec![("x", names(&["x"]))]);
        assert_eq!(model["option"]["series"][0]["data"].as_array().unwrap().len(), 2_000);
        assert_eq!(note.unwrap(), "Drawn with 2,000 of 20,000 marks.");
    }

    #[test]
    fn data_cannot_end_the_script() {
        let table = table(&[("name", &[json!("</script><b>")]), ("n", &[json!(1)])]);
        let mut stage = Stage::new();
        stage.data("bar_chart", table, &[]);
        let html = stage.with(|scene| {
            let renderer = crate::render::Renderer::new();
            renderer.fragments(scene, &[ComponentId(0).into()].into()).unwrap().remove(0).html
        });
        assert_eq!(html.matches("</script>").count(), 1);
        assert!(!html.contains("<b>"));
    }
}
