//! Which key of an item names its kind.

use super::lower::Lowering;
use crate::component::{self, COMMON, COMMON_UNBUILT, Component};
use crate::diagnostic::code::{MISSING_KEY, UNKNOWN_KIND};
use crate::diagnostic::suggest;
use crate::syntax::{Entry, Node, NodeKind};

/// What authors write who come from elsewhere, and the kind that they mean.
const ELSEWHERE: &[(&str, &str)] = &[
    ("alert", "warning"),
    ("button_group", "segmented"),
    ("columns", "row"),
    ("container", "group"),
    ("dataframe", "table"),
    ("date", "date_input"),
    ("datetime", "datetime_input"),
    ("dropdown", "select"),
    ("heading", "header"),
    ("file_input", "file_upload"),
    ("file_uploader", "file_upload"),
    ("hr", "divider"),
    ("kpi", "metric"),
    ("markdown", "text"),
    ("number", "number_input"),
    ("paragraph", "text"),
    ("pills", "segmented"),
    ("segmented_control", "segmented"),
    ("selectbox", "select"),
    ("stars", "rating"),
    ("switch", "toggle"),
    ("textarea", "text_area"),
    ("time", "time_input"),
    ("write", "text"),
];

/// Finds the kind of an item, and the entry whose key names it.
///
/// A kind name that is an option of another kind in the item is that option.
pub(super) fn find<'n>(node: &'n Node, ctx: &mut Lowering<'_>) -> Option<(&'static Component, &'n Entry)> {
    let entries = match &node.kind {
        NodeKind::Map(entries) => entries,
        NodeKind::Broken => return None,
        _ => {
            report_no_map(node, ctx);
            return None;
        }
    };
    let named: Vec<&Entry> = entries.iter().filter(|entry| is_kind(&entry.key.value)).collect();
    // What names a kind may be an option of the one that is misspelt: `chart` beside `metrik`.
    let is_misspelt = |entry: &Entry| {
        let meant = (!is_kind(&entry.key.value)).then(|| meant(&entry.key.value)).flatten().and_then(component::find);
        meant.is_some_and(|kind| named.iter().all(|other| has_option(kind, &other.key.value)))
    };
    if named.is_empty() || entries.iter().any(is_misspelt) {
        report_none(node, entries, ctx);
        ctx.lose(node);
        return None;
    }
    let built = |entry: &&'n Entry| Some((component::find(&entry.key.value)?, *entry));
    let owner = named.iter().filter_map(built).find(|(kind, entry)| {
        let mut others = named.iter().filter(|other| other.key.span != entry.key.span);
        others.all(|other| has_option(kind, &other.key.value))
    });
    if owner.is_none() {
        report_unresolved(&named, ctx);
        ctx.lose(node);
    }
    owner
}

fn is_kind(name: &str) -> bool {
    component::find(name).is_some()
}

fn has_option(kind: &Component, name: &str) -> bool {
    kind.prop(name).is_some() || kind.unbuilt.contains(&name)
}

fn report_no_map(node: &Node, ctx: &mut Lowering<'_>) {
    let message = format!("a component is a map with the key that names its kind, but this is {}", node.describe());
    let written = node.as_text().unwrap_or_default().trim().to_owned();
    let source = ctx.sources.text(node.span).to_owned();
    let diagnostic = ctx.diagnostics.report(&UNKNOWN_KIND, node.span, message);
    match &node.kind {
        NodeKind::Text(_) if is_kind(&written) => {
            diagnostic.fix("write", node.span, format!("{written}:"));
        }
        NodeKind::Text(_) if source.contains('\n') => {
            diagnostic.help("write `text:` in front of it");
        }
        NodeKind::Text(_) => {
            let better = match source.split_once(' ') {
                Some((kind, subject)) if is_kind(kind) => format!("{kind}: {}", subject.trim_start()),
                _ => format!("text: {source}"),
            };
            diagnostic.suggest("write", node.span, better);
        }
        _ => {
            diagnostic.help("write `header: Sales` or `table: orders`, say");
        }
    }
}

/// The kind that is meant by what is none: a word from elsewhere, or the kind that is nearest.
fn meant(name: &str) -> Option<&'static str> {
    let kinds = component::ALL.iter().map(|kind| kind.name);
    let elsewhere = ELSEWHERE.iter().find(|(other, _)| *other == name).map(|(_, kind)| *kind);
    // `max` is an option, and no `map` that is misspelt.
    elsewhere.or_else(|| suggest::nearest(name, kinds).filter(|_| !is_option(name)))
}

/// Whether a component may have an option of this name.
fn is_option(name: &str) -> bool {
    let is_common = COMMON.iter().any(|option| option.name == name) || COMMON_UNBUILT.contains(&name);
    is_common || component::ALL.iter().any(|kind| kind.prop(name).is_some())
}

/// Reports the key that is nearest to a kind, else the first that is no option of every component.
fn report_none(node: &Node, entries: &[Entry], ctx: &mut Lowering<'_>) {
    let near = entries.iter().find(|entry| meant(&entry.key.value).is_some());
    let Some(entry) = near.or_else(|| entries.iter().find(|entry| !is_option(&entry.key.value))) else {
        let diagnostic = ctx.diagnostics.report(&MISSING_KEY, node.span, "no key of this item names a kind");
        let has_all = |kind: &&&Component| entries.iter().all(|entry| kind.prop(&entry.key.value).is_some());
        let kinds: Vec<&str> = component::ALL.iter().filter(has_all).map(|kind| kind.name).collect();
        match kinds.as_slice() {
            [only] => diagnostic.help(format!("its keys are options of `{only}`: did you mean one?")),
            _ => diagnostic.help("one key names the kind of the component and holds its subject: `header: Sales`"),
        };
        return;
    };
    let message = format!("there is no kind of component `{}`", entry.key.value);
    let diagnostic = ctx.diagnostics.report(&UNKNOWN_KIND, entry.key.span, message);
    if let Some(kind) = meant(&entry.key.value) {
        diagnostic.help(format!("did you mean `{kind}`?"));
    }
}

/// Reports several kinds in one item.
fn report_unresolved(named: &[&Entry], ctx: &mut Lowering<'_>) {
    if let [first, second, ..] = named {
        let message = format!("one item names two kinds, `{}` and `{}`", first.key.value, second.key.value);
        let diagnostic = ctx.diagnostics.report(&UNKNOWN_KIND, second.key.span, message);
        diagnostic.label(first.key.span, "the first kind").help("make two items of it, each with its own `- `");
    }
}
