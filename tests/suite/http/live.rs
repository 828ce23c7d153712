//! Pages that somebody looks at: what changes without an interaction.

use std::collections::BTreeSet;
use std::time::Instant;

use appspec_web::serve::run;
use axum::http::StatusCode;
use futures_util::future::join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::support::TestApp;

const APP: &str = "connection: db\nconnections: { db: { type: sqlite, file: data/empty.db } }\n";

/// A number that is another one each second, beside what never changes.
const DICE: &str = r#"
queries:
  dice: { sql: select abs(random()) as n, every: 1s }
  steady: { sql: select 7 as n, every: 1s }
state:
  runs: { default: 0, each_run: state.runs + 1 }
body:
  - text_input: name
    label: Name
  - text: "{{ dice[0].n }}"
    id: dice
  - text: "Steady {{ steady[0].n }}"
    id: steady
  - text: "Name {{ state.name }}, run {{ state.runs }}."
    id: text
"#;

async fn app(page: &str) -> TestApp {
    TestApp::from_files(&[("app.yaml", APP), ("data/empty.db", ""), ("index.yaml", page)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_runs_by_itself_reaches_a_page_that_nobody_has_touched() {
    let app = app(DICE).await;
    let mut tab = app.visitor().open("/").await;
    let mut stream = tab.listen().await;
    let mut seen = BTreeSet::from([tab.text_of("dice")]);
    for _ in 0..2 {
        let news = stream.news().await;
        assert_eq!(news.components(), ["dice"], "what is as it was is not sent");
        assert!(seen.insert(news.text_of("dice")), "each second another number");
        tab.view = news.view().unwrap();
    }
    assert_eq!(app.held().views, 0, "looking touches nothing");
    let answer = tab.edit(&[("name", "Ada")]).await;
    assert_eq!(answer.components(), ["text_input-name", "text"], "the server knows what the browser shows");
    assert_eq!(answer.text_of("text"), "Name Ada, run 2.", "a tick is no run");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_tick_has_sent_and_nobody_has_got_comes_with_the_next_answer() {
    let app = app(DICE).await;
    let mut tab = app.visitor().open("/").await;
    tab.edit(&[("name", "Ada")]).await;
    let mut stream = tab.listen().await;
    let lost = stream.news().await;
    assert_eq!(lost.components(), ["dice"]);
    drop(stream);
    let answer = tab.edit(&[("name", "Bob")]).await;
    assert!(answer.components().contains(&"dice".to_owned()), "{:?}", answer.components());
    assert_eq!(answer.text_of("dice"), lost.text_of("dice"));

    let mut stream = tab.listen().await;
    let news = stream.news().await;
    drop(stream);
    tab.view = news.view().unwrap();
    assert_eq!(tab.edit(&[("name", "Eve")]).await.components(), ["text_input-name", "text"], "what has come stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_viewers_cause_one_query_a_beat() {
    let app = app(DICE).await;
    let visitors: Vec<_> = (0..200).map(|_| app.visitor()).collect();
    let tabs = join_all(visitors.iter().map(|visitor| visitor.open("/"))).await;
    let began = Instant::now();
    let numbers = join_all(tabs.iter().map(|tab| async {
        let mut stream = tab.listen().await;
        let mut numbers = Vec::new();
        for _ in 0..3 {
            numbers.push(stream.news().await.text_of("dice"));
        }
        numbers
    }))
    .await;
    let beats = usize::try_from(began.elapsed().as_secs()).unwrap() + 2;
    let numbers: BTreeSet<String> = numbers.into_iter().flatten().collect();
    assert!((3..=beats).contains(&numbers.len()), "{} numbers in {beats} beats", numbers.len());
    assert_eq!(app.held().views, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_seen_ticks() {
    let app = app(r#"
queries:
  dice: { sql: select abs(random()) as n, every: 1s }
  clock: { sql: select abs(random()) as n, every: 1s }
body:
  - toggle: more
    label: More
  - text: "{{ clock[0].n }}"
    id: clock
  - text: "{{ dice[0].n }}"
    id: dice
    when: state.more
"#)
    .await;
    let mut tab = app.visitor().open("/").await;
    let mut stream = tab.listen().await;
    assert_eq!(stream.news().await.components(), ["clock"]);
    drop(stream);
    tab.edit(&[("more", "true")]).await;
    let mut stream = tab.listen().await;
    let mut sent = BTreeSet::new();
    while sent.len() < 2 {
        sent.extend(stream.news().await.components());
    }
    assert_eq!(sent.into_iter().collect::<Vec<_>>(), ["clock", "dice"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_period_can_be_chosen_on_the_page() {
    let app = app(r#"
queries:
  dice: { sql: select abs(random()) as n, every: "{{ state.pace }}" }
body:
  - select: pace
    label: Pace
    default: "off"
    options: ["off", 1s, often]
  - text: "{{ dice[0].n }}"
    id: dice
"#)
    .await;
    let mut tab = app.visitor().open("/").await;
    tab.edit(&[("pace", "1s")]).await;
    assert_eq!(tab.listen().await.news().await.components(), ["dice"]);
    tab.edit(&[("pace", "often")]).await;
    let news = tab.listen().await.news().await;
    assert_eq!(news.text(), "`every` of `dice`: “often” is no duration");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_query_holds_up_no_other() {
    let app = app(r#"
queries:
  dice: { sql: select abs(random()) as n, every: 1s }
  slow:
    every: 2s
    sql: >-
      with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < {{ state.to }})
      select max(n) + abs(random() / 2) as n from numbers
body:
  - number_input: to
    label: To
    default: 3
  - text: "{{ dice[0].n }}"
    id: dice
  - text: "{{ slow[0].n }}"
    id: slow
"#)
    .await;
    let mut tab = app.visitor().open("/").await;
    let stream = tab.listen().await;
    drop(stream);
    // From now on the slow query takes far longer than a beat; this answer waits for it.
    tab.edit(&[("to", "4000000")]).await;
    let mut stream = tab.listen().await;
    let mut before_slow = 0;
    loop {
        let news = stream.news().await.components();
        if news.contains(&"slow".to_owned()) {
            break;
        }
        before_slow += 1;
    }
    assert!(before_slow >= 1, "the quick one came meanwhile");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restarted_server_brings_an_open_page_up_to_date() {
    let app = app(DICE).await;
    let (mut untouched, mut touched) = (app.visitor().open("/").await, app.visitor().open("/").await);
    touched.edit(&[("name", "Ada")]).await;
    let app = app.restarted().await;
    untouched.visitor.visit(&app);
    touched.visitor.visit(&app);

    let mut stream = untouched.listen().await;
    let mut sent = BTreeSet::new();
    while sent.len() < 4 {
        let news = stream.news().await;
        sent.extend(news.components());
        untouched.view = news.view().unwrap();
    }
    drop(stream);
    assert_eq!(sent.into_iter().collect::<Vec<_>>(), ["dice", "steady", "text", "text_input-name"], "all of the page");
    assert_eq!(app.held().views, 0);
    let answer = untouched.edit(&[("name", "Bob")]).await;
    assert_eq!(answer.text_of("text"), "Name Bob, run 2.");

    let (name, _) = touched.listen().await.event().await.unwrap();
    assert_eq!(name, "lost", "the script is asked for all fields");
    let answer = touched.edit(&[(".full", "true"), (".quiet", "true"), ("name", "Ada")]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.text_of("text"), "Name Ada, run 0.", "telling them is no interaction");
    assert!(touched.listen().await.news().await.components().contains(&"dice".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_listens_to_the_page_of_another() {
    let app = app(DICE).await;
    let mut owner = app.visitor().open("/").await;
    owner.edit(&[("name", "Ada")]).await;
    let mut thief = app.visitor().open("/").await;
    thief.view.clone_from(&owner.view);
    let (name, data) = thief.listen().await.event().await.unwrap();
    assert_eq!((name.as_str(), data.as_str()), ("lost", "."));
}

#[tokio::test(flavor = "multi_thread")]
async fn late_parts_that_nobody_has_fetched_in_time_are_made_again() {
    let page = DICE.replace("every: 1s", "every: 1h");
    let app = app(&page).await;
    let tab = app.visitor().open("/").await;
    // A token such as that of a page which went out with parts missing.
    let app = app.restarted().await;
    tab.visitor.visit(&app);
    let body = tab.visitor.get(&format!("/-/events?page=/&view={}", tab.view)).await;
    let sent: BTreeSet<String> = body.components().into_iter().collect();
    assert_eq!(sent.into_iter().collect::<Vec<_>>(), ["dice", "steady", "text", "text_input-name"]);
    assert!(body.view().is_some(), "and the stream ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_says_whether_it_lives() {
    for (every, lives, reload) in [
        ("10s", true, Some("10")),
        ("1s", true, Some("5")),
        ("\"off\"", false, None),
        ("\"{{ state.pace }}\"", true, None),
    ] {
        let page = format!(
            "state: {{ pace: 10s }}\nevery: {every}\nqueries: {{ one: {{ sql: select 1 as n }} }}\nbody: [{{ table: one }}]\n"
        );
        let body = app(&page).await.visitor().get("/").await.body;
        assert_eq!(body.contains("<body data-live"), lives, "{every}");
        let tag = reload.map(|seconds| format!(r#"<noscript><meta http-equiv="refresh" content="{seconds}">"#));
        match tag {
            Some(tag) => assert!(body.contains(&tag), "{every}"),
            None => assert!(!body.contains("http-equiv"), "{every}"),
        }
    }
    let body = app(DICE).await.visitor().get("/").await.body;
    assert!(!body.contains("http-equiv"), "what is entered would be lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_ends_ends_its_streams() {
    let app = app(&DICE.replace("every: 1s", "every: 1h")).await;
    let tab = app.visitor().open("/").await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut browser = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(run(app.server(), listener, async move { stopped.await.unwrap() }));

    let (cookies, view) = (tab.visitor.cookies(), &tab.view);
    let request = format!("GET /-/events?page=/&live=&view={view} HTTP/1.1\r\nhost: a\r\ncookie: {cookies}\r\n\r\n");
    browser.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    while !answer.contains(": open") {
        let mut bytes = [0; 1000];
        let read = browser.read(&mut bytes).await.unwrap();
        answer.push_str(std::str::from_utf8(&bytes[..read]).unwrap());
    }
    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_behind_an_old_table_reaches_a_page_that_nobody_touches() {
    let app = app(r#"
queries:
  dice: { sql: select abs(random()) as n, cache: { ttl: 1ms, stale: forever } }
body:
  - text: "{{ dice[0].n }}"
    id: dice
"#)
    .await;
    let visitor = app.visitor();
    let mut tab = visitor.open("/").await;
    assert!(!tab.html.contains("data-expecting"), "what is new is all that there is");
    for _ in 0..1000 {
        tab = visitor.open("/").await;
        if tab.html.contains("data-expecting") {
            break;
        }
    }
    let old = tab.text_of("dice");
    let mut stream = tab.listen().await;
    let news = stream.news().await;
    assert_eq!(news.components(), ["dice"]);
    assert_ne!(news.text_of("dice"), old);
    assert!(!news.body.contains("data-expecting"), "whoever only looks on starts no refresh: {}", news.body);
}
