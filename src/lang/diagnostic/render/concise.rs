//! One line for each finding, for editors and scripts.

use std::fmt::Write;

use super::word;
use crate::diagnostic::Diagnostic;
use crate::source::Sources;

/// Writes `file:line:column: severity[code]: message`, a line for each finding.
pub fn concise(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics {
        let span = diagnostic.primary.span;
        let file = sources.file(span.file);
        let at = file.position(span.start);
        let (severity, code) = (word(diagnostic.code.severity), diagnostic.code.name);
        writeln!(text, "{}:{}:{}: {severity}[{code}]: {}", file.path, at.line, at.column, diagnostic.message)
            .expect("a string takes all that is written to it");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Diagnostics, code};
    use crate::source::Span;

    #[test]
    fn each_finding_is_one_line() {
        let mut sources = Sources::default();
        let file = sources.add("ops/a.yaml", "\u{feff}title: ü x\n");
        let other = sources.add("b.yaml", "");
        let mut diagnostics = Diagnostics::default();
        diagnostics.report(&code::UNKNOWN_NAME, Span::new(file, 13, 14), "nothing is called `x`");
        diagnostics.report(&code::SUSPICIOUS, Span::new(file, 3, 8), "a title").help("not shown");
        diagnostics.report(&code::SYNTAX, Span::new(other, 0, 0), "empty");
        assert_eq!(
            concise(&sources, &diagnostics.sorted()),
            "ops/a.yaml:1:1: warning[suspicious]: a title\n\
             ops/a.yaml:1:10: error[unknown-name]: nothing is called `x`\n\
             b.yaml:1:1: error[syntax]: empty\n"
        );
    }
}
