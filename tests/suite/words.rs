//! The words of the interface: every text has them in every language, and none are left over.

use std::collections::BTreeSet;
use std::fs;

use crate::support::{files_below, root};

fn texts_of(language: &str) -> BTreeSet<String> {
    let file = fs::read_to_string(root().join(format!("locale/{language}.toml"))).unwrap();
    let table: toml::Table = file.parse().unwrap();
    table.keys().cloned().collect()
}

/// The text literals that follow `call`.
fn said(text: &str, call: &str) -> Vec<String> {
    let is_name = |at: usize| text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
    let calls = text.match_indices(call).filter(|(at, _)| call.starts_with('.') || !is_name(*at));
    let behind = calls.map(|(at, _)| &text[at + call.len()..]);
    behind.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

#[test]
fn all_that_templates_say_is_in_the_files_of_words() {
    let known = texts_of("en");
    for path in files_below("templates") {
        let text = fs::read_to_string(&path).unwrap();
        for said in said(&text, "t(\"") {
            assert!(known.contains(&said), "{}: locale/en.toml does not have {said:?}", path.display());
        }
    }
}

/// What a template shows that begins like a sentence, and is not said in the language of the app.
fn unsaid(template: &str) -> Vec<&str> {
    let begins = |text: &str| {
        let mut letters = text.chars();
        letters.next().is_some_and(char::is_uppercase) && letters.next().is_some_and(char::is_lowercase)
    };
    let values = template.split("{{").skip(1).filter_map(|rest| rest.split("}}").next());
    let literals = values.flat_map(|value| {
        let parts: Vec<&str> = value.split('"').collect();
        let is_said = |before: &str| before.ends_with("t(") || before.ends_with("count(");
        let pairs = parts.chunks_exact(2).filter(move |pair| !is_said(pair[0]));
        pairs.map(|pair| pair[1]).collect::<Vec<_>>()
    });
    let texts = template.split(['>', '}']).filter_map(|rest| rest.split(['<', '{']).next()).map(str::trim);
    literals.chain(texts).filter(|text| begins(text)).collect()
}

#[test]
fn templates_show_no_words_of_one_language() {
    assert_eq!(unsaid(r#"<b title="{{ x or "No title" }}">No {{ t("Data") }}</b>"#), ["No title", "No"]);
    for path in files_below("templates") {
        let text = fs::read_to_string(&path).unwrap();
        let unsaid = unsaid(&text);
        assert!(unsaid.is_empty(), "{}: {unsaid:?}", path.display());
    }
}

#[test]
fn all_that_the_code_says_is_in_the_files_of_words() {
    let known = texts_of("en");
    for path in files_below("src/web").iter().filter(|path| !path.starts_with(root().join("src/web/words"))) {
        let text = fs::read_to_string(path).unwrap();
        let calls = [".say(\"", ".fill(\"", ".count(\""];
        let of_words = calls.iter().flat_map(|call| said(&text, call)).filter(|said| !said.contains(".html"));
        for said in of_words {
            assert!(known.contains(&said), "{}: locale/en.toml does not have {said:?}", path.display());
        }
    }
}

#[test]
fn no_words_are_left_over() {
    let mut all = String::new();
    for folder in ["src/web", "src/data/state_file", "src/lang/component", "src/lang/value", "templates", "static"] {
        for path in files_below(folder).iter().filter(|path| !path.to_string_lossy().contains("vendor")) {
            all.push_str(&fs::read_to_string(path).unwrap_or_default());
        }
    }
    // A text may go on in the next line of the code.
    let all = all.replace("\\\n", "");
    let all = all.split_whitespace().collect::<Vec<_>>().join(" ");
    let idle: Vec<String> = texts_of("en").into_iter().filter(|text| !all.contains(text.as_str())).collect();
    assert!(idle.is_empty(), "nothing says {idle:?}");
}
