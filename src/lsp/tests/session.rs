//! How sessions begin and end, and that nothing else ends them.

use lsp_server::{ErrorCode, Notification, Request};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Client, Files};
use crate::Ended;

fn code(error: &lsp_server::ResponseError) -> i32 {
    error.code
}

#[test]
fn a_session_has_a_beginning_and_an_end() {
    let mut client = Client::raw(&Files::default());
    let early = client.request("textDocument/hover", json!({})).unwrap_err();
    assert_eq!(code(&early), ErrorCode::ServerNotInitialized as i32);
    let encodings = json!({ "general": { "positionEncodings": ["utf-32", "utf-8", "utf-16"] } });
    let result = client.request("initialize", json!({ "capabilities": encodings })).unwrap();
    assert_eq!(result["capabilities"]["positionEncoding"], "utf-8");
    assert_eq!(result["serverInfo"]["name"], "appspec");
    let again = client.request("initialize", json!({ "capabilities": {} })).unwrap_err();
    assert_eq!(code(&again), ErrorCode::InvalidRequest as i32);
    assert_eq!(client.request("shutdown", Value::Null).unwrap(), Value::Null);
    let late = client.request("textDocument/hover", json!({})).unwrap_err();
    assert_eq!(code(&late), ErrorCode::InvalidRequest as i32);
    client.notify("exit", Value::Null);
    assert_eq!(client.ended(), Ended::Properly);
}

#[test]
fn an_editor_that_only_goes_has_not_ended_the_session() {
    let client = Client::start(&Files::default());
    client.notify("exit", Value::Null);
    assert_eq!(client.ended(), Ended::Abruptly);
    assert_eq!(Client::start(&Files::default()).ended(), Ended::Abruptly);
    assert_eq!(Client::raw(&Files::default()).ended(), Ended::Abruptly);
}

#[test]
fn what_is_not_known_is_refused_or_passed_over() {
    let mut client = Client::start(&Files::default());
    let unknown = client.request("textDocument/unheardOf", json!({})).unwrap_err();
    assert_eq!(code(&unknown), ErrorCode::MethodNotFound as i32);
    client.notify("$/setTrace", json!({ "value": "verbose" }));
    client.notify("$/unheardOf", json!(7));
    client.notify("workspace/didChangeConfiguration", json!({ "settings": {} }));
    client.notify("textDocument/didOpen", json!({ "textDocument": 3 }));
    client.notify("$/cancelRequest", json!({ "id": 99 }));
    client.send(lsp_server::Response::new_ok(5.into(), Value::Null));
    assert_eq!(client.end(), Ended::Properly);
}

#[test]
fn the_client_is_asked_to_watch_files_if_it_can() {
    let watching = json!({ "workspace": { "didChangeWatchedFiles": { "dynamicRegistration": true } } });
    for (capabilities, asked) in [(watching, 1), (json!({}), 0)] {
        let mut client = Client::with(&Files::default(), &capabilities);
        client.told_by_now();
        let methods: Vec<&str> = client.requests.iter().map(|request| request.method.as_str()).collect();
        assert_eq!(methods, vec!["client/registerCapability"; asked]);
        client.end();
    }
}

/// Whatever an editor may send.
fn wild() -> impl Strategy<Value = Value> {
    let uri = prop::sample::select(vec!["file:///app/index.yaml", "file:///app/app.yaml", "untitled:x", "", "file://"]);
    let number = prop_oneof![0..9_i64, Just(-1), Just(i64::MAX)];
    let position =
        (number.clone(), number).prop_map(|(line, character)| json!({ "line": line, "character": character }));
    let range = (position.clone(), position.clone()).prop_map(|(start, end)| json!({ "start": start, "end": end }));
    let change = prop_oneof![
        ("[ -~\\n{}:ü]{0,12}", range.clone()).prop_map(|(text, range)| json!({ "text": text, "range": range })),
        "[ -~\\n{}:ü]{0,30}".prop_map(|text| json!({ "text": text })),
        Just(json!(null)),
    ];
    let changes = prop::collection::vec(change, 0..3);
    (uri, position, range, changes, "[a-z_ ]{0,8}").prop_map(|(uri, position, range, changes, name)| {
        json!({
            "textDocument": { "uri": uri, "version": 2, "languageId": "yaml", "text": "state: { a: 1 }\nbody: []\n" },
            "position": position,
            "range": range,
            "contentChanges": changes,
            "context": { "includeDeclaration": true, "diagnostics": [] },
            "newName": name,
            "options": { "tabSize": 2, "insertSpaces": true },
            "changes": [{ "uri": uri, "type": 2 }],
            "event": { "added": [{ "uri": uri, "name": "x" }], "removed": [] },
        })
    })
}

const METHODS: &[&str] = &[
    "textDocument/didOpen",
    "textDocument/didChange",
    "textDocument/didChange",
    "textDocument/didClose",
    "textDocument/didSave",
    "workspace/didChangeWatchedFiles",
    "workspace/didChangeWorkspaceFolders",
    "textDocument/completion",
    "textDocument/hover",
    "textDocument/definition",
    "textDocument/references",
    "textDocument/documentHighlight",
    "textDocument/prepareRename",
    "textDocument/rename",
    "textDocument/documentSymbol",
    "textDocument/codeAction",
    "textDocument/formatting",
    "initialized",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_is_sent_ends_a_session(
        messages in prop::collection::vec((prop::sample::select(METHODS), any::<bool>(), wild()), 0..24),
    ) {
        let files = Files::of(&[("/app/app.yaml", "title: A\n"), ("/app/index.yaml", "body:\n  - text: \"{{ x }}\"\n")]);
        let client = Client::start(&files);
        let mut asked = 0;
        for (method, is_request, params) in messages {
            let method = method.to_owned();
            if is_request {
                client.send(Request { id: (100 + asked).into(), method, params });
                asked += 1;
            } else {
                client.send(Notification { method, params });
            }
        }
        client.send(Request { id: 1.into(), method: "shutdown".to_owned(), params: Value::Null });
        client.notify("exit", Value::Null);
        prop_assert_eq!(client.ended(), Ended::Properly);
    }
}
