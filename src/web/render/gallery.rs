//! Every component in every state it can be in, made by hand: what must hold for all of them, and a page to look at
//! (`target/gallery/index.html`).

use std::sync::Arc;
use std::time::Duration;

use appspec_lang::check::program::{ComponentId, Prop, Subject, TableColumn};
use appspec_lang::component;
use appspec_lang::spec::{Cells, Drawing};
use appspec_lang::value::{Scalar, Type};

use super::stage::{Stage, complaint, day, sales, text, trend, values, wide};
use super::{NavItem, NavSection, PageModel, Renderer, asset};
use crate::eval::expr::EvalError;
use crate::eval::{Outcome, Shown};

fn texts(stage: &mut Stage) {
    stage.show("title", "Sales", &[("help", text("What was sold, and where."))]);
    stage.show("caption", "Orders of the last **90 days**, by region", &[]);
    stage.open("row", &[]);
    let metric = |label, value, delta, more: &[(&'static str, Scalar)]| {
        (label, [&[("value", value), ("delta", delta)], more].concat())
    };
    let help = [("help", text("Before taxes."))];
    for (label, props) in [
        metric("Revenue", Scalar::Int(1_240_000), Scalar::Float(4.2), &[help[0].clone(), trend(&[3, 5, 4, 8, 7, 9])]),
        metric("Orders", Scalar::Int(3482), Scalar::Int(-12), &[]),
        metric("Time to ship", Scalar::Float(1.8), Scalar::Float(-0.2), &[("delta_good", text("down"))]),
        metric("Returns", Scalar::Null, Scalar::Null, &[("color", text("error")), trend(&[4, 4, 3])]),
        metric("Own colour", Scalar::Int(3), Scalar::Null, &[("color", text("#db2777")), trend(&[1, 2, 1, 3])]),
    ] {
        stage.show("metric", label, &props);
    }
    stage.close();
    stage.show("header", "Messages", &[]);
    stage.show("info", "The figures of *today* are still coming in.", &[]);
    stage.show("success", "Saved.", &[("title", text("All done"))]);
    stage.show("warning", "Reading stopped after 100,000 rows.", &[]);
    stage.show("error", "The warehouse cannot be reached.", &[("title", text("Offline"))]);
    stage.show("subheader", "Text", &[]);
    let long = "A paragraph with `code`, a [link](https://example.com), and <b>markup that is text</b>. \
                Averylongwordthatdoesnotfitintoanarrowcolumnandhastobreaksomewhereelseitwouldoverflow.\n\n\
                - one\n- two\n\n> quoted\n\n```\nselect * from orders\n```";
    stage.show("text", long, &[]);
    stage.show("code", "select region, sum(amount)\nfrom orders\ngroup by region", &[("language", text("sql"))]);
    stage.show("divider", "", &[]);
}

fn status(stage: &mut Stage) {
    stage.open("row", &[("gap", text("small"))]);
    for (label, color, icon) in [
        ("Plain", "", ""),
        ("On time", "success", "circle-check"),
        ("Late", "warning", "clock"),
        ("Lost", "error", ""),
        ("New", "info", ""),
        ("Own", "#db2777", ""),
        ("No colour", "nonsense", ""),
    ] {
        stage.show("badge", label, &[("color", text(color)), ("icon", text(icon))]);
    }
    stage.show("link", "Penguins", &[("to", text("/penguins")), ("icon", text("bird"))]);
    stage.show("link", "Elsewhere", &[("to", text("https://example.com"))]);
    stage.show("link", "Nowhere", &[]);
    stage.close();
    stage.open("row", &[]);
    for (share, color) in [(0.0, ""), (0.42, "success"), (1.7, "#db2777"), (f64::NAN, "")] {
        let shown = Shown {
            subject: Some(Scalar::Float(share).into()),
            props: values(&[("label", text("Stations visited")), ("color", text(color))]),
            ..Shown::default()
        };
        stage.add("progress", Subject::None, Outcome::Shown(shown));
    }
    stage.close();
    stage.open("row", &[]);
    let source = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 4 3'%3E%3Crect width='4' \
                  height='3' fill='teal'/%3E%3C/svg%3E";
    let image = [("alt", text("A field")), ("caption", text("Teal, all over")), ("width", Scalar::Int(160))];
    stage.show("image", source, &image);
    stage.show("image", "", &[("alt", text("Nothing"))]);
    stage.show(
        "html",
        "<p>m<sup>2</sup> <mark>new</mark></p><script>alert(1)</script><table><tr><td>a<td>b</table>",
        &[],
    );
    let day = Scalar::Date(jiff::civil::date(2024, 1, 5));
    let held = Scalar::list([Scalar::Int(7), text("a \"b\" <c>"), day, Scalar::Null, text("{\"a\": [1, true]}")]);
    stage.add("json", Subject::None, Outcome::Shown(Shown { subject: Some(held.into()), ..Shown::default() }));
    stage.close();
}

fn charts(stage: &mut Stage) {
    stage.show("header", "Data", &[]);
    stage.open("row", &[]);
    let split = Prop::Columns(vec!["region".into()]);
    let y = |name: &str| ("y", Prop::Columns(vec![name.into()]));
    let line = stage.data("line_chart", sales(90), &[("title", text("Revenue by day"))]);
    line.props = vec![("color", split.clone()), y("revenue"), ("width", Prop::Literal(Scalar::Int(2)))];
    let bar = stage.data("bar_chart", sales(3), &[("title", text("Orders by region"))]);
    bar.props = vec![("x", split.clone()), y("revenue"), ("horizontal", Prop::Literal(Scalar::Bool(true)))];
    stage.close();
    stage.open("row", &[]);
    let scatter = stage.data("scatter_chart", sales(80), &[("color", text("#db2777"))]);
    scatter.props = vec![("size", Prop::Columns(vec!["orders".into()])), y("revenue")];
    let stacked = stage.data("bar_chart", sales(24), &[]);
    stacked.props = vec![("color", split), y("revenue"), ("stack", Prop::Literal(Scalar::Bool(true)))];
    stage.data("line_chart", sales(0), &[("title", text("Nothing yet"))]);
    stage.close();
    more_charts(stage);
    let column = |name: &str| TableColumn {
        column: name.into(),
        label: None,
        format: None,
        unit: (name == "revenue").then(|| "EUR".to_owned()),
        align: None,
        width: None,
        is_hidden: false,
        cells: Cells {
            drawing: if name == "revenue" { Drawing::Bar(None) } else { Drawing::Text },
            ..Cells::default()
        },
    };
    let table = stage.data("table", sales(300), &[]);
    table.props = vec![(
        "columns",
        Prop::TableColumns(vec![column("day"), column("region"), column("revenue"), column("orders")]),
    )];
    stage.data("table", wide(24), &[]);
    stage.data("details", sales(3), &[]);
    stage.data("details", sales(0), &[]);
    stage.data("table", sales(0), &[("empty", text("No orders match"))]);
}

/// The kinds of charts that need no more than a table of their shape; and a gauge over a number.
fn more_charts(stage: &mut Stage) {
    let named = |option: &'static str, columns: &[&str]| {
        (option, Prop::Columns(columns.iter().map(|name| Arc::from(*name)).collect()))
    };
    let kinds: [(&str, &[&str]); 11] = [
        ("area_chart", &["revenue"]),
        ("pie_chart", &["revenue"]),
        ("heatmap", &["region"]),
        ("boxplot", &["revenue"]),
        ("funnel", &["revenue"]),
        ("treemap", &["revenue"]),
        ("radar", &["revenue", "orders"]),
        ("histogram", &[]),
        ("sankey", &[]),
        ("candlestick", &[]),
        ("map", &["revenue"]),
    ];
    for pair in kinds.chunks(2) {
        stage.open("row", &[]);
        for (kind, y) in pair {
            let chart = stage.data(kind, sales(24), &[("title", text(kind))]);
            chart.props.extend((!y.is_empty()).then(|| named("y", y)));
            if *kind == "sankey" {
                chart.props.push(named("source", &["day"]));
            }
            if *kind == "map" {
                chart.props.push(named("region", &["region"]));
            }
            if *kind == "candlestick" {
                let prices = ["open", "high", "low", "close"];
                chart.props.extend(prices.map(|price| named(price, &["revenue"])));
            }
        }
        stage.close();
    }
    let option =
        serde_json::json!({ "xAxis": {}, "yAxis": {}, "series": [{ "type": "line", "data": [[1, 2], [2, 3]] }] });
    let shown = Shown { props: values(&[("title", text("By an option"))]), ..Shown::default() };
    stage.add("chart", Subject::Json(Arc::new(option)), Outcome::Shown(shown));
    stage.data("pie_chart", sales(0), &[("title", text("Nothing yet"))]);
    stage.show("gauge", "", &[("title", text("Load"))]);
    if let Some(shown) = stage.last() {
        shown.subject = Some(Scalar::Int(62).into());
    }
}

