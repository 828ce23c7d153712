//! Bound queries as text for Polars' SQL, which has no placeholders: values are written so that they stay values.

use appspec_lang::value::Scalar;

use crate::bind::{BoundQuery, Piece, quoted_name};
use crate::dtype::{days_of_date, micros_of_moment, nanos_of_time};
use crate::error::DataError;

/// The text of a query, its values as literals. A value inside quotes or a comment would not stay one: it is refused.
pub(crate) fn literal_sql(query: &BoundQuery) -> Result<String, DataError> {
    let mut sql = String::new();
    let mut place = Place::Code;
    for piece in &query.pieces {
        if let Piece::Sql(text) = piece {
            place = place.after(text);
            sql.push_str(text);
            continue;
        }
        if place != Place::Code {
            return Err(DataError::rejected("a `{{ }}` stands inside quotes or a comment: it needs neither"));
        }
        // A blank keeps a letter before it from changing what the quotes of a literal mean.
        sql.push(' ');
        match piece {
            Piece::Sql(_) => {}
            Piece::Param(Scalar::List(items)) => sql.push_str(&list(items)?),
            Piece::Param(Scalar::Range(ends)) => sql.push_str(&list(ends.as_slice())?),
            Piece::Param(value) => sql.push_str(&literal(value)?),
            Piece::List(items) => sql.push_str(&list(items)?),
            Piece::Identifier(name) => sql.push_str(&quoted_name(name)),
        }
        sql.push(' ');
    }
    Ok(sql)
}

fn list(items: &[Scalar]) -> Result<String, DataError> {
    if items.is_empty() {
        return Ok("select null limit 0".to_owned());
    }
    let literals: Result<Vec<String>, DataError> = items.iter().map(literal).collect();
    Ok(literals?.join(", "))
}

fn literal(value: &Scalar) -> Result<String, DataError> {
    Ok(match value {
        Scalar::Null => "null".to_owned(),
        Scalar::Bool(bool) => bool.to_string(),
        Scalar::Int(i64::MIN) => format!("({} - 1)", i64::MIN + 1),
        // Brackets, or a minus before it would begin a comment.
        Scalar::Int(int) if *int < 0 => format!("({int})"),
        Scalar::Int(int) => int.to_string(),
        Scalar::Float(float) if float.is_finite() => format!("({})", float_literal(*float)),
        Scalar::Float(float) => format!("cast('{float}' as double)"),
        Scalar::Decimal { units, scale } => decimal(*units, *scale),
        Scalar::Text(text) => quoted(text),
        // Dates in text are read by rules that Polars announces to change, numbers are not.
        Scalar::Date(date) => format!("cast(({}) as date)", days_of_date(*date)),
        Scalar::Time(time) => format!("cast({} as time)", nanos_of_time(*time)),
        Scalar::DateTime(moment) => format!("cast(({}) as timestamp)", micros_of_moment(*moment)),
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
    let digits = format!("{:0>width$}", units.unsigned_abs(), width = usize::from(scale) + 1);
    let (whole, part) = digits.split_at(digits.len() - usize::from(scale));
    let sign = if units < 0 { "-" } else { "" };
    format!("cast('{sign}{whole}.{part}' as decimal(38, {scale}))")
}

/// Where in SQL text a position is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Code,
    /// Inside quotes of this sign.
    Quotes(char),
    LineComment,
    /// So many comments deep.
    Comment(u32),
}

impl Place {
    /// The place at the end of a text that begins here.
    fn after(self, text: &str) -> Self {
        let mut place = self;
        let mut chars = text.chars().peekable();
        while let Some(char) = chars.next() {
            let mut followed_by = |wanted: char| chars.next_if_eq(&wanted).is_some();
            place = match (place, char) {
                (Self::Code, '\'' | '"' | '`') => Self::Quotes(char),
                (Self::Code, '-') if followed_by('-') => Self::LineComment,
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
