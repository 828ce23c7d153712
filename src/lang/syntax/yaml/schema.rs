//! What a plain scalar means: the core schema of YAML 1.2, with ISO dates, and where YAML 1.1 readers differ.

/// The meaning of a plain scalar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Meaning {
    Null,
    Bool(bool),
    Int(i64),
    /// A number beyond 64 bits.
    TooBig,
    Float(f64),
    /// A date or a datetime of ISO form.
    Moment,
    /// The form of a date, but no day of the calendar or no time of a day.
    NoMoment,
    Text,
}

/// Reads a plain scalar.
pub(super) fn meaning(text: &str) -> Meaning {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Meaning::Null,
        "true" | "True" | "TRUE" => return Meaning::Bool(true),
        "false" | "False" | "FALSE" => return Meaning::Bool(false),
        ".nan" | ".NaN" | ".NAN" => return Meaning::Float(f64::NAN),
        _ => {}
    }
    whole(text).or_else(|| float(text)).or_else(|| moment(text)).unwrap_or(Meaning::Text)
}

fn whole(text: &str) -> Option<Meaning> {
    let based = |digits: &str, radix: u32| {
        let fits = !digits.is_empty() && digits.chars().all(|char| char.is_digit(radix));
        fits.then(|| i64::from_str_radix(digits, radix).map_or(Meaning::TooBig, Meaning::Int))
    };
    if let Some(digits) = text.strip_prefix("0o") {
        return based(digits, 8);
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return based(digits, 16);
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let fits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| text.parse().map_or(Meaning::TooBig, Meaning::Int))
}

fn float(text: &str) -> Option<Meaning> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    if matches!(rest, ".inf" | ".Inf" | ".INF") {
        return Some(Meaning::Float(sign * f64::INFINITY));
    }
    let (mantissa, exponent) = rest.split_once(['e', 'E']).map_or((rest, None), |(low, high)| (low, Some(high)));
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let has_exponent = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !digits.is_empty() && is_digits(digits)
    });
    let is_float = has_exponent && is_digits(before) && is_digits(after) && !(before.is_empty() && after.is_empty());
    let float: f64 = text.parse().ok().filter(|_| is_float)?;
    Some(if float.is_finite() { Meaning::Float(float) } else { Meaning::TooBig })
}

/// Reads `2024-01-31`, and that with a time: after `T`, `t` or a space; its seconds, fraction and zone may be missing.
fn moment(text: &str) -> Option<Meaning> {
    let date = text.get(..10).filter(|date| has_form(date, "dddd-dd-dd"))?;
    let is_day = date.parse::<jiff::civil::Date>().is_ok();
    let rest = text.get(10..)?;
    if rest.is_empty() {
        return Some(if is_day { Meaning::Moment } else { Meaning::NoMoment });
    }
    let time = rest.strip_prefix(['T', 't', ' '])?;
    let clock = time.get(..5).filter(|clock| has_form(clock, "dd:dd"))?;
    let mut after = time.get(5..)?;
    let mut seconds = "00";
    if let Some(rest) = after.strip_prefix(':') {
        seconds = rest.get(..2).filter(|seconds| has_form(seconds, "dd"))?;
        after = rest.get(2..)?;
        if let Some(fraction) = after.strip_prefix('.') {
            after = fraction.trim_start_matches(|char: char| char.is_ascii_digit());
            (after.len() < fraction.len()).then_some(())?;
        }
    }
    is_zone(after.trim_start_matches(' ')).then_some(())?;
    let is_time = format!("{clock}:{seconds}").parse::<jiff::civil::Time>().is_ok();
    Some(if is_day && is_time { Meaning::Moment } else { Meaning::NoMoment })
}

fn is_zone(text: &str) -> bool {
    let offset = text.strip_prefix(['+', '-']).unwrap_or_default();
    text.is_empty() || matches!(text, "Z" | "z") || ["dd", "dd:dd", "dddd"].iter().any(|form| has_form(offset, form))
}

/// Whether the text is of this form, where `d` is a digit.
fn has_form(text: &str, form: &str) -> bool {
    let fits = |(byte, form): (u8, u8)| if form == b'd' { byte.is_ascii_digit() } else { byte == form };
    text.len() == form.len() && text.bytes().zip(form.bytes()).all(fits)
}

