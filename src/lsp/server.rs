//! A session with an editor, from its first message to its last.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use appspec_lang::diagnostic::Diagnostic;
use appspec_lang::source::{FileId, World};
use gen_lsp_types as lsp;
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::apps::Apps;
use crate::convert::{self, Places};
use crate::documents::Document;
use crate::inbox::{Event, Inbox};
use crate::outside::Describe;
use crate::paths;
use crate::request::{Session, refuse};
use crate::text::{self, Encoding};

/// Files whose change may change what is wrong: specs, what they name, and what columns are known from.
const WATCHED: &str = "**/*.{yaml,yml,toml,sql,lock,csv,tsv,json,ndjson,parquet,db,sqlite,sqlite3,gz,zst}";

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The editor has said that it shuts down, then that it exits.
    Properly,
    /// It exited without a word, or is gone.
    Abruptly,
}

/// Where a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    New,
    Running,
    ShutDown,
}

/// A language server with one client.
pub struct Server {
    connection: Connection,
    world: Arc<dyn World>,
    describe: Describe,
    apps: Apps,
    phase: Phase,
    encoding: Encoding,
    /// Whether the client watches files for whoever asks it to.
    watches: bool,
}

/// Serves one editor over standard input and output, until it goes.
pub fn stdio(world: Arc<dyn World>, describe: Describe) -> io::Result<Ended> {
    let (connection, threads) = Connection::stdio();
    let ended = Server::new(connection, world, describe).run();
    if ended == Ended::Properly {
        threads.join()?;
    }
    Ok(ended)
}

impl Server {
    pub fn new(connection: Connection, world: Arc<dyn World>, describe: Describe) -> Self {
        let apps = Apps::new(Arc::clone(&world), Vec::new());
        Self { connection, world, describe, apps, phase: Phase::New, encoding: Encoding::default(), watches: false }
    }

    /// Takes messages until the editor goes; between them it checks what is left to check, page by page.
    pub fn run(mut self) -> Ended {
        let mut inbox = Inbox::new(self.connection.receiver.clone());
        loop {
            let sender = self.connection.sender.clone();
            // That the editor is gone, the inbox says in its turn.
            let answer = |response: Response| drop(sender.send(response.into()));
            match inbox.try_next(answer) {
                Some(Event::Closed) => return Ended::Abruptly,
                Some(Event::Described(described)) => {
                    if let Some(app) = self.apps.get_mut(&described.root.clone()) {
                        app.learn(described);
                    }
                }
                Some(Event::Message(message)) => {
                    if let Some(ended) = self.take(message) {
                        return ended;
                    }
                }
                None if self.work(&inbox) => {}
                None => inbox.wait(answer),
            }
        }
    }

    fn take(&mut self, message: Message) -> Option<Ended> {
        match message {
            Message::Request(request) => self.answer(request),
            Message::Notification(notification) if notification.method == "exit" => {
                let is_proper = self.phase == Phase::ShutDown;
                return Some(if is_proper { Ended::Properly } else { Ended::Abruptly });
            }
            Message::Notification(notification) if self.phase == Phase::Running => self.notice(notification),
            // Nothing is to be done before the session begins or after it ends, nor with answers: to what is asked here,
            // they say nothing of use.
            Message::Notification(_) | Message::Response(_) => {}
        }
        None
    }

    fn answer(&mut self, request: Request) {
        let id = request.id.clone();
        let refused = |code, message: &str| Response { id: id.clone(), response_result: Err(refuse(code, message)) };
        let response = match (self.phase, request.method.as_str()) {
            (Phase::New, "initialize") => {
                let result = self.begin(&request.params);
                Response::new_ok(request.id, result)
            }
            (Phase::New, _) => refused(ErrorCode::ServerNotInitialized, "the session has not begun"),
            (Phase::ShutDown, _) => refused(ErrorCode::InvalidRequest, "the session is shut down"),
            (Phase::Running, "initialize") => refused(ErrorCode::InvalidRequest, "the session has begun already"),
            (Phase::Running, "shutdown") => {
                self.phase = Phase::ShutDown;
                Response::new_ok(request.id, Value::Null)
            }
            (Phase::Running, _) => {
                let mut session = Session { apps: &mut self.apps, encoding: self.encoding };
                // A bug in one answer ends neither the session nor the answers to come.
                let answered = catch_unwind(AssertUnwindSafe(|| session.answer(request)));
                answered.unwrap_or_else(|_| refused(ErrorCode::InternalError, "a fault of appspec: see its log"))
            }
        };
        self.send(response);
    }

