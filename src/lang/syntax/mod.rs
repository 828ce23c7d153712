//! YAML and TOML text to one tree with spans. Parsing never fails: what is broken is reported and left out.
//!
//! YAML is read as the 1.2 core schema, and then once more by `serde_yaml`, which must see the same. What YAML would
//! swallow silently is reported by [`yaml`]; the places of all text are kept through quotes, folding and indentation.

mod mapped;
mod place;
mod quote;
mod characters;
pub mod toml;
pub mod token;
pub mod tree;
pub mod yaml;

pub use quote::quoted;
pub use tree::{Entry, Node, NodeKind, Tree};

use crate::diagnostic::Diagnostics;
use crate::source::{SourceFile, Sources};
use characters::Unclear;
use place::Place;

/// How deep lists and maps may nest.
const DEPTH: usize = 256;

/// Reads a file as TOML if its path ends so, else as YAML.
pub fn parse(file: &SourceFile, diagnostics: &mut Diagnostics) -> Tree {
    let place = Place::new(file);
    let is_toml = ending(file) == "toml";
    let read = if is_toml { toml::read } else { yaml::read };
    let root = match characters::cover(&place, is_toml, diagnostics) {
        Ok(None) => read(place, diagnostics),
        Ok(Some(text)) => read(Place { text: &text, ..place }, diagnostics),
        Err(Unclear) => Node { kind: NodeKind::Broken, span: place.span(0..place.text.len()) },
    };
    Tree { file: file.id, root }
}

/// Reads all files that hold specs; other sources, such as SQL, are passed over.
pub fn parse_all(sources: &Sources, diagnostics: &mut Diagnostics) -> Vec<Tree> {
    sources.files().iter().filter(|file| is_spec(file)).map(|file| parse(file, diagnostics)).collect()
}

/// Whether a file is one of YAML or TOML.
pub fn is_spec(file: &SourceFile) -> bool {
    matches!(ending(file), "yaml" | "yml" | "toml")
}

