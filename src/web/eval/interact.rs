//! One interaction: what was entered is admitted, `each_run` runs, then the actions, in this order.
//!
//! All of it is written into the view before the graph is evaluated; the run that follows sees only its effect.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use appspec_data::Value;
use appspec_lang::check::program::{Action, ActionKind, Component, ComponentId, Prop, Ref, StateId, Subject};
use appspec_lang::component::Family;
use appspec_lang::expr::Template;
use appspec_lang::value::{Fingerprint, Scalar, Type};
use jiff::civil::DateTime;

use super::admit::{self, Entry};
use super::expr::{self, EvalError};
use super::resolve::Resolver;
use super::run::Engine;
use super::view::{Click, Complaint, View};
use super::write::{INTERRUPTED, LOST, Stop};

/// What a browser has sent, as far as it concerns the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Fields by name, each with all its values in order.
    pub fields: BTreeMap<String, Vec<String>>,
    /// The id of a button.
    pub action: Option<String>,
    /// The id of a component that has failed and is to be tried again. That alone is no interaction.
    pub retry: Option<String>,
    /// Names this click: the same twice is one.
    pub click: Option<Fingerprint>,
}

/// What an interaction asks for besides a new look of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reaction {
    pub goto: Option<String>,
    pub toasts: Vec<Toast>,
}

impl Reaction {
    /// Says that something went wrong.
    fn error(text: impl Into<String>) -> Self {
        Self { goto: None, toasts: vec![Toast { text: text.into(), is_error: true }] }
    }
}

/// A short message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    pub text: String,
    pub is_error: bool,
}

/// Why an interaction is refused as a whole; nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    UnknownField(String),
    UnknownAction(String),
    UnknownComponent(String),
}

/// Applies `each_run` as the page is loaded.
pub async fn load(engine: &Arc<Engine>, view: &mut View, now: DateTime) -> Reaction {
    let mut interaction = Interaction::new(engine, view, now);
    interaction.each_run().await;
    interaction.reaction
}

/// Gives a view that was lost the values that its browser still shows: these are no edits, whatever they are.
pub async fn rebuild(engine: &Arc<Engine>, view: &mut View, sent: &Sent, now: DateTime) -> Result<(), Refused> {
    let entries = admit::entries(view, sent)?;
    let mut interaction = Interaction::new(engine, view, now);
    let mut taken = Vec::with_capacity(entries.len());
    for entry in entries {
        let Some(widget) = entry.bound.first().copied() else { continue };
        if let Ok(scalar) = admit::read(&interaction.view.origin, &interaction.resolver, &entry, widget).await {
            interaction.set(entry.key, Value::Scalar(scalar.clone()));
            taken.push((entry.key, widget, scalar));
        }
    }
    // Limits may depend on other fields: they hold once all are there.
    for (key, widget, scalar) in taken {
        match admit::check_limits(&interaction.view.origin, &interaction.resolver, widget, &scalar).await {
            Ok(()) => interaction.view.note_rendered(key, scalar),
            Err(_) => interaction.reset(key),
        }
    }
    Ok(())
}

/// Whether what a browser has sent may write to a database: its button does, or a field that it names.
pub fn may_write(view: &View, sent: &Sent) -> bool {
    let page = view.origin.page();
    let button = sent.action.as_ref().and_then(|id| find_action(view, id));
    let button = button.and_then(|button| page.components.get(button.index()));
    let is_sent = |component: &Component| {
        let state = key_of(component).and_then(|key| page.state.get(key.index()));
        state.is_some_and(|state| sent.fields.contains_key(&*state.name))
    };
    button.is_some_and(|button| button.writes("on_click"))
        || page.components.iter().any(|component| is_sent(component) && component.writes("on_change"))
}

/// Applies what a browser has sent, which is done once if it is sent twice: then its edits are taken and what came of
/// it is told again.
///
/// What may write is to be awaited to its end, whoever waits for the answer: dropped within, nobody knows its outcome.
pub async fn interact(engine: &Arc<Engine>, view: &mut View, sent: &Sent, now: DateTime) -> Result<Reaction, Refused> {
    let entries = admit::entries(view, sent)?;
    let action = match &sent.action {
        Some(id) => Some(find_action(view, id).ok_or_else(|| Refused::UnknownAction(id.clone()))?),
        None => None,
    };
    let failed = match &sent.retry {
        Some(id) => Some(find_component(view, id).ok_or_else(|| Refused::UnknownComponent(id.clone()))?),
        None => None,
    };
    if let Some(known) = sent.click.and_then(|digest| view.click(digest)).cloned() {
        Interaction::new(engine, view, now).enter(entries).await;
        return Ok(match known {
            Click::Done(reaction) => reaction,
            Click::Begun => Reaction::error(INTERRUPTED),
        });
    }
    if let Some(digest) = sent.click.filter(|_| may_write(view, sent)) {
        view.note_click(digest, Click::Begun);
    }
    if let Some(failed) = failed {
        view.try_again(failed, Instant::now());
    }
    let is_reaction = sent.retry.is_none() || !entries.is_empty();
    let mut interaction = Interaction::new(engine, view, now);
    let changed = interaction.enter(entries).await;
    if is_reaction {
        interaction.react(changed, action).await;
    }
    let reaction = interaction.reaction;
    if let Some(digest) = sent.click {
        view.note_click(digest, Click::Done(reaction.clone()));
    }
    Ok(reaction)
}

