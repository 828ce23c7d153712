//! An app that is checked again and again while its files change, each time only as far as a change reaches.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::reading::{Reach, Reading};
use crate::check::{Checked, Page, Used};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{FileId, Sources};
use crate::spec::{self, Name, Partials, QueryKey, Schemas, Spec};
use crate::value::Fingerprint;

/// An app, and what is wrong with it.
///
/// What a change reaches is checked page by page, by calls of [`Compiler::check_next`]: whoever has something more urgent
/// to do may do it in between. With nothing left to check, what is wrong is what [`super::compile`] would say.
#[derive(Clone, Debug, Default)]
pub struct Compiler {
    sources: Sources,
    schemas: Schemas,
    reading: Reading,
    /// By the number of the page.
    pages: Vec<PageCheck>,
    /// The pages that are to be checked.
    stale: BTreeSet<usize>,
    /// Whether something else may be wrong with the app as a whole since its settings were last told of.
    is_whole_stale: bool,
}

/// A page that was checked just now.
#[derive(Debug)]
pub struct Progress {
    pub page: Page,
    /// The files for which there may be something else to say.
    pub files: BTreeSet<FileId>,
}

/// What came of checking one page.
#[derive(Clone, Debug, Default)]
struct PageCheck {
    diagnostics: Diagnostics,
    /// The names of other pages that were looked for.
    sought: Vec<(&'static str, Name)>,
    /// What it uses of the app's; none before it was checked, and of a page with errors.
    used: Option<Used>,
}

impl Compiler {
    /// Reads an app, and checks nothing yet.
    pub fn new(sources: Sources, schemas: Schemas) -> Self {
        let reading = Reading::of(&sources);
        let count = reading.spec.pages.len();
        Self {
            sources,
            schemas,
            reading,
            pages: vec![PageCheck::default(); count],
            stale: (0..count).collect(),
            is_whole_stale: true,
        }
    }

    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    pub fn schemas(&self) -> &Schemas {
        &self.schemas
    }

    pub fn spec(&self) -> &Spec {
        &self.reading.spec
    }

    /// The partials of the app, by name.
    pub fn partials(&self) -> &Partials {
        self.reading.partials()
    }

    /// Takes a file's new text. A file that comes or goes makes another app: [`Compiler::new`].
    pub fn edit(&mut self, file: FileId, text: impl Into<Arc<str>>) {
        self.sources.replace(file, text);
        self.is_whole_stale = true;
        match self.reading.read_again(file, &self.sources) {
            Reach::All => self.stale = (0..self.pages.len()).collect(),
            Reach::Some(pages, names) => {
                let seeks = |page: &PageCheck| page.sought.iter().any(|sought| names.contains(sought));
                let seekers = self.pages.iter().enumerate().filter(|(_, page)| seeks(page)).map(|(index, _)| index);
                self.stale.extend(pages.into_iter().chain(seekers));
            }
        }
    }

    /// Takes what has become known of the world outside.
    pub fn learn(&mut self, schemas: Schemas) {
        let old = std::mem::replace(&mut self.schemas, schemas);
        let changed = |key: &QueryKey| {
            old.queries.get(key) != self.schemas.queries.get(key)
                || old.writes.get(key) != self.schemas.writes.get(key)
                || old.outdated.get(key) != self.schemas.outdated.get(key)
        };
        let known = [&old.queries, &old.writes, &self.schemas.queries, &self.schemas.writes];
        let changed: BTreeSet<&str> = known
            .iter()
            .flat_map(|known| known.keys())
            .chain(old.outdated.keys())
            .chain(self.schemas.outdated.keys())
            .filter(|key| changed(key))
            .map(|(page, _)| page.as_str())
            .collect();
        if old.connections != self.schemas.connections || old.assets != self.schemas.assets || changed.contains("") {
            self.stale = (0..self.pages.len()).collect();
            return;
        }
        let pages = self.reading.spec.pages.iter().enumerate();
        self.stale.extend(pages.filter(|(_, page)| changed.contains(page.path.as_str())).map(|(index, _)| index));
    }

    /// The number of the page that a file is, if it is one.
    pub fn page_of(&self, file: FileId) -> Option<usize> {
        self.reading.page_of(file)
    }

    /// The number of the page that a file tests, if it is a file of tests.
    pub fn page_tested_by(&self, file: FileId) -> Option<usize> {
        self.reading.page_tested_by(file)
    }

