//! What a reader has typed to compare values with, who sees these as components show them.

use appspec_lang::value::Type;
use jiff::civil::Date;

use super::locale::Locale;

/// A condition with its numbers and dates as the language writes them: `>1,5` is `>1.5`, and `20.07.2026` is
/// `2026-07-20`. What is written so already stays as it is, and so does what cannot be read.
pub(super) fn plain(typed: &str, ty: &Type, locale: &Locale) -> String {
    let ty = ty.inner();
    if !ty.is_number() && !matches!(ty, Type::Date | Type::DateTime) {
        return typed.to_owned();
    }
    let compared = typed.trim();
    let rest = compared.trim_start_matches(['<', '>', '=', '!']);
    let operator = compared.strip_suffix(rest).unwrap_or_default();
    let ends = rest.split("..").map(|end| value(end.trim(), ty, locale));
    format!("{operator}{}", ends.collect::<Vec<_>>().join(".."))
}

fn value(text: &str, ty: &Type, locale: &Locale) -> String {
    let read = match ty {
        Type::Date => date(text, locale).map(|date| date.to_string()),
        Type::DateTime => match text.split_once(' ') {
            Some((day, time)) => date(day, locale).map(|day| format!("{day}T{}", time.trim())),
            None => date(text, locale).map(|date| date.to_string()),
        },
        _ => {
            let has_mark = locale.decimal == "," && text.contains(',');
            has_mark.then(|| text.replace(locale.group, "").replace(',', "."))
        }
    };
    read.unwrap_or_else(|| text.to_owned())
}

fn date(text: &str, locale: &Locale) -> Option<Date> {
    Date::strptime(locale.digits_of_date()?, text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_readers_see_they_can_type() {
        let cases = [
            ("de", Type::Float, ">1,5", ">1.5"),
            ("de", Type::Float, "1.5", "1.5"),
            ("de", Type::Decimal.nullable(), "1.234,5..2.000,25", "1234.5..2000.25"),
            ("de", Type::Int, ">= 10", ">=10"),
            ("de", Type::Date, "20.07.2026", "2026-07-20"),
            ("de", Type::Date, "!= 1.7.2026", "!=2026-07-01"),
            ("de", Type::Date, "01.05.2024..31.05.2024", "2024-05-01..2024-05-31"),
            ("de", Type::Date, "..31.05.2024", "..2024-05-31"),
            ("de", Type::Date, "2026-07", "2026-07"),
            ("de", Type::Date, "=", "="),
            ("de", Type::DateTime, ">20.07.2026", ">2026-07-20"),
            ("de", Type::DateTime, ">20.07.2026 12:28", ">2026-07-20T12:28"),
            ("fi", Type::Date, "5.1.2026", "2026-01-05"),
            ("fr", Type::Date, "05/01/2026", "2026-01-05"),
            ("en", Type::Float, "1,5", "1,5"),
            ("en", Type::Date, "2026-07-20", "2026-07-20"),
        ];
        for (locale, ty, typed, wanted) in cases {
            assert_eq!(plain(typed, &ty, Locale::of(Some(locale))), wanted, "{locale} {ty} {typed}");
        }
        // A text is looked for as it was typed.
        assert_eq!(plain("a .. b, c", &Type::Text, Locale::of(Some("de"))), "a .. b, c");
    }
}
