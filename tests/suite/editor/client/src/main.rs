//! A session of an editor with `appspec lsp` over pipes, on a copy of the demo app: `client PROGRAM FOLDER`.
//!
//! What it sends and reads is serialized by a library that has nothing to do with that of the server, so the two agree on
//! the protocol and not only on each other.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_lsp::router::Router;
use async_lsp::{Error, LanguageClient, LanguageServer, MainLoop, ResponseError, ServerSocket};
use async_process::{Command, Stdio};
use futures::StreamExt;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures::future::{Either, select};
use lsp_types::*;

/// Longer than anything takes, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(120);

/// What is typed into a new page.
const TEXT: &str = "\
state: { tpo: 10 }
body:
  - slider: tpo
    min: 0
    max: 20
  - text: \"At {{ state.top }}\"
";

/// Keeps what the server tells.
struct Screen(UnboundedSender<PublishDiagnosticsParams>);

impl LanguageClient for Screen {
    type Error = ResponseError;
    type NotifyResult = ControlFlow<async_lsp::Result<()>>;

    fn publish_diagnostics(&mut self, told: PublishDiagnosticsParams) -> Self::NotifyResult {
        let _ = self.0.unbounded_send(told);
        ControlFlow::Continue(())
    }
}

fn main() {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (program, folder) = (arguments.next().expect("PROGRAM"), arguments.next().expect("FOLDER"));
    let session = Box::pin(session(&program, &folder));
    let late = Box::pin(async_io::Timer::after(PATIENCE));
    match futures::executor::block_on(select(session, late)) {
        Either::Left(((), _)) => {}
        Either::Right(_) => panic!("the server does not answer"),
    }
}

