//! The files of an app, each read by itself, and the spec that they make up.

use std::collections::BTreeSet;

use super::parallel;
use crate::check::{self, Common, Page, Used};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity, code};
use crate::graph::{self, Graph};
use crate::source::{FileId, Sources, Span};
use crate::spec::{self, AppSettings, Name, Partials, Roles, Schemas, Spec};
use crate::syntax::{self, Node, NodeKind, Tree};
use crate::value::{Fingerprint, Hasher};

/// The keys of a file that say what is asked of the world outside, and what its answer rests on.
const ASKING: [&str; 6] = ["connection", "connections", "timezone", "state", "queries", "writes"];

/// A spec, and what is needed to read a part of it again.
#[derive(Clone, Debug, Default)]
pub(super) struct Reading {
    pub(super) spec: Spec,
    pub(super) common: Common,
    roles: Roles,
    partials: Partials,
    /// What is wrong with the paths of files.
    paths: Diagnostics,
    /// By file.
    files: Vec<FileReading>,
    /// By file, the number of the page that it is.
    numbers: Vec<Option<usize>>,
}

/// What came of reading one file, beside its part of the spec.
#[derive(Clone, Debug, Default)]
struct FileReading {
    diagnostics: Diagnostics,
    /// The other files that were looked into.
    reads: Vec<FileId>,
    /// Of what the file asks of the world outside.
    asks: Option<Fingerprint>,
}

