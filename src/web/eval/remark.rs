//! What readers should know of tables that are shown all the same.

use std::sync::Arc;

use appspec_data::Table;
use appspec_lang::check::program::{ComponentId, QueryId};
use appspec_lang::value::Hasher;

use super::memo::Failure;
use super::view::View;
use crate::words::Words;

/// What there is to say of the table of a query.
#[derive(Clone, Debug, Default)]
pub(super) struct Remark {
    /// Why an optional query has no rows.
    pub(super) trouble: Option<Failure>,
    /// Why the table is not up to date.
    pub(super) outdated: Option<Failure>,
    /// After how many rows reading stopped.
    cut: Option<u64>,
    /// What the table says of itself.
    warnings: Vec<Arc<str>>,
}

impl Remark {
    fn is_empty(&self) -> bool {
        self.trouble.is_none() && self.outdated.is_none() && self.cut.is_none() && self.warnings.is_empty()
    }

    fn texts(&self, words: &Words) -> Vec<Arc<str>> {
        let trouble = self.trouble.iter().map(|failure| sentence(failure.message()));
        let outdated = self.outdated.iter().map(Failure::message);
        let outdated = outdated.map(|why| words.fill("Not up to date: {why}.", &[("why", why)]).into());
        let cut = self.cut.map(|limit| words.count("Reading stopped after {n} rows.", limit, &[]).into());
        trouble.chain(outdated).chain(cut).chain(self.warnings.iter().cloned()).collect()
    }

    /// Digests what readers are told.
    pub(super) fn digest(&self, hasher: &mut Hasher) {
        for text in self.texts(Words::of(None)) {
            hasher.text(&text);
        }
    }
}

impl View {
    pub(super) fn trouble(&self, query: QueryId) -> Option<&Failure> {
        self.remarks.get(&query)?.trouble.as_ref()
    }

    pub(super) fn outdated(&self, query: QueryId) -> Option<&Failure> {
        self.remarks.get(&query)?.outdated.as_ref()
    }

    /// Notes what there is to say of a table that has come: all that was said before is settled.
    pub(super) fn remark_on(&mut self, query: QueryId, table: &Table) {
        let warnings = table.warnings().iter().map(|warning| sentence(warning));
        let remark = Remark { cut: table.was_cut(), warnings: warnings.collect(), ..Remark::default() };
        if remark.is_empty() {
            self.remarks.remove(&query);
        } else {
            self.remarks.insert(query, remark);
        }
    }

    /// Notes why an optional query has no rows.
    pub(super) fn note_trouble(&mut self, query: QueryId, failure: Failure) {
        self.remarks.insert(query, Remark { trouble: Some(failure), ..Remark::default() });
    }

    /// Notes that a newer table could not be had.
    pub(super) fn note_outdated(&mut self, query: QueryId, failure: Failure) {
        self.remarks.entry(query).or_default().outdated = Some(failure);
    }

    /// What readers of a component should know of the tables behind it, each thing once.
    pub(super) fn notices(&self, component: ComponentId, words: &Words) -> Vec<Arc<str>> {
        let mut notices: Vec<Arc<str>> = Vec::new();
        for query in self.origin.graph().sources(component) {
            for text in self.remarks.get(query).map(|remark| remark.texts(words)).unwrap_or_default() {
                if !notices.contains(&text) {
                    notices.push(text);
                }
            }
        }
        notices
    }
}

/// A message as a sentence.
fn sentence(message: &str) -> Arc<str> {
    let mut chars = message.chars();
    let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", chars.as_str()).into()
}
