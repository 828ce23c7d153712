//! Anchored values, and the copies that aliases make of them.

use std::collections::BTreeMap;

use crate::source::{Alias, Span};
use crate::syntax::DEPTH;
use crate::syntax::place::Place;
use crate::syntax::tree::{Node, NodeKind};

/// How many values the aliases of one file may stand for.
const BUDGET: usize = 100_000;

/// The anchored values of a file by the parser's number for each.
#[derive(Default)]
pub(super) struct Anchors {
    known: BTreeMap<usize, Anchor>,
    copied: usize,
    /// Whether there was an alias for which the budget did not suffice.
    is_spent: bool,
}

/// A name for a value.
pub(super) struct Anchor {
    name: String,
    /// Where it is given, with its `&`.
    pub(super) span: Span,
    /// None while the value is still being read.
    value: Option<Anchored>,
}

struct Anchored {
    node: Node,
    size: usize,
    depth: usize,
}

/// Why an alias has no value.
pub(super) enum Refusal {
    /// It stands inside what it names.
    Recursive,
    /// All aliases of the file together stand for too many values.
    TooMany,
    /// The same, and it was said at an alias above.
    Spent,
    TooDeep,
}

impl Anchors {
    /// Begins the value of an anchor, which begins at this offset; 0 is none.
    pub(super) fn begin(&mut self, anchor: usize, start: usize, place: &Place<'_>) {
        if anchor > 0 {
            // A tag may stand between the two.
            let at = place.slice(0..start).rfind('&').unwrap_or(start);
            let name = place.slice(at..start).split_whitespace().next().unwrap_or_default();
            let span = place.span(at..at + name.len());
            self.known.insert(anchor, Anchor { name: name.trim_start_matches('&').to_owned(), span, value: None });
        }
    }

    /// Keeps the value of an anchor; 0 is none.
    pub(super) fn keep(&mut self, anchor: usize, node: &Node) {
        if let Some(known) = self.known.get_mut(&anchor) {
            let (size, depth) = measure(node);
            known.value = Some(Anchored { node: node.clone(), size, depth });
        }
    }

    /// The names that are given so far.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.known.values().map(|anchor| anchor.name.as_str())
    }

    /// The anchor of this number.
    pub(super) fn get(&self, anchor: usize) -> Option<&Anchor> {
        self.known.get(&anchor)
    }

    /// Copies an anchored value to an alias that lies `depth` deep.
    pub(super) fn copy(&mut self, anchor: usize, depth: usize, alias: Alias) -> Result<Node, Refusal> {
        let known = self.known.get(&anchor).and_then(|anchor| anchor.value.as_ref());
        let Some(anchored) = known else { return Err(Refusal::Recursive) };
        if depth + anchored.depth > DEPTH {
            return Err(Refusal::TooDeep);
        }
        if self.is_spent || self.copied + anchored.size > BUDGET {
            let was_spent = std::mem::replace(&mut self.is_spent, true);
            return Err(if was_spent { Refusal::Spent } else { Refusal::TooMany });
        }
        self.copied += anchored.size;
        Ok(anchored.node.through(alias))
    }
}

/// The number of nodes, and how deep they nest.
fn measure(node: &Node) -> (usize, usize) {
    let of_all = |children: &mut dyn Iterator<Item = &Node>| {
        let total =
            children.map(measure).fold((0, 0), |(sizes, deepest), (size, depth)| (sizes + size, depth.max(deepest)));
        (total.0 + 1, total.1 + 1)
    };
    match &node.kind {
        NodeKind::List(items) => of_all(&mut items.iter()),
        NodeKind::Map(entries) => of_all(&mut entries.iter().map(|entry| &entry.value)),
        _ => (1, 1),
    }
}
