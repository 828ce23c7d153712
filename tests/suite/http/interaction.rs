//! Edits and buttons: what they change, and that nothing else is sent.

use axum::http::StatusCode;

use crate::support::TestApp;

const COUNTER: &str = r#"
state:
  runs: { default: 0, each_run: state.runs + 1 }
body:
  - header: "Run {{ state.runs }}"
    id: header
  - text: Always the same
  - button: Again
"#;

const FILTER: &str = r#"
state:
  region: { type: text, nullable: true }
queries:
  orders:
    rows: [{ region: EU, n: 1 }, { region: EU, n: 2 }, { region: US, n: 4 }]
  shown:
    transform: select * from orders where true [[ and region = {{ state.region }} ]]
body:
  - select: region
    label: Region
    options: [EU, US]
  - metric: Shown
    value: shown.n | sum
  - metric: All
    value: orders.n | sum
  - text: "Region {{ state.region | default('any') }}"
    id: text
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_button_without_actions_is_a_run() {
    let app = TestApp::from_spec(COUNTER).await;
    let mut tab = app.visitor().open("/").await;
    assert_eq!(tab.text_of("header"), "Run 1");
    let answer = tab.click("button-again").await;
    assert_eq!(answer.components(), ["header"]);
    assert_eq!(answer.text_of("header"), "Run 2");
    assert_eq!(tab.click("button-again").await.text_of("header"), "Run 3");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_sends_what_it_changed_and_nothing_else() {
    let app = TestApp::from_spec(FILTER).await;
    let mut tab = app.visitor().open("/").await;
    assert!(tab.text_of("metric-shown").contains('7'));
    let answer = tab.edit(&[("region", "US")]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.text_of("metric-shown").contains('4'), "{}", answer.body);
    assert!(!answer.components().contains(&"metric-all".to_owned()));
    assert_eq!(answer.text_of("text"), "Region US");
    assert!(tab.edit(&[("region", "US")]).await.components().is_empty(), "what is equal is no edit");
    assert_eq!(tab.edit(&[("region", "")]).await.text_of("text"), "Region any");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_an_edit_reaches_is_rendered() {
    let app = TestApp::from_spec(FILTER).await;
    let mut tab = app.visitor().open("/").await;
    let before = app.held().renders;
    let sent = tab.edit(&[("region", "US")]).await.components().len();
    assert_eq!(app.held().renders - before, u64::try_from(sent).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_works_without_script() {
    let app = TestApp::from_spec(FILTER).await;
    let mut tab = app.visitor().open("/").await;
    tab.submit(&[("region", "EU")], None).await;
    assert_eq!(tab.text_of("text"), "Region EU");
    assert!(tab.text_of("metric-shown").contains('3'));
    assert!(tab.text_of("metric-all").contains('7'), "the whole page comes back");
    tab.submit(&[("region", "")], None).await;
    assert_eq!(tab.text_of("text"), "Region any");
}

/// A button that asks unless there is nothing to lose, and counts what happens.
const ASKING: &str = r#"
state: { runs: { default: 0, each_run: state.runs + 1 }, done: 0 }
body:
  - text_input: name
    label: Name
  - button: Delete
    confirm: "{{ 'Delete ' ~ state.name ~ '?' if state.name else '' }}"
    on_click: [{ set: { done: state.done + 1 } }]
  - text: "{{ state.name }}, done {{ state.done }}, run {{ state.runs }}"
    id: text
"#;

#[tokio::test(flavor = "multi_thread")]
async fn without_script_a_page_asks_before_a_button_acts() {
    let app = TestApp::from_spec(ASKING).await;
    let mut tab = app.visitor().open("/").await;
    tab.submit(&[], Some("button-delete")).await;
    assert_eq!(tab.text_of("text"), ", done 1, run 2", "an empty text asks nothing");

    let answer = tab.submit(&[("name", "milk")], Some("button-delete")).await;
    assert!(answer.text().contains("Delete milk?"), "{}", answer.body);
    tab.submit(&[(".quiet", "true")], None).await;
    assert_eq!(tab.text_of("text"), "milk, done 1, run 3", "what was entered counts, and is all that does");

    tab.submit(&[], Some("button-delete")).await;
    assert_eq!(tab.text_of("text"), "", "to be asked is no run");
    tab.submit(&[], Some("button-delete")).await;
    assert_eq!(tab.text_of("text"), "milk, done 2, run 4");
    let clicked = tab.click("button-delete").await;
    assert_eq!(clicked.text_of("text"), "milk, done 3, run 5", "the script has asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_click_twice_is_one() {
    let app = TestApp::from_spec(COUNTER).await;
    let mut tab = app.visitor().open("/").await;
    let click = [("action", "button-again"), ("click", "0123")];
    assert_eq!(tab.edit(&click).await.text_of("header"), "Run 2");
    assert!(tab.edit(&click).await.components().is_empty());
    assert_eq!(tab.click("button-again").await.text_of("header"), "Run 3");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_got_lost_is_made_up_for_by_the_next() {
    let app = TestApp::from_spec(FILTER).await;
    let mut tab = app.visitor().open("/").await;
    tab.edit(&[("region", "EU")]).await;
    let seen = tab.view.clone();
    tab.edit(&[("region", "US")]).await;
    // The browser never saw that answer: it still holds the token of the one before.
    tab.view = seen;
    let answer = tab.edit(&[("region", "US")]).await;
    assert_eq!(answer.text_of("text"), "Region US");
    assert!(answer.text_of("metric-shown").contains('4'));
}

#[tokio::test(flavor = "multi_thread")]
async fn hidden_and_disabled_widgets_accept_nothing() {
    let app = TestApp::from_spec(
        r#"
body:
  - checkbox: more
    label: More
  - text_input: name
    label: Name
    when: state.more
  - text_input: fixed
    label: Fixed
    disabled: true
  - text: "Name {{ state.name }}, fixed {{ state.fixed }}."
    id: text
"#,
    )
    .await;
    let mut tab = app.visitor().open("/").await;
    tab.edit(&[("name", "x"), ("fixed", "y")]).await;
    tab.submit(&[("more", "true")], None).await;
    assert_eq!(tab.text_of("text"), "Name , fixed .");
    tab.submit(&[("name", "x")], None).await;
    assert_eq!(tab.text_of("text"), "Name x, fixed .");
    tab.submit(&[("more", "")], None).await;
    assert_eq!(tab.text_of("text_input-name"), "", "a hidden component leaves its empty element");
    assert_eq!(tab.text_of("text"), "Name x, fixed .", "a hidden widget keeps its value");
}

#[tokio::test(flavor = "multi_thread")]
async fn goto_and_toast_are_told_in_the_way_the_browser_understands() {
    let pages = [
        (
            "index.yaml",
            "body:\n  - button: Go\n    on_click: [{ goto: /next }]\n  - button: Say\n    on_click: [{ toast: Said }]\n",
        ),
        ("next.yaml", "body:\n  - text: Next\n"),
    ];
    let app = TestApp::from_files(&pages).await;
    let mut tab = app.visitor().open("/").await;
    assert!(tab.click("button-go").await.header("hx-location").contains("/next"));
    assert!(tab.click("button-say").await.text().contains("Said"));
    tab.submit(&[], Some("button-say")).await;
    assert!(tab.html.contains("Said"));
    let answer = tab.submit(&[], Some("button-go")).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/next"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_entered_never_becomes_markup_or_sql() {
    let app = TestApp::from_spec(
        r#"
queries:
  names: { rows: [{ name: Ada }] }
  found: { transform: "select name from names where name = {{ state.name }}" }
body:
  - text_input: name
    label: Name
  - text: "**Name** {{ state.name }}"
    id: text
  - header: "{{ state.name }}"
    id: header
  - metric: Found
    value: found | length
"#,
    )
    .await;
    let mut tab = app.visitor().open("/").await;
    tab.submit(&[("name", "<script>x</script> _y_ \"z")], None).await;
    assert!(!tab.html.contains("<script>x"), "{}", tab.html);
    assert!(tab.text_of("text").contains("_y_"), "no Markdown either");
    tab.submit(&[("name", "' or '1'='1")], None).await;
    assert!(tab.text_of("metric-found").contains('0'));
    tab.submit(&[("name", "Ada")], None).await;
    assert!(tab.text_of("metric-found").contains('1'));
}

#[tokio::test(flavor = "multi_thread")]
async fn choices_from_a_query_are_admitted() {
    let app = TestApp::from_spec(
        r#"
state:
  country: DE
  city: { type: text, nullable: true }
queries:
  cities:
    rows: [{ country: DE, city: Berlin }, { country: DE, city: Bonn }, { country: FR, city: Paris }]
  offered:
    transform: "select city from cities where country = {{ state.country }}"
body:
  - select: country
    label: Country
    options: [DE, FR]
  - select: city
    label: City
    options: { query: offered }
  - text: "{{ state.country }} {{ state.city }}"
    id: text
"#,
    )
    .await;
    let mut tab = app.visitor().open("/").await;
    for city in ["Bonn", "Berlin", "Bonn"] {
        let answer = tab.edit(&[("city", city)]).await;
        assert_eq!(answer.text_of("text"), format!("DE {city}"), "{}", answer.body);
    }
    let answer = tab.edit(&[("country", "FR")]).await;
    assert_eq!(answer.text_of("text"), "FR", "{}", answer.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_click_is_done_once_and_its_edits_are_taken() {
    let page = r#"
state: { clicks: 0 }
body:
  - text_input: name
    label: Name
  - text: "{{ state.name }} {{ state.clicks }}"
    id: text
  - button: Count
    on_click: [{ set: { clicks: state.clicks + 1 } }]
"#;
    let app = TestApp::from_spec(page).await;
    let mut tab = app.visitor().open("/").await;
    let refused = tab.edit(&[("click", "a"), ("action", "button-count"), ("nonsense", "1")]).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let first = tab.edit(&[("click", "a"), ("action", "button-count"), ("name", "Ada")]).await;
    assert_eq!(first.text_of("text"), "Ada 1", "what was refused is not done");
    let again = tab.edit(&[("click", "a"), ("action", "button-count"), ("name", "Bob")]).await;
    assert_eq!(again.text_of("text"), "Bob 1");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_has_changed_in_a_row_is_sent_and_is_found_whatever_its_key() {
    let page = r#"
state: { marked: "" }
queries:
  parts: { rows: [{ id: a b, count: 1 }, { id: "c.1", count: 2 }] }
body:
  - repeat:
      - metric: Count
        value: row.count
      - button: Mark
        disabled: state.marked == row.id
        on_click: [{ set: { marked: row.id } }]
    over: parts
    key: id
"#;
    let app = TestApp::from_spec(page).await;
    let mut tab = app.visitor().open("/").await;
    for (button, targets) in [
        ("button-mark-a~20b", vec![r"#c-button-mark-a\~20b"]),
        ("button-mark-c~2e1", vec![r"#c-button-mark-a\~20b", r"#c-button-mark-c\~2e1"]),
    ] {
        let answer = tab.edit(&[("action", button)]).await;
        let found: Vec<&str> = answer.body.split(r#"<hx-partial hx-target=""#).skip(1).collect();
        let found: Vec<&str> = found.iter().filter_map(|partial| partial.split('"').next()).collect();
        assert_eq!(found, [targets, vec!["#view-id"]].concat(), "{}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_button_leads_to_an_address_of_any_letters() {
    let page = "state: { to: { default: none, in_url: true } }\nbody:\n  - text: \"{{ state.to }}\"\n  - button: Go\n    on_click: [{ goto: \"/?to=Zürich\" }]\n";
    let app = TestApp::from_spec(page).await;
    let answer = app.visitor().post("/", &[("action", "button-go")], false).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), "/?to=Z%C3%BCrich");
    assert!(answer.header("set-cookie").starts_with("appspec_session="), "a new browser is known from now on");
}
