//! What the compiler says of an edited app, and whether that is right.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use appspec_data::{Data, DataSettings};
use appspec_lang::compile::Compiler;
use appspec_lang::diagnostic::{Diagnostic, Severity};
use appspec_lang::source::Sources;
use appspec_lang::spec::{Schemas, Spec};
use appspec_lang::value::Hasher;
use tokio::runtime::{Builder, Runtime};

use super::demo::Demo;
use super::operator::Edit;
use crate::support::root;

/// What became of an edit.
#[derive(Clone, Debug)]
pub(super) struct Verdict {
    /// What the compiler panicked with.
    pub(super) panic: Option<String>,
    /// All errors in the order in which they are shown, as `file:line: [code] message`.
    pub(super) errors: Vec<String>,
    /// Whether the first error is where the edit is, or where its consequence is.
    pub(super) is_in_place: bool,
    pub(super) warnings: usize,
}

/// Compiles the app as each edit leaves it, on all cores.
pub(super) fn judge_all(demo: &Demo, edits: &[Edit]) -> Vec<Verdict> {
    let threads = std::thread::available_parallelism().map_or(2, usize::from).clamp(1, 8);
    let next = AtomicUsize::new(0);
    let verdicts = Mutex::new(vec![None; edits.len()]);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut judge = Judge::new(demo);
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(edit) = edits.get(index) else { return };
                    let verdict = judge.judge(edit);
                    verdicts.lock().unwrap()[index] = Some(verdict);
                }
            });
        }
    });
    verdicts.into_inner().unwrap().into_iter().map(|verdict| verdict.expect("each edit was judged")).collect()
}

/// One thread's share: its runtime, its connections, the app as it is, and the columns that it has asked for.
struct Judge<'a> {
    demo: &'a Demo,
    runtime: Runtime,
    data: Data,
    unedited: Compiler,
    known: BTreeMap<u128, Schemas>,
}

impl<'a> Judge<'a> {
    fn new(demo: &'a Demo) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let mut unedited = Compiler::new(sources(demo), Schemas::default());
        let data = open(&runtime, unedited.spec());
        unedited.learn(runtime.block_on(data.describe(unedited.spec(), &appspec_data::Outside::default())));
        unedited.settle();
        Self { demo, runtime, data, unedited, known: BTreeMap::new() }
    }

    fn judge(&mut self, edit: &Edit) -> Verdict {
        let file = &self.demo.files[edit.file];
        let text = edit.apply(&file.text);
        let found = catch_unwind(AssertUnwindSafe(|| self.compile(edit.file, &text)));
        let compiler = match found {
            Ok(compiler) => compiler,
            Err(panic) => {
                let text = panic.downcast_ref::<String>().cloned();
                let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
                let panic = Some(text.unwrap_or_default());
                return Verdict { panic, errors: Vec::new(), is_in_place: false, warnings: 0 };
            }
        };
        let (errors, warnings): (Vec<_>, Vec<_>) =
            compiler.diagnostics().into_iter().partition(|found| found.code.severity == Severity::Error);
        let sources = compiler.sources();
        let place = |found: &Diagnostic| {
            let file = sources.file(found.primary.span.file);
            (file.path.clone(), file.position(found.primary.span.start).line as usize)
        };
        let right = right_places(self.demo, sources, edit);
        let is_in_place = errors.first().is_some_and(|first| right.contains(&place(first)));
        let errors = errors.iter().map(|found| {
            let (path, line) = place(found);
            format!("{path}:{line}: [{}] {}", found.code.name, found.message)
        });
        Verdict { panic: None, errors: errors.collect(), is_in_place, warnings: warnings.len() }
    }

    /// The app with another text of a file, as `check` would compile it.
    fn compile(&mut self, file: usize, text: &str) -> Compiler {
        let mut compiler = self.unedited.clone();
        let id = compiler.sources().files()[file].id;
        compiler.edit(id, text);
        let edited = compiler.page_of(id);
        let mut spec = compiler.spec().clone();
        // No page asks for what another one says.
        spec.pages = spec
            .pages
            .into_iter()
            .enumerate()
            .filter(|(page, _)| edited.is_none_or(|it| it == *page))
            .map(|(_, page)| page)
            .collect();
        compiler.learn(self.schemas(&spec));
        compiler.settle();
        compiler
    }

