//! Answers, in the words of the protocol; what they are in themselves is tested where they are found.

use serde_json::{Value, json};

use super::{Client, Files, at};

const APP: &str = "file:///app/app.yaml";
const PAGE: &str = "file:///app/%5Bid%5D.yaml";
const TEXT: &str =
    "title: \"\u{1d11e}\"\r\nbody:\r\n  - text: \"\u{1d11e} {{ state.region }}\"\r\n  - select: region\r\n";

fn client() -> Client {
    let files = Files::of(&[("/app/app.yaml", "state:\n  region: EMEA\n"), ("/app/[id].yaml", TEXT)]);
    let mut client = Client::start(&files);
    client.open(PAGE, TEXT);
    client
}

/// Asks about the place in the page where the state key is read, or another.
fn ask(client: &mut Client, method: &str, position: &Value, more: &Value) -> Value {
    let mut params = json!({ "textDocument": { "uri": PAGE }, "position": position });
    params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    client.request(method, params).unwrap()
}

fn range(line: u32, start: u32, end: u32) -> Value {
    json!({ "start": at(line, start), "end": at(line, end) })
}

#[test]
fn a_name_leads_to_its_places() {
    let mut client = client();
    let key = at(2, 25);
    let declared = ask(&mut client, "textDocument/definition", &key, &json!({}));
    assert_eq!(declared, json!({ "uri": APP, "range": range(1, 2, 8) }));
    let places = |found: &Value| -> Vec<String> {
        let place = |found: &Value| format!("{} {}", found["uri"].as_str().unwrap(), found["range"]["start"]);
        found.as_array().unwrap().iter().map(place).collect()
    };
    let here = [format!("{PAGE} {}", at(2, 23)), format!("{PAGE} {}", at(3, 12))];
    let all = ask(&mut client, "textDocument/references", &key, &json!({ "context": { "includeDeclaration": true } }));
    assert_eq!(places(&all), [here.to_vec(), vec![format!("{APP} {}", at(1, 2))]].concat());
    let used =
        ask(&mut client, "textDocument/references", &key, &json!({ "context": { "includeDeclaration": false } }));
    assert_eq!(places(&used), here);
    let highlights = ask(&mut client, "textDocument/documentHighlight", &key, &json!({}));
    assert_eq!(highlights, json!([{ "range": range(2, 23, 29) }, { "range": range(3, 12, 18) }]));
    client.end();
}

#[test]
fn a_name_is_changed_everywhere_or_not_at_all() {
    let mut client = client();
    let key = at(3, 18);
    let prepared = ask(&mut client, "textDocument/prepareRename", &key, &json!({}));
    assert_eq!(prepared, json!({ "range": range(3, 12, 18), "placeholder": "region" }));
    let edit = ask(&mut client, "textDocument/rename", &key, &json!({ "newName": "place" }));
    let new = |range: Value| json!({ "range": range, "newText": "place" });
    assert_eq!(edit["changes"][APP], json!([new(range(1, 2, 8))]));
    assert_eq!(edit["changes"][PAGE], json!([new(range(2, 23, 29)), new(range(3, 12, 18))]));
    let mut refused = |position: Value, name: &str| {
        let params = json!({ "textDocument": { "uri": PAGE }, "position": position, "newName": name });
        client.request("textDocument/rename", params).unwrap_err().message
    };
    assert_eq!(
        refused(key, "My name"),
        "`My name` cannot name a state key: a name is `[a-z_][a-z0-9_]*`; `my_name` would do"
    );
    assert!(refused(at(0, 1), "x").starts_with("only state keys"));
    assert_eq!(ask(&mut client, "textDocument/prepareRename", &at(0, 1), &json!({})), Value::Null);
    client.end();
}

#[test]
fn a_place_is_explained_and_completed() {
    let mut client = client();
    let hover = ask(&mut client, "textDocument/hover", &at(2, 25), &json!({}));
    assert_eq!(hover["range"], range(2, 23, 29));
    assert_eq!(hover["contents"]["kind"], "markdown");
    assert!(hover["contents"]["value"].as_str().unwrap().contains("state key region: text"), "{hover}");
    let found = ask(&mut client, "textDocument/completion", &at(2, 26), &json!({}));
    let first = &found["items"][0];
    assert_eq!((&first["label"], &first["detail"]), (&json!("region"), &json!("text")));
    assert_eq!(first["textEdit"], json!({ "range": range(2, 23, 29), "newText": "region" }));
    client.rewrite(PAGE, &TEXT.replace("region }}\"", ""));
    let found = ask(&mut client, "textDocument/completion", &at(2, 23), &json!({}));
    assert_eq!(found["items"][0]["label"], "region", "also while the quote is open");
    client.end();
}

#[test]
fn a_file_is_shown_as_a_tree() {
    let mut client = client();
    let tree = client.request("textDocument/documentSymbol", json!({ "textDocument": { "uri": PAGE } })).unwrap();
    assert_eq!(tree[0]["name"], "title");
    assert_eq!(tree[1]["name"], "body");
    assert_eq!(tree[1]["children"][1]["name"], "region");
    assert_eq!(tree[1]["children"][1]["detail"], "select");
    assert_eq!(tree[1]["children"][1]["selectionRange"], range(3, 4, 10));
    client.end();
}

#[test]
fn a_file_is_laid_out_anew() {
    let mut client = client();
    let format = |client: &mut Client| {
        let params = json!({ "textDocument": { "uri": PAGE }, "options": { "tabSize": 2, "insertSpaces": true } });
        client.request("textDocument/formatting", params).unwrap()
    };
    client.rewrite(PAGE, "title: A\nbody:\n- text: \"ü\"\n");
    let edits = format(&mut client);
    let new = "  - text: \"ü\"\n";
    assert_eq!(edits, json!([{ "range": { "start": at(2, 0), "end": at(3, 0) }, "newText": new }]));
    client.rewrite(PAGE, &format!("title: A\nbody:\n{new}"));
    assert_eq!(format(&mut client), json!([]), "it has the form already");
    client.rewrite(PAGE, "title: \"A\n");
    assert_eq!(format(&mut client), Value::Null, "it cannot be read");
    client.end();
}

#[test]
fn of_a_file_of_no_app_nothing_is_known() {
    let mut client = client();
    for method in ["hover", "completion", "definition", "documentSymbol", "codeAction", "prepareRename"] {
        let mut params =
            json!({ "textDocument": { "uri": "untitled:x" }, "position": at(0, 0), "range": range(0, 0, 0) });
        if method == "codeAction" {
            params["context"] = json!({ "diagnostics": [] });
        }
        assert_eq!(client.request(&format!("textDocument/{method}"), params).unwrap(), Value::Null, "{method}");
    }
    client.end();
}
