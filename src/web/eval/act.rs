//! What an interaction does, step by step: fields that are set, `each_run`, and actions in their order.

use std::sync::Arc;

use appspec_data::Value;
use appspec_lang::check::program::{
    Action, ActionKind, Component, ComponentId, Prop, Ref, State, StateId, Subject, Window,
};
use appspec_lang::expr::Template;
use appspec_lang::value::Scalar;
use jiff::civil::DateTime;

use super::admit::{self, Entry};
use super::expr::{self, EvalError, Resolve, Settings};
use super::fit::fit;
use super::instance::Instance;
use super::interact::{Question, Reaction, Toast};
use super::resolve::Resolver;
use super::rows;
use super::run::Engine;
use super::view::{Complaint, Entered, View};
use super::write::Stop;
use crate::words;

/// How a template becomes a text.
type Rendering = fn(&Template<Ref>, &dyn Resolve, &Settings) -> Result<String, EvalError>;

/// A view that somebody does something with.
pub(super) struct Interaction<'v> {
    pub(super) engine: Arc<Engine>,
    pub(super) view: &'v mut View,
    pub(super) resolver: Resolver,
    pub(super) reaction: Reaction,
}

impl<'v> Interaction<'v> {
    pub(super) fn new(engine: &Arc<Engine>, view: &'v mut View, now: DateTime) -> Self {
        let resolver = Resolver::current(engine, view, now);
        Self { engine: Arc::clone(engine), view, resolver, reaction: Reaction::default() }
    }

    /// Does what follows from widgets that were changed and a button that was pressed, or a form that was submitted.
    pub(super) async fn react(&mut self, changed: Vec<Instance>, action: Option<Instance>) {
        self.each_run().await;
        for widget in changed {
            self.act(&widget, "on_change").await;
        }
        if let Some(button) = action {
            let component = self.view.origin.page().components.get(button.component.index());
            let list = component.map(|it| it.kind.list_of_button());
            if self.act(&button, list.unwrap_or_default()).await {
                self.clear(button.component);
            }
        }
    }

    /// Lets a button act at once that has nothing to ask; of the others the question is noted.
    pub(super) async fn ask_before(&mut self, button: Instance) -> Option<Instance> {
        let origin = Arc::clone(&self.view.origin);
        let component = origin.page().components.get(button.component.index())?;
        let Some(Prop::Text(confirm)) = component.prop("confirm") else { return Some(button) };
        // What cannot be done says why when it is tried.
        let is_there = self.stand(button.component, button.row.as_ref()).await.is_ok();
        let is_asked = is_there
            && admit::is_enabled(self.view, &self.resolver, button.component).await
            && self.ask(component, confirm).await;
        self.resolver.stand(None);
        (!is_asked).then_some(button)
    }

    /// Notes the question of a button; false if it asks nothing now.
    async fn ask(&mut self, component: &Component, confirm: &Template<Ref>) -> bool {
        let text = self.text(confirm, expr::render_text).await;
        let label = match &component.subject {
            Subject::Text(label) => self.text(label, expr::render_text).await,
            _ => Ok(String::new()),
        };
        let style = component.prop("style");
        let is_danger = matches!(style, Some(Prop::Literal(Scalar::Text(style))) if &**style == "danger");
        match text.and_then(|text| Ok(Question { text, label: label?, is_danger })) {
            Ok(question) if question.text.trim().is_empty() => return false,
            Ok(question) => self.reaction.question = Some(question),
            Err(error) => self.complain_of(&error),
        }
        true
    }

    /// Stands in the row of a component that something is done to, if that is still there.
    async fn stand(&mut self, component: ComponentId, row: Option<&Arc<str>>) -> Result<(), EvalError> {
        let Some(row) = row else { return Ok(()) };
        let host = self.view.origin.page().components.get(component.index()).and_then(|component| component.row_of);
        let Some(host) = host else { return Ok(()) };
        let place = self.resolver.locate(host, row).await?;
        self.resolver.stand(Some(place));
        Ok(())
    }

    /// Sets the widgets that were changed, and gives those, in the order of the page.
    pub(super) async fn enter(&mut self, entries: Vec<Entry>) -> Vec<Instance> {
        let mut changed = Vec::new();
        for entry in entries {
            let row = entry.row.clone();
            // What is entered in a row that is gone is gone with it.
            let is_there = match entry.bound.first() {
                Some(widget) => self.stand(*widget, row.as_ref()).await.is_ok(),
                None => false,
            };
            if is_there {
                let widget = self.enter_one(entry).await;
                changed.extend(widget.map(|component| Instance { component, row }));
            }
            self.resolver.stand(None);
        }
        changed.sort();
        changed
    }

