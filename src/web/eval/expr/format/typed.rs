//! What a reader has typed to compare values with, who sees these as components show them.

use appspec_lang::value::Type;
use jiff::civil::Date;

use super::super::Settings;
use super::locale::Locale;

/// The signs of currencies.
const MONEY: &[char] = &['€', '$', '£', '¥', '₹', '₩', '₪', '₫'];

/// A condition with its numbers and dates as the language writes them: `>1,5` is `>1.5`, and `20.07.2026` is
/// `2026-07-20`. What is written so already stays as it is, and so does what cannot be read.
pub(super) fn plain(typed: &str, ty: &Type, settings: &Settings) -> String {
    let (ty, locale) = (ty.inner(), Locale::of(settings.locale.as_deref()));
    if *ty == Type::Bool {
        let words = settings.words();
        let is_meant = |word: &str| words.say(word).to_lowercase() == typed.trim().to_lowercase();
        let read = if is_meant("Yes") {
            "true"
        } else if is_meant("No") {
            "false"
        } else {
            typed
        };
        return read.to_owned();
    }
    if !ty.is_number() && !matches!(ty, Type::Date | Type::DateTime) {
        return typed.to_owned();
    }
    let compared = typed.trim().replace('≥', ">=").replace('≤', "<=").replace('≠', "!=");
    let rest = compared.trim_start_matches(['<', '>', '=', '!']);
    let operator = compared.strip_suffix(rest).unwrap_or_default();
    let ends: Vec<String> = rest.split("..").map(|end| value(end.trim(), ty, locale)).collect();
    let ends = match (operator, ends.as_slice()) {
        (">" | "<=", [end]) => day_of(end, true),
        (">=" | "<", [end]) => day_of(end, false),
        ("", [low, high]) => format!("{}..{}", day_of(low, false), day_of(high, true)),
        _ => ends.join(".."),
    };
    format!("{operator}{ends}")
}

/// The first or the last day of a month; any other text as it is.
fn day_of(text: &str, is_last: bool) -> String {
    let is_month = text.len() == "2026-07".len();
    match format!("{text}-01").parse::<Date>().ok().filter(|_| is_month) {
        Some(month) if is_last => month.last_of_month().to_string(),
        Some(month) => month.to_string(),
        None => text.to_owned(),
    }
}

/// A text as it was typed, and as data hold it if it is a number or a date as the language writes them: `€1,234.50` is
/// `1234.5` too.
pub(super) fn texts(typed: &str, locale: &Locale) -> Vec<String> {
    let typed = typed.trim();
    let is_marked = typed.contains(locale.group) || typed.contains(MONEY) || typed.contains(',') || typed.contains(' ');
    let shortest = |number: String| match number.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|digit| digit == b'0') => whole.to_owned(),
        Some(_) => number.trim_end_matches('0').to_owned(),
        None => number,
    };
    let amount = amount(typed, locale).filter(|_| is_marked);
    let as_data = amount.map(shortest).or_else(|| moment(typed, locale));
    std::iter::once(typed.to_owned()).chain(as_data.filter(|text| text != typed)).collect()
}

fn value(text: &str, ty: &Type, locale: &Locale) -> String {
    let read = match ty {
        Type::Date => moment(text, locale),
        Type::DateTime => match text.rsplit_once(' ').filter(|(_, time)| time.contains(':')) {
            Some((day, time)) => moment(day, locale).map(|day| format!("{day}T{time}")),
            None => moment(text, locale),
        },
        _ => amount(text, locale),
    };
    read.unwrap_or_else(|| text.to_owned())
}

/// A number with the sign or the code of a currency at it, or without.
fn amount(text: &str, locale: &Locale) -> Option<String> {
    let is_code = |word: &str| word.len() == 3 && word.bytes().all(|letter| letter.is_ascii_uppercase());
    let text = text.split_once(' ').filter(|(code, _)| is_code(code)).map_or(text, |(_, rest)| rest);
    let text = text.rsplit_once(char::is_whitespace).filter(|(_, code)| is_code(code)).map_or(text, |(rest, _)| rest);
    let is_beside = |sign: char| MONEY.contains(&sign) || sign.is_whitespace();
    let text = text.trim_matches(is_beside);
    match text.strip_prefix(['-', '−']) {
        Some(rest) => Some(format!("-{}", number(rest.trim_matches(is_beside), locale)?)),
        None => number(text, locale),
    }
}

