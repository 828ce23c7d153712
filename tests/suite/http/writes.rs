//! Writes: once for a click, whatever happens to its request, and seen by everybody.

use std::path::Path;

use axum::http::StatusCode;
use futures_util::future::join;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, Row as _};

use crate::support::{Answer, Tab, TestApp};

const APP: &str = "connection: todo\nconnections: { todo: { type: sqlite, file: data/todo.db, writable: true } }\n";

const SCHEMA: &str = "create table todo (id integer primary key, title text not null unique);";

const PAGE: &str = r#"
state: { runs: { default: 0, each_run: state.runs + 1 } }
queries:
  todos: { sql: select title from todo order by id, cache: forever }
writes:
  add:
    params: { title: text }
    sql: insert into todo (title) values ({{ params.title }}) returning id
body:
  - text_input: title
    label: Title
  - button: Add
    on_click:
      - run: add
        with: { title: state.title }
      - toast: "Saved as {{ result.id }}"
  - text: "{{ todos.title | join(', ') }}"
    id: text
  - caption: "Run {{ state.runs }}"
    id: caption
"#;

async fn app() -> TestApp {
    TestApp::from_files(&[("app.yaml", APP), ("data/todo.sql", SCHEMA), ("index.yaml", PAGE)]).await
}

/// The titles that are saved, by a look into the database itself.
async fn saved(app: &TestApp) -> Vec<String> {
    let mut database = open(app.folder()).await;
    let rows = database.fetch_all("select title from todo order by id").await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

async fn open(folder: &Path) -> SqliteConnection {
    SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(folder.join("data/todo.db"))).await.unwrap()
}

