//! Both readers against the public suites of their formats.
//!
//! What specs can say is read as the suites say it; all else is refused at a place. Which documents are refused although
//! they are valid stands in `docs/reference/formats.md`, which this writes: one more or one less fails here.

mod deviations;
mod toml;
mod yaml;

use appspec_lang::diagnostic::{Diagnostic, Diagnostics, Severity};
use appspec_lang::source::Sources;
use appspec_lang::syntax::{self, Node};

use crate::support::{golden, root};

/// What became of a document of a suite.
enum Outcome {
    /// It was read without error.
    Read(Node),
    /// The first error.
    Refused(Diagnostic),
}

fn read(path: &str, text: &str) -> Outcome {
    let mut sources = Sources::default();
    let file = sources.add(path, text);
    let mut found = Diagnostics::default();
    let tree = syntax::parse(sources.file(file), &mut found);
    let mut errors = found.sorted().into_iter().filter(|found| found.code.severity == Severity::Error);
    match errors.next() {
        Some(error) => {
            let span = error.primary.span;
            assert!(text.get(span.start as usize..span.end as usize).is_some(), "{span:?} is no place of {text:?}");
            Outcome::Refused(error)
        }
        None => Outcome::Read(tree.root),
    }
}

#[test]
fn all_deviations_from_the_formats_are_on_their_page() {
    let path = "docs/reference/formats.md";
    let mut page = std::fs::read_to_string(root().join(path)).unwrap();
    for (name, table) in [("yaml", yaml::deviations()), ("toml", toml::deviations())] {
        let (start, end) = (format!("<!-- {name} deviations -->\n"), format!("<!-- /{name} deviations -->"));
        let (before, rest) = page.split_once(&start).unwrap();
        let (_, after) = rest.split_once(&end).unwrap();
        page = format!("{before}{start}{}{end}{after}", table.in_markdown());
    }
    golden(path, &page);
}
