//! Whatever stands in a file: every question has an answer, and none of them points between the bytes of a character.

use proptest::prelude::*;
use proptest::sample::select;

use super::Asked;

const WORDS: &[&str] = &[
    "state",
    "queries",
    "values",
    "writes",
    "body",
    "columns",
    "orders",
    "region",
    "select",
    "table",
    "tabs",
    "tab",
    "row",
    "on_click",
    "set",
    "run",
    "options",
    "query",
    "sql",
    "transform",
    "connection",
    "goto",
    "icon",
    "format",
    "params",
    ": ",
    ":",
    "\n",
    "\n  ",
    "\n    ",
    "\n- ",
    "\n  - ",
    "- ",
    " ",
    ".",
    "|",
    " | ",
    "{{ ",
    " }}",
    "{",
    "}",
    "[",
    "]",
    ", ",
    "\"",
    "'",
    "#",
    "= ",
    "[[body]]\n",
    "[queries.a]\n",
    "\"\"\"",
    "ü",
    "\u{1d11e}",
    "\r\n",
    "\u{feff}",
    "1",
    "(",
    ")",
    "where(",
    "select id from ",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_question_has_an_answer(
        words in prop::collection::vec(select(WORDS), 0..16),
        path in select(&["page.yaml", "page.toml", "app.yaml", "ops/lines.sql"][..]),
    ) {
        let text = words.concat();
        let asked = Asked::of(path, "", &text);
        let look = asked.look();
        let is_whole = |range: &std::ops::Range<usize>| text.get(range.clone()).is_some();
        for part in look.parts() {
            prop_assert!(is_whole(&part.range) && is_whole(&part.selection), "{part:?}");
        }
        for (offset, _) in text.char_indices().chain([(text.len(), ' ')]) {
            for completion in look.complete(offset) {
                prop_assert!(is_whole(&completion.range), "{offset}: {completion:?}");
                prop_assert!(completion.range.start <= offset && offset <= completion.range.end, "{offset}: {completion:?}");
            }
            if let Some(hover) = look.hover(offset) {
                prop_assert!(is_whole(&hover.range), "{offset}: {hover:?}");
            }
            if let Some((symbol, span)) = look.symbol(offset) {
                prop_assert_eq!(asked.compiler.sources().text(span), symbol.name.as_str());
                let renamed = look.rename(&symbol, "other_name").unwrap_or_default();
                prop_assert!(renamed.iter().all(|(span, _)| asked.compiler.sources().text(*span) == symbol.name));
            }
            let _place = look.definition(offset);
        }
    }
}
