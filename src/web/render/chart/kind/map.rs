//! The countries of the world: coloured by amounts, or with points on them.

use std::collections::HashMap;
use std::sync::LazyLock;

use appspec_lang::component::{LATITUDES, LONGITUDES};
use appspec_lang::value::{Scalar, Type};
use serde_json::{Value, json};

use super::super::json::{extent, without_nulls};
use super::super::plot::{Name, Plot, key};
use super::super::reduce::drawn_with;
use super::super::sketch::{FormatId, Sketch, line, rows};
use super::super::{Drawn, color, format, series};
use super::heatmap::ramp;
use crate::eval::expr::Settings;

/// The countries of the map: the name in it, and the codes of ISO 3166 with two and with three letters.
static COUNTRIES: &str = include_str!("countries.csv");
/// As many points are drawn.
const POINTS: usize = 5_000;
/// Nearer than a small country the outlines say nothing.
const NEAREST: f64 = 32.0;

/// The names in the map by all that a country may be called, in small letters.
static NAMES: LazyLock<HashMap<String, &str>> = LazyLock::new(|| {
    let mut names = HashMap::new();
    for country in COUNTRIES.lines() {
        let mut parts = country.split(',');
        let Some(name) = parts.next() else { continue };
        names.insert(name.to_lowercase(), name);
        parts.filter(|code| !code.is_empty()).for_each(|code| _ = names.insert(code.to_lowercase(), name));
    }
    let others = [
        ("united states", "United States of America"),
        ("usa", "United States of America"),
        ("uk", "United Kingdom"),
        ("great britain", "United Kingdom"),
        ("south korea", "South Korea"),
        ("czech republic", "Czechia"),
        ("democratic republic of the congo", "Dem. Rep. Congo"),
        ("dominican republic", "Dominican Rep."),
        ("central african republic", "Central African Rep."),
        ("bosnia and herzegovina", "Bosnia and Herz."),
        ("ivory coast", "Côte d'Ivoire"),
        ("burma", "Myanmar"),
        ("north macedonia", "Macedonia"),
        ("south sudan", "S. Sudan"),
        ("western sahara", "W. Sahara"),
        ("solomon islands", "Solomon Is."),
        ("equatorial guinea", "Eq. Guinea"),
        ("turkey", "Turkey"),
        ("eswatini", "eSwatini"),
    ];
    for (called, name) in others {
        names.entry(called.to_owned()).or_insert(name);
    }
    names
});

pub(super) fn draw(plot: &Plot<'_>, sketch: &mut Sketch) -> Drawn {
    sketch.tell("map", json!(true));
    match plot.first("region") {
        Some(region) => areas(plot, sketch, &region),
        None => points(plot, sketch),
    }
}

/// Countries in the colour of their amount.
fn areas(plot: &Plot<'_>, sketch: &mut Sketch, region: &Name) -> Drawn {
    let amount = plot.first("y").or_else(|| plot.find(&[region], Type::is_number));
    let Some(amount) = amount else { return Drawn { x: None, y: Vec::new() } };
    let mut strange: Vec<String> = Vec::new();
    let mut data = Vec::new();
    for (cell, amount) in plot.cells(region).iter().zip(plot.numbers(&amount)) {
        let called = key(cell);
        match NAMES.get(&called.trim().to_lowercase()) {
            Some(name) => data.push(json!({ "name": name, "key": called, "value": amount })),
            None if cell.is_null() => {}
            None => strange.push(called),
        }
    }
    if !strange.is_empty() {
        let shown = strange.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
        let more = if strange.len() > 5 { ", …" } else { "" };
        let settings = plot.settings();
        let (n, names) = (settings.grouped(strange.len() as u64), format!("{shown}{more}"));
        let values: [(&str, &dyn std::fmt::Display); 2] = [("n", &n), ("names", &names)];
        sketch.note(settings.words().count("{n} regions are not on the map: {names}", strange.len() as u64, &values));
    }
    let reach = extent(data.iter().filter_map(|datum| datum.get("value")?.as_f64())).unwrap_or((0.0, 1.0));
    let id = sketch.format(format::of_values(plot, Some(&amount)));
    let has_legend = plot.item.scalar("legend").is_none_or(Scalar::is_true);
    sketch.tell("frame", json!({ "scale": has_legend }));
    sketch.add(json!({
        "tooltip": { "trigger": "item" },
        "visualMap": ramp(reach, has_legend, id),
        "series": [{
            "id": "areas",
            "type": "map",
            "map": "world",
            "roam": "move",
            "zoom": plot.item.scalar("zoom").and_then(Scalar::as_float).unwrap_or(1.0),
            "top": 28,
            "bottom": 4,
            "left": 0,
            "right": 0,
            "preserveAspect": "contain",
            "showLegendSymbol": false,
            "label": { "show": false },
            "itemStyle": { "areaColor": "$sunken", "borderColor": "$border-strong", "borderWidth": 0.5 },
            "emphasis": { "label": { "show": false }, "itemStyle": { "areaColor": "$c2" } },
            "select": { "disabled": true },
            "tooltip": { "formatter": rows("name", &[line(&plot.label(&amount), Value::Null, id)]) },
            "data": data,
        }],
    }));
    Drawn { x: Some(region.clone()), y: vec![amount] }
}

