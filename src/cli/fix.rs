//! `appspec check --fix`: mends what can be mended without asking.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use appspec_data::Scrubber;
use appspec_lang::diagnostic::Mends;
use appspec_lang::source::{Entry, World};
use similar::TextDiff;

use super::load::{self, Folder, Loaded, Sight};
use super::{Exit, Terminal};

/// A mend may uncover what the next round mends; what goes on for longer than this goes round in circles.
const ROUNDS: usize = 10;

/// What was mended.
pub(super) struct Mended {
    /// The app as it is then.
    pub(super) loaded: Loaded,
    files: BTreeMap<PathBuf, Mend>,
}

/// A file that was changed.
struct Mend {
    before: String,
    after: String,
    /// As it may be shown: where a secret stands in it by mistake, that is masked.
    shown: (String, String),
    places: usize,
}

/// Mends an app in memory, round after round, until there is nothing left to mend.
pub(super) async fn mend(folder: &Folder, scrubber: &Scrubber, terminal: &mut Terminal<'_>) -> Result<Mended, Exit> {
    let mut files: BTreeMap<PathBuf, Mend> = BTreeMap::new();
    for round in 1.. {
        let world = Overlay { world: terminal.world, files: &files };
        // What is to be said of secrets is said once.
        let err: &mut dyn io::Write = if round == 1 { &mut *terminal.err } else { &mut io::sink() };
        let (input, out) = (&mut *terminal.input, &mut *terminal.out);
        let mut inner = Terminal { world: &world, input, out, err, color: terminal.color };
        let loaded = load::load((folder, Sight::Offline), scrubber, &mut inner).await?;
        let mends = Mends::of(&loaded.diagnostics);
        if mends.is_empty() || round > ROUNDS {
            return Ok(Mended { loaded, files });
        }
        for (file, places) in mends.files() {
            let source = loaded.sources.file(file);
            let path = folder.root.join(&source.path);
            let text = Overlay { world: terminal.world, files: &files }.read(&path)?;
            let after = mends.apply(file, &text);
            let shown = mends.apply(file, &source.text);
            let mend = files.entry(path).or_insert_with(|| Mend {
                before: text,
                after: String::new(),
                shown: (source.text.to_string(), String::new()),
                places: 0,
            });
            mend.after = after;
            mend.shown.1 = shown;
            mend.places += places;
        }
    }
    unreachable!("the rounds are bounded")
}

impl Mended {
    /// Writes the files that were changed, each whole or not at all, and says which.
    pub(super) fn write(&self, terminal: &mut Terminal<'_>) -> Result<(), Exit> {
        for (path, mend) in &self.files {
            replace(path, &mend.before, &mend.after, terminal)?;
            let places = if mend.places == 1 { "1 place".to_owned() } else { format!("{} places", mend.places) };
            writeln!(terminal.err, "mended {places} in {}", path.display())?;
        }
        Ok(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Shows what would be changed, as a unified diff.
    pub(super) fn show(&self, terminal: &mut Terminal<'_>) -> Result<(), Exit> {
        for (path, Mend { shown: (before, after), .. }) in &self.files {
            show_diff(path, before, after, terminal)?;
        }
        Ok(())
    }
}

/// Shows what would become of a file, as a unified diff.
pub(super) fn show_diff(path: &Path, before: &str, after: &str, terminal: &mut Terminal<'_>) -> io::Result<()> {
    let path = path.to_string_lossy();
    let diff = TextDiff::from_lines(before, after);
    write!(terminal.out, "{}", diff.unified_diff().header(&path, &path))
}

/// Puts a text in the place of another, whole or not at all, unless somebody has changed that meanwhile.
pub(super) fn replace(path: &Path, before: &str, after: &str, terminal: &mut Terminal<'_>) -> Result<(), Exit> {
    write(path, before, after).map_err(|error| match writeln!(terminal.err, "error: {}: {error}", path.display()) {
        Ok(()) => Exit::Environment,
        Err(error) => error.into(),
    })
}

#[expect(clippy::disallowed_methods, reason = "the only place where specs are written")]
fn write(path: &Path, before: &str, after: &str) -> io::Result<()> {
    if std::fs::read_to_string(path)? != before {
        return Err(io::Error::other("it was changed meanwhile, and is left as it is"));
    }
    let beside = path.with_extension("appspec-mended");
    std::fs::write(&beside, after)?;
    std::fs::set_permissions(&beside, std::fs::metadata(path)?.permissions())?;
    std::fs::rename(&beside, path)
}

/// A world in which some files are others.
struct Overlay<'w> {
    world: &'w dyn World,
    files: &'w BTreeMap<PathBuf, Mend>,
}

impl World for Overlay<'_> {
    fn read(&self, path: &Path) -> io::Result<String> {
        self.files.get(path).map_or_else(|| self.world.read(path), |mend| Ok(mend.after.clone()))
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<Entry>> {
        self.world.list(folder)
    }

    fn env(&self, name: &str) -> Option<String> {
        self.world.env(name)
    }

    fn env_names(&self) -> Vec<String> {
        self.world.env_names()
    }
}
