//! Applies fixes to the text of the files that they are for.

use std::collections::BTreeMap;

use super::{Diagnostic, Fix};
use crate::source::{FileId, Span};

/// What fixes make of files: the pieces to replace in each, in order and apart from each other.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Mends(BTreeMap<FileId, Vec<(Span, String)>>);

impl Mends {
    /// All that may be applied unasked. Of two fixes that touch, the first is taken; the other has its turn when the file
    /// is checked again.
    pub fn of(diagnostics: &[Diagnostic]) -> Self {
        let mut mends = Self::default();
        for fix in diagnostics.iter().filter_map(|diagnostic| diagnostic.fix.as_ref()).filter(|fix| fix.is_safe) {
            mends.take(fix);
        }
        mends
    }

    /// Takes all of a fix or nothing of it.
    fn take(&mut self, fix: &Fix) {
        let touches = |span: Span| {
            let taken = self.0.get(&span.file).into_iter().flatten();
            taken.map(|(taken, _)| taken).any(|taken| span.start <= taken.end && taken.start <= span.end)
        };
        if fix.edits.iter().any(|(span, _)| touches(*span)) {
            return;
        }
        for (span, text) in &fix.edits {
            self.0.entry(span.file).or_default().push((*span, text.clone()));
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The files that change, and in how many places.
    pub fn files(&self) -> impl Iterator<Item = (FileId, usize)> + '_ {
        self.0.iter().map(|(file, edits)| (*file, edits.len()))
    }

    /// All that is replaced, by file.
    pub fn edits(&self) -> impl Iterator<Item = &(Span, String)> {
        self.0.values().flatten()
    }

    /// The text of a file with the edits in it.
    pub fn apply(&self, file: FileId, text: &str) -> String {
        let mut edits: Vec<&(Span, String)> = self.0.get(&file).into_iter().flatten().collect();
        edits.sort_by_key(|(span, _)| span.start);
        let (mut mended, mut at) = (String::with_capacity(text.len()), 0);
        for (span, replacement) in edits {
            mended.push_str(text.get(at..span.start as usize).unwrap_or_default());
            mended.push_str(replacement);
            at = span.end as usize;
        }
        mended.push_str(text.get(at..).unwrap_or_default());
        mended
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Diagnostics, code};

    #[test]
    fn edits_are_applied_in_order_and_those_that_touch_wait() {
        let span = |start, end| Span::new(FileId(0), start, end);
        let mut found = Diagnostics::default();
        found.report(&code::TYPE, span(6, 8), "b").fix("quote it", span(6, 8), "\"no\"");
        found.report(&code::TYPE, span(0, 2), "a").fix("write", span(0, 2), "ü");
        found.report(&code::TYPE, span(1, 3), "c").fix("other", span(1, 3), "?");
        found.report(&code::TYPE, span(4, 5), "d").suggest("rename", span(4, 5), "!");
        let found = found.sorted();
        let mends = Mends::of(&found);
        assert_eq!(mends.apply(FileId(0), "on a: no.\n"), "ü a: \"no\".\n");
        assert_eq!(mends.files().collect::<Vec<_>>(), [(FileId(0), 2)]);
        assert_eq!(mends.apply(FileId(1), "as it is"), "as it is");
    }
}
