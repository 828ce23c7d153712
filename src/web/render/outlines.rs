//! The outlines of countries as pages get them: the vendored ones, no finer than a map shows them, without what lies in
//! the file beside them. That is half of what there would be to load.

use serde_json::{Value, json};

/// How fine the places are, in degrees: less than a pixel on a map of the whole world.
const STEP: f64 = 0.25;
/// How far a border may lie beside where it was, in steps.
const TOLERANCE: f64 = 1.0;
/// It is left out: without the ice in the south there is more room for the rest.
const ICE: &str = "Antarctica";

type Point = (f64, f64);

/// The topology with fewer points. An arc is a flat list: a place, then the step to the next one, and so on.
pub(super) fn lean(topology: &[u8]) -> Option<Vec<u8>> {
    let topology: Value = serde_json::from_slice(topology).ok()?;
    let transform = |key: &str, axis: usize| topology.pointer(&format!("/transform/{key}/{axis}"))?.as_f64();
    let (scale, origin) =
        ((transform("scale", 0)?, transform("scale", 1)?), (transform("translate", 0)?, transform("translate", 1)?));
    let countries = topology.pointer("/objects/countries/geometries")?.as_array()?;
    let countries: Vec<Value> = countries
        .iter()
        .filter(|country| country.pointer("/properties/name").and_then(Value::as_str) != Some(ICE))
        .map(|country| json!({ "type": country["type"], "arcs": country["arcs"], "properties": country["properties"] }))
        .collect();
    let mut used = Vec::new();
    for country in &countries {
        note(&country["arcs"], &mut used);
    }
    let arcs = topology.get("arcs")?.as_array()?.iter().enumerate().map(|(at, arc)| {
        let is_used = used.contains(&at);
        let points = is_used.then(|| points(arc, scale, origin)).flatten().unwrap_or_default();
        steps(&simplified(&points))
    });
    let lean = json!({
        "arcs": arcs.collect::<Vec<_>>(),
        "transform": { "scale": [STEP, STEP], "translate": [0, 0] },
        "objects": { "countries": { "geometries": countries } },
    });
    serde_json::to_vec(&lean).ok()
}

/// Notes which arcs a country is made of; one that is walked backwards is written as its complement.
fn note(arcs: &Value, used: &mut Vec<usize>) {
    match arcs {
        Value::Array(parts) => parts.iter().for_each(|part| note(part, used)),
        other => {
            let at = other.as_i64().map(|at| if at < 0 { !at } else { at });
            used.extend(at.and_then(|at| usize::try_from(at).ok()));
        }
    }
}

/// The places of an arc, in steps of ours.
fn points(arc: &Value, scale: Point, origin: Point) -> Option<Vec<Point>> {
    let (mut x, mut y) = (0.0, 0.0);
    let place = |step: &Value| {
        x += step.get(0)?.as_f64()?;
        y += step.get(1)?.as_f64()?;
        Some((((x * scale.0 + origin.0) / STEP).round(), ((y * scale.1 + origin.1) / STEP).round()))
    };
    arc.as_array()?.iter().map(place).collect()
}

/// The places without those that lie almost on the line between others; small islands stay as they are.
fn simplified(points: &[Point]) -> Vec<Point> {
    let mut kept = Vec::new();
    if let (Some(first), [_, ..]) = (points.first(), points) {
        kept.push(*first);
        thin(points, &mut kept);
    }
    let is_ring = points.first() == points.last();
    if is_ring && kept.len() < 5 { points.to_vec() } else { kept }
}

/// Adds the places behind the first that matter.
fn thin(points: &[Point], kept: &mut Vec<Point>) {
    let ([first, between @ .., last], true) = (points, points.len() > 1) else { return };
    let (dx, dy) = (last.0 - first.0, last.1 - first.1);
    let length = dx.hypot(dy);
    let aside = |(x, y): &Point| {
        if length == 0.0 {
            return (x - first.0).hypot(y - first.1);
        }
        (dx * (first.1 - y) - (first.0 - x) * dy).abs() / length
    };
    let farthest = between.iter().enumerate().max_by(|(_, a), (_, b)| aside(a).total_cmp(&aside(b)));
    match farthest.filter(|(_, point)| aside(point) > TOLERANCE) {
        Some((at, _)) => {
            thin(points.get(..at + 2).unwrap_or_default(), kept);
            thin(points.get(at + 1..).unwrap_or_default(), kept);
        }
        None => kept.push(*last),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "places on the earth are small numbers")]
fn steps(points: &[Point]) -> Vec<i32> {
    let mut before = (0.0, 0.0);
    let mut steps = Vec::new();
    for (at, point) in points.iter().enumerate() {
        if at == 0 || *point != before {
            steps.extend([(point.0 - before.0) as i32, (point.1 - before.1) as i32]);
        }
        before = *point;
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_on_a_line_is_left_out() {
        let line = [(0.0, 0.0), (5.0, 0.4), (10.0, 0.0), (10.0, 7.0)];
        assert_eq!(simplified(&line), [(0.0, 0.0), (10.0, 0.0), (10.0, 7.0)]);
        assert_eq!(steps(&simplified(&line)), [0, 0, 10, 0, 0, 7]);
        let island = [(0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (0.0, 0.0)];
        assert_eq!(simplified(&island), island);
        assert!(simplified(&[]).is_empty());
    }

    #[test]
    fn all_countries_stay() {
        let given = include_bytes!("../../../static/vendor/world-atlas-2.0.2/countries-110m.json");
        let lean: Value = serde_json::from_slice(&lean(given).unwrap()).unwrap();
        let countries = lean.pointer("/objects/countries/geometries").unwrap().as_array().unwrap();
        assert_eq!(countries.len(), 176);
        let mut used = Vec::new();
        for country in countries {
            note(&country["arcs"], &mut used);
        }
        assert!(used.iter().all(|at| lean["arcs"][at].as_array().unwrap().len() >= 2));
    }
}