fn ending(file: &SourceFile) -> &str {
    file.path.rsplit_once('.').map_or("", |(_, ending)| ending)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use proptest::prelude::*;

    use super::*;
    use crate::source::SourceText;

    fn read(path: &str, text: &str) -> (Tree, Vec<&'static str>) {
        let mut sources = Sources::default();
        let id = sources.add(path, text);
        let mut diagnostics = Diagnostics::default();
        let tree = parse(sources.file(id), &mut diagnostics);
        (tree, diagnostics.sorted().iter().map(|diagnostic| diagnostic.code.name).collect())
    }

    fn text_of(tree: &Tree) -> &SourceText {
        match &tree.root.get("a").unwrap().kind {
            NodeKind::Text(text) => text,
            other => panic!("expected text, found {other:?}"),
        }
    }

    #[test]
    fn words_are_found_through_quotes_folding_and_indentation() {
        let cases = [
            ("a.yaml", "a: plain over\n  two\n\n  lines", "plain over two\nlines"),
            ("a.yaml", "\u{feff}a: 'it''s ü over\n\n\n   lines '", "it's ü over\n\nlines "),
            ("a.yaml", "a: \"x \\\"q\\\" \\u00fc\\t \\\n  joined \\\\ end\"", "x \"q\" ü\t joined \\ end"),
            ("a.yaml", "a: \"\\U0001d11e clef\r\n  next\"", "\u{1d11e} clef next"),
            ("a.yaml", "a: |\n\n  select a\n    from t\n\n  where é\n\n\nb: 1", "\nselect a\n  from t\n\nwhere é\n"),
            ("a.yaml", "a: |2-\n    deep\n  flat\n\n", "  deep\nflat"),
            ("a.yaml", "a: |+\r\n  one\r\n\r\n  two\r\n\r\n", "one\n\ntwo\n\n"),
            ("a.yaml", "a: >\n  one\n  two\n\n  three\n    deep\n  four\n\n\n", "one two\nthree\n  deep\nfour\n"),
            ("a.yaml", "a: >-\n\n  one\n\n\n  two", "\none\n\ntwo"),
            ("a.toml", "a = \"x \\\"q\\\" \\u00fc end\"", "x \"q\" ü end"),
            ("a.toml", "a = 'raw \\n ü'", "raw \\n ü"),
            ("a.toml", "a = \"\"\"\none \\\n    two\nthree\"\"\"", "one two\nthree"),
            ("a.toml", "a = '''\none\n  ü two'''", "one\n  ü two"),
        ];
        for (path, source, expected) in cases {
            let (tree, found) = read(path, source);
            assert!(found.is_empty(), "{source}: {found:?}");
            let text = text_of(&tree);
            assert_eq!(&*text.text, expected, "{source}");
            for word in expected.split(|char: char| !char.is_ascii_alphabetic()).filter(|word| !word.is_empty()) {
                let at = expected.find(word).unwrap();
                let span = text.span_of(at..at + word.len());
                assert_eq!(&source[span.start as usize..span.end as usize], word, "{source}");
            }
        }
    }

    /// Pieces of a scalar: as it is written, and what it means.
    type Pieces = &'static [(&'static str, &'static str)];

    fn some(pieces: Pieces) -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
        prop::collection::vec(prop::sample::select(pieces), 0..12)
    }

    /// Each piece of the text must be found where it was written.
    fn check_places(path: &str, before: &str, pieces: &[(&str, &str)], after: &str) {
        let (mut source, mut text, mut places) = (before.to_owned(), String::from("x"), Vec::new());
        for (piece, meaning) in pieces {
            places.push((text.len(), source.len()));
            source.push_str(piece);
            text.push_str(meaning);
        }
        source.push_str(after);
        text.push('x');
        let (tree, found) = read(path, &source);
        assert!(found.is_empty(), "{source:?}: {found:?}");
        let mapped = text_of(&tree);
        assert_eq!(&*mapped.text, text, "{source:?}");
        for (at, place) in places {
            assert_eq!(mapped.span_of(at..at + 1).start as usize, place, "{at} of {source:?}");
        }
    }

    const LITERAL: Pieces = &[("a", "a"), ("ü", "ü"), ("# ", "# "), ("  x", "  x"), ("{{", "{{"), ("x\n  ", "x\n")];
    const FOLDED: Pieces = &[("a", "a"), ("ü", "ü"), (" b", " b"), ("'", "'"), ("x\n  y", "x y"), ("x\n\n  y", "x\ny")];
    const SINGLE: Pieces =
        &[("a", "a"), ("''", "'"), ("ü", "ü"), (" \"", " \""), ("x\n\n y", "x\ny"), ("x \n y", "x y")];
    const DOUBLE: Pieces = &[
        ("a", "a"),
        ("ü", "ü"),
        ("\\n", "\n"),
        ("\\\"", "\""),
        ("\\u00fc", "ü"),
        ("\\U0001F600", "\u{1f600}"),
        ("x\\\\", "x\\"),
        (" b", " b"),
    ];

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn each_character_maps_to_its_place(
            literal in some(LITERAL), folded in some(FOLDED), single in some(SINGLE), double in some(DOUBLE),
        ) {
            check_places("a.yaml", "b: 1\na: |2-\n  x", &literal, "x\nc: 1\n");
            check_places("a.yaml", "a: >-\n  x", &folded, "x\n");
            check_places("a.yaml", "a: 'x", &single, "x'");
            check_places("a.yaml", "a: \"x", &double, "x\"");
            check_places("a.toml", "a = \"x", &double, "x\"");
        }

        #[test]
        fn no_text_stops_the_reader(
            words in prop::collection::vec(prop::sample::select(vec![
                "a", "b:", ": ", "- ", "\n", "\n  ", "\n\t", " ", "#", "{{", "}}", "{", "}", "[", "]", ",", "\"", "'",
                "*a", "&a ", "!t ", "|", ">-", "\\", "ü", "\u{feff}", "\r\n", "\r", "~", "---", "...", "%", "@", "?",
                "<<", "12:30", " = ", "\"\"\"", "'''", "[[", "]]", "1", ".", "\u{1d11e}", "\0",
            ]), 0..40),
            text in ".*",
        ) {
            for text in [words.concat(), text] {
                for path in ["a.yaml", "a.toml"] {
                    check_spans(&read(path, &text).0.root, &text);
                }
            }
        }
    }

    /// Found by chance: the reader stops inside a character that was blotted out.
    #[test]
    fn spans_are_those_of_the_file_where_text_was_blotted_out() {
        for text in ["%\r%¡\0", "~\n%b:\n|\u{1d11e}b:"] {
            check_spans(&read("a.yaml", text).0.root, text);
        }
    }

    /// Every span must cut the text between characters.
    fn check_spans(node: &Node, text: &str) {
        assert!(text.get(node.span.start as usize..node.span.end as usize).is_some(), "{:?} in {text:?}", node.span);
        match &node.kind {
            NodeKind::List(items) => items.iter().for_each(|item| check_spans(item, text)),
            NodeKind::Map(entries) => entries.iter().for_each(|entry| check_spans(&entry.value, text)),
            _ => {}
        }
    }

    /// What is reported, as `line:column: message`.
    fn reported(path: &str, text: &str) -> Vec<String> {
        let mut sources = Sources::default();
        let id = sources.add(path, text);
        let mut diagnostics = Diagnostics::default();
        parse(sources.file(id), &mut diagnostics);
        let at = |span: crate::source::Span| sources.file(id).position(span.start);
        let line = |found: crate::diagnostic::Diagnostic| {
            let at = at(found.primary.span);
            format!("{}:{}: {}", at.line, at.column, found.message)
        };
        diagnostics.sorted().into_iter().map(line).collect()
    }

    #[test]
    fn invisible_characters_are_reported_where_they_stand() {
        let separator = "an invisible separator";
        let character = "an invisible character";
        let yaml: &[(&str, &[&str])] = &[
            ("\u{feff}a: 1\r\nb: [1,\r\n  2]\r\n", &[]),
            ("a: \"\\0 \\N \\L \\uFEFF \\e\"", &[]),
            ("\u{feff}\u{feff}a: 1", &["1:1: a byte order mark stands inside the file"]),
            ("a: 1\nü: \u{feff}x", &["2:4: a byte order mark stands inside the file"]),
            ("a: 1\n\u{feff}b: x", &["2:1: a byte order mark stands inside the file"]),
            ("a: 1\rb: 2", &["1:5: expected a line feed after this carriage return"]),
            (
                "a: x\u{85}y # \u{2028}",
                &[
                    &format!("1:5: {separator} (U+0085) stands here"),
                    &format!("1:10: {separator} (U+2028) stands here"),
                ],
            ),
            (
                "a: \"x\u{2029}\"\nb: {{ c }}",
                &[&format!("1:6: {separator} (U+2029) stands here"), "2:4: an unquoted `{{` begins a map in YAML"],
            ),
            (
                "a: |\n  é\u{7}b\0",
                &[&format!("2:4: {character} (U+0007) stands here"), &format!("2:6: {character} (U+0000) stands here")],
            ),
        ];
        let toml: &[(&str, &[&str])] = &[
            ("\u{feff}a = 1\r\nb = [1,\r\n  2]\r\n", &[]),
            ("a = \"x\u{85}\u{2028}\u{feff}\"", &[]),
            ("\u{feff}\u{feff}a = 1", &["1:1: a byte order mark stands inside the file"]),
            ("a = 1\rb = 2", &["1:6: expected a line feed after this carriage return"]),
            (
                "é = 'x\0' # \u{7f}",
                &[
                    &format!("1:7: {character} (U+0000) stands here"),
                    &format!("1:12: {character} (U+007F) stands here"),
                    "1:1: an unquoted key holds",
                ],
            ),
        ];
        for (path, cases) in [("a.yaml", yaml), ("a.toml", toml)] {
            for (text, expected) in cases {
                let found = reported(path, text);
                let fits = |wanted: &&str| found.iter().any(|found| found.starts_with(wanted));
                assert!(found.len() == expected.len() && expected.iter().all(fits), "{text:?}: {found:#?}");
            }
        }
    }

    #[test]
    fn aliases_and_depth_are_bounded() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..9 {
            let items = vec![format!("*a{}", level - 1); 10].join(", ");
            writeln!(bomb, "a{level}: &a{level} [{items}]").unwrap();
        }
        let cases = [
            (bomb, &["syntax"][..]),
            ("a: &a [*a]".to_owned(), &["syntax"]),
            ("a: &a 1\nb: *a".to_owned(), &[]),
            ("[".repeat(20_000), &["syntax"]),
            ("- ".repeat(20_000), &["syntax"]),
        ];
        for (text, codes) in cases {
            let (_, mut found) = read("a.yaml", &text);
            found.dedup();
            assert_eq!(found, codes, "{}", &text[..10]);
        }
    }
}
