//! YAML to a tree.
//!
//! A text that must be quoted stops the reading of a whole file, and would hide all that follows. So the value is
//! reported, blotted out in a copy of the text (at the same length, so that all places stay), and the copy is read
//! again; the value is [`NodeKind::Broken`] in the tree. Where reading stops for another reason, the root is.
//!
//! Refused, because readers of YAML differ or because nothing in a spec needs it: tags, keys that are no text, other
//! versions of YAML, several documents in one file.

mod anchor;
mod build;
mod colon;
mod compare;
mod directive;
mod frame;
mod merge;
mod message;
mod stopped;
mod scalar;
mod schema;
mod token;
mod trap;

pub use token::tokens;

use std::ops::Range;

use self::build::Stop;
use super::place::Place;
use super::tree::{Node, NodeKind};
use crate::diagnostic::Diagnostics;

/// How many values of one file are blotted out before reading gives up.
const BLOTS: usize = 100;

/// Reads a file.
pub(super) fn read(original: Place<'_>, diagnostics: &mut Diagnostics) -> Node {
    let mut text = original.text.to_owned();
    // What was covered is not what the other reader would see.
    let is_covered = original.text != original.written;
    let mut blots: Vec<Range<usize>> = Vec::new();
    loop {
        let mut found = Diagnostics::default();
        let place = Place { text: &text, ..original };
        let stop = match build::build(&place, &blots, &mut found) {
            Ok(root) => {
                if blots.is_empty() && !is_covered && !found.has_errors() {
                    compare::compare(&original, &root, &mut found);
                }
                diagnostics.append(found);
                return root;
            }
            Err(stop) => stop,
        };
        let trap = match &stop {
            Stop::Trap(trap) => Some(trap.clone()),
            // What stands on the lines around a name without its colon is as it should be.
            Stop::Error(error, _) if stopped::is_name_alone(&place, error) => None,
            Stop::Error(error, open) => trap::behind(&place, stopped::offset(error))
                .or_else(|| open.and_then(|open| trap::comment_inside(&place, open))),
        };
        let is_new = |range: &Range<usize>| blots.iter().all(|blot| blot.end <= range.start || range.end <= blot.start);
        let fresh = trap.filter(|trap| is_new(&trap.range) && blots.len() < BLOTS);
        match (fresh, stop) {
            (Some(trap), _) => {
                trap.report(&original, diagnostics);
                blot(&mut text, &trap.range);
                blots.push(trap.range);
            }
            (None, Stop::Error(error, open)) if blots.is_empty() => {
                diagnostics.append(found);
                stopped::report(&place, &error, open, diagnostics);
                return broken(&original);
            }
            // What stops the reading now may come of the blots.
            (None, _) => return broken(&original),
        }
    }
}

fn broken(place: &Place<'_>) -> Node {
    Node { kind: NodeKind::Broken, span: place.span(0..place.text.len()) }
}

/// Replaces the bytes of a range by an empty quoted text and blanks.
fn blot(text: &mut String, range: &Range<usize>) {
    let length = range.len();
    let filler = if length < 2 { "~".repeat(length) } else { format!("''{}", " ".repeat(length - 2)) };
    if text.get(range.clone()).is_some() {
        text.replace_range(range.clone(), &filler);
    }
}
