//! How the script writes numbers and dates: a format of the language, as the browser's `Intl` takes it.

use appspec_lang::spec::Format;
use appspec_lang::value::{Scalar, Type};
use serde_json::{Map, Value, json};

use super::plot::Plot;
use crate::render::item::Item;

/// How values of a column are written: as the component says, else as the column does.
pub(super) fn of_values(plot: &Plot<'_>, column: Option<&str>) -> Value {
    of_item(plot.item, column)
}

/// How values of a column are written, or those of a component without a table.
pub(super) fn of_item(item: &Item<'_>, column: Option<&str>) -> Value {
    let meaning = column.and_then(|name| item.meaning(name));
    let own = meaning.and_then(|meaning| meaning.format.as_ref());
    number(item, item.format("format").or(own), meaning.and_then(|meaning| meaning.unit.as_deref()))
}

/// How places on an axis over a column are written.
pub(super) fn of_places(plot: &Plot<'_>, column: Option<&str>) -> Value {
    let Some(name) = column else { return plain() };
    match plot.ty(name).inner() {
        Type::Date => json!({ "kind": "date", "grain": grain(&plot.cells(name)) }),
        Type::DateTime => json!({ "kind": "datetime" }),
        _ => number(plot.item, plot.format_of(name), plot.unit_of(name)),
    }
}

/// What days stand for: the first days of months for months, and those of years for years.
fn grain(days: &[Scalar]) -> &'static str {
    let dates: Vec<jiff::civil::Date> = days.iter().filter_map(as_date).collect();
    match dates.len() {
        0 | 1 => "day",
        _ if dates.iter().all(|date| date.day_of_year() == 1) => "year",
        _ if dates.iter().all(|date| date.day() == 1) => "month",
        _ => "day",
    }
}

fn as_date(day: &Scalar) -> Option<jiff::civil::Date> {
    match day {
        Scalar::Date(date) => Some(*date),
        _ => None,
    }
}

/// The shortest step of an axis of days, in milliseconds.
pub(super) fn step(places: &Value) -> Option<i64> {
    const DAY: i64 = 86_400_000;
    match places.get("grain")?.as_str()? {
        "year" => Some(365 * DAY),
        "month" => Some(28 * DAY),
        _ => Some(DAY),
    }
}

/// Numbers as they are.
pub(super) fn plain() -> Value {
    json!({ "kind": "number" })
}

/// Shares of one.
pub(super) fn share() -> Value {
    json!({ "kind": "number", "intl": { "style": "percent", "maximumFractionDigits": 1 } })
}

/// Whether a format writes shares of one.
pub(super) fn is_percent(format: &Value) -> bool {
    format.pointer("/intl/style").is_some_and(|style| style == "percent")
}

/// Whether the ticks of an axis that reaches so far are shortened: where no format says how they are written, or one
/// that only says of which money they are, and where they can still be told apart.
pub(super) fn is_long(format: &Value, (low, high): (f64, f64), is_scaled: bool) -> bool {
    let is_free = match format.pointer("/intl/style").and_then(Value::as_str) {
        None => format.get("intl").is_none_or(Value::is_null),
        Some(style) => style == "currency",
    };
    let largest = low.abs().max(high.abs());
    let is_apart = !is_scaled || high - low >= largest / 10.0;
    is_free && largest >= 10_000.0 && is_apart
}

fn number(item: &Item<'_>, format: Option<&Format>, unit: Option<&str>) -> Value {
    json!({ "kind": "number", "intl": format.and_then(|format| intl(item, format)), "unit": unit })
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
        "bytes" => json!({ "unit": "byte" }),
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
