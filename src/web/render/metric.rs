//! One number with its label, and how it has changed.

use std::cmp::Ordering;

use appspec_lang::value::Scalar;
use minijinja::{Value, context};

use super::item::Item;
use super::{format, sparkline, tone};
use crate::eval::expr::Settings;

pub(super) fn values(item: &Item<'_>) -> Value {
    let value = item.scalar("value").cloned().unwrap_or_default();
    let settings = item.settings();
    context! {
        label => item.subject_text(),
        value => format::text(&value, item.format("format"), None, &settings),
        unit => item.text("unit"),
        delta => delta(item, &settings),
        chart => sparkline::values(item, "chart"),
        ..tone::values(item)
    }
}

/// The change, whether it goes up or down, and whether that is good news.
fn delta(item: &Item<'_>, settings: &Settings) -> Option<Value> {
    let change = item.scalar("delta")?;
    let direction = change.as_float()?.partial_cmp(&0.0)?;
    let format = item.format("delta_format").or_else(|| item.format("format"));
    let text = format::text(change, format, None, settings)?;
    // What is rounded to nothing is no change to the reader.
    let is_nothing = !text.contains(|c: char| c.is_ascii_digit() && c != '0');
    let direction = if is_nothing { Ordering::Equal } else { direction };
    let text = if direction == Ordering::Greater { format!("+{text}") } else { text };
    let (icon, spoken) = match direction {
        Ordering::Greater => ("arrow-up-right", "up"),
        Ordering::Less => ("arrow-down-right", "down"),
        Ordering::Equal => ("minus", "unchanged"),
    };
    let spoken = settings.words().say(spoken);
    Some(context! { text, icon, spoken, tone => tone(direction, item.scalar("delta_good")) })
}

fn tone(direction: Ordering, good: Option<&Scalar>) -> Option<&'static str> {
    let good = match good.and_then(Scalar::as_text) {
        Some("none") => return None,
        Some("down") => Ordering::Less,
        _ => Ordering::Greater,
    };
    match direction {
        Ordering::Equal => None,
        direction if direction == good => Some("good"),
        _ => Some("bad"),
    }
}
