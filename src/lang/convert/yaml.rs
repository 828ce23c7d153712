//! A tree as YAML: lists and maps without brackets, but those that stand in brackets on one line.

use super::comment::{Comments, place};
use super::same::{says_nothing, takes_nothing};
use super::{is_apart, wrapped};
use crate::diagnostic::{Diagnostics, code};
use crate::format::WIDTH;
use crate::source::{SourceFile, Sources};
use crate::syntax::{self, Entry, Node, NodeKind, quoted};

/// Keys of SQL: its text is no template to the eye, and stands without quotes where it can.
const SQL: &[&str] = &["sql", "transform"];

/// Writes a tree; what YAML cannot say is reported.
pub(super) fn write_yaml(
    file: &SourceFile,
    root: &Node,
    comments: &mut Comments,
    diagnostics: &mut Diagnostics,
) -> String {
    let mut writer = Writer { file, comments, diagnostics, text: String::new() };
    match &root.kind {
        NodeKind::Map(entries) => writer.map(entries, 0),
        _ => writer.text.push_str("{}\n"),
    }
    writer.text
}

struct Writer<'a> {
    file: &'a SourceFile,
    comments: &'a mut Comments,
    diagnostics: &'a mut Diagnostics,
    text: String,
}

impl Writer<'_> {
    /// Writes the entries of a map, each on a line that the first of them may share with a dash.
    fn map(&mut self, entries: &[Entry], column: usize) {
        let mut was_long = false;
        for (index, entry) in entries.iter().enumerate() {
            let at = place(&entry.key, &entry.value);
            let above = self.comments.above(at);
            let behind = self.comments.behind(at);
            let is_long = column <= 2 && self.is_block(entry, column);
            let is_apart = if column == 0 { is_long || was_long || is_apart(&self.file.text, at) } else { is_long };
            if index > 0 {
                if is_apart && !self.text.is_empty() {
                    self.text.push('\n');
                }
                self.lines(above, column);
                self.indent(column);
            } else {
                self.first_lines(above, column);
            }
            was_long = is_long;
            self.entry(entry, column, behind);
        }
    }

    /// Whether an entry is a list or a map of several lines.
    fn is_block(&self, entry: &Entry, column: usize) -> bool {
        matches!(entry.value.kind, NodeKind::List(_) | NodeKind::Map(_)) && self.flow_of(entry, column).is_none()
    }

    /// Comments before the first entry of a map, whose line may have begun with a dash already.
    fn first_lines(&mut self, lines: Vec<String>, column: usize) {
        let begins = self.text.is_empty() || self.text.ends_with('\n');
        if begins {
            self.lines(lines, column);
            self.indent(column);
        } else if !lines.is_empty() {
            self.text.push('\n');
            self.lines(lines, column);
            self.indent(column);
        }
    }

    fn entry(&mut self, entry: &Entry, column: usize, behind: Option<String>) {
        let name = entry.key.value.as_str();
        self.text.extend([&key(name), ":"]);
        let node = &entry.value;
        self.check(node);
        match &node.kind {
            _ if says_nothing(node) && takes_nothing(name) => self.end(behind),
            NodeKind::List(_) | NodeKind::Map(_) => {
                let flow = self.flow_of(entry, column);
                if let Some(flow) = &flow {
                    self.text.extend([" ", flow]);
                }
                self.end(behind);
                if flow.is_none() {
                    self.block(node, column + 2);
                }
            }
            NodeKind::Text(text) if is_block_scalar(&text.text) => {
                self.text.push(' ');
                self.block_scalar(&text.text, column + 2, behind);
            }
            NodeKind::Text(text) if self.written(node).contains('\n') && wrapped(&text.text).len() > 1 => {
                self.text.push_str(" >-");
                self.end(behind);
                self.lines(wrapped(&text.text), column + 2);
            }
            NodeKind::Text(text) if text.text.contains("{{") && !SQL.contains(&name) => {
                self.text.extend([" ", &quoted(&text.text)]);
                self.end(behind);
            }
            _ => {
                self.text.extend([" ", &self.inline(node, false)]);
                self.end(behind);
            }
        }
    }

    /// Writes a list or map without brackets.
    fn block(&mut self, node: &Node, column: usize) {
        match &node.kind {
            NodeKind::Map(entries) => self.map(entries, column),
            NodeKind::List(items) => {
                for item in items {
                    let above = self.comments.above(item.span.start);
                    let behind = self.comments.behind(item.span.start);
                    self.lines(above, column);
                    self.item(item, column, behind);
                }
            }
            _ => {}
        }
    }

    fn item(&mut self, item: &Node, column: usize, behind: Option<String>) {
        self.indent(column);
        self.text.push_str("- ");
        let flow = self.flow(item, column + 2);
        match (&item.kind, flow) {
            (NodeKind::Map(_) | NodeKind::List(_), None) => {
                let begins_anew = matches!(item.kind, NodeKind::List(_)) || behind.is_some();
                if begins_anew {
                    self.text.pop();
                    self.end(behind);
                }
                self.block(item, column + 2);
            }
            (_, Some(flow)) => {
                self.text.push_str(&flow);
                self.end(behind);
            }
            (NodeKind::Text(text), None) if is_block_scalar(&text.text) => {
                self.block_scalar(&text.text, column + 2, behind);
            }
            (_, None) => {
                let value = self.inline(item, false);
                self.text.push_str(&value);
                self.end(behind);
            }
        }
    }

    /// The value of an entry in brackets, if it is to be written so.
    fn flow_of(&self, entry: &Entry, column: usize) -> Option<String> {
        self.flow(&entry.value, column + entry.key.value.chars().count() + 2)
    }

    /// A list or map in brackets, if it was written so on one line, has no comments, and fits.
    fn flow(&self, node: &Node, column: usize) -> Option<String> {
        let written = self.written(node);
        let (is_empty, is_inline) = match &node.kind {
            // The tables of a list begin where it begins, with a header; so does a table.
            NodeKind::List(items) => (
                items.is_empty(),
                written.starts_with('[') && items.first().is_none_or(|item| item.span.start != node.span.start),
            ),
            NodeKind::Map(entries) => (entries.is_empty(), written.starts_with('{')),
            _ => return None,
        };
        let is_line = is_inline && !written.contains('\n') && !self.comments.any_within(node.span);
        let flow = self.inline(node, true);
        (is_empty || is_line && column + flow.chars().count() <= WIDTH).then_some(flow)
    }

    /// A value on one line.
    fn inline(&self, node: &Node, is_flow: bool) -> String {
        match &node.kind {
            NodeKind::Null | NodeKind::Broken => "null".to_owned(),
            NodeKind::Bool(bool) => bool.to_string(),
            NodeKind::Int(int) => number(self.written(node)).unwrap_or_else(|| int.to_string()),
            NodeKind::Float(float) => number(self.written(node)).unwrap_or_else(|| float_text(*float)),
            NodeKind::Moment(text) => text.text.to_string(),
            NodeKind::Text(text) => scalar(&text.text, is_flow),
            NodeKind::List(items) => {
                let items: Vec<String> = items.iter().map(|item| self.inline(item, true)).collect();
                format!("[{}]", items.join(", "))
            }
            NodeKind::Map(entries) if entries.is_empty() => "{}".to_owned(),
            NodeKind::Map(entries) => {
                let pair = |entry: &Entry| {
                    let name = key(&entry.key.value);
                    let is_nothing = says_nothing(&entry.value) && takes_nothing(&entry.key.value);
                    if is_nothing { format!("{name}:") } else { format!("{name}: {}", self.inline(&entry.value, true)) }
                };
                format!("{{ {} }}", entries.iter().map(pair).collect::<Vec<_>>().join(", "))
            }
        }
    }

    fn written(&self, node: &Node) -> &str {
        self.file.text.get(node.span.start as usize..node.span.end as usize).unwrap_or_default()
    }

    /// Writes text of several lines, line by line.
    fn block_scalar(&mut self, text: &str, column: usize, behind: Option<String>) {
        self.text.push_str(&block_sign(text));
        self.end(behind);
        for line in block_lines(text) {
            if !line.is_empty() {
                self.indent(column);
            }
            self.text.extend([line, "\n"]);
        }
    }

    fn end(&mut self, behind: Option<String>) {
        if let Some(comment) = behind {
            self.text.extend(["  ", &comment]);
        }
        self.text.push('\n');
    }

    fn indent(&mut self, column: usize) {
        self.text.extend(std::iter::repeat_n(' ', column));
    }

    fn lines(&mut self, lines: Vec<String>, column: usize) {
        for line in lines {
            self.indent(column);
            self.text.extend([&line, "\n"]);
        }
    }

    /// Reports what YAML cannot say.
    fn check(&mut self, node: &Node) {
        match &node.kind {
            NodeKind::Moment(text) if text.text.get(2..3) == Some(":") => {
                self.diagnostics
                    .report(&code::VALUE, node.span, "YAML has no times of day")
                    .help("write it as text, in quotes");
            }
            NodeKind::List(items) => items.iter().for_each(|item| self.check(item)),
            // The entries of a map that is written line by line are checked one by one.
            NodeKind::Map(entries) => entries.iter().for_each(|entry| self.check(&entry.value)),
            _ => {}
        }
    }
}

