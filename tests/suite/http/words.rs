//! What the interface says, in the language of the app.

use axum::http::StatusCode;

use crate::support::TestApp;

const PAGE: &str = r#"
queries:
  one: { rows: [{ a: 1, day: 2026-07-20 }] }
body:
  - number_input: pieces
    max: 10
    default: 1
  - text: "{{ state.pieces }}"
  - table: one
    id: one
    filters: [a]
"#;

async fn speaking(locale: &str) -> TestApp {
    TestApp::from_files(&[("app.yaml", &format!("locale: {locale}\n")), ("index.yaml", PAGE), ("sales.yaml", PAGE)])
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_german_app_speaks_german() {
    let app = speaking("de-CH").await;
    let mut tab = app.visitor().open("/").await;
    assert!(tab.html.contains("Zum Inhalt springen") && tab.html.contains(r#"lang="de-CH" dir="ltr""#));
    let table = tab.text_of("one");
    assert!(table.contains("1 Zeile") && table.contains("20.07.2026"), "{table}");
    let answer = tab.edit(&[("pieces", "11")]).await;
    assert!(answer.text().contains("darf höchstens 10 sein"), "{}", answer.text());
    let answer = tab.edit(&[("pieces", "x")]).await;
    assert!(answer.text().contains("Geben Sie eine ganze Zahl ein."), "{}", answer.text());
    let answer = tab.edit(&[("one.filter.a", "x")]).await;
    assert!(answer.text().contains("Geben Sie eine Zahl ein: 100, >100 oder 10..100."), "{}", answer.text());
    let missing = app.visitor().get("/sale").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert!(missing.text().contains("Unter dieser Adresse gibt es keine Seite."), "{}", missing.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_language_has_no_words_for_is_said_in_english() {
    let app = speaking("fr").await;
    assert!(app.visitor().get("/").await.body.contains("Skip to content"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_without_page_names_those_that_are_near() {
    let app = TestApp::from_files(&[
        ("index.yaml", PAGE),
        ("sales.yaml", PAGE),
        ("ops/latency.yaml", PAGE),
        ("ops/index.yaml", PAGE),
    ])
    .await;
    for (path, near) in [
        ("/sale", vec!["/sales"]),
        ("/Sales", vec!["/sales"]),
        ("/sales/2024", vec!["/sales"]),
        ("/latency", vec!["/ops/latency"]),
        ("/ops/latncy", vec!["/ops", "/ops/latency"]),
        ("/nothing-like-it", vec![]),
    ] {
        let answer = app.visitor().get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        let links: Vec<&str> =
            answer.body.split("<li><a href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(links, near, "{path}");
    }
}
