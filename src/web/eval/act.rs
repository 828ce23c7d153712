//! What an interaction does, step by step: fields that are set, `each_run`, and actions in their order.

use std::sync::Arc;

use appspec_data::Value;
use appspec_lang::check::program::{Action, ActionKind, ComponentId, Prop, Ref, StateId, Subject};
use appspec_lang::expr::Template;
use appspec_lang::value::{Scalar, Type};
use jiff::civil::DateTime;

use super::admit::{self, Entry};
use super::expr::{self, EvalError, Resolve, Settings};
use super::interact::{Question, Reaction, Toast};
use super::resolve::Resolver;
use super::run::Engine;
use super::view::{Complaint, View};
use super::write::Stop;

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
    pub(super) async fn react(&mut self, changed: Vec<ComponentId>, action: Option<ComponentId>) {
        self.each_run().await;
        for widget in changed {
            self.act(widget, "on_change").await;
        }
        if let Some(button) = action {
            let list = self.view.origin.page().components.get(button.index()).map(|it| it.kind.list_of_button());
            if self.act(button, list.unwrap_or_default()).await {
                self.clear(button);
            }
        }
    }

    /// Lets a button act at once that has nothing to ask; of the others the question is noted.
    pub(super) async fn ask_before(&mut self, button: ComponentId) -> Option<ComponentId> {
        let origin = Arc::clone(&self.view.origin);
        let component = origin.page().components.get(button.index())?;
        let Some(Prop::Text(confirm)) = component.prop("confirm") else { return Some(button) };
        if !admit::is_enabled(self.view, &self.resolver, button).await {
            return Some(button);
        }
        let text = self.text(confirm, expr::render_text).await;
        let label = match &component.subject {
            Subject::Text(label) => self.text(label, expr::render_text).await,
            _ => Ok(String::new()),
        };
        match text.and_then(|text| Ok(Question { text, label: label? })) {
            Ok(question) if question.text.trim().is_empty() => return Some(button),
            Ok(question) => self.reaction.question = Some(question),
            Err(error) => self.complain_of(&error),
        }
        None
    }

    /// Sets the widgets that were changed, and gives those, in the order of the page.
    pub(super) async fn enter(&mut self, entries: Vec<Entry>) -> Vec<ComponentId> {
        let mut changed = Vec::new();
        for entry in entries {
            let Some(widget) = self.enabled(&entry).await else { continue };
            if self.opens_dialog(&entry, widget) {
                continue;
            }
            match admit::decode(&self.view.origin, &self.resolver, &entry, widget).await {
                Ok(scalar) => {
                    self.view.note_entered(entry.key, scalar.clone());
                    self.set(entry.key, Value::Scalar(scalar));
                    changed.push(widget);
                }
                Err(message) => self.view.complain(entry.key, Complaint::of(message, entry.typed)),
            }
        }
        changed.sort();
        changed
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
            if let Err(error) = self.set_checked(key, value) {
                self.complain_of(&error);
            }
        }
    }

    /// Does a list of actions; tells whether all of it was done.
    async fn act(&mut self, component: ComponentId, list: &str) -> bool {
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
                    self.set_checked(key, value)?;
                }
            }
            ActionKind::Reset(keys) => {
                for key in keys {
                    self.reset(*key);
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
        self.resolver.know(self.view.origin.graph().key(key), Some(value.clone()));
        self.view.enter(key, value);
    }

    pub(super) fn reset(&mut self, key: StateId) {
        self.view.reset(key);
        self.resolver.know(self.view.origin.graph().key(key), None);
        self.resolver.count_resets(&self.view.resets);
    }

    fn set_checked(&mut self, key: StateId, value: Value) -> Result<(), EvalError> {
        let Some(state) = self.view.origin.page().state.get(key.index()) else { return Ok(()) };
        let wrong = |found| EvalError::new(format!("`{}` takes {}, and got {found}", state.name, state.ty));
        let value = fit(&state.ty, value).map_err(wrong)?;
        self.set(key, value);
        Ok(())
    }

    fn complain_of(&mut self, error: &EvalError) {
        self.reaction.toasts.push(Toast { text: error.message().to_owned(), is_error: true });
    }
}

/// A value as its key takes it: an int becomes a float and a list of two a range where that is the type; what does not
/// fit is named.
pub(super) fn fit(ty: &Type, value: Value) -> Result<Value, String> {
    let given = value.ty();
    match (ty.inner(), &value) {
        #[expect(clippy::cast_precision_loss, reason = "the key is a float")]
        (Type::Float, Value::Scalar(Scalar::Int(int))) => Ok(Value::Scalar(Scalar::Float(*int as f64))),
        (Type::List(_), Value::Column(column)) => Ok(Value::Scalar(column.list())),
        (Type::Range(_), Value::Scalar(Scalar::List(ends))) => match &**ends {
            [low, high] => Ok(Value::Scalar(Scalar::range(low.clone(), high.clone()))),
            _ => Err(format!("a list of {}", ends.len())),
        },
        _ if ty.accepts(&given) => Ok(value),
        _ => Err(given.to_string()),
    }
}
