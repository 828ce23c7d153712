//! Computes one node of a run, if anything that it reads has changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use appspec_data::Value;
use appspec_lang::check::program::{
    Annotation, Choices, Component, ComponentId, Initial, Prop, Ref, State, StateId, Subject, ValueId, Window,
};
use appspec_lang::component::{self, PropType};
use appspec_lang::expr::{Expr, Template};
use appspec_lang::graph::{NodeId, NodeKind};
use appspec_lang::spec::Axis;
use appspec_lang::value::{Fingerprint, Hasher, Scalar};

use super::cells;
use super::choices;
use super::evaluated::{Outcome, Shown};
use super::expr::{self, EvalError};
use super::fit::{Misfit, fit};
use super::interact::key_of;
use super::memo::{Failure, Kept, Memo};
use super::plain;
use super::resolve::{Resolver, Scope};
use super::run::{Arrival, Arrived, Event, Run};
use super::selection;
use super::view::Entered;
use super::window;
use crate::words;

/// Why the value of an input is not at hand.
pub(super) enum Missing {
    /// Its node has to run again.
    Lost(NodeId),
    Failed(EvalError),
}

impl Run {
    pub(super) fn compute(&mut self, id: NodeId) {
        match self.origin.graph().node(id).kind {
            NodeKind::Now | NodeKind::Today => self.skip(id, Event::Skipped(id)),
            NodeKind::State(key) => self.compute_state(id, key),
            NodeKind::Query(query) => self.compute_query(id, query),
            NodeKind::Admitted(_)
            | NodeKind::Value(_)
            | NodeKind::Shown(_)
            | NodeKind::Component(_)
            | NodeKind::Title => {
                self.compute_pure(id);
            }
        }
    }

    /// Whether the memo of a node holds for these inputs, and its value need not be made again.
    pub(super) fn is_current(&self, id: NodeId, inputs: Fingerprint) -> bool {
        let is_due = match self.tick {
            // A table that is not up to date is not looked at again by an interaction.
            Some(_) => self.view.next_attempt(id).is_some_and(|at| at <= self.started),
            None => self.view.failure(id).is_some_and(|failure| failure.is_due(self.started)),
        };
        let is_wanted = is_due || self.lost.contains(&id) || self.outdated.contains(&id);
        !is_wanted && self.view.memo(id).is_some_and(|memo| memo.inputs == inputs)
    }

    fn compute_state(&mut self, id: NodeId, key: StateId) {
        let origin = Arc::clone(&self.origin);
        let Some(state) = origin.page().state.get(key.index()) else { return };
        if let Some(followed) = origin.page().followed(key) {
            return self.compute_follower(id, key, followed);
        }
        let entered = self.view.state.get(key.index()).cloned().unwrap_or_default();
        let value = match (&entered, &state.initial) {
            (Entered::Set(value), _) => value.clone(),
            // No row was given one yet.
            (Entered::Initial, _) if state.row_of.is_some() => Value::Scalar(Scalar::list([])),
            (Entered::Initial, Initial::Const(scalar)) => Value::Scalar(scalar.clone()),
            (Entered::Initial, Initial::FirstChoice) => Value::Scalar(choices::first_of_list(state)),
            (Entered::Initial, Initial::From(default)) => {
                let resets = self.view.resets.get(key.index()).copied().unwrap_or(0);
                let inputs = Hasher::default().text("first").number(u64::from(resets)).finish();
                if self.is_current(id, inputs) {
                    return self.skip(id, Event::Skipped(id));
                }
                let resolver = Resolver::initial(&self.engine, &self.view, self.now, resets);
                let (default, ty, name) = (default.clone(), state.ty.clone(), words::of_name(&state.name));
                self.waiting.push(Box::pin(async move {
                    let value = resolver.eval(&default).await;
                    let misfit = |misfit: Misfit| EvalError::new(misfit.message(&name, resolver.words()));
                    let fitted = value.and_then(|value| fit(&ty, value).map_err(misfit));
                    let result = fitted.map(Arrival::Value);
                    Arrived { node: id, inputs, result }
                }));
                return;
            }
        };
        let output = value.fingerprint();
        if self.is_current(id, output) {
            return self.skip(id, Event::Skipped(id));
        }
        self.store(id, Memo { inputs: output, output, kept: Kept::Value(value) });
    }

