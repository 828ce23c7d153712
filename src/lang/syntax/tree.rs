//! The tree that both formats are read into.

use crate::source::{Alias, FileId, SourceText, Span, Spanned};

/// One file, read.
#[derive(Clone, Debug)]
pub struct Tree {
    pub file: FileId,
    /// An empty file is an empty map.
    pub root: Node,
}

/// A value of a document and where it stands.
#[derive(Clone, Debug)]
pub struct Node {
    pub kind: NodeKind,
    pub span: Span,
}

/// What a document may hold.
#[derive(Clone, Debug)]
pub enum NodeKind {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(SourceText),
    /// A date, time or datetime of ISO form: a plain scalar in YAML, a date or time in TOML.
    Moment(SourceText),
    List(Vec<Node>),
    /// In source order; no key twice.
    Map(Vec<Entry>),
    /// Something that was reported; later phases pass over it in silence.
    Broken,
}

/// A key and its value.
#[derive(Clone, Debug)]
pub struct Entry {
    pub key: Spanned<String>,
    pub value: Node,
}

impl Node {
    /// What this is, for messages: "a list", "text".
    pub fn describe(&self) -> &'static str {
        match self.kind {
            NodeKind::Null => "null",
            NodeKind::Bool(_) => "a bool",
            NodeKind::Int(_) | NodeKind::Float(_) => "a number",
            NodeKind::Text(_) => "text",
            NodeKind::Moment(_) => "a date or time",
            NodeKind::List(_) => "a list",
            NodeKind::Map(_) => "a map",
            NodeKind::Broken => "something unreadable",
        }
    }

    /// Whether this says what another node says, wherever they stand. Unreadable parts say nothing, not even the same.
    pub fn means(&self, other: &Self) -> bool {
        match (&self.kind, &other.kind) {
            (NodeKind::Null, NodeKind::Null) => true,
            (NodeKind::Bool(one), NodeKind::Bool(two)) => one == two,
            (NodeKind::Int(one), NodeKind::Int(two)) => one == two,
            (NodeKind::Float(one), NodeKind::Float(two)) => one.total_cmp(two).is_eq(),
            (NodeKind::Text(one), NodeKind::Text(two)) | (NodeKind::Moment(one), NodeKind::Moment(two)) => {
                one.text == two.text
            }
            (NodeKind::List(one), NodeKind::List(two)) => {
                one.len() == two.len() && one.iter().zip(two).all(|(one, two)| one.means(two))
            }
            (NodeKind::Map(one), NodeKind::Map(two)) => {
                let is_same =
                    |(one, two): (&Entry, &Entry)| one.key.value == two.key.value && one.value.means(&two.value);
                one.len() == two.len() && one.iter().zip(two).all(is_same)
            }
            _ => false,
        }
    }

    /// A copy all of whose places are seen through an alias.
    pub(crate) fn through(&self, alias: Alias) -> Self {
        let kind = match &self.kind {
            NodeKind::List(items) => NodeKind::List(items.iter().map(|item| item.through(alias)).collect()),
            NodeKind::Map(entries) => {
                let entry = |entry: &Entry| Entry {
                    key: Spanned::new(entry.key.value.clone(), entry.key.span.through(alias)),
                    value: entry.value.through(alias),
                };
                NodeKind::Map(entries.iter().map(entry).collect())
            }
            NodeKind::Text(written) => NodeKind::Text(written.through(alias)),
            NodeKind::Moment(written) => NodeKind::Moment(written.through(alias)),
            other => other.clone(),
        };
        Self { kind, span: self.span.through(alias) }
    }

    /// How many values it holds, itself among them.
    pub(crate) fn size(&self) -> usize {
        match &self.kind {
            NodeKind::List(items) => items.iter().map(Self::size).sum::<usize>() + 1,
            NodeKind::Map(entries) => entries.iter().map(|entry| entry.value.size()).sum::<usize>() + 1,
            _ => 1,
        }
    }

    /// The text, if this is some.
    pub fn as_text(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::Text(text) => Some(&text.text),
            _ => None,
        }
    }

    /// The value of a key, if this is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match &self.kind {
            NodeKind::Map(entries) => entries.iter().find(|entry| entry.key.value == key).map(|entry| &entry.value),
            _ => None,
        }
    }
}
