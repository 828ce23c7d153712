//! Findings as JSON, for tools.

use serde_json::{Value, json};

use super::word;
use crate::diagnostic::{Diagnostic, Label};
use crate::source::{Sources, Span};

/// Gives a list with an object for each finding; lines and columns count from 1, columns in characters.
pub fn json(sources: &Sources, diagnostics: &[Diagnostic]) -> Value {
    diagnostics.iter().map(|diagnostic| object(sources, diagnostic)).collect()
}

fn object(sources: &Sources, diagnostic: &Diagnostic) -> Value {
    let label = |label: &Label| json!({ "range": range(sources, label.span), "text": label.text });
    let fix = diagnostic.fix.as_ref().map(|fix| {
        let edit = |(span, text): &(Span, String)| json!({ "range": range(sources, *span), "text": text });
        json!({ "title": fix.title, "safe": fix.is_safe, "edits": fix.edits.iter().map(edit).collect::<Value>() })
    });
    json!({
        "code": diagnostic.code.name,
        "severity": word(diagnostic.code.severity),
        "message": diagnostic.message,
        "primary": label(&diagnostic.primary),
        "secondary": diagnostic.secondary.iter().map(label).collect::<Value>(),
        "help": diagnostic.help,
        "fix": fix,
    })
}

fn range(sources: &Sources, span: Span) -> Value {
    let file = sources.file(span.file);
    let position = |offset: u32| {
        let at = file.position(offset);
        json!({ "line": at.line, "column": at.column })
    };
    json!({ "file": file.path, "start": position(span.start), "end": position(span.end) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Diagnostics, code};

    #[test]
    fn a_finding_is_an_object() {
        let mut sources = Sources::default();
        let file = sources.add("a.yaml", "a: 1\nb: on\n");
        let span = |start, end| Span::new(file, start, end);
        let mut diagnostics = Diagnostics::default();
        diagnostics
            .report(&code::AMBIGUOUS_SCALAR, span(8, 10), "quote it")
            .label(span(0, 1), "here")
            .help("do so")
            .fix("quote it", span(8, 10), "\"on\"");
        let at = |line: u32, start: u32, end: u32| json!({ "file": "a.yaml", "start": { "line": line, "column": start }, "end": { "line": line, "column": end } });
        let expected = json!([{
            "code": "ambiguous-scalar",
            "severity": "warning",
            "message": "quote it",
            "primary": { "range": at(2, 4, 6), "text": null },
            "secondary": [{ "range": at(1, 1, 2), "text": "here" }],
            "help": ["do so"],
            "fix": { "title": "quote it", "safe": true, "edits": [{ "range": at(2, 4, 6), "text": "\"on\"" }] },
        }]);
        assert_eq!(json(&sources, &diagnostics.sorted()), expected);
    }
}
