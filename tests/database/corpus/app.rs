//! A query as a page runs it: compiled, rendered to SQL with its values bound, read, shown.

use std::sync::Arc;

use appspec_data::{Data, Value};
use appspec_lang::compile::compile;
use appspec_lang::diagnostic::{Diagnostics, render};
use appspec_lang::source::Sources;
use appspec_lang::spec::Schemas;
use appspec_lang::value::Fingerprint;
use appspec_web::eval::expr::Settings;
use appspec_web::eval::{Engine, Origin, Outcome, Resend, Run, User, View, ViewId};
use jiff::civil::{DateTime, date};
use tokio::sync::Mutex;

use super::case::Query;
use super::sheet::sheet;
use crate::ground::CONNECTION;
use crate::servers::Failure;

/// What the clock shows.
const NOW: DateTime = date(2026, 1, 31).at(12, 0, 0, 0);

/// What a page shows whose only component is the table of a query.
pub(super) async fn run(data: Arc<Data>, query: &Query, timezone: &str) -> Result<String, Failure> {
    let mut sources = Sources::default();
    let file = "{ type: sqlite, file: data/empty.db }";
    let app = format!("timezone: {timezone}\nconnection: {CONNECTION}\nconnections:\n  {CONNECTION}: {file}\n");
    sources.add("app.yaml", app.as_str());
    sources.add("index.yaml", page(query).as_str());
    let mut diagnostics = Diagnostics::default();
    let Some(app) = compile(&sources, &Schemas::default(), &mut diagnostics).map(Arc::new) else {
        return Err(Failure(render::terminal(&sources, &diagnostics.sorted(), false)));
    };
    let engine = Arc::new(Engine { data, settings: Settings::of(&app.program.settings) });
    let secret = Fingerprint::of(b"a secret of the corpus");
    let (user, session) = (User::default(), Fingerprint(0));
    let origin = Arc::new(Origin { app, page: 0, view: ViewId(1), params: Vec::new(), user, session, secret });
    let view = Arc::new(Mutex::new(View::new(origin)));
    let mut run = Run::start(engine, view.lock_owned().await, NOW, Resend::All);
    while run.step().await {}
    let shown = run.take_delta(true).changed.pop_first().map(|(_, outcome)| outcome);
    match shown {
        Some(Outcome::Failed(message)) => Ok(format!("failed: {message}\n")),
        Some(Outcome::Shown(shown)) => match shown.subject {
            Some(Value::Table(table)) => {
                let warnings = table.warnings().iter().map(|warning| format!("warning: {warning}\n"));
                Ok(sheet(&table) + &warnings.collect::<String>())
            }
            other => Err(Failure(format!("the page shows {other:?}"))),
        },
        other => Err(Failure(format!("the page shows {other:?}"))),
    }
}

fn page(query: &Query) -> String {
    let Query { sql, state, options } = query;
    let state = if state.is_empty() { String::new() } else { format!("state:\n{}", indented(state, 2)) };
    let (sql, options) = (indented(sql, 6), indented(options, 4));
    format!("{state}queries:\n  q:\n    sql: |\n{sql}{options}body:\n  - table: q\n")
}

fn indented(text: &str, by: usize) -> String {
    let blanks = " ".repeat(by);
    text.lines().flat_map(|line| [&blanks, line, "\n"]).collect()
}
