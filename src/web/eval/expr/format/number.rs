//! Numbers, shares, money and sizes.

use appspec_lang::value::Scalar;

use super::super::decimal;
use super::locale::{Locale, Money};
use crate::words::Words;

/// Decimals of a number that are not asked for.
const USUAL_DECIMALS: u8 = 3;

/// The shortest digits that read back as this float.
pub(super) fn shortest(float: f64) -> String {
    let size = float.abs();
    if float == 0.0 {
        "0".to_owned()
    } else if (1e-7..1e16).contains(&size) || !float.is_finite() {
        float.to_string()
    } else {
        format!("{float:e}")
    }
}

/// The digits of a number, with a point, and with at most so many decimals; exactly so many, if they are asked for.
fn digits(value: &Scalar, decimals: Option<u8>, usual: u8) -> Option<String> {
    let wanted = decimals.unwrap_or(usual);
    let fixed = match value {
        Scalar::Int(int) => decimal::digits(i128::from(*int), 0),
        Scalar::Decimal { units, scale } => {
            let (units, scale) = decimal::rounded(*units, *scale, wanted);
            decimal::digits(units, scale)
        }
        Scalar::Float(float) => fixed(*float, wanted),
        _ => return None,
    };
    let (whole, fraction) = fixed.split_once('.').unwrap_or((&fixed, ""));
    let fraction = match decimals {
        Some(decimals) => format!("{fraction:0<width$}", width = usize::from(decimals)),
        None => fraction.trim_end_matches('0').to_owned(),
    };
    let whole = if fraction.bytes().all(|digit| digit == b'0') && whole == "-0" { "0" } else { whole };
    Some(if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") })
}

/// A float with so many decimals. What is a half as it is written goes away from zero, as decimals do, and as browsers
/// write it in charts.
fn fixed(float: f64, decimals: u8) -> String {
    let longer = format!("{float:.*}", usize::from(decimals) + 1);
    let is_half = longer.ends_with('5') && longer.parse() == Ok(float);
    let units = longer.replace('.', "").parse().ok().filter(|_| is_half);
    match units {
        Some(units) => {
            let (units, scale) = decimal::rounded(units, decimals + 1, decimals);
            decimal::digits(units, scale)
        }
        None => format!("{float:.*}", usize::from(decimals)),
    }
}

/// Digits with the marks of a locale, and whether they are below zero.
fn marked(digits: &str, locale: &Locale) -> (bool, String) {
    let (is_negative, digits) = match digits.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, digits),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut text = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) && digit.is_ascii_digit() {
            text.push_str(locale.group);
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push_str(locale.decimal);
        text.push_str(fraction);
    }
    (is_negative, text)
}

fn signed((is_negative, text): (bool, String)) -> String {
    if is_negative { format!("-{text}") } else { text }
}

pub(super) fn number(value: &Scalar, decimals: Option<u8>, locale: &Locale) -> Option<String> {
    digits(value, decimals, USUAL_DECIMALS).map(|digits| signed(marked(&digits, locale)))
}

pub(super) fn percent(value: &Scalar, decimals: Option<u8>, locale: &Locale) -> Option<String> {
    let hundredfold = match value {
        Scalar::Decimal { units, scale } => Scalar::Decimal { units: units.checked_mul(100)?, scale: *scale },
        other => Scalar::Float(other.as_float()? * 100.0),
    };
    let digits = digits(&hundredfold, decimals.or(Some(0)), 0)?;
    Some(format!("{}{}", signed(marked(&digits, locale)), locale.percent))
}

pub(super) fn compact(value: &Scalar, decimals: Option<u8>, locale: &Locale, words: &Words) -> Option<String> {
    let (number, text) = scaled(value.as_float()?, decimals, &["", "{n}K", "{n}M", "{n}B", "{n}T"]);
    let number = signed(marked(&scaled_digits(number, decimals, text.is_empty())?, locale));
    Some(if text.is_empty() { number } else { words.fill(text, &[("n", &number)]) })
}

pub(super) fn bytes(value: &Scalar, decimals: Option<u8>, locale: &Locale) -> Option<String> {
    let (number, unit) = scaled(value.as_float()?, decimals, &["B", "kB", "MB", "GB", "TB", "PB"]);
    Some(format!("{}\u{a0}{unit}", signed(marked(&scaled_digits(number, decimals, unit == "B")?, locale))))
}

fn scaled_digits(number: f64, decimals: Option<u8>, is_plain: bool) -> Option<String> {
    let decimals = if is_plain { None } else { decimals };
    digits(&Scalar::Float(number), decimals, 1)
}

/// A number in the unit in which it reads with one to three digits before the point.
fn scaled(number: f64, decimals: Option<u8>, units: &[&'static str]) -> (f64, &'static str) {
    let mut scaled = number;
    let mut units = units.iter().peekable();
    let mut unit = units.next().copied().unwrap_or_default();
    // What rounds up to a thousand belongs to the next unit.
    let limit = 1000.0 - 0.5 * 10f64.powi(-i32::from(decimals.unwrap_or(1)));
    while scaled.abs() >= limit
        && let Some(next) = units.next()
    {
        scaled /= 1000.0;
        unit = next;
    }
    (scaled, unit)
}

/// An amount of money; without a currency, a number of two decimals.
pub(super) fn currency(value: &Scalar, code: Option<&str>, decimals: Option<u8>, locale: &Locale) -> Option<String> {
    let code = code.map(str::to_uppercase);
    let minor = match code.as_deref() {
        Some("JPY" | "KRW" | "CLP" | "ISK" | "VND" | "XAF" | "XOF" | "UGX") => 0,
        _ => 2,
    };
    let digits = digits(value, Some(decimals.unwrap_or(minor)), minor)?;
    let (is_negative, amount) = marked(&digits, locale);
    let Some(code) = code else { return Some(signed((is_negative, amount))) };
    let sign = sign_of(&code);
    let text = match (sign, locale.money) {
        (sign, Money::After) => format!("{amount}\u{a0}{}", sign.unwrap_or(&code)),
        (Some(sign), Money::Before) => format!("{sign}{amount}"),
        (sign, _) => format!("{}\u{a0}{amount}", sign.unwrap_or(&code)),
    };
    Some(signed((is_negative, text)))
}

fn sign_of(code: &str) -> Option<&'static str> {
    Some(match code {
        "EUR" => "€",
        "USD" => "$",
        "GBP" => "£",
        "JPY" => "¥",
        "CNY" => "CN¥",
        "INR" => "₹",
        "KRW" => "₩",
        "BRL" => "R$",
        "CAD" => "CA$",
        "AUD" => "A$",
        "ILS" => "₪",
        "VND" => "₫",
        _ => return None,
    })
}
