//! Values as text: plainly, or as a format and the app's locale say.

mod locale;
mod moment;
mod number;

use appspec_lang::spec::Format;
use appspec_lang::value::Scalar;

use super::{EvalError, Settings, decimal};
use locale::Locale;

/// Units that stand at their number without a space.
const CLOSE_UNITS: &[&str] = &["%", "‰", "°", "′", "″"];

/// A share as whole percents.
pub fn percent_text(share: f64, settings: &Settings) -> String {
    let locale = Locale::of(settings.locale.as_deref());
    number::percent(&Scalar::Float(share), Some(0), locale).unwrap_or_default()
}

/// A value as it reads without a format: plain digits, the shortest form of a float, ISO dates; nothing for null.
pub fn plain_text(value: &Scalar) -> String {
    match value {
        Scalar::Null => String::new(),
        Scalar::Bool(bool) => bool.to_string(),
        Scalar::Int(int) => int.to_string(),
        Scalar::Float(float) => number::shortest(*float),
        Scalar::Decimal { units, scale } => decimal::digits(*units, *scale),
        Scalar::Text(text) => text.to_string(),
        Scalar::Bytes(bytes) => format!("{} bytes", bytes.len()),
        Scalar::Date(date) => date.to_string(),
        Scalar::Time(time) => time.to_string(),
        Scalar::DateTime(moment) => format!("{} {}", moment.date(), moment.time()),
        Scalar::List(items) => items.iter().map(plain_text).collect::<Vec<_>>().join(", "),
        Scalar::Range(ends) => ends.iter().map(plain_text).collect::<Vec<_>>().join(" – "),
    }
}

/// A count as a reader sees it.
pub(in crate::eval::expr) fn grouped(number: u64, settings: &Settings) -> String {
    let value = Scalar::Decimal { units: i128::from(number), scale: 0 };
    number::number(&value, Some(0), Locale::of(settings.locale.as_deref())).unwrap_or_else(|| number.to_string())
}

/// A value as a format and a unit say; plainly, where the format does not suit it. Nothing for null.
///
/// The format `ago` asks for the moment of the run, which a cell does not have: it gives the date.
pub fn format_value(value: &Scalar, format: Option<&Format>, unit: Option<&str>, settings: &Settings) -> String {
    if value.is_null() {
        return String::new();
    }
    let formatted = format.and_then(|format| {
        let name = if &*format.filter.value == "ago" { "date" } else { &*format.filter.value };
        filter(name, value, &format.args, settings)?.ok()
    });
    let text = formatted.unwrap_or_else(|| plain_text(value));
    match unit {
        Some(unit) if CLOSE_UNITS.contains(&unit) => format!("{text}{unit}"),
        Some(unit) => format!("{text}\u{a0}{unit}"),
        None => text,
    }
}