/// A number without the marks of the language, if those between its thousands stand where they belong; as data hold it
/// already, it stays as it is.
fn number(text: &str, locale: &Locale) -> Option<String> {
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = match text.split_once(locale.decimal) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let whole = match locale.group.trim() {
        "" => whole.split_whitespace().collect::<Vec<_>>().join(locale.group),
        // As keyboards have it.
        "’" => whole.replace('\'', "’"),
        _ => whole.to_owned(),
    };
    let mut groups = whole.split(locale.group);
    let first = groups.next().filter(|first| !first.is_empty() && is_digits(first))?;
    let is_grouped = whole.contains(locale.group);
    let fits = groups.all(|group| group.len() == 3 && is_digits(group)) && (!is_grouped || first.len() <= 3);
    if !fits || !fraction.is_none_or(is_digits) {
        return text.parse::<f64>().is_ok().then(|| text.to_owned());
    }
    let whole = whole.replace(locale.group, "");
    Some(fraction.map_or(whole.clone(), |fraction| format!("{whole}.{fraction}")))
}

/// A day, or a month, as ISO writes it.
fn moment(text: &str, locale: &Locale) -> Option<String> {
    let in_digits = || Date::strptime(locale.digits_of_date()?, text).ok();
    in_digits().map(|date| date.to_string()).or_else(|| in_words(text, locale))
}

/// A day or a month with the name of the month, in whatever order: `23 Sep 2026`, `September 2026`.
fn in_words(text: &str, locale: &Locale) -> Option<String> {
    let (mut day, mut month, mut year) = (None, None, None);
    for word in text.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let place = match (word.parse().ok(), word.len()) {
            (Some(number), 4) => year.replace(number),
            (Some(number), 1 | 2) => day.replace(number),
            (None, _) => month.replace(month_of(word, locale)?),
            _ => return None,
        };
        if place.is_some() {
            return None;
        }
    }
    let (year, month): (i16, i16) = (year?, month?);
    match day {
        Some(day) => {
            let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
            date.ok().map(|date| date.to_string())
        }
        None => Some(format!("{year:04}-{month:02}")),
    }
}

/// The number of a month by its name in the language, or in English.
fn month_of(word: &str, locale: &Locale) -> Option<i16> {
    let word = word.to_lowercase();
    let is_called = |name: &str| name.to_lowercase().trim_end_matches('.') == word;
    let all = [locale.names, Locale::of(None).names].into_iter().flat_map(|names| [names.months, names.short_months]);
    let at = all.into_iter().find_map(|months| months.iter().position(|name| is_called(name)))?;
    i16::try_from(at + 1).ok()
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
            ("en", "€6,095.70", Some("6095.7")),
            ("en", "-$1,200", Some("-1200")),
            ("en", "23 Sep 2026", Some("2026-09-23")),
            ("en", "Sep 2026", Some("2026-09")),
            ("de", "3. März 2026", Some("2026-03-03")),
            ("de", "1.200 €", Some("1200")),
            ("en", "Room 12", None),
            ("en", "#12", None),
            ("en", "5.0", None),
            ("en", "50%", None),
            ("de", "5,0", Some("5")),
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
            ("de", Type::Int, "1.234", "1234"),
            ("en", Type::Float, ">€20,000", ">20000"),
            ("en", Type::Float, "10,000..12,000.50", "10000..12000.50"),
            ("en", Type::Float, "≥ 5", ">=5"),
            ("en", Type::Float, "-€5", "-5"),
            ("en", Type::Float, "< 1,200 EUR", "<1200"),
            ("de-CH", Type::Float, "1'234.5", "1234.5"),
            // What is no number stays, and is complained of.
            ("en", Type::Float, ">1.2M", ">1.2M"),
            ("en", Type::Float, "not 5", "not 5"),
            ("en", Type::Float, ">12.5%", ">12.5%"),
            ("en", Type::Float, "(5)", "(5)"),
            ("en", Type::Float, "1e3", "1e3"),
            ("en", Type::Float, "many", "many"),
            ("en", Type::Date, "23 Sep 2026", "2026-09-23"),
            ("en", Type::Date, ">= Sep 23, 2026", ">=2026-09-23"),
            ("en", Type::Date, "May 2026", "2026-05"),
            ("en", Type::DateTime, ">23 September 2026 12:30", ">2026-09-23T12:30"),
            ("de", Type::Date, "Mai 2026..Juni 2026", "2026-05-01..2026-06-30"),
            ("en", Type::Date, "> May 2026", ">2026-05-31"),
            ("en", Type::Date, ">= 2026-05", ">=2026-05-01"),
            ("fr", Type::Date, "3 févr. 2026", "2026-02-03"),
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
            ("de", Type::Float, "1.5.2", "1.5.2"),
            ("en", Type::Date, "2026-07-20", "2026-07-20"),
        ];
        for (locale, ty, typed, wanted) in cases {
            assert_eq!(plain(typed, &ty, &settings(locale)), wanted, "{locale} {ty} {typed}");
        }
        // A text is looked for as it was typed.
        assert_eq!(plain("a .. b, c", &Type::Text, &settings("de")), "a .. b, c");
    }
}
