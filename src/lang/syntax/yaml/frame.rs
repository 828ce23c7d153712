//! A list or a map that is still being read.

use std::collections::HashMap;
use std::ops::Range;

use super::colon::Joined;
use super::merge::{self, Merged};
use super::trap::{Kind, Trap};
use crate::diagnostic::{Diagnostics, code};
use crate::source::{Span, Spanned};
use crate::syntax::place::Place;
use crate::syntax::tree::{Entry, Node, NodeKind};

/// An open list or map.
pub(super) struct Frame {
    contents: Contents,
    /// Whether it is written with brackets.
    pub(super) flow: bool,
    pub(super) start: usize,
    /// Where its last part ends.
    pub(super) end: usize,
    pub(super) anchor: usize,
    /// The value that was put last, if it is unquoted text.
    pub(super) plain: Option<Range<usize>>,
    /// Text of a map in braces that commas cut, and its first comma.
    cut: Option<(Range<usize>, usize)>,
    /// Whether a word in braces was reported that is no key with a value.
    is_set: bool,
}

/// What was read of it.
pub(super) enum Contents {
    List(Vec<Node>),
    Map { entries: Vec<Entry>, names: HashMap<String, Span>, key: Option<Key>, merged: Option<Box<Merged>> },
}

/// A key that waits for its value.
pub(super) struct Key {
    pub(super) name: Name,
    pub(super) span: Span,
    pub(super) range: Range<usize>,
}

/// What a key is.
pub(super) enum Name {
    Text(String),
    /// `<<`: the value is merged into the map.
    Merge,
    /// It was reported; its value is dropped.
    None,
}

impl Contents {
    pub(super) fn list() -> Self {
        Self::List(Vec::new())
    }

    pub(super) fn map() -> Self {
        Self::Map { entries: Vec::new(), names: HashMap::new(), key: None, merged: None }
    }

    /// Whether it is a map of which nothing could be read.
    fn is_broken(&self) -> bool {
        let is_broken = |entry: &Entry| matches!(entry.value.kind, NodeKind::Broken);
        matches!(self, Self::Map { entries, .. } if entries.iter().all(is_broken))
    }

    /// What was read, all of it there.
    fn finish(self, found: &mut Diagnostics) -> NodeKind {
        match self {
            Self::List(items) => NodeKind::List(items),
            Self::Map { entries, merged: None, .. } => NodeKind::Map(entries),
            Self::Map { entries, merged: Some(merged), .. } => NodeKind::Map(merge::merge(entries, *merged, found)),
        }
    }
}

impl Frame {
    pub(super) fn new(contents: Contents, flow: bool, start: usize, anchor: usize) -> Self {
        Self { contents, flow, start, end: start, anchor, plain: None, cut: None, is_set: false }
    }

    /// All that was read; a set in braces is neither a map nor a list.
    pub(super) fn finish(self, found: &mut Diagnostics) -> NodeKind {
        if self.is_set && self.contents.is_broken() { NodeKind::Broken } else { self.contents.finish(found) }
    }

    pub(super) fn awaits_key(&self) -> bool {
        matches!(self.contents, Contents::Map { key: None, .. })
    }

    /// The place of a key that is already there.
    pub(super) fn find(&self, name: &Name) -> Option<Span> {
        match (&self.contents, name) {
            (Contents::Map { names, .. }, Name::Text(name)) => names.get(name).copied(),
            (Contents::Map { merged, .. }, Name::Merge) => merged.as_ref().map(|merged| merged.key),
            _ => None,
        }
    }

    pub(super) fn set_key(&mut self, new: Key) {
        self.end = new.range.end;
        if let Contents::Map { key, .. } = &mut self.contents {
            *key = Some(new);
        }
    }

    fn key(&self) -> Option<&Key> {
        match &self.contents {
            Contents::Map { key, .. } => key.as_ref(),
            Contents::List(_) => None,
        }
    }

    /// Where the key that waits for its value ends.
    pub(super) fn key_end(&self) -> Option<usize> {
        self.key().map(|key| key.range.end)
    }

    pub(super) fn key_name(&self) -> Option<&str> {
        match &self.key()?.name {
            Name::Text(name) => Some(name),
            Name::Merge | Name::None => None,
        }
    }

