//! Findings in the words of the protocol.

use std::path::Path;

use appspec_lang::diagnostic::{Diagnostic, Label, Severity};
use appspec_lang::source::{FileId, Span};
use gen_lsp_types as lsp;

use crate::app::App;
use crate::documents::Documents;
use crate::paths;
use crate::text::{Encoding, Lines};

/// What it takes to say where something is.
pub(crate) struct Places<'a> {
    pub(crate) app: &'a App,
    pub(crate) documents: &'a Documents,
    pub(crate) encoding: Encoding,
}

impl<'a> Places<'a> {
    pub(crate) fn lines(&self, file: FileId) -> Lines<'a> {
        Lines::new(&self.app.compiler.sources().file(file).text, self.encoding)
    }

    pub(crate) fn range(&self, span: Span) -> lsp::Range {
        self.lines(span.file).range(span.start as usize..span.end as usize)
    }

    pub(crate) fn uri(&self, file: FileId) -> Option<lsp::Uri> {
        uri(&self.app.path(file), self.documents)
    }

    pub(crate) fn location(&self, span: Span) -> Option<lsp::Location> {
        Some(lsp::Location { uri: self.uri(span.file)?, range: self.range(span) })
    }

    /// Finding and help in one text, for most editors show nothing else; what else to look at beside it.
    pub(crate) fn diagnostic(&self, found: &Diagnostic, lines: &Lines<'_>) -> lsp::Diagnostic {
        let span = found.primary.span;
        let severity = match found.code.severity {
            Severity::Error => lsp::DiagnosticSeverity::Error,
            Severity::Warning => lsp::DiagnosticSeverity::Warning,
        };
        let related: Vec<_> = found.secondary.iter().filter_map(|label| self.related(label)).collect();
        lsp::Diagnostic {
            range: lines.range(span.start as usize..span.end as usize),
            severity: Some(severity),
            code: Some(lsp::Code::String(found.code.name.to_owned())),
            source: Some("appspec".to_owned()),
            message: lsp::Message::String(message(found)),
            related_information: (!related.is_empty()).then_some(related),
            code_description: None,
            tags: None,
            data: None,
        }
    }

    fn related(&self, label: &Label) -> Option<lsp::DiagnosticRelatedInformation> {
        let location = self.location(label.span)?;
        Some(lsp::DiagnosticRelatedInformation { location, message: label.text.clone().unwrap_or_default() })
    }
}

/// The address of a file: as the editor writes it, if it has the file open.
pub(crate) fn uri(path: &Path, documents: &Documents) -> Option<lsp::Uri> {
    let open = documents.get(path).map(|document| document.uri.clone());
    open.or_else(|| paths::uri_of(path)).map(lsp::Uri)
}

fn message(found: &Diagnostic) -> String {
    let mut message = found.message.clone();
    for help in &found.help {
        message.push_str("\nhelp: ");
        message.push_str(help);
    }
    message
}
