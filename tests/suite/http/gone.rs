//! Readers who leave: what they have asked for ends.

use std::time::Duration;

use axum::http::StatusCode;
use futures_util::FutureExt;
use tokio::time::timeout;

use crate::support::TestApp;

/// As many connections as the database has, and one more.
const MORE_THAN_ALL: usize = 6;

const APP: &str = "connection: db\nconnections: { db: { type: sqlite, file: data/empty.db, max_connections: 5 } }\n";

/// A query that never ends by itself, once it is switched on, or at every beat.
const ENDLESS: &str = r"
state: { slow: false }
queries:
  endless:
    sql: >-
      with recursive numbers(n) as (select 1 union all select n + 1 from numbers where {{ state.slow }} or n < 3)
      select max(n) as n from numbers
body:
  - toggle: slow
    label: Slow
  - table: endless
";

const QUICK: &str = r#"
queries: { quick: { sql: select 7 as n } }
body:
  - text: "Lucky {{ quick[0].n }}"
    id: quick
"#;

async fn app(endless: &str) -> TestApp {
    patient_app(endless).await.impatient().await
}

async fn patient_app(endless: &str) -> TestApp {
    let files = [("app.yaml", APP), ("data/empty.db", ""), ("index.yaml", endless), ("quick.yaml", QUICK)];
    TestApp::from_files(&files).await
}

/// A database whose connections are all busy has none for another reader.
async fn has_connections_left(app: &TestApp) {
    assert_eq!(app.visitor().open("/quick").await.text_of("quick"), "Lucky 7");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_who_leaves_while_parts_are_late_ends_their_queries() {
    let app = app(&ENDLESS.replace("slow: false", "slow: true")).await;
    for _ in 0..MORE_THAN_ALL {
        let visitor = app.visitor();
        let page = visitor.open("/").await;
        let body = crate::support::elements(&page.html).into_iter().find(|element| element.tag == "body").unwrap();
        let mut late = visitor.stream(body.attribute("data-late").unwrap()).await;
        assert!(late.event().now_or_never().is_none(), "nothing of it is ready");
    }
    has_connections_left(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_who_leaves_during_an_interaction_ends_its_queries() {
    let app = app(ENDLESS).await;
    for _ in 0..MORE_THAN_ALL {
        let mut tab = app.visitor().open("/").await;
        // The answer has begun when this gives up: it is a stream that does not end.
        let given_up = timeout(Duration::from_millis(200), tab.edit(&[("slow", "true")])).await;
        assert!(given_up.is_err());
    }
    has_connections_left(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_who_leaves_before_the_page_has_come_ends_its_queries() {
    let app = patient_app(&ENDLESS.replace("slow: false", "slow: true")).await;
    for _ in 0..MORE_THAN_ALL {
        let visitor = app.visitor();
        // This server would wait for the query for long.
        assert!(timeout(Duration::from_millis(100), visitor.get("/")).await.is_err());
    }
    has_connections_left(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_who_leaves_while_a_tick_is_under_way_ends_its_query() {
    let page = r#"
state: { opened: { type: datetime, default_from: now() } }
queries:
  endless:
    every: 1s
    sql: >-
      with recursive numbers(n) as (
        select 1 union all select n + 1 from numbers where {{ now() > state.opened }} or n < 3
      )
      select max(n) as n from numbers
  beat: { sql: select abs(random()) as n, every: 1s }
body:
  - table: endless
  - text: "{{ beat[0].n }}"
    id: beat
"#;
    let app = app(page).await;
    for _ in 0..MORE_THAN_ALL {
        let tab = app.visitor().open("/").await;
        let mut stream = tab.listen().await;
        assert_eq!(stream.news().await.components(), ["beat"], "the other query of this beat does not end");
    }
    has_connections_left(&app).await;
}

/// How many computations of a query are under way.
async fn running(app: &TestApp, query: &str) -> bool {
    let series = format!("appspec_query_running{{page=\"/\",query=\"{query}\"}} 1");
    app.visitor().get("/metrics").await.body.contains(&series)
}

async fn until_running(app: &TestApp, query: &str) {
    while !running(app, query).await {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_interaction_without_script_takes_the_place_of_the_one_before() {
    let app = patient_app(ENDLESS).await;
    let tab = app.visitor().open("/").await;
    let mut slow = tab.clone();
    let first = tokio::spawn(async move { slow.submit(&[("slow", "true")], None).await.status });
    until_running(&app, "endless").await;
    let mut quick = tab.clone();
    let second = timeout(Duration::from_secs(20), quick.submit(&[("slow", "")], None)).await.unwrap();
    assert_eq!((first.await.unwrap(), second.status), (StatusCode::NO_CONTENT, StatusCode::OK));
    assert!(!running(&app, "endless").await, "nobody waits for it any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interaction_does_not_wait_until_it_is_known_how_often_a_query_runs() {
    let paced = ENDLESS.replace("endless", "pace").replace("max(n) as n", "'1h' as period, max(n) as n").replace(
        "body:",
        "  dice: { sql: select 6 as n, every: \"{{ pace[0].period }}\" }\nbody:\n  - text: \"{{ dice[0].n }}\"",
    );
    let app = patient_app(&paced.replace("  - table: pace\n", "")).await;
    let mut tab = app.visitor().open("/").await;
    tab.edit(&[("slow", "true")]).await;
    let watching = tab.clone();
    let stream = tokio::spawn(async move { watching.listen().await });
    until_running(&app, "pace").await;
    let answer = timeout(Duration::from_secs(20), tab.edit(&[("slow", "")])).await.unwrap();
    assert_eq!(answer.status, StatusCode::OK);
    assert!(stream.await.unwrap().event().await.is_none(), "the script opens another with the next token");
}
