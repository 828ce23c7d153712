//! Queries that ask another server over HTTP.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::Uri;
use axum::response::IntoResponse;
use axum::routing::get;

use crate::support::TestApp;

/// The paths and queries that were asked for.
type Asked = Arc<Mutex<Vec<String>>>;

/// Starts a server of rates on a free port; gives its address.
async fn rates(asked: Asked) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/v1/{*path}", get(answer)).with_state(asked);
    tokio::spawn(async move { axum::serve(listener, router).await });
    address.to_string()
}

async fn answer(State(asked): State<Asked>, uri: Uri) -> impl IntoResponse {
    let target = uri.path_and_query().unwrap().to_string();
    let rate = if target.ends_with("base=USD") { "1.25" } else { "0.8" };
    asked.lock().unwrap().push(target);
    ([("content-type", "application/json")], format!(r#"{{"data": [{{"to": "CHF", "rate": {rate}}}]}}"#))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_user_enters_goes_into_the_address_and_no_further() {
    let asked = Asked::default();
    let address = rates(Arc::clone(&asked)).await;
    let app = format!("connections: {{ api: {{ type: http, base_url: \"http://{address}/v1\" }} }}\nconnection: api\n");
    let page = r#"
queries:
  rates: { get: "/rates/{{ state.kind }}?base={{ state.base }}", path: data, cache: forever }
body:
  - text_input: kind
    default: day
  - text_input: base
    default: EUR
  - metric: Rate
    value: rates.rate | first
"#;
    let app = TestApp::from_files(&[("app.yaml", &app), ("index.yaml", page)]).await;
    let mut tab = app.visitor().open("/").await;
    assert!(tab.text_of("metric-rate").contains("0.8"), "{}", tab.text_of("metric-rate"));
    assert!(tab.edit(&[("base", "USD")]).await.text_of("metric-rate").contains("1.25"));
    tab.edit(&[("base", "EUR&base=USD"), ("kind", "a/b?c#d")]).await;
    let out = tab.edit(&[("kind", "../../admin")]).await.text_of("metric-rate");
    assert!(out.contains("its address leads out of the base URL"), "{out}");
    // What is cached is not asked again.
    assert!(tab.edit(&[("base", "EUR"), ("kind", "day")]).await.text_of("metric-rate").contains("0.8"));
    assert_eq!(
        *asked.lock().unwrap(),
        ["/v1/rates/day?base=EUR", "/v1/rates/day?base=USD", "/v1/rates/a%2Fb%3Fc%23d?base=EUR%26base%3DUSD",]
    );
}