    /// A key that shows a value until it is edited, and again when that value changes.
    fn compute_follower(&mut self, id: NodeId, key: StateId, followed: &Expr<Ref>) {
        let inputs = self.digest_of_inputs(id);
        let scope = match self.gather(id) {
            Ok(scope) => scope,
            Err(missing) => return self.lack(id, inputs, missing),
        };
        let shown = match expr::eval(followed, &scope, &self.engine.settings) {
            Ok(shown) => shown,
            Err(error) => return self.fail_own(id, inputs, error),
        };
        let news = Some(shown.fingerprint());
        let (Some(last), Some(entered)) =
            (self.view.followed.get(key.index()).copied(), self.view.state.get(key.index()).cloned())
        else {
            return;
        };
        // What the URL says goes before what the page would show by itself.
        let is_kept = last == news || last.is_none() && self.view.seed_of(key).is_some();
        let value = match entered {
            Entered::Set(value) if is_kept => value,
            _ => shown,
        };
        if last != news {
            self.view.follow(key, news, is_kept);
        }
        let output = value.fingerprint();
        if self.is_current(id, output) {
            return self.skip(id, Event::Skipped(id));
        }
        self.store(id, Memo { inputs: output, output, kept: Kept::Value(value) });
    }

    /// Puts a node off until a lost value is there, or lets it fail with what it reads.
    pub(super) fn lack(&mut self, id: NodeId, inputs: Fingerprint, missing: Missing) {
        match missing {
            Missing::Lost(needed) => {
                self.lost.insert(needed);
                let origin = Arc::clone(&self.origin);
                self.schedule.defer(origin.graph(), id, needed);
            }
            Missing::Failed(error) => {
                if let NodeKind::Component(component) = self.origin.graph().node(id).kind {
                    self.note_outcome(component, Outcome::Failed(error.clone()), Vec::new());
                }
                self.fail(id, inputs, Failure::inherited(error));
            }
        }
    }

    /// Computes a node that is a function of its inputs alone.
    fn compute_pure(&mut self, id: NodeId) {
        let kind = self.origin.graph().node(id).kind;
        let inputs = self.digest_of_inputs(id);
        if self.is_current(id, inputs) {
            return self.skip(id, Event::Skipped(id));
        }
        let scope = match self.gather(id) {
            Ok(scope) => scope,
            Err(missing) => return self.lack(id, inputs, missing),
        };
        match kind {
            NodeKind::Value(value) => self.finish_value(id, value, inputs, &scope),
            NodeKind::Admitted(key) => self.finish_admitted(id, key, inputs, &scope),
            NodeKind::Shown(component) => self.finish_shown(id, component, inputs, &scope),
            NodeKind::Component(component) => self.finish_component(id, component, inputs, &scope),
            NodeKind::Title => self.finish_title(id, inputs, &scope),
            NodeKind::State(_) | NodeKind::Query(_) | NodeKind::Now | NodeKind::Today => {}
        }
    }

    fn finish_value(&mut self, id: NodeId, value: ValueId, inputs: Fingerprint, scope: &Scope) {
        let origin = Arc::clone(&self.origin);
        let Some(definition) = origin.page().values.get(value.index()) else { return };
        match expr::eval(&definition.expr, scope, &self.engine.settings) {
            Ok(value) => {
                let kept = match &value {
                    Value::Scalar(_) => Kept::Value(value.clone()),
                    _ => Kept::Derived,
                };
                let output = value.fingerprint();
                self.keep(id, value);
                self.store(id, Memo { inputs, output, kept });
            }
            Err(error) => self.fail_own(id, inputs, error),
        }
    }

    fn finish_admitted(&mut self, id: NodeId, key: StateId, inputs: Fingerprint, scope: &Scope) {
        let origin = Arc::clone(&self.origin);
        let (page, graph) = (origin.page(), origin.graph());
        let Some(state) = page.state.get(key.index()) else { return };
        let entered = scope.node(graph.state(key)).cloned().unwrap_or(Value::Scalar(Scalar::Null));
        if page.window_of_page(key).is_some() {
            return self.finish_page(id, key, inputs, entered);
        }
        let admitted = match (&state.choices, &entered) {
            (Some(Choices::Query { query, value, first, .. }), Value::Scalar(scalar)) => {
                match scope.node(graph.query(*query)) {
                    Some(Value::Table(table)) => {
                        let offered = choices::values(first, table, value);
                        Value::Scalar(self.admit((key, state), scalar, &offered))
                    }
                    // The options have failed: what was entered stays.
                    _ => entered,
                }
            }
            _ => entered,
        };
        let output = admitted.fingerprint();
        self.store(id, Memo { inputs, output, kept: Kept::Value(admitted) });
    }

