//! Requests, each answered from what is known at that moment.

mod action;

use std::collections::HashMap;

use appspec_lang::source::{FileId, Span};
use gen_lsp_types as lsp;
use lsp_server::{ErrorCode, Request, Response, ResponseError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::apps::Apps;
use crate::convert::Places;
use crate::paths;
use crate::text::Encoding;

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
            _ => Err(refuse(ErrorCode::MethodNotFound, format!("there is no method `{method}` here"))),
        };
        Response { id, response_result: answer }
    }

    /// Has a request of the expected form answered.
    fn on<P: DeserializeOwned, T: Serialize>(
        &mut self,
        params: Value,
        answer: fn(&mut Self, &P) -> Option<T>,
    ) -> Answer<Value> {
        let params =
            serde_json::from_value(params).map_err(|error| refuse(ErrorCode::InvalidParams, error.to_string()))?;
        let answer = answer(self, &params);
        serde_json::to_value(answer).map_err(|error| refuse(ErrorCode::InternalError, error.to_string()))
    }

    /// The file that a request is about, checked as it is now; none for one that belongs to no app.
    fn file(&mut self, document: &lsp::TextDocumentIdentifier) -> Option<(Places<'_>, FileId)> {
        let path = paths::path_of(&document.uri.0)?;
        self.apps.freshen(&path);
        let (app, file) = self.apps.find(&path)?;
        Some((Places { app, documents: &self.apps.documents, encoding: self.encoding }, file))
    }
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
