//! The files of `locale/`: so much of TOML as they need.
//!
//! A line is `"English" = "text"`, or of a text that counts `"English" = { one = "text", other = "text" }`; `=` alone, as
//! `"English" = true`, says that the text is the same. The tests read the files as TOML too.

use std::collections::BTreeMap;

use super::Text;
use super::plural::Form;

/// The texts of a file, by their English words.
pub(super) fn texts(file: &str) -> BTreeMap<String, Text> {
    file.lines().filter_map(line).collect()
}

fn line(line: &str) -> Option<(String, Text)> {
    let (english, rest) = quoted(line.trim())?;
    let rest = rest.trim_start().strip_prefix('=')?.trim();
    if rest == "true" {
        return Some((english.clone(), Text::One(english)));
    }
    if let Some((text, _)) = quoted(rest) {
        return Some((english, Text::One(text)));
    }
    let mut rest = rest.strip_prefix('{')?.strip_suffix('}')?.trim();
    let mut forms = Vec::new();
    while let Some((name, behind)) = rest.split_once('=') {
        let (text, behind) = quoted(behind.trim_start())?;
        forms.push((Form::named(name.trim())?, text));
        rest = behind.trim_start().strip_prefix(',').unwrap_or_default().trim_start();
    }
    Some((english, Text::Forms(forms)))
}

/// A text in double quotes, and what is behind it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let inside = text.strip_prefix('"')?;
    let mut read = String::new();
    let mut chars = inside.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((read, inside.get(at + 1..)?)),
            '\\' => read.push(chars.next()?.1),
            _ => read.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read() {
        let file = "# a comment\n\n\"Close\" = \"Zu\"\n\"a \\\"b\\\"\" = true\n\"{n} rows\" = { one = \"{n} Zeile\", other = \"{n}, Zeilen\" }\nnonsense\n";
        let texts = texts(file);
        assert_eq!(texts.len(), 3);
        assert_eq!(texts["Close"], Text::One("Zu".to_owned()));
        assert_eq!(texts["a \"b\""], Text::One("a \"b\"".to_owned()));
        let forms = vec![(Form::One, "{n} Zeile".to_owned()), (Form::Other, "{n}, Zeilen".to_owned())];
        assert_eq!(texts["{n} rows"], Text::Forms(forms));
    }
}
