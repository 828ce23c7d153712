//! From what a run has changed to what has to be shown anew.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use appspec_data::Value;
use appspec_lang::check::program::{ComponentId, StateId, Subject};
use appspec_lang::graph::NodeId;
use appspec_lang::value::{Fingerprint, Hasher, Scalar};

use super::evaluated::{Outcome, Shown};
use super::instance::Instance;
use super::memo::Memo;
use super::rows;
use super::run::{Run, holds};
use super::view::Origin;

/// What has changed for whoever looks at the page.
#[derive(Debug, Default)]
pub struct Delta {
    /// How that stands which is to be shown anew. All that it stands in is shown.
    pub changed: BTreeMap<Instance, Outcome>,
}

impl Run {
    /// Takes what has changed since the last call. With `mark_pending`, what is still open is in it as pending.
    pub fn take_delta(&mut self, mark_pending: bool) -> Delta {
        let origin = Arc::clone(&self.origin);
        let page = origin.page();
        self.schedule.press(origin.graph());
        self.advance();
        if mark_pending {
            let pending: Vec<Instance> = page.single().map(Instance::from).filter(|id| self.is_pending(id)).collect();
            self.changed.extend(pending);
        }
        let mut delta = Delta::default();
        for id in std::mem::take(&mut self.changed) {
            if id.ancestors(page).chain([id.clone()]).any(|id| self.is_undecided(&id)) {
                self.changed.insert(id.clone());
                if !mark_pending {
                    continue;
                }
            }
            // What is hidden comes with its parent, when that is shown; and a row may be gone.
            if id.ancestors(page).all(|parent| self.stands(&parent))
                && let Some(outcome) = self.standing(&id)
            {
                if matches!(outcome, Outcome::Pending { .. }) {
                    // Whatever it becomes has to be sent.
                    self.view.forget_look(&id);
                }
                delta.changed.extend(self.rows_of(&id, &outcome));
                delta.changed.insert(id, outcome);
            }
        }
        self.note(&delta);
        delta
    }

    /// Has the next delta hold all components: for a browser that has kept nothing of what was sent.
    pub fn forget_sent(&mut self) {
        let origin = Arc::clone(&self.origin);
        self.changed.extend(origin.page().single().map(Instance::from));
    }

    /// Notes how a component stands and what stands for its rows, and has shown anew what looks otherwise than before:
    /// as long as the rows are the same, and what is around them, only what has changed in them.
    pub(super) fn note_outcome(
        &mut self,
        component: ComponentId,
        outcome: Outcome,
        rows: Vec<(Instance, Outcome)>,
    ) -> Fingerprint {
        if self.has_rows(component) {
            let of_rows = self.of_rows(component);
            self.evaluated.retain(|id, _| !of_rows.contains(&id.component));
        }
        let mut looks: Vec<(Instance, Fingerprint)> = Vec::with_capacity(rows.len() + 1);
        for (id, outcome) in std::iter::once((component.into(), outcome)).chain(rows) {
            looks.push((id.clone(), digest_of(&outcome)));
            self.evaluated.insert(id, outcome);
        }
        let mut all = Hasher::default();
        for (_, look) in &looks {
            all.fingerprint(*look);
        }
        self.changed.extend(self.view.note_looks(component, looks));
        all.finish()
    }

    /// How what stands for the rows of a component stands, if that is shown.
    fn rows_of(&self, id: &Instance, outcome: &Outcome) -> Vec<(Instance, Outcome)> {
        if !matches!(outcome, Outcome::Shown(_)) || !self.has_rows(id.component) {
            return Vec::new();
        }
        let of_rows = self.of_rows(id.component);
        let evaluated = self.evaluated.iter().filter(|(id, _)| of_rows.contains(&id.component));
        evaluated.map(|(id, outcome)| (id.clone(), outcome.clone())).collect()
    }

    fn has_rows(&self, component: ComponentId) -> bool {
        self.origin.page().components.get(component.index()).is_some_and(|component| component.kind.has_rows())
    }

    fn of_rows(&self, component: ComponentId) -> BTreeSet<ComponentId> {
        self.origin.page().of_rows(component).map(|(id, _)| id).collect()
    }

    /// Whether how a component stands may still change in this run.
    fn is_undecided(&self, id: &Instance) -> bool {
        let graph = self.origin.graph();
        let is_open = |node| self.schedule.is_open(node);
        graph.shown(id.component).is_some_and(is_open) || is_open(graph.component(id.component))
    }

    /// Whether a component is drawn, with what is inside it.
    fn stands(&self, id: &Instance) -> bool {
        if id.row.is_some() {
            return matches!(self.evaluated.get(id), Some(Outcome::Shown(_)));
        }
        let graph = self.origin.graph();
        let is_wanted =
            graph.shown(id.component).is_none_or(|shown| !self.schedule.is_open(shown) && self.holds(shown));
        let node = graph.component(id.component);
        let has_failed = || self.view.memo(node).and_then(Memo::failure).is_some();
        is_wanted && !self.schedule.is_open(node) && !has_failed()
    }

