//! A page at work: scripts of what a user does, with the log of what each step computed and sent.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;
use std::time::Instant;

use appspec_data::{Data, DataSettings};
use appspec_lang::App;
use appspec_lang::check::program::ComponentId;
use appspec_lang::value::Fingerprint;
use appspec_web::eval::{Engine, Evaluated, Event, Origin, Reaction, Resend, Run, Sent, View, ViewId, expr, interact};
use appspec_web::render::{Renderer, Scene};
use jiff::civil::{DateTime, date};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::sync::Mutex;

use super::project::{Compiled, Project};

/// What a user may do in a script; every other line is what came of it.
const COMMANDS: &[&str] = &["open", "set", "click"];

/// Plays the commands of a `run` block, and writes down what comes of each.
pub(crate) fn run(project: &Project, compiled: &Compiled, script: &str) -> Option<String> {
    let app = compiled.app.clone()?;
    Some(played(project, app, |live, runtime| {
        let mut text = String::new();
        let commands = script.lines().filter(|line| COMMANDS.contains(&line.split(' ').next().unwrap_or_default()));
        for (at, command) in commands.enumerate() {
            if at == 0 && command != "open" {
                runtime.block_on(live.load());
            }
            let came = runtime.block_on(live.perform(command));
            text.extend([command, "\n", &came]);
        }
        text
    }))
}

/// The fragment of a component as its page is opened.
pub(crate) fn html(project: &Project, compiled: &Compiled, component: &str) -> Option<String> {
    let app = compiled.app.clone()?;
    Some(played(project, app, |live, runtime| {
        runtime.block_on(live.load());
        live.html.get(&format!("c-{component}")).cloned().unwrap_or_else(|| format!("no component {component:?}"))
    }))
}

fn played(project: &Project, app: App, play: impl FnOnce(&mut Live, &Runtime) -> String) -> String {
    let folder = TempDir::new().unwrap();
    for (path, text) in &project.files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let runtime = Runtime::new().unwrap();
    let settings = DataSettings { timezone: "UTC".to_owned(), cache_bytes: 16 << 20 };
    let data = runtime.block_on(async { Data::open(folder.path(), &app.program.connections, settings) });
    play(&mut Live::new(Arc::new(app), data), &runtime)
}

/// The first page of an app, open in one tab.
struct Live {
    engine: Arc<Engine>,
    view: Arc<Mutex<View>>,
    renderer: Renderer,
    /// The last fragment of each element.
    html: BTreeMap<String, String>,
}

impl Live {
    fn new(app: Arc<App>, data: Data) -> Self {
        let settings = expr::Settings::of(&app.program.settings);
        let secret = Fingerprint::of(b"corpus");
        let origin = Origin { app, page: 0, view: ViewId(1), params: Vec::new(), secret };
        Self {
            engine: Arc::new(Engine { data: Arc::new(data), settings }),
            view: Arc::new(Mutex::new(View::new(Arc::new(origin)))),
            renderer: Renderer::new(),
            html: BTreeMap::new(),
        }
    }

    async fn load(&mut self) -> String {
        let mut view = Arc::clone(&self.view).lock_owned().await;
        let reaction = interact::load(&self.engine, &mut view, now()).await;
        let run = Run::start(Arc::clone(&self.engine), view, now(), Resend::All);
        self.finish(run, &reaction).await
    }

    async fn perform(&mut self, command: &str) -> String {
        let (verb, rest) = command.split_once(' ').unwrap_or((command, ""));
        let mut sent = Sent::default();
        match verb {
            "set" => {
                let (key, values) = rest.split_once(" = ").unwrap_or((rest.trim_end_matches(" ="), ""));
                let values = values.split(", ").map(str::to_owned).collect();
                sent.fields.insert(key.to_owned(), values);
            }
            "click" => sent.action = Some(rest.to_owned()),
            _ => return self.load().await,
        }
        let mut view = Arc::clone(&self.view).lock_owned().await;
        match interact::interact(&self.engine, &mut view, &sent, now()).await {
            Ok(reaction) => {
                let run = Run::start(Arc::clone(&self.engine), view, now(), Resend::Nothing);
                self.finish(run, &reaction).await
            }
            Err(refused) => format!("refused {refused:?}\n"),
        }
    }

    /// Lets a run come to its end, and writes down what it did.
    async fn finish(&mut self, mut run: Run, reaction: &Reaction) -> String {
        while run.step().await {}
        let delta = run.take_delta(false);
        run.finish(true);
        let origin = Arc::clone(&run.view().origin);
        let mut evaluated: Vec<Option<&Evaluated>> = vec![None; origin.page().components.len()];
        for (id, place) in (0..).map(ComponentId).zip(&mut evaluated) {
            *place = delta.changed.get(&id);
        }
        let (page, settings) = (origin.page(), &origin.app.program.settings);
        let scene = Scene { page, settings, evaluated: &evaluated, now: Instant::now() };
        for id in delta.changed.keys() {
            let alone = std::iter::once(*id).collect();
            for fragment in self.renderer.fragments(&scene, &alone).unwrap() {
                self.html.insert(fragment.element, fragment.html);
            }
        }
        let components = delta.changed.keys().filter_map(|id| page.components.get(id.index()));
        let sent: Vec<&str> = components.map(|component| component.id.as_str()).collect();
        let sent = if sent.is_empty() { "nothing".to_owned() } else { sent.join(", ") };
        format!("{}sent {sent}\n{}", log(&run), told(reaction))
    }
}

/// The events of a run in the order of the graph: which of several queries is ready first is not the same each time.
fn log(run: &Run) -> String {
    let origin = &run.view().origin;
    let (page, graph) = (origin.page(), origin.graph());
    let node = |event: &Event| match event {
        Event::Computed { node, .. } | Event::Skipped(node) | Event::CacheHit(node) | Event::Failed(node) => *node,
    };
    let mut events = run.log().to_vec();
    events.sort_by_key(|event| graph.order().iter().position(|id| *id == node(event)));
    let line = |event: &Event| {
        let name = graph.name(page, node(event));
        match event {
            Event::Computed { changed: true, .. } => format!("computed {name} (changed)\n"),
            Event::Computed { changed: false, .. } => format!("computed {name} (same)\n"),
            Event::Skipped(_) => format!("skipped {name}\n"),
            Event::CacheHit(_) => format!("found {name} in the cache\n"),
            Event::Failed(_) => format!("failed {name}\n"),
        }
    };
    events.iter().map(line).collect()
}

fn told(reaction: &Reaction) -> String {
    let goto = reaction.goto.iter().map(|path| format!("goto {path}\n"));
    goto.chain(reaction.toasts.iter().map(|toast| format!("toast {}\n", toast.text))).collect()
}

/// The moment of every run.
fn now() -> DateTime {
    date(2026, 1, 15).at(12, 0, 0, 0)
}
