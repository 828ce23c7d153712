//! From trees to the spec: which file is a page, under which URL, and what they share.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jiff::tz::TimeZone;

use super::partial::{self, Inside, Partial, Partials};
use super::{APP, AppSettings, Name, PAGE, PARTIAL, Page, Shape, Spec, TESTS, Tests, app, name, page, test};
use crate::diagnostic::Diagnostics;
use crate::diagnostic::code::{NAME, TYPE};
use crate::source::{FileId, Sources, Span};
use crate::syntax::{Entry, Node, NodeKind, Tree};

/// What the files of an app are, which their paths alone say.
#[derive(Clone, Debug, Default)]
pub struct Roles {
    pub settings: Option<FileId>,
    /// The pages and their URLs, in the order of these.
    pub pages: Vec<(String, FileId)>,
    /// The files of tests.
    pub tests: BTreeSet<FileId>,
    /// The partials by name.
    pub partials: BTreeMap<Name, FileId>,
}

impl Roles {
    /// Tells the files apart; paths that cannot be are reported.
    pub fn of(sources: &Sources, diagnostics: &mut Diagnostics) -> Self {
        let mut settings: Option<FileId> = None;
        let mut pages: BTreeMap<String, FileId> = BTreeMap::new();
        let tests = sources.files().iter().filter(|file| is_tests(&file.path)).map(|file| file.id).collect();
        let mut partials: BTreeMap<Name, FileId> = BTreeMap::new();
        for file in sources.files() {
            let start = file.span().at_start();
            if is_settings(&file.path) {
                if let Some(first) = settings {
                    let message = format!("the app has settings already, in `{}`", sources.file(first).path);
                    diagnostics.report(&NAME, start, message);
                }
                settings = settings.or(Some(file.id));
            }
            if let Some(name) = partial::name_of(file, diagnostics) {
                if let Some(first) = partials.get(&name) {
                    let first = &sources.file(*first).path;
                    let message = format!("`{first}` and `{}` are both the partial `{name}`", file.path);
                    diagnostics.report(&NAME, start, message).help("rename one of the files");
                    continue;
                }
                partials.insert(name, file.id);
                continue;
            }
            let Some(url) = url_of(&file.path, start, diagnostics) else { continue };
            if let Some(first) = pages.get(&url) {
                let message = format!("`{}` and `{}` are both the page `{url}`", sources.file(*first).path, file.path);
                diagnostics.report(&NAME, start, message).help("rename one of the files");
                continue;
            }
            pages.insert(url, file.id);
        }
        Self { settings, pages: pages.into_iter().collect(), tests, partials }
    }
}

/// What was lowered of one file, and the other files that were looked into.
#[derive(Clone, Debug)]
pub struct Lowered<T> {
    pub spec: T,
    pub reads: Vec<FileId>,
}

/// Reads what a partial takes.
pub fn outline_partial(tree: &Tree, name: Name, sources: &Sources, diagnostics: &mut Diagnostics) -> Partial {
    let partials = Partials::new();
    let mut ctx = Lowering::new(sources, TimeZone::UTC, &partials, diagnostics);
    partial::outline(tree, name, &mut ctx)
}

