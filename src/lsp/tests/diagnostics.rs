//! What is wrong, as it is typed.

use serde_json::json;

use super::{Client, Files, at};
use crate::Ended;

const APP: &str = "state:\n  region: EMEA\nqueries:\n  orders: { file: data/orders.csv }\n";
const INDEX: &str = "body:\n  - text: \"{{ state.region }}\"\n  - table: orders\n";

const APP_URI: &str = "file:///app/app.yaml";
const INDEX_URI: &str = "file:///app/index.yaml";

fn files() -> Files {
    Files::of(&[
        ("/app/app.yaml", APP),
        ("/app/index.yaml", INDEX),
        ("/app/ops/late.toml", "body = [{ table = \"orders\" }]\n"),
    ])
}

#[test]
fn what_is_typed_counts_before_it_is_saved() {
    let mut client = Client::start(&files());
    client.open(INDEX_URI, INDEX);
    assert_eq!(client.told(INDEX_URI), Vec::<String>::new());
    let end = json!({ "start": at(1, 20), "end": at(1, 26) });
    client.change(INDEX_URI, &json!([{ "range": end, "text": "regin" }]));
    assert_eq!(client.told(INDEX_URI), ["1:14-1:25 error[unknown-name] no state key `regin`"]);
    client.change(INDEX_URI, &json!([{ "range": { "start": at(1, 24), "end": at(1, 24) }, "text": "o" }]));
    // Each change of a list is of what the one before has made.
    let last = json!({ "start": at(1, 25), "end": at(1, 26) });
    let none = json!({ "start": at(1, 25), "end": at(1, 25) });
    client.change(INDEX_URI, &json!([{ "range": last, "text": "" }, { "range": none, "text": "n" }]));
    assert_eq!(client.told(INDEX_URI), Vec::<String>::new());
    assert_eq!(client.end(), Ended::Properly);
}

#[test]
fn help_and_other_places_are_told_too() {
    let mut client = Client::start(&files());
    client.open(INDEX_URI, "state: { region: 1 }\nbody:\n  - table: order\n");
    let told = client.told_in_full(INDEX_URI);
    assert_eq!(told["version"], 1);
    let first = &told["diagnostics"][0];
    assert_eq!(first["source"], "appspec");
    assert_eq!(first["relatedInformation"][0]["location"]["uri"], APP_URI);
    assert_eq!(first["relatedInformation"][0]["location"]["range"]["start"], at(1, 2));
    let second = &told["diagnostics"][1];
    assert_eq!(second["message"], "no query `order`\nhelp: did you mean `orders`?");
    client.end();
}

#[test]
fn an_edit_of_the_settings_is_told_at_all_pages_that_it_breaks() {
    let mut client = Client::start(&files());
    client.open(APP_URI, APP);
    assert_eq!(client.told(APP_URI), Vec::<String>::new());
    client.rewrite(APP_URI, &APP.replace("orders:", "sales:"));
    let unknown = "error[unknown-name] no query `orders`";
    assert_eq!(client.told(INDEX_URI), [format!("2:11-2:17 {unknown}")]);
    assert_eq!(client.told("file:///app/ops/late.toml"), [format!("0:19-0:25 {unknown}")]);
    client.rewrite(APP_URI, APP);
    assert_eq!(client.told(INDEX_URI), Vec::<String>::new());
    assert_eq!(client.told("file:///app/ops/late.toml"), Vec::<String>::new());
    client.end();
}

#[test]
fn a_closed_file_counts_as_it_is_on_disk() {
    let mut client = Client::start(&files());
    client.open(INDEX_URI, INDEX);
    client.open(APP_URI, "title: Other\n");
    assert_eq!(client.told(APP_URI), Vec::<String>::new());
    assert_eq!(client.told(INDEX_URI).len(), 2);
    client.close(APP_URI);
    assert_eq!(client.told(INDEX_URI), Vec::<String>::new());
    client.end();
}

