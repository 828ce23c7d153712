//! Runs that overlap, are late or are overtaken, and views that nobody has touched.

use std::sync::Arc;

use appspec_web::eval::Run;

use crate::lab::{Lab, Tab};

/// Ends only when it is interrupted, if `slow` is set.
const SLOW: &str = r#"
state: { slow: false }
queries:
  first: { sql: "with recursive c(x) as (select 1 union all select x + 1 from c where {{ state.slow }} or x < 3) select max(x) as x from c" }
  second: { sql: "select {{ state.a }} + 1 as x" }
  third: { transform: "select x + 1 as x from second" }
body:
  - toggle: slow
  - number_input: a
    default: 1
  - number_input: b
    default: 1
  - text: "{{ state.a }}"
    id: quick
  - table: first
    id: slow
  - table: second
    id: independent
  - table: third
    id: dependent
  - text: "{{ state.b }}"
    id: other
"#;

/// A page with a query that can be made not to end, and what stands before and after it.
async fn slow_page() -> Tab {
    let lab = Lab::of(&[("page.yaml", SLOW)]).await;
    let mut tab = lab.open("/page").await;
    // What is untouched has kept no tables; from here on only what changes is computed.
    tab.interact(&[("b", &["0"])], None).await;
    tab
}

/// Swaps in what is ready, result by result, until a component is no longer pending.
async fn wait_for(tab: &mut Tab, run: &mut Run, id: &str) {
    while tab.look(id) == "pending" {
        assert!(run.step().await, "{id} never came");
        tab.swap_in(run, false);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_query_arrives_late_and_holds_up_nothing() {
    let mut tab = slow_page().await;
    let (mut run, _) = tab.start(&[("slow", &["true"]), ("a", &["5"])], None).await.unwrap();
    tab.swap_in(&mut run, true);
    assert_eq!(tab.look("quick"), "5", "what waits for nothing is there at once");
    assert_eq!(tab.look("slow"), "pending");

    wait_for(&mut tab, &mut run, "dependent").await;
    wait_for(&mut tab, &mut run, "independent").await;
    assert_eq!((tab.look("independent"), tab.look("dependent")), ("[6]", "[7]"), "other queries overlap with it");
    assert_eq!(tab.look("slow"), "pending");
    assert!(!run.is_done());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_to_a_newer_edit_includes_that_of_the_older() {
    let mut tab = slow_page().await;
    let (run, _) = tab.start(&[("slow", &["true"]), ("a", &["5"])], None).await.unwrap();
    assert!(!run.is_done());
    drop(run);

    let turn = tab.interact(&[("slow", &[""]), ("b", &["7"])], None).await;
    assert_eq!((tab.look("quick"), tab.look("independent"), tab.look("dependent")), ("5", "[6]", "[7]"));
    assert_eq!((tab.look("other"), tab.look("slow")), ("7", "[3]"));
    for id in ["quick", "independent", "dependent", "other"] {
        assert!(turn.sent.iter().any(|sent| sent == id), "{id} is not among {:?}", turn.sent);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_shown_as_pending_comes_with_the_next_answer() {
    let mut tab = slow_page().await;
    let (mut run, _) = tab.start(&[("slow", &["true"])], None).await.unwrap();
    tab.swap_in(&mut run, true);
    drop(run);
    assert_eq!(tab.look("slow"), "pending");
    tab.interact(&[("slow", &[""])], None).await;
    assert_eq!(tab.look("slow"), "[3]");
}

const ROWS: &str = r#"
queries:
  parts: { rows: [{ id: a, count: 1 }, { id: b, count: 2 }] }
body:
  - repeat:
      - checkbox: done
      - card:
          - text: "{{ row.count }}"
        title: "{{ 'Done' if state.done else 'Open' }}"
      - button: Again
        disabled: "not state.done"
        on_click: [{ reset: [done] }]
    over: parts
    key: id
  - number_input: other
    default: 1
"#;

#[tokio::test(flavor = "multi_thread")]
async fn what_a_browser_has_missed_of_a_row_comes_with_the_next_answer() {
    let lab = Lab::of(&[("page.yaml", ROWS)]).await;
    for is_finished in [true, false] {
        let mut tab = lab.open("/page").await;
        let (run, _) = tab.start(&[("checkbox-done-a", &["true"])], None).await.unwrap();
        if is_finished {
            Tab::lose(run);
        } else {
            drop(run);
        }
        let turn = tab.interact(&[("other", &["2"])], None).await;
        let row = ["checkbox-done-a", "card-a", "text-a", "button-again-a"];
        assert_eq!(turn.sent, [&row[..], &["number_input-other"]].concat());
        assert_eq!((tab.look("card-a"), tab.look("card-b"), tab.look("text-a")), ("title=Done", "title=Open", "1"));
        let turn = tab.interact(&[("other", &["3"])], None).await;
        assert_eq!(turn.sent, ["number_input-other"], "it has it now");
    }
}

/// A database has four connections: as many queries that went on would leave none for the last.
#[tokio::test(flavor = "multi_thread")]
async fn the_database_sees_the_query_of_an_overtaken_run_end() {
    let mut tab = slow_page().await;
    for turn in 0..12 {
        let a = turn.to_string();
        let (mut run, _) = tab.start(&[("slow", &["true"]), ("a", &[&a])], None).await.unwrap();
        // The quick query has an answer, so the database is at work on both.
        assert!(run.step().await);
        assert!(!run.is_done());
    }
    let turn = tab.interact(&[("slow", &[""]), ("a", &["20"])], None).await;
    assert_eq!((tab.look("slow"), tab.look("independent")), ("[3]", "[21]"), "{:?}", turn.log);
}

const POINTS: &str = r##"
state: { color: "#ff0000", seen: 0.0 }
queries:
  points: { generate: { rows: 20, columns: { x: normal, y: { normal: [0, 1] } } } }
  steady: { sql: "select 1 as n" }
values:
  sum: points.x | sum
body:
  - color_picker: color
  - scatter_chart: points
    x: x
    y: y
    color: "{{ state.color }}"
    id: chart
  - table: points
    id: table
  - metric: Sum
    value: values.sum
    id: sum
  - table: steady
  - text: "{{ state.seen }}"
    id: seen
  - button: Look
    on_click: [{ set: { seen: values.sum } }]
"##;

#[tokio::test(flavor = "multi_thread")]
async fn views_that_nobody_touches_hold_nothing_of_their_own() {
    let lab = Lab::of(&[("page.yaml", POINTS)]).await;
    let before = Arc::strong_count(&lab.app);
    for _ in 0..2000 {
        lab.open("/page").await;
    }
    assert_eq!(lab.baselines.len(), 1, "all of them begin the same, but for chance");
    assert_eq!(Arc::strong_count(&lab.app), before, "no view is left");
    let held = lab.engine.data.stats();
    assert!(held.bytes < 64 << 20, "{held:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_click_on_an_untouched_view_sends_what_changed_and_its_points_stay() {
    let lab = Lab::of(&[("page.yaml", POINTS)]).await;
    let (mut tab, other) = (lab.open("/page").await, lab.open("/page").await);
    let points = tab.look("table").to_owned();
    assert_ne!(points, other.look("table"), "each view has points of its own");
    let turn = tab.interact(&[("color", &["#00ff00"])], None).await;
    assert_eq!(turn.sent, ["color_picker-color", "chart"]);
    assert!(tab.look("chart").contains(&points), "{} has other points than {points}", tab.look("chart"));

    tab.interact(&[], Some("button-look")).await;
    assert_eq!(tab.look("sum"), format!("Sum value={}", tab.look("seen")), "the server has those that are shown");
}
