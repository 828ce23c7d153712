//! `/metrics`: text that collectors can read, and figures that are right.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use futures_util::future::join_all;

use crate::support::TestApp;

const APP: &str = "connection: db\nconnections: { db: { type: sqlite, file: data/empty.db } }\n\
                   queries: { shared: { sql: select 1 as n, cache: 1h } }\n";

const PAGE: &str = r#"
state: { name: "" }
queries:
  dice: { sql: select abs(random()) as n, cache: 1h }
  echo: { sql: "select {{ state.name }} as n", cache: 1h }
  bad: { sql: "select abs(case when {{ state.name }} = 'bad' then -9223372036854775808 else 1 end) as n" }
  unseen: { sql: select 2 as n }
body:
  - text_input: name
  - text: "{{ dice[0].n }} {{ shared[0].n }} {{ echo[0].n }}"
  - table: bad
"#;

async fn app() -> TestApp {
    TestApp::from_files(&[("app.yaml", APP), ("data/empty.db", ""), ("index.yaml", PAGE)]).await
}

/// Samples by name and labels.
type Samples = BTreeMap<String, String>;

async fn samples(app: &TestApp) -> Samples {
    let answer = app.visitor().get("/metrics").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
    read(&answer.body)
}

fn of(samples: &Samples, name: &str, query: &str) -> u64 {
    let page = if query == "shared" { "" } else { "/" };
    whole(samples, &format!("{name}{{page=\"{page}\",query=\"{query}\"}}"))
}

fn whole(samples: &Samples, series: &str) -> u64 {
    samples[series].parse().unwrap()
}