/// Takes the edits that a browser has sent, and says that nothing was written: for a view that was lost, of which
/// nobody knows which clicks were done.
pub async fn decline(engine: &Arc<Engine>, view: &mut View, sent: &Sent, now: DateTime) -> Result<Reaction, Refused> {
    let entries = admit::entries(view, sent)?;
    Interaction::new(engine, view, now).enter(entries).await;
    let reaction = Reaction::error(LOST);
    if let Some(digest) = sent.click {
        view.note_click(digest, Click::Done(reaction.clone()));
    }
    Ok(reaction)
}

/// Applies the edits that a browser has sent, and nothing that follows from them but a new look of the page.
pub async fn enter(engine: &Arc<Engine>, view: &mut View, sent: &Sent, now: DateTime) -> Result<(), Refused> {
    let entries = admit::entries(view, sent)?;
    Interaction::new(engine, view, now).enter(entries).await;
    Ok(())
}

fn find_component(view: &View, id: &str) -> Option<ComponentId> {
    view.origin.page().components.iter().position(|component| component.id == id).map(ComponentId::at)
}

fn find_action(view: &View, id: &str) -> Option<ComponentId> {
    let components = &view.origin.page().components;
    let acts = |component: &Component| component.id == id && component.kind.family == Family::Action;
    components.iter().position(acts).map(ComponentId::at)
}

pub(super) struct Interaction<'v> {
    pub(super) engine: Arc<Engine>,
    pub(super) view: &'v mut View,
    pub(super) resolver: Resolver,
    reaction: Reaction,
}

impl<'v> Interaction<'v> {
    fn new(engine: &Arc<Engine>, view: &'v mut View, now: DateTime) -> Self {
        let resolver = Resolver::current(engine, view, now);
        Self { engine: Arc::clone(engine), view, resolver, reaction: Reaction::default() }
    }

    /// Does what follows from widgets that were changed and a button that was pressed.
    async fn react(&mut self, changed: Vec<ComponentId>, action: Option<ComponentId>) {
        self.each_run().await;
        for widget in changed {
            self.act(widget, "on_change").await;
        }
        if let Some(button) = action {
            self.act(button, "on_click").await;
        }
    }

    /// Sets the widgets that were changed, and gives those, in the order of the page.
    async fn enter(&mut self, entries: Vec<Entry>) -> Vec<ComponentId> {
        let mut changed = Vec::new();
        for entry in entries {
            let Some(widget) = self.enabled(&entry).await else { continue };
            match admit::decode(&self.view.origin, &self.resolver, &entry, widget).await {
                Ok(scalar) => {
                    self.view.note_entered(entry.key, scalar.clone());
                    self.set(entry.key, Value::Scalar(scalar));
                    changed.push(widget);
                }
                Err(message) => self.view.complain(entry.key, Complaint { message, typed: entry.typed }),
            }
        }
        changed.sort();
        changed
    }

    /// The first component of a key that takes input: the others are hidden or disabled.
    async fn enabled(&self, entry: &Entry) -> Option<ComponentId> {
        for component in &entry.bound {
            if admit::is_enabled(self.view, &self.resolver, *component).await {
                return Some(*component);
            }
        }
        None
    }

    async fn each_run(&mut self) {
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

    async fn act(&mut self, component: ComponentId, list: &str) {
        let origin = Arc::clone(&self.view.origin);
        let definition = origin.page().components.get(component.index());
        let Some(Prop::Actions(actions)) = definition.and_then(|component| component.prop(list)) else { return };
        if !admit::is_enabled(self.view, &self.resolver, component).await {
            return;
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
                    self.reaction.toasts.push(Toast { text: stop.message(saved), is_error: true });
                    return;
                }
            }
        }
        self.resolver.insist(false);
        self.resolver.set_result(Value::Scalar(Scalar::Null));
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
            ActionKind::Goto(template) => self.reaction.goto = Some(self.text(template, percent_encode).await?),
            ActionKind::Toast(template) => {
                let text = self.text(template, str::to_owned).await?;
                self.reaction.toasts.push(Toast { text, is_error: false });
            }
            ActionKind::Run { write, with } => return self.run(*write, with).await,
        }
        Ok(false)
    }

    async fn text(&self, template: &Template<Ref>, escape: fn(&str) -> String) -> Result<String, EvalError> {
        let refs = template.refs().into_iter().map(|(reference, _)| reference).collect();
        let scope = self.resolver.scope(refs).await?;
        expr::render_escaped(template, &scope, &self.engine.settings, escape)
    }

    fn set(&mut self, key: StateId, value: Value) {
        self.resolver.know(self.view.origin.graph().key(key), Some(value.clone()));
        self.view.enter(key, value);
    }

    fn reset(&mut self, key: StateId) {
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

/// The key that a component is bound to.
pub(super) fn key_of(component: &Component) -> Option<StateId> {
    match component.subject {
        Subject::State(key) => Some(key),
        _ => None,
    }
}

/// A value as a part of a URL: whatever it holds, it ends neither the part nor the URL.
fn percent_encode(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}
