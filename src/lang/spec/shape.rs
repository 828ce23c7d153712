//! The structures of the language as tables: what a map may hold, and how a map is read by its table.

use std::fmt::Write as _;

use super::field::{Field, FieldType};
use super::literal;
use super::lower::Lowering;
use crate::diagnostic::code::{MISSING_KEY, NOT_BUILT, TYPE, UNKNOWN_KEY};
use crate::diagnostic::suggest;
use crate::source::{Span, Spanned};
use crate::syntax::{Entry, Node, NodeKind};

/// A structure: a map whose keys are known.
#[derive(Debug)]
pub struct Shape {
    /// For messages: "a query".
    pub name: &'static str,
    pub fields: &'static [Field],
    /// The fields of which there must be exactly one; none where nothing of the kind is asked.
    pub one_of: &'static [&'static str],
    /// Fields of the language that are not built yet.
    pub unbuilt: &'static [&'static str],
}

impl Shape {
    /// The field of this name.
    pub(super) fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// The keys of a structure as a Markdown table.
pub fn reference(shape: &Shape) -> String {
    let mut table = String::from("| key | is | |\n|---|---|---|\n");
    for field in shape.fields {
        let required = if field.required { ", required" } else { "" };
        writeln!(table, "| `{}` | {}{required} | {} |", field.name, field.ty.describe(), field.summary)
            .expect("a string takes all text");
    }
    if !shape.unbuilt.is_empty() {
        let names: Vec<String> = shape.unbuilt.iter().map(|name| format!("`{name}`")).collect();
        table.push_str("\nPart of the language, but not built yet: ");
        table.push_str(&names.join(", "));
        table.push_str(".\n");
    }
    table
}

/// The fields of a map that are known and of the right kind.
pub(super) struct Fields<'n> {
    found: Vec<(&'static str, &'n Entry)>,
    /// Whether the value of a known key was reported when the file was read.
    pub(super) has_broken: bool,
    /// Whether there are keys that are not known, which were reported.
    pub(super) has_strange: bool,
}

impl<'n> Fields<'n> {
    /// Reads a map by its shape: keys that are unknown, missing, not built or of another kind are reported.
    ///
    /// `owner` is where a missing key is reported. Returns none where there is no map.
    pub(super) fn of(node: &'n Node, shape: &'static Shape, owner: Span, ctx: &mut Lowering<'_>) -> Option<Self> {
        let entries = ctx.map(node, shape.name)?;
        let mut found = Vec::new();
        let mut has_broken = false;
        let mut seen: Vec<&str> = Vec::new();
        let mut strange: Vec<&str> = Vec::new();
        for entry in entries {
            let name = entry.key.value.as_str();
            let Some(field) = shape.field(name) else {
                unknown(&entry.key, shape, ctx);
                if matches!(entry.value.kind, NodeKind::Map(_) | NodeKind::List(_)) {
                    ctx.lose(&entry.value);
                }
                strange.push(name);
                continue;
            };
            if matches!(entry.value.kind, NodeKind::Null) && field.ty.null_is_absent() {
                continue;
            }
            seen.push(name);
            if matches!(entry.value.kind, NodeKind::Broken) {
                has_broken = true;
                continue;
            }
            if field.ty.fits(&entry.value.kind) {
                found.push((field.name, entry));
            } else {
                wrong_kind(field, entry, ctx);
            }
        }
        let names = shape.fields.iter().map(|field| field.name);
        let missing = |field: &&Field| field.required && !seen.contains(&field.name);
        for field in shape.fields.iter().filter(missing).filter(|field| !is_misspelt(field.name, &strange, &names)) {
            let message = format!("{} needs `{}`", shape.name, field.name);
            ctx.diagnostics.report(&MISSING_KEY, owner, message).help(format!("add `{}: …`", field.name));
        }
        Some(Self { found, has_broken, has_strange: !strange.is_empty() })
    }

