//! Keys and values as they are written.

use super::Kind;
use super::lines::Lines;

/// A scalar in double quotes rather than single ones, where nothing in it would need an escape.
pub(super) fn written(scalar: &str, kind: Kind) -> String {
    let inner = scalar.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    let inner = inner.filter(|inner| kind == Kind::Yaml || !inner.starts_with("''"));
    match inner.map(|inner| if kind == Kind::Yaml { inner.replace("''", "'") } else { inner.to_owned() }) {
        Some(inner) if !inner.contains(['"', '\\']) => format!("\"{inner}\""),
        _ => scalar.to_owned(),
    }
}

/// Writes a scalar. The further lines of YAML go into this column; those of TOML are text as they stand.
pub(super) fn put(scalar: &str, column: usize, kind: Kind, lines: &mut Lines) {
    let is_double = scalar.starts_with('"');
    let mut parts = scalar.split('\n').enumerate().peekable();
    while let Some((index, part)) = parts.next() {
        let part = match kind {
            Kind::Toml => part,
            Kind::Yaml => {
                let part = if index == 0 { part } else { part.trim_start_matches([' ', '\t']) };
                if parts.peek().is_some() { trim_end(part, is_double) } else { part }
            }
        };
        match (index, kind) {
            (0, _) => lines.put(part),
            (_, Kind::Yaml) => lines.line(column, part),
            (_, Kind::Toml) => lines.line(0, part),
        }
    }
}

/// A line without the blanks at its end, but with the one that is escaped.
fn trim_end(line: &str, is_double: bool) -> &str {
    let trimmed = line.trim_end_matches([' ', '\t']);
    let slashes = trimmed.len() - trimmed.trim_end_matches('\\').len();
    let length = if is_double && slashes % 2 == 1 { (trimmed.len() + 1).min(line.len()) } else { trimmed.len() };
    line.get(..length).unwrap_or(line)
}
