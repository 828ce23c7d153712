//! Findings with their source lines, for people at a terminal.

use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Element, Group, Level, Renderer, Snippet};

use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::source::{FileId, SourceFile, Sources, Span};

/// Shows each finding with the lines it is about and what to do; an empty line stands between two.
pub fn terminal(sources: &Sources, diagnostics: &[Diagnostic], color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let shown: Vec<String> = diagnostics
        .iter()
        .map(|diagnostic| {
            let text = renderer.render(&[group(sources, diagnostic)]);
            // Empty source lines end in the blanks of their frame.
            text.lines().map(str::trim_end).fold(String::new(), |text, line| text + line + "\n")
        })
        .collect();
    shown.join("\n")
}

fn group<'a>(sources: &'a Sources, diagnostic: &'a Diagnostic) -> Group<'a> {
    let level = match diagnostic.code.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code.name);
    let help = diagnostic.help.iter().cloned().chain(fix(diagnostic));
    Group::with_title(title)
        .elements(snippets(sources, diagnostic))
        .elements(help.map(|text| Element::from(Level::HELP.message(text))))
}

/// One snippet for each file that the finding is about, first that of the primary label.
fn snippets<'a>(sources: &'a Sources, diagnostic: &'a Diagnostic) -> Vec<Snippet<'a, Annotation<'a>>> {
    let mut files: Vec<FileId> = vec![diagnostic.primary.span.file];
    for label in &diagnostic.secondary {
        if !files.contains(&label.span.file) {
            files.push(label.span.file);
        }
    }
    let of_file = |id: FileId| {
        let file = sources.file(id);
        let primary = std::iter::once((AnnotationKind::Primary, &diagnostic.primary));
        let secondary = diagnostic.secondary.iter().map(|label| (AnnotationKind::Context, label));
        let labels = primary.chain(secondary).filter(|(_, label)| label.span.file == id);
        Snippet::source(body(file))
            .path(file.path.as_str())
            .annotations(labels.map(|(kind, label)| annotation(kind, label, file)))
    };
    files.into_iter().map(of_file).collect()
}

/// The text of a file without its byte order mark, which would shift what stands below the first line.
fn body(file: &SourceFile) -> &str {
    file.text.strip_prefix('\u{feff}').unwrap_or(&file.text)
}

fn annotation<'a>(kind: AnnotationKind, label: &'a Label, file: &SourceFile) -> Annotation<'a> {
    kind.span(visible(label.span, file)).label(label.text.as_deref())
}

/// The part of a span that can be underlined: whole characters, and no line break at its end.
fn visible(span: Span, file: &SourceFile) -> Range<usize> {
    let text = body(file);
    let base = file.text.len() - text.len();
    let start = text.floor_char_boundary((span.start as usize).saturating_sub(base));
    let end = text.ceil_char_boundary((span.end as usize).saturating_sub(base)).max(start);
    let kept = text.get(start..end).unwrap_or_default().trim_end_matches(['\n', '\r']).len();
    if kept > 0 || start < text.len() || start == 0 {
        return start..start + kept;
    }
    // The end of the file is shown behind its last character.
    let last = text.trim_end().len();
    last..last
}

