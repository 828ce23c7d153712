//! One interaction: what was entered is admitted, `each_run` runs, then the actions, in this order.
//!
//! All of it is written into the view before the graph is evaluated; the run that follows sees only its effect.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use appspec_lang::check::program::{Component, ComponentId, StateId, Subject};
use appspec_lang::component::Family;
use appspec_lang::value::{Fingerprint, Type};
use jiff::civil::DateTime;

use super::act::Interaction;
use super::address;
use super::admit::{self, Entry};
use super::instance::Instance;
use super::limits;
use super::run::Engine;
use super::submit;
use super::view::{Click, Complaint, View};
use super::write::{INTERRUPTED, LOST};

/// What a reader is told at a field whose file is gone.
const LOST_FILE: &str = "The server has lost this file: choose it again.";

/// What a browser has sent, as far as it concerns the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Fields by name, each with all its values in order.
    pub fields: BTreeMap<String, Vec<String>>,
    /// The id of a button, or of a form that is submitted.
    pub action: Option<String>,
    /// Whether the reader was asked, if the button asks before it acts.
    pub is_confirmed: bool,
    /// The files that were chosen, by the names of their fields.
    pub files: BTreeMap<String, SentFile>,
    /// What the keys of forms were, by name: the fields of a form say what they shall be. Only for a view that was lost.
    pub held: BTreeMap<String, Vec<String>>,
    /// The id of a component that has failed and is to be tried again. That alone is no interaction.
    pub retry: Option<String>,
    /// The query of the URL that the user went back or forward to.
    pub url: Option<String>,
    /// Names this click: the same twice is one.
    pub click: Option<Fingerprint>,
}

/// A file as a browser has sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentFile {
    pub name: String,
    /// None: it is larger than its field takes, or than can be taken now.
    pub bytes: Option<Arc<[u8]>>,
}

/// What an interaction asks for besides a new look of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reaction {
    pub goto: Option<String>,
    pub toasts: Vec<Toast>,
    /// What is to be answered before the button acts that was pressed.
    pub question: Option<Question>,
}

impl Reaction {
    /// Says that something went wrong.
    fn error(text: impl Into<String>) -> Self {
        Self { toasts: vec![Toast { text: text.into(), is_error: true }], ..Self::default() }
    }
}

/// A short message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    pub text: String,
    pub is_error: bool,
}

/// What a button asks before it acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub text: String,
    /// What the button says.
    pub label: String,
    /// Whether it destroys something.
    pub is_danger: bool,
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
    let form = submitted(view, sent);
    let mut entries = admit::entries(view, sent, form)?;
    entries.extend(held(view, sent));
    ask_again(view, sent);
    let mut interaction = Interaction::new(engine, view, now);
    let mut taken = Vec::with_capacity(entries.len());
    for entry in entries {
        let Some(widget) = entry.bound.first().copied() else { continue };
        if let Some(scalar) = interaction.restore(&entry, widget).await.filter(|_| entry.row.is_none()) {
            taken.push((entry.key, widget, scalar));
        }
    }
    // Limits may depend on other fields: they hold once all are there.
    for (key, widget, scalar) in taken {
        match limits::check(&interaction.view.origin, &interaction.resolver, widget, &scalar).await {
            Ok(()) => interaction.view.note_rendered(key, scalar),
            Err(_) => interaction.reset(key),
        }
    }
    Ok(())
}

/// Whether the values of a key come from files.
fn is_file(ty: &Type) -> bool {
    matches!(ty.inner(), Type::Table(_))
}

/// Asks for the files that a view had and has lost.
fn ask_again(view: &mut View, sent: &Sent) {
    let origin = Arc::clone(&view.origin);
    for (at, state) in origin.page().state.iter().enumerate().filter(|(_, state)| is_file(&state.ty)) {
        let had = sent.held.get(&*state.name).is_some_and(|names| names.iter().any(|name| !name.is_empty()));
        if had && !sent.files.contains_key(&*state.name) {
            view.complain(StateId::at(at), Complaint::of(LOST_FILE.to_owned(), vec![String::new()]));
        }
    }
}

/// What the keys of widgets in forms were.
fn held(view: &View, sent: &Sent) -> Vec<Entry> {
    let origin = &view.origin;
    let mut entries = Vec::new();
    for (at, state) in origin.page().state.iter().enumerate() {
        let key = StateId::at(at);
        let Some(typed) = sent.held.get(&*state.name).filter(|_| !is_file(&state.ty)) else { continue };
        let bound = origin.page().takers(key);
        if bound.iter().any(|id| origin.page().sent_with(*id).is_some()) {
            entries.push(Entry { key, row: None, bound, typed: typed.clone() });
        }
    }
    entries
}

