//! Constants: scalars, moments, durations, types.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use super::lower::Lowering;
use crate::diagnostic::code::{NOT_BUILT, TYPE, VALUE};
use crate::source::{SourceText, Sources, Span, Spanned};
use crate::syntax::{Node, NodeKind};
use crate::value::{Scalar, Type};

/// Takes a constant; text is text, and a list holds constants.
pub(super) fn scalar(node: &Node, ctx: &mut Lowering<'_>) -> Option<Scalar> {
    match &node.kind {
        NodeKind::Null => Some(Scalar::Null),
        NodeKind::Bool(bool) => Some(Scalar::Bool(*bool)),
        NodeKind::Int(int) => Some(Scalar::Int(*int)),
        NodeKind::Float(float) => Some(Scalar::Float(*float)),
        NodeKind::Text(text) => Some(Scalar::Text(text.text.clone())),
        NodeKind::Moment(text) => moment(text, ctx),
        NodeKind::List(items) => {
            items.iter().map(|item| scalar(item, ctx)).collect::<Option<Vec<_>>>().map(Scalar::list)
        }
        NodeKind::Map(_) => {
            ctx.diagnostics.report(&TYPE, node.span, "a single value or a list is expected, but this is a map");
            None
        }
        NodeKind::Broken => None,
    }
}

/// Takes a constant that is no list.
pub(super) fn single(node: &Node, ctx: &mut Lowering<'_>) -> Option<Scalar> {
    if matches!(node.kind, NodeKind::List(_)) {
        ctx.diagnostics.report(&TYPE, node.span, "a single value is expected, but this is a list");
        return None;
    }
    scalar(node, ctx)
}

/// Takes a date, time or datetime of ISO form; with an offset it becomes what the app's clock shows then.
pub(super) fn moment(text: &SourceText, ctx: &mut Lowering<'_>) -> Option<Scalar> {
    let read = parse_moment(text.text.trim(), &ctx.zone);
    if read.is_none() {
        let message = format!("`{}` is no date or time of the calendar", text.text);
        ctx.diagnostics.report(&VALUE, text.span, message).help("quote it if it is meant as text");
    }
    read
}

fn parse_moment(text: &str, zone: &TimeZone) -> Option<Scalar> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(Scalar::DateTime(zone.to_datetime(instant)));
    }
    match text.len() {
        10 => text.parse::<Date>().ok().map(Scalar::Date),
        length if length > 10 => text.parse::<DateTime>().ok().map(Scalar::DateTime),
        _ => text.parse::<Time>().ok().map(Scalar::Time),
    }
}

/// Takes the text of a field that is a constant: a file name, a label of a column.
pub(super) fn plain_text(text: Spanned<String>, what: &str, ctx: &mut Lowering<'_>) -> Option<Spanned<String>> {
    if text.value.contains("{{") || text.value.contains("{%") {
        let message = format!("a template in {what} is part of the language but not built yet");
        ctx.diagnostics.report(&NOT_BUILT, text.span, message);
        return None;
    }
    Some(text)
}

/// Takes a count: a whole number above zero.
pub(super) fn positive(written: &Spanned<i64>, ctx: &mut Lowering<'_>) -> Option<u64> {
    let count = u64::try_from(written.value).ok().filter(|count| *count > 0);
    if count.is_none() {
        let message = format!("{} is not above zero", written.value);
        ctx.diagnostics.report(&VALUE, written.span, message);
    }
    count
}

/// Durations as a regular expression.
pub const DURATION_PATTERN: &str = r"^\s*[0-9]+(ms|s|m|h|d)\s*$";

/// Takes `500ms`, `30s`, `10m`, `2h` or `1d`.
pub(super) fn duration(node: &Node, ctx: &mut Lowering<'_>) -> Option<Duration> {
    let written = match &node.kind {
        NodeKind::Text(text) => parse_duration(text.text.trim()),
        NodeKind::Broken => return None,
        _ => None,
    };
    if written.is_none() {
        let found = ctx.sources.text(node.span).trim();
        let message = format!("`{found}` is no duration");
        let help = "a duration is a whole number and a unit: `500ms`, `30s`, `10m`, `2h`, `1d`";
        ctx.diagnostics.report(&VALUE, node.span, message).help(help);
    }
    written
}