async fn add(tab: &mut Tab, click: &str, title: &str) -> Answer {
    tab.edit(&[("click", click), ("action", "button-add"), ("title", title)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_and_what_it_changes_come_in_one_answer() {
    let app = app().await;
    let mut tab = app.visitor().open("/").await;
    let answer = add(&mut tab, "1", "milk").await;
    assert_eq!(answer.text_of("text"), "milk");
    assert!(answer.text().contains("Saved as 1"), "{}", answer.body);
    assert_eq!(saved(&app).await, ["milk"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_sent_twice_writes_once() {
    let app = app().await;
    let visitor = app.visitor();
    let tab = visitor.open("/").await;
    // The second comes while the first may still be under way; both are of a page that nobody has touched.
    let (mut first, mut second) = (tab.clone(), tab.clone());
    let (one, two) = join(add(&mut first, "1", "milk"), add(&mut second, "1", "milk")).await;
    assert_eq!(saved(&app).await, ["milk"]);
    let answers = [one, two];
    let told = answers.iter().filter(|answer| answer.text().contains("Saved as 1")).count();
    assert!(told >= 1, "whoever is answered is told: {answers:?}");
    for answer in answers.iter().filter(|answer| answer.status == StatusCode::OK) {
        assert!(answer.text().contains("Saved as 1"), "{answer:?}");
    }
    // A proxy sends it again, long after.
    let mut third = tab.clone();
    let again = add(&mut third, "1", "milk").await;
    assert!(again.text().contains("Saved as 1"), "what came of it is told again");
    assert_eq!(add(&mut third, "2", "bread").await.text_of("text"), "milk, bread");
    assert_eq!(saved(&app).await, ["milk", "bread"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_goes_on_when_its_browser_leaves() {
    let app = app().await;
    let visitor = app.visitor();
    let tab = visitor.open("/").await;
    // Whoever holds the database keeps the write waiting, so that it can be left.
    let mut holder = open(app.folder()).await;
    holder.execute("begin immediate").await.unwrap();
    let mut leaving = tab.clone();
    let request = tokio::spawn(async move { add(&mut leaving, "1", "milk").await });
    while app.held().writes == 0 {
        tokio::task::yield_now().await;
    }
    request.abort();
    assert!(request.await.unwrap_err().is_cancelled());
    assert_eq!(app.held().writes, 1, "it is still under way");
    holder.execute("rollback").await.unwrap();
    let mut back = tab.clone();
    let answer = add(&mut back, "1", "milk").await;
    assert!(answer.text().contains("Saved as 1"), "the repeat waits for the first: {answer:?}");
    assert_eq!(saved(&app).await, ["milk"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_write_says_so_until_the_next_answer() {
    let app = app().await;
    let mut tab = app.visitor().open("/").await;
    add(&mut tab, "1", "milk").await;
    let answer = add(&mut tab, "2", "milk").await;
    assert!(answer.text().contains("This was not saved: UNIQUE constraint failed: todo.title"), "{}", answer.body);
    assert!(answer.body.contains(r##"hx-target="#notices""##), "it does not go away by itself");
    assert!(!answer.text().contains("Saved as"));
    assert_eq!(saved(&app).await, ["milk"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_readers_see_what_was_written_with_their_next_run() {
    let app = app().await;
    let visitor = app.visitor();
    let (mut writer, mut touched, mut untouched) =
        (visitor.open("/").await, app.visitor().open("/").await, app.visitor().open("/").await);
    touched.edit(&[("title", "x")]).await;
    add(&mut writer, "1", "milk").await;
    assert_eq!(touched.edit(&[("title", "y")]).await.text_of("text"), "milk");
    let answer = untouched.edit(&[("title", "y")]).await;
    assert_eq!(answer.text_of("text"), "milk");
    assert_eq!(app.visitor().open("/").await.text_of("text"), "milk", "the cache holds nothing old");
    let answer = touched.edit(&[("title", "z")]).await;
    assert!(!answer.components().contains(&"text".to_owned()), "and then it is as before");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_looks_at_a_live_page_is_told_at_once_and_all_share_one_query() {
    let page = PAGE
        .replace(
            "select title from todo order by id, cache: forever",
            "\"select title, abs(random()) as n from todo\", every: 1h",
        )
        .replace("join(', ') }}", "join(', ') }} {{ todos[0].n }}");
    let app = TestApp::from_files(&[("app.yaml", APP), ("data/todo.sql", SCHEMA), ("index.yaml", &page)]).await;
    let mut writer = app.visitor().open("/").await;
    let (mut touched, untouched) = (app.visitor().open("/").await, app.visitor().open("/").await);
    touched.edit(&[("title", "x")]).await;
    let (mut one, mut other) = (touched.listen().await, untouched.listen().await);
    add(&mut writer, "1", "milk").await;
    let (one, other) = join(one.news(), other.news()).await;
    assert_eq!((one.components(), other.components()), (vec!["text".to_owned()], vec!["text".to_owned()]));
    assert!(one.text_of("text").starts_with("milk "), "{}", one.body);
    assert_eq!(one.text_of("text"), other.text_of("text"), "another run would have drawn another number");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_script_a_write_leads_to_a_page_that_can_be_reloaded() {
    let app = app().await;
    let visitor = app.visitor();
    let mut tab = visitor.open("/").await;
    let answer = tab.submit(&[("title", "milk")], Some("button-add")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let to = answer.header("location").to_owned();
    let page = visitor.open(&to).await;
    assert_eq!((page.text_of("text"), page.text_of("caption")), ("milk".to_owned(), "Run 2".to_owned()));
    assert!(page.html.contains("Saved as 1"), "{}", page.html);
    // A reload asks for a page, and is a new one; going back and pressing again sends the same form again.
    let reloaded = visitor.open(&to).await;
    assert_eq!((reloaded.text_of("text"), reloaded.text_of("caption")), ("milk".to_owned(), "Run 1".to_owned()));
    let again = tab.submit(&[("title", "milk")], Some("button-add")).await;
    let shown = visitor.open(again.header("location")).await;
    assert!(shown.html.contains("Saved as 1"), "what came of it is told again");
    assert_eq!(saved(&app).await, ["milk"]);
    // The page that was shown then has a form of its own.
    let mut shown = shown;
    shown.submit(&[("title", "bread")], Some("button-add")).await;
    assert_eq!(saved(&app).await, ["milk", "bread"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_is_said_on_the_page_that_it_leads_to() {
    let page = PAGE.replace("  - text: ", "      - goto: /done\n  - text: ");
    let done = "body:\n  - text: Done\n";
    let files = [("app.yaml", APP), ("data/todo.sql", SCHEMA), ("index.yaml", page.as_str()), ("done.yaml", done)];
    let app = TestApp::from_files(&files).await;
    for has_script in [true, false] {
        let visitor = app.visitor();
        let mut tab = visitor.open("/").await;
        let title = if has_script { "milk" } else { "bread" };
        let answer = if has_script {
            add(&mut tab, "1", title).await
        } else {
            tab.submit(&[("title", title)], Some("button-add")).await
        };
        let to = [answer.header("hx-location"), answer.header("location")].concat();
        assert_eq!(to, "/done");
        assert!(!app.visitor().get("/done").await.text().contains("Saved"), "to nobody else");
        assert!(!visitor.get("/").await.text().contains("Saved as"), "nor on another page");
        assert!(visitor.get("/done").await.text().contains("Saved as"));
        assert!(!visitor.get("/done").await.text().contains("Saved as"), "and once");
        // What fails leads nowhere, and is said where it failed.
        let mut tab = visitor.open("/").await;
        let answer = add(&mut tab, "2", title).await;
        assert_eq!(answer.header("hx-location"), "");
        assert!(answer.text().contains("This was not saved"), "{}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_page_does_not_write_and_says_so() {
    for is_touched in [true, false] {
        let app = app().await;
        let mut tab = app.visitor().open("/").await;
        if is_touched {
            tab.edit(&[("title", "x")]).await;
        }
        // It was saved, but the server has ended before its answer went out.
        let mut crashed = tab.clone();
        add(&mut crashed, "1", "milk").await;
        let app = app.restarted().await;
        tab.visitor.visit(&app);
        if is_touched {
            assert_eq!(add(&mut tab, "1", "milk").await.status, StatusCode::CONFLICT);
        }
        let form = [(".full", "true"), ("click", "1"), ("action", "button-add"), ("title", "milk")];
        let answer = tab.edit(&form).await;
        assert!(answer.text().contains("check whether it was saved"), "{}", answer.body);
        assert_eq!(answer.text_of("text"), "milk", "the page shows it");
        assert_eq!(saved(&app).await, ["milk"]);
        let again = tab.edit(&form).await;
        assert!(again.text().contains("check whether it was saved"), "also to the same click later");
        let mut older = crashed.clone();
        let again = add(&mut older, "0", "milk").await;
        assert!(again.text().contains("check whether it was saved"), "and to what was sent before the restart");
        assert_eq!(add(&mut tab, "2", "bread").await.text_of("text"), "milk, bread", "a new click writes");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_that_was_told_anew_does_not_do_what_was_clicked_before() {
    let app = app().await;
    let mut tab = app.visitor().open("/").await;
    tab.edit(&[("title", "x")]).await;
    let mut crashed = tab.clone();
    add(&mut crashed, "1", "milk").await;
    let app = app.restarted().await;
    tab.visitor.visit(&app);
    // The script tells what the page holds before its reader tries again.
    let mut told = tab.clone();
    told.edit(&[(".full", "true"), (".quiet", "true"), ("title", "milk")]).await;
    assert!(add(&mut tab, "1", "milk").await.text().contains("check whether it was saved"));
    assert_eq!(saved(&app).await, ["milk"]);
    assert_eq!(add(&mut told, "2", "bread").await.text_of("text"), "milk, bread");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_page_does_not_write() {
    let app = app().await;
    let mut tab = app.visitor().open("/").await;
    tab.view = "0.0.0.0.0.0".to_owned();
    assert!(add(&mut tab, "1", "milk").await.text().contains("check whether it was saved"));
    assert!(saved(&app).await.is_empty());
    let answer = app.visitor().post("/", &[("action", "button-add"), ("title", "milk")], true).await;
    assert_eq!(answer.text_of("text"), "milk", "a post without a page is a new click");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_only_reads_is_not_written_to() {
    let read_only = APP.replace(", writable: true", "");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("app.yaml"), read_only).unwrap();
    std::fs::write(folder.path().join("index.yaml"), PAGE).unwrap();
    let found = crate::support::findings(folder.path()).await;
    assert!(found.contains("the write `add` needs the connection `todo` to be writable"), "{found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_stays_busy_is_told_after_a_while() {
    let app = app().await;
    let mut tab = app.visitor().open("/").await;
    let mut holder = open(app.folder()).await;
    holder.execute("begin immediate").await.unwrap();
    let answer = add(&mut tab, "1", "milk").await;
    assert!(answer.text().contains("This was not saved:"), "{}", answer.body);
    holder.execute(AssertSqlSafe("rollback".to_owned())).await.unwrap();
    assert!(saved(&app).await.is_empty());
}
