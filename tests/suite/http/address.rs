//! Keys that stand in the URL.

use axum::http::StatusCode;

use crate::support::TestApp;

const SALES: &str = r#"
state:
  region: { type: text, nullable: true, in_url: true }
  years: { type: range<int>, default: [2020, 2025], in_url: true }
  products: { type: list<text>, default: [Tea], in_url: product }
  details: { default: true, in_url: true }
  note: ""
  seen: { type: text, default_from: "'Began with ' ~ (state.region | default('nothing'))" }
queries:
  regions: { rows: [{ code: EMEA }, { code: APAC }] }
body:
  - select: region
    options: { query: regions, value: code }
  - slider: years
    min: 2015
    max: 2030
  - select: products
    options: [Tea, Coffee, Cake]
  - checkbox: details
  - text_input: note
  - text: "{{ state.region }}; {{ state.years[0] }} to {{ state.years[1] }}; {{ state.products | join('+') }}; {{ state.details }}; {{ state.note }}"
    id: text
  - text: "{{ state.seen }}"
    id: seen
  - button: All
    on_click:
      - reset: all
  - button: Asia
    on_click:
      - set: { region: "'APAC'" }
"#;

/// The URL that the script shows for a page or an answer.
fn url_in(html: &str) -> String {
    let (_, rest) = html.split_once("data-url=\"").expect("the view has a URL");
    rest.split('"').next().unwrap_or_default().replace("&amp;", "&")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_url_seeds_what_fits_and_nothing_else() {
    let app = TestApp::from_spec(SALES).await;
    for (url, shown, canonical) in [
        ("/", "; 2020 to 2025; Tea; true;", "/"),
        ("/?region=EMEA", "EMEA; 2020 to 2025; Tea; true;", "/?region=EMEA"),
        ("/?region=XX", "; 2020 to 2025; Tea; true;", "/"),
        ("/?years=2018..2022", "; 2018 to 2022; Tea; true;", "/?years=2018..2022"),
        ("/?years=1900..2022", "; 2020 to 2025; Tea; true;", "/"),
        ("/?years=2022..2018", "; 2020 to 2025; Tea; true;", "/"),
        ("/?years=2020..2025", "; 2020 to 2025; Tea; true;", "/"),
        (
            "/?product=Cake&product=Ham&product=Coffee",
            "; 2020 to 2025; Cake+Coffee; true;",
            "/?product=Cake&product=Coffee",
        ),
        ("/?product=Ham", "; 2020 to 2025; Tea; true;", "/"),
        ("/?product=", "; 2020 to 2025; ; true;", "/?product="),
        ("/?details=false", "; 2020 to 2025; Tea; false;", "/?details=false"),
        ("/?details=0", "; 2020 to 2025; Tea; true;", "/"),
        ("/?note=x&utm=mail", "; 2020 to 2025; Tea; true;", "/?note=x&utm=mail"),
        ("/?region=%3Cb%3E&view=7", "; 2020 to 2025; Tea; true;", "/"),
    ] {
        let tab = app.visitor().open(url).await;
        assert_eq!(tab.text_of("text"), shown, "{url}");
        assert_eq!(url_in(&tab.html), canonical, "{url}");
    }
    assert_eq!(app.held().views, 0, "nobody has touched any of them");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_made_at_first_sees_what_the_url_says() {
    let app = TestApp::from_spec(SALES).await;
    assert_eq!(app.visitor().open("/?region=EMEA").await.text_of("seen"), "Began with EMEA");
    assert_eq!(app.visitor().open("/").await.text_of("seen"), "Began with nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_entered_is_in_the_url_of_the_answer() {
    let app = TestApp::from_spec(SALES).await;
    let mut tab = app.visitor().open("/?region=EMEA&utm=mail").await;
    let answer = tab.edit(&[("years", "2016"), ("years", "2017")]).await;
    assert_eq!(url_in(&answer.body), "/?region=EMEA&years=2016..2017&utm=mail");
    assert_eq!(answer.header("hx-replace-url"), "/?region=EMEA&years=2016..2017&utm=mail");
    assert_eq!(answer.components(), ["slider-years", "text"], "an untouched view is known by its URL");
    let answer = tab.edit(&[("note", "private")]).await;
    assert_eq!(url_in(&answer.body), "/?region=EMEA&years=2016..2017&utm=mail");
    let answer = tab.edit(&[("products", "")]).await;
    assert_eq!(url_in(&answer.body), "/?region=EMEA&years=2016..2017&product=&utm=mail");
    assert_eq!(url_in(&tab.click("button-asia").await.body), "/?region=APAC&years=2016..2017&product=&utm=mail");
    let answer = tab.click("button-all").await;
    assert_eq!(url_in(&answer.body), "/?utm=mail", "what is as at first is left out");
    assert_eq!(answer.text_of("text"), "; 2020 to 2025; Tea; true;");
}

#[tokio::test(flavor = "multi_thread")]
async fn back_and_forward_give_the_keys_what_the_url_says() {
    let app = TestApp::from_spec(SALES).await;
    let mut tab = app.visitor().open("/").await;
    tab.edit(&[("note", "draft")]).await;
    tab.edit(&[("region", "EMEA")]).await;
    let answer = tab.edit(&[(".url", "")]).await;
    assert_eq!(answer.text_of("text"), "; 2020 to 2025; Tea; true; draft", "what is not in the URL stays");
    assert_eq!(url_in(&answer.body), "/");
    let answer = tab.edit(&[(".url", "region=EMEA&years=1..2")]).await;
    assert_eq!(answer.text_of("text"), "EMEA; 2020 to 2025; Tea; true; draft", "and what does not fit is dropped");
    assert_eq!(url_in(&answer.body), "/?region=EMEA");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_script_a_post_leads_to_the_url() {
    let app = TestApp::from_spec(SALES).await;
    let visitor = app.visitor();
    let mut tab = visitor.open("/?utm=mail").await;
    let answer = tab.submit(&[("region", "APAC"), ("note", "draft")], None).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let location = answer.header("location").to_owned();
    assert!(location.starts_with("/?region=APAC&utm=mail&view="), "{location}");
    let page = visitor.get(&location).await;
    assert_eq!(page.text_of("text"), "APAC; 2020 to 2025; Tea; true; draft");
    assert!(page.body.contains(r#"action="/?region=APAC&amp;utm=mail""#));
    // To a colleague the same link shows the page, without what is not in it.
    assert_eq!(app.visitor().open(&location).await.text_of("text"), "APAC; 2020 to 2025; Tea; true;");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_that_was_lost_begins_with_its_url() {
    let app = TestApp::from_spec(SALES).await;
    let mut tab = app.visitor().open("/?region=EMEA&details=false").await;
    tab.edit(&[("note", "x")]).await;
    let app = app.restarted().await;
    tab.visitor.visit(&app);
    let answer = tab.edit(&[(".full", "true"), ("note", "y")]).await;
    assert_eq!(answer.text_of("text"), "EMEA; 2020 to 2025; Tea; false; y");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_to_another_page_gives_it_values() {
    let start = r#"
body:
  - button: Go
    on_click:
      - goto: "/sales?region={{ 'A&B' }}"
"#;
    let sales = r#"
state: { region: { default: "", in_url: true } }
body: [{ text: "In {{ state.region }}", id: text }]
"#;
    let app = TestApp::from_files(&[("index.yaml", start), ("sales.yaml", sales)]).await;
    let visitor = app.visitor();
    let to = visitor.open("/").await.click("button-go").await.header("hx-location").to_owned();
    assert_eq!(to, "/sales?region=A%26B");
    assert_eq!(visitor.open(&to).await.text_of("text"), "In A&B");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_url_says_goes_before_what_comes_along() {
    let app_yaml = "state: { region: { default: all, in_url: true } }";
    let page = r#"
body:
  - text_input: region
  - text: "In {{ state.region }}"
    id: text
"#;
    let app = TestApp::from_files(&[("app.yaml", app_yaml), ("index.yaml", page), ("other.yaml", page)]).await;
    let visitor = app.visitor();
    let mut tab = visitor.open("/").await;
    tab.edit(&[("region", "north")]).await;
    visitor.set_cookie("appspec_from", &tab.view);
    let other = visitor.open("/other").await;
    assert_eq!(other.text_of("text"), "In north");
    assert_eq!(url_in(&other.html), "/other?region=north");
    assert_eq!(visitor.open("/other?region=south").await.text_of("text"), "In south");
}
