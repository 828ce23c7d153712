//! The edits: what each operator does to each place it applies to, and whether that breaks what the app means.
//!
//! Whether it does is said here, by the class of the place and the operator, and by nothing that `check` says.

mod format;
mod harmless;
mod line;
mod name;
mod swap;
mod syntax;
mod value;

use std::ops::Range;

use super::demo::{Demo, Entry, Role};

/// What an edit does to the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// It cannot mean what it says: an error is due.
    Breaks,
    /// It means the same, or something else that is as good: no error may come.
    Harmless,
    /// What it then says may well be meant: it must only not bring down the compiler.
    Open,
}

/// One change of one place.
#[derive(Clone, Debug)]
pub(super) struct Edit {
    pub(super) operator: &'static str,
    pub(super) class: Class,
    pub(super) file: usize,
    /// The bytes that are replaced.
    pub(super) at: Range<usize>,
    pub(super) with: String,
    /// Names on whose lines a finding is at its place too.
    pub(super) names: Vec<String>,
    /// Where in the file as it was, before the edit, a finding is at its place too.
    pub(super) near: Vec<usize>,
}

/// All edits of the app, in the order of operators and places.
pub(super) fn all(demo: &Demo) -> Vec<Edit> {
    let mut edits = Vec::new();
    name::misspell(demo, &mut edits);
    value::change(demo, &mut edits);
    value::mistype(demo, &mut edits);
    format::mismatch(demo, &mut edits);
    line::delete(demo, &mut edits);
    swap::lines(demo, &mut edits);
    swap::keys(demo, &mut edits);
    syntax::leave_out(demo, &mut edits);
    harmless::vary(demo, &mut edits);
    edits.retain(|edit| demo.files[edit.file].is_judged());
    edits
}

/// The name that the value of an entry is about: the key of state that it types, the one a widget is bound to, a
/// column, or the word that it is itself.
fn subject_of(demo: &Demo, entry: &Entry) -> Vec<String> {
    let text = |at: &Range<usize>| demo.files[entry.file].text[at.clone()].trim_matches(['"', '\'']).to_owned();
    let bound = demo.entries.iter().filter(|other| other.map == entry.map && other.role == Role::StateKey);
    let mut names: Vec<String> = bound.map(|bound| text(&bound.value)).collect();
    match entry.owner.as_str() {
        "state" => names.push(text(&entry.parent)),
        "names" | "set" => names.push(entry.name.clone()),
        _ => names.extend(entry.column.iter().map(|(_, column)| column.clone())),
    }
    let own = text(&entry.value);
    names.extend(Some(own).filter(|own| own.chars().all(|c| c.is_alphanumeric() || c == '_') && !own.is_empty()));
    names
}

impl Edit {
    fn new(operator: &'static str, class: Class, file: usize, at: Range<usize>, with: impl Into<String>) -> Self {
        Self { operator, class, file, at, with: with.into(), names: Vec::new(), near: Vec::new() }
    }

    /// The same, with names on whose lines a finding is at its place.
    fn named(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.names.extend(names.into_iter().map(Into::into).filter(|name| !name.is_empty()));
        self
    }

    /// Replaces the value of an entry; a finding may be at its key too.
    fn of_value(operator: &'static str, class: Class, entry: &Entry, with: impl Into<String>) -> Self {
        let mut edit = Self::new(operator, class, entry.file, entry.value.clone(), with);
        edit.near.push(entry.key.start);
        edit
    }

    /// The file as the edit leaves it.
    pub(super) fn apply(&self, text: &str) -> String {
        [&text[..self.at.start], &self.with, &text[self.at.end..]].concat()
    }

    /// The edit in words: its operator, and the lines before and behind it; no numbers of lines, which change with whatever
    /// stands above.
    pub(super) fn describe(&self, demo: &Demo) -> String {
        let file = &demo.files[self.file];
        let start = file.text[..self.at.start].rfind('\n').map_or(0, |at| at + 1);
        let end = |text: &str, from: usize| text[from..].find('\n').map_or(text.len(), |at| from + at);
        let new = self.apply(&file.text);
        let before = file.text[start..end(&file.text, self.at.end.max(start))].trim().replace('\n', "⏎");
        let after = new[start..end(&new, self.at.start + self.with.len())].trim().replace('\n', "⏎");
        format!("{}: {}: `{before}` → `{after}`", file.path, self.operator)
    }

    /// The line that it is on, from 1.
    pub(super) fn line(&self, demo: &Demo) -> usize {
        demo.files[self.file].line_of(self.at.start) + 1
    }
}