    /// What a choice makes of a value that was entered, or that the URL or the browser has given.
    fn admit(&mut self, (key, state): (StateId, &State), entered: &Scalar, offered: &[Scalar]) -> Scalar {
        let first = choices::first(state, offered);
        if let Some(first) = first.clone().filter(|_| state.in_url.is_some()) {
            self.view.firsts.insert(key, first);
        }
        if self.view.seed_of(key) != Some(entered) {
            return choices::admit(state, entered, offered);
        }
        let admitted = choices::admit(state, &choices::meant(entered, offered), offered);
        // A list of which nothing fits says nothing.
        let is_lost = |list: &Scalar| matches!(list, Scalar::List(items) if items.is_empty()) && list != entered;
        first.filter(|_| is_lost(&admitted)).unwrap_or(admitted)
    }

    /// The page of a table that was chosen; the first one, if it was chosen for other rows.
    fn finish_page(&mut self, id: NodeId, key: StateId, inputs: Fingerprint, entered: Value) {
        let chosen_for = self.view.followed.get(key.index()).copied().flatten();
        let is_meant = chosen_for.is_none_or(|chosen_for| chosen_for == self.digest_beside(id));
        let page = if is_meant { entered } else { Value::Scalar(Scalar::Int(1)) };
        let output = page.fingerprint();
        self.store(id, Memo { inputs, output, kept: Kept::Value(page) });
    }

    /// The digest of what the page of a table is chosen for: all that its node reads but the key itself.
    pub(super) fn digest_beside(&self, id: NodeId) -> Fingerprint {
        let graph = self.origin.graph();
        let mut hasher = Hasher::default();
        for input in graph.node(id).inputs.iter().skip(1) {
            hasher.fingerprint(self.view.memo(*input).map_or(Fingerprint(0), |memo| memo.output));
        }
        hasher.finish()
    }

    fn finish_shown(&mut self, id: NodeId, component: ComponentId, inputs: Fingerprint, scope: &Scope) {
        let origin = Arc::clone(&self.origin);
        let Some(definition) = origin.page().components.get(component.index()) else { return };
        match self.holds_in(definition, scope) {
            Ok(holds) => {
                let value = Scalar::Bool(holds);
                let output = value.fingerprint();
                self.store(id, Memo { inputs, output, kept: Kept::Value(Value::Scalar(value)) });
            }
            Err(error) => self.fail_own(id, inputs, error),
        }
    }

    fn finish_title(&mut self, id: NodeId, inputs: Fingerprint, scope: &Scope) {
        let origin = Arc::clone(&self.origin);
        match expr::render_text(&origin.page().title, scope, &self.engine.settings) {
            Ok(text) => {
                let title = Scalar::text(text);
                let output = title.fingerprint();
                self.store(id, Memo { inputs, output, kept: Kept::Value(Value::Scalar(title)) });
            }
            Err(error) => self.fail_own(id, inputs, error),
        }
    }

    fn finish_component(&mut self, id: NodeId, component: ComponentId, inputs: Fingerprint, scope: &Scope) {
        let origin = Arc::clone(&self.origin);
        let Some(definition) = origin.page().components.get(component.index()) else { return };
        match self.evaluate(definition, scope) {
            Ok(mut shown) => {
                shown.notices = self.view.notices(component, self.engine.settings.words());
                let rows = self.show_rows((component, definition), &mut shown, scope);
                self.note_lost_selection(definition, &shown, scope);
                let output = self.note_outcome(component, Outcome::Shown(shown), rows);
                self.store(id, Memo { inputs, output, kept: Kept::Nothing });
            }
            Err(error) => {
                self.note_outcome(component, Outcome::Failed(error.clone()), Vec::new());
                self.fail_own(id, inputs, error);
            }
        }
    }

    /// Has what is selected in a chart or a table, and is no longer in its data, given up once the run has come so far.
    fn note_lost_selection(&mut self, component: &Component, shown: &Shown, scope: &Scope) {
        let Some(key) = component.selected() else { return };
        let origin = Arc::clone(&self.origin);
        let (Some(state), Some(value)) = (origin.page().state.get(key.index()), shown.prop("selected")) else { return };
        let Some(value) = value.as_scalar() else { return };
        let rows = component.window.as_ref().and_then(|window| window.selection.as_ref());
        let column = if let Some(rows) = rows {
            let found = scope.node(origin.graph().query(rows.query)).and_then(Value::as_table);
            found.and_then(|found| found.column(&rows.column))
        } else {
            let color = shown.prop("color").and_then(Value::as_scalar).and_then(Scalar::as_text);
            let table = shown.subject.as_ref().and_then(Value::as_table);
            table.and_then(|table| selection::column(component, table, color))
        };
        let Some(column) = column else { return };
        let kept = selection::kept(state, value, &column);
        if kept != *value {
            self.lost_selections.push((key, kept));
        }
    }