    /// What is known of all queries, if those of the app and of these pages are as they are in this spec.
    fn schemas(&mut self, spec: &Spec) -> Schemas {
        let key = digest(spec);
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let is_connected = printed(&spec.connections) == printed(&self.unedited.spec().connections);
        let described = if is_connected {
            self.runtime.block_on(self.data.describe(spec, &appspec_data::Outside::default()))
        } else {
            let data = open(&self.runtime, spec);
            self.runtime.block_on(data.describe(spec, &appspec_data::Outside::default()))
        };
        let is_same = |page: &str| !page.is_empty() && spec.pages.iter().all(|edited| edited.path != page);
        let mut schemas = self.unedited.schemas().clone();
        schemas.queries.retain(|(page, _), _| is_same(page));
        schemas.writes.retain(|(page, _), _| is_same(page));
        schemas.queries.extend(described.queries);
        schemas.writes.extend(described.writes);
        schemas.connections = described.connections;
        // A mistake is told with its place, which another edit may move.
        if schemas.queries.values().all(Result::is_ok) {
            self.known.insert(key, schemas.clone());
        }
        schemas
    }
}

fn open(runtime: &Runtime, spec: &Spec) -> Data {
    let settings = DataSettings { timezone: "UTC".to_owned(), ..DataSettings::default() };
    runtime.block_on(async { Data::open(&root().join("specs"), &spec.connections, settings) })
}

/// All that the columns of queries depend on, wherever it stands.
fn digest(spec: &Spec) -> u128 {
    let pages = spec.pages.iter().map(|page| (&page.path, &page.definitions.queries, &page.definitions.state));
    let all = (&spec.app, &spec.connections, &spec.shared, pages.collect::<Vec<_>>());
    Hasher::default().text(&printed(&all)).finish().0
}

/// What `Debug` prints, without places in files.
fn printed(value: &impl Debug) -> String {
    without_places(&format!("{value:?}"))
}

/// The same without spans and the places of text.
fn without_places(printed: &str) -> String {
    let mut kept = String::new();
    let mut rest = printed;
    while let Some((at, end)) =
        [("Span {", '}'), ("runs: [", ']')].iter().filter_map(|(start, end)| Some((rest.find(start)?, *end))).min()
    {
        kept.push_str(&rest[..at]);
        rest = rest[at..].split_once(end).map_or("", |(_, behind)| behind);
    }
    kept + rest
}

fn sources(demo: &Demo) -> Sources {
    let mut sources = Sources::default();
    for file in &demo.files {
        sources.add(file.path.as_str(), file.text.as_str());
    }
    sources
}

/// The lines, by file and from 1, at which the first error is where a reader looks for it: the edited ones, those near by
/// the kind of the edit, and all that mention a name that it touched.
fn right_places(demo: &Demo, sources: &Sources, edit: &Edit) -> BTreeSet<(String, usize)> {
    let path = &demo.files[edit.file].path;
    let Some(edited) = sources.find(path) else { return BTreeSet::new() };
    let line_of = |at: usize| edited.text[..at.min(edited.text.len())].matches('\n').count() + 1;
    let mut right: BTreeSet<(String, usize)> = BTreeSet::new();
    let end = edit.at.start + edit.with.len();
    right.extend((line_of(edit.at.start)..=line_of(end)).map(|line| (path.clone(), line)));
    for near in &edit.near {
        let moved = if *near < edit.at.end { *near } else { near + edit.with.len() - edit.at.len() };
        right.insert((path.clone(), line_of(moved)));
    }
    for file in sources.files() {
        for (index, line) in file.text.lines().enumerate() {
            if edit.names.iter().any(|name| mentions(line, name)) {
                right.insert((file.path.clone(), index + 1));
            }
        }
    }
    right
}

/// Whether a line holds a name as a word of its own.
fn mentions(line: &str, name: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(name)
        .any(|(at, _)| !line[..at].ends_with(is_word) && !line[at + name.len()..].starts_with(is_word))
}