/// Computes a filter that makes a text of a number or date; none if there is no such filter.
pub(super) fn filter(
    name: &str,
    value: &Scalar,
    args: &[Scalar],
    settings: &Settings,
) -> Option<Result<String, EvalError>> {
    let locale = Locale::of(settings.locale.as_deref());
    let text = |at: usize| args.get(at).and_then(Scalar::as_text);
    let decimals = |at: usize| match args.get(at) {
        Some(Scalar::Int(decimals)) => u8::try_from((*decimals).clamp(0, 15)).ok(),
        _ => None,
    };
    let formatted = match name {
        "number" => number::number(value, decimals(0), locale),
        "compact" => number::compact(value, decimals(0), locale),
        "percent" => number::percent(value, decimals(0), locale),
        "bytes" => number::bytes(value, decimals(0), locale),
        "currency" => {
            let code = text(0).or(settings.currency.as_deref());
            number::currency(value, code, decimals(1), locale)
        }
        "duration" => moment::duration(value),
        "date" => match moment::date(value, text(0), locale) {
            Ok(date) => date,
            Err(error) => return Some(Err(error)),
        },
        "ago" => args.first().and_then(|now| moment::ago(value, now)),
        _ => return None,
    };
    Some(formatted.ok_or_else(|| EvalError::new(format!("`{name}` does not take {}", value.ty()))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use appspec_lang::source::{FileId, Span, Spanned};

    fn format(filter: &str, args: &[Scalar]) -> Format {
        let span = Span::new(FileId(0), 0, 0);
        Format { filter: Spanned::new(filter.into(), span), args: args.to_vec() }
    }

    fn settings(locale: &str) -> Settings {
        Settings { locale: Some(locale.into()), currency: Some("EUR".into()) }
    }

    #[test]
    fn values_read_plainly() {
        let date = jiff::civil::date(2024, 1, 5);
        let cases = [
            (Scalar::Null, ""),
            (Scalar::Int(2015), "2015"),
            (Scalar::Float(20.0), "20"),
            (Scalar::Float(-0.0), "0"),
            (Scalar::Float(0.1 + 0.2), "0.30000000000000004"),
            (Scalar::Float(1e21), "1e21"),
            (Scalar::Float(1.5e-9), "1.5e-9"),
            (Scalar::Decimal { units: -5, scale: 2 }, "-0.05"),
            (Scalar::Bool(true), "true"),
            (Scalar::Date(date), "2024-01-05"),
            (Scalar::DateTime(date.at(9, 30, 0, 0)), "2024-01-05 09:30:00"),
            (Scalar::list([Scalar::Int(1), Scalar::text("a")]), "1, a"),
            (Scalar::range(Scalar::Int(1), Scalar::Int(2)), "1 – 2"),
        ];
        for (value, wanted) in cases {
            assert_eq!(plain_text(&value), wanted);
        }
    }

    #[test]
    fn formats_follow_the_locale() {
        let amount = Scalar::Float(-1_234_567.891);
        let date = Scalar::Date(jiff::civil::date(2024, 3, 5));
        let long = [Scalar::text("%A, %-d. %B %Y")];
        let cases = [
            ("en", format("number", &[]), &amount, "-1,234,567.891"),
            ("de", format("number", &[Scalar::Int(1)]), &amount, "-1.234.567,9"),
            ("fr-FR", format("number", &[Scalar::Int(0)]), &amount, "-1\u{202f}234\u{202f}568"),
            ("de-CH", format("number", &[Scalar::Int(0)]), &amount, "-1’234’568"),
            ("en", format("currency", &[]), &amount, "-€1,234,567.89"),
            ("en", format("currency", &[Scalar::text("SEK")]), &amount, "-SEK\u{a0}1,234,567.89"),
            ("en", format("currency", &[Scalar::text("JPY")]), &amount, "-¥1,234,568"),
            ("de", format("currency", &[]), &amount, "-1.234.567,89\u{a0}€"),
            ("nl", format("currency", &[]), &amount, "-€\u{a0}1.234.567,89"),
            ("en", format("percent", &[Scalar::Int(1)]), &Scalar::Float(0.1255), "12.6%"),
            ("de", format("percent", &[]), &Scalar::Float(0.12), "12\u{a0}%"),
            ("en", format("compact", &[]), &amount, "-1.2M"),
            ("en", format("compact", &[]), &Scalar::Int(999_960), "1M"),
            ("en", format("compact", &[]), &Scalar::Int(12), "12"),
            ("de", format("compact", &[Scalar::Int(2)]), &Scalar::Int(1500), "1,50K"),
            ("en", format("bytes", &[]), &Scalar::Int(1_500_000), "1.5\u{a0}MB"),
            ("en", format("bytes", &[]), &Scalar::Int(12), "12\u{a0}B"),
            ("en", format("duration", &[]), &Scalar::Float(0.35), "350ms"),
            ("en", format("duration", &[]), &Scalar::Int(-90_061), "-1d 1h 1m 1s"),
            ("en", format("date", &[]), &date, "Mar 5, 2024"),
            ("en-GB", format("date", &[]), &date, "5 Mar 2024"),
            ("de", format("date", &[]), &date, "05.03.2024"),
            ("de", format("date", &long), &date, "Dienstag, 5. März 2024"),
            ("fr", format("date", &long), &date, "mardi, 5. mars 2024"),
            ("en", format("number", &[]), &date, "2024-03-05"),
            ("en", format("ago", &[]), &date, "Mar 5, 2024"),
        ];
        for (locale, format, value, wanted) in cases {
            assert_eq!(format_value(value, Some(&format), None, &settings(locale)), wanted, "{locale} {format:?}");
        }
        let decimal = Scalar::Decimal { units: 123_450, scale: 2 };
        assert_eq!(format_value(&decimal, Some(&format("number", &[])), None, &settings("en")), "1,234.5");
        assert_eq!(format_value(&Scalar::Int(5), None, Some("kg"), &settings("en")), "5\u{a0}kg");
        assert_eq!(format_value(&Scalar::Int(5), None, Some("%"), &settings("en")), "5%");
        assert_eq!(format_value(&Scalar::Null, None, Some("kg"), &settings("en")), "");
    }
}
