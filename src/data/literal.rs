//! Bound queries as text for Polars' SQL, which has no placeholders: values are written so that they stay values.

use std::fmt::Write;

use appspec_lang::value::Scalar;

use crate::bind::{BoundQuery, ESCAPE, Piece, quoted_name};
use crate::dtype::{days_of_date, decimal_text, micros_of_moment, nanos_of_time};
use crate::error::DataError;

/// The text behind a pattern, without what the filter `contains` writes there: Polars has no escapes in patterns.
fn after_escape(text: &str) -> Option<&str> {
    text.strip_prefix(" escape '")?.strip_prefix(ESCAPE)?.strip_prefix('\'')
}

/// The text of a query, its values as literals. A value inside quotes or a comment would not stay one: it is refused.
pub(crate) fn literal_sql(query: &BoundQuery) -> Result<String, DataError> {
    let mut sql = String::new();
    let mut place = Place::Code;
    let mut pieces = query.pieces.iter().peekable();
    // Whether the piece before this was a pattern, whose escape is dealt with.
    let mut was_pattern = false;
    while let Some(piece) = pieces.next() {
        if let Piece::Sql(text) = piece {
            let text = if was_pattern { after_escape(text).unwrap_or(text) } else { text };
            was_pattern = false;
            place = place.after(text);
            sql.push_str(text);
            continue;
        }
        if place != Place::Code {
            return Err(DataError::rejected("a `{{ }}` stands inside quotes or a comment: it needs neither"));
        }
        was_pattern = matches!(pieces.peek(), Some(Piece::Sql(next)) if after_escape(next).is_some());
        match piece {
            Piece::Param(Scalar::Text(pattern)) if was_pattern => push_pattern(&mut sql, pattern)?,
            // A blank keeps a letter before it from changing what the quotes of a literal mean.
            _ => _ = write!(sql, " {} ", value_sql(piece)?),
        }
    }
    Ok(sql)
}

fn value_sql(piece: &Piece) -> Result<String, DataError> {
    match piece {
        Piece::Sql(text) => Ok(text.clone()),
        Piece::Param(Scalar::List(items)) => list(items),
        Piece::Param(Scalar::Range(ends)) => list(ends.as_slice()),
        Piece::Param(value) => literal(value),
        Piece::List(items) => list(items),
        Piece::Identifier(name) => Ok(quoted_name(name)),
    }
}

/// Turns `like` at the end of the text, and the pattern behind it, into a match of a regular expression.
fn push_pattern(sql: &mut String, pattern: &str) -> Result<(), DataError> {
    let (before, word) = last_word(sql);
    let (rest, negation) = last_word(before);
    let is_negated = negation.eq_ignore_ascii_case("not");
    let operator = match (word.to_ascii_lowercase().as_str(), is_negated) {
        ("like", false) => "~",
        ("like", true) => "!~",
        ("ilike", false) => "~*",
        ("ilike", true) => "!~*",
        _ => return Err(DataError::rejected("`contains` makes a pattern: write `like` in front of it")),
    };
    let kept = if is_negated { rest.len() } else { before.len() };
    sql.truncate(kept);
    _ = write!(sql, " {operator} {} ", quoted(&format!("(?s)^{}$", regex_of(pattern))));
    Ok(())
}

/// The text before the last word, and that word.
fn last_word(text: &str) -> (&str, &str) {
    let text = text.trim_end();
    let word = text.len() - text.trim_end_matches(|c: char| c.is_ascii_alphabetic()).len();
    text.split_at(text.len() - word)
}

/// The regular expression of a pattern in which [`ESCAPE`] takes the next sign literally.
fn regex_of(pattern: &str) -> String {
    let mut regex = String::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '%' => regex.push_str(".*"),
            '_' => regex.push('.'),
            ESCAPE => regex.extend(chars.next().map(literal_char).into_iter().flatten()),
            other => regex.extend(literal_char(other)),
        }
    }
    regex
}

/// A sign that means itself in a regular expression.
fn literal_char(c: char) -> impl Iterator<Item = char> {
    const SPECIAL: &str = r"\.+*?()|[]{}^$#&-~";
    SPECIAL.contains(c).then_some('\\').into_iter().chain([c])
}

