//! The outline of YAML: indentation, dashes, and colons.

use std::ops::Range;

use super::flow::{self, Flow, quoted};
use super::{Format, Item, Kind};

/// How deep blocks may nest.
const DEPTH: usize = 100;

pub(super) fn read(text: &str) -> Item {
    let lines = lines(text);
    let mut reader = Reader { text, lines, next: 0 };
    let item = reader.block(0, 0);
    if reader.next < reader.lines.len() || item.kind == Kind::Nothing {
        item
    } else {
        Item { span: 0..text.len(), ..item }
    }
}

/// A line with something on it.
#[derive(Clone, Debug)]
struct Line {
    /// Where its text begins, and how far that is indented.
    start: usize,
    column: usize,
    end: usize,
}

/// The lines that hold more than remarks; those inside block scalars among them.
fn lines(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    for line in text.get(at..).unwrap_or_default().split_inclusive('\n') {
        let content = line.trim_end();
        let column = content.len() - content.trim_start().len();
        let words = content.trim_start();
        if !words.is_empty() && !words.starts_with('#') && !is_marker(content) {
            lines.push(Line { start: at + column, column, end: at + content.len() });
        }
        at += line.len();
    }
    lines
}

/// Whether a line begins or ends a document.
fn is_marker(line: &str) -> bool {
    matches!(line, "---" | "...") || line.starts_with('%')
}

struct Reader<'a> {
    text: &'a str,
    lines: Vec<Line>,
    next: usize,
}

