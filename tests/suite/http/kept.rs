//! Values that are kept for the browser.

use crate::support::TestApp;

const NOTES: &str = r#"
state:
  note: { default: "", keep: browser }
  size: { default: 5, keep: browser, in_url: true }
  visits: { default: 0, each_run: state.visits + 1, keep: browser }
  passing: ""
body:
  - text_input: note
  - number_input: size
    min: 0
    max: 10
  - text_input: passing
  - text: "{{ state.note }}; {{ state.size }}; {{ state.passing }}"
    id: text
  - text: "{{ state.visits }}"
    id: visits
  - button: Forget
    on_click:
      - reset: [note]
"#;

#[tokio::test(flavor = "multi_thread")]
async fn it_outlasts_tabs_reloads_and_the_server() {
    let app = TestApp::from_spec(NOTES).await;
    let visitor = app.visitor();
    let mut tab = visitor.open("/").await;
    assert_eq!(tab.text_of("visits"), "1");
    tab.edit(&[("note", "milk"), ("passing", "x")]).await;
    assert_eq!(visitor.open("/").await.text_of("text"), "milk; 5;");
    assert_eq!(app.visitor().open("/").await.text_of("text"), "; 5;", "of another browser");

    let app = app.restarted().await;
    visitor.visit(&app);
    let mut tab = visitor.open("/").await;
    assert_eq!(tab.text_of("text"), "milk; 5;");
    assert_eq!(tab.text_of("visits"), "4", "a page load counts too");
    let answer = tab.edit(&[("passing", "y")]).await;
    assert_eq!(answer.components(), ["text_input-passing", "text", "visits"], "an untouched view is known");
    tab.click("button-forget").await;
    assert_eq!(visitor.open("/").await.text_of("text"), "; 5;");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_goes_before_what_is_kept() {
    let app = TestApp::from_spec(NOTES).await;
    let visitor = app.visitor();
    visitor.open("/").await.edit(&[("size", "7")]).await;
    assert_eq!(visitor.open("/?size=3").await.text_of("text"), "; 3;");
    let tab = visitor.open("/?size=99").await;
    assert_eq!(tab.text_of("text"), "; 7;", "what does not fit says nothing");
    assert!(tab.html.contains(r#"data-url="/?size=7""#), "and the URL says what is shown");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_script_it_is_kept_too() {
    let app = TestApp::from_spec(NOTES).await;
    let visitor = app.visitor();
    visitor.open("/").await.submit(&[("note", "tea")], None).await;
    assert_eq!(visitor.open("/").await.text_of("text"), "tea; 5;");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_much_is_said_and_not_kept() {
    let app = TestApp::from_spec(NOTES).await;
    let visitor = app.visitor();
    let mut tab = visitor.open("/").await;
    tab.edit(&[("note", "short")]).await;
    let long = "x".repeat(70_000);
    let answer = tab.edit(&[("note", &long)]).await;
    assert!(answer.text().contains("This will not outlast the page: more than is kept for one browser."));
    assert!(answer.text_of("text").starts_with("xxx"), "the page goes on");
    assert_eq!(visitor.open("/").await.text_of("text"), "short; 5;");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_kept_by_its_address_and_the_app_once() {
    let page = r#"
params: { id: int }
state: { note: { default: "", keep: browser } }
body:
  - text_input: note
  - text_input: team
  - text: "{{ params.id }} {{ state.note }} of {{ state.team }}"
    id: text
"#;
    let app_yaml = "state: { team: { default: all, keep: browser } }";
    let start = r#"body: [{ text: "{{ state.team }}", id: text }]"#;
    let app = TestApp::from_files(&[("app.yaml", app_yaml), ("index.yaml", start), ("item/[id].yaml", page)]).await;
    let visitor = app.visitor();
    visitor.open("/item/7").await.edit(&[("note", "seven"), ("team", "red")]).await;
    assert_eq!(visitor.open("/item/7").await.text_of("text"), "7 seven of red");
    assert_eq!(visitor.open("/item/8").await.text_of("text"), "8 of red");
    assert_eq!(visitor.open("/").await.text_of("text"), "red");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_spec_does_not_allow_any_more_is_passed_over() {
    let app = TestApp::from_spec(NOTES).await;
    let visitor = app.visitor();
    visitor.open("/").await.edit(&[("note", "milk"), ("size", "7")]).await;
    let narrower =
        NOTES.replace("max: 10", "max: 6").replace(r#"note: { default: """#, "note: { type: int, default: 1");
    app.put("index.yaml", Some(&narrower.replace("text_input: note", "number_input: note")));
    let app = app.restarted().await;
    visitor.visit(&app);
    assert_eq!(visitor.open("/").await.text_of("text"), "1; 5;");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cookie_lasts_where_something_is_kept() {
    let app = TestApp::from_spec(NOTES).await;
    let answer = app.visitor().get("/").await;
    assert!(answer.header("set-cookie").contains("Max-Age=34560000"), "{}", answer.header("set-cookie"));
    let app = TestApp::from_spec("body: [{ text: Hello }]").await;
    let answer = app.visitor().get("/").await;
    assert!(!answer.header("set-cookie").contains("Max-Age"));
    assert!(!app.folder().join(".appspec/state.db").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_holds_no_cookie() {
    let app = TestApp::from_spec(NOTES).await;
    let visitor = app.visitor();
    visitor.open("/").await.edit(&[("note", "find me")]).await;
    let folder = app.folder().join(".appspec");
    let mut all = std::fs::read(folder.join("state.db")).unwrap();
    all.extend(std::fs::read(folder.join("state.db-wal")).unwrap_or_default());
    let cookies = visitor.cookies();
    let session = cookies.split_once("appspec_session=").unwrap().1.split(';').next().unwrap();
    let holds = |text: &str| all.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("find me"));
    assert!(!holds(session));
}
