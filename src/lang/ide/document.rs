//! What a file holds, as a tree: state, queries, values, writes, components.

use std::ops::Range;

use super::Look;
use super::place::{self, Key, Meaning};
use super::sketch::{self, Format, Item, Kind, Pair};
use crate::spec::FieldType;

/// A part of a file that has a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub name: String,
    /// How it is written: `text`, `select`.
    pub detail: String,
    pub kind: PartKind,
    /// All of it.
    pub range: Range<usize>,
    /// Its name.
    pub selection: Range<usize>,
    pub parts: Vec<Self>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartKind {
    /// A list or a map of others: `queries`.
    Section,
    State,
    Query,
    Value,
    Write,
    Connection,
    Component,
    /// Anything else.
    Field,
}

pub(super) fn parts(look: &Look<'_>) -> Vec<Part> {
    let Some(format) = Format::of(look.path()) else { return Vec::new() };
    let text = look.text();
    let outline = sketch::read(text, format);
    let meaning = place::root(look.shape());
    outline.pairs().iter().filter(|pair| pair.is_parted).map(|pair| section(pair, &outline, meaning, text)).collect()
}

/// A part of the outermost map.
fn section(pair: &Pair, map: &Item, meaning: Meaning, text: &str) -> Part {
    let inner = meaning.behind(map, &pair.key);
    let named = match pair.key.as_str() {
        "state" => Some(PartKind::State),
        "queries" => Some(PartKind::Query),
        "values" => Some(PartKind::Value),
        "writes" => Some(PartKind::Write),
        "connections" => Some(PartKind::Connection),
        _ => None,
    };
    let parts = match (named, inner) {
        (Some(kind), Meaning::Field(FieldType::Named(_))) => {
            pair.value.pairs().iter().map(|pair| named_part(pair, kind, text)).collect()
        }
        _ => components(&pair.value, inner, text),
    };
    let kind = if parts.is_empty() { PartKind::Field } else { PartKind::Section };
    enclosing(Part { kind, ..part(pair, text) }, parts)
}

fn named_part(pair: &Pair, kind: PartKind, text: &str) -> Part {
    let first = pair.value.pairs().first().map(|pair| pair.key.clone());
    let part = part(pair, text);
    let detail = if part.detail.is_empty() { first.unwrap_or_default() } else { part.detail };
    Part { detail, kind, ..part }
}

/// A key and its value, of which one line is shown.
fn part(pair: &Pair, text: &str) -> Part {
    let detail = pair.value.text(text).unwrap_or_default().lines().next().unwrap_or_default().trim();
    let range = extent(&pair.value, pair.key_span.clone());
    Part {
        name: if pair.key.is_empty() { "?".to_owned() } else { pair.key.clone() },
        detail: detail.chars().take(60).collect(),
        kind: PartKind::Field,
        range,
        selection: pair.key_span.clone(),
        parts: Vec::new(),
    }
}

/// The components below a value.
fn components(item: &Item, meaning: Meaning, text: &str) -> Vec<Part> {
    if let Meaning::Component { in_tabs } = meaning {
        let Some(kind) = place::kind_of(item, in_tabs) else { return Vec::new() };
        let Some(pair) = item.pairs().iter().find(|pair| pair.key == kind.name) else { return Vec::new() };
        let inner = item.pairs().iter().flat_map(|pair| components(&pair.value, meaning.behind(item, &pair.key), text));
        let subject = part(pair, text);
        let name = if subject.detail.is_empty() { kind.name.to_owned() } else { subject.detail };
        let range = extent(item, pair.key_span.clone());
        let part = Part { name, detail: kind.name.to_owned(), kind: PartKind::Component, range, ..subject };
        return vec![enclosing(part, inner.collect())];
    }
    let behind = item.pairs().iter().flat_map(|pair| {
        let is_list = matches!(meaning.key(item, &pair.key), Some(Key::Field(_) | Key::Prop(_) | Key::Kind(_)));
        let inner = meaning.behind(item, &pair.key);
        if is_list { components(&pair.value, inner, text) } else { Vec::new() }
    });
    behind.chain(item.items().iter().flat_map(|inner| components(inner, meaning.element(), text))).collect()
}

/// A part with others in it, all of which it encloses.
fn enclosing(mut part: Part, parts: Vec<Part>) -> Part {
    for inner in &parts {
        part.range.start = part.range.start.min(inner.range.start);
        part.range.end = part.range.end.max(inner.range.end);
    }
    Part { parts, ..part }
}

/// All that a value takes, with what stands before it.
fn extent(item: &Item, from: Range<usize>) -> Range<usize> {
    let mut range = from.start.min(item.span.start)..from.end.max(item.span.end);
    if item.kind == Kind::Nothing {
        return from;
    }
    for pair in item.pairs() {
        let inner = extent(&pair.value, pair.key_span.clone());
        range = range.start.min(inner.start)..range.end.max(inner.end);
    }
    for inner in item.items() {
        let inner = extent(inner, inner.span.clone());
        range = range.start.min(inner.start)..range.end.max(inner.end);
    }
    range
}
