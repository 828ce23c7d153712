//! TOML to a tree.
//!
//! The parser goes on after an error and gives all of them. What stands on a line with an error is
//! [`NodeKind::Broken`]; if the line is the header of a table, the root is, for all that follows may belong elsewhere.

mod duplicate;
mod message;
mod string;
mod token;

pub use token::tokens;

use std::ops::Range;

use toml::Spanned as Found;
use toml::de::{DeInteger, DeTable, DeValue, Error};

use self::message::{Instead, Message};
use super::place::Place;
use super::quote::quoted;
use super::tree::{Entry, Node, NodeKind};
use crate::diagnostic::{Diagnostics, code};
use crate::source::{SourceText, Spanned};

/// Reads a file.
pub(super) fn read(place: Place<'_>, diagnostics: &mut Diagnostics) -> Node {
    let (document, errors) = DeTable::parse_recoverable(place.text);
    let mut reader = Reader { place, wrong: Vec::new(), replacing: Vec::new(), diagnostics };
    let mut is_lost = false;
    for error in &errors {
        is_lost |= reader.error(error, document.get_ref());
    }
    let kind = if is_lost { NodeKind::Broken } else { reader.table(document.get_ref()) };
    Node { kind, span: place.span(0..place.text.len()) }
}

struct Reader<'a> {
    place: Place<'a>,
    /// Lines with an error.
    wrong: Vec<Range<usize>>,
    /// Where keys stand whose value has taken the place of an earlier one.
    replacing: Vec<Range<usize>>,
    diagnostics: &'a mut Diagnostics,
}

impl Reader<'_> {
    /// Reports an error; true if what follows it cannot be trusted.
    fn error(&mut self, error: &Error, document: &DeTable<'_>) -> bool {
        let length = self.place.text.len();
        let span = error.span().unwrap_or(0..0);
        let range = span.start.min(length)..span.end.min(length).max(span.start.min(length));
        if error.message() == "duplicate key" {
            if duplicate::report(&self.place, range.clone(), document, self.diagnostics) {
                self.replacing.push(range);
            }
            return false;
        }
        let line = self.place.line(range.start);
        let is_header = self.place.slice(line.clone()).trim_start().starts_with('[');
        let is_first = !self.wrong.contains(&line);
        self.wrong.push(line);
        // A slip makes more errors behind it on its line; the first one says what is wrong.
        if is_first {
            self.syntax(error.message(), range);
        }
        is_header
    }

    fn syntax(&mut self, parsers: &str, range: Range<usize>) {
        if let Some(template) = template(&self.place, range.start) {
            let span = self.place.span(template.clone());
            self.diagnostics
                .report(&code::SYNTAX, span, "a template is text and stands in quotes")
                .here("`{` begins a table in TOML")
                .suggest("quote it", span, quoted(self.place.slice(template)));
            return;
        }
        let written = self.place.slice(range.clone());
        let span = self.place.span(range);
        let Message { text, help, instead } = message::message(parsers, written);
        let diagnostic = self.diagnostics.report(&code::SYNTAX, span, text);
        if let Some(help) = help {
            diagnostic.help(help);
        }
        match instead {
            Some(Instead::Bool(bool)) => _ = diagnostic.fix("write it small", span, bool),
            Some(Instead::Text) => _ = diagnostic.suggest("quote it", span, quoted(written)),
            None => {}
        }
    }

    fn table(&mut self, table: &DeTable<'_>) -> NodeKind {
        let mut entries = Vec::new();
        for (key, value) in table {
            if key.span().is_empty() {
                continue;
            }
            let node = if self.replacing.contains(&key.span()) {
                Node { kind: NodeKind::Broken, span: self.place.span(value.span()) }
            } else {
                self.node(value)
            };
            let key = Spanned::new(key.get_ref().to_string(), self.place.span(key.span()));
            entries.push(Entry { key, value: node });
        }
        entries.sort_by_key(|entry| entry.key.span.start);
        NodeKind::Map(entries)
    }

    fn node(&mut self, value: &Found<DeValue<'_>>) -> Node {
        let range = value.span();
        let kind = match value.get_ref() {
            DeValue::Table(_) | DeValue::Array(_) if self.is_inline(&range) && self.is_wrong(&range) => {
                NodeKind::Broken
            }
            DeValue::Table(table) => self.table(table),
            DeValue::Array(items) => NodeKind::List(items.iter().map(|item| self.node(item)).collect()),
            scalar => self.scalar(scalar, &range),
        };
        Node { kind, span: self.place.span(range) }
    }

    /// Whether there is an error on a line of this range.
    fn is_wrong(&self, range: &Range<usize>) -> bool {
        self.wrong.iter().any(|line| line.start <= range.end && range.start <= line.end)
    }

    /// Whether a list or a table stands behind its key, and not below a header.
    fn is_inline(&self, range: &Range<usize>) -> bool {
        let line = self.place.line(range.start);
        self.place.slice(line.start..range.start).contains('=')
    }

    fn scalar(&mut self, value: &DeValue<'_>, range: &Range<usize>) -> NodeKind {
        if self.is_wrong(range) || range.is_empty() {
            return NodeKind::Broken;
        }
        let written = self.place.slice(range.clone());
        match value {
            DeValue::String(text) => NodeKind::Text(string::map(text, range.clone(), &self.place)),
            DeValue::Integer(int) => self.int(int, range),
            DeValue::Float(float) => self.float(float.as_str(), range),
            DeValue::Boolean(bool) => NodeKind::Bool(*bool),
            DeValue::Datetime(_) => NodeKind::Moment(SourceText::verbatim(written, self.place.span(range.clone()))),
            DeValue::Array(_) | DeValue::Table(_) => NodeKind::Broken,
        }
    }

    fn float(&mut self, digits: &str, range: &Range<usize>) -> NodeKind {
        match digits.parse::<f64>() {
            Ok(float) if float.is_finite() || digits.ends_with(['f', 'n']) => NodeKind::Float(float),
            _ => self.too_big(range),
        }
    }

    fn int(&mut self, int: &DeInteger<'_>, range: &Range<usize>) -> NodeKind {
        i64::from_str_radix(int.as_str(), int.radix()).map_or_else(|_| self.too_big(range), NodeKind::Int)
    }

    fn too_big(&mut self, range: &Range<usize>) -> NodeKind {
        let span = self.place.span(range.clone());
        let written = quoted(self.place.slice(range.clone()));
        self.diagnostics.report(&code::VALUE, span, "this number does not fit into 64 bits").suggest(
            "quote it to make it text",
            span,
            written,
        );
        NodeKind::Broken
    }
}

/// An unquoted `{{` and what belongs to it, if that is the value of the line with this offset.
fn template(place: &Place<'_>, at: usize) -> Option<Range<usize>> {
    let line = place.line(at);
    let text = place.slice(line.clone());
    let value = text.find('=').map(|equals| equals + 1)?;
    let value = value + (text.get(value..)?.len() - text.get(value..)?.trim_start().len());
    let comment = text.get(value..)?.find(" #").map_or(text.len(), |at| value + at);
    text.get(value..)?.starts_with("{{").then(|| place.trimmed(line.start + value..line.start + comment))
}