fn widgets(stage: &mut Stage) {
    stage.show("header", "Widgets", &[]);
    stage.open("row", &[]);
    stage.choice("select", Type::Text.nullable(), Scalar::Null, 4);
    stage.choice("select", Type::List(Box::new(Type::Text)), Scalar::list([text("o1"), text("o3")]), 40);
    let range = Type::Range(Box::new(Type::Int));
    let ends = [("min", Scalar::Int(0)), ("max", Scalar::Int(100)), ("help", text("Both ends count."))];
    stage.widget("slider", Type::Int, Scalar::Int(30), &ends);
    stage.widget("slider", range, Scalar::range(Scalar::Int(20), Scalar::Int(80)), &ends);
    stage.close();
    stage.open("row", &[]);
    stage.widget("text_input", Type::Text, text(""), &[("placeholder", text("Search orders"))]);
    let number = stage.widget("number_input", Type::Int, Scalar::Int(3), &[("max", Scalar::Int(100))]);
    number.complaint = Some(complaint("Enter at most 100.", "250").into());
    stage.widget("date_input", Type::Range(Box::new(Type::Date)), Scalar::range(day(0), day(30)), &[]);
    stage.widget("color_picker", Type::Color, text("#4f46e5"), &[("label", text("Colour"))]);
    stage.close();
    stage.open("row", &[]);
    stage.choice("radio", Type::Text, text("o2"), 3);
    stage.choice("radio", Type::List(Box::new(Type::Text)), Scalar::list([text("o2")]), 3);
    stage.widget("checkbox", Type::Bool, Scalar::Bool(true), &[("label", text("Only open orders"))]);
    stage.widget("toggle", Type::Bool, Scalar::Bool(true), &[("label", text("Live"))]);
    stage.widget("text_input", Type::Text, text("cannot be changed"), &[("disabled", Scalar::Bool(true))]);
    stage.close();
    more_widgets(stage);
    stage.open("row", &[]);
    for (style, icon, is_disabled) in [
        ("primary", "plus", false),
        ("secondary", "rotate-cw", false),
        ("danger", "trash-2", false),
        ("secondary", "", true),
    ] {
        let props = [("style", text(style)), ("icon", text(icon)), ("disabled", Scalar::Bool(is_disabled))];
        stage.show("button", "Do it", &props);
    }
    stage.show("link_button", "Go on", &[("to", text("/penguins")), ("icon", text("bird"))]);
    stage.show("link_button", "Elsewhere", &[("to", text("https://example.com"))]);
    stage.show("link_button", "Not now", &[("to", text("/")), ("disabled", Scalar::Bool(true))]);
    stage.show("download_button", "As CSV", &[]);
    stage.show("download_button", "Not now", &[("disabled", Scalar::Bool(true))]);
    stage.close();
}

