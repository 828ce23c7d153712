//! The HTTP server: routes, sessions, and the answers to page loads and interactions.
//!
//! Handlers are short: find the view, let it be evaluated, have it rendered, answer. This module names no database
//! and no template.

mod answer;
mod error;
mod file_name;
mod form;
mod handlers;
mod keeping;
mod live;
mod multipart;
mod nav;
mod near;
mod openmetrics;
mod pictures;
mod place;
mod policy;
mod question;
mod requests;
mod routes;
mod said;
mod security;
mod session;
mod views;
mod writing;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use appspec_data::Data;
use appspec_lang::App;
use appspec_lang::spec::QueryKey;
use appspec_lang::value::Fingerprint;
use axum::serve::ListenerExt;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use tokio::net::TcpListener;
use tokio::sync::watch;

pub use routes::router;

use crate::eval::{Baselines, Engine, View, expr};
use crate::render::asset::Asset;
use crate::render::{Look, Renderer};
use handlers::metrics::queries_of;
use keeping::Keeping;
use nav::Nav;
use place::Places;
use policy::Policies;
use requests::Requests;
use said::Said;
use session::Key;
use views::{Arriving, Views};
use writing::Writing;

/// Where the server finds and keeps its files.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder of the specs.
    pub root: PathBuf,
    /// `.appspec`: what survives a restart.
    pub state_folder: PathBuf,
    /// How long the first answer of a page waits for queries; what takes longer arrives late.
    pub first_answer: Duration,
    /// How long an interaction waits for all of its answer; beyond, the rest is streamed.
    pub plain_answer: Duration,
    /// How long either waits where only extras are missing, such as how many rows a table has.
    pub for_extras: Duration,
}

impl Options {
    /// The waits that readers do not notice.
    pub fn new(root: PathBuf, state_folder: PathBuf) -> Self {
        let (first_answer, plain_answer) = (Duration::from_millis(100), Duration::from_millis(50));
        Self { root, state_folder, first_answer, plain_answer, for_extras: Duration::from_millis(2) }
    }
}

/// How long a server that stops waits for writes under way.
const LAST_WRITES: Duration = Duration::from_secs(30);

/// An app being served.
#[derive(Debug)]
pub struct Server {
    app: Arc<App>,
    engine: Arc<Engine>,
    renderer: Renderer,
    places: Places,
    policies: Policies,
    nav: Nav,
    own_style: Option<Asset>,
    views: Views,
    arriving: Arriving,
    baselines: Baselines,
    writing: Writing,
    keeping: Option<Keeping>,
    said: Said,
    spool: Arc<multipart::Spool>,
    key: Key,
    /// What is remembered of the clicks of views that were loaded here and never lost: nothing from before the start.
    memory: u64,
    timezone: TimeZone,
    started: SystemTime,
    requests: Requests,
    /// All queries of the app, and what the data layer knows them by.
    queries: Vec<(QueryKey, Fingerprint)>,
    options: Options,
    /// Whether the server is about to end: streams that are open do so too.
    closing: watch::Sender<bool>,
}

/// How much a server holds; for tests and benchmarks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    pub views: usize,
    pub baselines: usize,
    /// Interactions that are writing.
    pub writes: usize,
    /// Templates rendered since the start.
    pub renders: u64,
}

impl Server {
    /// Makes a server; what is not as it should be, but no reason to stop, is said in the warnings.
    pub fn new(app: Arc<App>, data: Arc<Data>, options: &Options) -> (Arc<Self>, Vec<String>) {
        let mut warnings = Vec::new();
        let key = Key::load(&options.state_folder).unwrap_or_else(|error| {
            let folder = options.state_folder.display();
            warnings.push(format!("{folder} cannot be written ({error}): open pages will not survive a restart"));
            Key::random()
        });
        let timezone = app.program.settings.timezone.as_ref().map_or("UTC", |zone| &zone.value);
        let timezone = TimeZone::get(timezone).unwrap_or(TimeZone::UTC);
        let settings = expr::Settings::of(&app.program.settings);
        let own_style = Asset::own_style(&app);
        let look = Look::of(&app.program.settings.theme, own_style.as_ref().map(|style| style.url.clone()));
        let renderer = Renderer::speaking(settings.locale.as_deref()).looking(look);
        let renderer = renderer.with_pictures(pictures::sizes(&options.root));
        let queries = queries_of(&app);
        data.name_queries(&queries);
        let places = Places::of(&app);
        let server = Self {
            nav: Nav::of(&app, &places),
            policies: Policies::of(&app),
            places,
            own_style,
            engine: Arc::new(Engine { data, settings }),
            renderer,
            views: Views::default(),
            arriving: Arriving::default(),
            baselines: Baselines::default(),
            writing: Writing::default(),
            keeping: Keeping::of(&app, &options.root, &options.state_folder),
            spool: Arc::default(),
            said: Said::default(),
            key,
            memory: rand::random(),
            timezone,
            started: Timestamp::now().into(),
            requests: Requests::default(),
            queries,
            options: options.clone(),
            closing: watch::Sender::new(false),
            app,
        };
        (Arc::new(server), warnings)
    }

    /// The moment, by the clock of the app's time zone.
    fn now(&self) -> DateTime {
        Timestamp::now().to_zoned(self.timezone.clone()).datetime()
    }

    /// Names what is remembered of the clicks of a view.
    fn memory_of(&self, view: &View) -> u64 {
        if view.memory == 0 { self.memory } else { view.memory }
    }

    /// Has views give up tables where these leave no room for those that all share.
    fn relieve(&self) {
        let data = &self.engine.data;
        if data.room().is_crowded() {
            self.views.relieve(|| data.room().is_tight());
        }
    }

    pub fn held(&self) -> Held {
        Held {
            views: self.views.len(),
            baselines: self.baselines.len(),
            writes: self.writing.count(),
            renders: self.renderer.renders(),
        }
    }
}

/// Serves until `stop` completes and the last answers have gone out.
pub async fn run(
    server: Arc<Server>,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    if let Some(keeping) = &server.keeping
        && let Err(error) = keeping.file.open().await
    {
        tracing::error!("nothing can be kept for browsers: {error}");
    }
    let listener = listener.tap_io(|stream| {
        // Answers are small and wanted at once; a socket that refuses is merely slower.
        let _best_effort = stream.set_nodelay(true);
    });
    let stop = {
        let server = Arc::clone(&server);
        async move {
            stop.await;
            server.closing.send_replace(true);
        }
    };
    axum::serve(listener, router(Arc::clone(&server))).with_graceful_shutdown(stop).await?;
    // Browsers may have left before their writes have ended.
    let _gives_up = tokio::time::timeout(LAST_WRITES, server.writing.ended()).await;
    Ok(())
}
