//! The outline of TOML: headers, and keys with their values.

use std::ops::Range;

use super::flow::{self, Flow, quoted};
use super::{Format, Item, Kind, Pair};

pub(super) fn read(text: &str) -> Item {
    read_with(text, &mut |_, _| {})
}

/// All places where headers and dotted keys name the table or value under this path.
pub(in crate::ide) fn mentions(text: &str, path: &[&str]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    read_with(text, &mut |table, keys| {
        let all: Vec<Range<usize>> = table.iter().chain(keys).map(|key| super::inside_quotes(text, key)).collect();
        let names = all.iter().filter_map(|key| text.get(key.clone()));
        let is_meant = all.len() >= path.len() && names.zip(path).all(|(name, wanted)| name == *wanted);
        // What is part of the header stands in the header.
        let last = path.len().checked_sub(1).filter(|last| is_meant && *last >= table.len());
        found.extend(last.and_then(|last| all.get(last).cloned()));
    });
    found
}

/// Reads the text, and shows each header and each dotted key with the table that it stands in.
fn read_with(text: &str, see: &mut impl FnMut(&[Key], &[Key])) -> Item {
    let mut root = Item { kind: Kind::Map(Vec::new()), span: 0..text.len() };
    let mut table: Vec<Key> = Vec::new();
    let mut at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let line = rest.find('\n').map_or(text.len(), |end| at + end);
        let words = text.get(at..line).unwrap_or_default().trim();
        let start = at + rest.len() - rest.trim_start().len();
        if words.is_empty() || words.starts_with('#') {
            at = line + 1;
        } else if words.starts_with('[') {
            let is_array = words.starts_with("[[");
            let inner = start + 1 + usize::from(is_array);
            let end =
                text.get(inner..line).and_then(|rest| rest.find(']')).map_or(start + words.len(), |end| inner + end);
            table = keys(text, inner..end);
            see(&[], &table);
            open(&mut root, &table, is_array, text);
            at = line + 1;
        } else {
            at = pair(text, start..line, &table, &mut root, see);
        }
    }
    root
}

/// A part of a dotted key, with its quotes.
type Key = Range<usize>;

/// Reads a pair into the table that is open; gives where to go on.
fn pair(text: &str, line: Range<usize>, table: &[Key], root: &mut Item, see: &mut impl FnMut(&[Key], &[Key])) -> usize {
    let equals = equals(text, line.clone());
    let written = text.get(line.start..equals.unwrap_or(line.end)).unwrap_or_default().trim_end().len();
    let mut path = keys(text, line.start..line.start + written);
    see(table, &path);
    let last = path.pop().unwrap_or(line.start..line.start);
    let mut end = line.end;
    let value = match equals {
        Some(equals) => {
            let limit = limit(text, equals + 1);
            let mut flow = Flow { text, at: equals + 1, end: limit, format: Format::Toml };
            let value = flow.value(0);
            end = end.max(flow.at);
            if value.kind == Kind::Nothing { Item::nothing(equals + 1) } else { value }
        }
        None => Item::nothing(last.end),
    };
    let all: Vec<Key> = table.iter().cloned().chain(path).collect();
    if let Some(pairs) = descend(root, &all, text) {
        pairs.push(flow::pair(text, &last, equals.is_some(), value));
    }
    text.get(end..).and_then(|rest| rest.find('\n')).map_or(text.len(), |rest| end + rest) + 1
}

/// Where the value ends that begins here: an array or table at its bracket or where a key of a line begins, all else with
/// its line.
fn limit(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    let content = rest.trim_start_matches([' ', '\t']);
    let start = text.len() - content.len();
    if content.starts_with("\"\"\"") || content.starts_with("'''") {
        let quote = if content.starts_with('"') { '"' } else { '\'' };
        return quoted(text, &(start..text.len()), quote, Format::Toml).unwrap_or(text.len());
    }
    let first = from + rest.find('\n').unwrap_or(rest.len());
    if !content.starts_with(['[', '{']) {
        return first;
    }
    let mut at = first;
    while let Some(line) = text.get(at + 1..).filter(|line| !line.is_empty()) {
        let end = line.find('\n').unwrap_or(line.len());
        let words = line.get(..end).unwrap_or_default();
        // A line that begins in the first column with a key or a header is one of the table, if nothing was closed.
        let begins = words.starts_with(|char: char| char.is_ascii_alphabetic() || matches!(char, '_' | '"' | '['));
        if begins && (words.starts_with('[') || equals(words, 0..words.len()).is_some()) {
            return at;
        }
        at += 1 + end;
    }
    text.len()
}

/// Where the key of a line ends.
fn equals(text: &str, line: Range<usize>) -> Option<usize> {
    let mut at = line.start;
    while let Some(char) = text.get(at..line.end).and_then(|rest| rest.chars().next()) {
        match char {
            '=' => return Some(at),
            '#' => return None,
            '"' | '\'' => at = quoted(text, &(at..line.end), char, Format::Toml)?,
            _ => at += char.len_utf8(),
        }
    }
    None
}

/// The parts of a dotted key.
fn keys(text: &str, range: Range<usize>) -> Vec<Key> {
    let mut keys = Vec::new();
    let mut start = range.start;
    let mut at = range.start;
    let trimmed = |range: Range<usize>| {
        let written = text.get(range.clone()).unwrap_or_default();
        let start = range.start + written.len() - written.trim_start().len();
        start..(range.start + written.trim_end().len()).max(start)
    };
    while let Some(char) = text.get(at..range.end).and_then(|rest| rest.chars().next()) {
        match char {
            '.' => {
                keys.push(trimmed(start..at));
                at += 1;
                start = at;
            }
            '"' | '\'' => at = quoted(text, &(at..range.end), char, Format::Toml).unwrap_or(range.end),
            _ => at += char.len_utf8(),
        }
    }
    keys.push(trimmed(start..range.end));
    keys
}

/// Opens the table of a header, which begins an item of its own in an array.
fn open(root: &mut Item, path: &[Key], is_array: bool, text: &str) {
    let Some((last, above)) = path.split_last() else { return };
    let Some(pairs) = descend(root, above, text) else { return };
    let table = || Item { kind: Kind::Map(Vec::new()), span: last.end..last.end };
    let name = text.get(super::inside_quotes(text, last)).unwrap_or_default();
    let place = pairs.iter_mut().find(|pair| pair.key == name);
    match place {
        Some(Pair { value: Item { kind: Kind::List(items), .. }, .. }) if is_array => items.push(table()),
        Some(_) => {}
        None => {
            let value = if is_array { Item { kind: Kind::List(vec![table()]), ..table() } } else { table() };
            pairs.push(flow::pair(text, last, true, value));
        }
    }
}

/// The pairs of the table under this path, which is made if it is not there; of an array the last item.
fn descend<'i>(item: &'i mut Item, path: &[Key], text: &str) -> Option<&'i mut Vec<Pair>> {
    let pairs = match &mut item.kind {
        Kind::Map(pairs) => pairs,
        Kind::List(items) => return descend(items.last_mut()?, path, text),
        Kind::Nothing | Kind::Scalar => return None,
    };
    let Some((key, rest)) = path.split_first() else { return Some(pairs) };
    let name = text.get(super::inside_quotes(text, key)).unwrap_or_default();
    let at = pairs.iter().position(|pair| pair.key == name).unwrap_or_else(|| {
        let value = Item { kind: Kind::Map(Vec::new()), span: key.end..key.end };
        pairs.push(flow::pair(text, key, true, value));
        pairs.len() - 1
    });
    descend(&mut pairs.get_mut(at)?.value, rest, text)
}