/// Reads `500ms`, `30s`, `10m`, `2h` or `1d`.
pub fn parse_duration(text: &str) -> Option<Duration> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().ok()?;
    let millis = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    number.checked_mul(millis).map(Duration::from_millis)
}

/// Sizes as a regular expression.
pub const SIZE_PATTERN: &str = r"^\s*[0-9]+\s*[kKmMgGtT][iI]?[bB]\s*$";

/// Takes `512kB`, `256MB`, `2GB` or `1TB`: a number of bytes.
pub(super) fn size(node: &Node, ctx: &mut Lowering<'_>) -> Option<u64> {
    if matches!(node.kind, NodeKind::Broken) {
        return None;
    }
    let written = node.as_text().and_then(parse_size);
    if written.is_none() {
        let found = ctx.sources.text(node.span).trim();
        let message = format!("`{found}` is no size");
        let help = "a size is a whole number above zero and a unit: `512kB`, `256MB`, `2GB`, `1TB`";
        ctx.diagnostics.report(&VALUE, node.span, message).help(help);
    }
    written
}

const SIZES: &[(&str, u64)] = &[
    ("kb", 1_000),
    ("mb", 1_000_000),
    ("gb", 1_000_000_000),
    ("tb", 1_000_000_000_000),
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
    ("tib", 1 << 40),
];

/// A number of bytes as it is written: `256MB`. Units are powers of a thousand, those with an `i` of 1024.
pub fn parse_size(text: &str) -> Option<u64> {
    let text = text.trim();
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let number: u64 = number.parse().ok().filter(|number| *number > 0)?;
    let unit = unit.trim().to_ascii_lowercase();
    let (_, bytes) = SIZES.iter().find(|(name, _)| *name == unit)?;
    number.checked_mul(*bytes)
}

/// The names of types that are no lists or ranges.
const TYPES: &[(&str, Type)] = &[
    ("bool", Type::Bool),
    ("int", Type::Int),
    ("float", Type::Float),
    ("decimal", Type::Decimal),
    ("text", Type::Text),
    ("date", Type::Date),
    ("time", Type::Time),
    ("datetime", Type::DateTime),
    ("color", Type::Color),
    ("table", Type::Table(None)),
];

/// The bool that a word is in YAML 1.1, or in quotes.
pub fn bool_word(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "y" => Some(true),
        "false" | "no" | "off" | "n" => Some(false),
        _ => None,
    }
}

/// What other languages call the types, and which are meant; where it is one, it can be put in its place.
const OTHER_NAMES: &[(&[&str], &[&str])] = &[
    (&["string", "str", "varchar", "char", "character", "email", "url"], &["text"]),
    (&["integer", "bigint", "smallint", "long", "int64", "int32"], &["int"]),
    (&["number", "num"], &["int", "float"]),
    (&["double", "real", "float64", "float32"], &["float"]),
    (&["numeric", "money"], &["decimal"]),
    (&["boolean", "bit", "checkbox"], &["bool"]),
    (&["timestamp", "timestamptz", "date_time", "datetime64"], &["datetime"]),
    (&["daterange", "date_range", "dates", "period", "interval"], &["range<date>"]),
    (&["datetimerange", "datetime_range"], &["range<datetime>"]),
    (&["range", "tuple", "pair"], &["range<int>", "range<date>"]),
    (&["array", "list", "set", "multiselect"], &["list<text>", "list<int>"]),
    (&["strings"], &["list<text>"]),
    (&["dataframe", "data_frame", "df", "rows", "query"], &["table"]),
    (&["colour"], &["color"]),
];

