//! Files that pages hand over.

use std::fs;

use axum::http::StatusCode;

use crate::support::TestApp;

const SALES: &str = r#"
state:
  region: { type: text, default: North }
  closed: false
queries:
  sales:
    rows:
      - { day: 2026-01-05, region: North, sold: 4, note: "=1+1" }
      - { day: 2026-01-06, region: South, sold: 7, note: "a, \"b\"" }
    columns:
      sold: { label: Sold, unit: pcs }
  chosen:
    transform: select * from sales where region = {{ state.region }}
  broken:
    file: data/gone.csv
body:
  - select: region
    options: [North, South]
  - checkbox: closed
  - download_button: All
    data: sales
    filename: "Sales / {{ state.region }}"
    disabled: state.closed
  - download_button: Chosen
    data: chosen
    format: json
  - download_button: Broken
    data: broken
  - download_button: Hidden
    data: sales
    when: state.closed
"#;

async fn served() -> TestApp {
    TestApp::from_files(&[("index.yaml", SALES), ("data/gone.csv", "a\n1\n")]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_handed_over_as_a_file() {
    let app = served().await;
    let tab = app.visitor().open("/").await;
    let answer = tab.download("download_button-all", &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(
        answer.header("content-disposition"),
        "attachment; filename=\"Sales - North.csv\"; filename*=UTF-8''Sales%20-%20North.csv"
    );
    assert_eq!(
        answer.body,
        "\u{feff}day,region,Sold (pcs),note\r\n2026-01-05,North,4,'=1+1\r\n2026-01-06,South,7,\"a, \"\"b\"\"\"\r\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_of_what_the_page_shows() {
    let app = served().await;
    let mut tab = app.visitor().open("/").await;
    let row = |region: &str, day: &str, sold: u8, note: &str| {
        format!("[\n{{\"day\":\"{day}\",\"region\":\"{region}\",\"sold\":{sold},\"note\":\"{note}\"}}\n]\n")
    };
    let (north, south) = (row("North", "2026-01-05", 4, "=1+1"), row("South", "2026-01-06", 7, r#"a, \"b\""#));
    assert_eq!(tab.download("download_button-chosen", &[]).await.body, north);
    tab.edit(&[("region", "South")]).await;
    let answer = tab.download("download_button-chosen", &[]).await;
    assert_eq!(answer.body, south);
    assert!(answer.header("content-disposition").contains("filename=\"chosen.json\""));
    // What is entered and not sent yet is not shown.
    assert_eq!(tab.download("download_button-chosen", &[("region", "North")]).await.body, south);
    // A server that has forgotten the view makes it again from the fields.
    let app = app.restarted().await;
    tab.visitor.visit(&app);
    assert_eq!(tab.download("download_button-chosen", &[("region", "South")]).await.body, south);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_handed_to_nobody_else() {
    let app = served().await;
    let mut tab = app.visitor().open("/").await;
    tab.edit(&[("region", "South")]).await;
    let stranger = app.visitor();
    stranger.get("/").await;
    let fields = [("view", tab.view.as_str()), (".page", "/")];
    let answer = stranger.post("/-/export/download_button-chosen", &fields, false).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(!answer.body.contains("South"));
    let elsewhere = [("view", tab.view.as_str()), (".page", "/other")];
    let answer = tab.visitor.post("/-/export/download_button-chosen", &elsewhere, false).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(stranger.get("/-/export/download_button-chosen").await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_handed_over_leads_back_to_the_page() {
    let app = served().await;
    fs::remove_file(app.folder().join("data/gone.csv")).unwrap();
    let mut tab = app.visitor().open("/").await;
    for (id, message) in [
        ("download_button-broken", "there is no file `data/gone.csv`"),
        ("download_button-hidden", "This cannot be downloaded now."),
        ("download_button-nowhere", "This cannot be downloaded now."),
        ("select-region", "This cannot be downloaded now."),
    ] {
        let answer = tab.download(id, &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{id}: {}", answer.text());
        let page = tab.visitor.get(answer.header("location")).await;
        assert!(page.body.contains(message), "{id}: {}", page.text());
        tab.view = page.view().unwrap();
    }
    tab.edit(&[("closed", "true")]).await;
    assert_eq!(tab.download("download_button-all", &[]).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_handed_over_as_it_is_shown() {
    let app = TestApp::from_spec(
        r#"
queries:
  sales:
    rows: [{ id: 1, item: Tea, sold: 3 }, { id: 2, item: Cake, sold: 5 }, { id: 3, item: Toast, sold: 4 }]
body:
  - table: sales
    columns: [{ column: item, label: Item }, { column: sold, label: "Sold, all" }, { column: id, hidden: true }]
    page_size: 1
    search: true
    download: [csv]
"#,
    )
    .await;
    let mut tab = app.visitor().open("/").await;
    tab.edit(&[("table-sales.search", "t"), ("table-sales.sort", "sold desc")]).await;
    let file = tab.download("table-sales", &[(".format", "csv")]).await;
    assert_eq!(file.body.trim_start_matches('\u{feff}'), "Item,\"Sold, all\"\r\nToast,4\r\nTea,3\r\n");
    assert!(file.header("content-disposition").contains("sales.csv"), "{:?}", file.headers);
    for wrong in [&[(".format", "xlsx")][..], &[]] {
        assert_eq!(tab.download("table-sales", wrong).await.status, StatusCode::SEE_OTHER);
    }
}