    fn holds(&self, id: NodeId) -> bool {
        holds(&self.view, self.origin.graph(), id)
    }

    fn is_pending(&self, id: &Instance) -> bool {
        matches!(self.standing(id), Some(Outcome::Pending { .. }))
    }

    /// How a component stands; in a row that is gone it does not.
    fn standing(&self, id: &Instance) -> Option<Outcome> {
        if id.row.is_some() {
            return self.evaluated.get(id).cloned();
        }
        let graph = self.origin.graph();
        if let Some(shown) = graph.shown(id.component) {
            if let Some(failure) = self.view.memo(shown).and_then(Memo::failure) {
                return Some(Outcome::Failed(failure.error.clone()));
            }
            if self.schedule.is_open(shown) || !self.holds(shown) {
                return Some(Outcome::Hidden);
            }
        }
        let node = graph.component(id.component);
        if self.schedule.is_open(node) {
            return Some(Outcome::Pending { since: self.started });
        }
        Some(self.evaluated.get(id).cloned().unwrap_or(Outcome::Hidden))
    }

    /// Notes in the view what the browser gets.
    fn note(&mut self, delta: &Delta) {
        let revision = self.view.revision + 1;
        let origin = Arc::clone(&self.origin);
        let page = origin.page();
        // Rows come with what shows them.
        let is_alone = |id: &&Instance| {
            let host = id.definition(page).and_then(|component| component.row_of);
            host.is_none_or(|host| !delta.changed.contains_key(&host.into()))
        };
        self.view.note_sent(revision, delta.changed.keys().filter(is_alone).cloned());
        let mut of_rows: BTreeMap<StateId, Vec<(Arc<str>, Scalar)>> = BTreeMap::new();
        for (id, outcome) in &delta.changed {
            let Outcome::Shown(shown) = outcome else { continue };
            if self.has_rows(id.component) {
                // All rows are there anew.
                page.keys_of_rows(id.component).for_each(|(key, _)| self.view.note_rendered(key, Scalar::list([])));
            }
            for (key, scalar) in entered(&origin, id.component, shown) {
                let row = id.row.as_ref().filter(|_| page.state.get(key.index()).is_some_and(|it| it.row_of.is_some()));
                match row {
                    Some(row) => of_rows.entry(key).or_default().push((Arc::clone(row), scalar)),
                    None => self.view.note_rendered(key, scalar),
                }
            }
        }
        for (key, rows) in of_rows {
            let all = rows::rendered_with(self.view.rendered(key), rows);
            self.view.note_rendered(key, all);
        }
    }
}

/// The keys of a widget, of a table or of a chart, and the values that it shows.
fn entered(origin: &Origin, component: ComponentId, shown: &Shown) -> Vec<(StateId, Scalar)> {
    if let Some(window) = &shown.window {
        return window.values.clone();
    }
    let Some(component) = origin.page().components.get(component.index()) else { return Vec::new() };
    let (key, value) = match component.subject {
        Subject::State(key) => (Some(key), shown.subject.as_ref()),
        _ => (component.selected(), shown.prop("selected")),
    };
    key.zip(value.and_then(Value::as_scalar).cloned()).into_iter().collect()
}

/// Equal digests mean equal looks.
fn digest_of(outcome: &Outcome) -> Fingerprint {
    match outcome {
        Outcome::Shown(shown) => digest(shown),
        Outcome::Failed(error) => error.fingerprint(),
        Outcome::Hidden | Outcome::Pending { .. } => Fingerprint(0),
    }
}

fn digest(shown: &Shown) -> Fingerprint {
    let mut hasher = Hasher::default();
    hasher.number(shown.rows.len() as u64);
    shown.rows.iter().for_each(|name| _ = hasher.text(name));
    if let Some(subject) = &shown.subject {
        hasher.fingerprint(subject.fingerprint());
    }
    for (name, value) in &shown.props {
        hasher.text(name).fingerprint(value.fingerprint());
    }
    for (value, label) in &shown.options {
        value.digest(&mut hasher);
        hasher.text(label);
    }
    for notice in &shown.notices {
        hasher.text(notice);
    }
    for label in shown.column_labels.iter().flatten() {
        hasher.text(label);
    }
    for cells in &shown.cells {
        hasher.number(cells.full.map_or(0, f64::to_bits));
        cells.links.iter().chain(&cells.colors).for_each(|text| _ = hasher.text(text));
    }
    if let Some(window) = &shown.window {
        hasher.number(window.total.map_or(0, |total| total + 1));
        window.values.iter().for_each(|(_, value)| value.digest(&mut hasher));
        for (key, message, typed) in &window.complaints {
            hasher.number(u64::from(key.0)).text(message).text(typed);
        }
    }
    if let Some(complaint) = &shown.complaint {
        complaint.digest(&mut hasher);
    }
    if let Some(file) = &shown.file {
        hasher.text(file);
    }
    hasher.finish()
}
