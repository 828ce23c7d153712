//! Sliders over what is no number: a handle moves along places, and a field behind it holds what stands there.

use appspec_lang::component::decode;
use appspec_lang::value::{Scalar, Type};
use minijinja::{Value, context};

use super::format::field_text;
use super::item::Item;
use super::widget::single;
use crate::eval::expr::offered_text;

/// The places of the handles; without faces the handles themselves are the fields.
pub(super) fn values(item: &Item<'_>, ty: &Type, values: &[String]) -> Value {
    let texts: Vec<String> = values.iter().map(|value| label(item, ty, value)).collect();
    let text = texts.join(" – ");
    let track = if item.shown.options.is_empty() { track_of_moments(item, ty) } else { track_of_options(item) };
    let Some(track) = track else { return context! { faces => false, text } };
    let place = |(end, value): (usize, &String)| track.place(item, ty, value, end).to_string();
    let places: Vec<String> = values.iter().enumerate().map(place).collect();
    let (low, high, distance) = (track.low.to_string(), track.high.to_string(), track.step.to_string());
    context! { faces => true, text, texts, places, low, high, distance }
}

/// Where handles can be put.
struct Track {
    low: f64,
    high: f64,
    step: f64,
}

impl Track {
    /// Where a value lies; what is not there yet lies at its end.
    fn place(&self, item: &Item<'_>, ty: &Type, value: &str, end: usize) -> f64 {
        let place = if item.shown.options.is_empty() {
            decode::value(single(ty), &[value]).ok().as_ref().and_then(seconds)
        } else {
            let at = item.shown.options.iter().position(|(option, _)| field_text(option) == value);
            at.and_then(|at| u32::try_from(at).ok()).map(f64::from)
        };
        place.unwrap_or(if end == 0 { self.low } else { self.high })
    }
}

/// One place an option.
fn track_of_options(item: &Item<'_>) -> Option<Track> {
    let last = u32::try_from(item.shown.options.len().saturating_sub(1)).ok()?;
    Some(Track { low: 0.0, high: f64::from(last), step: 1.0 })
}

/// Seconds, between the limits.
fn track_of_moments(item: &Item<'_>, ty: &Type) -> Option<Track> {
    let (usual, unit) = match single(ty) {
        Type::Date => (1.0, 86_400.0),
        Type::Time => (900.0, 1.0),
        Type::DateTime => (3600.0, 1.0),
        _ => return None,
    };
    let step = item.scalar("step").and_then(Scalar::as_float).unwrap_or(usual);
    let limit = |name| item.scalar(name).and_then(seconds);
    Some(Track { low: limit("min")?, high: limit("max")?, step: step * unit })
}

/// The seconds since 1970 began, of a time since midnight.
fn seconds(moment: &Scalar) -> Option<f64> {
    let unit = if matches!(moment, Scalar::Date(_)) { 86_400.0 } else { 1.0 };
    moment.place().map(|place| place * unit)
}

/// What readers see of a value.
fn label(item: &Item<'_>, ty: &Type, value: &str) -> String {
    if value.is_empty() {
        return "–".to_owned();
    }
    let option = item.shown.options.iter().find(|(option, _)| field_text(option) == value);
    let moved = || match decode::value(single(ty), &[value]) {
        Ok(read) => offered_text(&read, &item.settings()),
        Err(_) => value.to_owned(),
    };
    option.map_or_else(moved, |(_, label)| label.clone())
}
