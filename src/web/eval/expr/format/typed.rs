//! What a reader has typed to compare values with, who sees these as components show them.

use appspec_lang::value::Type;
use jiff::civil::Date;

use super::super::Settings;
use super::locale::Locale;

/// A condition with its numbers and dates as the language writes them: `>1,5` is `>1.5`, and `20.07.2026` is
/// `2026-07-20`. What is written so already stays as it is, and so does what cannot be read.
pub(super) fn plain(typed: &str, ty: &Type, settings: &Settings) -> String {
    let (ty, locale) = (ty.inner(), Locale::of(settings.locale.as_deref()));
    if *ty == Type::Bool {
        let words = settings.words();
        let is_meant = |plain: &&str| words.say(plain).to_lowercase() == typed.trim().to_lowercase();
        return ["true", "false"].into_iter().find(is_meant).unwrap_or(typed).to_owned();
    }
    if !ty.is_number() && !matches!(ty, Type::Date | Type::DateTime) {
        return typed.to_owned();
    }
    let compared = typed.trim();
    let rest = compared.trim_start_matches(['<', '>', '=', '!']);
    let operator = compared.strip_suffix(rest).unwrap_or_default();
    let ends = rest.split("..").map(|end| value(end.trim(), ty, locale));
    format!("{operator}{}", ends.collect::<Vec<_>>().join(".."))
}

/// A text as it was typed, and as data hold it if it is a number or a date as the language writes them: `1.234,5` is
/// `1234.5` too.
pub(super) fn texts(typed: &str, locale: &Locale) -> Vec<String> {
    let typed = typed.trim();
    let as_data = number(typed, locale).or_else(|| date(typed, locale).map(|date| date.to_string()));
    std::iter::once(typed.to_owned()).chain(as_data.filter(|text| text != typed)).collect()
}

/// A number without the marks of the language, if those between its thousands stand where they belong.
fn number(text: &str, locale: &Locale) -> Option<String> {
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = match text.split_once(locale.decimal) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let whole = match locale.group.trim() {
        "" => whole.split_whitespace().collect::<Vec<_>>().join(locale.group),
        _ => whole.to_owned(),
    };
    let mut groups = whole.trim_start_matches('-').split(locale.group);
    let first = groups.next().filter(|first| !first.is_empty() && is_digits(first))?;
    let is_grouped = whole.contains(locale.group);
    let fits = groups.all(|group| group.len() == 3 && is_digits(group)) && (!is_grouped || first.len() <= 3);
    if !fits || !fraction.is_none_or(is_digits) {
        return None;
    }
    let whole = whole.replace(locale.group, "");
    Some(fraction.map_or(whole.clone(), |fraction| format!("{whole}.{fraction}")))
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

    fn settings(locale: &str) -> Settings {
        Settings { locale: Some(locale.into()), currency: None }
    }

    #[test]
    fn what_readers_see_they_can_look_for() {
        for (locale, typed, wanted) in [
            ("de", "1.234,5", Some("1234.5")),
            ("de", "-1,5", Some("-1.5")),
            ("de", "20.7.2026", Some("2026-07-20")),
            ("de", "20.07.", None),
            ("de", "1.23", None),
            ("de", "Tee, grün", None),
            ("en", "1,234", Some("1234")),
            ("en", "12345,678", None),
            ("en", "3.14", None),
            ("fr", "1 234,5", Some("1234.5")),
        ] {
            let texts: Vec<&str> = std::iter::once(typed).chain(wanted).collect();
            assert_eq!(super::texts(typed, Locale::of(Some(locale))), texts, "{locale} {typed}");
        }
    }

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
            ("de", Type::Bool, "Ja", "true"),
            ("de", Type::Bool, "false", "false"),
            ("en", Type::Float, "1,5", "1,5"),
            ("en", Type::Date, "2026-07-20", "2026-07-20"),
        ];
        for (locale, ty, typed, wanted) in cases {
            assert_eq!(plain(typed, &ty, &settings(locale)), wanted, "{locale} {ty} {typed}");
        }
        // A text is looked for as it was typed.
        assert_eq!(plain("a .. b, c", &Type::Text, &settings("de")), "a .. b, c");
    }
}
