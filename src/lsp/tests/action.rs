//! Fixes, as code actions.

use serde_json::{Value, json};

use super::{Client, Files, at};

const URI: &str = "file:///app/index.yaml";
const TEXT: &str = "state: { a: 1, b: no }\nbody:\n  - text: {{ state.a }}\n  - metric: A\n    value: a\n";

fn actions(client: &mut Client, range: &Value, only: Option<&str>) -> Value {
    let context = json!({ "diagnostics": [], "only": only.map(|kind| [kind]) });
    let params = json!({ "textDocument": { "uri": URI }, "range": range, "context": context });
    client.request("textDocument/codeAction", params).unwrap()
}

#[test]
fn a_fix_is_offered_where_it_is_wrong() {
    let mut client = Client::start(&Files::of(&[]));
    client.open(URI, TEXT);
    let (here, elsewhere) =
        (json!({ "start": at(4, 12), "end": at(4, 12) }), json!({ "start": at(1, 0), "end": at(1, 2) }));
    let offered = actions(&mut client, &here, Some("quickfix"));
    assert_eq!(offered.as_array().unwrap().len(), 1, "{offered}");
    assert_eq!(offered[0]["title"], "write `state.a`");
    assert_eq!(offered[0]["kind"], "quickfix");
    assert_eq!(offered[0]["isPreferred"], true);
    assert_eq!(offered[0]["diagnostics"][0]["code"], "unknown-name");
    let edit = &offered[0]["edit"]["changes"][URI][0];
    assert_eq!(*edit, json!({ "range": { "start": at(4, 11), "end": at(4, 12) }, "newText": "state.a" }));
    assert_eq!(actions(&mut client, &elsewhere, Some("quickfix")), json!([]));
    assert_eq!(actions(&mut client, &here, Some("refactor")), json!([]));
    client.end();
}

#[test]
fn all_safe_fixes_of_a_file_are_one_action() {
    let mut client = Client::start(&Files::of(&[]));
    client.open(URI, TEXT);
    let nowhere = json!({ "start": at(0, 0), "end": at(0, 0) });
    let offered = actions(&mut client, &nowhere, Some("source"));
    assert_eq!(offered[0]["kind"], "source.fixAll");
    let edits = offered[0]["edit"]["changes"][URI].as_array().unwrap();
    let texts: Vec<&str> = edits.iter().map(|edit| edit["newText"].as_str().unwrap()).collect();
    assert_eq!(texts, ["\"no\"", "\"{{ state.a }}\"", "state.a"]);
    client.rewrite(URI, "body: []\n");
    assert_eq!(actions(&mut client, &nowhere, None), json!([]));
    client.end();
}