    /// Learns what the client can do, and says what is done here.
    fn begin(&mut self, params: &Value) -> Value {
        let texts = |value: Option<&Value>| -> Vec<String> {
            let all = value.and_then(Value::as_array).into_iter().flatten();
            all.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let offered = texts(params.pointer("/capabilities/general/positionEncodings"));
        self.encoding = Encoding::negotiate(offered.iter().map(String::as_str));
        let watching = "/capabilities/workspace/didChangeWatchedFiles/dynamicRegistration";
        self.watches = params.pointer(watching).and_then(Value::as_bool).unwrap_or(false);
        let folders = params.get("workspaceFolders").and_then(Value::as_array).into_iter().flatten();
        let folders = folders.filter_map(|folder| folder.get("uri")).chain(params.get("rootUri"));
        let mut folders: Vec<PathBuf> = folders.filter_map(|uri| paths::path_of(uri.as_str()?)).collect();
        folders.dedup();
        self.apps = Apps::new(Arc::clone(&self.world), folders);
        self.phase = Phase::Running;
        let result = lsp::InitializeResult {
            capabilities: capabilities(self.encoding),
            server_info: Some(lsp::ServerInfo {
                name: "appspec".to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
        };
        value(result)
    }

    fn notice(&mut self, notification: Notification) {
        let Notification { method, params } = notification;
        match method.as_str() {
            "initialized" => self.watch(),
            "textDocument/didOpen" => parsed(params, |params| self.opened(params)),
            "textDocument/didChange" => parsed(params, |params| self.changed(params)),
            "textDocument/didClose" => parsed(params, |params: lsp::DidCloseTextDocumentParams| {
                if let Some(path) = paths::path_of(&params.text_document.uri.0) {
                    self.apps.close(&path);
                }
            }),
            "workspace/didChangeWatchedFiles" => parsed(params, |params: lsp::DidChangeWatchedFilesParams| {
                let paths = params.changes.iter().filter_map(|change| paths::path_of(&change.uri.0));
                self.apps.changed_on_disk(&paths.collect::<Vec<_>>());
            }),
            // Those who do not watch files say at least what they have written themselves.
            "textDocument/didSave" => parsed(params, |params: lsp::DidSaveTextDocumentParams| {
                let path = paths::path_of(&params.text_document.uri.0).filter(|_| !self.watches);
                self.apps.changed_on_disk(&path.into_iter().collect::<Vec<_>>());
            }),
            "workspace/didChangeWorkspaceFolders" => parsed(params, |params: lsp::DidChangeWorkspaceFoldersParams| {
                let paths = |folders: &[lsp::WorkspaceFolder]| -> Vec<PathBuf> {
                    folders.iter().filter_map(|folder| paths::path_of(&folder.uri.0)).collect()
                };
                self.apps.change_folders(paths(&params.event.added), &paths(&params.event.removed));
            }),
            _ => {}
        }
    }

    fn opened(&mut self, params: lsp::DidOpenTextDocumentParams) {
        let lsp::TextDocumentItem { uri, version, text, .. } = params.text_document;
        let Some(path) = paths::path_of(&uri.0) else { return };
        self.apps.open(&path, Document { uri: uri.0, version, text: text.into() });
    }

    fn changed(&mut self, params: lsp::DidChangeTextDocumentParams) {
        let document = params.text_document;
        let Some(path) = paths::path_of(&document.text_document_identifier.uri.0) else { return };
        let Some(text) = self.apps.documents.get(&path).map(|document| Arc::clone(&document.text)) else { return };
        let text = params.content_changes.into_iter().fold(text, |text, change| match change {
            lsp::TextDocumentContentChangeEvent::TextDocumentContentChangePartial(part) => {
                text::replaced(&text, part.range, &part.text, self.encoding).into()
            }
            lsp::TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(whole) => whole.text.into(),
        });
        self.apps.change(&path, document.version, &text);
    }

    /// Asks the client to say when a file changes.
    fn watch(&mut self) {
        if !self.watches {
            return;
        }
        let options = json!({ "watchers": [{ "globPattern": WATCHED }] });
        let registration = lsp::Registration {
            id: "files".to_owned(),
            method: "workspace/didChangeWatchedFiles".to_owned(),
            register_options: serde_json::from_value(options).ok(),
        };
        let params = lsp::RegistrationParams { registrations: vec![registration] };
        self.send(Request::new("files".to_owned().into(), "client/registerCapability".to_owned(), value(params)));
    }

    /// Does a small piece of what is left to do; false if nothing is.
    fn work(&mut self, inbox: &Inbox) -> bool {
        for path in self.apps.take_orphans() {
            self.publish(&path, None, Vec::new());
        }
        let mut told = Vec::new();
        let mut is_busy = false;
        for app in self.apps.iter_mut() {
            let answers = inbox.sender().clone();
            // With the session over, nobody wants to know.
            app.ask(&self.describe, move |described| drop(answers.send(Event::Described(described))));
            if app.is_settled() {
                continue;
            }
            is_busy = true;
            if let Some(findings) = app.work() {
                told.push((app.root.clone(), findings));
            }
        }
        for (root, findings) in told {
            self.tell(&root, findings);
        }
        is_busy
    }

    fn tell(&mut self, root: &Path, findings: Vec<(PathBuf, FileId, Vec<Diagnostic>)>) {
        for (path, file, found) in findings {
            let Some(app) = self.apps.get(root) else { return };
            let found = if found.is_empty() {
                Vec::new()
            } else {
                let places = Places { app, documents: &self.apps.documents, encoding: self.encoding };
                let lines = places.lines(file);
                found.iter().map(|found| places.diagnostic(found, &lines)).collect()
            };
            let version = self.apps.documents.get(&path).map(|document| document.version);
            self.publish(&path, version, found);
        }
    }

    fn publish(&self, path: &Path, version: Option<i32>, diagnostics: Vec<lsp::Diagnostic>) {
        let Some(uri) = convert::uri(path, &self.apps.documents) else { return };
        let params = lsp::PublishDiagnosticsParams { uri, version, diagnostics };
        self.send(Notification::new("textDocument/publishDiagnostics".to_owned(), value(params)));
    }

    /// Sends a message; if the editor is gone, the inbox says so.
    fn send(&self, message: impl Into<Message>) {
        let _is_heard = self.connection.sender.send(message.into());
    }
}

fn capabilities(encoding: Encoding) -> lsp::ServerCapabilities {
    lsp::ServerCapabilities {
        position_encoding: Some(encoding.kind()),
        text_document_sync: Some(lsp::TextDocumentSync::Options(lsp::TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(lsp::TextDocumentSyncKind::Incremental),
            save: Some(lsp::Save::Bool(true)),
            ..lsp::TextDocumentSyncOptions::default()
        })),
        code_action_provider: Some(lsp::CodeActionProvider::CodeActionOptions(lsp::CodeActionOptions {
            code_action_kinds: Some(vec![lsp::CodeActionKind::QuickFix, lsp::CodeActionKind::SourceFixAll]),
            ..lsp::CodeActionOptions::default()
        })),
        completion_provider: Some(lsp::CompletionOptions {
            trigger_characters: Some([".", "|", "{", " ", ":", "\"", "/"].map(str::to_owned).to_vec()),
            ..lsp::CompletionOptions::default()
        }),
        document_formatting_provider: Some(lsp::DocumentFormattingProvider::Bool(true)),
        hover_provider: Some(lsp::HoverProvider::Bool(true)),
        definition_provider: Some(lsp::DefinitionProvider::Bool(true)),
        references_provider: Some(lsp::ReferencesProvider::Bool(true)),
        document_highlight_provider: Some(lsp::DocumentHighlightProvider::Bool(true)),
        document_symbol_provider: Some(lsp::DocumentSymbolProvider::Bool(true)),
        rename_provider: Some(lsp::RenameProvider::RenameOptions(lsp::RenameOptions {
            prepare_provider: Some(true),
            ..lsp::RenameOptions::default()
        })),
        workspace: Some(lsp::WorkspaceOptions {
            workspace_folders: Some(lsp::WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(lsp::ChangeNotifications::Bool(true)),
            }),
            ..lsp::WorkspaceOptions::default()
        }),
        ..lsp::ServerCapabilities::default()
    }
}

/// Hands over parameters of the form that is expected; others are passed over, as the protocol asks.
fn parsed<T: DeserializeOwned>(params: Value, take: impl FnOnce(T)) {
    match serde_json::from_value(params) {
        Ok(params) => take(params),
        Err(error) => tracing::warn!(%error, "a notification cannot be read"),
    }
}

pub(crate) fn value(answer: impl Serialize) -> Value {
    serde_json::to_value(answer).unwrap_or_default()
}
