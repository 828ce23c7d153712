//! Findings as commands of GitHub Actions, which shows them at their lines in a pull request.

use std::fmt::Write;
use std::path::Path;

use super::word;
use crate::diagnostic::Diagnostic;
use crate::source::Sources;

/// Writes `::error file=…,line=…::message`, a line for each finding; files are named from where the command ran, by the
/// folder of the app that it was given.
///
/// <https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>
pub fn github(sources: &Sources, diagnostics: &[Diagnostic], root: &Path) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics {
        let span = diagnostic.primary.span;
        let file = sources.file(span.file);
        let (start, end) = (file.position(span.start), file.position(span.end.max(span.start)));
        let path = root.join(&file.path).to_string_lossy().into_owned();
        let mut message = diagnostic.message.clone();
        for more in &diagnostic.help {
            _ = write!(message, "\n{more}");
        }
        _ = write!(
            text,
            "::{} title={},file={},line={},endLine={},col={}",
            word(diagnostic.code.severity),
            property(diagnostic.code.name),
            property(&path),
            start.line,
            end.line,
            start.column
        );
        // The last column counts only where both are on one line.
        if start.line == end.line {
            _ = write!(text, ",endColumn={}", end.column);
        }
        _ = writeln!(text, "::{}", data(&message));
    }
    text
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Diagnostics, code};
    use crate::source::Span;

    #[test]
    fn each_finding_is_one_command_whatever_it_says() {
        let mut sources = Sources::default();
        let file = sources.add("a,b.yaml", "x: 1\ny: 2\n");
        let span = |start, end| Span::new(file, start, end);
        let mut found = Diagnostics::default();
        found.report(&code::UNKNOWN_NAME, span(0, 1), "100% of `x`").help("look\nagain");
        found.report(&code::SUSPICIOUS, span(3, 6), "two lines");
        assert_eq!(
            github(&sources, &found.sorted(), Path::new("specs")),
            "::error title=unknown-name,file=specs/a%2Cb.yaml,line=1,endLine=1,col=1,endColumn=2::100%25 of `x`%0Alook%0Aagain\n\
             ::warning title=suspicious,file=specs/a%2Cb.yaml,line=1,endLine=2,col=4::two lines\n"
        );
    }
}
