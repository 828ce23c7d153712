//! Findings as SARIF 2.1.0, which code hosts and editors import.
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use std::fmt::Write;
use std::path::Path;

use serde_json::{Value, json};

use super::word;
use crate::diagnostic::{Code, Diagnostic, Label, code};
use crate::source::{Sources, Span};

/// Gives one log with one run; lines and columns count from 1, columns in characters. Files are named by the folder of
/// the app that the command was given.
pub fn sarif(sources: &Sources, diagnostics: &[Diagnostic], root: &Path) -> Value {
    let named = Named { sources, root };
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "appspec",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": code::ALL.iter().map(|code| rule(code)).collect::<Value>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": diagnostics.iter().map(|diagnostic| named.result(diagnostic)).collect::<Value>(),
        }],
    })
}

fn rule(code: &Code) -> Value {
    json!({
        "id": code.name,
        "shortDescription": { "text": code.summary.trim() },
        "help": { "text": code.page, "markdown": code.page },
        "defaultConfiguration": { "level": word(code.severity) },
    })
}

struct Named<'a> {
    sources: &'a Sources,
    root: &'a Path,
}

impl Named<'_> {
    fn result(&self, diagnostic: &Diagnostic) -> Value {
        let mut message = diagnostic.message.clone();
        for help in &diagnostic.help {
            message = format!("{message}\n{help}");
        }
        let rule = code::ALL.iter().position(|code| code.name == diagnostic.code.name);
        let mut result = json!({
            "ruleId": diagnostic.code.name,
            "ruleIndex": rule,
            "level": word(diagnostic.code.severity),
            "message": { "text": message },
            "locations": [self.location(&diagnostic.primary)],
            "relatedLocations": diagnostic.secondary.iter().map(|label| self.location(label)).collect::<Value>(),
        });
        if let (Some(fix), Some(result)) = (&diagnostic.fix, result.as_object_mut()) {
            let change = |(span, text): &(Span, String)| {
                json!({
                    "artifactLocation": self.artifact(*span),
                    "replacements": [{ "deletedRegion": self.region(*span), "insertedContent": { "text": text } }],
                })
            };
            let changes: Value = fix.edits.iter().map(change).collect();
            result.insert(
                "fixes".to_owned(),
                json!([{ "description": { "text": fix.title }, "artifactChanges": changes }]),
            );
        }
        result
    }

    fn location(&self, label: &Label) -> Value {
        let mut location = json!({ "physicalLocation": {
            "artifactLocation": self.artifact(label.span),
            "region": self.region(label.span),
        } });
        if let (Some(text), Some(location)) = (&label.text, location.as_object_mut()) {
            location.insert("message".to_owned(), json!({ "text": text }));
        }
        location
    }

    /// A relative reference: percent-encoded, with `/` between its parts.
    fn artifact(&self, span: Span) -> Value {
        let path = self.root.join(&self.sources.file(span.file).path);
        let path = path.to_string_lossy().replace('\\', "/");
        json!({ "uri": path.split('/').map(encoded).collect::<Vec<_>>().join("/") })
    }

    fn region(&self, span: Span) -> Value {
        let file = self.sources.file(span.file);
        let (start, end) = (file.position(span.start), file.position(span.end));
        json!({
            "startLine": start.line,
            "startColumn": start.column,
            "endLine": end.line,
            "endColumn": end.column,
        })
    }
}

/// A part of a path as a URI takes it.
fn encoded(part: &str) -> String {
    let mut text = String::with_capacity(part.len());
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=@".contains(&byte) {
            text.push(char::from(byte));
        } else {
            _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostics;

    #[test]
    fn a_finding_is_a_result_with_its_rule_place_and_fix() {
        let mut sources = Sources::default();
        let file = sources.add("ä b/[id].yaml", "a: 1\nb: on\n");
        let span = |start, end| Span::new(file, start, end);
        let mut found = Diagnostics::default();
        found.report(&code::AMBIGUOUS_SCALAR, span(8, 10), "quote it").label(span(0, 1), "here").help("do so").fix(
            "quote it",
            span(8, 10),
            "\"on\"",
        );
        let log = sarif(&sources, &found.sorted(), Path::new("specs"));
        let result = &log["runs"][0]["results"][0];
        let index = code::ALL.iter().position(|code| code.name == "ambiguous-scalar");
        assert_eq!((&result["ruleId"], &result["ruleIndex"]), (&json!("ambiguous-scalar"), &json!(index)));
        let region = json!({ "startLine": 2, "startColumn": 4, "endLine": 2, "endColumn": 6 });
        let place = json!({ "artifactLocation": { "uri": "specs/%C3%A4%20b/%5Bid%5D.yaml" }, "region": region });
        assert_eq!(result["locations"], json!([{ "physicalLocation": place }]));
        assert_eq!(result["message"]["text"], "quote it\ndo so");
        assert_eq!(result["relatedLocations"][0]["message"]["text"], "here");
        assert_eq!(result["fixes"][0]["artifactChanges"][0]["replacements"][0]["deletedRegion"], region);
    }
}
