//! Signs that are missing: quotes, brackets, colons, indentation.

use super::super::demo::{Demo, Entry, Role};
use super::super::word::{TokenKind, parts, tokens};
use super::{Class, Edit};

pub(super) fn leave_out(demo: &Demo, edits: &mut Vec<Edit>) {
    for entry in &demo.entries {
        quotes(demo, entry, edits);
        brackets(demo, entry, edits);
        sign_of_key(demo, entry, edits);
        templates(demo, entry, edits);
    }
    for (file, found) in demo.files.iter().enumerate() {
        if !found.is_toml() {
            indentation(demo, file, edits);
        }
    }
}

fn without(operator: &'static str, class: Class, entry: &Entry, at: usize, length: usize) -> Edit {
    let mut edit = Edit::new(operator, class, entry.file, at..at + length, "");
    edit.near.push(entry.key.start);
    edit
}

fn quotes(demo: &Demo, entry: &Entry, edits: &mut Vec<Edit>) {
    let file = &demo.files[entry.file];
    let text = &file.text[entry.value.clone()];
    let is_quoted = text.len() > 1 && text.starts_with(['"', '\'']) && text.ends_with(['"', '\'']);
    if !is_quoted || entry.role == Role::Structure {
        return;
    }
    if text.starts_with("\"\"\"") {
        edits.push(without("drop a quote", Class::Breaks, entry, entry.value.start, 1));
        edits.push(without("drop a quote", Class::Breaks, entry, entry.value.end - 1, 1));
        return;
    }
    edits.push(without("drop a quote", Class::Breaks, entry, entry.value.end - 1, 1));
    // What YAML reads as plain text then only has a quote too many at its end.
    let inner = &text[1..text.len() - 1];
    let starts = inner.starts_with(|c: char| !c.is_alphanumeric());
    let is_plain = !file.is_toml() && !starts && !inner.contains(": ") && !inner.contains(" #");
    let is_prose = matches!(entry.role, Role::Text | Role::Label);
    let class = if is_plain && is_prose { Class::Open } else { Class::Breaks };
    edits.push(without("drop a quote", class, entry, entry.value.start, 1));
}

/// Brackets of maps and lists, and parentheses of expressions and SQL.
fn brackets(demo: &Demo, entry: &Entry, edits: &mut Vec<Edit>) {
    let file = &demo.files[entry.file];
    let text = &file.text[entry.value.clone()];
    let is_flow = entry.role == Role::Structure || entry.role == Role::Constant;
    let is_header = file.is_toml() && is_block_header(&file.text, entry);
    if is_flow && text.starts_with(['{', '[']) && !is_header {
        edits.push(without("drop a bracket", Class::Breaks, entry, entry.value.start, 1));
        edits.push(without("drop a bracket", Class::Breaks, entry, entry.value.end - 1, 1));
    }
    if matches!(entry.role, Role::Expression(_) | Role::Sql | Role::Format | Role::Subject) {
        let is_template = entry.role == Role::Sql;
        let inner = usize::from(text.starts_with(['"', '\'']));
        for token in tokens(&text[inner..], is_template) {
            let at = entry.value.start + inner + token.at.start;
            if token.kind == TokenKind::Sign && matches!(&file.text[at..=at], "(" | ")") {
                edits.push(without("drop a parenthesis", Class::Breaks, entry, at, 1));
            }
        }
    }
}

fn is_block_header(text: &str, entry: &Entry) -> bool {
    let line = text[..entry.value.start].rfind('\n').map_or(0, |at| at + 1);
    text[line..].starts_with('[')
}

/// The colon behind a key, or the sign in TOML.
fn sign_of_key(demo: &Demo, entry: &Entry, edits: &mut Vec<Edit>) {
    let file = &demo.files[entry.file];
    let sign = if file.is_toml() { " =" } else { ":" };
    if !file.text[entry.key.end..].starts_with(sign) {
        return;
    }
    edits.push(without("drop a colon", Class::Breaks, entry, entry.key.end, sign.len()));
    if !file.is_toml() && file.text[entry.key.end..].starts_with(": ") {
        edits.push(without("drop the space behind a colon", Class::Breaks, entry, entry.key.end + 1, 1));
    }
}

/// The braces of templates, and the brackets of optional parts of SQL.
fn templates(demo: &Demo, entry: &Entry, edits: &mut Vec<Edit>) {
    let file = &demo.files[entry.file];
    if !matches!(entry.role, Role::Text | Role::Sql) {
        return;
    }
    let text = &file.text[entry.value.clone()];
    for (kind, at) in parts(text) {
        let (start, end) = (entry.value.start + at.start, entry.value.start + at.end);
        edits.push(without("drop braces", Class::Breaks, entry, end - 2, 2));
        edits.push(without("drop a brace", Class::Breaks, entry, end - 1, 1));
        edits.push(without("drop braces", Class::Breaks, entry, start, 2));
        if kind == TokenKind::Emit {
            edits.push(without("drop a brace", Class::Breaks, entry, start, 1));
        }
    }
    if entry.role == Role::Sql {
        for token in tokens(text, true).iter().filter(|token| token.kind == TokenKind::Optional) {
            let at = entry.value.start + token.at.start;
            edits.push(without("drop braces", Class::Breaks, entry, at, 2));
            edits.push(without("drop a brace", Class::Breaks, entry, at, 1));
        }
    }
}

/// A key that stands a column beside its neighbours.
fn indentation(demo: &Demo, file: usize, edits: &mut Vec<Edit>) {
    let text = &demo.files[file].text;
    for entry in demo.entries.iter().filter(|entry| entry.file == file) {
        let line = text[..entry.key.start].rfind('\n').map_or(0, |at| at + 1);
        let before = &text[line..entry.key.start];
        let earlier = |other: &&Entry| other.file == file && other.key.start < entry.key.start;
        let mut earlier = demo.entries.iter().filter(earlier);
        let is_later = match before.trim() {
            "" => earlier.any(|other| other.map == entry.map),
            "-" => earlier.any(|other| other.map != entry.map && other.parent == entry.parent),
            _ => false,
        };
        if !is_later {
            continue;
        }
        let mut edit = Edit::new("indent a line more", Class::Breaks, file, line..line, " ");
        // The line above is the one whose text it seems to go on.
        edit.near.push(line.saturating_sub(1));
        edits.push(edit.clone());
        if !before.is_empty() {
            edits.push(Edit { operator: "indent a line less", at: line..line + 1, with: String::new(), ..edit });
        }
    }
}
