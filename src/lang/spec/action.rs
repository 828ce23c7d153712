//! Action lists: `on_click`, `on_change`.

use super::field::{Field, FieldType};
use super::lower::Lowering;
use super::name;
use super::written::{expression, text};
use super::{Action, ActionKind, Name};
use crate::diagnostic::code::{MISSING_KEY, TYPE, UNKNOWN_KEY, UNKNOWN_KIND};
use crate::source::Spanned;
use crate::syntax::{Entry, Node, NodeKind};

/// An action: what stands behind the key that names it, and what may stand beside that key.
#[derive(Debug)]
pub struct ActionShape {
    pub name: &'static str,
    pub ty: FieldType,
    pub fields: &'static [Field],
    /// One sentence.
    pub summary: &'static str,
}

const WHEN: Field = Field::optional("when", FieldType::Expression, "Done only if this is true.");
const WITH: Field =
    Field::optional("with", FieldType::Named(&FieldType::Expression), "What is handed over, by parameter.");

/// The actions, each named by the one key of its item that is an action's.
pub static ACTIONS: &[ActionShape] = &[
    ActionShape {
        name: "set",
        ty: FieldType::Assignments,
        fields: &[WHEN],
        summary: "Sets state keys, each to an expression; all of them see the values before it.",
    },
    ActionShape {
        name: "reset",
        ty: FieldType::Names,
        fields: &[WHEN],
        summary: "Sets state keys back to their initial values: one, a list, or `all` of the page.",
    },
    ActionShape {
        name: "run",
        ty: FieldType::Name,
        fields: &[WHEN, WITH],
        summary: "Runs a write, with what `with` hands over.",
    },
    ActionShape {
        name: "refresh",
        ty: FieldType::Names,
        fields: &[WHEN],
        summary: "Runs queries again: one, a list, or `all` of the page.",
    },
    ActionShape {
        name: "goto",
        ty: FieldType::Text,
        fields: &[WHEN],
        summary: "Goes to a page, or to another address.",
    },
    ActionShape { name: "toast", ty: FieldType::Text, fields: &[WHEN], summary: "Shows a short message for a while." },
    ActionShape {
        name: "open",
        ty: FieldType::Word,
        fields: &[WHEN],
        summary: "Opens a dialog, a popover or an expander, by its id.",
    },
    ActionShape { name: "close", ty: FieldType::Word, fields: &[WHEN], summary: "Closes it." },
];

/// Lowers a list of actions.
pub(super) fn list(node: &Node, owner: &str, ctx: &mut Lowering<'_>) -> Vec<Action> {
    let items = ctx.list(node, &format!("`{owner}`"));
    items.iter().filter_map(|item| action(item, ctx)).collect()
}

fn action(node: &Node, ctx: &mut Lowering<'_>) -> Option<Action> {
    if let Some(written) = node.as_text() {
        let message = format!("an action is a map with its key, but this is the text `{written}`");
        ctx.diagnostics.report(&TYPE, node.span, message).help("write `reset: all` or `toast: Saved`, say");
        return None;
    }
    let entries = ctx.map(node, "an action")?;
    let is_action = |entry: &&Entry| find(key_of(entry)).is_some();
    let named: Vec<&Entry> = entries.iter().filter(is_action).collect();
    let found = match named.as_slice() {
        [] => {
            report_none(node, entries, ctx);
            return None;
        }
        [only] => *only,
        [first, second, ..] => {
            let message = format!("one item holds two actions, `{}` and `{}`", first.key.value, second.key.value);
            let diagnostic = ctx.diagnostics.report(&UNKNOWN_KIND, second.key.span, message);
            diagnostic.label(first.key.span, "the first action").help("make two items of it: they run in order");
            return None;
        }
    };
    report_others(entries, found, ctx);
    let when = match node.get("when") {
        Some(condition) => Some(expression(condition, ctx)?),
        None => None,
    };
    Some(Action { kind: kind(found, node, ctx)?, when, span: found.key.span })
}

fn find(name: &str) -> Option<&'static ActionShape> {
    ACTIONS.iter().find(|action| action.name == name)
}

fn key_of(entry: &Entry) -> &str {
    &entry.key.value
}

fn report_none(node: &Node, entries: &[Entry], ctx: &mut Lowering<'_>) {
    let help = "actions are `set`, `reset`, `run`, `refresh`, `goto`, `toast`, `open` and `close`";
    match entries.iter().find(|entry| key_of(entry) != "when") {
        Some(entry) => {
            let message = format!("there is no action `{}`", entry.key.value);
            let diagnostic = ctx.diagnostics.report(&UNKNOWN_KIND, entry.key.span, message);
            diagnostic.nearest(&entry.key.value, ACTIONS.iter().map(|action| action.name)).help(help);
        }
        None => {
            ctx.diagnostics.report(&MISSING_KEY, node.span, "an item of an action list has no action").help(help);
        }
    }
}