#[test]
fn an_app_that_is_not_looked_at_any_more_is_wiped_off() {
    let files = files();
    files.write("/app/ops/late.toml", "body = [{ table = \"order\" }]\n");
    let mut client = Client::start(&files);
    client.open(INDEX_URI, INDEX);
    assert_eq!(client.told("file:///app/ops/late.toml").len(), 1);
    client.close(INDEX_URI);
    assert_eq!(client.told("file:///app/ops/late.toml"), Vec::<String>::new());
    client.end();
}

#[test]
fn files_that_others_change_are_read_again() {
    let files = files();
    let watching = json!({ "workspace": { "didChangeWatchedFiles": { "dynamicRegistration": true } } });
    let mut client = Client::with(&files, &watching);
    client.open(INDEX_URI, INDEX);
    assert_eq!(client.told(INDEX_URI), Vec::<String>::new());
    let changed = |client: &Client, path: &str, kind: u32| {
        let changes = json!([{ "uri": format!("file:///app/{path}"), "type": kind }]);
        client.notify("workspace/didChangeWatchedFiles", json!({ "changes": changes }));
    };
    files.write("/app/new.yaml", "body:\n  - tabel: orders\n");
    changed(&client, "new.yaml", 1);
    assert_eq!(
        client.told("file:///app/new.yaml"),
        ["1:4-1:9 error[unknown-kind] there is no kind of component `tabel`"]
    );
    files.write("/app/app.yaml", "title: Other\n");
    changed(&client, "app.yaml", 2);
    client.told(INDEX_URI);
    assert_eq!(client.told("file:///app/ops/late.toml").len(), 1);
    files.remove("/app/new.yaml");
    changed(&client, "new.yaml", 3);
    assert_eq!(client.told("file:///app/new.yaml"), Vec::<String>::new());
    client.end();
}

#[test]
fn a_file_that_was_never_saved_belongs_to_its_app() {
    let mut client = Client::start(&files());
    client.open("file:///app/new%20page.yaml", "body: [{ table: order }]\n");
    client.told("file:///app/new%20page.yaml");
    client.open("file:///app/%6eew.yaml", "body: [{ table: order }]\n");
    let told = client.told("file:///app/%6eew.yaml");
    assert_eq!(told, ["0:16-0:21 error[unknown-name] no query `order`"], "under the address that the editor knows");
    client.end();
}

#[test]
fn columns_are_counted_as_agreed_and_lines_end_as_they_do() {
    let text = "title: A\r\nbody:\r\n  - text: \"\u{1d11e}ü {{ state.x }}\"\r\n";
    for (encodings, place) in [(json!(["utf-16"]), "2:18-2:25"), (json!(["utf-8"]), "2:21-2:28")] {
        let mut client = Client::with(&files(), &json!({ "general": { "positionEncodings": encodings } }));
        client.open(INDEX_URI, text);
        assert_eq!(client.told(INDEX_URI), [format!("{place} error[unknown-name] no state key `x`")]);
        client.end();
    }
}

#[test]
fn sql_in_files_of_its_own_is_told_there() {
    let files = files();
    let page = "queries: { late: { sql_file: late.sql } }\nbody: [{ table: late }]\n";
    files.write("/app/ops/index.yaml", page);
    files.write("/app/ops/late.sql", "select 1");
    let mut client = Client::start(&files);
    client.open("file:///app/ops/late.sql", "select {{ state.nope }}");
    client.told("file:///app/ops/late.sql");
    client.rewrite("file:///app/ops/late.sql", "-- ü\nselect {{ state.nope }}");
    assert_eq!(client.told("file:///app/ops/late.sql"), ["1:10-1:20 error[unknown-name] no state key `nope`"]);
    client.end();
}

