//! Queries over HTTP: shared between users, failing and late without harm to the rest.

use axum::body::Body;
use axum::http::{Request, header};
use futures_util::future::join_all;

use crate::support::TestApp;

const APP: &str = "connection: db\nconnections: { db: { type: sqlite, file: data/empty.db } }\n";

/// A page that comes without what takes long.
const LATE: &str = r"
queries:
  quick: { sql: select 7 as n }
  late:
    sql: >-
      with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < {{ state.to }})
      select max(n) as n from numbers
body:
  - number_input: to
    label: To
    default: 2000000
  - metric: Quick
    value: quick[0].n
  - metric: Late
    value: late[0].n
";

async fn app(page: &str) -> TestApp {
    // An empty file is an empty database.
    TestApp::from_files(&[("app.yaml", APP), ("data/empty.db", ""), ("index.yaml", page)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_users_share_one_run_of_a_cached_query() {
    let app = app(r#"
queries:
  dice: { sql: select abs(random()) as n, cache: forever }
body:
  - text: "{{ dice[0].n }}"
    id: text
"#)
    .await;
    let visitors: Vec<_> = (0..20).map(|_| app.visitor()).collect();
    let tabs = join_all(visitors.iter().map(|visitor| visitor.open("/"))).await;
    let first = tabs[0].text_of("text");
    assert!(!first.is_empty());
    assert!(tabs.iter().all(|tab| tab.text_of("text") == first), "each run would give another number");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_without_cache_runs_for_each_view_and_stays_in_it() {
    let app = app(r#"
state: { clicks: 0 }
queries:
  dice: { sql: select abs(random()) as n }
body:
  - text: "{{ dice[0].n }}"
    id: text
  - caption: "{{ dice[0].n }} {{ state.clicks }}"
    id: caption
  - button: Count
    on_click: [{ set: { clicks: state.clicks + 1 } }]
  - button: Throw
    on_click: [{ refresh: [dice] }]
"#)
    .await;
    let visitor = app.visitor();
    let (mut first, second) = (visitor.open("/").await, visitor.open("/").await);
    let number = first.text_of("text");
    assert_ne!(number, second.text_of("text"));
    first.submit(&[], Some("button-throw")).await;
    let thrown = first.text_of("text");
    assert_ne!(thrown, number);
    first.submit(&[], Some("button-count")).await;
    assert_eq!((first.text_of("text"), first.text_of("caption")), (thrown.clone(), format!("{thrown} 1")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_query_shows_in_its_own_components() {
    let app = app(r"
queries:
  broken:
    sql: select abs(-9223372036854775807 - {{ state.by }}) as n
  sound: { sql: select 7 as n }
body:
  - number_input: by
    label: By
    default: 1
  - metric: Broken
    value: broken[0].n
  - metric: Sound
    value: sound[0].n
")
    .await;
    let mut tab = app.visitor().open("/").await;
    assert!(tab.text_of("metric-broken").contains("overflow"), "{}", tab.text_of("metric-broken"));
    assert!(tab.text_of("metric-sound").contains('7'));
    let answer = tab.edit(&[("by", "0")]).await;
    assert!(answer.text_of("metric-broken").contains("9223372036854775807"));
    assert!(!answer.components().contains(&"metric-sound".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_late_follows_in_a_stream() {
    let app = app(LATE).await.impatient().await;
    let visitor = app.visitor();
    let answer = visitor.get("/").await;
    assert!(answer.text_of("metric-quick").contains('7'));
    assert!(!answer.text_of("metric-late").contains("2000000"), "the first answer does not wait for it");
    let body = crate::support::elements(&answer.body).into_iter().find(|element| element.tag == "body").unwrap();
    let late = visitor.get(body.attribute("data-late").unwrap()).await;
    assert_eq!(late.header("content-type"), "text/event-stream");
    assert!(late.body.contains("2000000"), "{}", late.body);
    assert!(late.view().is_some(), "with the token of what the browser holds now");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_late_is_compressed() {
    let app = app(LATE).await.impatient().await;
    let visitor = app.visitor();
    let answer = visitor.get("/").await;
    let body = crate::support::elements(&answer.body).into_iter().find(|element| element.tag == "body").unwrap();
    let request = Request::get(body.attribute("data-late").unwrap()).header(header::ACCEPT_ENCODING, "gzip");
    let late = visitor.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(late.header("content-type"), "text/event-stream");
    assert_eq!(late.header("content-encoding"), "gzip");
    assert!(!late.body.contains("2000000") && late.body.len() > 100, "{}", late.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_script_what_is_late_is_waited_for() {
    let app = app(r"
queries:
  late:
    sql: >-
      with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < {{ state.to }})
      select max(n) as n from numbers
body:
  - number_input: to
    label: To
    default: 3
  - metric: Late
    value: late[0].n
")
    .await;
    let mut tab = app.visitor().open("/").await;
    tab.submit(&[("to", "2000000")], None).await;
    assert!(tab.text_of("metric-late").contains("2000000"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_page_is_asked_for_again_without_script() {
    let app = TestApp::from_files(&[
        ("app.yaml", APP),
        ("data/empty.db", ""),
        ("index.yaml", LATE),
        ("other.yaml", "body:\n  - text: Other\n"),
    ])
    .await
    .impatient()
    .await;
    let visitor = app.visitor();
    let first = visitor.open("/").await;
    assert!(!first.text_of("metric-late").contains("2000000"));
    let elsewhere = visitor.get(&format!("/other?view={}", first.view)).await;
    assert_eq!(elsewhere.text_of("metric-late"), "", "it is no page at another address");
    let whole = visitor.get(&format!("/?view={}", first.view)).await;
    assert!(whole.text_of("metric-quick").contains('7'), "what was sent before is sent again");
    assert!(whole.text_of("metric-late").contains("2000000"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_failed_is_tried_again_by_a_button() {
    let app = TestApp::from_files(&[
        ("data/days.csv", "day\nMonday\n"),
        (
            "index.yaml",
            r#"
state: { runs: { default: 0, each_run: state.runs + 1 } }
queries:
  days: { file: data/days.csv }
body:
  - text_input: name
    label: Name
  - table: days
  - text: "Run {{ state.runs }}"
    id: runs
"#,
        ),
    ])
    .await;
    app.put("data/days.csv", None);
    let visitor = app.visitor();
    let (mut tab, mut other) = (visitor.open("/").await, visitor.open("/").await);
    assert!(tab.text_of("table-days").ends_with("Try again"), "{}", tab.text_of("table-days"));
    assert!(!tab.html.contains("data-expecting"), "a file that is not there does not come back by itself");
    app.put("data/days.csv", Some("day\nTuesday\n"));

    let answer = tab.edit(&[(".retry", "table-days")]).await;
    assert_eq!(answer.components(), ["table-days"], "trying again is no run");
    assert!(answer.text_of("table-days").contains("Tuesday"));

    other.submit(&[(".retry", "table-days")], None).await;
    assert!(other.text_of("table-days").contains("Tuesday"), "without script too");
    assert_eq!(other.text_of("runs"), "Run 1");
    other.submit(&[(".retry", "table-days"), ("name", "Ada")], None).await;
    assert_eq!(other.text_of("runs"), "Run 2", "what was entered as well makes it one");
    let answer = other.edit(&[(".retry", "nothing")]).await;
    assert_eq!(answer.status, axum::http::StatusCode::BAD_REQUEST);
}