fn more_widgets(stage: &mut Stage) {
    let time = |hour| Scalar::Time(jiff::civil::time(hour, 30, 0, 0));
    let moment = |hour| Scalar::DateTime(jiff::civil::date(2024, 1, 1).at(hour, 0, 0, 0));
    let list = || Type::List(Box::new(Type::Text));
    stage.open("row", &[]);
    stage.choice("segmented", Type::Text, text("o2"), 3);
    stage.choice("segmented", list(), Scalar::list([text("o1"), text("o3")]), 4);
    stage.choice("rating", Type::Int.nullable(), Scalar::Null, 5);
    let stars = stage.choice("rating", Type::Int, Scalar::Int(3), 0);
    stars.options = (1..=5).map(|n| (Scalar::Int(n), n.to_string())).collect();
    stage.close();
    stage.open("row", &[]);
    stage.choice("multiselect", list(), Scalar::list([]), 3);
    let open = stage.choice("multiselect", list(), Scalar::list([text("o1"), text("new")]), 12);
    open.props.push(("allow_new", Scalar::Bool(true).into()));
    stage.choice("select", Type::Text, text("new"), 3).props.push(("allow_new", Scalar::Bool(true).into()));
    stage.choice("radio", Type::Text, text("new"), 2).props.push(("allow_new", Scalar::Bool(true).into()));
    stage.close();
    stage.open("row", &[]);
    let ends = [("min", time(6)), ("max", time(22))];
    stage.widget("time_input", Type::Time.nullable(), Scalar::Null, &ends);
    stage.widget("datetime_input", Type::DateTime, moment(12), &[]);
    stage.widget("slider", Type::Range(Box::new(Type::Time)), Scalar::range(time(9), time(17)), &ends);
    stage.choice("slider", Type::Text, text("o2"), 3);
    stage.close();
    stage.open("row", &[]);
    let area = stage.widget("text_area", Type::Text, text("one\n\ntwo"), &[("required", Scalar::Bool(true))]);
    area.complaint = Some(complaint("This is too long.", "\nmuch\ntoo long").into());
    stage.widget("text_input", Type::Text, text("secret"), &[("type", text("password"))]);
    let table = || Type::Table(None).nullable();
    stage.widget("file_upload", table(), Scalar::Null, &[("label", text("A file"))]);
    let file = stage.widget("file_upload", table(), Scalar::Null, &[("label", text("Another file"))]);
    (file.subject, file.file) = (Some(sales(30).into()), Some("sales 2024.csv".into()));
    let wrong = stage.widget("file_upload", table(), Scalar::Null, &[("label", text("A wrong file"))]);
    wrong.complaint = Some(complaint("`sales.csv` cannot be read: it has no column `day`", "").into());
    stage.close();
}

