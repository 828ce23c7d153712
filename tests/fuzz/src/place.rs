//! Whether places are places.

use appspec_lang::diagnostic::Diagnostic;
use appspec_lang::source::{Sources, Span};

/// A span cuts its file between two characters.
pub(crate) fn check(sources: &Sources, span: Span) {
    let text = &sources.file(span.file).text;
    assert!(text.get(span.start as usize..span.end as usize).is_some(), "{span:?} of {text:?}");
}

/// Whatever is reported is one line, and stands at places.
pub(crate) fn check_all(sources: &Sources, found: &[Diagnostic]) {
    for diagnostic in found {
        assert!(!diagnostic.message.is_empty(), "{diagnostic:?}");
        let labels = std::iter::once(&diagnostic.primary).chain(&diagnostic.secondary);
        labels.for_each(|label| check(sources, label.span));
        let edits = diagnostic.fix.iter().flat_map(|fix| &fix.edits);
        edits.for_each(|(span, _)| check(sources, *span));
    }
}
