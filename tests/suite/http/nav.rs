//! The navigation beside every page.

use axum::http::StatusCode;

use crate::support::TestApp;

const PAGE: &str = "title: Start\nicon: house\nbody:\n  - text: A\n";
const CUSTOMER: &str = "params: { id: int }\ntitle: \"Customer {{ params.id }}\"\nbody:\n  - text: A\n";
const LATENCY: &str = "title: Latency\nbody:\n  - text: A\n";
const FILES: [(&str, &str); 4] = [
    ("index.yaml", PAGE),
    ("customers/index.yaml", "title: Customers\nbody:\n  - text: A\n"),
    ("customers/[id].yaml", CUSTOMER),
    ("ops/latency.yaml", LATENCY),
];

/// The headings and links of the navigation; the current one in brackets.
async fn navigation(app: &TestApp, path: &str) -> Vec<String> {
    let answer = app.visitor().get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let nav = answer.body.split("<nav").nth(1).and_then(|rest| rest.split("</nav>").next()).unwrap_or_default();
    let parts = nav.split('<').filter_map(|part| part.split_once('>'));
    let mut found: Vec<String> = Vec::new();
    let mut link = None;
    for (tag, text) in parts {
        if tag.starts_with("a ") {
            let href = tag.split("href=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
            link = Some((href, tag.contains("aria-current")));
        } else if tag.starts_with("p ") {
            found.push(format!("# {text}"));
        } else if tag.starts_with("span")
            && let Some((href, is_current)) = link.take()
        {
            found.push(if is_current { format!("[{text}] {href}") } else { format!("{text} {href}") });
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn without_nav_all_pages_are_listed_by_folder() {
    let app = TestApp::from_files(&FILES).await;
    assert_eq!(
        navigation(&app, "/customers/7").await,
        ["Start /", "[Customers] /customers", "# Ops", "Latency /ops/latency"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nav_says_what_is_listed_how_and_in_which_order() {
    let nav = "
nav:
  - group: Operations & more
    pages: [/ops/latency, { link: https://example.com/, label: Status }]
  - { page: /customers/7, label: Ada }
  - /customers
";
    let app = TestApp::from_files(&[FILES.as_slice(), &[("app.yaml", nav)]].concat()).await;
    let listed = |latency, ada, customers| {
        ["# Operations &amp; more", latency, "Status https://example.com/", ada, customers].map(str::to_owned)
    };
    let plain = ("Latency /ops/latency", "Ada /customers/7", "Customers /customers");
    assert_eq!(navigation(&app, "/").await, listed(plain.0, plain.1, plain.2));
    assert_eq!(navigation(&app, "/customers/7").await, listed(plain.0, "[Ada] /customers/7", plain.2));
    assert_eq!(navigation(&app, "/customers/8").await, listed(plain.0, plain.1, "[Customers] /customers"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_nav_and_one_page_alone_draw_none() {
    for files in [[FILES.as_slice(), &[("app.yaml", "nav: []\n")]].concat(), vec![("index.yaml", PAGE)]] {
        let app = TestApp::from_files(&files).await;
        assert_eq!(navigation(&app, "/").await, [""; 0]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_title_may_be_of_parameters_alone_or_empty() {
    let empty = "title: \"{{ page.path | replace('/', '') }}\"\nbody:\n  - text: A\n";
    let app = TestApp::from_files(&[FILES.as_slice(), &[("app.yaml", "")]].concat()).await;
    assert!(app.visitor().get("/customers/7").await.body.contains("<title>Customer 7</title>"));
    let app = TestApp::from_files(&[("index.yaml", empty), ("other.yaml", PAGE)]).await;
    assert_eq!(navigation(&app, "/").await, ["[Start] /", "Start /other"]);
}
