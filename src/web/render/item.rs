//! One component that is shown, and the questions that rendering asks of it.

use std::borrow::Cow;

use appspec_data::{Table, Value};
use appspec_lang::check::program::{Component, ComponentId, Prop, Query, State, Subject};
use appspec_lang::spec::{ColumnMeaning, Format, Name};
use appspec_lang::value::Scalar;

use super::Scene;
use super::format::field_text;
use crate::eval::Shown;
use crate::eval::expr::Settings;

/// A component, what it shows, and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item<'a> {
    pub(super) scene: &'a Scene<'a>,
    pub(super) id: ComponentId,
    pub(super) component: &'a Component,
    pub(super) shown: &'a Shown,
}

impl<'a> Item<'a> {
    /// How the app writes numbers and dates.
    pub(super) fn settings(&self) -> Settings {
        Settings::of(self.scene.settings)
    }

    /// Its id, in a row followed by what names that.
    pub(super) fn id(&self) -> Cow<'a, str> {
        self.scene.instance(self.id).id(self.scene.page)
    }

    /// The name of the field of its key: where each row has a value of its own, the component's id.
    pub(super) fn field(&self, state: &'a State) -> Cow<'a, str> {
        if state.row_of.is_some() { self.id() } else { Cow::from(&*state.name) }
    }

    /// The value of an option, evaluated or written out.
    pub(super) fn scalar(&self, name: &str) -> Option<&'a Scalar> {
        let literal = || match self.component.prop(name) {
            Some(Prop::Literal(scalar)) => Some(scalar),
            _ => None,
        };
        self.shown.prop(name).and_then(Value::as_scalar).or_else(literal)
    }

    /// The text of an option; none if it is not given, or null.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.scalar(name).filter(|value| !value.is_null()).map(field_text)
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        self.scalar(name).is_some_and(Scalar::is_true)
    }

    pub(super) fn format(&self, name: &str) -> Option<&'a Format> {
        match self.component.prop(name) {
            Some(Prop::Format(format)) => Some(format),
            _ => None,
        }
    }

    /// The columns that an option names.
    pub(super) fn columns(&self, name: &str) -> &'a [Name] {
        match self.component.prop(name) {
            Some(Prop::Columns(names)) => names,
            _ => &[],
        }
    }

    /// The subject as text: a label, a heading.
    pub(super) fn subject_text(&self) -> String {
        self.subject_scalar().map(field_text).unwrap_or_default()
    }

    pub(super) fn subject_scalar(&self) -> Option<&'a Scalar> {
        self.shown.subject.as_ref().and_then(Value::as_scalar)
    }

    pub(super) fn table(&self) -> Option<&'a Table> {
        let own = self.shown.subject.as_ref().and_then(Value::as_table);
        // A chart that is written as an option has its table beside it.
        own.or_else(|| self.shown.prop("data").and_then(Value::as_table).filter(|_| self.is_option()))
    }

    fn is_option(&self) -> bool {
        matches!(self.component.subject, Subject::Json(_))
    }

    /// The form that the component stands in.
    pub(super) fn form(&self) -> Option<&'a Component> {
        self.scene.component(self.scene.page.form_of(self.id)?)
    }

    /// The key of a widget, of `tabs` or of an `expander`.
    pub(super) fn state(&self) -> Option<&'a State> {
        match &self.component.subject {
            Subject::State(id) => self.scene.page.state.get(id.index()),
            _ => None,
        }
    }

    /// What the author says of a column of the subject's table.
    pub(super) fn meaning(&self, column: &str) -> Option<&'a ColumnMeaning> {
        self.query()?.meanings.iter().find(|meaning| *meaning.column.value == *column)
    }

    fn query(&self) -> Option<&'a Query> {
        match &self.component.subject {
            Subject::Table { query: Some(id), .. } => self.scene.page.queries.get(id.index()),
            _ => None,
        }
    }

    /// The name of a column for readers.
    pub(super) fn column_label(&self, column: &str) -> String {
        self.meaning(column).and_then(|meaning| meaning.label.clone()).unwrap_or_else(|| column.to_owned())
    }
}
