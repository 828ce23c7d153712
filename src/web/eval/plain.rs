//! Values inside Markdown and HTML: they are text, whatever they hold, and so must not be read as markup.
//!
//! In Markdown, a character that it might read as markup travels as one of the private use area, which no markup is made
//! of; what renders the Markdown puts it back.

const FIRST: u32 = 0xE000;

/// Text that reads as no markup; [`reveal`] gives it back.
pub fn protect(text: &str) -> String {
    let hide = |c: char| if c.is_ascii_alphanumeric() { c } else { char::from_u32(FIRST + u32::from(c)).unwrap_or(c) };
    text.chars().map(|c| if c.is_ascii() { hide(c) } else { c }).collect()
}

/// The text that was protected.
pub fn reveal(text: &str) -> String {
    text.chars().map(|c| revealed(c).unwrap_or(c)).collect()
}

/// The character that this one stands for, if it is a protected one.
pub fn revealed(c: char) -> Option<char> {
    u32::from(c).checked_sub(FIRST).filter(|code| *code < 0x80).and_then(char::from_u32)
}

/// Text as it stands in HTML, and in the quotes of an attribute.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protected_text_comes_back() {
        for text in ["", "plain", "*a* <b> [c](d) `e` \n# f", "é – ✓ 漢"] {
            assert_eq!(reveal(&protect(text)), text);
            assert!(!protect(text).contains(['*', '<', '[', '`', '\n', '#']));
        }
    }
}