/// Takes a type: `text`, `list<text>`, `range<date>`.
pub(super) fn ty(text: &Spanned<String>, ctx: &mut Lowering<'_>) -> Option<Spanned<Type>> {
    let written = text.value.trim();
    if let Some(ty) = parse_type(written) {
        return Some(Spanned::new(ty, text.span));
    }
    let diagnostic = ctx.diagnostics.report(&VALUE, text.span, format!("there is no type `{written}`"));
    let usual = usual_type(written);
    match usual.as_slice() {
        [] => {}
        [usual] => {
            let place = within_quotes(text.span, ctx.sources);
            diagnostic.fix(format!("write `{usual}`"), place, usual.clone());
            return None;
        }
        several => {
            let several: Vec<String> = several.iter().map(|name| format!("`{name}`")).collect();
            diagnostic.help(format!("write {}", several.join(" or ")));
            return None;
        }
    }
    if matches!(written.to_lowercase().as_str(), "dict" | "map" | "object" | "json" | "struct") {
        diagnostic.help("there are no maps: give each entry a key of its own, or keep rows in a `table`");
        return None;
    }
    match written.strip_suffix('?').filter(|inner| parse_type(inner).is_some()) {
        Some(inner) => diagnostic.help(format!("write `type: {inner}` and `nullable: true` beside it")),
        None => diagnostic
            .nearest(written, TYPES.iter().map(|(name, _)| *name))
            .help("types are bool, int, float, decimal, text, date, time, datetime, color, list<T>, range<T>, table"),
    };
    None
}

/// The inside of a scalar that may stand in quotes.
pub(super) fn within_quotes(span: Span, sources: &Sources) -> Span {
    let text = sources.text(span);
    let is_quoted = text.len() > 1 && text.starts_with(['"', '\'']) && text.ends_with(['"', '\'']);
    if is_quoted { Span { start: span.start + 1, end: span.end - 1, ..span } } else { span }
}

/// The types that a name of another language may mean: `list<string>`, `String`, `str[]`, `daterange`.
fn usual_type(written: &str) -> Vec<String> {
    let written = written.to_lowercase();
    if parse_type(&written).is_some() {
        return vec![written];
    }
    let bracketed = written.split_once(['<', '[']).and_then(|(outer, rest)| match (outer.trim(), rest) {
        (item, "]") => Some(("list", item)),
        (outer, rest) => Some((outer, rest.strip_suffix(['>', ']'])?)),
    });
    if let Some((outer, inner)) = bracketed {
        let outer = if outer == "array" { "list" } else { outer };
        let inner = if parse_type(inner).is_some() { vec![inner.trim().to_owned()] } else { usual_type(inner) };
        let nested = inner.iter().map(|inner| format!("{outer}<{inner}>"));
        return nested.filter(|nested| parse_type(nested).is_some()).collect();
    }
    let known = OTHER_NAMES.iter().find(|(names, _)| names.contains(&written.as_str()));
    known.map(|(_, types)| types.iter().map(|name| (*name).to_owned()).collect()).unwrap_or_default()
}

/// The names of all types that a key or a column may be declared with.
pub fn type_names() -> Vec<String> {
    let all = || TYPES.iter().map(|(name, _)| *name);
    let single = all().map(str::to_owned);
    let nested = ["list", "range"].into_iter().flat_map(|outer| all().map(move |inner| format!("{outer}<{inner}>")));
    single.chain(nested.filter(|name| parse_type(name).is_some())).collect()
}

