//! Tables of which a page is there at once, and how many rows they have only later.

use crate::support::{TestApp, Visitor, elements};

/// A table that takes no time to begin, and some to count.
const APP: [(&str, &str); 3] = [
    ("app.yaml", "connections: { shop: { type: sqlite, file: data/empty.db } }\nconnection: shop\n"),
    ("data/empty.db", ""),
    (
        "index.yaml",
        "
queries:
  numbers:
    sql: >-
      with recursive numbers(i) as (select 1 union all select i + 1 from numbers where i < 2000000)
      select i, i % 7 as week from numbers
body:
  - table: numbers
    key: i
    page_size: 10
",
    ),
];

/// Where the rest of a page is.
fn late(html: &str) -> Option<String> {
    let body = elements(html).into_iter().find(|element| element.tag == "body").unwrap();
    body.attribute("data-late").map(str::to_owned)
}

async fn rest(visitor: &Visitor, html: &str) -> String {
    let rest = visitor.get(&late(html).unwrap()).await;
    assert!(rest.view().is_some(), "with the token of what the browser holds now");
    rest.text_of("table-numbers")
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_do_not_wait_for_their_number() {
    let app = TestApp::from_files(&APP).await.impatient_for_extras().await;
    let visitor = app.visitor();
    let page = visitor.get("/").await;
    let first = page.text_of("table-numbers");
    assert!(first.contains("1 1 2 2") && !first.contains("2,000,000"), "{first}");
    assert!(!page.body.contains("http-equiv"), "without script, what was entered meanwhile is worth more");
    let rest = rest(&visitor, &page.body).await;
    assert!(rest.contains("2,000,000") && rest.contains("200,000"), "{rest}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_counted_once() {
    let app = TestApp::from_files(&APP).await;
    let mut tab = app.visitor().open("/").await;
    assert_eq!(late(&tab.html), None, "all of it is there");
    let sorted = tab.edit(&[("table-numbers.sort", "week desc")]).await;
    assert!(sorted.text_of("table-numbers").contains("2,000,000"), "{}", sorted.body);
    assert!(sorted.header("server-timing").contains("computed;desc=4"), "{}", sorted.header("server-timing"));
}
