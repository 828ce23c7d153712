//! What stands in brackets: flow collections of YAML, arrays and inline tables of TOML.

use std::ops::Range;

use super::{Format, Item, Kind, Pair};

/// How deep brackets may nest; deeper ones are scalars.
const DEPTH: usize = 100;

/// Reads a value that stands in brackets, within the bytes up to `end`.
pub(super) struct Flow<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    pub(super) end: usize,
    pub(super) format: Format,
}

impl Flow<'_> {
    /// A value: in brackets, in quotes, or neither.
    pub(super) fn value(&mut self, depth: usize) -> Item {
        self.skip();
        let start = self.at;
        match self.peek() {
            Some('{') if depth < DEPTH => {
                self.at += 1;
                let pairs = self.pairs(depth);
                Item { kind: Kind::Map(pairs), span: start..self.at }
            }
            Some('[') if depth < DEPTH => {
                self.at += 1;
                let items = self.items(depth);
                Item { kind: Kind::List(items), span: start..self.at }
            }
            None | Some(',' | '}' | ']') => Item::nothing(start),
            _ => {
                let span = self.word();
                if span.is_empty() { Item::nothing(start) } else { Item::scalar(span) }
            }
        }
    }

    fn items(&mut self, depth: usize) -> Vec<Item> {
        let mut items = Vec::new();
        loop {
            self.skip();
            match self.peek() {
                None => return items,
                Some(']') => {
                    self.at += 1;
                    return items;
                }
                // A bracket of what is around, which closes this too.
                Some('}') if depth > 0 => return items,
                Some(',' | '}') => self.at += 1,
                _ => {
                    let item = self.value(depth + 1);
                    self.skip();
                    // `[a: 1]` is a list of maps.
                    if self.parts() {
                        let pair = self.pair(&item.span, depth);
                        items.push(Item { span: item.span.start..self.at, kind: Kind::Map(vec![pair]) });
                    } else {
                        items.push(item);
                    }
                }
            }
        }
    }

    fn pairs(&mut self, depth: usize) -> Vec<Pair> {
        let mut pairs = Vec::new();
        loop {
            self.skip();
            match self.peek() {
                None => return pairs,
                Some('}') => {
                    self.at += 1;
                    return pairs;
                }
                Some(']') if depth > 0 => return pairs,
                Some(',' | ']') => self.at += 1,
                _ => {
                    let before = self.at;
                    let key = if self.parts() { before..before } else { self.word() };
                    pairs.push(self.pair(&key, depth));
                    if self.at == before {
                        self.bump();
                    }
                }
            }
        }
    }

    /// A pair whose key was read.
    fn pair(&mut self, key: &Range<usize>, depth: usize) -> Pair {
        self.skip();
        let is_parted = self.parts();
        let value = if is_parted {
            self.at += 1;
            self.value(depth + 1)
        } else {
            Item::nothing(key.end)
        };
        pair(self.text, key, is_parted, value)
    }

    /// Whether a key ends here.
    fn parts(&self) -> bool {
        let next = self.rest().chars().nth(1);
        match self.format {
            Format::Toml => self.peek() == Some('='),
            Format::Yaml => {
                let is_quoted = self.text.get(..self.at).is_some_and(|before| before.ends_with(['"', '\'']));
                self.peek() == Some(':')
                    && (is_quoted || next.is_none_or(|next| next.is_whitespace() || matches!(next, ',' | '}' | ']')))
            }
        }
    }

    /// The bytes of a key or of a scalar.
    fn word(&mut self) -> Range<usize> {
        let start = self.at;
        if let Some(quote @ ('"' | '\'')) = self.peek() {
            let range = start..self.end;
            self.at = quoted(self.text, &range, quote, self.format).unwrap_or_else(|| self.end_of_line());
            return start..self.at;
        }
        let mut before = ' ';
        while let Some(char) = self.peek() {
            let is_end = matches!(char, ',' | '}' | ']' | '\n' | '\r')
                || (matches!(char, '{' | '[') && self.at == start)
                || (char == '#' && before.is_whitespace())
                || self.parts();
            if is_end {
                break;
            }
            before = char;
            self.bump();
        }
        let written = self.text.get(start..self.at).unwrap_or_default();
        start..start + written.trim_end().len()
    }

    fn end_of_line(&self) -> usize {
        self.at + self.rest().find(['\n', '\r']).unwrap_or(self.rest().len())
    }

    /// Passes over white space and remarks.
    fn skip(&mut self) {
        while let Some(char) = self.peek() {
            match char {
                '#' => self.at = self.end_of_line(),
                _ if char.is_whitespace() => self.bump(),
                _ => return,
            }
        }
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) {
        self.at += self.peek().map_or(0, char::len_utf8);
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..self.end).unwrap_or_default()
    }
}

/// A pair, its key without quotes.
pub(super) fn pair(text: &str, key: &Range<usize>, is_parted: bool, value: Item) -> Pair {
    let key_span = super::inside_quotes(text, key);
    let key = text.get(key_span.clone()).unwrap_or_default().to_owned();
    Pair { key, key_span, is_parted, value }
}

/// Where a scalar ends that begins with a quote at the start of `range`; none if it is not closed there.
pub(super) fn quoted(text: &str, range: &Range<usize>, quote: char, format: Format) -> Option<usize> {
    let rest = text.get(range.clone())?;
    let triple = if quote == '"' { "\"\"\"" } else { "'''" };
    if format == Format::Toml && rest.starts_with(triple) {
        let end = rest.get(3..)?.find(triple)?;
        return Some(range.start + 3 + end + 3);
    }
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, char)) = chars.next() {
        if char == '\\' && quote == '"' {
            chars.next();
        } else if char == quote {
            // In YAML a single quote is written twice.
            if quote == '\'' && format == Format::Yaml && chars.peek().is_some_and(|(_, next)| *next == '\'') {
                chars.next();
                continue;
            }
            return Some(range.start + at + 1);
        } else if matches!(char, '\n' | '\r') && format == Format::Toml {
            return None;
        }
    }
    None
}
