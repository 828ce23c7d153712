//! `run`, `html` and `transform` blocks: what a user does on a page, what the server computes and sends, how it looks, and
//! what SQL over the app's tables gives.

use std::sync::Arc;
use std::time::Instant;

use appspec_data::{Table, Value};
use appspec_lang::value::Scalar;
use appspec_web::eval::expr::plain_text;
use appspec_web::eval::{Outcome, Refused};
use appspec_web::render::{Renderer, Scene};
use tokio::runtime::{Builder, Runtime};

use crate::lab::{Lab, Tab, Turn};

/// The lines of one step that say what is done; the others say what comes of it.
#[derive(Default)]
struct Step<'a> {
    open: Option<&'a str>,
    fields: Vec<(&'a str, Vec<&'a str>)>,
    button: Option<&'a str>,
    /// A component that is to be tried again.
    retry: Option<&'a str>,
    /// Queries whose time has come, if a tick comes.
    tick: Option<Vec<&'a str>>,
    /// Whether the cached tables of all queries are dropped first.
    evict: bool,
    looks: Vec<&'a str>,
    /// Whether the last interaction is sent once more, as the same click.
    repeat: bool,
}

/// Does what a block says, and writes beside it what comes of it.
pub(super) fn transcript(files: &[(String, String)], block: &str) -> Result<String, String> {
    runtime().block_on(async {
        let lab = Lab::compile(&borrowed(files)).await?;
        let mut tab = None;
        let mut steps = Vec::new();
        for stanza in block.split("\n\n").filter(|stanza| !stanza.trim().is_empty()) {
            steps.push(perform(&read(stanza)?, &lab, &mut tab).await?);
        }
        Ok(steps.join("\n"))
    })
}

/// The fragment of a component as its page is opened.
pub(super) fn html(files: &[(String, String)], component: &str) -> Result<String, String> {
    runtime().block_on(async {
        let lab = Lab::compile(&borrowed(files)).await?;
        let (tab, mut run, _) = Tab::load(Arc::clone(&lab), &first_page(&lab)?).await;
        while run.step().await {}
        let delta = run.take_delta(true);
        let page = tab.origin.page();
        let found = delta.changed.keys().find(|id| id.id(page) == component);
        let id = found.ok_or_else(|| format!("no component `{component}` is shown"))?;
        let settings = &lab.app.program.settings;
        let scene = Scene { page, settings, outcomes: &delta.changed, now: Instant::now(), row: None };
        let fragments = Renderer::new().fragments(&scene, &[id.clone()].into()).map_err(|error| error.to_string())?;
        Ok(fragments.into_iter().map(|fragment| fragment.html + "\n").collect())
    })
}

/// The SQL of a block, and behind an empty line the table that it gives over the queries of `app.yaml`; or what is wrong.
pub(super) fn transformed(files: &[(String, String)], block: &str) -> Result<String, String> {
    let sql = block.split("\n\n").next().unwrap_or_default().trim_end();
    let indented = sql.replace('\n', "\n      ");
    let page = format!("queries:\n  asked:\n    transform: |\n      {indented}\nbody: [{{ table: asked }}]\n");
    let mut files = borrowed(files);
    files.push(("page.yaml", &page));
    let result = runtime().block_on(async {
        let lab = match Lab::compile(&files).await {
            Ok(lab) => lab,
            Err(wrong) => return Ok(said(&wrong)),
        };
        let (_, mut run, _) = Tab::load(Arc::clone(&lab), "/page").await;
        while run.step().await {}
        let delta = run.take_delta(true);
        match delta.changed.values().next() {
            Some(Outcome::Shown(shown)) => match &shown.subject {
                Some(Value::Table(table)) => Ok(rows_of(table)),
                other => Err(format!("a table is expected, not {other:?}")),
            },
            Some(Outcome::Failed(message)) => Ok(format!("failed: {message}\n")),
            other => Err(format!("a table is expected, not {other:?}")),
        }
    })?;
    Ok(format!("{sql}\n\n{result}"))
}

/// The messages and the help of a report, without their places.
fn said(report: &str) -> String {
    let kept = report
        .lines()
        .filter_map(|line| line.strip_prefix("  = ").or_else(|| line.starts_with("error").then_some(line)));
    kept.flat_map(|line| [line, "\n"]).collect()
}