    /// Sets the widget of an entry; none if it was refused.
    async fn enter_one(&mut self, entry: Entry) -> Option<ComponentId> {
        let widget = self.enabled(&entry).await?;
        if self.opens_dialog(&entry, widget) {
            return None;
        }
        match admit::decode(&self.view.origin, &self.resolver, &entry, widget).await {
            Ok(scalar) => {
                self.note_entered(entry.key, scalar.clone());
                self.set(entry.key, Value::Scalar(scalar));
                Some(widget)
            }
            Err(message) => {
                let complaint = Complaint { row: entry.row, ..Complaint::of(message, entry.typed) };
                self.view.complain(entry.key, complaint);
                None
            }
        }
    }

    /// Gives a key a value that the browser has sent before: that is no edit.
    pub(super) async fn restore(&mut self, entry: &Entry, widget: ComponentId) -> Option<Scalar> {
        self.stand(widget, entry.row.as_ref()).await.ok()?;
        let read = admit::read(&self.view.origin, &self.resolver, entry, widget).await;
        let scalar = read.ok().inspect(|scalar| self.set(entry.key, Value::Scalar(scalar.clone())));
        self.resolver.stand(None);
        scalar
    }

    /// Notes what the browser shows of a key, in the row that is stood in.
    fn note_entered(&mut self, key: StateId, scalar: Scalar) {
        match self.resolver.place() {
            Some(place) if self.is_of_row(key) => self.view.note_entered_in(&place.name, key, scalar),
            _ => self.view.note_entered(key, scalar),
        }
    }

    /// Whether each row has a value of its own of a key.
    fn is_of_row(&self, key: StateId) -> bool {
        self.view.origin.page().state.get(key.index()).is_some_and(|state| state.row_of.is_some())
    }

    /// Whether a browser opens a dialog, which actions alone do.
    fn opens_dialog(&self, entry: &Entry, component: ComponentId) -> bool {
        let kind = self.view.origin.page().components.get(component.index()).map(|component| component.kind.name);
        kind == Some("dialog") && entry.typed.last().is_some_and(|typed| !typed.is_empty())
    }

    /// The first component of a key that takes input: the others are hidden or disabled.
    pub(super) async fn enabled(&self, entry: &Entry) -> Option<ComponentId> {
        for component in &entry.bound {
            if admit::is_enabled(self.view, &self.resolver, *component).await {
                return Some(*component);
            }
        }
        None
    }

    pub(super) async fn each_run(&mut self) {
        let origin = Arc::clone(&self.view.origin);
        let mut news = Vec::new();
        for (index, state) in origin.page().state.iter().enumerate() {
            if let Some(expr) = &state.each_run {
                match self.resolver.eval(expr).await {
                    Ok(value) => news.push((StateId::at(index), value)),
                    Err(error) => self.complain_of(&error),
                }
            }
        }
        for (key, value) in news {
            if let Err(error) = self.set_checked(key, value).await {
                self.complain_of(&error);
            }
        }
    }

    /// Does a list of actions, for a row if the component stands in one; tells whether all of it was done.
    async fn act(&mut self, target: &Instance, list: &str) -> bool {
        let component = self.view.origin.page().components.get(target.component.index());
        if !matches!(component.and_then(|component| component.prop(list)), Some(Prop::Actions(_))) {
            return true;
        }
        // A row that is looked at is that of the table as it is shown.
        self.resolver.insist(true);
        let stood = self.stand(target.component, target.row.as_ref()).await;
        self.resolver.insist(false);
        let is_done = match stood {
            Ok(()) => self.act_here(target.component, list).await,
            Err(error) => {
                self.view.forget_tables(self.resolver.changed());
                self.complain_of(&error);
                false
            }
        };
        self.resolver.stand(None);
        is_done
    }

    /// The same in the row that is stood in.
    async fn act_here(&mut self, component: ComponentId, list: &str) -> bool {
        let origin = Arc::clone(&self.view.origin);
        let definition = origin.page().components.get(component.index());
        let Some(Prop::Actions(actions)) = definition.and_then(|component| component.prop(list)) else { return true };
        if !admit::is_enabled(self.view, &self.resolver, component).await {
            return false;
        }
        let (state, known, goto) = (self.view.given(), self.resolver.clone(), self.reaction.goto.clone());
        self.resolver.insist(true);
        if definition.is_some_and(|component| component.writes(list)) {
            let refs = actions.iter().flat_map(|action| origin.page().refs_of(action)).collect();
            self.resolver.look_up(refs).await;
        }
        let mut saved = 0;
        for action in actions {
            match self.perform(action).await {
                Ok(is_write) => saved += usize::from(is_write),
                Err(stop) => {
                    // A list that fails has set nothing, and leads nowhere; what it has written stays.
                    self.view.give_back(state);
                    self.resolver = known;
                    self.view.forget_tables(self.resolver.changed());
                    self.reaction.goto = goto;
                    self.reaction
                        .toasts
                        .push(Toast { text: stop.message(saved, self.resolver.words()), is_error: true });
                    return false;
                }
            }
        }
        self.resolver.insist(false);
        self.resolver.set_result(Value::Scalar(Scalar::Null));
        true
    }

