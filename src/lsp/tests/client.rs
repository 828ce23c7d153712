//! The other side of a session.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use appspec_lang::source::{Entry, MemoryWorld, World};
use appspec_lang::spec::{QueryKey, Schemas, Spec};
use appspec_lang::value::{Column, Type};
use lsp_server::{Connection, Message, Notification, Request, Response, ResponseError};
use serde_json::{Value, json};

use crate::{Describe, Ended, Server};

/// Long enough for any machine; nothing waits for it to pass.
const PATIENCE: Duration = Duration::from_mins(1);

/// A disk that changes while a session goes on, and the columns of its queries.
#[derive(Clone, Default)]
pub(super) struct Files {
    world: Arc<Mutex<MemoryWorld>>,
    pub(super) columns: Arc<Mutex<BTreeMap<QueryKey, Vec<&'static str>>>>,
    /// The pages whose queries were asked for, each time.
    pub(super) asked: Arc<Mutex<Vec<Vec<String>>>>,
}

impl Files {
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        let all = Self::default();
        for (path, text) in files {
            all.write(path, text);
        }
        all
    }

    pub(super) fn write(&self, path: &str, text: &str) {
        self.world.lock().unwrap().files.insert(path.into(), text.to_owned());
    }

    pub(super) fn remove(&self, path: &str) {
        self.world.lock().unwrap().files.remove(Path::new(path));
    }

    fn describe(&self) -> Describe {
        let files = self.clone();
        Arc::new(move |_: &Path, spec: &Spec| {
            let asked = spec.pages.iter().map(|page| page.path.clone()).collect();
            files.asked.lock().unwrap().push(asked);
            let columns = files.columns.lock().unwrap();
            let column = |name: &&str| Column { name: (*name).into(), ty: Type::Int };
            let known = columns.iter().map(|(key, names)| (key.clone(), Ok(names.iter().map(column).collect())));
            Schemas { queries: known.collect(), ..Schemas::default() }
        })
    }
}

impl World for Files {
    fn read(&self, path: &Path) -> io::Result<String> {
        self.world.lock().unwrap().read(path)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<Entry>> {
        self.world.lock().unwrap().list(folder)
    }

    fn env(&self, _: &str) -> Option<String> {
        None
    }

    fn env_names(&self) -> Vec<String> {
        Vec::new()
    }
}

pub(super) struct Client {
    pub(super) connection: Connection,
    server: JoinHandle<Ended>,
    next: i32,
    versions: BTreeMap<String, i32>,
    /// What was told and not yet looked at.
    told: Vec<Value>,
    /// What the server has asked for.
    pub(super) requests: Vec<Request>,
}

impl Client {
    /// A session that has not begun.
    pub(super) fn raw(files: &Files) -> Self {
        let (ours, theirs) = Connection::memory();
        let (world, describe) = (Arc::new(files.clone()), files.describe());
        let server = std::thread::spawn(move || Server::new(theirs, world, describe).run());
        Self { connection: ours, server, next: 0, versions: BTreeMap::new(), told: Vec::new(), requests: Vec::new() }
    }

    /// A session in the workspace `/app`, with these capabilities.
    pub(super) fn with(files: &Files, capabilities: &Value) -> Self {
        let mut client = Self::raw(files);
        let folders = json!([{ "uri": "file:///app", "name": "app" }]);
        let params =
            json!({ "processId": null, "rootUri": null, "capabilities": capabilities, "workspaceFolders": folders });
        client.request("initialize", params).unwrap();
        client.notify("initialized", json!({}));
        client
    }

    pub(super) fn start(files: &Files) -> Self {
        Self::with(files, &json!({}))
    }

    pub(super) fn send(&self, message: impl Into<Message>) {
        self.connection.sender.send(message.into()).unwrap();
    }

    pub(super) fn notify(&self, method: &str, params: Value) {
        self.send(Notification { method: method.to_owned(), params });
    }