/// Names and types, then a line for each row.
fn rows_of(table: &Table) -> String {
    let head: Vec<String> = table.columns().iter().map(|column| format!("{} {}", column.name, column.ty)).collect();
    let cell = |cell: &Scalar| match cell {
        Scalar::Null => "-".to_owned(),
        Scalar::Text(text) => text.to_string(),
        Scalar::Float(float) => format!("{float:?}"),
        Scalar::List(items) => format!("[{}]", items.iter().map(plain_text).collect::<Vec<_>>().join(" ")),
        other => plain_text(other),
    };
    let rows = table.records(100).into_iter().map(|row| row.iter().map(cell).collect::<Vec<_>>().join(" | "));
    std::iter::once(head.join(" | ")).chain(rows).map(|line| line.trim_end().to_owned() + "\n").collect()
}

fn runtime() -> Runtime {
    // Polars asks for more than one thread.
    Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

fn borrowed(files: &[(String, String)]) -> Vec<(&str, &str)> {
    files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect()
}

fn first_page(lab: &Lab) -> Result<String, String> {
    lab.app.program.pages.first().map(|page| page.path.clone()).ok_or_else(|| "the app has no page".to_owned())
}

fn read(stanza: &str) -> Result<Step<'_>, String> {
    let mut step = Step::default();
    for line in stanza.lines() {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let rest = rest.trim();
        match verb {
            "open" => step.open = Some(rest),
            "set" => {
                let (key, value) = rest.split_once('=').ok_or_else(|| format!("`{line}` is not like `set a = 1`"))?;
                step.fields.push((key.trim(), value.split('|').map(str::trim).collect()));
            }
            "click" => step.button = Some(rest),
            "retry" => step.retry = Some(rest),
            "tick" => step.tick = Some(rest.split(',').map(str::trim).filter(|name| !name.is_empty()).collect()),
            "evict" => step.evict = true,
            "repeat" => step.repeat = true,
            "look" => step.looks.push(rest),
            _ => {}
        }
    }
    Ok(step)
}

async fn perform(step: &Step<'_>, lab: &Arc<Lab>, tab: &mut Option<Tab>) -> Result<String, String> {
    let mut lines = Vec::new();
    let first = first_page(lab)?;
    let path = step.open.filter(|path| !path.is_empty()).unwrap_or(&first);
    if step.open.is_some() {
        *tab = None;
    }
    let tab = match tab {
        Some(tab) => tab,
        None => tab.insert(lab.open(path).await),
    };
    if let Some(path) = step.open {
        lines.push(format!("open {path}"));
        say(&tab.opened, &mut lines);
    }
    if step.evict {
        lines.push("evict".to_owned());
        tab.evict().await;
    }
    if !step.fields.is_empty() || step.button.is_some() {
        let field = |(key, values): &(&str, Vec<&str>)| format!("set {key} = {}", values.join(" | "));
        lines.extend(step.fields.iter().map(field));
        lines.extend(step.button.map(|id| format!("click {id}")));
        let fields: Vec<(&str, &[&str])> = step.fields.iter().map(|(key, values)| (*key, values.as_slice())).collect();
        answer(tab.try_interact(&fields, step.button).await, &mut lines);
    }
    if step.repeat {
        lines.push("repeat".to_owned());
        answer(tab.repeat().await, &mut lines);
    }
    if let Some(component) = step.retry {
        lines.push(format!("retry {component}"));
        match tab.try_again(component).await {
            Ok(turn) => say(&turn, &mut lines),
            Err(refused) => lines.push(format!("refused: {refused:?}")),
        }
    }
    if let Some(queries) = &step.tick {
        lines.push(format!("tick {}", queries.join(", ")));
        say(&tab.tick(queries).await, &mut lines);
    }
    for id in &step.looks {
        lines.push(format!("look {id}"));
        lines.push(format!("shows {}", tab.look_with_rows(id)));
    }
    let lines: Vec<&str> = lines.iter().map(|line| line.trim_end()).collect();
    Ok(lines.join("\n") + "\n")
}

fn answer(answer: Result<Turn, Refused>, lines: &mut Vec<String>) {
    match answer {
        Ok(turn) => say(&turn, lines),
        Err(Refused::UnknownField(name)) => lines.push(format!("refused: no field {name}")),
        Err(Refused::UnknownAction(id)) => lines.push(format!("refused: no button {id}")),
        Err(Refused::UnknownComponent(id)) => lines.push(format!("refused: no component {id}")),
    }
}

fn say(turn: &Turn, lines: &mut Vec<String>) {
    lines.extend(turn.log.iter().cloned());
    lines.extend(turn.toasts.iter().map(|toast| format!("toast {toast}")));
    lines.extend(turn.goto.iter().map(|to| format!("goto {to}")));
    let sent = if turn.sent.is_empty() { "nothing".to_owned() } else { turn.sent.join(", ") };
    lines.push(format!("sent {sent}"));
}