    /// Does an action; tells whether it has written something.
    async fn perform(&mut self, action: &Action) -> Result<bool, Stop> {
        if let Some(when) = &action.when
            && !self.resolver.eval(when).await?.is_true()
        {
            return Ok(false);
        }
        match &action.kind {
            ActionKind::Set(entries) => {
                let mut news = Vec::with_capacity(entries.len());
                for (key, expr) in entries {
                    news.push((*key, self.resolver.eval(expr).await?));
                }
                for (key, value) in news {
                    self.set_checked(key, value).await?;
                }
            }
            ActionKind::Reset { keys, tables } => {
                let origin = Arc::clone(&self.view.origin);
                let tables = tables.iter().filter_map(|table| origin.page().components.get(table.index()));
                let windows = tables.filter_map(|table| table.window.as_ref()).flat_map(Window::own);
                // What a reader has not touched is not computed again.
                let is_touched = |key: &StateId| self.view.is_entered(*key) || self.view.complaints.contains_key(key);
                let touched: Vec<StateId> = windows.filter(is_touched).collect();
                for key in keys.iter().copied().chain(touched) {
                    self.reset(key);
                }
            }
            ActionKind::Refresh(queries) => {
                for query in queries {
                    self.view.refresh(*query);
                }
            }
            ActionKind::Goto(template) => self.reaction.goto = Some(self.text(template, expr::render_url).await?),
            ActionKind::Toast(template) => {
                let text = self.text(template, expr::render_text).await?;
                self.reaction.toasts.push(Toast { text, is_error: false });
            }
            ActionKind::Run { write, with } => return self.run(*write, with).await,
        }
        Ok(false)
    }

    async fn text(&self, template: &Template<Ref>, render: Rendering) -> Result<String, EvalError> {
        let refs = template.refs().into_iter().map(|(reference, _)| reference).collect();
        let scope = self.resolver.scope(refs).await?;
        render(template, &scope, &self.engine.settings)
    }

    pub(super) fn set(&mut self, key: StateId, value: Value) {
        let node = self.view.origin.graph().key(key);
        let value = match (self.is_of_row(key), self.resolver.place(), &value) {
            (true, Some(place), Value::Scalar(scalar)) => {
                let given = Some((place.followed.get(&key).copied(), scalar.clone()));
                let all = rows::with(self.given(key), &place.name, given);
                self.resolver.know_own(node, value);
                Value::Scalar(all)
            }
            // There is no row to set it for.
            (true, ..) => return,
            (false, ..) => value,
        };
        self.resolver.know(node, Some(value.clone()));
        self.view.enter(key, value);
    }

    fn given(&self, key: StateId) -> Option<&Value> {
        match self.view.state.get(key.index()) {
            Some(Entered::Set(value)) => Some(value),
            _ => None,
        }
    }

    pub(super) fn reset(&mut self, key: StateId) {
        if let Some(name) = self.resolver.place().map(|place| Arc::clone(&place.name)).filter(|_| self.is_of_row(key)) {
            let all = Value::Scalar(rows::with(self.given(key), &name, None));
            self.resolver.know(self.view.origin.graph().key(key), Some(all.clone()));
            return self.view.enter(key, all);
        }
        self.view.reset(key);
        self.resolver.know(self.view.origin.graph().key(key), None);
        self.resolver.count_resets(&self.view.resets);
    }

    async fn set_checked(&mut self, key: StateId, value: Value) -> Result<(), EvalError> {
        let origin = Arc::clone(&self.view.origin);
        let Some(state) = origin.page().state.get(key.index()) else { return Ok(()) };
        match fit(&state.ty, value) {
            Ok(value) => self.set(key, value),
            Err(misfit) => {
                let label = self.label(state).await;
                return Err(EvalError::new(misfit.message(&label, self.resolver.words())));
            }
        }
        Ok(())
    }

    /// What readers know a key by: what its widget is labelled with, or else its name.
    async fn label(&self, state: &State) -> String {
        let page = self.view.origin.page();
        let widgets = state.widgets.iter().filter_map(|widget| page.components.get(widget.index()));
        for label in widgets.filter_map(|widget| widget.prop("label")) {
            if let Prop::Text(label) = label
                && let Ok(label) = self.text(label, expr::render_text).await
                && !label.trim().is_empty()
            {
                return label;
            }
        }
        words::of_name(&state.name)
    }

    fn complain_of(&mut self, error: &EvalError) {
        self.reaction.toasts.push(Toast { text: error.message().to_owned(), is_error: true });
    }
}
