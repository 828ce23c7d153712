//! From trees to the spec: which file is a page, under which URL, and what they share.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::{Definitions, Name, Page, Spec, app, page};
use crate::diagnostic::Diagnostics;
use crate::diagnostic::code::{NAME, TYPE};
use crate::source::{FileId, Sources, Span, Spanned};
use crate::syntax::{Entry, Node, NodeKind, Tree};

/// Lowers the trees of an app: shapes are checked, and every name is still a name.
pub fn lower(trees: &[Tree], sources: &Sources, diagnostics: &mut Diagnostics) -> Spec {
    let mut ctx = Lowering { sources, diagnostics, zone: TimeZone::UTC, broken: Vec::new(), secrets: Vec::new() };
    let mut spec = Spec::default();
    let mut settings: Option<FileId> = None;
    for tree in trees.iter().filter(|tree| is_settings(&sources.file(tree.file).path)) {
        if let Some(first) = settings {
            let message = format!("the app has settings already, in `{}`", sources.file(first).path);
            ctx.diagnostics.report(&NAME, sources.file(tree.file).span().at_start(), message);
            continue;
        }
        settings = Some(tree.file);
        app::lower(&tree.root, &mut spec, &mut ctx);
    }
    let mut by_url: BTreeMap<String, FileId> = BTreeMap::new();
    for tree in trees {
        let file = sources.file(tree.file);
        let start = file.span().at_start();
        let Some(url) = url_of(&file.path, start, &mut ctx) else { continue };
        if let Some(other) = by_url.insert(url.clone(), tree.file) {
            let message = format!("`{}` and `{}` are both the page `{url}`", sources.file(other).path, file.path);
            ctx.diagnostics.report(&NAME, start, message).help("rename one of the files");
            continue;
        }
        let page = page::lower(&tree.root, tree.file, url, &mut ctx);
        report_shared_names(&spec.shared, &page, &mut ctx);
        spec.pages.push(page);
    }
    spec.pages.sort_by(|a, b| a.path.cmp(&b.path));
    spec
}

/// What lowering needs at hand, and what it finds on its way.
pub(super) struct Lowering<'a> {
    pub(super) sources: &'a Sources,
    pub(super) diagnostics: &'a mut Diagnostics,
    /// The app's, in which moments with an offset are read.
    pub(super) zone: TimeZone,
    /// Names whose definition was reported, of the file being read.
    pub(super) broken: Vec<Name>,
    /// Where secrets are written that must not be.
    pub(super) secrets: Vec<Span>,
}

impl Lowering<'_> {
    /// The entries of a map; nothing at all is an empty map, and anything else is reported.
    pub(super) fn map<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n [Entry]> {
        match &node.kind {
            NodeKind::Map(entries) => Some(entries),
            NodeKind::Null => Some(&[]),
            NodeKind::Broken => None,
            _ => {
                let message = format!("{what} is a map, but this is {}", node.describe());
                self.diagnostics.report(&TYPE, node.span, message);
                None
            }
        }
    }

    /// The items of a list; nothing at all is an empty list, and anything else is reported.
    pub(super) fn list<'n>(&mut self, node: &'n Node, what: &str) -> &'n [Node] {
        match &node.kind {
            NodeKind::List(items) => items,
            NodeKind::Null | NodeKind::Broken => &[],
            _ => {
                let message = format!("{what} takes a list, but this is {}", node.describe());
                let help = "in YAML, an item of a list begins with `- `; in TOML, it stands in `[ ]` or under `[[…]]`";
                self.diagnostics.report(&TYPE, node.span, message).help(help);
                &[]
            }
        }
    }
}

/// Whether a file holds the settings of the app.
fn is_settings(path: &str) -> bool {
    matches!(path, "app.yaml" | "app.yml" | "app.toml")
}

/// The URL of a page's file; none for a file that is no page.
fn url_of(path: &str, start: Span, ctx: &mut Lowering<'_>) -> Option<String> {
    let (stem, ending) = path.rsplit_once('.')?;
    let is_partial = path.split('/').any(|segment| segment.starts_with('_'));
    let is_test = stem.rsplit_once('.').is_some_and(|(_, last)| last == "test");
    if is_settings(path) || is_partial || is_test || !matches!(ending, "yaml" | "yml" | "toml") {
        return None;
    }
    let mut segments: Vec<&str> = stem.split('/').collect();
    if segments.last() == Some(&"index") {
        segments.pop();
    }
    for segment in &segments {
        if !is_url_segment(segment) {
            let message = format!("`{segment}` cannot stand in the URL of a page");
            let help =
                "use letters, digits, `-`, `_` and `.` in names of files and folders, or `[name]` for a parameter";
            ctx.diagnostics.report(&NAME, start, message).help(help);
            return None;
        }
    }
    let url = format!("/{}", segments.join("/"));
    if matches!(url.as_str(), "/healthz" | "/readyz" | "/metrics") || segments.first() == Some(&"-") {
        let message = format!("the URL `{url}` belongs to the server");
        ctx.diagnostics.report(&NAME, start, message).help("rename the file");
        return None;
    }
    Some(url)
}

fn is_url_segment(segment: &str) -> bool {
    let name = segment.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(segment);
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// Reports what a page declares although `app.yaml` does.
fn report_shared_names(shared: &Definitions, page: &Page, ctx: &mut Lowering<'_>) {
    let own = &page.definitions;
    let lists = [
        ("state key", names(&shared.state, |key| &key.name), names(&own.state, |key| &key.name)),
        ("query", names(&shared.queries, |query| &query.name), names(&own.queries, |query| &query.name)),
        ("value", names(&shared.values, |value| &value.name), names(&own.values, |value| &value.name)),
        ("write", names(&shared.writes, |write| &write.name), names(&own.writes, |write| &write.name)),
    ];
    for (what, shared, own) in lists {
        for name in own {
            if let Some(first) = shared.iter().find(|first| first.value == name.value) {
                let message = format!("the {what} `{}` is declared for the whole app already", name.value);
                ctx.diagnostics.report(&NAME, name.span, message).label(first.span, "declared here for all pages");
            }
        }
    }
}

fn names<T>(definitions: &[T], name: impl Fn(&T) -> &Spanned<Name>) -> Vec<&Spanned<Name>> {
    definitions.iter().map(name).collect()
}
