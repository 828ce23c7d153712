//! A tree as TOML: values first, then tables; short ones inline.

use super::comment::{Comments, place};
use super::same::{moment, takes_nothing};
use super::{is_apart, wrapped};
use crate::diagnostic::{Diagnostics, code};
use crate::source::SourceFile;
use crate::syntax::{Entry, Node, NodeKind, quoted};

/// How long a line with a list of maps may be that could have tables of its own.
const SHORT: usize = 80;

/// Writes a tree; what TOML cannot say is reported.
pub(super) fn write_toml(
    file: &SourceFile,
    root: &Node,
    comments: &mut Comments,
    diagnostics: &mut Diagnostics,
) -> String {
    let mut writer =
        Writer { file, comments, diagnostics, text: String::new(), waiting: Vec::new(), follows_header: true };
    if let NodeKind::Map(entries) = &root.kind {
        writer.table("", entries);
    } else {
        let message = format!("a file of TOML is a map, but this is {}", root.describe());
        writer.diagnostics.report(&code::TYPE, root.span, message);
    }
    writer.text
}

struct Writer<'a> {
    file: &'a SourceFile,
    comments: &'a mut Comments,
    diagnostics: &'a mut Diagnostics,
    text: String,
    /// Comments on a table that has no header of its own: they go above the next one.
    waiting: Vec<String>,
    /// Whether nothing was written since the last header.
    follows_header: bool,
}

impl Writer<'_> {
    /// Writes what is in a table, the tables in it last.
    fn table(&mut self, path: &str, entries: &[Entry]) {
        let is_table = |entry: &&Entry| self.is_table(entry, path.is_empty());
        let (tables, values): (Vec<&Entry>, Vec<&Entry>) = entries.iter().partition(is_table);
        for entry in values {
            self.pair(entry);
        }
        for entry in tables {
            let path = if path.is_empty() { key(entry) } else { format!("{path}.{}", key(entry)) };
            self.section(&path, entry);
        }
    }

    /// Whether an entry gets a table, or tables, of its own.
    fn is_table(&self, entry: &Entry, is_top: bool) -> bool {
        let node = &entry.value;
        match &node.kind {
            NodeKind::Map(entries) => !entries.is_empty() && !self.is_flow(node),
            NodeKind::List(items) => {
                let is_map = |item: &Node| matches!(&item.kind, NodeKind::Map(_));
                let is_inline = self.is_flow(node) || items.iter().all(|item| self.is_flow(item));
                let is_long = || {
                    let line = format!("{} = {}", key(entry), self.inline(node));
                    line.contains('\n') || line.chars().count() > SHORT || self.comments.any_within(node.span)
                };
                !items.is_empty() && items.iter().all(is_map) && !is_inline && (is_top || is_long())
            }
            _ => false,
        }
    }

    /// Whether a list or map is written in brackets, and a map on one line.
    fn is_flow(&self, node: &Node) -> bool {
        let written = self.written(node);
        written.starts_with('[') || (written.starts_with('{') && !written.contains('\n'))
    }

    fn written(&self, node: &Node) -> &str {
        self.file.text.get(node.span.start as usize..node.span.end as usize).unwrap_or_default()
    }

    /// Writes the table or the tables of an entry.
    fn section(&mut self, path: &str, entry: &Entry) {
        let at = place(&entry.key, &entry.value);
        let above = self.comments.above(at);
        self.waiting.extend(above);
        let behind = self.comments.behind(at);
        match &entry.value.kind {
            NodeKind::Map(entries) => {
                let has_values = entries.iter().any(|entry| !self.is_table(entry, false));
                if has_values || behind.is_some() {
                    self.header(&format!("[{path}]"), behind);
                }
                self.table(path, entries);
            }
            NodeKind::List(items) => {
                self.waiting.extend(behind);
                for item in items {
                    let above = self.comments.above(item.span.start);
                    self.waiting.extend(above);
                    let NodeKind::Map(entries) = &item.kind else { continue };
                    // Behind the dash stands a key: what is said there is said of that.
                    let is_first = entries.first().is_some_and(|entry| entry.key.span.start == item.span.start);
                    let behind = if is_first { None } else { self.comments.behind(item.span.start) };
                    self.header(&format!("[[{path}]]"), behind);
                    self.table(path, entries);
                }
            }
            _ => {}
        }
    }

    fn header(&mut self, header: &str, behind: Option<String>) {
        self.text.push('\n');
        let waiting = std::mem::take(&mut self.waiting);
        self.lines(waiting);
        self.text.push_str(header);
        self.end(behind);
        self.follows_header = true;
    }

    fn end(&mut self, behind: Option<String>) {
        if let Some(comment) = behind {
            self.text.extend(["  ", &comment]);
        }
        self.text.push('\n');
    }

    fn lines(&mut self, lines: Vec<String>) {
        for line in lines {
            self.text.extend([&line, "\n"]);
        }
    }

    fn pair(&mut self, entry: &Entry) {
        let at = place(&entry.key, &entry.value);
        let above = self.comments.above(at);
        let behind = self.comments.behind(at);
        if is_apart(&self.file.text, at) && !self.follows_header {
            self.text.push('\n');
        }
        self.follows_header = false;
        self.lines(above);
        let node = &entry.value;
        self.check(entry.key.value.as_str(), node);
        if let NodeKind::List(items) = &node.kind
            && self.is_long(node, items)
        {
            self.text.extend([&key(entry), " = ["]);
            self.end(behind);
            for item in items {
                let above = self.comments.above(item.span.start);
                let behind = self.comments.behind(item.span.start);
                let within = self.comments.within(item.span);
                self.lines(above);
                self.lines(within);
                self.text.extend([&self.inline(item), ","]);
                self.end(behind);
            }
            self.text.push_str("]\n");
            return;
        }
        // Between the brackets of a map there is no place for comments.
        let within = self.comments.within(node.span);
        self.lines(within);
        let value = self.inline(node);
        self.text.extend([&key(entry), " = ", &value]);
        self.end(behind);
    }

    /// Whether a list gets a line for each item.
    fn is_long(&self, node: &Node, items: &[Node]) -> bool {
        let has_maps = items.iter().any(|item| matches!(item.kind, NodeKind::Map(_) | NodeKind::List(_)));
        let is_broken = self.written(node).contains('\n');
        self.comments.any_within(node.span) || (has_maps && is_broken && items.len() > 1)
    }

    /// Reports what TOML cannot say.
    fn check(&mut self, key: &str, node: &Node) {
        match &node.kind {
            NodeKind::Null if !takes_nothing(key) => {
                self.diagnostics
                    .report(&code::VALUE, node.span, "TOML has no null")
                    .help("leave the key away where that means the same; where an expression stands, write `none`");
            }
            NodeKind::List(items) => items.iter().for_each(|item| self.check("", item)),
            NodeKind::Map(entries) => entries.iter().for_each(|entry| self.check(&entry.key.value, &entry.value)),
            _ => {}
        }
    }

    /// A value on one line, but for the text in it that has several.
    fn inline(&self, node: &Node) -> String {
        match &node.kind {
            NodeKind::Null | NodeKind::Broken => "\"\"".to_owned(),
            NodeKind::Bool(bool) => bool.to_string(),
            NodeKind::Int(int) => number(self.written(node)).unwrap_or_else(|| int.to_string()),
            NodeKind::Float(float) => number(self.written(node)).unwrap_or_else(|| float_text(*float)),
            NodeKind::Moment(text) => moment(&text.text),
            NodeKind::Text(text) => string(&text.text, self.written(node).contains('\n')),
            NodeKind::List(items) => {
                let items: Vec<String> = items.iter().map(|item| self.inline(item)).collect();
                format!("[{}]", items.join(", "))
            }
            NodeKind::Map(entries) if entries.is_empty() => "{}".to_owned(),
            NodeKind::Map(entries) => {
                let pair = |entry: &Entry| format!("{} = {}", key(entry), self.inline(&entry.value));
                format!("{{ {} }}", entries.iter().map(pair).collect::<Vec<_>>().join(", "))
            }
        }
    }
}

