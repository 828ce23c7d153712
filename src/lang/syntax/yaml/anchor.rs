//! Anchored values, and the copies that aliases make of them.

use std::collections::HashMap;

use crate::syntax::DEPTH;
use crate::syntax::tree::{Node, NodeKind};

/// How many values the aliases of one file may stand for.
const BUDGET: usize = 100_000;

/// The anchored values of a file by the parser's number for each.
#[derive(Default)]
pub(super) struct Anchors {
    /// `None` while the value is still being read.
    known: HashMap<usize, Option<Anchored>>,
    copied: usize,
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
    TooDeep,
}

impl Anchors {
    /// Begins the value of an anchor; 0 is none.
    pub(super) fn begin(&mut self, anchor: usize) {
        if anchor > 0 {
            self.known.insert(anchor, None);
        }
    }

    /// Keeps the value of an anchor; 0 is none.
    pub(super) fn keep(&mut self, anchor: usize, node: &Node) {
        if anchor > 0 {
            let (size, depth) = measure(node);
            self.known.insert(anchor, Some(Anchored { node: node.clone(), size, depth }));
        }
    }

    /// Copies an anchored value to a place that lies `depth` deep.
    pub(super) fn copy(&mut self, anchor: usize, depth: usize) -> Result<Node, Refusal> {
        let Some(Some(anchored)) = self.known.get(&anchor) else { return Err(Refusal::Recursive) };
        if depth + anchored.depth > DEPTH {
            return Err(Refusal::TooDeep);
        }
        if self.copied + anchored.size > BUDGET {
            return Err(Refusal::TooMany);
        }
        self.copied += anchored.size;
        Ok(anchored.node.clone())
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