async fn session(program: &Path, folder: &Path) {
    let (sender, told) = unbounded();
    let (mainloop, server) = MainLoop::new_client(|_| Router::from_language_client(Screen(sender)));
    let mut child = Command::new(program)
        .args(["lsp", "--stdio"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let (output, input) = (child.stdout.take().unwrap(), child.stdin.take().unwrap());
    // The server ends the loop by ending; this end of it must live as long.
    let (ended, ()) = futures::join!(mainloop.run_buffered(output, input), play(server.clone(), told, folder));
    drop(server);
    assert!(matches!(ended, Ok(()) | Err(Error::Eof)), "{ended:?}");
    assert!(child.status().await.unwrap().success(), "a session that is shut down ends well");
}

/// One file that is open.
struct File {
    server: ServerSocket,
    told: UnboundedReceiver<PublishDiagnosticsParams>,
    uri: Url,
    version: i32,
}

async fn play(mut server: ServerSocket, told: UnboundedReceiver<PublishDiagnosticsParams>, folder: &Path) {
    let root = WorkspaceFolder { uri: Url::from_file_path(folder).unwrap(), name: "demo".to_owned() };
    let asked = InitializeParams { workspace_folders: Some(vec![root]), ..InitializeParams::default() };
    let begun = server.initialize(asked).await.unwrap();
    assert_eq!(begun.capabilities.position_encoding, Some(PositionEncodingKind::UTF16));
    server.initialized(InitializedParams {}).unwrap();
    let uri = Url::from_file_path(folder.join("typed.yaml")).unwrap();
    let mut file = File { server, told, uri, version: 0 };
    file.open(TEXT).await;
    file.correct().await;
    file.ask().await;
    file.server.shutdown(()).await.unwrap();
    file.server.exit(()).unwrap();
}

impl File {
    /// Opens the file, and waits until its mistake is told.
    async fn open(&mut self, text: &str) {
        let text_document = TextDocumentItem::new(self.uri.clone(), "yaml".to_owned(), 0, text.to_owned());
        self.server.did_open(DidOpenTextDocumentParams { text_document }).unwrap();
        let found = self.diagnostics().await;
        let [found] = found.as_slice() else { panic!("one mistake was typed: {found:#?}") };
        assert_eq!(found.range, Range::new(Position::new(5, 17), Position::new(5, 26)));
        assert_eq!(found.severity, Some(DiagnosticSeverity::ERROR));
        assert_eq!(found.code, Some(NumberOrString::String("unknown-name".to_owned())));
        assert!(found.message.contains("did you mean `tpo`?"), "{}", found.message);
    }

    /// Corrects the mistake, a change at a time.
    async fn correct(&mut self) {
        let edits = self.server.rename(RenameParams {
            text_document_position: self.at(2, 13),
            new_name: "top".to_owned(),
            work_done_progress_params: WorkDoneProgressParams::default(),
        });
        let changes = edits.await.unwrap().unwrap().changes.unwrap();
        let edits = &changes[&self.uri];
        assert_eq!(edits.len(), 2, "{edits:?}");
        self.version += 1;
        let change = |edit: &TextEdit| TextDocumentContentChangeEvent {
            range: Some(edit.range),
            range_length: None,
            text: edit.new_text.clone(),
        };
        let changed = DidChangeTextDocumentParams {
            text_document: VersionedTextDocumentIdentifier::new(self.uri.clone(), self.version),
            content_changes: edits.iter().map(change).collect(),
        };
        self.server.did_change(changed).unwrap();
        let found = self.diagnostics().await;
        assert!(found.is_empty(), "{found:#?}");
    }

    /// Asks all that can be asked.
    async fn ask(&mut self) {
        let (key, read) = (self.at(0, 10), self.at(5, 25));
        let work_done_progress_params = WorkDoneProgressParams::default();
        let partial_result_params = PartialResultParams::default();
        let asked = CompletionParams {
            text_document_position: read.clone(),
            work_done_progress_params: work_done_progress_params.clone(),
            partial_result_params: partial_result_params.clone(),
            context: None,
        };
        let CompletionResponse::List(offered) = self.server.completion(asked).await.unwrap().unwrap() else {
            panic!("a list was sent")
        };
        assert!(offered.items.iter().any(|item| item.label == "top" && item.detail.as_deref() == Some("int")));
        let asked = HoverParams {
            text_document_position_params: read.clone(),
            work_done_progress_params: work_done_progress_params.clone(),
        };
        let HoverContents::Markup(said) = self.server.hover(asked).await.unwrap().unwrap().contents else {
            panic!("Markdown was sent")
        };
        assert!(said.value.contains("state key top: int"), "{}", said.value);
        let asked = GotoDefinitionParams {
            text_document_position_params: read,
            work_done_progress_params: work_done_progress_params.clone(),
            partial_result_params: partial_result_params.clone(),
        };
        let Some(GotoDefinitionResponse::Scalar(place)) = self.server.definition(asked).await.unwrap() else {
            panic!("a place was sent")
        };
        assert_eq!(place, Location::new(self.uri.clone(), Range::new(Position::new(0, 9), Position::new(0, 12))));
        let asked = ReferenceParams {
            text_document_position: key,
            context: ReferenceContext { include_declaration: true },
            work_done_progress_params: work_done_progress_params.clone(),
            partial_result_params: partial_result_params.clone(),
        };
        assert_eq!(self.server.references(asked).await.unwrap().unwrap().len(), 3);
        let asked = DocumentSymbolParams {
            text_document: TextDocumentIdentifier::new(self.uri.clone()),
            work_done_progress_params,
            partial_result_params,
        };
        let Some(DocumentSymbolResponse::Nested(tree)) = self.server.document_symbol(asked).await.unwrap() else {
            panic!("a tree was sent")
        };
        let names: Vec<&str> = tree.iter().map(|symbol| symbol.name.as_str()).collect();
        assert_eq!(names, ["state", "body"]);
    }

    fn at(&self, line: u32, character: u32) -> TextDocumentPositionParams {
        let document = TextDocumentIdentifier::new(self.uri.clone());
        TextDocumentPositionParams::new(document, Position::new(line, character))
    }

    /// What is told of the newest version of the file.
    async fn diagnostics(&mut self) -> Vec<Diagnostic> {
        loop {
            let told = self.told.next().await.expect("the server tells something");
            if told.uri == self.uri && told.version == Some(self.version) {
                return told.diagnostics;
            }
        }
    }
}