    /// Whether the conditions of a component hold.
    pub(super) fn holds_in(&self, component: &Component, scope: &Scope) -> Result<bool, EvalError> {
        let is_open = component.shown_if.as_ref().is_none_or(|(key, wanted)| {
            matches!(scope.node(self.origin.graph().key(*key)), Some(Value::Scalar(value)) if value == wanted)
        });
        match &component.when {
            Some(when) if is_open => expr::eval(when, scope, &self.engine.settings).map(|value| value.is_true()),
            _ => Ok(is_open),
        }
    }

    /// Fails with an error of a function of the inputs: only other inputs can help.
    fn fail_own(&mut self, id: NodeId, inputs: Fingerprint, error: EvalError) {
        self.fail(id, inputs, Failure::own(error, 0, self.started));
    }

    /// Evaluates the subject and the options of a component.
    pub(super) fn evaluate(&self, component: &Component, scope: &Scope) -> Result<Shown, EvalError> {
        let settings = &self.engine.settings;
        let mut shown = Shown::default();
        match &component.subject {
            Subject::None | Subject::Json(_) => {}
            Subject::Text(template) => {
                let text = match component.kind.subject {
                    component::Subject::Markdown => expr::render_escaped(template, scope, settings, plain::protect)?,
                    component::Subject::Html => expr::render_escaped(template, scope, settings, plain::escape)?,
                    component::Subject::Image => expr::render_url(template, scope, settings)?,
                    _ => expr::render_text(template, scope, settings)?,
                };
                shown.subject = Some(Value::Scalar(Scalar::text(text)));
            }
            Subject::Expr(expr) | Subject::Table { expr, .. } => {
                shown.subject = Some(expr::eval(expr, scope, settings)?);
            }
            Subject::State(key) => {
                shown.subject = scope.node(self.origin.graph().key(*key)).cloned();
                shown.options = choices::entries(&self.origin, *key, scope, settings)?;
                let complaint = self.view.complaints.get(key);
                let own = complaint.filter(|complaint| complaint.row.as_deref() == scope.row_name());
                shown.complaint = own.cloned().map(Box::new);
                shown.file = self.view.files.get(key).cloned();
            }
        }
        for (name, prop) in &component.props {
            let value = match prop {
                Prop::Text(template) if component.kind.prop(name).is_some_and(|prop| prop.ty == PropType::Url) => {
                    Value::Scalar(Scalar::text(expr::render_url(template, scope, settings)?))
                }
                Prop::Text(template) => Value::Scalar(Scalar::text(expr::render_text(template, scope, settings)?)),
                Prop::Expr(expr) => expr::eval(expr, scope, settings)?,
                Prop::StateKey(key) => match scope.node(self.origin.graph().key(*key)) {
                    Some(value) => value.clone(),
                    None => continue,
                },
                Prop::TableColumns(columns) => {
                    for column in columns {
                        let label = column.label.as_ref().map(|label| expr::render_text(label, scope, settings));
                        shown.column_labels.push(label.transpose()?);
                    }
                    continue;
                }
                Prop::Annotations(annotations) => self.annotations(annotations, scope)?,
                Prop::Columns(_)
                | Prop::Order(_)
                | Prop::Literal(_)
                | Prop::Format(_)
                | Prop::Options
                | Prop::Areas(_)
                | Prop::Actions(_)
                | Prop::Table { .. } => continue,
            };
            shown.props.push((name, value));
        }
        shown.cells = cells::of(component, shown.subject.as_ref(), scope, settings)?;
        let chosen = |chosen: &Window| Box::new(window::shown(chosen, scope, (self.origin.graph(), &self.view)));
        shown.window = component.window.as_ref().map(chosen);
        Ok(shown)
    }

