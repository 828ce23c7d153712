//! Views: whose they are, and what becomes of them.

use axum::http::StatusCode;

use crate::support::TestApp;

const NAME: &str = r#"
state:
  runs: { default: 0, each_run: state.runs + 1 }
body:
  - text_input: name
    label: Name
  - text_input: other
    label: Other
  - text: "Name {{ state.name }}, other {{ state.other }}."
    id: text
  - caption: "Run {{ state.runs }}"
    id: caption
  - button: Go
"#;

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_are_two_views_and_a_reload_is_a_third() {
    let app = TestApp::from_spec(NAME).await;
    let visitor = app.visitor();
    let (mut first, mut second) = (visitor.open("/").await, visitor.open("/").await);
    first.submit(&[("name", "Ada")], None).await;
    second.submit(&[("name", "Bob")], None).await;
    first.submit(&[], None).await;
    assert_eq!(first.text_of("text"), "Name Ada, other .");
    assert_eq!(visitor.open("/").await.text_of("text"), "Name , other .");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_view_reveals_nothing() {
    let app = TestApp::from_spec(NAME).await;
    let mut owner = app.visitor().open("/").await;
    owner.edit(&[("name", "Ada")]).await;
    let mut thief = app.visitor().open("/").await;
    thief.view.clone_from(&owner.view);
    let answer = thief.edit(&[("other", "x")]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(!answer.body.contains("Ada"));
    assert_eq!(answer.text_of("text"), "Name , other x.", "a view of its own, shown whole");
    assert_eq!(owner.edit(&[("other", "y")]).await.text_of("text"), "Name Ada, other y.", "and nothing was disturbed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_or_forged_view_starts_a_fresh_one() {
    let app = TestApp::from_spec(NAME).await;
    for view in ["", "0.0.0.0.0", "nonsense", "ffffffffffffffffffffffffffffffff.1.1.1.00000000000000000000000000000000"]
    {
        let mut tab = app.visitor().open("/").await;
        view.clone_into(&mut tab.view);
        let answer = tab.edit(&[("name", "Ada")]).await;
        assert_eq!(answer.text_of("text"), "Name Ada, other .", "{view:?}");
    }
    let answer = app.visitor().post("/", &[("name", "Ada")], false).await;
    assert_eq!(answer.text_of("text"), "Name Ada, other .", "a form without one too");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_of_another_page_is_no_view_of_this_one() {
    let app = TestApp::from_files(&[("index.yaml", NAME), ("other.yaml", NAME)]).await;
    let visitor = app.visitor();
    let mut tab = visitor.open("/").await;
    tab.edit(&[("name", "Ada")]).await;
    let mut other = visitor.open("/other").await;
    other.view.clone_from(&tab.view);
    assert!(!other.edit(&[("other", "x")]).await.body.contains("Ada"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_view_is_rebuilt_from_its_fields() {
    let app = TestApp::from_spec(NAME).await;
    let mut tab = app.visitor().open("/").await;
    tab.edit(&[("name", "Ada")]).await;

    let app = app.restarted().await;
    tab.visitor.visit(&app);
    let answer = tab.edit(&[("other", "x")]).await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "the script is asked for all fields");
    let answer = tab.edit(&[(".full", "true"), ("name", "Ada"), ("other", "x")]).await;
    assert_eq!(answer.text_of("text"), "Name Ada, other x.");
    assert_eq!(tab.edit(&[("name", "Bob")]).await.text_of("text"), "Name Bob, other x.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_view_is_rebuilt_without_script() {
    let app = TestApp::from_spec(NAME).await;
    let mut tab = app.visitor().open("/").await;
    tab.submit(&[("name", "Ada")], None).await;
    let app = app.restarted().await;
    tab.visitor.visit(&app);
    tab.submit(&[("other", "x")], None).await;
    assert_eq!(tab.text_of("text"), "Name Ada, other x.");
}

#[tokio::test(flavor = "multi_thread")]
async fn untouched_views_cost_nothing_and_still_get_exact_answers() {
    let app = TestApp::from_spec(NAME).await;
    let visitor = app.visitor();
    let mut tabs = Vec::new();
    for _ in 0..50 {
        tabs.push(visitor.open("/").await);
    }
    assert_eq!(app.held().views, 0);
    assert_eq!(app.held().baselines, 1, "all of them show the same");
    let answer = tabs[7].edit(&[("name", "Ada")]).await;
    assert_eq!(answer.components(), ["text_input-name", "text", "caption"]);
    assert_eq!(answer.text_of("caption"), "Run 2");
    assert_eq!(app.held().views, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn random_data_of_an_untouched_view_stays() {
    let app = TestApp::from_spec(
        r#"
state:
  points: { type: table, default_from: noise }
  clicks: 0
queries:
  noise: { generate: { rows: 3, columns: { x: normal } } }
body:
  - text: "{{ state.points.x | sum }}"
    id: text
  - caption: "Clicked {{ state.clicks }}"
    id: caption
  - button: Count
    on_click: [{ set: { clicks: state.clicks + 1 } }]
"#,
    )
    .await;
    let visitor = app.visitor();
    let (mut first, second) = (visitor.open("/").await, visitor.open("/").await);
    let points = first.text_of("text");
    assert_ne!(points, second.text_of("text"), "each view draws its own");
    assert_eq!(first.click("button-count").await.components(), ["caption"]);
    first.submit(&[], Some("button-count")).await;
    assert_eq!((first.text_of("text"), first.text_of("caption")), (points, "Clicked 2".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn app_state_moves_along_with_the_reader() {
    let page = "body:\n  - text: \"Kept {{ state.shared }}.\"\n    id: text\n";
    let app = TestApp::from_files(&[
        ("app.yaml", "state:\n  shared: { type: text, default: nothing }\n"),
        ("index.yaml", "body:\n  - text_input: shared\n    label: Shared\n"),
        ("next.yaml", page),
    ])
    .await;
    let visitor = app.visitor();
    let mut tab = visitor.open("/").await;
    tab.edit(&[("shared", "this")]).await;
    assert_eq!(visitor.open("/next").await.text_of("text"), "Kept nothing.", "a new tab starts anew");
    visitor.set_cookie("appspec_from", &tab.view);
    assert_eq!(visitor.open("/next").await.text_of("text"), "Kept this.");
    let stranger = app.visitor();
    stranger.set_cookie("appspec_from", &tab.view);
    assert_eq!(stranger.open("/next").await.text_of("text"), "Kept nothing.");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_along_from_another_page_is_not_lost_with_the_view() {
    let shared = "state: { team: { type: text, default: all } }\n";
    let page = "body:\n  - text_input: team\n    label: Team\n  - text: \"Team {{ state.team }}.\"\n    id: text\n";
    let app = TestApp::from_files(&[("app.yaml", shared), ("index.yaml", page), ("other.yaml", page)]).await;
    let visitor = app.visitor();
    let mut tab = visitor.open("/").await;
    tab.edit(&[("team", "red")]).await;
    visitor.set_cookie("appspec_from", &tab.view);
    let mut other = visitor.open("/other").await;
    assert_eq!(other.text_of("text"), "Team red.");

    let app = app.restarted().await;
    visitor.visit(&app);
    let answer = other.edit(&[]).await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "it is not taken for an untouched page");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_describes_itself() {
    let page =
        "state: { team: red }\ndescription: \"All of {{ state.team }}\"\nbody:\n  - text: \"{{ state.team }}\"\n";
    let app = TestApp::from_spec(page).await;
    let body = app.visitor().get("/").await.body;
    assert!(body.contains(r#"<meta name="description" content="All of red">"#), "{body}");
}
