//! Assertions in comments: `# error: [code] "part of the message"` says what the compiler must report, and where.

use std::ops::RangeInclusive;

use appspec_lang::diagnostic::{Diagnostic, Severity};
use appspec_lang::source::Sources;

/// What one comment expects.
pub(crate) struct Expectation {
    path: String,
    /// Where the finding may stand, counted from 1: one line, or a whole block scalar, which can hold no comment.
    lines: RangeInclusive<usize>,
    severity: Severity,
    code: String,
    part: String,
}

/// The expectations in the comments of a file.
pub(crate) fn expectations(path: &str, text: &str) -> Vec<Expectation> {
    let lines: Vec<&str> = text.lines().collect();
    let mut above = Vec::new();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        above.extend(assertions(line));
        let stands_alone = ["# error: [", "# warning: ["].iter().any(|start| line.trim_start().starts_with(start));
        if stands_alone {
            continue;
        }
        for (severity, code, part) in above.drain(..) {
            let lines = at + 1..=at + 1 + lines_inside(line, lines.get(at + 1..).unwrap_or_default());
            found.push(Expectation { path: path.to_owned(), lines, severity, code, part });
        }
    }
    found
}

/// The assertions in one line.
fn assertions(line: &str) -> Vec<(Severity, String, String)> {
    let kinds = [("# error: [", Severity::Error), ("# warning: [", Severity::Warning)];
    let places = kinds.iter().flat_map(|(start, severity)| {
        line.match_indices(start).map(|(at, start)| (&line[at + start.len()..], *severity))
    });
    places
        .filter_map(|(rest, severity)| {
            let (code, rest) = rest.split_once(']')?;
            let part = rest.trim_start().strip_prefix('"').and_then(|rest| rest.split_once('"'));
            Some((severity, code.to_owned(), part.map_or_else(String::new, |(part, _)| part.to_owned())))
        })
        .collect()
}

/// How many of the lines below belong to a block scalar or multi-line string that begins in `line`.
fn lines_inside(line: &str, below: &[&str]) -> usize {
    for quotes in ["'''", "\"\"\""] {
        if line.matches(quotes).count() == 1 {
            return below.iter().position(|line| line.contains(quotes)).map_or(0, |at| at + 1);
        }
    }
    let code = line.split(" #").next().unwrap_or_default().trim_end();
    let is_block = matches!(code.rsplit([' ', ':']).next(), Some("|" | "|-" | "|+" | ">" | ">-" | ">+"));
    if !is_block {
        return 0;
    }
    // What is inside is indented deeper than the key, or than the dash before it.
    let indentation = |line: &str| line.len() - line.trim_start().len();
    let is_inside = |below: &&&str| below.trim().is_empty() || indentation(below) > indentation(line);
    below.iter().take_while(is_inside).count()
}

impl Expectation {
    fn is_met_by(&self, diagnostic: &Diagnostic, place: Option<(&str, usize)>) -> bool {
        let is_here = place.is_none_or(|(path, line)| path == self.path && self.lines.contains(&line));
        is_here
            && diagnostic.code.name == self.code
            && diagnostic.code.severity == self.severity
            && diagnostic.message.contains(&self.part)
    }
}

/// Compares findings with expectations: each must have its counterpart. Places count unless the text was converted.
pub(crate) fn compare(
    expected: &[Expectation],
    found: &[Diagnostic],
    sources: &Sources,
    with_places: bool,
) -> Result<(), String> {
    let place = |diagnostic: &Diagnostic| {
        let file = sources.file(diagnostic.primary.span.file);
        (file.path.as_str(), file.position(diagnostic.primary.span.start).line as usize)
    };
    let mut open: Vec<&Diagnostic> = found.iter().collect();
    let mut wrong = Vec::new();
    for expectation in expected {
        let met = open.iter().position(|found| expectation.is_met_by(found, with_places.then(|| place(found))));
        if let Some(at) = met {
            open.remove(at);
            continue;
        }
        let Expectation { path, lines, severity, code, part } = expectation;
        wrong.push(format!("{path}:{}: not reported: {} [{code}] {part:?}", lines.start(), severity_name(*severity)));
    }
    for diagnostic in open {
        let (path, line) = place(diagnostic);
        let severity = severity_name(diagnostic.code.severity);
        wrong.push(format!(
            "{path}:{line}: not expected: {severity} [{}] {:?}",
            diagnostic.code.name, diagnostic.message
        ));
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}