    /// Lines and bands as rendering reads them: of each the axis, the places, the label and the colour.
    fn annotations(&self, annotations: &[Annotation], scope: &Scope) -> Result<Value, EvalError> {
        let settings = &self.engine.settings;
        let text = |template: &Option<Template<Ref>>| match template {
            Some(template) => expr::render_text(template, scope, settings).map(Scalar::text),
            None => Ok(Scalar::Null),
        };
        let mut all = Vec::with_capacity(annotations.len());
        for annotation in annotations {
            let axis = Scalar::text(if annotation.axis == Axis::X { "x" } else { "y" });
            let at = expr::eval(&annotation.at, scope, settings)?;
            let at = at.as_scalar().cloned().unwrap_or_default();
            all.push(Scalar::list([axis, at, text(&annotation.label)?, text(&annotation.color)?]));
        }
        Ok(Value::Scalar(Scalar::list(all)))
    }

    /// The digest of what the inputs of a node gave; for a component also of what is said beside it.
    pub(super) fn digest_of_inputs(&self, id: NodeId) -> Fingerprint {
        let graph = self.origin.graph();
        let mut hasher = Hasher::default();
        for input in &graph.node(id).inputs {
            hasher.fingerprint(self.view.memo(*input).map_or(Fingerprint(0), |memo| memo.output));
        }
        for extra in graph.node(id).extras.iter().filter(|extra| !self.schedule.is_open(**extra)) {
            hasher.fingerprint(self.view.memo(*extra).map_or(Fingerprint(0), |memo| memo.output));
        }
        let NodeKind::Component(host) = graph.node(id).kind else { return hasher.finish() };
        for query in graph.sources(host) {
            self.view.remarks.get(query).into_iter().for_each(|remark| remark.digest(&mut hasher));
        }
        let component = self.origin.page().components.get(host.index());
        let own = component.and_then(|component| match component.subject {
            Subject::State(key) => Some(key),
            _ => None,
        });
        let keys = component.and_then(|component| component.window.as_ref()).into_iter().flat_map(Window::states);
        let of_rows = self.origin.page().of_rows(host).filter_map(|(_, component)| key_of(component));
        for complaint in own.into_iter().chain(keys).chain(of_rows).filter_map(|key| self.view.complaints.get(&key)) {
            complaint.digest(&mut hasher);
        }
        for file in own.into_iter().filter_map(|key| self.view.files.get(&key)) {
            hasher.text(file);
        }
        hasher.finish()
    }

    /// The values of all inputs of a node. What the options of a key have failed with is left out.
    pub(super) fn gather(&mut self, id: NodeId) -> Result<Scope, Missing> {
        let origin = Arc::clone(&self.origin);
        let node = origin.graph().node(id);
        let options = match node.kind {
            NodeKind::Admitted(key) => Some(origin.graph().state(key)),
            _ => None,
        };
        let mut values = BTreeMap::new();
        for input in &node.inputs {
            match self.value_of(*input) {
                Ok(value) => {
                    values.insert(*input, value);
                }
                Err(Missing::Failed(_)) if options.is_some_and(|entered| entered != *input) => {}
                Err(missing) => return Err(missing),
            }
        }
        for extra in &node.extras {
            if self.schedule.is_open(*extra) {
                continue;
            }
            match self.value_of(*extra) {
                Ok(value) => drop(values.insert(*extra, value)),
                Err(Missing::Failed(_)) => {}
                Err(lost) => return Err(lost),
            }
        }
        Ok(Scope::new(origin, values))
    }

    /// The value of a settled node.
    pub(super) fn value_of(&mut self, id: NodeId) -> Result<Value, Missing> {
        if let Some(Some(value)) = self.values.get(id.index()) {
            return Ok(value.clone());
        }
        let kept = self.view.memo(id).map_or(Kept::Nothing, |memo| memo.kept.clone());
        let value = match kept {
            Kept::Value(value) => value,
            Kept::Failed(failure) => return Err(Missing::Failed(failure.error)),
            Kept::Cached(cached) => self.engine.data.cached(&cached).map(Value::Table).ok_or(Missing::Lost(id))?,
            Kept::Nothing => return Err(Missing::Lost(id)),
            Kept::Derived => {
                // What it is made from is lost: whoever asks waits for this node, and this node for that.
                let scope = self.gather(id).map_err(|missing| match missing {
                    Missing::Lost(_) => Missing::Lost(id),
                    failed @ Missing::Failed(_) => failed,
                })?;
                let origin = Arc::clone(&self.origin);
                let NodeKind::Value(value) = origin.graph().node(id).kind else { return Err(Missing::Lost(id)) };
                let definition = origin.page().values.get(value.index()).ok_or(Missing::Lost(id))?;
                expr::eval(&definition.expr, &scope, &self.engine.settings).map_err(Missing::Failed)?
            }
        };
        self.keep(id, value.clone());
        Ok(value)
    }
}