/// A key as it is written.
fn key(entry: &Entry) -> String {
    let name = entry.key.value.as_str();
    let is_bare = |char: char| char.is_ascii_alphanumeric() || char == '-' || char == '_';
    if !name.is_empty() && name.chars().all(is_bare) { name.to_owned() } else { quoted(name) }
}

/// A number as it was written, if TOML reads it so.
fn number(written: &str) -> Option<String> {
    let digits = written.trim_start_matches(['+', '-']);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_plain = is_digits(whole) && is_digits(fraction) && (whole == "0" || !whole.starts_with('0'));
    is_plain.then(|| written.to_owned())
}

fn float_text(float: f64) -> String {
    if float.is_nan() {
        "nan".to_owned()
    } else if float.is_infinite() {
        if float > 0.0 { "inf".to_owned() } else { "-inf".to_owned() }
    } else {
        format!("{float:?}")
    }
}

/// Text in the quotes that suit it: several lines stay so, as does one that was folded.
fn string(text: &str, is_folded: bool) -> String {
    let has_control = text.chars().any(|char| char.is_control() && !matches!(char, '\n' | '\t'));
    if is_folded
        && !text.contains(['\n', '\\', '\t'])
        && !text.contains("\"\"\"")
        && !text.ends_with('"')
        && !has_control
    {
        let lines = wrapped(text);
        if lines.len() > 1 {
            return format!("\"\"\"\n{}\"\"\"", lines.join(" \\\n"));
        }
    }
    if !text.contains('\n') || has_control {
        return quoted(text);
    }
    let needs_escape = text.contains('\\') || text.contains("\"\"\"") || text.ends_with('"');
    if !needs_escape {
        return format!("\"\"\"\n{text}\"\"\"");
    }
    if !text.contains("'''") && !text.ends_with('\'') {
        return format!("'''\n{text}'''");
    }
    format!("\"\"\"\n{}\"\"\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