fn fix(diagnostic: &Diagnostic) -> Option<String> {
    let fix = diagnostic.fix.as_ref()?;
    match fix.edits.as_slice() {
        [(_, text)] if !text.trim().is_empty() && !text.contains('\n') && !fix.title.contains(text.trim()) => {
            Some(format!("{}: `{text}`", fix.title))
        }
        _ if diagnostic.help.iter().any(|help| help.contains(&fix.title)) => None,
        _ => Some(fix.title.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Diagnostics, code};

    /// Renders one finding about two files.
    fn shown(build: impl FnOnce(&mut Diagnostics, &dyn Fn(usize, &str) -> Span)) -> String {
        let mut sources = Sources::default();
        sources
            .add("pages/a.yaml", "queries:\n\torders: { sql: 数 a, b }\nbody:\n  - table: orders\n    columns: [id]\n");
        sources.add("b.yaml", "title: b");
        let mut diagnostics = Diagnostics::default();
        let find = |file: usize, text: &str| {
            let file = &sources.files()[file];
            let start = u32::try_from(file.text.find(text).unwrap()).unwrap();
            Span::new(file.id, start, start + u32::try_from(text.len()).unwrap())
        };
        build(&mut diagnostics, &find);
        terminal(&sources, &diagnostics.sorted(), false)
    }

    #[test]
    fn labels_help_and_fix_are_shown() {
        let text = shown(|diagnostics, find| {
            diagnostics
                .report(&code::UNKNOWN_COLUMN, find(0, "id"), "`orders` has no column `id`")
                .here("not a column")
                .label(find(0, "orders:"), "declared here")
                .help("did you mean `a`?")
                .fix("write", find(0, "id"), "a");
        });
        let expected = "\
error[unknown-column]: `orders` has no column `id`
 --> pages/a.yaml:5:15
  |
2 |     orders: { sql: 数 a, b }
  |     ------- declared here
...
5 |     columns: [id]
  |               ^^ not a column
  |
  = help: did you mean `a`?
  = help: write: `a`
";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_fix_is_said_once() {
        let help = |help: &str, title: &str| {
            let text = shown(|diagnostics, find| {
                let at = find(0, "id");
                let diagnostic = diagnostics.report(&code::UNKNOWN_COLUMN, at, "`orders` has no column `id`");
                diagnostic.help(help).fix(title, at, "state.a");
            });
            text.lines().filter_map(|line| line.strip_prefix("  = help: ")).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(help("`a` is a key", "write `state.a`"), ["`a` is a key", "write `state.a`"]);
        assert_eq!(help("`a` is a key: write `state.a`", "write `state.a`"), ["`a` is a key: write `state.a`"]);
        assert_eq!(help("`a` is a key", "read the key"), ["`a` is a key", "read the key: `state.a`"]);
    }

    #[test]
    fn several_findings_and_files_are_shown() {
        let text = shown(|diagnostics, find| {
            diagnostics.report(&code::NAME, find(0, "orders:"), "two of them").label(find(1, "b"), "the other");
            let end = Span { start: 8, end: 8, ..find(1, "b") };
            diagnostics.report(&code::SUSPICIOUS, end, "nothing follows").here("here");
            let after = Span { start: 89, end: 89, ..find(0, "b") };
            diagnostics.report(&code::SYNTAX, after, "the end");
            diagnostics.report(&code::SYNTAX, find(0, "a, b"), "wide");
            diagnostics.report(&code::SYNTAX, find(0, "- table: orders\n    columns: [id]\n"), "lines").here("all");
            diagnostics.report(&code::SYNTAX, find(0, "\n"), "a break");
        });
        let expected = "\
error[syntax]: a break
 --> pages/a.yaml:1:9
  |
1 | queries:
  |         ^

error[name]: two of them
 --> pages/a.yaml:2:2
  |
2 |     orders: { sql: 数 a, b }
  |     ^^^^^^^
  |
 ::: b.yaml:1:8
  |
1 | title: b
  |        - the other

error[syntax]: wide
 --> pages/a.yaml:2:19
  |
2 |     orders: { sql: 数 a, b }
  |                       ^^^^

error[syntax]: lines
 --> pages/a.yaml:4:3
  |
4 | /   - table: orders
5 | |     columns: [id]
  | |_________________^ all

error[syntax]: the end
 --> pages/a.yaml:5:18
  |
5 |     columns: [id]
  |                  ^

warning[suspicious]: nothing follows
 --> b.yaml:1:9
  |
1 | title: b
  |         ^ here
";
        assert_eq!(text, expected);
    }

    #[test]
    fn color_is_added_where_it_is_wanted() {
        let mut sources = Sources::default();
        let file = sources.add("a.yaml", "a");
        let mut diagnostics = Diagnostics::default();
        diagnostics.report(&code::SYNTAX, Span::new(file, 0, 1), "no");
        let all = diagnostics.sorted();
        assert!(terminal(&sources, &all, true).contains('\u{1b}'));
        assert!(!terminal(&sources, &all, false).contains('\u{1b}'));
    }
}