fn containers(stage: &mut Stage) {
    stage.show("header", "Layout", &[]);
    stage.open("row", &[]);
    stage.open("card", &[("title", text("A card"))]);
    stage.show("text", "With text, and a metric without a frame of its own.", &[]);
    stage.show("metric", "Inside", &[("value", Scalar::Int(7))]);
    stage.close();
    stage.open("group", &[]);
    stage.open("use", &[]);
    stage.add("text", Subject::None, Outcome::Failed(EvalError::new("no such column: `amuont`")));
    stage.close();
    let since = stage.now.checked_sub(Duration::from_secs(3)).unwrap_or(stage.now);
    stage.add("metric", Subject::None, Outcome::Pending { since });
    stage.close();
    stage.close();
    stage.open("form", &[("submit", text("Order"))]);
    stage.open("row", &[]);
    stage.widget("text_input", Type::Text, text("Ada"), &[("label", text("Name")), ("required", Scalar::Bool(true))]);
    let pieces = stage.widget("number_input", Type::Int, Scalar::Int(0), &[("label", text("Pieces"))]);
    pieces.complaint = Some(complaint("must be at least 1", "0").into());
    stage.close();
    stage.choice("multiselect", Type::List(Box::new(Type::Text)), Scalar::list([text("o2")]), 3);
    stage.close();
    stage.open("repeat", &[("empty", text("Nothing to repeat"))]);
    stage.close();
    let key = stage.key(Type::Text);
    let tabs = stage.open("tabs", &[]);
    tabs.subject = Subject::State(key);
    if let Some(shown) = stage.last() {
        shown.subject = Some(text("One").into());
    }
    for (label, is_open) in [("One", true), ("Two", false), ("Three", false)] {
        let tab = stage.open("tab", &[]);
        tab.shown_if = Some((key, text(label)));
        stage.show("text", &format!("The inside of {label}."), &[]);
        stage.close();
        if !is_open {
            for outcome in stage.outcomes.values_mut().rev().take(2) {
                *outcome = Outcome::Hidden;
            }
        }
    }
    stage.close();
    openables(stage);
    stage.open("grid", &[]).props = vec![("columns", Prop::Literal(Scalar::Int(3)))];
    for number in 1..=4 {
        stage.show("metric", "A cell", &[("value", Scalar::Int(number))]);
    }
    stage.close();
}

/// What opens and closes.
fn openables(stage: &mut Stage) {
    let openable = [
        ("expander", "label", true),
        ("expander", "label", false),
        ("popover", "label", false),
        ("dialog", "title", false),
    ];
    for (kind, label, is_open) in openable {
        let key = stage.key(Type::Bool);
        stage.open(kind, &[(label, text("More about this"))]).subject = Subject::State(key);
        if let Some(shown) = stage.last() {
            shown.subject = Some(Scalar::Bool(is_open).into());
        }
        stage.show("text", "Details.", &[]);
        stage.close();
    }
}