    /// The files that test a page.
    pub fn tests_of(&self, page: &spec::Page) -> impl Iterator<Item = &FileId> {
        self.reading.tests_of(page)
    }

    /// The file itself, and those that look into it: for all of them there may be something else to say after an edit.
    pub fn readers(&self, file: FileId) -> BTreeSet<FileId> {
        self.reading.readers(file)
    }

    /// The other files that a file looks into.
    pub fn reads(&self, file: FileId) -> &[FileId] {
        self.reading.reads(file)
    }

    /// The file that holds the settings of the app.
    pub fn settings(&self) -> Option<FileId> {
        self.reading.settings()
    }

    /// Whether the text of a file could not be read to its end, so that parts of it are missing.
    pub fn is_cut_short(&self, file: FileId) -> bool {
        self.reading.is_cut_short(file)
    }

    /// Changes with all that the schemas of a page rest on, or without a number those of the app, as far as it stands in
    /// specs.
    pub fn asks(&self, page: Option<usize>) -> Option<Fingerprint> {
        self.reading.asks(page)
    }

    /// The pages that are yet to be checked, by number.
    pub fn stale(&self) -> &BTreeSet<usize> {
        &self.stale
    }

    /// Checks one of the pages that are to be checked, the first of `urgent` that is among them before others; none if
    /// nothing is left to check.
    pub fn check_next(&mut self, urgent: &[usize]) -> Option<Progress> {
        let next = urgent.iter().find(|index| self.stale.contains(index)).or(self.stale.first()).copied()?;
        self.stale.remove(&next);
        let mut diagnostics = Diagnostics::default();
        let checked = self.reading.check(next, &self.schemas, &mut diagnostics);
        let place = self.pages.get_mut(next)?;
        let check = PageCheck { diagnostics, sought: checked.sought, used: checked.used };
        let before = std::mem::replace(place, check);
        let found = before.diagnostics.iter().chain(place.diagnostics.iter());
        let mut files: BTreeSet<FileId> = found.map(|found| found.primary.span.file).collect();
        if std::mem::take(&mut self.is_whole_stale) || before.used != place.used {
            files.extend(self.reading.whole_files());
        }
        Some(Progress { page: checked.page, files })
    }

    /// Checks all that is to be checked.
    pub fn settle(&mut self) {
        while self.check_next(&[]).is_some() {}
    }

    /// Checks a page anew, whether it is to be checked or not, and gives where its names are used.
    pub fn index(&self, index: usize) -> Option<Checked> {
        self.reading.index(index, &self.schemas)
    }

    /// What is wrong with the app as a whole.
    fn whole(&self) -> Diagnostics {
        let mut whole = Diagnostics::default();
        self.reading.check_whole(&self.schemas, self.pages.iter().map(|page| page.used.as_ref()), &mut whole);
        whole
    }

    /// All that is wrong, as far as it is checked, by file and position.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let mut all = self.reading.diagnostics();
        self.pages.iter().for_each(|page| all.append(page.diagnostics.clone()));
        all.append(self.whole());
        all.sorted()
    }

    /// What is wrong with each of these files, as far as it is checked.
    pub fn diagnostics_of(&self, files: &BTreeSet<FileId>) -> BTreeMap<FileId, Vec<Diagnostic>> {
        let mut by_file: BTreeMap<FileId, Diagnostics> =
            files.iter().map(|file| (*file, Diagnostics::default())).collect();
        let is_asked = self.reading.whole_files().any(|file| files.contains(&file));
        let whole = if is_asked { self.whole() } else { Diagnostics::default() };
        let pages = self.pages.iter().enumerate().flat_map(|(index, page)| {
            // What a page said of other files before they changed, stands at places that are others now.
            let own = self.reading.spec.pages.get(index).map(|page| page.file);
            let is_fresh = !self.stale.contains(&index);
            page.diagnostics.iter().filter(move |found| is_fresh || Some(found.primary.span.file) == own)
        });
        for found in self.reading.found().flat_map(Diagnostics::iter).chain(pages).chain(whole.iter()) {
            if let Some(here) = by_file.get_mut(&found.primary.span.file) {
                here.push(found.clone());
            }
        }
        by_file.into_iter().map(|(file, found)| (file, found.sorted())).collect()
    }
}
