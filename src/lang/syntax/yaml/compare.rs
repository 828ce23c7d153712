//! A second reader of the same document: what is accepted must mean the same to both.

use std::ops::Range;

use serde_yaml::Value;

use super::message::{self, TAB};
use crate::diagnostic::{Diagnostics, code};
use crate::source::Span;
use crate::syntax::place::Place;
use crate::syntax::quote::quoted;
use crate::syntax::tree::{Node, NodeKind};

/// Reads the text with `serde_yaml` and reports each scalar that it takes for something else.
pub(super) fn compare(place: &Place<'_>, root: &Node, found: &mut Diagnostics) {
    match serde_yaml::from_str::<Value>(place.text) {
        Ok(value) => walk(place, root, &value, found),
        Err(error) => {
            let at = error.location().map_or(0, |location| place.text.floor_char_boundary(location.index()));
            if error.to_string().starts_with("recursion limit") {
                found.report(&code::SYNTAX, place.span(at..at), message::TOO_DEEP);
            } else {
                stopped(place, at, found);
            }
        }
    }
}

/// Reports the line at which the other reader stopped.
fn stopped(place: &Place<'_>, at: usize, found: &mut Diagnostics) {
    let line = place.line(at);
    let text = place.slice(line.clone());
    let indentation = text.len() - text.trim_start().len();
    let tab = text.get(..indentation).and_then(|blank| blank.find('\t')).map(|tab| line.start + tab);
    if let Some(tab) = tab {
        let (message, help) = TAB;
        found.report(&code::SYNTAX, place.span(tab..tab + 1), message).help(help);
        return;
    }
    found
        .report(&code::SYNTAX, place.span(place.trimmed(line)), "other readers of YAML stop at this line")
        .help("write it more simply: quote texts and give each key a line of its own");
}

fn walk(place: &Place<'_>, node: &Node, value: &Value, found: &mut Diagnostics) {
    match (&node.kind, value) {
        (NodeKind::List(nodes), Value::Sequence(values)) if nodes.len() == values.len() => {
            nodes.iter().zip(values).for_each(|(node, value)| walk(place, node, value, found));
        }
        // The other reader leaves it to others to merge.
        (NodeKind::Map(entries), Value::Mapping(map)) if entries.len() == map.len() || map.contains_key("<<") => {
            for entry in entries {
                if let Some(value) = map.get(entry.key.value.as_str()) {
                    walk(place, &entry.value, value, found);
                }
            }
        }
        // An empty file is an empty map.
        (NodeKind::Map(entries), Value::Null) if entries.is_empty() => {}
        (kind, value) if !is_same(kind, value) => disagree(place, node.span, value, found),
        _ => {}
    }
}

fn is_same(kind: &NodeKind, value: &Value) -> bool {
    match (kind, value) {
        (NodeKind::Broken, _) | (NodeKind::Null, Value::Null) => true,
        (NodeKind::Bool(ours), Value::Bool(theirs)) => ours == theirs,
        (NodeKind::Int(ours), Value::Number(theirs)) => theirs.as_i64() == Some(*ours),
        (NodeKind::Float(ours), Value::Number(theirs)) => {
            theirs.is_f64() && theirs.as_f64().is_some_and(|theirs| ours.to_bits() == theirs.to_bits() || ours.is_nan())
        }
        (NodeKind::Text(ours) | NodeKind::Moment(ours), Value::String(theirs)) => *ours.text == *theirs,
        _ => false,
    }
}

fn disagree(place: &Place<'_>, span: Span, value: &Value, found: &mut Diagnostics) {
    let theirs = match value {
        Value::Null => "null",
        Value::Bool(_) => "a bool",
        Value::Number(_) => "another number",
        Value::String(_) => "text",
        Value::Sequence(_) | Value::Mapping(_) | Value::Tagged(_) => "something else",
    };
    let range = range_of(place, span);
    if found.any_at(span) {
        return;
    }
    found
        .report(&code::AMBIGUOUS_SCALAR, span, "YAML readers disagree on this value: quote it")
        .here(format!("other readers take it for {theirs}"))
        .fix("quote it", span, quoted(place.slice(range)));
}

/// The bytes of the parsed text that a span covers.
fn range_of(place: &Place<'_>, span: Span) -> Range<usize> {
    let start = (span.start as usize).saturating_sub(place.base);
    start..start + (span.end - span.start) as usize
}