impl Reader<'_> {
    /// The value that begins on the next line, if that is indented by `column` at least.
    fn block(&mut self, column: usize, depth: usize) -> Item {
        let Some(first) = self.lines.get(self.next).filter(|line| line.column >= column && depth < DEPTH).cloned()
        else {
            return Item::nothing(self.lines.get(self.next.wrapping_sub(1)).map_or(0, |line| line.end));
        };
        if self.is_dash(&first) {
            return self.list(first.column, depth);
        }
        if self.is_map(first.column) {
            return self.map(first.column, depth);
        }
        self.next += 1;
        self.value(first.start..first.end, column.saturating_sub(1), column == 0, depth)
    }

    /// Whether the lines from here on that stand in this column are pairs, one of them at least.
    fn is_map(&self, column: usize) -> bool {
        let block = self.lines.get(self.next..).unwrap_or_default().iter().take_while(|line| line.column >= column);
        block.filter(|line| line.column == column).take_while(|line| !self.is_dash(line)).any(|line| {
            let words = self.words(line);
            key_of(words).is_some()
        })
    }

    fn list(&mut self, column: usize, depth: usize) -> Item {
        let mut items: Vec<Item> = Vec::new();
        let mut span = self.lines.get(self.next).map_or(0..0, |line| line.start..line.end);
        while let Some(line) = self.lines.get(self.next).filter(|line| line.column == column).cloned() {
            if !self.is_dash(&line) {
                break;
            }
            items.push(self.entry(&line, depth));
            span.end = items.last().map_or(span.end, |item| item.span.end.max(line.end.min(item.span.end + 1)));
        }
        Item { kind: Kind::List(items), span }
    }

    /// What stands behind a dash: the rest of its line is the first line of a block of its own.
    fn entry(&mut self, line: &Line, depth: usize) -> Item {
        let rest = self.text.get(line.start + 1..line.end).unwrap_or_default();
        let content = rest.trim_start();
        let start = line.end - content.len();
        if content.is_empty() || content.starts_with('#') {
            self.next += 1;
            let item = self.block(line.column + 1, depth + 1);
            return if item.kind == Kind::Nothing { Item::nothing(line.end) } else { item };
        }
        let column = line.column + (start - line.start);
        if let Some(place) = self.lines.get_mut(self.next) {
            *place = Line { start, column, end: line.end };
        }
        // A word that stands alone is an item, not a key of lines that follow further out.
        let alone = key_of(content).is_none() && !content.starts_with("- ") && content != "-";
        if alone && !self.is_map(column) {
            self.next += 1;
            return self.value(start..line.end, line.column, false, depth + 1);
        }
        self.block(column, depth + 1)
    }

    fn map(&mut self, column: usize, depth: usize) -> Item {
        let mut pairs = Vec::new();
        let mut span = self.lines.get(self.next).map_or(0..0, |line| line.start..line.end);
        while let Some(line) = self.lines.get(self.next).filter(|line| line.column >= column).cloned() {
            self.next += 1;
            // What stands too far in belongs to nothing.
            if line.column > column {
                continue;
            }
            if self.is_dash(&line) {
                self.next -= 1;
                break;
            }
            let words = self.words(&line);
            let pair = match key_of(words) {
                Some(key) => {
                    let key = line.start..line.start + key;
                    let colon = self.text.get(key.end..line.end).and_then(|rest| rest.find(':')).unwrap_or(0);
                    let value = self.value_of_key(key.end + colon + 1, &line, depth);
                    flow::pair(self.text, &key, true, value)
                }
                None => flow::pair(self.text, &(line.start..line.end), false, Item::nothing(line.end)),
            };
            span.end = pair.value.span.end.max(pair.key_span.end);
            pairs.push(pair);
        }
        Item { kind: Kind::Map(pairs), span }
    }

    fn value_of_key(&mut self, from: usize, line: &Line, depth: usize) -> Item {
        let rest = self.text.get(from..line.end).unwrap_or_default();
        let content = rest.trim_start();
        let start = line.end - content.len();
        if content.is_empty() || content.starts_with('#') {
            let is_list_here =
                self.lines.get(self.next).is_some_and(|next| next.column == line.column && self.is_dash(next));
            let item =
                if is_list_here { self.list(line.column, depth + 1) } else { self.block(line.column + 1, depth + 1) };
            return if item.kind == Kind::Nothing { Item::nothing(line.end.min(from + 1).max(from)) } else { item };
        }
        self.value(start..line.end, line.column, false, depth)
    }

    /// A value that begins in a line whose block stands in `column`, and goes on over what is further in.
    fn value(&mut self, span: Range<usize>, column: usize, is_root: bool, depth: usize) -> Item {
        let (start, tags) = self.past_tags(&span);
        let content = self.text.get(start..span.end).unwrap_or_default();
        let limit = self.limit(column, is_root);
        match content.chars().next() {
            None if tags => {
                let item = self.block(column + 1, depth + 1);
                if item.kind == Kind::Nothing { Item::nothing(span.end) } else { item }
            }
            None => Item::nothing(span.end),
            Some('|' | '>') => {
                let begin = self.lines.get(self.next).filter(|line| line.start < limit).map(|line| line.start);
                self.pass(limit);
                match begin {
                    Some(begin) => {
                        Item::scalar(begin..self.text.get(..limit).unwrap_or_default().trim_end().len().max(begin))
                    }
                    None => Item::nothing(span.end),
                }
            }
            Some('{' | '[') if !content.starts_with("{{") => {
                let mut flow = Flow { text: self.text, at: start, end: limit, format: Format::Yaml };
                let item = flow.value(0);
                let end = flow.at;
                self.pass(end);
                item
            }
            Some(quote @ ('"' | '\'')) => match quoted(self.text, &(start..limit), quote, Format::Yaml) {
                Some(end) if end > span.end => {
                    self.pass(end);
                    Item::scalar(start..end)
                }
                Some(_) => Item::scalar(start..self.end_of_plain(start, span.end)),
                // Not closed: it ends with its line, and what follows is what it looks like.
                None => Item::scalar(start..span.end),
            },
            Some(_) => {
                let mut end = self.end_of_plain(start, span.end);
                while let Some(line) = self.lines.get(self.next).filter(|line| line.start < limit) {
                    if key_of(self.words(line)).is_some() || self.is_dash(line) {
                        break;
                    }
                    end = line.end;
                    self.next += 1;
                }
                Item::scalar(start..end)
            }
        }
    }

    /// Where a plain scalar of one line ends, before a remark.
    fn end_of_plain(&self, start: usize, end: usize) -> usize {
        let content = self.text.get(start..end).unwrap_or_default();
        let from = match content.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                quoted(self.text, &(start..end), quote, Format::Yaml).map_or(0, |end| end - start)
            }
            _ => 0,
        };
        let remark = content.get(from..).and_then(|rest| rest.find(" #")).map(|at| from + at);
        start + content.get(..remark.unwrap_or(content.len())).unwrap_or_default().trim_end().len()
    }

    /// Passes over anchors and tags; says whether there were some.
    fn past_tags(&self, span: &Range<usize>) -> (usize, bool) {
        let mut start = span.start;
        loop {
            let content = self.text.get(start..span.end).unwrap_or_default();
            if !content.starts_with(['&', '!']) {
                return (start, start > span.start);
            }
            let word = content.find(char::is_whitespace).unwrap_or(content.len());
            let rest = content.get(word..).unwrap_or_default();
            start = span.end - rest.trim_start().len();
        }
    }

    /// Where the block ends that stands further in than `column`.
    fn limit(&self, column: usize, is_root: bool) -> usize {
        if is_root {
            return self.text.len();
        }
        let rest = self.lines.get(self.next..).unwrap_or_default();
        let next = rest.iter().find(|line| line.column <= column);
        next.map_or(self.text.len(), |line| line.start - line.column)
    }

    /// Passes over all lines that begin before an offset.
    fn pass(&mut self, offset: usize) {
        while self.lines.get(self.next).is_some_and(|line| line.start < offset) {
            self.next += 1;
        }
    }

    fn is_dash(&self, line: &Line) -> bool {
        let words = self.words(line);
        words == "-" || words.starts_with("- ") || words.starts_with("-\t")
    }

    fn words(&self, line: &Line) -> &str {
        self.text.get(line.start..line.end).unwrap_or_default()
    }
}

/// The length of the key that a line begins with, with its quotes; none if there is none.
fn key_of(line: &str) -> Option<usize> {
    let first = line.chars().next()?;
    let end = match first {
        '"' | '\'' => quoted(line, &(0..line.len()), first, Format::Yaml)?,
        '{' | '[' | '#' | '|' | '>' | '&' | '!' | '%' | '@' | '`' | ',' | ']' | '}' => return None,
        _ => line.match_indices(':').map(|(at, _)| at).find(|at| is_end(line, *at))?,
    };
    let colon = end + line.get(end..)?.find(|char: char| char != ' ')?;
    let is_key = line.get(colon..)?.starts_with(':') && is_end(line, colon);
    is_key.then_some(end).filter(|end| line.get(..*end).is_some_and(|key| !key.contains(" #")))
}

fn is_end(line: &str, colon: usize) -> bool {
    line.get(colon + 1..).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
}
