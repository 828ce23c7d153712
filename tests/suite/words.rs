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
