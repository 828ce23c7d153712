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

use super::place::Place;
use super::tree::{Entry, Node, NodeKind};
use crate::diagnostic::{Diagnostics, code};
use crate::source::{SourceFile, SourceText, Spanned};

/// Reads a file.
pub(super) fn read(file: &SourceFile, diagnostics: &mut Diagnostics) -> Node {
    let place = Place::new(file);
    let (document, errors) = DeTable::parse_recoverable(place.text);
    let mut reader = Reader { place, wrong: Vec::new(), diagnostics };
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
    diagnostics: &'a mut Diagnostics,
}

impl Reader<'_> {
    /// Reports an error; true if what follows it cannot be trusted.
    fn error(&mut self, error: &Error, document: &DeTable<'_>) -> bool {
        let length = self.place.text.len();
        let span = error.span().unwrap_or(0..0);
        let range = span.start.min(length)..span.end.min(length).max(span.start.min(length));
        if error.message() == "duplicate key" {
            duplicate::report(&self.place, range, document, self.diagnostics);
            return false;
        }
        let line = self.place.line(range.start);
        let is_header = self.place.slice(line.clone()).trim_start().starts_with('[');
        let is_first = !self.wrong.contains(&line);
        self.wrong.push(line);
        // A slip makes more errors behind it on its line; the first one says what is wrong.
        if is_first {
            let message = message::message(error.message(), self.place.slice(range.clone()));
            let diagnostic = self.diagnostics.report(&code::SYNTAX, self.place.span(range), message.text);
            if let Some(help) = message.help {
                diagnostic.help(help);
            }
        }
        is_header
    }

    fn table(&mut self, table: &DeTable<'_>) -> NodeKind {
        let mut entries = Vec::new();
        for (key, value) in table {
            if key.span().is_empty() {
                continue;
            }
            let key = Spanned::new(key.get_ref().to_string(), self.place.span(key.span()));
            entries.push(Entry { key, value: self.node(value) });
        }
        entries.sort_by_key(|entry| entry.key.span.start);
        NodeKind::Map(entries)
    }

    fn node(&mut self, value: &Found<DeValue<'_>>) -> Node {
        let range = value.span();
        let kind = match value.get_ref() {
            DeValue::Table(table) => self.table(table),
            DeValue::Array(items) => NodeKind::List(items.iter().map(|item| self.node(item)).collect()),
            scalar => self.scalar(scalar, &range),
        };
        Node { kind, span: self.place.span(range) }
    }

    fn scalar(&mut self, value: &DeValue<'_>, range: &Range<usize>) -> NodeKind {
        let is_wrong = self.wrong.iter().any(|line| line.start <= range.end && range.start <= line.end);
        if is_wrong || range.is_empty() {
            return NodeKind::Broken;
        }
        let written = self.place.slice(range.clone());
        match value {
            DeValue::String(text) => NodeKind::Text(string::map(text, range.clone(), &self.place)),
            DeValue::Integer(int) => self.int(int, range),
            DeValue::Float(float) => float.as_str().parse().map_or(NodeKind::Broken, NodeKind::Float),
            DeValue::Boolean(bool) => NodeKind::Bool(*bool),
            DeValue::Datetime(_) => NodeKind::Moment(SourceText::verbatim(written, self.place.span(range.clone()))),
            DeValue::Array(_) | DeValue::Table(_) => NodeKind::Broken,
        }
    }

    fn int(&mut self, int: &DeInteger<'_>, range: &Range<usize>) -> NodeKind {
        i64::from_str_radix(int.as_str(), int.radix()).map_or_else(
            |_| {
                let span = self.place.span(range.clone());
                self.diagnostics.report(&code::VALUE, span, "this number does not fit into 64 bits");
                NodeKind::Broken
            },
            NodeKind::Int,
        )
    }
}
