//! One app: its compiler, and what the editor was told of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use appspec_lang::check::Page;
use appspec_lang::compile::Compiler;
use appspec_lang::diagnostic::Diagnostic;
use appspec_lang::source::{FileId, SourceFile, Sources, World};

use crate::documents::{Documents, Overlay};
use crate::outside::{Describe, Described, Outside, moved};
use crate::paths;

/// An app that has files open, or lies in a folder of the workspace.
pub(crate) struct App {
    pub(crate) root: PathBuf,
    pub(crate) compiler: Compiler,
    /// Of open pages, as they were checked last while their text could be read to its end.
    pub(crate) readable: BTreeMap<FileId, Page>,
    outside: Outside,
    /// The files of which there may be something else to tell.
    dirty: BTreeSet<FileId>,
    /// The open pages, the one edited last in front.
    urgent: Vec<FileId>,
    /// The files for which there is something to be seen in the editor.
    told: BTreeSet<PathBuf>,
}

impl App {
    pub(crate) fn load(root: PathBuf, disk: &dyn World, open: &Documents) -> Self {
        let mut app = Self {
            compiler: Compiler::default(),
            readable: BTreeMap::new(),
            outside: Outside::default(),
            dirty: BTreeSet::new(),
            urgent: Vec::new(),
            told: BTreeSet::new(),
            root,
        };
        app.reload(disk, open);
        app
    }

    /// Reads what has changed of the app; all of it, if a file has come or gone.
    pub(crate) fn reload(&mut self, disk: &dyn World, open: &Documents) {
        let loaded = Sources::load(&Overlay { disk, open }, &self.root);
        let sources = loaded.unwrap_or_else(|error| {
            tracing::warn!(root = %self.root.display(), %error, "the app cannot be read");
            Sources::default()
        });
        let paths = |sources: &Sources| sources.files().iter().map(|file| file.path.clone()).collect::<Vec<_>>();
        if paths(&sources) == paths(self.compiler.sources()) {
            for file in sources.files() {
                self.edit(file.id, &file.text);
            }
            return;
        }
        self.compiler = Compiler::new(sources, self.compiler.schemas().clone());
        self.readable.clear();
        self.outside.forget();
        self.dirty = self.compiler.sources().files().iter().map(|file| file.id).collect();
        self.urgent = open.keys().filter_map(|path| Some(self.file(path)?.id)).collect();
    }

    /// The source at a path.
    pub(crate) fn file(&self, path: &Path) -> Option<&SourceFile> {
        self.compiler.sources().find(&paths::below(&self.root, path)?)
    }

    pub(crate) fn path(&self, file: FileId) -> PathBuf {
        self.root.join(&self.compiler.sources().file(file).path)
    }

    /// Takes the text of a file; what it says is told again in any case if the file is open.
    pub(crate) fn edit(&mut self, file: FileId, text: &str) {
        let before = self.compiler.sources().file(file).text.clone();
        if *before == *text {
            return;
        }
        if let Some(schemas) = moved(self.compiler.schemas(), file, &before, text) {
            self.compiler.learn(schemas);
        }
        self.compiler.edit(file, text);
        self.outside.look_again();
        self.dirty.extend(self.compiler.readers(file));
    }

    /// Puts a file in front that is looked at.
    pub(crate) fn look_at(&mut self, file: FileId) {
        self.urgent.retain(|other| *other != file);
        self.urgent.insert(0, file);
        self.dirty.insert(file);
    }

    pub(crate) fn look_away(&mut self, file: FileId) {
        self.urgent.retain(|other| *other != file);
        self.readable.remove(&file);
    }

    /// Has the world outside asked again for everything.
    pub(crate) fn forget_outside(&mut self) {
        self.outside.forget();
    }

    pub(crate) fn ask(&mut self, describe: &Describe, hand_over: impl FnOnce(Described) + Send + 'static) {
        self.outside.ask(&self.root, &self.compiler, describe, hand_over);
    }

    pub(crate) fn learn(&mut self, described: Described) {
        let schemas = self.outside.take(described, self.compiler.schemas());
        if schemas.assets != self.compiler.schemas().assets {
            self.dirty.extend(self.compiler.settings());
        }
        self.compiler.learn(schemas);
    }

    /// Whether nothing can be done for now: all is checked and told, or what is outside is not known yet, without which
    /// much would be called wrong that is not.
    pub(crate) fn is_settled(&self) -> bool {
        !self.outside.is_known() || (self.compiler.stale().is_empty() && self.dirty.is_empty())
    }

    /// Checks one page, those first that are looked at. Gives what is to be told, where the time for it has come: the
    /// pages that are looked at are checked, or all are.
    pub(crate) fn work(&mut self) -> Option<Vec<(PathBuf, FileId, Vec<Diagnostic>)>> {
        let page_of = |file: &FileId| self.compiler.page_of(*file).or_else(|| self.compiler.page_tested_by(*file));
        let urgent: Vec<usize> = self.urgent.iter().filter_map(page_of).collect();
        let was_urgent = urgent.iter().any(|index| self.compiler.stale().contains(index));
        self.check(&urgent);
        let is_urgent = urgent.iter().any(|index| self.compiler.stale().contains(index));
        let is_time = self.compiler.stale().is_empty() || (was_urgent && !is_urgent);
        is_time.then(|| self.tell())
    }

    /// Has the page checked that a file is or tests, if there is one.
    pub(crate) fn freshen(&mut self, path: &Path) {
        let Some(file) = self.file(path).map(|file| file.id) else { return };
        let tested = || self.compiler.page_tested_by(file);
        let Some(index) = self.compiler.page_of(file).or_else(tested) else { return };
        if self.compiler.stale().contains(&index) {
            self.check(&[index]);
        }
    }

    fn check(&mut self, urgent: &[usize]) {
        let Some(progress) = self.compiler.check_next(urgent) else { return };
        self.dirty.extend(progress.files);
        if self.urgent.contains(&progress.page.file) && !self.compiler.is_cut_short(progress.page.file) {
            self.readable.insert(progress.page.file, progress.page);
        }
    }

    /// What there is to say of the files for which it may be something else than before.
    fn tell(&mut self) -> Vec<(PathBuf, FileId, Vec<Diagnostic>)> {
        let mut all = Vec::new();
        for (file, found) in self.compiler.diagnostics_of(&std::mem::take(&mut self.dirty)) {
            let path = self.path(file);
            let was_told = if found.is_empty() { self.told.remove(&path) } else { self.told.insert(path.clone()) };
            // What is open is told even that there is nothing: the editor may wait for it.
            if was_told || !found.is_empty() || self.urgent.contains(&file) {
                all.push((path, file, found));
            }
        }
        // A file that is gone has nothing wrong with it.
        let gone: Vec<PathBuf> = self.told.iter().filter(|path| self.file(path).is_none()).cloned().collect();
        for path in gone {
            self.told.remove(&path);
            all.push((path, FileId(0), Vec::new()));
        }
        all
    }

    /// The files for which there is something to be seen in the editor.
    pub(crate) fn told(&self) -> impl Iterator<Item = &Path> {
        self.told.iter().map(PathBuf::as_path)
    }
}
