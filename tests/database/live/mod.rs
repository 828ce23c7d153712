//! Pages that live, on real databases: how often they ask, what becomes of them while a server is down, and what ends
//! with them.

mod page;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use futures_util::future::try_join_all;

use crate::servers::{Admin, Engine, Failure, Proxy, Server};
use crate::stage::{Outcome, Servers, Test};
use page::App;

const POSTGRES: &[Engine] = &[Engine::Postgres];

pub(crate) fn tests() -> Vec<Test> {
    vec![
        Test::new("live::two_hundred_viewers_cause_one_query_a_beat", POSTGRES, one_query_a_beat),
        Test::new("live::a_page_outlasts_a_server_that_dies", POSTGRES, |_| outlasts()),
        Test::new("live::a_page_that_found_no_server_comes_to_life", POSTGRES, |_| comes_to_life()),
        Test::new("live::a_reader_who_leaves_ends_the_query", POSTGRES, ends_with_its_reader),
        Test::new("live::a_newer_interaction_ends_the_query_of_the_older", POSTGRES, ends_with_a_newer_one),
        Test::new("live::a_write_of_unknown_outcome_is_told_so", POSTGRES, writes_without_an_answer),
    ]
}

const COUNTED: &str = r#"
queries:
  dice: { sql: "select (random() * 1000000000)::int as n -- counted here", cache: forever, every: 1s }
body:
  - text: "Number {{ dice[0].n }}."
    id: dice
"#;

async fn one_query_a_beat(servers: Arc<Servers>) -> Outcome {
    let server = servers.get(Engine::Postgres)?;
    let app = App::on(server, "beats", COUNTED).await?;
    let mut tabs = Vec::new();
    for _ in 0..200 {
        tabs.push(app.open().await?);
    }
    let asked = || -> Result<usize, Failure> {
        Ok(server.statements()?.iter().filter(|statement| statement.contains("counted here")).count())
    };
    // All of them got the result of one run: so many lines it leaves in the log.
    let once = asked()?;
    let began = Instant::now();
    let numbers = try_join_all(tabs.iter().map(|tab| async {
        let mut stream = tab.listen().await?;
        let (first, second) = (stream.news().await?, stream.news().await?);
        Ok::<_, Failure>([first, second])
    }))
    .await?;
    let beats = usize::try_from(began.elapsed().as_secs())? + 2;
    let numbers: BTreeSet<String> = numbers.into_iter().flatten().collect();
    assert!((2..=beats).contains(&numbers.len()), "{} numbers in {beats} beats", numbers.len());
    let asked = asked()?;
    assert!(asked > once && asked <= (beats + 1) * once, "{asked} lines, {once} for each run, in {beats} beats");
    Ok(())
}

const FRAGILE: &str = r"
queries:
  answer: { sql: select count(*) as n from pg_database, every: 1s }
body:
  - metric: Databases
    value: answer[0].n
    id: answer
";

async fn outlasts() -> Outcome {
    let server = Server::start(Engine::Postgres)?;
    let app = App::on(&server, "outlasts", FRAGILE).await?;
    let tab = app.open().await?;
    let before = tab.text("answer");
    assert!(before.starts_with("Databases "), "{before}");
    let mut stream = tab.listen().await?;
    server.crash()?;
    let news = stream.news().await?;
    assert!(news.starts_with(&before), "the number stays: {news}");
    assert!(news.contains("Not up to date:") && news.contains("127.0.0.1"), "{news}");
    server.restart()?;
    assert_eq!(stream.news().await?, before, "the page recovers by itself");
    Ok(())
}

async fn comes_to_life() -> Outcome {
    let server = Server::start(Engine::Postgres)?;
    let app = App::on(&server, "comes_to_life", &FRAGILE.replace(", every: 1s", "")).await?;
    server.crash()?;
    let tab = app.open().await?;
    let before = tab.text("answer");
    assert!(before.contains("could not be shown") && before.contains("It is tried again by itself."), "{before}");
    assert!(tab.html.contains("data-expecting"), "the script listens");
    let mut stream = tab.listen().await?;
    server.restart()?;
    let news = stream.news().await?;
    assert!(news.starts_with("Databases "), "{news}");
    Ok(())
}