#[test]
fn columns_are_asked_for_where_queries_have_changed_and_not_at_each_key() {
    let files = files();
    files.columns.lock().unwrap().insert((String::new(), "orders".into()), vec!["id", "total"]);
    files.write("/app/index.yaml", "body:\n  - table: orders\n    columns: [amount]\n");
    let mut client = Client::start(&files);
    client.open(INDEX_URI, "body:\n  - table: orders\n    columns: [amount]\n");
    assert_eq!(client.told(INDEX_URI), ["2:14-2:20 error[unknown-column] query `orders` has no column `amount`"]);
    client.rewrite(INDEX_URI, "body:\n  - table: orders\n    columns: [total]\n");
    assert_eq!(client.told(INDEX_URI), Vec::<String>::new());
    assert_eq!(*files.asked.lock().unwrap(), [["/", "/ops/late"]]);
    let with_query = "queries:\n  own: { file: data/x.csv }\nbody:\n  - table: own\n    columns: [x]\n";
    files.columns.lock().unwrap().insert(("/".to_owned(), "own".into()), vec!["y"]);
    client.rewrite(INDEX_URI, with_query);
    client.told(INDEX_URI);
    // What was found out comes later than the diagnostics.
    assert_eq!(client.told(INDEX_URI), ["4:14-4:15 error[unknown-column] query `own` has no column `x`"]);
    assert_eq!(files.asked.lock().unwrap().last().unwrap(), &["/"]);
    client.end();
}

#[test]
fn columns_are_asked_for_again_when_data_has_changed() {
    let files = files();
    let mut client = Client::start(&files);
    let text = "body:\n  - table: orders\n    columns: [total]\n";
    client.open(INDEX_URI, text);
    assert_eq!(client.told(INDEX_URI), Vec::<String>::new());
    files.columns.lock().unwrap().insert((String::new(), "orders".into()), vec!["amount"]);
    let changes = json!([{ "uri": "file:///app/data/orders.csv", "type": 2 }]);
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": changes }));
    assert_eq!(client.told(INDEX_URI), ["2:14-2:19 error[unknown-column] query `orders` has no column `total`"]);
    client.end();
}

#[test]
fn apps_are_told_apart_by_their_settings() {
    let files = Files::of(&[
        ("/app/app.yaml", "state: { a: 1 }\n"),
        ("/app/inner/app.toml", "[state]\nb = 1\n"),
        ("/app/inner/index.yaml", ""),
        ("/elsewhere/page.yaml", ""),
    ]);
    let text = "body:\n  - text: \"{{ state.a }} {{ state.b }}\"\n";
    let mut client = Client::start(&files);
    let (a, b) = ("1:14-1:21 error[unknown-name] no state key `a`", "1:28-1:35 error[unknown-name] no state key `b`");
    for (uri, expected) in [
        ("file:///app/index.yaml", vec![b]),
        ("file:///app/inner/index.yaml", vec![a]),
        ("file:///elsewhere/page.yaml", vec![a, b]),
    ] {
        client.open(uri, text);
        assert_eq!(client.told(uri), expected, "{uri}");
    }
    // With settings of its own it is an app by itself.
    files.write("/elsewhere/app.yaml", "state: { a: 1, b: 2 }\n");
    let changes = json!([{ "uri": "file:///elsewhere/app.yaml", "type": 1 }]);
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": changes }));
    assert_eq!(client.told("file:///elsewhere/page.yaml"), Vec::<String>::new());
    client.end();
}

#[test]
fn files_that_belong_to_no_app_are_passed_over() {
    let mut client = Client::start(&files());
    client.open("untitled:Untitled-1", "body: [{ tabel: x }]\n");
    client.open("file:///app/README.md", "# A\n");
    client.open("file:///app/.appspec/secrets.toml", "[connections.shop]\npassword = \"x\"\n");
    client.open(INDEX_URI, INDEX);
    assert_eq!(client.told(INDEX_URI), Vec::<String>::new());
    assert!(client.told_by_now().is_empty());
    client.end();
}