/// Where a column of one of these names is.
fn called(plot: &Plot<'_>, option: &str, names: &[&str]) -> Option<Name> {
    let is_called = |name: &&str| plot.columns().iter().find(|column| column.name.eq_ignore_ascii_case(name));
    plot.first(option).or_else(|| names.iter().find_map(is_called).map(|column| column.name.clone()))
}

/// Points at their places.
fn points(plot: &Plot<'_>, sketch: &mut Sketch) -> Drawn {
    let (latitude, longitude) = (called(plot, "latitude", LATITUDES), called(plot, "longitude", LONGITUDES));
    let (Some(latitude), Some(longitude)) = (latitude, longitude) else { return Drawn { x: None, y: Vec::new() } };
    let own = plot.item.text("color");
    let split = plot.first("color").or_else(|| own.as_deref().and_then(|color| plot.known(color)));
    let size = plot.first("size");
    let sizes = size.as_ref().map(|name| series::scaled(&plot.numbers(name)));
    let parts = split.as_ref().map(|name| plot.cells(name));
    let words = plot.place().map(|name| (plot.cells(&name), name));
    let is_selecting = plot.item.component.selected().is_some();
    let mut found: Vec<(String, Vec<Value>)> = Vec::new();
    let (mut east, mut north, mut outside) = (Vec::new(), Vec::new(), 0);
    let places = plot.numbers(&longitude).into_iter().zip(plot.numbers(&latitude));
    for (row, place) in places.enumerate() {
        let (Some(x), Some(y)) = place else { continue };
        if !(-180.0..=180.0).contains(&x) || !(-90.0..=90.0).contains(&y) {
            outside += 1;
            continue;
        }
        let part = parts.as_ref().and_then(|cells| cells.get(row)).map(|cell| plot.text(split.as_ref(), cell));
        let part = part.unwrap_or_default();
        let size = sizes.as_ref().and_then(|sizes| sizes.get(row)).copied().flatten();
        let word = words.as_ref().and_then(|(cells, column)| Some((cells.get(row)?, column)));
        let name = word.map(|(cell, column)| plot.text(Some(column), cell)).filter(|name| !name.is_empty());
        let name = name.or_else(|| words.is_some().then(|| format!("{y}, {x}")));
        let name = name.map(|name| if part.is_empty() { name } else { format!("{name} · {part}") });
        let datum = without_nulls(json!({
            "value": size.map_or_else(|| json!([x, y]), |(_, value)| json!([x, y, value])),
            "symbolSize": size.map(|(diameter, _)| diameter),
            "name": name,
            "key": word.filter(|_| is_selecting).map(|(cell, _)| key(cell)),
        }));
        east.push(x);
        north.push(y);
        match found.iter_mut().find(|(name, _)| *name == part) {
            Some((_, data)) => data.push(datum),
            None => found.push((part, vec![datum])),
        }
    }
    mention(sketch, (outside, east.len()), &plot.settings());
    let id = sketch.format(format::plain());
    let size_id = size.as_ref().map(|name| (name.clone(), sketch.format(format::of_values(plot, Some(name)))));
    let bounds = (extent(east), extent(north));
    assemble(plot, sketch, (found, bounds), (id, size_id), words.is_some());
    Drawn { x: Some(longitude), y: vec![latitude] }
}

