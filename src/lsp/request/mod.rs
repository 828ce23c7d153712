//! Requests, each answered from what is known at that moment.

mod action;
mod completion;
mod format;
mod goto;
mod hover;
mod rename;
mod symbols;

use std::collections::HashMap;

use appspec_lang::ide::Look;
use appspec_lang::source::{FileId, Span};
use gen_lsp_types as lsp;
use lsp_server::{ErrorCode, Request, Response, ResponseError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::apps::Apps;
use crate::convert::Places;
use crate::paths;
use crate::text::{Encoding, Lines};

/// An answer, or why there is none.
type Answer<T> = Result<T, ResponseError>;

/// What answers are found in.
pub(crate) struct Session<'a> {
    pub(crate) apps: &'a mut Apps,
    pub(crate) encoding: Encoding,
}

impl Session<'_> {
    pub(crate) fn answer(&mut self, request: Request) -> Response {
        let Request { id, method, params } = request;
        let answer = match method.as_str() {
            "textDocument/codeAction" => self.on(params, action::answer),
            "textDocument/completion" => self.on(params, completion::answer),
            "textDocument/definition" => self.on(params, goto::definition),
            "textDocument/documentHighlight" => self.on(params, goto::highlights),
            "textDocument/documentSymbol" => self.on(params, symbols::answer),
            "textDocument/formatting" => self.on(params, format::answer),
            "textDocument/hover" => self.on(params, hover::answer),
            "textDocument/prepareRename" => self.on(params, rename::prepare),
            "textDocument/references" => self.on(params, goto::references),
            "textDocument/rename" => self.try_on(params, rename::answer),
            _ => Err(refuse(ErrorCode::MethodNotFound, format!("there is no method `{method}` here"))),
        };
        Response { id, response_result: answer }
    }

    /// Has a request of the expected form answered.
    fn on<P: DeserializeOwned, T: Serialize>(
        &mut self,
        params: Value,
        answer: impl FnOnce(&mut Self, &P) -> Option<T>,
    ) -> Answer<Value> {
        self.try_on(params, |session, params| Ok(answer(session, params)))
    }

    /// The same, for one that may be refused.
    fn try_on<P: DeserializeOwned, T: Serialize>(
        &mut self,
        params: Value,
        answer: impl FnOnce(&mut Self, &P) -> Answer<Option<T>>,
    ) -> Answer<Value> {
        let params =
            serde_json::from_value(params).map_err(|error| refuse(ErrorCode::InvalidParams, error.to_string()))?;
        let answer = answer(self, &params)?;
        serde_json::to_value(answer).map_err(|error| refuse(ErrorCode::InternalError, error.to_string()))
    }

    /// The file that a request is about, checked as it is now; none for one that belongs to no app.
    fn file(&mut self, document: &lsp::TextDocumentIdentifier) -> Option<(Places<'_>, FileId)> {
        let path = paths::path_of(&document.uri.0)?;
        self.apps.freshen(&path);
        let (app, file) = self.apps.find(&path)?;
        Some((Places { app, documents: &self.apps.documents, encoding: self.encoding }, file))
    }

    /// The place in a file that a request is about.
    fn at(&mut self, params: &lsp::TextDocumentPositionParams) -> Option<At<'_>> {
        let (places, file) = self.file(&params.text_document)?;
        let lines = places.lines(file);
        let offset = lines.offset(params.position);
        let look = Look::at(&places.app.compiler, file, places.app.readable.get(&file));
        Some(At { places, lines, look, offset })
    }
}

/// A place in a file.
struct At<'a> {
    places: Places<'a>,
    lines: Lines<'a>,
    look: Look<'a>,
    offset: usize,
}

/// Edits, in the words of the protocol.
fn workspace_edit<'e>(edits: impl IntoIterator<Item = &'e (Span, String)>, places: &Places<'_>) -> lsp::WorkspaceEdit {
    let mut changes: HashMap<lsp::Uri, Vec<lsp::TextEdit>> = HashMap::new();
    for (span, text) in edits {
        let Some(uri) = places.uri(span.file) else { continue };
        changes.entry(uri).or_default().push(lsp::TextEdit { range: places.range(*span), new_text: text.clone() });
    }
    lsp::WorkspaceEdit { changes: Some(changes), document_changes: None, change_annotations: None }
}

pub(crate) fn refuse(code: ErrorCode, message: impl Into<String>) -> ResponseError {
    ResponseError { code: code as i32, message: message.into(), data: None }
}
