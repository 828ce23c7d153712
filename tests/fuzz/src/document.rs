//! What both readers of documents keep.

use appspec_lang::diagnostic::{Diagnostic, Diagnostics, Mends};
use appspec_lang::format::{Kind, format};
use appspec_lang::source::{SourceText, Sources};
use appspec_lang::syntax::{self, Node, NodeKind, Tree};

use super::place;

/// Reads a file, once more with all safe fixes applied, and lays it out anew.
pub(crate) fn read(path: &str, text: &str) {
    let (sources, tree, found) = parse(path, text);
    let mut reader = Reader { sources: &sources, is_broken: false };
    reader.node(&tree.root);
    place::check_all(&sources, &found);
    assert!(!reader.is_broken || !found.is_empty(), "something is unreadable, and nothing says why");
    let mends = Mends::of(&found);
    if !mends.is_empty() {
        parse(path, &mends.apply(tree.file, text));
    }
    let kind = if path.ends_with("toml") { Kind::Toml } else { Kind::Yaml };
    if let Ok(laid) = format(text, kind) {
        assert_eq!(format(&laid, kind).as_ref(), Ok(&laid), "laid out once, it is laid out");
    }
}

fn parse(path: &str, text: &str) -> (Sources, Tree, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    let file = sources.add(path, text);
    let mut found = Diagnostics::default();
    let tree = syntax::parse(sources.file(file), &mut found);
    (sources, tree, found.sorted())
}

struct Reader<'a> {
    sources: &'a Sources,
    is_broken: bool,
}

impl Reader<'_> {
    fn node(&mut self, node: &Node) {
        place::check(self.sources, node.span);
        match &node.kind {
            NodeKind::Text(text) | NodeKind::Moment(text) => self.text(text),
            NodeKind::List(items) => items.iter().for_each(|item| self.node(item)),
            NodeKind::Map(entries) => {
                for (at, entry) in entries.iter().enumerate() {
                    place::check(self.sources, entry.key.span);
                    let before = entries.iter().take(at);
                    assert!(before.into_iter().all(|other| other.key.value != entry.key.value), "a key stands twice");
                    self.node(&entry.value);
                }
            }
            NodeKind::Broken => self.is_broken = true,
            NodeKind::Null | NodeKind::Bool(_) | NodeKind::Int(_) | NodeKind::Float(_) => {}
        }
    }

    /// Each character of a text has its place.
    fn text(&self, text: &SourceText) {
        place::check(self.sources, text.span);
        let mut last = text.span.start;
        for (at, char) in text.text.char_indices() {
            let span = text.span_of(at..at + char.len_utf8());
            place::check(self.sources, span);
            assert!(last <= span.start, "the places of {:?} go back at {at}", text.text);
            last = span.start;
        }
    }
}

/// Compares what was read with what the parser says that has neither places nor reports.
pub(crate) fn compare_toml(text: &str) {
    let (_, tree, found) = parse("page.toml", text);
    match text.strip_prefix('\u{feff}').unwrap_or(text).parse::<toml::Table>() {
        Ok(table) if found.is_empty() => assert_same(&tree.root, &toml::Value::Table(table)),
        Ok(_) => {}
        Err(error) => assert!(!found.is_empty(), "accepted, and yet: {error}"),
    }
}

fn assert_same(node: &Node, value: &toml::Value) {
    match (&node.kind, value) {
        (NodeKind::Bool(ours), toml::Value::Boolean(theirs)) => assert_eq!(ours, theirs),
        (NodeKind::Int(ours), toml::Value::Integer(theirs)) => assert_eq!(ours, theirs),
        (NodeKind::Float(ours), toml::Value::Float(theirs)) => {
            assert!(ours.to_bits() == theirs.to_bits() || ours.is_nan() && theirs.is_nan(), "{ours} {theirs}");
        }
        (NodeKind::Text(ours), toml::Value::String(theirs)) => assert_eq!(&*ours.text, theirs),
        (NodeKind::Moment(_), toml::Value::Datetime(_)) => {}
        (NodeKind::List(ours), toml::Value::Array(theirs)) => {
            assert_eq!(ours.len(), theirs.len());
            ours.iter().zip(theirs).for_each(|(ours, theirs)| assert_same(ours, theirs));
        }
        (NodeKind::Map(ours), toml::Value::Table(theirs)) => {
            assert_eq!(ours.len(), theirs.len());
            for entry in ours {
                assert_same(&entry.value, &theirs[&entry.key.value]);
            }
        }
        _ => panic!("{} and {value:?}", node.describe()),
    }
}