/// Reads the text as strictly as the format is.
fn read(text: &str) -> Samples {
    let body = text.strip_suffix("# EOF\n").expect("it ends with its mark");
    let (mut samples, mut known) = (Samples::new(), BTreeSet::new());
    let (mut family, mut kind) = (String::new(), String::new());
    for line in body.lines() {
        if let Some(meta) = line.strip_prefix("# ") {
            let (word, rest) = meta.split_once(' ').unwrap();
            let (name, said) = rest.split_once(' ').unwrap();
            match word {
                "TYPE" => {
                    assert!(known.insert(name.to_owned()), "{name} is described twice");
                    assert!(["counter", "gauge", "histogram", "info"].contains(&said), "{line}");
                    (family, kind) = (name.to_owned(), said.to_owned());
                }
                "UNIT" => assert!(name == family && name.ends_with(&format!("_{said}")), "{line}"),
                "HELP" => assert!(name == family && !said.is_empty(), "{line}"),
                _ => panic!("{line}"),
            }
            continue;
        }
        let (series, value) = line.rsplit_once(' ').unwrap();
        let name = series.split('{').next().unwrap();
        let suffix = name.strip_prefix(&family).unwrap_or_else(|| panic!("{line} stands below {family}"));
        let allowed: &[&str] = match kind.as_str() {
            "counter" => &["_total"],
            "histogram" => &["_bucket", "_sum", "_count"],
            "info" => &["_info"],
            _ => &[""],
        };
        assert!(allowed.contains(&suffix), "{line} is no {kind}");
        if let Some(labels) = series.strip_prefix(name).filter(|labels| !labels.is_empty()) {
            let inside = labels.strip_prefix('{').unwrap().strip_suffix('}').unwrap();
            assert!(inside.split(',').all(|label| label.split_once("=\"").is_some() && label.ends_with('"')), "{line}");
        }
        assert!(value.parse::<f64>().is_ok_and(|value| value >= 0.0), "{line}");
        assert!(samples.insert(series.to_owned(), value.to_owned()).is_none(), "{series} is there twice");
    }
    samples
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_cache_has_done_is_told_for_each_query() {
    let app = app().await;
    let before = samples(&app).await;
    assert_eq!(of(&before, "appspec_query_cache_misses_total", "unseen"), 0, "also of what nobody has asked for");
    for _ in 0..3 {
        app.visitor().open("/").await;
    }
    let mut tab = app.visitor().open("/").await;
    tab.edit(&[("name", "bad")]).await;
    tab.edit(&[("name", "good")]).await;
    let after = samples(&app).await;
    for (name, query, expected) in [
        ("appspec_query_cache_hits_total", "dice", 3),
        ("appspec_query_cache_misses_total", "dice", 1),
        ("appspec_query_duration_seconds_count", "dice", 1),
        ("appspec_query_cache_entries", "dice", 1),
        ("appspec_query_cache_hits_total", "shared", 3),
        ("appspec_query_cache_misses_total", "echo", 3),
        ("appspec_query_cache_entries", "echo", 3),
        ("appspec_query_duration_seconds_count", "bad", 6),
        ("appspec_query_failures_total", "bad", 1),
        ("appspec_query_cache_misses_total", "bad", 0),
        ("appspec_query_running", "bad", 0),
        ("appspec_query_duration_seconds_count", "unseen", 0),
    ] {
        assert_eq!(of(&after, name, query), expected, "{name} of {query}");
    }
    let bytes = ["dice", "echo", "shared"].map(|query| of(&after, "appspec_query_cache_bytes", query));
    assert_eq!(whole(&after, "appspec_cache_bytes"), bytes.iter().sum::<u64>());
    assert!(whole(&after, "appspec_tables_held_bytes") > 0, "the touched view holds the table of `bad`");
    assert_eq!(whole(&after, "appspec_connection_sessions_in_use{connection=\"db\"}"), 0);
    assert!(whole(&after, "appspec_connection_sessions_limit{connection=\"db\"}") > 0);
    assert_eq!(whole(&after, "appspec_views"), 1);
    assert_eq!(whole(&after, "appspec_cache_limit_bytes"), 256_000_000);
    assert_eq!(whole(&after, "appspec_requests_total{route=\"page\",status=\"2xx\"}"), 4);
    assert_eq!(whole(&after, "appspec_requests_total{route=\"interaction\",status=\"2xx\"}"), 2);
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>(), "there are no new series");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_readers_of_a_result_that_was_dropped_cause_one_query() {
    let app = app().await;
    app.visitor().open("/").await;
    let key = |samples: &Samples| {
        let figures = ["duration_seconds_count", "cache_misses_total", "cache_hits_total", "cache_shared_total"];
        figures.map(|figure| of(samples, &format!("appspec_query_{figure}"), "dice"))
    };
    assert_eq!(key(&samples(&app).await), [1, 1, 0, 0]);
    app.forget("/", "dice");
    let visitors: Vec<_> = (0..200).map(|_| app.visitor()).collect();
    let tabs = join_all(visitors.iter().map(|visitor| visitor.open("/"))).await;
    let texts: BTreeSet<String> = tabs.iter().map(|tab| tab.text_of("text")).collect();
    assert_eq!(texts.len(), 1, "{texts:?}");
    let [runs, misses, hits, shared] = key(&samples(&app).await);
    assert_eq!((runs, misses, hits + shared), (2, 2, 199));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_a_reader_enters_is_in_it() {
    let app = app().await;
    let mut tab = app.visitor().open("/").await;
    tab.edit(&[("name", "a-canary")]).await;
    let answer = app.visitor().get("/metrics").await;
    assert!(!answer.body.contains("canary"), "{}", answer.body);
    let limit = samples(&app).await.len();
    for turn in 0..20 {
        tab.edit(&[("name", &format!("name {turn}"))]).await;
    }
    assert_eq!(samples(&app).await.len(), limit, "there are as many series as before");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_persists_is_found_again_by_another_server() {
    let page = "queries:\n  dice: { sql: select abs(random()) as n, cache: { ttl: 1h, persist: true } }\n  \
                loose: { sql: select abs(random()) as m, cache: 1h }\nbody:\n  - text: \"{{ dice[0].n }}\"\n    id: dice\n  \
                - text: \"{{ loose[0].m }}\"\n    id: loose\n";
    let app = TestApp::from_files(&[("app.yaml", APP), ("data/empty.db", ""), ("index.yaml", page)]).await;
    let first = app.visitor().open("/").await;
    let app = app.restarted().await;
    let second = app.visitor().open("/").await;
    assert_eq!(first.text_of("dice"), second.text_of("dice"));
    assert_ne!(first.text_of("loose"), second.text_of("loose"));
    let samples = samples(&app).await;
    assert_eq!(of(&samples, "appspec_query_cache_restored_total", "dice"), 1);
    assert_eq!(of(&samples, "appspec_query_duration_seconds_count", "dice"), 0);
    assert_eq!(whole(&samples, "appspec_cache_disk_entries"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_come_from_the_app() {
    let app = "limits: { cache: 5MB, cache_on_disk: 7MB }\n";
    let app = TestApp::from_files(&[("app.yaml", app), ("index.yaml", "body: []\n")]).await;
    let samples = samples(&app).await;
    assert_eq!(whole(&samples, "appspec_cache_limit_bytes"), 5_000_000);
    assert_eq!(whole(&samples, "appspec_cache_disk_limit_bytes"), 7_000_000);
}
