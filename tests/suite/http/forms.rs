//! Forms and files, as a browser posts them that runs no script.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use crate::support::{Answer, TestApp, Visitor, html};

const FORMS: &str = r#"
state:
  sent: 0
body:
  - form:
      - text_input: name
        required: true
      - checkbox: soon
    id: first
    clear: true
    on_submit:
      - set: { sent: state.sent + 1 }
  - form:
      - text_input: kept
    id: second
    on_submit:
      - set: { sent: state.sent + 10 }
  - text: "Sent {{ state.sent }}, {{ state.name }}, kept {{ state.kept }}."
    id: said
"#;

/// Submits the form of this id in a page, with some of its fields changed.
async fn submit(visitor: &Visitor, page: &str, form: &str, changes: &[(&str, &str)]) -> Answer {
    let mut fields = html::fields(page, &format!("f-{form}"));
    fields.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    let changes = changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    fields.extend(changes.chain([("action".to_owned(), form.to_owned())]));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    visitor.post("/", &fields, false).await
}

fn said(answer: &Answer) -> String {
    answer.text_of("said")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_sets_nothing_until_all_of_it_is_right() {
    let app = TestApp::from_spec(FORMS).await;
    let visitor = app.visitor();
    let page = visitor.get("/").await;
    let refused = submit(&visitor, &page.body, "first", &[("soon", "true")]).await;
    assert_eq!(said(&refused), "Sent 0, , kept .");
    let name = html::by_id(&refused.body, "f-text_input-name").unwrap();
    assert_eq!(name.attribute("aria-invalid"), Some("true"));
    assert!(name.attribute("autofocus").is_some(), "{}", refused.body);
    assert_eq!(name.attribute("aria-describedby"), Some("e-text_input-name"));
    assert_eq!(html::by_id(&refused.body, "e-text_input-name").unwrap().text(), "this is required");
    assert!(
        html::by_id(&refused.body, "f-checkbox-soon").unwrap().attribute("checked").is_some(),
        "what was typed stays"
    );
    let taken = submit(&visitor, &refused.body, "first", &[("name", "Ada")]).await;
    assert_eq!(said(&taken), "Sent 1, , kept .", "and is cleared");
    assert!(html::by_id(&taken.body, "f-checkbox-soon").unwrap().attribute("checked").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_forms_of_one_page_have_clicks_of_their_own() {
    let app = TestApp::from_spec(FORMS).await;
    let visitor = app.visitor();
    let page = visitor.get("/").await;
    assert_eq!(said(&submit(&visitor, &page.body, "first", &[("name", "Ada")]).await), "Sent 1, , kept .");
    // From the same page, as after the button that goes back; and once more the same.
    for _ in 0..2 {
        let second = submit(&visitor, &page.body, "second", &[("kept", "word")]).await;
        assert_eq!(said(&second), "Sent 11, , kept word.");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_form_has_sent_outlasts_the_server() {
    let app = TestApp::from_spec(FORMS).await;
    let visitor = app.visitor();
    let page = visitor.get("/").await;
    let kept = submit(&visitor, &page.body, "second", &[("kept", "word")]).await;
    let app = app.restarted().await;
    visitor.visit(&app);
    let view = html::fields(&kept.body, "view");
    let fields: Vec<(&str, &str)> = view.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(said(&visitor.post("/", &fields, false).await), "Sent 0, , kept word.");
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_of_a_form_go_with_it_alone() {
    let app = TestApp::from_spec(FORMS).await;
    let mut tab = app.visitor().open("/").await;
    assert_eq!(tab.edit(&[("name", "Ada")]).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(tab.edit(&[("name", "Ada"), ("action", "second")]).await.status, StatusCode::BAD_REQUEST);
    let answer = tab.edit(&[("name", "Ada"), ("action", "first")]).await;
    assert_eq!(answer.text_of("said"), "Sent 1, , kept .");
}

const UPLOAD: &str = r#"
queries:
  counted: { transform: "select count(*) as n, sum(amount) as sum from sales" }
body:
  - file_upload: sales
    max_size: 1kB
    types: csv
    columns: { amount: int }
  - text_input: beside
  - text: "{{ counted[0].n }} rows, {{ counted[0].sum }}, {{ state.beside }}."
    id: said
"#;

/// Posts the page's fields and a file, in parts.
async fn send(visitor: &Visitor, page: &str, (name, text): (&str, &str)) -> Answer {
    let field = |(name, value): (String, String)| {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    // Each time is a click of its own, though the page is the same.
    let fields = html::fields(page, "view").into_iter().filter(|(name, _)| name != "click");
    let fields: String = fields.map(field).collect();
    let body = format!(
        "{fields}--x\r\nContent-Disposition: form-data; name=\"sales\"; filename=\"{name}\"\r\n\
         Content-Type: text/csv\r\n\r\n{text}\r\n--x--\r\n"
    );
    let request = Request::post("/").header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
    visitor.send(request.body(Body::from(body)).unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_read_or_refused_at_its_field() {
    let app = TestApp::from_spec(UPLOAD).await;
    let visitor = app.visitor();
    let page = visitor.get("/").await;
    assert_eq!(said(&page), "0 rows, , .");
    let taken = send(&visitor, &page.body, ("C:\\sales.csv", "amount,other\r\n1,x\r\n2,y\r\n")).await;
    assert_eq!(said(&taken), "2 rows, 3, .");
    assert!(taken.text_of("file_upload-sales").contains("sales.csv 2 rows, 1 column"), "{}", taken.body);
    let none = send(&visitor, &taken.body, ("", "")).await;
    assert_eq!(said(&none), "2 rows, 3, .", "to choose no file changes nothing");
    for (file, said_of_it) in [
        (("sales.csv", "other\r\n1\r\n"), "“sales.csv” cannot be read: it has no column “amount”"),
        (("sales.csv", &*"amount\r\n1\r\n".repeat(500)), "“sales.csv” is larger than 1 kB"),
        (("sales.json", "[]"), "“sales.json” is none of csv"),
    ] {
        let refused = send(&visitor, &taken.body, file).await;
        assert_eq!(refused.status, StatusCode::OK);
        let complaint = refused.text_of("file_upload-sales");
        assert!(complaint.contains(said_of_it), "{complaint}");
        assert_eq!(said(&refused), "2 rows, 3, .");
    }
    let app = app.restarted().await;
    visitor.visit(&app);
    let asked = send(&visitor, &taken.body, ("", "")).await;
    assert!(asked.text_of("file_upload-sales").contains("choose it again"), "{}", asked.body);
}
