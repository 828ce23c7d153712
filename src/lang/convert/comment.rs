//! The comments of a file, and what each is about.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::format::Kind;
use crate::source::{SourceFile, Span, Spanned};
use crate::syntax::token::{Token, TokenKind};
use crate::syntax::{self, Node, NodeKind};

/// Comments by the offset of the key or item that they are about. Each is taken once.
#[derive(Default)]
pub(super) struct Comments {
    above: BTreeMap<u32, Vec<String>>,
    behind: BTreeMap<u32, String>,
    /// What stands behind everything.
    last: Vec<String>,
}

impl Comments {
    /// Finds what the comments of a file are about: those behind something, that; those on lines of their own, what
    /// comes next. None where they cannot be told from the rest.
    pub(super) fn of(file: &SourceFile, root: &Node, kind: Kind) -> Option<Self> {
        let text = file.text.strip_prefix('\u{feff}').unwrap_or(&file.text);
        let base = file.text.len() - text.len();
        let tokens = match kind {
            Kind::Yaml => syntax::yaml::tokens(text),
            Kind::Toml => syntax::toml::tokens(text),
        }?;
        let mut places = BTreeSet::new();
        collect(root, &mut places);
        let mut comments = Self::default();
        for Token { range, .. } in tokens.iter().filter(|token| token.kind == TokenKind::Comment) {
            let said = text.get(range.clone()).unwrap_or_default().to_owned();
            let line = line_start(text, range.start);
            comments.add(said, &places, offset(base + line)..offset(base + range.start));
        }
        Some(comments)
    }

    /// Adds a comment, given the part of its line that stands before it.
    fn add(&mut self, said: String, places: &BTreeSet<u32>, before: Range<u32>) {
        let at = before.end;
        let before = places.range(before).next().filter(|place| !self.behind.contains_key(place));
        if let Some(place) = before {
            self.behind.insert(*place, said);
        } else if let Some(place) = places.range(at..).next() {
            self.above.entry(*place).or_default().push(said);
        } else {
            self.last.push(said);
        }
    }

    /// Takes the comments above what begins there.
    pub(super) fn above(&mut self, at: u32) -> Vec<String> {
        self.above.remove(&at).unwrap_or_default()
    }

    /// Takes the comment behind what begins there.
    pub(super) fn behind(&mut self, at: u32) -> Option<String> {
        self.behind.remove(&at)
    }

    /// Whether there are comments on what stands inside.
    pub(super) fn any_within(&self, span: Span) -> bool {
        self.above.range(span.start..span.end).next().is_some()
            || self.behind.range(span.start..span.end).next().is_some()
    }

    /// Takes all comments on what stands inside.
    pub(super) fn within(&mut self, span: Span) -> Vec<String> {
        let mut taken = Vec::new();
        let is_inside = |at: &u32| (span.start..span.end).contains(at);
        let places: BTreeSet<u32> = self.above.keys().chain(self.behind.keys()).copied().filter(is_inside).collect();
        for at in places {
            taken.extend(self.above(at));
            taken.extend(self.behind(at));
        }
        taken
    }

    /// What is left for the end, and how much of that belonged elsewhere.
    pub(super) fn rest(mut self) -> (Vec<String>, usize) {
        let mut rest: Vec<String> = self.above.into_values().flatten().chain(self.behind.into_values()).collect();
        let displaced = rest.len();
        rest.append(&mut self.last);
        (rest, displaced)
    }
}

/// The places of keys and items.
fn collect(node: &Node, places: &mut BTreeSet<u32>) {
    match &node.kind {
        NodeKind::List(items) => {
            for item in items {
                places.insert(item.span.start);
                collect(item, places);
            }
        }
        NodeKind::Map(entries) => {
            for entry in entries {
                places.insert(place(&entry.key, &entry.value));
                collect(&entry.value, places);
            }
        }
        _ => {}
    }
}

/// Where an entry begins: at its key, or at the header of the table that it is.
pub(super) fn place(key: &Spanned<String>, value: &Node) -> u32 {
    if matches!(value.kind, NodeKind::Map(_)) { key.span.start.min(value.span.start) } else { key.span.start }
}

fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).unwrap_or_default().rfind('\n').map_or(0, |found| found + 1)
}

/// Narrows an offset in a file; files are refused above 4 GiB long before.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
