//! Takes secrets out of texts that leave the program: messages of drivers, log lines.
//!
//! It is the second fence. The first is that nothing composes a message of a secret; but drivers and servers write
//! messages too, and quote, encode and cut what they were given.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};

use super::form::{self, Form};
use super::view::View;
use crate::connection::ConnectionSettings;

/// What stands where a secret stood.
const MASK: &str = "[secret]";

/// A piece of a secret as long as this is recognised by itself: drivers cut what they quote.
pub(super) const PIECE: usize = 8;

/// Knows the secrets of an app; its clones know the same. What was once a secret remains one.
#[derive(Clone, Default)]
pub struct Scrubber(Arc<RwLock<Known>>);

#[derive(Default)]
struct Known {
    forms: Vec<Form>,
    /// Where in which form a sequence of bytes stands.
    pieces: HashMap<[u8; PIECE], Vec<(usize, usize)>>,
    /// Forms shorter than a piece.
    short: Vec<usize>,
}

impl fmt::Debug for Scrubber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scrubber")
    }
}

impl Scrubber {
    /// Learns the secrets of connections.
    pub fn learn(&self, connections: &[ConnectionSettings]) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for form in connections.iter().flat_map(form::secrets_of).flat_map(|secret| form::forms_of(&secret)) {
            known.add(form);
        }
    }

    /// The text without the secrets in it, however they are written there.
    pub fn clean<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if known.forms.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut found: Vec<Range<usize>> = Vec::new();
        let mut view = Some(View::of(text));
        while let Some(current) = view {
            let ranges = known.find(current.bytes()).into_iter();
            found.extend(ranges.map(|range| whole_characters(text, &current.place(range))));
            view = current.decoded();
        }
        if found.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(masked(text, found)) }
    }
}

impl Known {
    fn add(&mut self, form: Form) {
        if self.forms.iter().any(|known| known.bytes == form.bytes) {
            return;
        }
        let index = self.forms.len();
        if form.bytes.len() < PIECE {
            self.short.push(index);
        }
        for (at, window) in form.bytes.windows(PIECE).enumerate() {
            if let Ok(piece) = <[u8; PIECE]>::try_from(window) {
                self.pieces.entry(piece).or_default().push((index, at));
            }
        }
        self.forms.push(form);
    }

    /// The secrets and pieces of secrets in a text, from left to right. One may begin inside of another.
    fn find(&self, text: &[u8]) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        for at in 0..text.len() {
            let length = self.length_at(text, at);
            if length > 0 {
                // A blank in front of a piece belongs to the text as much as to the secret.
                let blanks = text.iter().skip(at).take(length).take_while(|byte| **byte == b' ').count();
                found.push(at + blanks..at + length);
            }
        }
        found
    }

    /// How much of a secret stands at this place of a text.
    fn length_at(&self, text: &[u8], at: usize) -> usize {
        let rest = text.get(at..).unwrap_or_default();
        let piece = rest.first_chunk::<PIECE>().and_then(|piece| self.pieces.get(piece));
        let pieces = piece.into_iter().flatten().filter_map(|&(index, from)| {
            let form = self.forms.get(index)?;
            let length = common_prefix(rest, form.bytes.get(from..)?);
            let is_enough = length >= form.least && form.may_be_cut_to(rest.get(..length)?);
            (is_enough || length == form.bytes.len()).then_some(length)
        });
        let short = self.short.iter().filter_map(|&index| {
            let bytes = &self.forms.get(index)?.bytes;
            let is_there = rest.starts_with(bytes) && stands_alone(text, at..at + bytes.len());
            is_there.then_some(bytes.len())
        });
        pieces.chain(short).max().unwrap_or(0)
    }
}

fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

/// Whether no letter or digit stands beside a range: a short secret is not looked for inside of words.
fn stands_alone(text: &[u8], range: Range<usize>) -> bool {
    let is_free = |byte: Option<&u8>| byte.is_none_or(|byte| !byte.is_ascii_alphanumeric());
    is_free(range.start.checked_sub(1).and_then(|before| text.get(before))) && is_free(text.get(range.end))
}

fn whole_characters(text: &str, range: &Range<usize>) -> Range<usize> {
    text.floor_char_boundary(range.start)..text.ceil_char_boundary(range.end)
}

/// The text with its ranges masked; ranges that touch are one.
fn masked(text: &str, mut ranges: Vec<Range<usize>>) -> String {
    ranges.sort_by_key(|range| range.start);
    let mut masked = String::with_capacity(text.len());
    let mut end = 0;
    let mut is_first = true;
    for range in ranges {
        if range.start > end || is_first {
            masked.push_str(text.get(end..range.start).unwrap_or_default());
            masked.push_str(MASK);
        }
        is_first = false;
        end = end.max(range.end);
    }
    masked.push_str(text.get(end..).unwrap_or_default());
    masked
}