/// Whether what a browser has sent may write to a database: its button does, or a field that it names.
pub fn may_write(view: &View, sent: &Sent) -> bool {
    let page = view.origin.page();
    let button = sent.action.as_ref().and_then(|id| find_action(view, id));
    let button = button.and_then(|button| page.components.get(button.component.index()));
    // A field of a row is named by its component.
    let of_rows: Vec<Instance> = sent.fields.keys().filter_map(|name| Instance::named(page, name)).collect();
    let is_sent = |(id, component): (ComponentId, &Component)| {
        let state = key_of(component).and_then(|key| page.state.get(key.index()));
        let is_named = || of_rows.iter().any(|found| found.component == id && found.row.is_some());
        state.is_some_and(|state| sent.fields.contains_key(&*state.name) || is_named())
    };
    let mut writing = (0..).map(ComponentId).zip(&page.components).filter(|(_, it)| it.writes("on_change"));
    button.is_some_and(|button| button.writes(button.kind.list_of_button())) || writing.any(is_sent)
}

/// Applies what a browser has sent, which is done once if it is sent twice: then its edits are taken and what came of
/// it is told again.
///
/// What may write is to be awaited to its end, whoever waits for the answer: dropped within, nobody knows its outcome.
pub async fn interact(engine: &Arc<Engine>, view: &mut View, sent: &Sent, now: DateTime) -> Result<Reaction, Refused> {
    let action = match &sent.action {
        Some(id) => Some(find_action(view, id).ok_or_else(|| Refused::UnknownAction(id.clone()))?),
        None => None,
    };
    let form = submitted(view, sent);
    let entries = admit::entries(view, sent, form)?;
    let failed = match &sent.retry {
        Some(id) => {
            let found = Instance::named(view.origin.page(), id);
            Some(found.ok_or_else(|| Refused::UnknownComponent(id.clone()))?.component)
        }
        None => None,
    };
    if let Some(known) = sent.click.and_then(|digest| view.click(digest)).cloned() {
        Interaction::new(engine, view, now).enter(entries).await;
        return Ok(match known {
            Click::Done(reaction) => reaction,
            Click::Begun => Reaction::error(engine.settings.words().say(INTERRUPTED)),
        });
    }
    if let Some(digest) = sent.click.filter(|_| may_write(view, sent)) {
        view.note_click(digest, Click::Begun);
    }
    if let Some(failed) = failed {
        view.try_again(failed, Instant::now());
    }
    // To turn a page of a table is no interaction.
    let is_of_window =
        |entry: &Entry| view.origin.page().state.get(entry.key.index()).is_some_and(|state| state.window.is_some());
    let is_reaction = match entries.as_slice() {
        [] => sent.retry.is_none(),
        entries => action.is_some() || !entries.iter().all(is_of_window),
    };
    let mut interaction = Interaction::new(engine, view, now);
    if let Some(query) = &sent.url {
        address::go(&mut interaction, query, now).await;
    }
    let mut changed = interaction.enter(entries).await;
    changed.extend(interaction.take_files(sent, form).await.into_iter().map(Instance::from));
    changed.sort();
    let may_act = match form {
        Some(form) => interaction.submit(form, sent).await,
        None => true,
    };
    let pressed = match action.filter(|_| may_act) {
        Some(button) if !sent.is_confirmed => interaction.ask_before(button).await,
        pressed => pressed,
    };
    // To be asked is no interaction either.
    let is_asked = interaction.reaction.question.is_some() && changed.is_empty();
    if is_reaction && !is_asked {
        interaction.react(changed, pressed).await;
    }
    let reaction = interaction.reaction;
    submit::abandon(view);
    if let Some(digest) = sent.click {
        view.note_click(digest, Click::Done(reaction.clone()));
    }
    Ok(reaction)
}

/// Takes the edits that a browser has sent, and says that nothing was written: for a view that was lost, of which
/// nobody knows which clicks were done.
pub async fn decline(engine: &Arc<Engine>, view: &mut View, sent: &Sent, now: DateTime) -> Result<Reaction, Refused> {
    let form = submitted(view, sent);
    let entries = admit::entries(view, sent, form)?;
    let mut interaction = Interaction::new(engine, view, now);
    interaction.enter(entries).await;
    if let Some(form) = form {
        interaction.keep_typed(form, sent).await;
    }
    let reaction = Reaction::error(engine.settings.words().say(LOST));
    if let Some(digest) = sent.click {
        view.note_click(digest, Click::Done(reaction.clone()));
    }
    Ok(reaction)
}

/// Applies the edits that a browser has sent, and nothing that follows from them but a new look of the page.
pub async fn enter(engine: &Arc<Engine>, view: &mut View, sent: &Sent, now: DateTime) -> Result<(), Refused> {
    let form = submitted(view, sent);
    let entries = admit::entries(view, sent, form)?;
    Interaction::new(engine, view, now).enter(entries).await;
    Ok(())
}

/// The button or the form of an id.
fn find_action(view: &View, id: &str) -> Option<Instance> {
    let page = view.origin.page();
    let acts = |it: &Component| it.kind.family == Family::Action || it.kind.submits();
    Instance::named(page, id).filter(|found| found.definition(page).is_some_and(acts))
}

/// The form that is submitted, if one is.
fn submitted(view: &View, sent: &Sent) -> Option<ComponentId> {
    let id = find_action(view, sent.action.as_ref()?)?.component;
    view.origin.page().components.get(id.index()).is_some_and(|it| it.kind.submits()).then_some(id)
}

/// The key that a component is bound to.
pub(super) fn key_of(component: &Component) -> Option<StateId> {
    match component.subject {
        Subject::State(key) => Some(key),
        _ => component.selected(),
    }
}
