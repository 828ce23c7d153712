//! From what a run has changed to what has to be shown anew.

use std::collections::BTreeMap;
use std::sync::Arc;

use appspec_data::Value;
use appspec_lang::check::program::{ComponentId, StateId, Subject};
use appspec_lang::graph::NodeId;
use appspec_lang::value::Scalar;

use super::evaluated::{Evaluated, Outcome, Shown};
use super::memo::Memo;
use super::rows::{self, ShownRow};
use super::run::{Run, holds};
use super::view::Origin;

/// What has changed for whoever looks at the page.
#[derive(Debug, Default)]
pub struct Delta {
    /// How the components stand that are to be shown anew. All that these stand in is shown.
    pub changed: BTreeMap<ComponentId, Evaluated>,
}

impl Run {
    /// Takes what has changed since the last call. With `mark_pending`, what is still open is in it as pending.
    pub fn take_delta(&mut self, mark_pending: bool) -> Delta {
        let origin = Arc::clone(&self.origin);
        self.schedule.press(origin.graph());
        self.advance();
        if mark_pending {
            let pending: Vec<ComponentId> = origin.page().single().filter(|id| self.is_pending(*id)).collect();
            self.changed.extend(pending);
        }
        let mut delta = Delta::default();
        for id in std::mem::take(&mut self.changed) {
            if ancestors(&origin, id).chain([id]).any(|id| self.is_undecided(id)) {
                self.changed.insert(id);
                if !mark_pending {
                    continue;
                }
            }
            // What is hidden comes with its parent, when that is shown.
            if ancestors(&origin, id).all(|parent| self.stands(parent)) {
                let outcome = self.standing(id);
                if matches!(outcome, Outcome::Pending { .. }) {
                    // Whatever it becomes has to be sent.
                    self.view.set_memo(origin.graph().component(id), None);
                }
                delta.changed.insert(id, Evaluated { component: id, outcome });
            }
        }
        self.note(&delta);
        delta
    }

    /// Has the next delta hold all components: for a browser that has kept nothing of what was sent.
    pub fn forget_sent(&mut self) {
        let origin = Arc::clone(&self.origin);
        self.changed.extend(origin.page().single());
    }

    /// Whether how a component stands may still change in this run.
    fn is_undecided(&self, id: ComponentId) -> bool {
        let graph = self.origin.graph();
        let is_open = |node| self.schedule.is_open(node);
        graph.shown(id).is_some_and(is_open) || is_open(graph.component(id))
    }

    /// Whether a component is drawn, with what is inside it.
    fn stands(&self, id: ComponentId) -> bool {
        let graph = self.origin.graph();
        let is_wanted = graph.shown(id).is_none_or(|shown| !self.schedule.is_open(shown) && self.holds(shown));
        let node = graph.component(id);
        let has_failed = || self.view.memo(node).and_then(Memo::failure).is_some();
        is_wanted && !self.schedule.is_open(node) && !has_failed()
    }

    fn holds(&self, id: NodeId) -> bool {
        holds(&self.view, self.origin.graph(), id)
    }

    fn is_pending(&self, id: ComponentId) -> bool {
        matches!(self.standing(id), Outcome::Pending { .. })
    }

    fn standing(&self, id: ComponentId) -> Outcome {
        let graph = self.origin.graph();
        if let Some(shown) = graph.shown(id) {
            if let Some(failure) = self.view.memo(shown).and_then(Memo::failure) {
                return Outcome::Failed(failure.error.clone());
            }
            if self.schedule.is_open(shown) || !self.holds(shown) {
                return Outcome::Hidden;
            }
        }
        let node = graph.component(id);
        if self.schedule.is_open(node) {
            return Outcome::Pending { since: self.started };
        }
        self.evaluated.get(&id).cloned().unwrap_or(Outcome::Hidden)
    }

    /// Notes in the view what the browser gets.
    fn note(&mut self, delta: &Delta) {
        let revision = self.view.revision + 1;
        self.view.note_sent(revision, delta.changed.keys().copied());
        let origin = Arc::clone(&self.origin);
        for evaluated in delta.changed.values() {
            for (key, scalar) in entered(&origin, evaluated) {
                self.view.note_rendered(key, scalar);
            }
        }
    }
}

/// The components that hold this one, from the nearest up.
pub(super) fn ancestors(origin: &Origin, id: ComponentId) -> impl Iterator<Item = ComponentId> + '_ {
    let parent = |id: &ComponentId| origin.page().components.get(id.index()).and_then(|component| component.parent);
    std::iter::successors(parent(&id), move |id| parent(id))
}

/// The keys of a widget, of a table or of a chart, and the values that it shows.
fn entered(origin: &Origin, evaluated: &Evaluated) -> Vec<(StateId, Scalar)> {
    let Outcome::Shown(shown) = &evaluated.outcome else { return Vec::new() };
    if !shown.rows.is_empty() {
        let chosen = shown.window.iter().flat_map(|window| window.values.clone());
        return chosen.chain(entered_in_rows(origin, &shown.rows)).collect();
    }
    if let Some(window) = &shown.window {
        return window.values.clone();
    }
    own(origin, evaluated.component, shown).into_iter().collect()
}

/// The key of a widget or of a chart, and the value that it shows.
fn own(origin: &Origin, component: ComponentId, shown: &Shown) -> Option<(StateId, Scalar)> {
    let component = origin.page().components.get(component.index())?;
    let (key, value) = match component.subject {
        Subject::State(key) => (Some(key), shown.subject.as_ref()),
        _ => (component.selected(), shown.prop("selected")),
    };
    key.zip(value.and_then(Value::as_scalar).cloned())
}

/// The keys of what stands for the rows of a component; of those that each row has its own of, all the values.
fn entered_in_rows(origin: &Origin, rows: &[ShownRow]) -> Vec<(StateId, Scalar)> {
    let mut entered = Vec::new();
    let mut by_row: BTreeMap<StateId, Vec<(Arc<str>, Scalar)>> = BTreeMap::new();
    for row in rows {
        for (component, outcome) in &row.outcomes {
            let Outcome::Shown(shown) = outcome else { continue };
            let Some((key, value)) = own(origin, *component, shown) else { continue };
            if origin.page().state.get(key.index()).is_some_and(|state| state.row_of.is_some()) {
                by_row.entry(key).or_default().push((Arc::clone(&row.name), value));
            } else {
                entered.push((key, value));
            }
        }
    }
    entered.extend(by_row.into_iter().map(|(key, rows)| (key, rows::rendered(rows))));
    entered
}