/// A page and its graph, if it has no circle.
pub(super) struct Checked {
    pub(super) page: Page,
    pub(super) graph: Option<Graph>,
    /// The names of other pages that were looked for.
    pub(super) sought: Vec<(&'static str, Name)>,
    /// What it uses of what the app declares for all pages; none of a page with errors, which may use anything.
    pub(super) used: Option<Used>,
}

/// What has to be checked again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    All,
    /// The pages of these numbers, and all that have looked for one of these names.
    Some(BTreeSet<usize>, BTreeSet<(&'static str, Name)>),
}

impl Reading {
    /// Reads all files.
    pub(super) fn of(sources: &Sources) -> Self {
        let count = sources.files().len();
        let mut reading =
            Self { files: vec![FileReading::default(); count], numbers: vec![None; count], ..Self::default() };
        reading.roles = Roles::of(sources, &mut reading.paths);
        for (index, (_, file)) in reading.roles.pages.iter().enumerate() {
            if let Some(number) = reading.numbers.get_mut(file.0 as usize) {
                *number = Some(index);
            }
        }
        for file in reading.roles.partials.values().copied().collect::<Vec<_>>() {
            reading.outline_partial(file, sources);
        }
        // The pages are read by the settings.
        if let Some(settings) = reading.roles.settings {
            reading.read_settings(settings, sources);
        }
        for file in sources.files().iter().map(|file| file.id) {
            let is_settings = reading.roles.settings == Some(file);
            if reading.partial_of(file).is_some() {
                reading.read_partial(file, sources);
            } else if !is_settings && reading.page_of(file).is_none() && !reading.roles.tests.contains(&file) {
                reading.read_other(file, sources);
            }
        }
        let known = (&reading.spec.app, &reading.partials);
        let pages = parallel::map(&reading.roles.pages, |(url, file)| read_page(url, *file, known, sources));
        for (page, found) in pages {
            reading.keep(page.file, found);
            reading.spec.pages.push(page);
        }
        reading.common = Common::of(&reading.spec);
        for file in reading.roles.tests.clone() {
            reading.read_tests(file, sources);
        }
        reading
    }

    /// Reads a file again whose text has changed, and those that look into it.
    pub(super) fn read_again(&mut self, file: FileId, sources: &Sources) -> Reach {
        if self.partial_of(file).is_some() {
            self.outline_partial(file, sources);
        }
        let mut again = self.readers(file);
        if let Some(settings) = self.roles.settings.filter(|settings| again.contains(settings)) {
            let zone = |spec: &Spec| spec.app.timezone.as_ref().map(|zone| zone.value.clone());
            let before = zone(&self.spec);
            self.read_settings(settings, sources);
            self.common.find_destinations(&self.spec);
            if zone(&self.spec) != before {
                *self = Self::of(sources);
                return Reach::All;
            }
        }
        let (mut pages, mut names) = (BTreeSet::new(), BTreeSet::new());
        let mut is_shared = self.roles.settings.is_some_and(|settings| again.remove(&settings));
        for id in again {
            if self.partial_of(id).is_some() {
                if id != file {
                    self.outline_partial(id, sources);
                }
                self.read_partial(id, sources);
                continue;
            }
            if self.roles.tests.contains(&id) {
                let paths = self.read_tests(id, sources);
                pages.extend(paths.iter().filter_map(|path| self.page_at(path)));
                continue;
            }
            let Some(index) = self.page_of(id) else {
                self.read_other(id, sources);
                continue;
            };
            let Some((url, _)) = self.roles.pages.get(index).cloned() else { continue };
            let (page, found) = read_page(&url, id, (&self.spec.app, &self.partials), sources);
            self.keep(id, found);
            if let Some(place) = self.spec.pages.get_mut(index) {
                names.extend(self.common.declarations.replace(place, &page));
                *place = page;
                is_shared |= self.common.replace(index, &self.spec.shared, place);
            }
            pages.insert(index);
        }
        if is_shared { Reach::All } else { Reach::Some(pages, names) }
    }

    /// Checks the page of this number and builds its graph.
    pub(super) fn check(&self, index: usize, schemas: &Schemas, diagnostics: &mut Diagnostics) -> Checked {
        let page = self.spec.pages.get(index).expect("pages are counted in the spec that holds them");
        let file = page.file;
        let mut found = Diagnostics::default();
        let check::Checked { page, sought, .. } = check::check((&self.spec, page), &self.common, schemas, &mut found);
        let graph = graph::build(&page, &mut found);
        if !self.is_read(file) {
            // What is not there may stand in the part that could not be read.
            found.retain(|found| *found.code != code::UNKNOWN_NAME && *found.code != code::MISSING_KEY);
        }
        // Nor may what tests name.
        let (has_read, tests) = (self.is_sound(file), &self.roles.tests);
        let is_in_tests = |found: &Diagnostic| tests.contains(&found.primary.span.file);
        found.retain(|found| has_read || *found.code != code::UNKNOWN_NAME || !is_in_tests(found));
        let is_wrong = |found: &Diagnostic| found.code.severity == Severity::Error && !is_in_tests(found);
        let is_sound = has_read && !found.iter().any(is_wrong);
        let used = is_sound.then(|| check::report_unused(&page, &mut found));
        diagnostics.append(found);
        Checked { page, graph, sought, used }
    }

    /// Checks what concerns the app as a whole: its navigation, its logo and its font, and what it declares for all pages and none uses, given
    /// what each of them does; of that nothing is known while one of them may use anything.
    pub(super) fn check_whole<'u>(
        &self,
        schemas: &Schemas,
        used: impl IntoIterator<Item = Option<&'u Used>>,
        diagnostics: &mut Diagnostics,
    ) {
        check::check_nav(&self.spec, &self.common, diagnostics);
        self.check_assets(schemas, diagnostics);
        let used: Option<Used> = used.into_iter().try_fold(Used::new(), |mut all, used| {
            all.extend(used?.iter().cloned());
            Some(all)
        });
        if used.is_some() {
            self.report_unused_partials(diagnostics);
        }
        if let Some(used) = used.filter(|_| !self.spec.pages.is_empty()) {
            check::report_unused_shared(&self.spec.shared, &used, diagnostics);
        }
    }

    /// Checks that the files below `assets/` exist that the settings name.
    fn check_assets(&self, schemas: &Schemas, diagnostics: &mut Diagnostics) {
        let Some(assets) = &schemas.assets else { return };
        let app = &self.spec.app;
        let logo = app.logo_file().zip(app.logo.as_ref().map(|logo| logo.span));
        let font = app.theme.font_file().map(|file| (file.value.as_str(), file.span));
        let helps = [
            "`logo` names an image below `assets/`, or a path on the server: `/brand/logo.svg`",
            "`font` names a file below `assets/`, or a font that readers may have: `Inter`",
        ];
        for (named, help) in [logo, font].into_iter().zip(helps) {
            let Some((file, span)) = named.filter(|(file, _)| !assets.contains(*file)) else { continue };
            let diagnostic = diagnostics.report(&code::FILE, span, format!("there is no file `assets/{file}`"));
            diagnostic.nearest(file, assets.iter().map(String::as_str)).help(help);
        }
    }

    /// Warns of partials that nothing uses; of none where a file that may use one has errors.
    fn report_unused_partials(&self, diagnostics: &mut Diagnostics) {
        if self.files.iter().any(|reading| reading.diagnostics.has_errors()) {
            return;
        }
        for (name, file) in &self.roles.partials {
            if !self.files.iter().any(|reading| reading.reads.contains(file)) {
                let start = Span::new(*file, 0, 0);
                let diagnostic = diagnostics.report(&code::UNUSED, start, format!("nothing uses the partial `{name}`"));
                diagnostic.help(format!("a page does: `use: {name}`; else leave it out"));
            }
        }
    }

    /// The files of which something may be wrong with the app as a whole: the settings and the partials.
    pub(super) fn whole_files(&self) -> impl Iterator<Item = FileId> {
        self.roles.settings.into_iter().chain(self.roles.partials.values().copied())
    }

    /// Whether a page and the settings have no errors.
    fn is_sound(&self, page: FileId) -> bool {
        self.readings_of(page).all(|reading| !reading.diagnostics.has_errors())
    }

    /// Whether all of the text of a page and of the settings is known.
    fn is_read(&self, page: FileId) -> bool {
        self.readings_of(page).all(|reading| !reading.diagnostics.iter().any(is_syntax))
    }

    /// Of a page, of the settings, and of the files that these look into.
    fn readings_of(&self, page: FileId) -> impl Iterator<Item = &FileReading> {
        let files = [Some(page), self.roles.settings].into_iter().flatten();
        let all = files.flat_map(|file| self.reads(file).iter().copied().chain([file]));
        all.filter_map(|file| self.files.get(file.0 as usize))
    }

    pub(super) fn partials(&self) -> &Partials {
        &self.partials
    }

    /// The file of `app.yaml`.
    pub(super) fn settings(&self) -> Option<FileId> {
        self.roles.settings
    }

    /// Checks the page of this number silently, and gives where its names are used.
    pub(super) fn index(&self, index: usize, schemas: &Schemas) -> Option<check::Checked> {
        let page = self.spec.pages.get(index)?;
        Some(check::index((&self.spec, page), &self.common, schemas))
    }

    /// What was found in reading.
    pub(super) fn diagnostics(&self) -> Diagnostics {
        self.found().flat_map(Diagnostics::iter).cloned().collect()
    }

    /// What was found with paths, and in each file.
    pub(super) fn found(&self) -> impl Iterator<Item = &Diagnostics> {
        std::iter::once(&self.paths).chain(self.files.iter().map(|file| &file.diagnostics))
    }

    /// The number of the page that a file is, if it is one.
    pub(super) fn page_of(&self, file: FileId) -> Option<usize> {
        self.numbers.get(file.0 as usize).copied().flatten()
    }

    /// A file, and those that look into it.
    pub(super) fn readers(&self, file: FileId) -> BTreeSet<FileId> {
        let looks = |reading: &FileReading| reading.reads.contains(&file);
        let readers = (0..).map(FileId).zip(&self.files).filter(|(id, reading)| *id == file || looks(reading));
        readers.map(|(id, _)| id).collect()
    }

    /// The other files that a file looks into.
    pub(super) fn reads(&self, file: FileId) -> &[FileId] {
        self.files.get(file.0 as usize).map_or(&[], |file| &file.reads)
    }

    /// Whether the text of a file could not be read to its end.
    pub(super) fn is_cut_short(&self, file: FileId) -> bool {
        let found = self.files.get(file.0 as usize).into_iter().flat_map(|file| file.diagnostics.iter());
        found.into_iter().any(|found| found.code == &code::SYNTAX)
    }

    /// Replaces all of the spec but its pages.
    fn read_settings(&mut self, file: FileId, sources: &Sources) {
        let mut diagnostics = Diagnostics::default();
        let pages = std::mem::take(&mut self.spec.pages);
        let tree = syntax::parse(sources.file(file), &mut diagnostics);
        let lowered = spec::lower_settings(&tree, &self.partials, sources, &mut diagnostics);
        self.spec = Spec { pages, ..lowered.spec };
        let asks = asks(&tree, &lowered.reads, sources);
        self.keep(file, FileReading { diagnostics, reads: lowered.reads, asks: Some(asks) });
    }

    /// The name of the partial that a file is, if it is one.
    fn partial_of(&self, file: FileId) -> Option<&Name> {
        self.roles.partials.iter().find(|(_, partial)| **partial == file).map(|(name, _)| name)
    }

    /// Reads what a partial takes; what is wrong with it is told by [`Self::read_partial`].
    fn outline_partial(&mut self, file: FileId, sources: &Sources) {
        let Some(name) = self.partial_of(file).cloned() else { return };
        let mut diagnostics = Diagnostics::default();
        let tree = syntax::parse(sources.file(file), &mut diagnostics);
        let partial = spec::outline_partial(&tree, name.clone(), sources, &mut diagnostics);
        let partial = if diagnostics.has_errors() { partial.broken() } else { partial };
        self.partials.insert(name, partial);
        self.keep(file, FileReading { diagnostics, ..FileReading::default() });
    }

    /// Looks at the components of a partial whose outline was read.
    fn read_partial(&mut self, file: FileId, sources: &Sources) {
        let Some(partial) = self.partial_of(file).and_then(|name| self.partials.get(name)) else { return };
        let mut diagnostics = Diagnostics::default();
        let reads = spec::lower_partial(partial, (&self.spec.app, &self.partials), sources, &mut diagnostics);
        if let Some(reading) = self.files.get_mut(file.0 as usize) {
            reading.diagnostics.append(diagnostics);
            reading.reads = reads;
        }
    }

    /// Reads a file of which nothing but its form is looked at.
    fn read_other(&mut self, file: FileId, sources: &Sources) {
        let mut diagnostics = Diagnostics::default();
        let file = sources.file(file);
        if syntax::is_spec(file) {
            syntax::parse(file, &mut diagnostics);
        }
        self.keep(file.id, FileReading { diagnostics, ..FileReading::default() });
    }

    /// Reads a file of tests; gives the paths of the pages that it tests or has tested.
    fn read_tests(&mut self, file: FileId, sources: &Sources) -> Vec<String> {
        let mut diagnostics = Diagnostics::default();
        let tree = syntax::parse(sources.file(file), &mut diagnostics);
        let lowered = spec::lower_tests(&tree, &self.spec.app, sources, &mut diagnostics);
        let paths = self.common.take_tests(file, lowered.spec, &mut diagnostics);
        self.keep(file, FileReading { diagnostics, reads: lowered.reads, asks: None });
        paths
    }

    /// The number of the page at a path.
    fn page_at(&self, path: &str) -> Option<usize> {
        self.roles.pages.binary_search_by(|(url, _)| url.as_str().cmp(path)).ok()
    }

    /// The number of the page that a file tests.
    pub(super) fn page_tested_by(&self, file: FileId) -> Option<usize> {
        self.page_at(self.common.tested_by(file)?)
    }

    /// The files that test a page.
    pub(super) fn tests_of(&self, page: &spec::Page) -> impl Iterator<Item = &FileId> {
        self.common.tests.get(&page.path).into_iter().flatten().map(|tests| &tests.file)
    }

    fn keep(&mut self, file: FileId, mut reading: FileReading) {
        if reading.diagnostics.iter().any(is_syntax) {
            reading.diagnostics.retain(|found| *found.code != code::MISSING_KEY);
        }
        if let Some(place) = self.files.get_mut(file.0 as usize) {
            *place = reading;
        }
    }

    /// What is asked of the world outside for a page, or without a number by the settings.
    pub(super) fn asks(&self, page: Option<usize>) -> Option<Fingerprint> {
        let file = match page {
            Some(index) => self.roles.pages.get(index).map(|(_, file)| *file),
            None => self.roles.settings,
        };
        self.files.get(file?.0 as usize)?.asks
    }
}

/// Reads the page at a URL.
fn read_page(
    url: &str,
    file: FileId,
    known: (&AppSettings, &Partials),
    sources: &Sources,
) -> (spec::Page, FileReading) {
    let mut diagnostics = Diagnostics::default();
    let tree = syntax::parse(sources.file(file), &mut diagnostics);
    let lowered = spec::lower_page((&tree, url), known, sources, &mut diagnostics);
    let asks = asks(&tree, &lowered.reads, sources);
    (lowered.spec, FileReading { diagnostics, reads: lowered.reads, asks: Some(asks) })
}

/// Whether some of the text could not be read.
fn is_syntax(found: &Diagnostic) -> bool {
    *found.code == code::SYNTAX
}

/// Digests what is asked of the world outside: what the keys of [`ASKING`] say, and the files that are looked into.
fn asks(tree: &Tree, reads: &[FileId], sources: &Sources) -> Fingerprint {
    let mut hasher = Hasher::default();
    for node in ASKING.iter().filter_map(|key| tree.root.get(key)) {
        digest(node, &mut hasher, sources);
    }
    // A partial has no queries.
    for file in reads.iter().map(|file| sources.file(*file)).filter(|file| spec::partial_name(&file.path).is_none()) {
        hasher.text(&file.text);
    }
    hasher.finish()
}

/// Digests what a node says. Its span alone would not do: that of a table in TOML is its header's.
fn digest(node: &Node, hasher: &mut Hasher, sources: &Sources) {
    match &node.kind {
        NodeKind::Map(entries) => {
            hasher.number(entries.len() as u64);
            for entry in entries {
                digest(&entry.value, hasher.text(&entry.key.value), sources);
            }
        }
        NodeKind::List(items) => {
            hasher.number(items.len() as u64);
            for item in items {
                digest(item, hasher, sources);
            }
        }
        _ => {
            hasher.text(sources.text(node.span));
        }
    }
}
