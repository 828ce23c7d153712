//! Filters over texts.

use std::borrow::Cow;

use appspec_data::ESCAPE;
use appspec_lang::value::Scalar;
use minijinja::filters;

use super::EvalError;
use super::machine::MAX_OUTPUT;
use super::operand::Operand;
use super::operator::too_long;

/// Computes a filter that takes a text; none if there is no such filter.
pub(super) fn filter(name: &str, text: &str, args: &[Scalar]) -> Option<Result<Operand, EvalError>> {
    let argument = |at: usize| args.get(at).and_then(Scalar::as_text);
    let result = match name {
        "upper" => text.to_uppercase(),
        "lower" => text.to_lowercase(),
        "title" => filters::title(Cow::Borrowed(text)),
        "capitalize" => capitalized(text),
        "trim" => text.trim().to_owned(),
        "contains" => pattern(text),
        "replace" => match replaced(text, argument(0).unwrap_or_default(), argument(1).unwrap_or_default()) {
            Ok(text) => text,
            Err(error) => return Some(Err(error)),
        },
        "split" => return Some(Ok(split(text, argument(0)).into())),
        "identifier" => return Some(identifier(text, args)),
        _ => return None,
    };
    Some(Ok(Scalar::text(result).into()))
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(chars.as_str().to_lowercase().chars()).collect()
}

fn replaced(text: &str, old: &str, new: &str) -> Result<String, EvalError> {
    let places = if old.is_empty() { text.chars().count() + 1 } else { text.matches(old).count() };
    if text.len().saturating_add(places.saturating_mul(new.len())) > MAX_OUTPUT {
        return Err(too_long());
    }
    Ok(text.replace(old, new))
}

fn split(text: &str, separator: Option<&str>) -> Scalar {
    match separator {
        Some(separator) if !separator.is_empty() => Scalar::list(text.split(separator).map(Scalar::text)),
        _ => Scalar::list(text.split_whitespace().map(Scalar::text)),
    }
}

/// A pattern for `like` that finds the text anywhere.
fn pattern(text: &str) -> String {
    let is_escaped = is_special(text);
    let mut pattern = String::from("%");
    for c in text.chars() {
        if is_escaped && matches!(c, '%' | '_' | ESCAPE) {
            pattern.push(ESCAPE);
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// Whether a pattern has to tell how its characters are escaped. A backslash means something where it does not.
pub(super) fn is_escaped(pattern: &str) -> bool {
    pattern.strip_prefix('%').and_then(|pattern| pattern.strip_suffix('%')).is_some_and(is_special)
}

fn is_special(text: &str) -> bool {
    text.contains(['%', '_', '\\'])
}

fn identifier(text: &str, args: &[Scalar]) -> Result<Operand, EvalError> {
    let Some(Scalar::List(allowed)) = args.first() else {
        return Err(EvalError::new("`identifier` takes a list of the names that are allowed"));
    };
    if allowed.iter().any(|name| name.as_text() == Some(text)) {
        return Ok(Operand::Identifier(text.into()));
    }
    Err(EvalError::new(format!("`{text}` is none of the names that are allowed here")))
}
