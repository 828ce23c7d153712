//! Requests that no page makes: each gets a clear answer, and nothing else is disturbed.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use crate::support::{Answer, TestApp};

const PAGE: &str = r#"
body:
  - slider: size
    label: Size
    min: 0
    max: 10
  - select: region
    label: Region
    options: [EU, US]
  - number_input: pieces
    label: Pieces
    min: 1
    max: 5
  - date_input: day
    label: Day
    default: 2026-01-01
  - text: "{{ state.size }} {{ state.region }} {{ state.pieces }} {{ state.day }}"
    id: text
  - button: Go
"#;

const FIRST: &str = "0 EU 1 2026-01-01";

#[tokio::test(flavor = "multi_thread")]
async fn a_field_that_no_widget_declares_is_named() {
    let app = TestApp::from_spec(PAGE).await;
    let mut tab = app.visitor().open("/").await;
    let answer = tab.edit(&[("nonsense", "1"), ("region", "US")]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.text().contains("nonsense"));
    tab.submit(&[], None).await;
    assert_eq!(tab.text_of("text"), FIRST, "nothing of it was taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_action_is_named() {
    let app = TestApp::from_spec(PAGE).await;
    let mut tab = app.visitor().open("/").await;
    for action in ["button-stop", "text", "select-region"] {
        let answer = tab.click(action).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{action}");
        assert!(answer.text().contains(action));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn values_out_of_bounds_are_complained_of_at_their_field() {
    let cases = [
        ("size", "11", "slider-size"),
        ("size", "-1", "slider-size"),
        ("size", "x", "slider-size"),
        ("region", "AQ", "select-region"),
        ("pieces", "0", "number_input-pieces"),
        ("pieces", "6", "number_input-pieces"),
        ("pieces", "1.5", "number_input-pieces"),
        ("pieces", "99999999999999999999", "number_input-pieces"),
        ("day", "2026-02-30", "date_input-day"),
        ("day", "yesterday", "date_input-day"),
    ];
    let app = TestApp::from_spec(PAGE).await;
    for (field, value, component) in cases {
        let mut tab = app.visitor().open("/").await;
        let answer = tab.edit(&[(field, value)]).await;
        assert_eq!(answer.status, StatusCode::OK, "{field}={value}");
        assert_eq!(answer.components(), [component], "{field}={value}");
        assert!(answer.body.contains("aria-invalid"), "{field}={value}: {}", answer.body);
        tab.submit(&[], None).await;
        assert_eq!(tab.text_of("text"), FIRST, "{field}={value} was taken");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_right_is_taken_beside_what_is_wrong() {
    let app = TestApp::from_spec(PAGE).await;
    let mut tab = app.visitor().open("/").await;
    let answer = tab.edit(&[("pieces", "9"), ("region", "US")]).await;
    assert_eq!(answer.text_of("text"), "0 US 1 2026-01-01");
    assert!(tab.edit(&[("pieces", "3")]).await.text_of("text").contains("US 3"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_without_end_is_refused() {
    let app = TestApp::from_spec(PAGE).await;
    let tab = app.visitor().open("/").await;
    let body = format!("view={}&region={}", tab.view, "x".repeat(10 << 20));
    assert_eq!(post(&tab.visitor, body, &[]).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(tab.visitor.get("/").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_sites_cannot_post() {
    let app = TestApp::from_spec(PAGE).await;
    let tab = app.visitor().open("/").await;
    let foreign: &[&[(&str, &str)]] = &[
        &[("sec-fetch-site", "cross-site")],
        &[("origin", "https://example.com"), ("host", "127.0.0.1:8501")],
        &[("origin", "null"), ("host", "127.0.0.1:8501")],
    ];
    for headers in foreign {
        let answer = post(&tab.visitor, format!("view={}&region=US", tab.view), headers).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{headers:?}");
    }
    assert_eq!(app.held().views, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_not_found() {
    let app =
        TestApp::from_files(&[("index.yaml", PAGE), ("_partial.yaml", "body: []\n"), ("data/x.csv", "a\n1\n")]).await;
    let visitor = app.visitor();
    for path in [
        "/nowhere",
        "/index.yaml",
        "/_partial",
        "/data/x.csv",
        "/-/static/none.js",
        "/-/assets/../index.yaml",
        "/-/assets/%2e%2e/index.yaml",
        "/.appspec/key",
        "/-/assets/..%2f.appspec%2fkey",
    ] {
        assert_eq!(visitor.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

async fn post(visitor: &crate::support::Visitor, body: String, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::post("/").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    visitor.send(request.body(Body::from(body)).unwrap()).await
}