    pub(super) fn request(&mut self, method: &str, params: Value) -> Result<Value, ResponseError> {
        self.next += 1;
        let id = self.next.into();
        self.send(Request { id, method: method.to_owned(), params });
        loop {
            if let Some(response) = self.receive() {
                assert_eq!(response.id, self.next.into(), "answers come in the order of questions");
                return response.response_result;
            }
        }
    }

    /// Takes a message; what is no answer is kept.
    pub(super) fn receive(&mut self) -> Option<Response> {
        match self.connection.receiver.recv_timeout(PATIENCE).expect("the server says something") {
            Message::Response(response) => return Some(response),
            Message::Notification(notification) => {
                assert_eq!(notification.method, "textDocument/publishDiagnostics");
                self.told.push(notification.params);
            }
            Message::Request(request) => self.requests.push(request),
        }
        None
    }

    pub(super) fn open(&mut self, uri: &str, text: &str) {
        self.versions.insert(uri.to_owned(), 1);
        let document = json!({ "uri": uri, "languageId": "yaml", "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }));
    }

    /// Sends changes as the protocol has them.
    pub(super) fn change(&mut self, uri: &str, changes: &Value) {
        let version = self.versions.get_mut(uri).unwrap();
        *version += 1;
        let document = json!({ "uri": uri, "version": version });
        self.notify("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
    }

    /// Replaces all of the text.
    pub(super) fn rewrite(&mut self, uri: &str, text: &str) {
        self.change(uri, &json!([{ "text": text }]));
    }

    pub(super) fn close(&mut self, uri: &str) {
        self.versions.remove(uri);
        self.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    }

    /// Waits until something is told of a file, of its newest version if it is open, and gives it as lines.
    pub(super) fn told(&mut self, uri: &str) -> Vec<String> {
        loop {
            let wanted = self.versions.get(uri).copied();
            let is_meant = |told: &Value| {
                told["uri"] == uri && wanted.is_none_or(|version| told["version"].as_i64() == Some(version.into()))
            };
            if let Some(found) = self.told.iter().position(is_meant) {
                let told = self.told.remove(found);
                self.told.retain(|told| told["uri"] != uri);
                return told["diagnostics"].as_array().unwrap().iter().map(line).collect();
            }
            assert!(self.receive().is_none(), "nobody has asked");
        }
    }

    /// What is told, as the protocol has it.
    pub(super) fn told_in_full(&mut self, uri: &str) -> Value {
        loop {
            if let Some(found) = self.told.iter().position(|told| told["uri"] == uri) {
                return self.told.remove(found);
            }
            assert!(self.receive().is_none(), "nobody has asked");
        }
    }

    /// All that was told up to now and not looked at: an answer is waited for, which comes after it.
    pub(super) fn told_by_now(&mut self) -> Vec<Value> {
        self.request("appspec/nothing", Value::Null).unwrap_err();
        std::mem::take(&mut self.told)
    }

    /// Ends the session as it should be.
    pub(super) fn end(mut self) -> Ended {
        assert_eq!(self.request("shutdown", Value::Null).unwrap(), Value::Null);
        self.notify("exit", Value::Null);
        self.server.join().expect("the server does not panic")
    }

    /// How the session has ended.
    pub(super) fn ended(self) -> Ended {
        drop(self.connection);
        self.server.join().expect("the server does not panic")
    }
}

/// `1:6-1:12 error[unknown-name] no state key`: with positions as the protocol counts them.
fn line(diagnostic: &Value) -> String {
    let place = |end: &str| format!("{}:{}", diagnostic["range"][end]["line"], diagnostic["range"][end]["character"]);
    let severity = if diagnostic["severity"] == 1 { "error" } else { "warning" };
    let (code, message) = (diagnostic["code"].as_str().unwrap(), diagnostic["message"].as_str().unwrap());
    let first = message.lines().next().unwrap();
    format!("{}-{} {severity}[{code}] {first}", place("start"), place("end"))
}

/// A position.
pub(super) fn at(line: u32, character: u32) -> Value {
    json!({ "line": line, "character": character })
}
