//! The apps that the editor looks at, and the files that it has open.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use appspec_lang::source::{FileId, World};

use crate::app::App;
use crate::documents::{Document, Documents, Overlay};

/// The names that the settings of an app may have: where one of them is, there is the root of an app.
const SETTINGS: [&str; 3] = ["app.yaml", "app.yml", "app.toml"];

/// All that is open.
pub(crate) struct Apps {
    world: Arc<dyn World>,
    pub(crate) documents: Documents,
    /// The folders of the workspace.
    folders: Vec<PathBuf>,
    by_root: BTreeMap<PathBuf, App>,
    /// The files that were shown as wrong and whose app is gone.
    orphans: Vec<PathBuf>,
}

impl Apps {
    pub(crate) fn new(world: Arc<dyn World>, folders: Vec<PathBuf>) -> Self {
        Self { world, documents: Documents::new(), folders, by_root: BTreeMap::new(), orphans: Vec::new() }
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut App> {
        self.by_root.values_mut()
    }

    pub(crate) fn get_mut(&mut self, root: &Path) -> Option<&mut App> {
        self.by_root.get_mut(root)
    }

    pub(crate) fn get(&self, root: &Path) -> Option<&App> {
        self.by_root.get(root)
    }

    /// The app that a file belongs to, and its id there.
    pub(crate) fn find(&self, path: &Path) -> Option<(&App, FileId)> {
        let app = self.by_root.get(&self.root_of(path)?)?;
        Some((app, app.file(path)?.id))
    }

    pub(crate) fn open(&mut self, path: &Path, document: Document) {
        let text = Arc::clone(&document.text);
        self.documents.insert(path.to_owned(), document);
        self.bring(path, Some(&text));
    }

    pub(crate) fn change(&mut self, path: &Path, version: i32, text: &Arc<str>) {
        if let Some(document) = self.documents.get_mut(path) {
            document.version = version;
            document.text = Arc::clone(text);
            self.bring(path, Some(text));
        }
    }

    /// What counts from now on is the file on disk.
    pub(crate) fn close(&mut self, path: &Path) {
        if self.documents.remove(path).is_none() {
            return;
        }
        if let Some(app) = self.root_of(path).and_then(|root| self.by_root.get_mut(&root)) {
            if let Some(file) = app.file(path).map(|file| file.id) {
                app.look_away(file);
            }
            app.reload(&*self.world, &self.documents);
        }
        self.drop_unused();
    }

    /// Takes notice of files that were changed by others.
    pub(crate) fn changed_on_disk(&mut self, paths: &[PathBuf]) {
        let is_root = |path: &PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| SETTINGS.contains(&name))
        };
        if paths.iter().any(is_root) {
            self.regroup();
        }
        let is_below = |app: &App, path: &PathBuf| path.starts_with(&app.root);
        for app in self.by_root.values_mut().filter(|app| paths.iter().any(|path| is_below(app, path))) {
            app.reload(&*self.world, &self.documents);
            app.forget_outside();
        }
    }

    pub(crate) fn change_folders(&mut self, added: Vec<PathBuf>, removed: &[PathBuf]) {
        self.folders.retain(|folder| !removed.contains(folder));
        self.folders.extend(added);
        self.regroup();
    }

    /// The files that were shown as wrong and that nobody looks after any more.
    pub(crate) fn take_orphans(&mut self) -> Vec<PathBuf> {
        std::mem::take(&mut self.orphans)
    }

    /// Has the page checked that a file is, if it is one.
    pub(crate) fn freshen(&mut self, path: &Path) {
        if let Some(app) = self.root_of(path).and_then(|root| self.by_root.get_mut(&root)) {
            app.freshen(path);
        }
    }

    /// Hands the text of an open file to its app, which is loaded if it was not.
    fn bring(&mut self, path: &Path, text: Option<&str>) {
        let Some(root) = self.root_of(path) else { return };
        let Self { by_root, world, documents, .. } = self;
        let app = by_root.entry(root).or_insert_with_key(|root| App::load(root.clone(), &**world, documents));
        if app.file(path).is_none() {
            app.reload(&**world, documents);
        }
        let Some(file) = app.file(path).map(|file| file.id) else { return };
        if let Some(text) = text {
            app.edit(file, text);
        }
        app.look_at(file);
    }

    /// Sorts the open files into apps anew, because roots have come or gone.
    fn regroup(&mut self) {
        let open: Vec<PathBuf> = self.documents.keys().cloned().collect();
        self.drop_unused();
        for path in open {
            self.bring(&path, None);
        }
    }

    /// Drops the apps that no open file belongs to.
    fn drop_unused(&mut self) {
        let used: Vec<PathBuf> = self.documents.keys().filter_map(|path| self.root_of(path)).collect();
        let (kept, dropped): (BTreeMap<_, _>, BTreeMap<_, _>) =
            std::mem::take(&mut self.by_root).into_iter().partition(|(root, _)| used.contains(root));
        self.by_root = kept;
        self.orphans.extend(dropped.values().flat_map(App::told).map(Path::to_owned));
    }

    /// The root of the app that a file belongs to: the nearest folder upwards that holds settings, else the folder of
    /// the workspace that it is in, else its own folder.
    fn root_of(&self, path: &Path) -> Option<PathBuf> {
        let world = Overlay { disk: &*self.world, open: &self.documents };
        let has_settings = |folder: &&Path| {
            let entries = world.list(folder).unwrap_or_default();
            entries.iter().any(|entry| !entry.is_folder && SETTINGS.contains(&entry.name.as_str()))
        };
        let own = path.parent()?;
        let marked = own.ancestors().find(has_settings);
        let workspace = || {
            let around = self.folders.iter().filter(|folder| path.starts_with(folder));
            around.max_by_key(|folder| folder.components().count()).map(PathBuf::as_path)
        };
        Some(marked.or_else(workspace).unwrap_or(own).to_owned())
    }
}
