//! Formats of columns as spreadsheets write them.

use appspec_lang::spec::Format;
use appspec_lang::value::{Scalar, Type};

/// Units that stand at their number without a space, as on pages.
const CLOSE_UNITS: &[&str] = &["%", "‰", "°", "′", "″"];

/// The code of a column's format; none for one that is shown as it is.
pub(super) fn code(ty: &Type, format: Option<&Format>, unit: Option<&str>, currency: Option<&str>) -> Option<String> {
    let own = match ty.inner() {
        Type::Date => Some(date(format, "yyyy-mm-dd")),
        Type::DateTime => Some(date(format, "yyyy-mm-dd hh:mm:ss")),
        Type::Time => Some(date(format, "hh:mm:ss")),
        _ if ty.is_number() => format.and_then(|format| number(format, ty, currency)),
        _ => return None,
    };
    let Some(unit) = unit.filter(|unit| !unit.is_empty() && ty.is_number()) else { return own };
    let space = if CLOSE_UNITS.contains(&unit) { "" } else { "\\ " };
    Some(format!("{}{space}{}", own.unwrap_or_else(|| "General".to_owned()), quoted(unit)))
}

/// The code of a filter over numbers.
fn number(format: &Format, ty: &Type, currency: Option<&str>) -> Option<String> {
    let decimals = |at: usize| match format.args.get(at) {
        Some(Scalar::Int(decimals)) => usize::try_from(*decimals).ok().map(|decimals| decimals.min(15)),
        _ => None,
    };
    let is_whole = *ty.inner() == Type::Int;
    Some(match &*format.filter.value {
        "number" | "compact" => format!("#,##0{}", places(decimals(0).unwrap_or(if is_whole { 0 } else { 2 }))),
        "round" => format!("0{}", places(decimals(0).unwrap_or(0))),
        "percent" => format!("0{}%", places(decimals(0).unwrap_or(0))),
        "currency" => {
            let named = format.args.first().and_then(Scalar::as_text).or(currency);
            let usual = match named {
                Some("JPY" | "KRW" | "CLP" | "ISK" | "VND" | "XAF" | "XOF" | "UGX") => 0,
                _ => 2,
            };
            let amount = format!("#,##0{}", places(decimals(1).unwrap_or(usual)));
            match named.filter(|code| code.bytes().all(|byte| byte.is_ascii_alphabetic())) {
                Some(code) => format!("{amount}\\ [${}]", code.to_uppercase()),
                None => amount,
            }
        }
        _ => return None,
    })
}

fn places(decimals: usize) -> String {
    if decimals == 0 { String::new() } else { format!(".{}", "0".repeat(decimals)) }
}

/// The code of a format of dates, as far as spreadsheets have its parts; else the usual one.
fn date(format: Option<&Format>, usual: &str) -> String {
    let written =
        format.filter(|format| &*format.filter.value == "date").and_then(|format| format.args.first()?.as_text());
    written.and_then(parts).unwrap_or_else(|| usual.to_owned())
}

fn parts(written: &str) -> Option<String> {
    let mut code = String::new();
    let mut letters = written.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            code.push_str(&if "-/:., ".contains(letter) { letter.to_string() } else { quoted(&letter.to_string()) });
            continue;
        }
        let letter = letters.next()?;
        let (is_short, letter) = if letter == '-' { (true, letters.next()?) } else { (false, letter) };
        code.push_str(match (letter, is_short) {
            ('d', false) => "dd",
            ('d' | 'e', _) => "d",
            ('m', false) => "mm",
            ('m', true) => "m",
            ('b' | 'h', _) => "mmm",
            ('B', _) => "mmmm",
            ('Y', _) => "yyyy",
            ('y', _) => "yy",
            ('H', false) => "hh",
            ('H', true) => "h",
            ('M', _) => "mm",
            ('S', _) => "ss",
            ('a', _) => "ddd",
            ('A', _) => "dddd",
            ('F', _) => "yyyy-mm-dd",
            ('T', _) => "hh:mm:ss",
            ('R', _) => "hh:mm",
            _ => return None,
        });
    }
    (!code.is_empty()).then_some(code)
}

/// Text that stands in a code as it is; a quote cannot.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', ""))
}

#[cfg(test)]
mod tests {
    use appspec_lang::source::{FileId, Span, Spanned};

    use super::*;

    #[test]
    fn formats_are_those_of_spreadsheets() {
        let format = |filter: &str, args: &[Scalar]| {
            Some(Format { filter: Spanned::new(filter.into(), Span::new(FileId(0), 0, 0)), args: args.to_vec() })
        };
        let (text, int) = (Scalar::text, Scalar::Int);
        for (ty, format, unit, wanted) in [
            (Type::Int, None, None, None),
            (Type::Int, format("number", &[]), None, Some("#,##0")),
            (Type::Float, format("number", &[int(1)]), Some("kg"), Some("#,##0.0\\ \"kg\"")),
            (Type::Float, format("percent", &[int(1)]), None, Some("0.0%")),
            (Type::Decimal, format("currency", &[]), None, Some("#,##0.00\\ [$EUR]")),
            (Type::Float, format("currency", &[text("JPY")]), None, Some("#,##0\\ [$JPY]")),
            (Type::Int, None, Some("°"), Some("General\"°\"")),
            (Type::Int, format("bytes", &[]), None, None),
            (Type::Date, None, None, Some("yyyy-mm-dd")),
            (Type::Date.nullable(), format("date", &[text("%d. %B %Y")]), None, Some("dd. mmmm yyyy")),
            (Type::DateTime, format("date", &[text("%j")]), None, Some("yyyy-mm-dd hh:mm:ss")),
            (Type::Text, None, Some("kg"), None),
        ] {
            assert_eq!(code(&ty, format.as_ref(), unit, Some("EUR")).as_deref(), wanted, "{ty} {format:?}");
        }
    }
}