/// Reads the type that a key or a column may be declared with: `text`, `list<int>`.
pub fn parse_type(text: &str) -> Option<Type> {
    let text = text.trim();
    if let Some((outer, rest)) = text.split_once('<') {
        let inner = parse_type(rest.strip_suffix('>')?)?;
        return match (outer.trim(), &inner) {
            (_, Type::List(_) | Type::Range(_) | Type::Table(_)) => None,
            ("list", _) => Some(Type::List(Box::new(inner))),
            ("range", Type::Bool | Type::Color) => None,
            ("range", _) => Some(Type::Range(Box::new(inner))),
            _ => None,
        };
    }
    TYPES.iter().find(|(name, _)| *name == text).map(|(_, ty)| ty.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_a_number_and_a_unit() {
        for (text, millis) in [("500ms", 500), ("30s", 30_000), ("10m", 600_000), ("2h", 7_200_000), ("1d", 86_400_000)]
        {
            assert_eq!(parse_duration(text), Some(Duration::from_millis(millis)), "{text}");
        }
        for text in ["", "10", "m", "1.5h", "1 h", "-1s", "99999999999999999d"] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }

    #[test]
    fn patterns_are_as_strict_as_what_reads() {
        let [durations, sizes] = [DURATION_PATTERN, SIZE_PATTERN].map(|it| regex_lite::Regex::new(it).unwrap());
        for text in ["500ms", "30s", "10m", "2h", "1d", "", "10", "m", "1.5h", "1 h", "-1s"] {
            assert_eq!(durations.is_match(text), parse_duration(text).is_some(), "{text}");
        }
        for text in ["1kB", "512 KB", "2GB", "1TB", "16MiB", "1gib", "", "10", "MB", "1.5GB", "10M", "10B", "1PB"] {
            assert_eq!(sizes.is_match(text), parse_size(text).is_some(), "{text}");
        }
    }

    #[test]
    fn sizes_are_a_number_and_a_unit() {
        let sizes = [("1kB", 1000), ("512 KB", 512_000), ("256MB", 256_000_000), ("2GB", 2_000_000_000)];
        for (text, bytes) in
            sizes.into_iter().chain([("1TB", 1_000_000_000_000), ("16MiB", 16 << 20), ("1gib", 1 << 30)])
        {
            assert_eq!(parse_size(text), Some(bytes), "{text}");
        }
        for text in
            ["", "10", "MB", "0MB", "1.5GB", "-1GB", "10M", "10B", "10ib", "1PB", "99999999999TB", "1MiBB", "1ü"]
        {
            assert_eq!(parse_size(text), None, "{text}");
        }
    }

    #[test]
    fn types_are_read_as_they_are_shown() {
        for text in ["text", "list<int>", "range<date>", "table", "color"] {
            assert_eq!(parse_type(text).map(|ty| ty.to_string()).as_deref(), Some(text));
        }
        assert!(type_names().contains(&"range<date>".to_owned()) && !type_names().contains(&"list<table>".to_owned()));
        for text in ["string", "list", "list<", "list<list<int>>", "range<color>", "int?"] {
            assert_eq!(parse_type(text), None, "{text}");
        }
    }

    #[test]
    fn names_of_other_languages_are_those_of_types() {
        for (written, meant) in [
            ("string", "text"),
            ("String", "text"),
            ("Text", "text"),
            ("number", "int, float"),
            ("daterange", "range<date>"),
            ("list<string>", "list<text>"),
            ("list[str]", "list<text>"),
            ("string[]", "list<text>"),
            ("array<number>", "list<int>, list<float>"),
            ("range<string>", "range<text>"),
            ("elephant", ""),
            ("list<elephant>", ""),
            ("<", ""),
        ] {
            assert_eq!(usual_type(written).join(", "), meant, "{written}");
        }
        for (_, types) in OTHER_NAMES {
            assert!(types.iter().all(|name| parse_type(name).is_some()), "{types:?}");
        }
        assert!(OTHER_NAMES.iter().flat_map(|(names, _)| *names).all(|name| parse_type(name).is_none()));
    }

    #[test]
    fn moments_are_those_of_the_apps_clock() {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        for (text, shown) in [
            ("2024-01-02", "2024-01-02"),
            ("2024-01-02T03:04:05", "2024-01-02T03:04:05"),
            ("2024-01-02 03:04", "2024-01-02T03:04:00"),
            ("2024-01-02T03:04:05Z", "2024-01-02T05:04:05"),
            ("03:04:05", "03:04:05"),
        ] {
            let found = match parse_moment(text, &zone) {
                Some(Scalar::Date(date)) => date.to_string(),
                Some(Scalar::DateTime(moment)) => moment.to_string(),
                Some(Scalar::Time(time)) => time.to_string(),
                other => format!("{other:?}"),
            };
            assert_eq!(found, shown);
        }
        assert_eq!(parse_moment("2024-02-30", &zone), None);
    }
}
