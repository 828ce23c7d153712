//! Maps that are merged into others: `<<: *base`, `<<: [*first, *second]`.
//!
//! No part of YAML 1.2, but every common reader knows it, and all agree: a key of the map itself counts before a merged
//! one, and of several merged maps the first that has it.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostics, code};
use crate::source::Span;
use crate::syntax::tree::{Entry, Node, NodeKind};

/// The value of a `<<`.
pub(super) struct Merged {
    pub(super) value: Node,
    /// The `<<`.
    pub(super) key: Span,
    /// How many entries of the map stand before it.
    pub(super) at: usize,
}

/// The entries of a map with those that it merges, in the place of the `<<`.
pub(super) fn merge(mut entries: Vec<Entry>, merged: Merged, found: &mut Diagnostics) -> Vec<Entry> {
    let own = entries.split_off(merged.at.min(entries.len()));
    let maps = match merged.value.kind {
        NodeKind::List(maps) => maps,
        _ => vec![merged.value],
    };
    let mut names: HashSet<String> = entries.iter().chain(&own).map(|entry| entry.key.value.clone()).collect();
    for map in maps {
        match map.kind {
            NodeKind::Map(more) => {
                entries.extend(more.into_iter().filter(|entry| names.insert(entry.key.value.clone())));
            }
            NodeKind::Broken => {}
            _ => {
                let message = format!("expected a map to merge, found {}", map.describe());
                found
                    .report(&code::SYNTAX, map.span, message)
                    .label(merged.key, "merged here")
                    .help("`<<` takes a map or a list of maps, most often by an alias: `<<: *name`");
            }
        }
    }
    entries.extend(own);
    entries
}