/// What readers of YAML 1.1, such as `PyYAML`, take this plain scalar for, where that is not what it is here.
pub(super) fn lookalike(text: &str) -> Option<&'static str> {
    let folded = text.to_ascii_lowercase();
    let one_case = text == folded || text == text.to_ascii_uppercase() || is_capitalized(text);
    if text == "=" {
        return Some("a mark of its own");
    }
    if text == "<<" {
        return Some("the mark of a merge");
    }
    if one_case && matches!(folded.as_str(), "y" | "n" | "yes" | "no" | "on" | "off") {
        return Some("a bool");
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some("an octal number");
    }
    if digits.strip_prefix("0b").is_some_and(|bits| !bits.is_empty() && only(bits, "01_")) {
        return Some("a binary number");
    }
    let first_is_digit = digits.starts_with(|char: char| char.is_ascii_digit());
    if first_is_digit && digits.contains(':') && is_sexagesimal(digits) {
        return Some("a number of base 60");
    }
    if first_is_digit && digits.contains('_') && is_underscored(digits) {
        return Some("a number");
    }
    None
}

fn is_capitalized(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|first| first.is_ascii_uppercase()) && chars.all(|char| char.is_ascii_lowercase())
}

fn is_sexagesimal(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut parts = whole.split(':');
    let is_first = parts.next().is_some_and(|first| only(first, "0123456789_"));
    let is_below_sixty = |part: &str| {
        matches!(part.len(), 1 | 2) && only(part, "0123456789") && part.parse::<u8>().is_ok_and(|number| number < 60)
    };
    is_first && parts.all(is_below_sixty) && only(fraction, "0123456789_")
}

fn is_underscored(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    match whole.strip_prefix("0x") {
        Some(digits) => digits.chars().all(|char| char == '_' || char.is_ascii_hexdigit()),
        None => only(whole, "0123456789_") && only(fraction, "0123456789_"),
    }
}

fn only(text: &str, allowed: &str) -> bool {
    text.chars().all(|char| allowed.contains(char))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_mean_what_the_core_schema_says() {
        let cases = [
            ("no", Meaning::Text),
            ("on", Meaning::Text),
            ("y", Meaning::Text),
            ("~", Meaning::Null),
            ("Null", Meaning::Null),
            ("nULL", Meaning::Text),
            ("TRUE", Meaning::Bool(true)),
            ("tRUE", Meaning::Text),
            ("0", Meaning::Int(0)),
            ("-12", Meaning::Int(-12)),
            ("+1", Meaning::Int(1)),
            ("017", Meaning::Int(17)),
            ("0o17", Meaning::Int(15)),
            ("0x1F", Meaning::Int(31)),
            ("0x", Meaning::Text),
            ("-0x1", Meaning::Text),
            ("0b11", Meaning::Text),
            ("1_000", Meaning::Text),
            ("9223372036854775807", Meaning::Int(i64::MAX)),
            ("9223372036854775808", Meaning::TooBig),
            ("1.", Meaning::Float(1.0)),
            (".5", Meaning::Float(0.5)),
            ("-.5e-1", Meaning::Float(-0.05)),
            ("1e3", Meaning::Float(1000.0)),
            ("1e400", Meaning::TooBig),
            ("-1e400", Meaning::TooBig),
            ("1e", Meaning::Text),
            (".", Meaning::Text),
            ("-", Meaning::Text),
            ("e3", Meaning::Text),
            ("-.INF", Meaning::Float(f64::NEG_INFINITY)),
            ("inf", Meaning::Text),
            ("2024-01-31", Meaning::Moment),
            ("2024-01-31T12:30", Meaning::Moment),
            ("2024-01-31 12:30:59.25 +02:00", Meaning::Moment),
            ("2024-01-31T12:30:00Z", Meaning::Moment),
            ("2024-02-30", Meaning::NoMoment),
            ("2024-01-31 25:00", Meaning::NoMoment),
            ("2024-1-31", Meaning::Text),
            ("2024-01-31x", Meaning::Text),
            ("2024-01-31 12:30 and on", Meaning::Text),
            ("12:30", Meaning::Text),
            ("ééééé", Meaning::Text),
        ];
        for (text, expected) in cases {
            assert_eq!(meaning(text), expected, "{text}");
        }
    }

    #[test]
    fn lookalikes_of_yaml_1_1_are_found() {
        let cases = [
            ("on", Some("a bool")),
            ("Yes", Some("a bool")),
            ("NO", Some("a bool")),
            ("yEs", None),
            ("only", None),
            ("017", Some("an octal number")),
            ("0", None),
            ("0.17", None),
            ("0b11", Some("a binary number")),
            ("12:30", Some("a number of base 60")),
            ("12:30:45.5", Some("a number of base 60")),
            ("12:90", None),
            ("12:30 Uhr", None),
            ("1_000", Some("a number")),
            ("1_000.5", Some("a number")),
            ("1_a", None),
            ("_1", None),
            ("=", Some("a mark of its own")),
            ("<<", Some("the mark of a merge")),
            ("==", None),
        ];
        for (text, expected) in cases {
            assert_eq!(lookalike(text), expected, "{text}");
        }
    }
}
