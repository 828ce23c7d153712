//! A form that is submitted: its widgets set their keys together, or none of them does.

use std::sync::Arc;

use appspec_data::Value;
use appspec_lang::check::program::{Component, ComponentId, Prop, Ref, StateId};
use appspec_lang::value::Scalar;

use super::act::Interaction;
use super::admit::{self, Entry};
use super::form;
use super::instance::Instance;
use super::interact::{Sent, SentFile, key_of};
use super::limits;
use super::view::{Complaint, Entered, Origin, View};

/// A widget of a form and what was entered in it.
struct Field {
    entry: Entry,
    widget: ComponentId,
    /// Whether anything was entered for it.
    is_sent: bool,
    /// The file that was chosen for it.
    file: Option<SentFile>,
}

impl Interaction<'_> {
    /// Sets the keys of a form, if all that was entered may be; tells whether that is so.
    pub(super) async fn submit(&mut self, form: ComponentId, sent: &Sent) -> bool {
        if !admit::is_enabled(self.view, &self.resolver, form).await {
            return false;
        }
        let fields = self.fields(form, sent).await;
        let mut found = Vec::with_capacity(fields.len());
        let mut trial = self.resolver.clone();
        for field in &fields {
            let read = self.read(field).await;
            if let Ok(value) = &read {
                trial.know(self.view.origin.graph().key(field.entry.key), Some(value.clone()));
            }
            found.push(read);
        }
        // Limits may depend on other fields of the form: they hold once all are there.
        for (field, found) in fields.iter().zip(&mut found) {
            if let Ok(Value::Scalar(scalar)) = found
                && let Err(message) = limits::check(&self.view.origin, &trial, field.widget, scalar).await
            {
                *found = Err(message);
            }
        }
        if found.iter().any(Result::is_err) {
            let found = found.into_iter().map(Result::err);
            self.refuse(fields.into_iter().zip(found));
            return false;
        }
        for (field, value) in fields.into_iter().zip(found) {
            let key = field.entry.key;
            self.view.withdraw_complaint(key);
            match (value, field.file) {
                (Ok(table @ Value::Table(_)), Some(file)) => {
                    self.set(key, table);
                    self.view.note_file(key, &file.name);
                }
                (Ok(Value::Scalar(scalar)), None) if field.is_sent && !self.is_shown(key, &scalar) => {
                    self.view.note_entered(key, scalar.clone());
                    self.set(key, Value::Scalar(scalar));
                }
                _ => {}
            }
        }
        true
    }

    /// Keeps what was entered in a form that cannot be submitted now.
    pub(super) async fn keep_typed(&mut self, form: ComponentId, sent: &Sent) {
        let fields = self.fields(form, sent).await;
        self.refuse(fields.into_iter().map(|field| (field, None)));
    }

    /// Takes the keys of a form back to their first values, if it asks for that.
    pub(super) fn clear(&mut self, form: ComponentId) {
        let origin = Arc::clone(&self.view.origin);
        let component = origin.page().components.get(form.index());
        let clears = component.is_some_and(|it| matches!(it.prop("clear"), Some(Prop::Literal(Scalar::Bool(true)))));
        if clears {
            for key in keys_in(&origin, form) {
                self.view.redraw(key, None);
                self.reset(key);
            }
        }
    }

    /// The widgets of a form that take input, one for each key.
    async fn fields(&self, form: ComponentId, sent: &Sent) -> Vec<Field> {
        let origin = Arc::clone(&self.view.origin);
        let mut fields = Vec::new();
        for key in keys_in(&origin, form) {
            let all = origin.page().takers(key);
            let bound = all.into_iter().filter(|id| origin.page().sent_with(*id) == Some(form)).collect();
            let Some(state) = origin.page().state.get(key.index()) else { continue };
            let typed = sent.fields.get(&*state.name);
            let entry = Entry {
                key,
                row: None,
                bound,
                typed: typed.map(|typed| admit::news(self.view, key, typed)).unwrap_or_default(),
            };
            if let Some(widget) = self.enabled(&entry).await {
                let file = sent.files.get(&*state.name).cloned();
                fields.push(Field { entry, widget, is_sent: typed.is_some(), file });
            }
        }
        fields
    }

    /// The value that was entered; where nothing was sent, the one that is there.
    async fn read(&self, field: &Field) -> Result<Value, String> {
        if let Some(file) = &field.file {
            return self.read_file(field.widget, file).await.map(Value::Table);
        }
        if field.is_sent {
            let read = admit::read(&self.view.origin, &self.resolver, &field.entry, field.widget).await;
            return read.map(Value::Scalar);
        }
        let key = Ref::State(field.entry.key);
        let scope = self.resolver.scope(vec![key]).await;
        let value = scope.ok().and_then(|scope| scope.node(self.view.origin.graph().key(field.entry.key)).cloned());
        Ok(value.unwrap_or(Value::Scalar(Scalar::Null)))
    }

    fn is_shown(&self, key: StateId, scalar: &Scalar) -> bool {
        self.view.rendered(key) == Some(scalar)
    }

    /// Notes what is wrong with the fields of a form, and what was entered in the others.
    fn refuse(&mut self, fields: impl Iterator<Item = (Field, Option<String>)>) {
        let mut leads = true;
        for (Field { entry, is_sent, .. }, message) in fields {
            let is_news = is_sent && self.view.rendered(entry.key).map(form::fields).as_ref() != Some(&entry.typed);
            self.view.withdraw_complaint(entry.key);
            if message.is_none() && !is_news {
                continue;
            }
            let is_first = leads && message.is_some();
            leads &= message.is_none();
            let typed = match self.view.rendered(entry.key) {
                Some(shown) if !is_sent => form::fields(shown),
                _ => entry.typed,
            };
            self.view.complain(entry.key, Complaint { message, typed, leads: is_first, row: None });
        }
    }
}

/// The keys of the widgets that stand in a form, each once, in the order of the page.
fn keys_in(origin: &Origin, form: ComponentId) -> Vec<StateId> {
    let mut keys = Vec::new();
    for (at, component) in origin.page().components.iter().enumerate() {
        let is_inside = component.kind.widget.is_some() && origin.page().form_of(ComponentId::at(at)) == Some(form);
        if let Some(key) = key_of(component).filter(|key| is_inside && !keys.contains(key)) {
            keys.push(key);
        }
    }
    keys
}

/// Drops what was refused in the forms of dialogs that are closed: whoever opens them again begins anew.
pub(super) fn abandon(view: &mut View) {
    let origin = Arc::clone(&view.origin);
    let page = origin.page();
    let is_open =
        |key: StateId| matches!(view.state.get(key.index()), Some(Entered::Set(Value::Scalar(Scalar::Bool(true)))));
    let is_closed = |dialog: &Component| dialog.kind.name == "dialog" && !key_of(dialog).is_some_and(is_open);
    let is_abandoned = |widget: &ComponentId| {
        let form = page.sent_with(*widget).map(Instance::from);
        let around = form.iter().flat_map(|form| form.ancestors(page));
        around.into_iter().any(|around| around.definition(page).is_some_and(is_closed))
    };
    // What stands elsewhere too is not given up.
    let is_given_up = |key: &StateId| {
        let takers = page.takers(*key);
        !takers.is_empty() && takers.iter().all(is_abandoned)
    };
    let abandoned = view.complaints.keys().copied().filter(is_given_up);
    for key in abandoned.collect::<Vec<_>>() {
        view.withdraw_complaint(key);
    }
}