/// Reads a partial as it stands, for what is wrong with it whoever uses it; gives the files that it looks into.
pub fn lower_partial(
    partial: &Partial,
    (settings, partials): (&AppSettings, &Partials),
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> Vec<FileId> {
    let mut ctx = Lowering::new(sources, zone_of(settings), partials, diagnostics);
    partial::lower(partial, &mut ctx);
    ctx.reads
}

/// Lowers the settings of the app: a spec without pages.
pub fn lower_settings(
    tree: &Tree,
    partials: &Partials,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> Lowered<Spec> {
    let mut ctx = Lowering::new(sources, TimeZone::UTC, partials, diagnostics);
    let mut spec = Spec::default();
    app::lower(&tree.root, &mut spec, &mut ctx);
    Lowered { spec, reads: ctx.reads }
}

/// Lowers a page of an app with these settings.
pub fn lower_page(
    (tree, url): (&Tree, &str),
    (settings, partials): (&AppSettings, &Partials),
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> Lowered<Page> {
    let mut ctx = Lowering::new(sources, zone_of(settings), partials, diagnostics);
    let spec = page::lower(&tree.root, tree.file, url.to_owned(), &mut ctx);
    Lowered { spec, reads: ctx.reads }
}

/// Lowers a file of tests of an app with these settings; none where it does not say which page is tested.
pub fn lower_tests(
    tree: &Tree,
    settings: &AppSettings,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> Lowered<Option<Tests>> {
    let partials = Partials::new();
    let mut ctx = Lowering::new(sources, zone_of(settings), &partials, diagnostics);
    let spec = test::lower(&tree.root, tree.file, &mut ctx);
    Lowered { spec, reads: ctx.reads }
}

/// The clock of an app with these settings.
fn zone_of(settings: &AppSettings) -> TimeZone {
    let named = settings.timezone.as_ref().and_then(|name| TimeZone::get(&name.value).ok());
    named.unwrap_or(TimeZone::UTC)
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
    /// The other files that were looked into.
    pub(super) reads: Vec<FileId>,
    pub(super) partials: &'a Partials,
    /// The partial in which this stands, if it does.
    pub(super) inside: Option<Rc<Inside>>,
    /// How many values partials have put here.
    pub(super) expanded: usize,
}

impl<'a> Lowering<'a> {
    fn new(sources: &'a Sources, zone: TimeZone, partials: &'a Partials, diagnostics: &'a mut Diagnostics) -> Self {
        Self {
            sources,
            diagnostics,
            zone,
            broken: Vec::new(),
            secrets: Vec::new(),
            reads: Vec::new(),
            partials,
            inside: None,
            expanded: 0,
        }
    }
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

    /// Remembers all names that stand in what is not read, because it is not known what it is: it may declare them, so
    /// their uses are not reported too.
    pub(super) fn lose(&mut self, node: &Node) {
        match &node.kind {
            NodeKind::Map(entries) => {
                for entry in entries {
                    self.lose_name(&entry.key.value);
                    self.lose(&entry.value);
                }
            }
            NodeKind::List(items) => items.iter().for_each(|item| self.lose(item)),
            NodeKind::Text(text) => self.lose_name(&text.text),
            _ => {}
        }
    }

    fn lose_name(&mut self, text: &str) {
        if name::is_well_formed(text) {
            self.broken.push(text.into());
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
pub fn is_settings(path: &str) -> bool {
    matches!(path, "app.yaml" | "app.yml" | "app.toml")
}

/// What the root of a file is, by its path.
pub fn shape_of(path: &str) -> &'static Shape {
    match path {
        _ if is_settings(path) => &APP,
        _ if is_tests(path) => &TESTS,
        _ if is_partial(path) => &PARTIAL,
        _ => &PAGE,
    }
}

/// Whether a file holds tests: `sales.test.yaml`.
fn is_tests(path: &str) -> bool {
    let parts = path.rsplit_once('.').and_then(|(stem, ending)| Some((stem.rsplit_once('.')?.1, ending)));
    parts.is_some_and(|(last, ending)| last == "test" && is_spec(ending))
}

/// Whether a file holds a partial.
pub(super) fn is_partial(path: &str) -> bool {
    let is_spec = path.rsplit_once('.').is_some_and(|(_, ending)| is_spec(ending));
    is_spec && !is_tests(path) && path.split('/').any(|segment| segment.starts_with('_'))
}

/// Whether files with this ending hold specs.
fn is_spec(ending: &str) -> bool {
    matches!(ending, "yaml" | "yml" | "toml")
}

/// The URL of a page's file; none for a file that is no page.
fn url_of(path: &str, start: Span, diagnostics: &mut Diagnostics) -> Option<String> {
    let (stem, ending) = path.rsplit_once('.')?;
    if is_settings(path) || is_partial(path) || is_tests(path) || !is_spec(ending) {
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
            diagnostics.report(&NAME, start, message).help(help);
            return None;
        }
    }
    let url = format!("/{}", segments.join("/"));
    if matches!(url.as_str(), "/healthz" | "/readyz" | "/metrics") || segments.first() == Some(&"-") {
        let message = format!("the URL `{url}` belongs to the server");
        diagnostics.report(&NAME, start, message).help("rename the file");
        return None;
    }
    Some(url)
}

fn is_url_segment(segment: &str) -> bool {
    let name = segment.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(segment);
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}