    /// Takes the next item, key or value.
    pub(super) fn put(&mut self, node: Node, range: Range<usize>) {
        self.end = range.end;
        self.plain = None;
        match &mut self.contents {
            Contents::List(items) => items.push(node),
            Contents::Map { entries, names, key, merged } => match key.take() {
                Some(Key { name: Name::Text(name), span, .. }) => {
                    names.insert(name.clone(), span);
                    entries.push(Entry { key: Spanned::new(name, span), value: node });
                }
                Some(Key { name: Name::Merge, span, .. }) => {
                    *merged = Some(Box::new(Merged { value: node, key: span, at: entries.len() }));
                }
                Some(Key { name: Name::None, .. }) => {}
                // A list or a map that stands for a key was reported when it began.
                None => *key = Some(Key { name: Name::None, span: node.span, range }),
            },
        }
    }

    /// Takes a key in braces that no colon follows, which YAML reads as one without a value; reports it, unless it is of
    /// text that commas cut, which is reported as a whole.
    pub(super) fn take_bare_key(&mut self, place: &Place<'_>, found: &mut Diagnostics) -> bool {
        let Some(range) = self.key().filter(|_| self.flow).map(|key| key.range.clone()) else { return false };
        if place.after(range.end).trim_start().starts_with(':') {
            return false;
        }
        let joined = Joined::of(place, range.clone());
        let follows_text = self.cut.is_some() || self.plain.is_some();
        let has_value = |joined: &Joined| !joined.value.is_empty() && (!follows_text || joined.is_plain(place));
        match joined.filter(has_value) {
            Some(joined) => {
                self.report_cut(place, found);
                joined.report(&code::YAML_TRAP, BARE, place, found);
                let name = Name::Text(place.slice(joined.key.clone()).to_owned());
                let name = if self.find(&name).is_some() { Name::None } else { name };
                self.set_key(Key { name, span: place.span(joined.key.clone()), range: joined.key });
                self.put_broken(place, range);
                self.plain = Some(joined.value);
            }
            None if follows_text => self.cut_through(range, place),
            None => {
                let is_reported = self.key_name().is_none() || std::mem::replace(&mut self.is_set, true);
                if !is_reported {
                    report_bare(range.clone(), place, found);
                }
                self.put_broken(place, range);
            }
        }
        true
    }

    fn put_broken(&mut self, place: &Place<'_>, range: Range<usize>) {
        self.put(Node { kind: NodeKind::Broken, span: place.span(range.clone()) }, range);
    }

    /// Takes the key that waits for its value for the rest of the text before it, which a comma cut.
    fn cut_through(&mut self, range: Range<usize>, place: &Place<'_>) {
        let Some((start, comma)) = self.cut.as_ref().map(|(cut, comma)| (cut.start, *comma)).or_else(|| {
            let before = self.plain.clone()?;
            Some((before.start, before.end + place.after(before.end).find(',').unwrap_or_default()))
        }) else {
            return;
        };
        if let Contents::Map { entries, key, .. } = &mut self.contents {
            *key = None;
            if let Some(last) = entries.last_mut() {
                last.value.kind = NodeKind::Broken;
            }
        }
        self.end = range.end;
        self.cut = Some((start..range.end, comma));
    }

    /// Reports text that commas cut.
    pub(super) fn report_cut(&mut self, place: &Place<'_>, found: &mut Diagnostics) {
        if let Some((range, comma)) = self.cut.take() {
            Trap { range, kind: Kind::Comma(comma) }.report(place, found);
        }
    }

    /// Reports text that commas cut if this key, which has a value, ends it.
    pub(super) fn report_cut_before(&mut self, key: &Range<usize>, place: &Place<'_>, found: &mut Diagnostics) {
        if place.after(key.end).trim_start().starts_with(':') {
            self.report_cut(place, found);
        }
    }
}

/// What YAML makes of a key in braces that no colon follows.
const BARE: &str = "YAML reads this as a key without a value";

/// Reports a word in braces that is no key with a value.
fn report_bare(range: Range<usize>, place: &Place<'_>, diagnostics: &mut Diagnostics) {
    let (span, key) = (place.span(range.clone()), place.slice(range));
    diagnostics
        .report(&code::YAML_TRAP, span, format!("expected `:` and a value after `{key}`"))
        .here(BARE)
        .help("a list stands in brackets: `[a, b]`")
        .suggest("if it has no value, write", span, format!("{key}: null"));
}