fn report_others(entries: &[Entry], found: &Entry, ctx: &mut Lowering<'_>) {
    let fields = find(key_of(found)).map_or(&[][..], |action| action.fields);
    let known = || fields.iter().map(|field| field.name);
    let others = entries.iter().filter(|entry| entry.key.span != found.key.span);
    for entry in others.filter(|entry| known().all(|name| name != key_of(entry))) {
        let message = format!("the action `{}` has no key `{}`", found.key.value, entry.key.value);
        ctx.diagnostics.report(&UNKNOWN_KEY, entry.key.span, message).nearest(&entry.key.value, known());
    }
}

fn kind(entry: &Entry, item: &Node, ctx: &mut Lowering<'_>) -> Option<ActionKind> {
    let node = &entry.value;
    match key_of(entry) {
        "set" => set(node, ctx),
        "run" => run(entry, item, ctx),
        "reset" => Some(ActionKind::Reset(names(entry, "a state key", ctx))),
        "refresh" => Some(ActionKind::Refresh(names(entry, "a query", ctx))),
        "goto" => text(node, "`goto`", ctx).map(ActionKind::Goto),
        "open" => component(entry, ctx).map(ActionKind::Open),
        "close" => component(entry, ctx).map(ActionKind::Close),
        _ => text(node, "`toast`", ctx).map(ActionKind::Toast),
    }
}

/// Takes the id of a component, written bare.
fn component(entry: &Entry, ctx: &mut Lowering<'_>) -> Option<Spanned<String>> {
    let node = &entry.value;
    if let Some(id) = node.as_text() {
        return Some(Spanned::new(id.trim().to_owned(), node.span));
    }
    if !matches!(node.kind, NodeKind::Broken) {
        let message = format!("`{}` names a dialog by its id, but this is {}", entry.key.value, node.describe());
        ctx.diagnostics.report(&TYPE, node.span, message);
    }
    None
}

fn set(node: &Node, ctx: &mut Lowering<'_>) -> Option<ActionKind> {
    let mut sets = Vec::new();
    for entry in ctx.map(node, "`set`")? {
        let key = name::bare(&entry.key, "a state key", ctx)?;
        sets.push((key, expression(&entry.value, ctx)?));
    }
    if sets.is_empty() {
        let diagnostic = ctx.diagnostics.report(&MISSING_KEY, node.span, "`set` sets nothing");
        diagnostic.help("write `set: { key: expression }`");
        return None;
    }
    Some(ActionKind::Set(sets))
}

/// Takes the name of a write, and from `with` beside it what it is handed over.
fn run(entry: &Entry, item: &Node, ctx: &mut Lowering<'_>) -> Option<ActionKind> {
    let Some(write) = entry.value.as_text() else {
        if !matches!(entry.value.kind, NodeKind::Broken) {
            let message = format!("`run` names a write, but this is {}", entry.value.describe());
            let diagnostic = ctx.diagnostics.report(&TYPE, entry.value.span, message);
            diagnostic.help("write `run: add_order`, and what it is handed over beside it, as `with: { … }`");
        }
        return None;
    };
    let write = name::bare(&Spanned::new(write.to_owned(), entry.value.span), "a write", ctx);
    let mut with = Vec::new();
    for handed in item.get("with").and_then(|node| ctx.map(node, "`with`")).unwrap_or_default() {
        let name = name::bare(&handed.key, "a parameter", ctx);
        let value = expression(&handed.value, ctx);
        with.push((name?, value?));
    }
    Some(ActionKind::Run { write: write?, with })
}

/// Takes one name, a list of them, or `all` for none in particular.
pub(super) fn names(entry: &Entry, what: &str, ctx: &mut Lowering<'_>) -> Option<Vec<Spanned<Name>>> {
    let node = &entry.value;
    if node.as_text() == Some("all") {
        return None;
    }
    let single = [node.clone()];
    let items: &[Node] = match &node.kind {
        NodeKind::Text(_) => &single,
        _ => ctx.list(node, &format!("`{}`", entry.key.value)),
    };
    let mut names = Vec::new();
    for item in items {
        let Some(text) = item.as_text() else {
            let message = format!("{what} is expected, but this is {}", item.describe());
            ctx.diagnostics.report(&TYPE, item.span, message);
            continue;
        };
        names.extend(name::bare(&Spanned::new(text.to_owned(), item.span), what, ctx));
    }
    Some(names)
}