/// What begins text that is written line by line.
fn block_sign(text: &str) -> String {
    let body = text.trim_end_matches('\n');
    let chomping = if text.ends_with('\n') { "" } else { "-" };
    let indent = if body.trim_start_matches('\n').starts_with(' ') { "2" } else { "" };
    format!("|{indent}{chomping}")
}

fn block_lines(text: &str) -> std::str::Split<'_, char> {
    text.strip_suffix('\n').unwrap_or(text).split('\n')
}

/// Whether text has several lines, or ends with one, and reads as itself when it is written so. Empty lines at its end
/// would be told from those between entries by nobody.
fn is_block_scalar(text: &str) -> bool {
    if !text.trim_start().contains('\n') || text.ends_with("\n\n") {
        return false;
    }
    let lines: Vec<&str> = block_lines(text).collect();
    let (root, diagnostics) = read(format!("a: {}\n  {}\n", block_sign(text), lines.join("\n  ")));
    diagnostics.is_empty() && root.get("a").and_then(Node::as_text) == Some(text)
}

/// A key, in quotes where it needs them.
fn key(name: &str) -> String {
    let is_word = |char: char| char.is_ascii_alphanumeric() || matches!(char, '_' | '-' | '.');
    let (_, diagnostics) = read(format!("{name}: 1\n"));
    let is_plain = !name.is_empty() && name.chars().all(is_word) && diagnostics.is_empty();
    if is_plain { name.to_owned() } else { quoted(name) }
}

