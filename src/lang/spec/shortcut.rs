//! `shortcut` of a button: the keys that press it.

use super::lower::Lowering;
use crate::diagnostic::code::{SUSPICIOUS, VALUE};
use crate::source::Spanned;

/// In the order in which they are written out.
const MODIFIERS: &[&str] = &["mod", "ctrl", "alt", "shift"];

/// Keys with a name of their own.
const KEYS: &[&str] = &[
    "enter",
    "escape",
    "space",
    "backspace",
    "delete",
    "tab",
    "up",
    "down",
    "left",
    "right",
    "home",
    "end",
    "pageup",
    "pagedown",
    "f1",
    "f2",
    "f3",
    "f4",
    "f5",
    "f6",
    "f7",
    "f8",
    "f9",
    "f10",
    "f11",
    "f12",
];

/// What browsers do themselves, whatever a page wants.
const TAKEN: &[&str] = &["mod+w", "mod+t", "mod+n", "ctrl+w", "ctrl+t", "ctrl+n", "ctrl+tab", "alt+f4"];

/// Other words for modifiers.
const OTHERS: &[(&str, &str)] =
    &[("control", "ctrl"), ("cmd", "mod"), ("command", "mod"), ("meta", "mod"), ("option", "alt")];

/// Shortcuts as a regular expression.
pub fn shortcut_pattern() -> String {
    let any_case = |word: &str| {
        let letters: Vec<String> = word.chars().map(|c| format!("[{c}{}]", c.to_ascii_uppercase())).collect();
        letters.concat()
    };
    let one_of = |words: Vec<&str>| words.into_iter().map(any_case).collect::<Vec<_>>().join("|");
    let modifiers = one_of(MODIFIERS.iter().copied().chain(OTHERS.iter().map(|(other, _)| *other)).collect());
    let keys = one_of(KEYS.to_vec());
    format!(r"^ *(({modifiers}) *\+ *)*([^ ]|{keys}) *$")
}

/// Takes keys as `mod+s` or `shift+n`, and gives them in one way of writing.
pub(super) fn lower(written: &Spanned<String>, ctx: &mut Lowering<'_>) -> Option<String> {
    let Some(keys) = normal(&written.value) else {
        let message = format!("`{}` is no shortcut", written.value);
        let diagnostic = ctx.diagnostics.report(&VALUE, written.span, message);
        diagnostic.help(
            "a shortcut is a key, with modifiers in front: `n`, `mod+s`, `shift+enter`; `mod` is Ctrl, and ⌘ on a Mac",
        );
        return None;
    };
    if TAKEN.contains(&keys.as_str()) {
        let message = format!("browsers keep `{keys}` for themselves");
        ctx.diagnostics.report(&SUSPICIOUS, written.span, message).help("choose other keys");
    }
    Some(keys)
}

fn normal(written: &str) -> Option<String> {
    let written = written.to_lowercase().replace(' ', "");
    // The plus is a key too.
    let (given, key) = match written.strip_suffix('+') {
        Some("") => ("", "+"),
        Some(rest) => (rest.strip_suffix('+')?, "+"),
        None => written.rsplit_once('+').unwrap_or(("", &written)),
    };
    let mut modifiers = Vec::new();
    for modifier in given.split('+').filter(|modifier| !modifier.is_empty()) {
        let other = OTHERS.iter().find(|(other, _)| *other == modifier).map(|(_, meant)| *meant);
        let modifier = other.unwrap_or(modifier);
        if !MODIFIERS.contains(&modifier) || modifiers.contains(&modifier) {
            return None;
        }
        modifiers.push(modifier);
    }
    let mut chars = key.chars();
    let is_char = chars.next().is_some_and(|c| !c.is_whitespace() && !c.is_control()) && chars.next().is_none();
    if !is_char && !KEYS.contains(&key) {
        return None;
    }
    let mut keys: Vec<&str> = MODIFIERS.iter().copied().filter(|modifier| modifiers.contains(modifier)).collect();
    keys.push(key);
    Some(keys.join("+"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortcuts_are_written_in_one_way() {
        for (written, expected) in [
            ("n", Some("n")),
            ("Ctrl + S", Some("ctrl+s")),
            ("shift+mod+k", Some("mod+shift+k")),
            ("cmd+Enter", Some("mod+enter")),
            ("?", Some("?")),
            ("+", Some("+")),
            ("mod++", Some("mod++")),
            ("F2", Some("f2")),
            ("", None),
            ("mod+", None),
            ("save", None),
            ("hyper+s", None),
            ("ctrl+ctrl+s", None),
        ] {
            assert_eq!(normal(written).as_deref(), expected, "{written}");
            // That a modifier stands twice, no pattern sees.
            let is_match = regex_lite::Regex::new(&shortcut_pattern()).unwrap().is_match(written);
            assert_eq!(is_match, expected.is_some() || written == "ctrl+ctrl+s", "{written}");
        }
    }
}