fn gallery() -> Stage {
    let mut stage = Stage::new();
    texts(&mut stage);
    status(&mut stage);
    charts(&mut stage);
    widgets(&mut stage);
    containers(&mut stage);
    stage
}

fn page_html(stage: &Stage, renderer: &Renderer) -> String {
    let item =
        |title, icon, is_current| NavItem { title, href: "/", icon: Some(icon), is_current, is_elsewhere: false };
    let nav = [
        NavSection { heading: None, items: vec![item("Overview", "house", false), item("Sales", "trending-up", true)] },
        NavSection { heading: Some("Nature"), items: vec![item("Penguins", "bird", false)] },
    ];
    stage.with(|scene| {
        let model = PageModel {
            scene: *scene,
            title: "Sales",
            description: None,
            action: "/gallery",
            url: None,
            again: "/gallery?view=view",
            view: "view",
            is_expecting: false,
            click: "click",
            nav: &nav,
            toasts: &["Saved"],
            notices: &["This was not saved"],
            reload: None,
            late: None,
            is_partial: false,
        };
        renderer.page(&model).unwrap()
    })
}

#[test]
fn every_kind_is_rendered() {
    let stage = gallery();
    let html = page_html(&stage, &Renderer::new());
    for component in component::ALL.iter() {
        assert!(html.contains(&format!("data-kind=\"{}\"", component.name)), "{}", component.name);
    }
    assert!(!html.contains(" style="));
    write_gallery(&html);
}

/// Writes the page with its assets beside it, for people who look at it.
#[expect(clippy::disallowed_methods, reason = "a page to look at is a file")]
fn write_gallery(html: &str) {
    let folder = std::env::var("CARGO_TARGET_DIR")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../target").to_owned());
    let folder = std::path::PathBuf::from(folder).join("gallery");
    std::fs::create_dir_all(&folder).unwrap();
    let mut html = html.to_owned();
    for asset in asset::all() {
        let name = asset.url.rsplit('/').next().unwrap();
        html = html.replace(&asset.url, name);
        std::fs::write(folder.join(name), asset.bytes()).unwrap();
    }
    std::fs::write(folder.join("index.html"), html).unwrap();
}

#[test]
fn only_what_changed_is_rendered() {
    let stage = gallery();
    let renderer = Renderer::new();
    let row = stage.page.components.iter().position(|component| component.kind.name == "row").unwrap();
    let changed = [ComponentId::at(row).into(), ComponentId::at(row + 2).into()].into();
    let fragments = stage.with(|scene| renderer.fragments(scene, &changed)).unwrap();
    assert_eq!(renderer.renders(), 2);
    let [fragment] = fragments.as_slice() else { panic!("{fragments:?}") };
    assert_eq!(fragment.element, stage.page.components[row].id.replacen("row", "c-row", 1));
    assert_eq!(fragment.html.matches(" data-keep").count(), 4);
    assert!(fragment.html.contains("Orders") && !fragment.html.contains("Revenue"));
}

/// A component of a row that has not changed, and so has no entry.
#[test]
fn what_stands_in_an_unchanged_container_is_sent_alone() {
    let stage = gallery();
    let renderer = Renderer::new();
    let metric = stage.page.components.iter().position(|component| component.kind.name == "metric").unwrap();
    let changed = [ComponentId::at(metric).into()].into();
    let mut stage = stage;
    stage.outcomes.retain(|id, _| id.component.index() == metric);
    let fragments = stage.with(|scene| renderer.fragments(scene, &changed)).unwrap();
    assert!(matches!(fragments.as_slice(), [fragment] if fragment.html.contains("Revenue")), "{fragments:?}");
    assert_eq!(renderer.renders(), 1);
}

#[test]
fn what_is_hidden_is_an_empty_element() {
    let stage = gallery();
    let renderer = Renderer::new();
    let tabs = stage.page.components.iter().position(|component| component.kind.name == "tab").unwrap();
    let second = ComponentId::at(tabs + 2);
    let changed = [second.into(), ComponentId::at(tabs + 3).into()].into();
    let fragments = stage.with(|scene| renderer.fragments(scene, &changed)).unwrap();
    let id = &stage.page.components[second.index()].id;
    let html: Vec<&str> = fragments.iter().map(|fragment| fragment.html.as_str()).collect();
    assert_eq!(html, [format!(r#"<div id="c-{id}" data-kind="tab" class="component" hidden></div>"#)]);
    assert_eq!(renderer.renders(), 0);
}
