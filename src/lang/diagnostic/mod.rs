//! What is wrong with a spec, where, and what to do about it.
//!
//! A diagnostic is text and spans; it knows no type of the compiler. Phases report into [`Diagnostics`] and go on;
//! the renderers in [`render`] show them.

pub mod code;
mod mend;
pub mod render;
pub mod suggest;

pub use code::{Code, Severity};
pub use mend::Mends;

use std::collections::BTreeSet;

use crate::source::Span;

/// One finding about a spec.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    pub code: &'static Code,
    /// What is wrong, in one line that makes sense alone: lower case, no full stop, names in backticks.
    pub message: String,
    /// The smallest piece of text that is wrong.
    pub primary: Label,
    /// Where the reader must also look.
    pub secondary: Vec<Label>,
    /// What to do, a sentence each.
    pub help: Vec<String>,
    pub fix: Option<Fix>,
}

/// A place, and what is to be said at it.
#[derive(Clone, Debug)]
pub struct Label {
    pub span: Span,
    pub text: Option<String>,
}

/// A mechanical mend of what was reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    pub title: String,
    /// Whether it may be applied unasked: it changes nothing but what was reported, and says what was meant.
    pub is_safe: bool,
    /// Each span is replaced by its text.
    pub edits: Vec<(Span, String)>,
}

impl Diagnostic {
    /// Says something at the place that is wrong.
    pub fn here(&mut self, text: impl Into<String>) -> &mut Self {
        self.primary.text = Some(text.into());
        self
    }

    /// Adds another place to look at.
    pub fn label(&mut self, span: Span, text: impl Into<String>) -> &mut Self {
        self.secondary.push(Label { span, text: Some(text.into()) });
        self
    }

    /// Adds a sentence that says what to do.
    pub fn help(&mut self, text: impl Into<String>) -> &mut Self {
        self.help.push(text.into());
        self
    }

    /// Asks "did you mean" the name nearest to `name`, where one is near.
    pub fn nearest<'a>(&mut self, name: &str, known: impl IntoIterator<Item = &'a str>) -> &mut Self {
        match suggest::nearest(name, known) {
            Some(near) => self.help(format!("did you mean `{near}`?")),
            None => self,
        }
    }

    /// Offers a mechanical mend: the text of `span` becomes `text`.
    pub fn fix(&mut self, title: impl Into<String>, span: Span, text: impl Into<String>) -> &mut Self {
        self.fix = Some(Fix { title: title.into(), is_safe: true, edits: vec![(span, text.into())] });
        self
    }

    /// Puts all its places where they are written, and gives the alias through which the primary one was seen.
    fn as_written(&mut self) -> Option<Span> {
        let (written, alias) = self.primary.span.as_written();
        self.primary.span = written;
        for label in &mut self.secondary {
            label.span = label.span.as_written().0;
        }
        if let Some(fix) = &mut self.fix {
            // A mend of what an alias repeats changes the other places too.
            fix.is_safe &= fix.edits.iter().all(|(span, _)| span.as_written().1.is_none());
            fix.edits.iter_mut().for_each(|(span, _)| *span = span.as_written().0);
        }
        if let Some(alias) = alias {
            self.label(alias, "used here");
        }
        alias
    }

    /// The same, for a mend that is to be looked at: others may have to follow it, or something else may be meant.
    pub fn suggest(&mut self, title: impl Into<String>, span: Span, text: impl Into<String>) -> &mut Self {
        self.fix = Some(Fix { title: title.into(), is_safe: false, edits: vec![(span, text.into())] });
        self
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<T: IntoIterator<Item = Diagnostic>>(all: T) -> Self {
        Self { all: all.into_iter().collect() }
    }
}

/// How many aliases are shown that put something wrong somewhere.
const ALIASES: usize = 3;

/// Collects what the phases of the compiler report.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    all: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Reports a finding; labels and help follow on what is returned.
    pub fn report(&mut self, code: &'static Code, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        let primary = Label { span, text: None };
        self.all.push(Diagnostic {
            code,
            message: message.into(),
            primary,
            secondary: Vec::new(),
            help: Vec::new(),
            fix: None,
        });
        self.all.last_mut().expect("one was pushed just before")
    }

    /// Adds a finding.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.all.push(diagnostic);
    }

    /// Leaves out what does not hold.
    pub fn retain(&mut self, holds: impl FnMut(&Diagnostic) -> bool) {
        self.all.retain(holds);
    }

    /// Adds all findings of another collection.
    pub fn append(&mut self, other: Self) {
        self.all.extend(other.all);
    }

    /// Whether something was reported at precisely this place.
    pub fn any_at(&self, span: Span) -> bool {
        self.all.iter().any(|diagnostic| diagnostic.primary.span == span)
    }

    pub fn has_errors(&self) -> bool {
        self.all.iter().any(|diagnostic| diagnostic.code.severity == Severity::Error)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.all.iter()
    }

    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// All findings by file and position, each said once.
    ///
    /// What is wrong only where an alias puts it is shown where it is written, and where the alias stands. That readers
    /// disagree on a word is not worth saying of one that must be changed anyway.
    pub fn sorted(self) -> Vec<Diagnostic> {
        let is_error = |diagnostic: &&Diagnostic| diagnostic.code.severity == Severity::Error;
        let wrong: BTreeSet<Span> = self.all.iter().filter(is_error).map(|error| error.primary.span).collect();
        let is_said = |it: &Diagnostic| *it.code == code::AMBIGUOUS_SCALAR && wrong.contains(&it.primary.span);
        let mut all: Vec<Diagnostic> = self.all.into_iter().filter(|diagnostic| !is_said(diagnostic)).collect();
        let uses: Vec<Option<Span>> = all.iter_mut().map(Diagnostic::as_written).collect();
        let mut all: Vec<_> = all.into_iter().zip(uses).collect();
        all.sort_by(|(a, a_use), (b, b_use)| {
            (a.primary.span, a.code.name, &a.message, a_use).cmp(&(b.primary.span, b.code.name, &b.message, b_use))
        });
        all.dedup_by(|(a, a_use), (b, b_use)| {
            let is_same = a.primary.span == b.primary.span && a.code.name == b.code.name && a.message == b.message;
            // If it is wrong where it is written, no alias is to blame.
            if let (true, Some(alias), Some(_)) = (is_same, a_use, b_use)
                && b.secondary.len() < ALIASES
                && b.secondary.iter().all(|label| label.span != *alias)
            {
                b.label(*alias, "and here");
            }
            is_same
        });
        all.into_iter().map(|(diagnostic, _)| diagnostic).collect()
    }
}
