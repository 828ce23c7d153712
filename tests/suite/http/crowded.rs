//! More open pages than there is memory for their tables.

use crate::support::TestApp;

const APP: &str = "connection: db\nconnections: { db: { type: sqlite, file: data/empty.db } }\n\
                   limits: { cache: 400kB }\n";

/// A page whose table takes 40 kB, and is like no other.
const PAGE: &str = r#"
state: { looks: 0, from: 0 }
queries:
  numbers:
    sql: >-
      with recursive numbers(n) as (select {{ state.from }} union all select n + 1 from numbers where n < {{ state.from }} + 4999)
      select n from numbers
body:
  - number_input: from
    label: From
  - metric: Sum
    value: numbers.n | sum
  - text: "{{ state.looks }} {{ numbers.n | max }}"
    id: text
  - button: Look
    on_click: [{ set: { looks: state.looks + 1 } }]
"#;

async fn figure(app: &TestApp, name: &str) -> u64 {
    let text = app.visitor().get("/metrics").await.body;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')).unwrap();
    line.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_nobody_has_touched_for_longest_give_up_tables_that_take_too_much() {
    let app = TestApp::from_files(&[("app.yaml", APP), ("data/empty.db", ""), ("index.yaml", PAGE)]).await;
    let mut tabs = Vec::new();
    for from in 1..=30 {
        let mut tab = app.visitor().open("/").await;
        tab.edit(&[("from", &from.to_string())]).await;
        tabs.push(tab);
        let held = figure(&app, "appspec_tables_held_bytes").await;
        assert!(held <= 300_000 + 100_000, "{held} by {from} pages");
    }
    assert!(figure(&app, "appspec_views_relieved_total").await >= 20);
    let first = tabs[0].click("button-look").await;
    assert_eq!((first.text_of("text"), first.components()), ("1 5000".to_owned(), vec!["text".to_owned()]));
    let relieved = figure(&app, "appspec_views_relieved_total").await;
    let last = tabs[29].click("button-look").await;
    assert_eq!(last.text_of("text"), "1 5029");
    assert!(figure(&app, "appspec_views_relieved_total").await <= relieved + 20, "not at every interaction");
}