const ENDLESS: &str = r#"
state: { opened: { type: datetime, default_from: now() } }
queries:
  nap: { sql: "select pg_sleep(case when {{ now() > state.opened }} then 100 else 0 end)::text as n", every: 1s }
body:
  - table: nap
"#;

async fn ends_with_its_reader(servers: Arc<Servers>) -> Outcome {
    let server = servers.get(Engine::Postgres)?;
    let app = App::on(server, "leaves", ENDLESS).await?;
    let mut stream = app.open().await?.listen().await?;
    let listening = tokio::spawn(async move { stream.news().await.is_ok() });
    let mut watcher = Watcher::of(server, "pg_sleep(case").await?;
    watcher.until(true).await?;
    listening.abort();
    watcher.until(false).await
}

const LONG: &str = r#"
queries:
  nap: { sql: "select pg_sleep({{ state.seconds }} + 0.5 - 0.5)::text as n" }
body:
  - number_input: seconds
    label: Seconds
    default: 0
  - table: nap
"#;

async fn ends_with_a_newer_one(servers: Arc<Servers>) -> Outcome {
    let server = servers.get(Engine::Postgres)?;
    let app = App::on(server, "overtaken", LONG).await?;
    let tab = Arc::new(app.open().await?);
    let older = Arc::clone(&tab);
    let older = tokio::spawn(async move { older.post("seconds=100").await.is_ok() });
    let mut watcher = Watcher::of(server, "+ 0.5 - 0.5").await?;
    watcher.until(true).await?;
    let answer = tab.post("seconds=0").await?;
    assert!(answer.contains("c-table-nap") || answer.contains("view-id"), "{answer}");
    watcher.until(false).await?;
    assert!(older.await?, "it is told that it was overtaken");
    Ok(())
}

const TODO: &str = r#"
queries: { todos: { sql: select title from todo } }
writes:
  add: { sql: insert into todo (title) values ('milk') }
body:
  - text: "To do: {{ todos.title | join(', ') }}."
    id: text
  - button: Add
    on_click: [{ run: add }, { toast: Saved }]
"#;

async fn writes_without_an_answer(servers: Arc<Servers>) -> Outcome {
    let server = servers.get(Engine::Postgres)?;
    let proxy = Proxy::to(server.port())?;
    let app = App::through(proxy.port(), server, "unanswered", TODO).await?;
    let mut admin = server.admin("unanswered").await?;
    admin.execute("create table todo (title text)").await?;
    admin.execute("grant all on todo to public").await?;
    let tab = app.open().await?;
    // The server gets to know that it is to commit, and appspec never hears of it.
    proxy.cut_after(b"commit");
    for _ in 0..2 {
        let answer = tab.post("click=1&action=button-add").await?;
        assert!(answer.contains("It is not known whether this was saved"), "{answer}");
        assert!(answer.contains("Check before you try again."), "{answer}");
        assert!(!answer.contains(">Saved<"), "what follows is not done: {answer}");
        while admin.texts("select title from todo").await? != ["milk"] {}
    }
    let again = app.open().await?;
    assert_eq!(again.text("text").split(". ").next(), Some("To do: milk"), "whoever looks sees it");
    let answer = tab.post("click=2&action=button-add").await?;
    assert!(answer.contains("Saved") && !answer.contains("not known"), "a new click writes: {answer}");
    assert_eq!(admin.texts("select title from todo").await?, ["milk", "milk"]);
    Ok(())
}

/// Looks whether a statement runs in a server.
struct Watcher {
    admin: Admin,
    part: &'static str,
}

impl Watcher {
    async fn of(server: &Server, part: &'static str) -> Result<Self, Failure> {
        Ok(Self { admin: server.admin("postgres").await?, part })
    }

    /// Waits until a statement with this part runs, or until none does.
    async fn until(&mut self, runs: bool) -> Outcome {
        while self.admin.running().await?.iter().any(|statement| statement.contains(self.part)) != runs {}
        Ok(())
    }
}
