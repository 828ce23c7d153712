//! Evaluation without a server: an app in memory, and simulated browsers that look at its pages.

mod looks;
mod tab;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use appspec_data::{CacheSettings, Data, DataSettings, Outside};
use appspec_lang::App;
use appspec_lang::compile::{compile, lower};
use appspec_lang::diagnostic::{Diagnostics, render};
use appspec_lang::source::Sources;
use appspec_lang::value::Fingerprint;
use appspec_web::eval::expr::Settings;
use appspec_web::eval::{Baselines, Engine, Event, Origin, Resend, Run, User, View, ViewId};
use jiff::civil::{DateTime, date};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};
use tempfile::TempDir;
use tokio::sync::Mutex as AsyncMutex;

pub(crate) use looks::Looks;
pub(crate) use tab::{Tab, Turn};

/// The settings of an app that has none: its queries ask an empty database.
pub(crate) const APP: (&str, &str) =
    ("app.yaml", "connection: db\nconnections: { db: { type: sqlite, file: data/empty.db } }\n");

/// What the clock of the lab shows.
const NOW: DateTime = date(2026, 1, 31).at(12, 0, 0, 0);

/// More than any test fills.
const CACHE_BYTES: u64 = 64 << 20;

/// A folder of data files and all that was read of it; shared by labs that look at the same data.
pub(crate) struct Store {
    data: Arc<Data>,
    folder: TempDir,
}

impl Store {
    /// Writes files, and a database beside each `.sql`; `data/empty.db` is always there.
    pub(crate) async fn of(files: &[(&str, &str)]) -> Arc<Self> {
        let folder = TempDir::new().unwrap();
        for (path, text) in files.iter().chain([&("data/empty.db", "")]) {
            let file = folder.path().join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, text).unwrap();
            if file.extension().is_some_and(|ending| ending == "sql") {
                create_database(&file.with_extension("db"), text).await;
            }
        }
        let cache = CacheSettings { bytes: CACHE_BYTES, ..CacheSettings::default() };
        let settings = DataSettings { timezone: "UTC".to_owned(), cache, ..DataSettings::default() };
        let connections = lower(&sources_of(files), &mut Diagnostics::default()).connections;
        let data = Arc::new(Data::open(folder.path(), &connections, settings));
        Arc::new(Self { data, folder })
    }

    /// Where a file lies.
    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }
}

/// An app to experiment with.
pub(crate) struct Lab {
    pub(crate) app: Arc<App>,
    pub(crate) engine: Arc<Engine>,
    /// How untouched pages look, as a server keeps it.
    pub(crate) baselines: Baselines,
    views: AtomicU64,
    /// Who opens pages from now on, and in which browser.
    pub(crate) user: Mutex<User>,
    pub(crate) session: AtomicU64,
    _store: Arc<Store>,
}

impl Lab {
    /// Compiles an app of files, each path and text; [`APP`] is added where there is no `app.yaml`.
    ///
    /// # Panics
    /// If the app does not compile.
    pub(crate) async fn of(files: &[(&str, &str)]) -> Arc<Self> {
        Self::compile(files).await.unwrap_or_else(|wrong| panic!("the app does not compile:\n{wrong}"))
    }

    /// Compiles an app, or gives what is wrong with it.
    pub(crate) async fn compile(files: &[(&str, &str)]) -> Result<Arc<Self>, String> {
        Self::compile_on(&Store::of(files).await, files).await
    }

    /// Compiles an app whose data is there already.
    pub(crate) async fn compile_on(store: &Arc<Store>, files: &[(&str, &str)]) -> Result<Arc<Self>, String> {
        let sources = sources_of(files);
        let schemas = store.data.describe(&lower(&sources, &mut Diagnostics::default()), &Outside::default()).await;
        let mut diagnostics = Diagnostics::default();
        let app = compile(&sources, &schemas, &mut diagnostics);
        let Some(app) = app.map(Arc::new) else {
            return Err(render::terminal(&sources, &diagnostics.sorted(), false));
        };
        let engine = Engine { data: Arc::clone(&store.data), settings: Settings::of(&app.program.settings) };
        Ok(Arc::new(Self {
            app,
            engine: Arc::new(engine),
            baselines: Baselines::default(),
            views: AtomicU64::new(1),
            user: Mutex::default(),
            session: AtomicU64::new(0),
            _store: Arc::clone(store),
        }))
    }

    /// What is fixed for a view of the page at a path.
    pub(crate) fn origin(&self, path: &str) -> Arc<Origin> {
        let page = self.app.program.pages.iter().position(|page| page.path == path);
        let view = ViewId(u128::from(self.views.fetch_add(1, Ordering::Relaxed)));
        Arc::new(Origin {
            app: Arc::clone(&self.app),
            page: page.unwrap_or_else(|| panic!("the app has no page {path}")),
            view,
            params: Vec::new(),
            user: self.user.lock().unwrap().clone(),
            session: Fingerprint::of(&self.session.load(Ordering::Relaxed).to_le_bytes()),
            secret: Fingerprint::of(b"a secret of the lab"),
        })
    }

    /// What the page at a path shows at its first values, evaluated from scratch, without `each_run`.
    pub(crate) async fn evaluate(&self, path: &str) -> Looks {
        let origin = self.origin(path);
        let view = Arc::new(AsyncMutex::new(View::new(Arc::clone(&origin))));
        let mut run = Run::start(Arc::clone(&self.engine), view.lock_owned().await, NOW, Resend::All);
        while run.step().await {}
        let mut looks = Looks::default();
        looks.swap_in(origin.page(), &run.take_delta(true));
        looks
    }

    /// Opens the page at a path in a new tab.
    pub(crate) async fn open(self: &Arc<Self>, path: &str) -> Tab {
        Tab::open(Arc::clone(self), path).await
    }
}

/// Makes a database by SQL.
pub(crate) async fn create_database(file: &Path, sql: &str) {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    connection.execute(AssertSqlSafe(sql.to_owned())).await.unwrap();
    connection.close().await.unwrap();
}

/// The events of a run by the names of their nodes, a line each, inputs before dependents.
///
/// What runs at the same time may end in any order, so the order is not that of time.
pub(crate) fn lines(origin: &Origin, events: &[Event]) -> Vec<String> {
    let (page, graph) = (origin.page(), origin.graph());
    let mut lines: Vec<(Option<usize>, String)> = events
        .iter()
        .map(|event| {
            let (verb, node, result) = match event {
                Event::Computed { node, changed: true } => ("computed", *node, " (changed)"),
                Event::Computed { node, changed: false } => ("computed", *node, " (same)"),
                Event::Skipped(node) => ("skipped", *node, ""),
                Event::CacheHit(node) => ("hit", *node, ""),
                Event::Failed(node) => ("failed", *node, ""),
            };
            let place = graph.order().iter().position(|id| *id == node);
            (place, format!("{verb} {}{result}", graph.name(page, node)))
        })
        .collect();
    lines.sort_by_key(|(place, _)| *place);
    lines.into_iter().map(|(_, line)| line).collect()
}

/// The specs among the files.
fn sources_of(files: &[(&str, &str)]) -> Sources {
    let mut sources = Sources::default();
    let has_app = files.iter().any(|(path, _)| path.starts_with("app."));
    for (path, text) in files.iter().chain((!has_app).then_some(&APP)) {
        if Path::new(path).extension().is_some_and(|ending| ending == "yaml" || ending == "toml") {
            sources.add(*path, *text);
        }
    }
    sources
}
