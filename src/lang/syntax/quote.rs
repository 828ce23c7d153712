//! A piece of text in quotes, as both formats read it.

use std::fmt::Write;

/// Quotes text in the way that needs the fewest escapes.
pub fn quoted(text: &str) -> String {
    let has_control = text.chars().any(char::is_control);
    if !has_control && !text.contains(['"', '\\']) {
        return format!("\"{text}\"");
    }
    if !has_control && !text.contains('\'') {
        return format!("'{text}'");
    }
    let mut quoted = String::from('"');
    for char in text.chars() {
        match char {
            '"' | '\\' => quoted.extend(['\\', char]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            other if other.is_control() => {
                write!(quoted, "\\U{:08x}", u32::from(other)).expect("a string takes all that is written to it");
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_text_reads_back() {
        let cases = ["", "on", "a \"b\"", "it's \"b\"", "back\\slash", "two\nlines\tand 'a' tab", "bell \u{7}"];
        for text in cases {
            assert_eq!(serde_yaml::from_str::<String>(&quoted(text)).unwrap(), text);
        }
    }
}