/// The items of a list, in one form: Polars takes no lists of mixed numbers, and no brackets in them.
fn list(items: &[Scalar]) -> Result<String, DataError> {
    if items.is_empty() {
        return Ok("select null limit 0".to_owned());
    }
    let (mut has_float, mut scale) = (false, None);
    for item in items {
        match item {
            Scalar::Float(_) => has_float = true,
            Scalar::Decimal { scale: own, .. } => scale = scale.max(Some(*own)),
            _ => {}
        }
    }
    let is_plain = !items.iter().any(|item| match item {
        Scalar::Int(int) => *int == i64::MIN,
        Scalar::Float(float) => !float.is_finite(),
        _ => false,
    });
    let literals: Result<Vec<String>, DataError> = items
        .iter()
        .map(|item| match (item, scale) {
            (Scalar::Int(_) | Scalar::Float(_) | Scalar::Decimal { .. }, _) if has_float => {
                let float = item.as_float().unwrap_or(f64::NAN);
                Ok(if is_plain { float_literal(float) } else { format!("cast('{float}' as double)") })
            }
            (Scalar::Int(int), Some(scale)) => Ok(at_scale(i128::from(*int), 0, scale)),
            (Scalar::Decimal { units, scale: own }, Some(scale)) => Ok(at_scale(*units, *own, scale)),
            (Scalar::Int(int), None) if is_plain => Ok(int.to_string()),
            (Scalar::Int(int), None) => Ok(format!("cast('{int}' as bigint)")),
            _ => literal(item),
        })
        .collect();
    Ok(literals?.join(", "))
}

/// A decimal with more digits behind the point than it needs.
fn at_scale(units: i128, scale: u8, wanted: u8) -> String {
    let factor = 10i128.checked_pow(u32::from(wanted - scale));
    match factor.and_then(|factor| units.checked_mul(factor)) {
        Some(units) => decimal(units, wanted),
        None => decimal(units, scale),
    }
}

fn literal(value: &Scalar) -> Result<String, DataError> {
    Ok(match value {
        Scalar::Null => "null".to_owned(),
        Scalar::Bool(bool) => bool.to_string(),
        Scalar::Int(i64::MIN) => format!("({} - 1)", i64::MIN + 1),
        // Brackets, or what stands behind it would belong to the digits alone.
        Scalar::Int(int) if *int < 0 => format!("({int})"),
        Scalar::Int(int) => int.to_string(),
        Scalar::Float(float) if float.is_finite() => format!("({})", float_literal(*float)),
        Scalar::Float(float) => format!("cast('{float}' as double)"),
        Scalar::Decimal { units, scale } => decimal(*units, *scale),
        Scalar::Text(text) => quoted(text),
        // Dates in text are read by rules that Polars announces to change, numbers are not.
        Scalar::Date(date) => format!("cast({} as date)", days_of_date(*date)),
        Scalar::Time(time) => format!("cast({} as time)", nanos_of_time(*time)),
        Scalar::DateTime(moment) => format!("cast({} as timestamp)", micros_of_moment(*moment)),
        Scalar::Bytes(_) => return Err(DataError::rejected("bytes cannot be a parameter of a transform")),
        Scalar::List(_) | Scalar::Range(_) => {
            return Err(DataError::rejected("a list inside a list cannot be a parameter"));
        }
    })
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The shortest form of a float with a point in it: without one, Polars reads no exponent.
fn float_literal(float: f64) -> String {
    let text = format!("{float:e}");
    match text.split_once('e') {
        Some((digits, exponent)) if !digits.contains('.') => format!("{digits}.0e{exponent}"),
        _ => text,
    }
}

fn decimal(units: i128, scale: u8) -> String {
    format!("cast('{}' as decimal(38, {scale}))", decimal_text(units, scale))
}

/// Where in SQL text a position is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Code,
    /// Inside quotes of this sign.
    Quotes(char),
    LineComment,
    /// So many comments deep.
    Comment(u32),
}

impl Place {
    /// The place at the end of a text that begins here.
    pub(crate) fn after(self, text: &str) -> Self {
        self.after_in(text, false)
    }

    /// The same where a `#` may begin a comment, as it does in `MySQL`.
    pub(crate) fn after_in(self, text: &str, has_hashes: bool) -> Self {
        let mut place = self;
        let mut chars = text.chars().peekable();
        while let Some(char) = chars.next() {
            let mut followed_by = |wanted: char| chars.next_if_eq(&wanted).is_some();
            place = match (place, char) {
                (Self::Code, '\'' | '"' | '`') => Self::Quotes(char),
                (Self::Code, '-') if followed_by('-') => Self::LineComment,
                (Self::Code, '#') if has_hashes => Self::LineComment,
                (Self::Code, '/') if followed_by('*') => Self::Comment(1),
                // Doubled, it stays inside: the second opens again.
                (Self::Quotes(quote), _) if quote == char => Self::Code,
                (Self::LineComment, '\n') => Self::Code,
                (Self::Comment(depth), '/') if followed_by('*') => Self::Comment(depth + 1),
                (Self::Comment(depth), '*') if followed_by('/') => {
                    if depth == 1 {
                        Self::Code
                    } else {
                        Self::Comment(depth - 1)
                    }
                }
                (unchanged, _) => unchanged,
            };
        }
        place
    }
}