fn read(text: String) -> (Node, Diagnostics) {
    let mut sources = Sources::default();
    let id = sources.add("a.yaml", text);
    let mut diagnostics = Diagnostics::default();
    let root = syntax::parse(sources.file(id), &mut diagnostics).root;
    (root, diagnostics)
}

/// A text without quotes where it reads as what it is, else with them.
fn scalar(text: &str, is_flow: bool) -> String {
    let is_line = !text.contains('\n');
    if is_line && reads_as_itself(text, is_flow) { text.to_owned() } else { quoted(text) }
}

/// Whether the reader of specs takes it for this text, and has nothing to say about it.
fn reads_as_itself(text: &str, is_flow: bool) -> bool {
    let (list, wanted) = if is_flow { ("[a, {}]", 1) } else { ("\n  - {}", 0) };
    let (root, diagnostics) = read(format!("a: {}\n", list.replace("{}", text)));
    let Some(NodeKind::List(items)) = root.get("a").map(|list| &list.kind) else { return false };
    let is_text = items.len() == wanted + 1 && items.last().and_then(Node::as_text) == Some(text);
    let (root, more) = read(if is_flow { format!("{{ a: {text} }}\n") } else { format!("a: {text}\n") });
    is_text && root.get("a").and_then(Node::as_text) == Some(text) && diagnostics.is_empty() && more.is_empty()
}

/// A number as it was written, if YAML reads it so.
fn number(written: &str) -> Option<String> {
    let digits = written.trim_start_matches(['+', '-']);
    digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.').then(|| written.to_owned())
}

fn float_text(float: f64) -> String {
    if float.is_nan() {
        ".nan".to_owned()
    } else if float.is_infinite() {
        if float > 0.0 { ".inf".to_owned() } else { "-.inf".to_owned() }
    } else {
        format!("{float:?}")
    }
}
