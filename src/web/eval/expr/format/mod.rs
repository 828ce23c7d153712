//! Values as text: plainly, or as a format and the app's locale say.

mod locale;
mod moment;
mod number;
mod plain;
mod typed;

use appspec_lang::spec::Format;
use appspec_lang::value::{Scalar, Type};

use super::{EvalError, Settings};
use locale::Locale;

pub use plain::plain_text;

/// Units that stand at their number without a space.
const CLOSE_UNITS: &[&str] = &["%", "‰", "°", "′", "″"];

/// A share as whole percents.
pub fn percent_text(share: f64, settings: &Settings) -> String {
    let locale = Locale::of(settings.locale.as_deref());
    number::percent(&Scalar::Float(share), Some(0), locale).unwrap_or_default()
}

/// A value to choose, or a limit, as a reader sees it; nothing for null.
pub fn offered_text(value: &Scalar, settings: &Settings) -> String {
    plain::offered(value, settings)
}

/// What a reader has typed to compare values of a type with, as the language writes it.
pub(in crate::eval::expr) fn plain_condition(typed: &str, ty: &Type, settings: &Settings) -> String {
    typed::plain(typed, ty, settings)
}

/// What a reader has typed to find, and the same as a number and as a date if it is one in the language.
pub(in crate::eval::expr) fn plain_texts(typed: &str, settings: &Settings) -> Vec<String> {
    typed::texts(typed, Locale::of(settings.locale.as_deref()))
}

/// A count as a reader sees it.
pub(in crate::eval::expr) fn grouped(number: u64, settings: &Settings) -> String {
    let value = Scalar::Decimal { units: i128::from(number), scale: 0 };
    number::number(&value, Some(0), Locale::of(settings.locale.as_deref())).unwrap_or_else(|| number.to_string())
}

/// A value as components show it: as a format and a unit say, and where there is no format or it does not suit the value,
/// plainly with the marks of the locale and its order of dates. Nothing for null.
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
    let text = formatted.unwrap_or_else(|| plain::shown(value, settings));
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
        "compact" => number::compact(value, decimals(0), locale, settings.words()),
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
        "ago" => args.first().and_then(|now| moment::ago(value, now, settings.words())),
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
    fn halves_go_away_from_zero() {
        for (float, decimals, wanted) in [
            (226.5, 0, "227"),
            (2.5, 0, "3"),
            (-0.5, 0, "-1"),
            (1.005, 2, "1.01"),
            (1.25, 1, "1.3"),
            (1.249_999_9, 1, "1.2"),
            (0.4, 0, "0"),
            (1e22, 0, "10,000,000,000,000,000,000,000"),
        ] {
            let format = format("number", &[Scalar::Int(decimals)]);
            let text = format_value(&Scalar::Float(float), Some(&format), None, &settings("en"));
            assert_eq!(text, wanted, "{float}");
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
            ("de", format("compact", &[Scalar::Int(2)]), &Scalar::Int(1500), "1,50\u{a0}Tsd."),
            ("de", format("compact", &[]), &amount, "-1,2\u{a0}Mio."),
            ("de", format("compact", &[]), &Scalar::Int(999), "999"),
            ("de", format("compact", &[]), &Scalar::Float(3.4e9), "3,4\u{a0}Mrd."),
            ("de", format("compact", &[]), &Scalar::Float(5e15), "5.000\u{a0}Bio."),
            ("fr", format("compact", &[]), &amount, "-1,2M"),
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
            ("de", format("number", &[]), &date, "05.03.2024"),
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
