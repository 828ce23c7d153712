//! The corpus: Markdown files whose cases run on every engine, on the same data.
//!
//! A heading is a case. Its blocks: `setup` (SQL that makes the data), `state` (the page's, YAML), `options` (further
//! keys of the query), `query` (the SQL template), `result` (the table, or why there is none). Engines named behind
//! the kind have a block for themselves: all that are named for a `setup`, one in place of the general one for the
//! others; a case without a general `query` is for the engines that it names. A `result` of its own needs its reason
//! above it. A section without a query is setup for the whole file.

mod app;
mod case;
mod sheet;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

use crate::ground::Ground;
use crate::servers::{Engine, Failure};
use crate::stage::{Outcome, Servers, Test};
use case::Case;

const FOLDER: &str = "tests/database/cases";

/// The clock of the apps in the corpus, so that moments with a zone are seen to move.
const TIMEZONE: &str = "Europe/Berlin";

/// What runs of the corpus have given, to be written into it.
pub(crate) type Given = Arc<Mutex<BTreeMap<(String, usize), Vec<(Engine, String)>>>>;

/// A file of cases.
pub(crate) struct Document {
    /// Its name without the ending.
    name: String,
    text: String,
    /// The databases that cases without a setup of their own share.
    grounds: Mutex<BTreeMap<&'static str, Arc<OnceCell<Ground>>>>,
}

/// Every case on every engine. With `given`, nothing is compared but all that comes is noted.
pub(crate) fn tests(given: Option<&Given>) -> Vec<Test> {
    let mut tests = Vec::new();
    for document in documents() {
        for case in case::cases(&document).into_iter().map(Arc::new) {
            for engine in Engine::all().into_iter().filter(|engine| case.query(*engine).is_ok()) {
                let name = format!("corpus::{}::{}::{}", document.name, case.name, engine.name());
                let (document, case, given) = (Arc::clone(&document), Arc::clone(&case), given.cloned());
                tests.push(Test::new(name, &[engine], move |servers| {
                    check(servers, Arc::clone(&document), Arc::clone(&case), engine, given.clone())
                }));
            }
        }
    }
    tests
}

async fn check(
    servers: Arc<Servers>,
    document: Arc<Document>,
    case: Arc<Case>,
    engine: Engine,
    given: Option<Given>,
) -> Outcome {
    let query = case.query(engine)?;
    let own;
    let ground = if case.setup.is_empty() {
        let place = Arc::clone(lock(&document.grounds).entry(engine.name()).or_default());
        own = place;
        own.get_or_try_init(|| ground(&servers, engine, &document.name, &case.common)).await?
    } else {
        let name = format!("{}_{}", document.name, case.index);
        let blocks: Vec<_> = case.common.iter().chain(&case.setup).cloned().collect();
        &ground(&servers, engine, &name, &blocks).await?
    };
    let sheet = app::run(ground.data(TIMEZONE), &query, TIMEZONE).await?;
    match given {
        Some(given) => {
            lock(&given).entry((document.name.clone(), case.index)).or_default().push((engine, sheet));
            Ok(())
        }
        None => case.compare(engine, &sheet),
    }
}

/// Makes a database with the data of its setups.
async fn ground(servers: &Servers, engine: Engine, name: &str, setup: &[case::Part]) -> Result<Ground, Failure> {
    let ground = Ground::make(servers, engine, name).await?;
    for part in case::setup_for(setup, engine) {
        ground.script(&part.text).await?;
    }
    Ok(ground)
}

/// Writes what was given into the corpus.
pub(crate) fn update(given: &Given) -> Result<(), Failure> {
    let given = lock(given);
    for document in documents() {
        let mut lines: Vec<String> = document.text.lines().map(str::to_owned).collect();
        let mut changes = Vec::new();
        for case in case::cases(&document) {
            if let Some(sheets) = given.get(&(document.name.clone(), case.index)) {
                changes.extend(case.changes(sheets));
            }
        }
        changes.sort_by_key(|(range, _)| std::cmp::Reverse((range.start, range.end)));
        for (range, text) in changes {
            lines.splice(range, text.lines().map(str::to_owned));
        }
        let text = lines.join("\n") + "\n";
        if text != document.text {
            fs::write(path(&document.name), text)?;
        }
    }
    Ok(())
}

fn documents() -> Vec<Arc<Document>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER);
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.file_name().to_str().and_then(|name| name.strip_suffix(".md")).map(str::to_owned))
        .collect();
    names.sort();
    let read = |name: String| {
        let text = fs::read_to_string(path(&name)).ok()?;
        Some(Arc::new(Document { name, text, grounds: Mutex::default() }))
    };
    names.into_iter().filter_map(read).collect()
}

fn path(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER).join(format!("{name}.md"))
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