fn mention(sketch: &mut Sketch, (outside, drawn): (usize, usize), settings: &Settings) {
    if outside > 0 {
        sketch.note(settings.counted("{n} rows outside of the world cannot be drawn.", outside));
    }
    if drawn > POINTS {
        sketch.note(drawn_with("Drawn with about {shown} of {n} marks.", (POINTS, drawn), settings));
    }
}

type Bounds = (Option<(f64, f64)>, Option<(f64, f64)>);

fn assemble(
    plot: &Plot<'_>,
    sketch: &mut Sketch,
    (found, (east, north)): (Vec<(String, Vec<Value>)>, Bounds),
    (id, size): (FormatId, Option<(Name, FormatId)>),
    is_named: bool,
) {
    let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
    let colors = color::by_rank(&names);
    let own = plot.item.text("color").filter(|_| names.iter().all(|name| name.is_empty()));
    let head = match names.len() {
        _ if is_named => "name",
        2.. => "series",
        _ => "",
    };
    let mut lines = if is_named { Vec::new() } else { vec![line("Latitude", 1, id), line("Longitude", 0, id)] };
    lines.extend(size.as_ref().map(|(name, format)| line(&plot.label(name), 2, *format)));
    let total: usize = found.iter().map(|(_, data)| data.len()).sum();
    let every = total.div_ceil(POINTS).max(1);
    let drawn = found.iter().zip(colors).map(|((name, data), tint)| {
        let data: Vec<&Value> = data.iter().step_by(every).collect();
        json!({
            "id": format!("points-{name}"),
            "name": name,
            "type": "scatter",
            "coordinateSystem": "geo",
            "symbolSize": 8,
            "color": own.as_deref().map_or(tint, color::own),
            "itemStyle": { "opacity": 0.75 },
            "tooltip": { "formatter": rows(head, &lines) },
            "data": data,
        })
    });
    let has_legend = plot.item.scalar("legend").map_or(names.len() > 1, Scalar::is_true);
    sketch.tell("frame", json!({ "legend": has_legend }));
    sketch.add(json!({
        "legend": { "show": has_legend, "data": names },
        "tooltip": { "trigger": "item" },
        "geo": world(plot, (east, north), has_legend),
        "series": drawn.collect::<Value>(),
    }));
}

/// The map under points: as near as shows all of them.
fn world(plot: &Plot<'_>, (east, north): Bounds, has_legend: bool) -> Value {
    let (east, north) = (east.unwrap_or((-180.0, 180.0)), north.unwrap_or((-60.0, 84.0)));
    // With room around the outermost: they have a size.
    let fitting = (260.0 / (east.1 - east.0).max(1.0)).min(110.0 / (north.1 - north.0).max(1.0));
    let zoom = plot.item.scalar("zoom").and_then(Scalar::as_float).unwrap_or(fitting.clamp(1.0, NEAREST));
    let center = (zoom > 1.2).then(|| json!([f64::midpoint(east.0, east.1), f64::midpoint(north.0, north.1)]));
    without_nulls(json!({
        "id": "world",
        "map": "world",
        "roam": "move",
        "zoom": zoom,
        "center": center,
        "top": if has_legend { 32 } else { 4 },
        "bottom": 4,
        "left": 0,
        "right": 0,
        "preserveAspect": "contain",
        "silent": true,
        "itemStyle": { "areaColor": "$sunken", "borderColor": "$border-strong", "borderWidth": 0.5 },
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_known_by_names_and_codes() {
        for called in ["de", "DEU", "Germany"] {
            assert_eq!(NAMES.get(&called.to_lowercase()), Some(&"Germany"), "{called}");
        }
        assert_eq!(NAMES.get("usa"), Some(&"United States of America"));
        assert_eq!(NAMES.get("atlantis"), None);
        assert!(NAMES.values().all(|name| COUNTRIES.contains(&format!("{name},"))), "all are on the map");
    }
}
