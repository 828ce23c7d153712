//! What the cache means to those who look at pages: who shares results with whom, and what is old.

use std::path::Path;
use std::sync::Arc;

use appspec_web::eval::User;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection, Executor};

use crate::lab::{APP, Lab, Store, Tab};

const BUTTONS: &str = r"
  - button: Look
    on_click: [{ set: { looks: state.looks + 1 } }]
  - button: Refresh
    on_click: [{ refresh: [dice] }]
";

/// A page that throws dice once for all who share the result.
fn page(definitions: &str, dice: &str) -> String {
    format!(
        "state: {{ looks: 0, seen: {{ type: text, nullable: true }} }}\n{definitions}\nqueries:\n  dice: {dice}\nbody:\n  \
         - table: dice\n  - text: \"{{{{ state.looks }}}}\"{BUTTONS}"
    )
}

async fn lab(page: &str) -> Arc<Lab> {
    Lab::of(&[("page.yaml", page)]).await
}

async fn look(tab: &mut Tab) -> String {
    tab.interact(&[], Some("button-look")).await;
    tab.look("table-dice").to_owned()
}

/// Looks until what is shown is such.
async fn look_until(tab: &mut Tab, is_so: impl Fn(&str) -> bool) -> String {
    for _ in 0..10_000 {
        let shown = look(tab).await;
        if is_so(&shown) {
            return shown;
        }
        tokio::task::yield_now().await;
    }
    panic!("it never came, but {}", look(tab).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_grown_old_is_asked_for_again_at_the_next_interaction() {
    let page = page("", "{ sql: select abs(random()) as n, cache: 1ms }");
    let mut tab = lab(&page).await.open("/page").await;
    let first = tab.look("table-dice").to_owned();
    look_until(&mut tab, |shown| shown != first).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_result_reaches_the_views_that_show_an_older_one() {
    let lab = lab(&page("", "{ sql: select abs(random()) as n, cache: 1h }")).await;
    let (mut one, mut other) = (lab.open("/page").await, lab.open("/page").await);
    let first = look(&mut one).await;
    assert_eq!(look(&mut other).await, first);
    one.interact(&[], Some("button-refresh")).await;
    let second = one.look("table-dice").to_owned();
    assert_ne!(second, first);
    assert_eq!(look(&mut other).await, second, "at its next interaction");
    let turn = other.interact(&[], Some("button-look")).await;
    assert!(!turn.log.iter().any(|line| line.contains("dice")), "and nothing more is asked: {:?}", turn.log);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_result_is_shown_at_once_and_a_new_one_at_the_next_interaction() {
    let page = page("", "{ sql: select abs(random()) as n, cache: { ttl: 1ms, stale: forever } }");
    let lab = lab(&page).await;
    let mut tab = lab.open("/page").await;
    let first = tab.look("table-dice").to_owned();
    look_until(&mut tab, |shown| shown != first).await;
    let stats = lab.engine.data.stats();
    assert_eq!(stats.misses, 1, "nobody has waited but the first: {stats:?}");
    assert!(stats.refreshes >= 1 && stats.stale_hits >= stats.refreshes, "{stats:?}");
}

async fn execute(file: &Path, sql: &'static str) {
    let options = SqliteConnectOptions::new().filename(file);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    connection.execute(sql).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_that_fails_keeps_the_old_table_and_says_so_wherever_it_is_shown() {
    let spec = r#"
state: { looks: 0 }
queries:
  dice: { sql: select n from t, cache: { ttl: 1ms, stale: forever } }
  twice: { transform: select n * 2 as n from dice }
values: { total: twice.n | sum }
body:
  - table: dice
  - metric: Total
    value: values.total
  - text: "{{ state.looks }}"
  - button: Look
    on_click: [{ set: { looks: state.looks + 1 } }]
  - button: Refresh
    on_click: [{ refresh: [dice] }]
"#;
    let store = Store::of(&[]).await;
    let file = store.path("data/empty.db");
    execute(&file, "create table t (n integer); insert into t values (3)").await;
    let lab = Lab::compile_on(&store, &[APP, ("page.yaml", spec)]).await.unwrap();
    let mut tab = lab.open("/page").await;
    assert_eq!((tab.look("table-dice"), tab.look("metric-total")), ("[3]", "Total value=6"));

    execute(&file, "drop table t").await;
    let shown = look_until(&mut tab, |shown| shown.contains("notice")).await;
    assert!(shown.starts_with("[3] notice=\"Not up to date: no such table: t (as of 20"), "{shown}");
    let total = tab.look("metric-total").to_owned();
    assert!(total.starts_with("Total value=6 notice=") && total.contains("no such table"), "{total}");
    let newcomer = lab.open("/page").await;
    assert!(newcomer.look("table-dice").contains("no such table"), "{}", newcomer.look("table-dice"));

    tab.interact(&[], Some("button-refresh")).await;
    assert!(tab.look("table-dice").starts_with("[3] notice="), "also where somebody insists");
    execute(&file, "create table t (n integer); insert into t values (3)").await;
    tab.interact(&[], Some("button-refresh")).await;
    assert_eq!((tab.look("table-dice"), tab.look("metric-total")), ("[3]", "Total value=6"), "the trouble is over");
}

#[tokio::test(flavor = "multi_thread")]
async fn results_of_a_session_are_given_to_no_other() {
    let page = page("", "{ sql: select abs(random()) as n, cache: { ttl: 1h, scope: session } }");
    let lab = lab(&page).await;
    let mut shown = Vec::new();
    for session in [1, 1, 2] {
        lab.session.store(session, std::sync::atomic::Ordering::Relaxed);
        shown.push(look(&mut lab.open("/page").await).await);
    }
    assert_eq!(shown[0], shown[1], "two tabs of one browser");
    assert_ne!(shown[0], shown[2]);
}

fn user(email: &str) -> User {
    User { email: Some(email.into()), name: None, groups: [].into() }
}

/// What pages show to a user, another, the first again, and twice to nobody in particular.
async fn shown_to_users(page: &str) -> [String; 5] {
    let lab = lab(page).await;
    let mut shown = Vec::new();
    for who in [user("ada@x"), user("bob@x"), user("ada@x"), User::default(), User::default()] {
        *lab.user.lock().unwrap() = who;
        let mut tab = lab.open("/page").await;
        assert_eq!(look(&mut tab).await, look(&mut tab).await, "it is kept");
        shown.push(look(&mut tab).await);
    }
    shown.try_into().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_rests_on_the_user_is_shared_with_no_other_user() {
    let staff = "values: { staff: \"'staff' in user.groups\" }";
    let by_value = r#"{ sql: "select abs(random()) as n where {{ values.staff }} = 0", cache: 1h }"#;
    let by_branch =
        r#"{ sql: "select abs(random()) as n {% if user.email == 'eve' %} where 1 = 0 {% endif %}", cache: 1h }"#;
    let by_part = r#"{ sql: "select abs(random()) as n [[ where n = {{ user.groups }} ]]", cache: 1h }"#;
    let by_state =
        r#"{ sql: "select abs(random()) as n where {{ state.looks }} >= 0 and {{ state.who }} is null", cache: 1h }"#;
    for (definitions, dice) in [(staff, by_value), ("", by_branch), ("", by_part)] {
        let [ada, bob, ada_again, nobody, nobody_again] = shown_to_users(&page(definitions, dice)).await;
        assert!(ada.starts_with('['), "{dice}: {ada}");
        assert_eq!((&ada, &nobody), (&ada_again, &nobody_again), "{dice}");
        assert!(ada != bob && ada != nobody && bob != nobody, "{dice}");
    }
    // A key that an action writes something of the user to, on this page or on another.
    let own = page("", by_state).replace("state: {", "state: { who: { type: text, nullable: true },").replace(
        "set: { looks: state.looks + 1 }",
        "set: { looks: state.looks + 0, who: \"none if user.email else none\" }",
    );
    let [ada, bob, ada_again, ..] = shown_to_users(&own).await;
    assert_eq!(ada, ada_again);
    assert_ne!(ada, bob);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_reads_nothing_of_the_user_is_shared_by_all() {
    let page =
        page("", "{ sql: select abs(random()) as n, cache: 1h }") + "  - text: \"{{ user.email }}\"\n    id: who\n";
    let shown = shown_to_users(&page).await;
    assert!(shown.iter().all(|other| *other == shown[0]), "{shown:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_the_users_is_followed_through_keys_of_the_app_and_through_transforms() {
    let app = "connection: db\nconnections: { db: { type: sqlite, file: data/empty.db } }\n\
               state: { who: { type: text, nullable: true } }\n";
    let here = "body:\n  - button: Go\n    on_click: [{ set: { who: user.email } }]\n";
    let there = "queries:\n  dice: { sql: \"select {{ state.who }} as n\", cache: 1h }\n  \
                 summed: { transform: select sum(n) as n from dice }\n  free: { sql: select 1 as n }\n\
                 body:\n  - table: dice\n  - table: summed\n  - table: free\n";
    let lab = Lab::of(&[("app.yaml", app), ("here.yaml", here), ("there.yaml", there)]).await;
    let (page, graph) =
        lab.app.program.pages.iter().zip(&lab.app.graphs).find(|(page, _)| page.path == "/there").unwrap();
    let of_user = |name: &str| {
        let query = page.queries.iter().position(|query| &*query.name == name).unwrap();
        graph.is_of_user(graph.query(appspec_lang::check::program::QueryId::at(query)))
    };
    assert_eq!(["dice", "summed", "free"].map(of_user), [true, true, false]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_has_changed_is_read_again_at_the_next_interaction() {
    let spec = r#"
state: { looks: 0 }
queries:
  dice: { file: data/n.csv }
  summed: { transform: select sum(n) as n from dice }
body:
  - table: dice
  - table: summed
  - text: "{{ state.looks }}"
  - button: Look
    on_click: [{ set: { looks: state.looks + 1 } }]
"#;
    let store = Store::of(&[("data/n.csv", "n\n1\n2\n")]).await;
    let lab = Lab::compile_on(&store, &[APP, ("page.yaml", spec)]).await.unwrap();
    let mut tab = lab.open("/page").await;
    assert_eq!((tab.look("table-dice"), tab.look("table-summed")), ("[1] [2]", "[3]"));
    std::fs::write(store.path("data/n.csv"), "n\n40\n2\n").unwrap();
    look(&mut tab).await;
    assert_eq!((tab.look("table-dice"), tab.look("table-summed")), ("[40] [2]", "[42]"));
    let turn = tab.interact(&[], Some("button-look")).await;
    assert!(!turn.log.iter().any(|line| line.contains("dice")), "nothing is asked of one that has not: {:?}", turn.log);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_drawn_for_one_view_takes_no_room_from_what_all_share() {
    let lab = lab(&page("", "{ generate: { rows: 3, columns: { n: { int: [0, 1000000] } } } }")).await;
    let mut shown = Vec::new();
    for _ in 0..10 {
        let mut tab = lab.open("/page").await;
        let first = tab.look("table-dice").to_owned();
        assert_eq!(look(&mut tab).await, first);
        shown.push(first);
    }
    assert!(shown.iter().any(|other| *other != shown[0]));
    assert_eq!(lab.engine.data.stats().entries, 0);
    let seeded =
        crate::cache::lab(&page("", "{ generate: { rows: 3, seed: 1, columns: { n: { int: [0, 9] } } } }")).await;
    seeded.open("/page").await;
    assert_eq!(seeded.engine.data.stats().entries, 1);
}