    pub(super) fn entry(&self, name: &str) -> Option<&'n Entry> {
        self.found.iter().find(|(field, _)| *field == name).map(|(_, entry)| *entry)
    }

    pub(super) fn get(&self, name: &str) -> Option<&'n Node> {
        self.entry(name).map(|entry| &entry.value)
    }

    /// The word of a field, and where it stands.
    pub(super) fn word(&self, name: &str) -> Option<Spanned<String>> {
        match self.get(name) {
            Some(Node { kind: NodeKind::Text(text), span }) => Some(Spanned::new(text.text.to_string(), *span)),
            _ => None,
        }
    }

    pub(super) fn bool(&self, name: &str) -> Option<bool> {
        match self.get(name)?.kind {
            NodeKind::Bool(bool) => Some(bool),
            _ => None,
        }
    }

    pub(super) fn int(&self, name: &str) -> Option<Spanned<i64>> {
        match self.get(name)? {
            Node { kind: NodeKind::Int(int), span } => Some(Spanned::new(*int, *span)),
            _ => None,
        }
    }
}

/// Whether one of the keys that are not known is meant for this one: then that is what was said of it.
pub(super) fn is_misspelt<'a>(name: &str, strange: &[&str], known: &(impl Iterator<Item = &'a str> + Clone)) -> bool {
    strange.iter().any(|key| suggest::nearest(key, known.clone()) == Some(name))
}

/// What other tools call a key, in which structure, and what it is called here.
const MEANT: &[(&str, &str, &str)] = &[
    ("accent", "a theme", "primary"),
    ("color", "a theme", "primary"),
    ("primaryColor", "a theme", "primary"),
    ("base", "a theme", "mode"),
    ("scheme", "a theme", "mode"),
    ("palette", "a theme", "series"),
    ("colors", "a theme", "series"),
    ("baseRadius", "a theme", "radius"),
];

fn unknown(key: &Spanned<String>, shape: &'static Shape, ctx: &mut Lowering<'_>) {
    let name = key.value.as_str();
    if shape.unbuilt.contains(&name) {
        let message = format!("`{name}` of {} is part of the language but not built yet", shape.name);
        ctx.diagnostics.report(&NOT_BUILT, key.span, message);
        return;
    }
    let known = shape.fields.iter().map(|field| field.name);
    let message = format!("{} has no key `{name}`", shape.name);
    let all = known.clone().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let meant = MEANT.iter().find(|(written, of, _)| *of == shape.name && *written == name);
    let diagnostic = ctx.diagnostics.report(&UNKNOWN_KEY, key.span, message);
    match meant {
        Some((.., meant)) => diagnostic.help(format!("did you mean `{meant}`?")),
        None => diagnostic.nearest(name, known),
    };
    diagnostic.help(format!("its keys are {all}"));
}

fn wrong_kind(field: &Field, entry: &Entry, ctx: &mut Lowering<'_>) {
    let node = &entry.value;
    let message = format!("`{}` is {}, but {} is expected", field.name, node.describe(), field.ty.expected());
    let source = ctx.sources.text(node.span).to_owned();
    let is_scalar =
        matches!(node.kind, NodeKind::Bool(_) | NodeKind::Int(_) | NodeKind::Float(_) | NodeKind::Moment(_));
    let is_small = !matches!(node.kind, NodeKind::Map(_) | NodeKind::List(_));
    let place = if is_small { node.span } else { entry.key.span };
    let diagnostic = ctx.diagnostics.report(&TYPE, place, message);
    if let FieldType::Choice(words) = field.ty {
        let list = words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        diagnostic.help(format!("it is one of {list}"));
    } else if is_scalar && field.ty.expected() == "text" {
        diagnostic.fix("quote it", node.span, format!("\"{source}\""));
    }
    if let (FieldType::Bool, Some(bool)) = (field.ty, node.as_text().and_then(literal::bool_word)) {
        diagnostic.fix(format!("write `{bool}`"), node.span, bool.to_string());
    }
    if field.ty.is_list() && matches!(node.kind, NodeKind::Map(_)) {
        diagnostic.help("in YAML, an item of a list begins with `- `; in TOML, with `[[…]]`");
    }
}
