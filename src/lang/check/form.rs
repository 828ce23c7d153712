//! Forms: what stands in them, and what of it can do nothing before they are submitted.

use std::collections::BTreeMap;

use super::outline::Item;
use super::program::{Choices, Component, ComponentId, Prop, Ref, State, StateId, Subject, form_of};
use super::types::Context;
use super::widget::{literal, prop};
use crate::diagnostic::{Diagnostics, code};
use crate::expr::Expr;
use crate::source::Span;
use crate::value::Scalar;

/// Checks the forms of a page.
pub(super) fn check(components: &[Component], state: &[State], context: &Context<'_>, diagnostics: &mut Diagnostics) {
    let page = Forms { components, state, context };
    let mut submitted: BTreeMap<StateId, ComponentId> = BTreeMap::new();
    for (index, component) in components.iter().enumerate() {
        let id = ComponentId::at(index);
        let Some(form) = form_of(components, id) else {
            if component.kind.submits() && !page.has_widget(id) {
                diagnostics
                    .report(&code::SUSPICIOUS, component.span, "this form has nothing to fill in")
                    .help("its widgets stand in its list; to do something at a click, a `button` is enough");
            }
            continue;
        };
        let item = context.outline.item(id);
        page.check_inside(component, (item, form), diagnostics);
        page.check_late(component, form, diagnostics);
        if let (Subject::State(key), true) = (&component.subject, component.kind.widget.is_some()) {
            let first = *submitted.entry(*key).or_insert(form);
            if first != form {
                page.report_shared(component, *key, first, diagnostics);
            }
        }
    }
}

struct Forms<'a> {
    components: &'a [Component],
    state: &'a [State],
    context: &'a Context<'a>,
}

impl Forms<'_> {
    fn has_widget(&self, form: ComponentId) -> bool {
        let is_inside = |at: usize| form_of(self.components, ComponentId::at(at)) == Some(form);
        self.components.iter().enumerate().any(|(at, component)| component.kind.widget.is_some() && is_inside(at))
    }

    fn span(&self, form: ComponentId) -> Span {
        self.context.outline.item(form).spec.span
    }

    /// What makes no sense inside a form.
    fn check_inside(
        &self,
        component: &Component,
        (item, form): (&Item<'_>, ComponentId),
        diagnostics: &mut Diagnostics,
    ) {
        let outer = self.span(form);
        if component.kind.submits() {
            diagnostics
                .report(&code::VALUE, component.span, "a form stands in a form")
                .label(outer, "the outer form")
                .help("what is sent together stands in one form: end the first before the second begins");
        }
        if component.kind.widget.is_none() {
            return;
        }
        if literal(item.spec, "live") == Some(&Scalar::Bool(true))
            && let Some(live) = prop(item.spec, "live")
        {
            diagnostics
                .report(&code::VALUE, live.span, "nothing in a form is `live`: it leaves when the form is submitted")
                .label(outer, "the form")
                .help("take `live` away, or the widget out of the form");
        }
        if let Some(on_change) = prop(item.spec, "on_change") {
            diagnostics
                .report(&code::VALUE, on_change.span, "nothing in a form changes before it is submitted")
                .label(outer, "the form")
                .help("write these actions under `on_submit` of the form");
        }
    }

    /// Warns of what follows a widget of the same form, and so only once that is submitted.
    fn check_late(&self, component: &Component, form: ComponentId, diagnostics: &mut Diagnostics) {
        let when = component.when.iter().map(|when| ("when", when));
        let options = ["disabled", "min", "max", "step"].into_iter();
        let options = options.filter_map(|name| match component.prop(name)? {
            Prop::Expr(expr) => Some((name, expr)),
            _ => None,
        });
        for (name, expr) in when.chain(options) {
            if let Some(key) = self.read_of(expr, form) {
                let message = format!(
                    "`{name}` reads `state.{}`, which this form sets only when it is submitted",
                    self.name(key)
                );
                diagnostics
                    .report(&code::SUSPICIOUS, expr.span, message)
                    .label(self.span(form), "the form")
                    .help("take the widget that decides out of the form");
            }
        }
        let Subject::State(key) = component.subject else { return };
        let choices = self.state.get(key.index()).and_then(|state| state.choices.as_ref());
        if let Some(Choices::Query { query, .. }) = choices
            && let Some(source) = self.context.queries.get(query.index()).and_then(|query| query.source.template())
        {
            let decides = source.refs().into_iter().find_map(|(reference, _)| self.set_in(reference, form));
            if let Some(decides) = decides.filter(|decides| *decides != key) {
                let message = format!(
                    "these options follow `state.{}`, which this form sets only when it is submitted",
                    self.name(decides)
                );
                diagnostics
                    .report(&code::SUSPICIOUS, component.span, message)
                    .label(self.span(form), "the form")
                    .help("take the widget that decides out of the form");
            }
        }
    }

    /// A key that an expression reads and a widget of the form sets.
    fn read_of(&self, expr: &Expr<Ref>, form: ComponentId) -> Option<StateId> {
        expr.refs().into_iter().find_map(|(reference, _)| self.set_in(reference, form))
    }

    fn set_in(&self, reference: Ref, form: ComponentId) -> Option<StateId> {
        let Ref::State(key) = reference else { return None };
        let widgets = &self.state.get(key.index())?.widgets;
        // A widget outside the form sets it at once.
        let is_all = widgets.iter().all(|widget| form_of(self.components, *widget) == Some(form));
        (is_all && !widgets.is_empty()).then_some(key)
    }

    fn name(&self, key: StateId) -> &str {
        self.state.get(key.index()).map_or("", |state| &state.name)
    }

    /// Warns of one undeclared key in two forms: what is sent with one shows in the other.
    fn report_shared(&self, component: &Component, key: StateId, first: ComponentId, diagnostics: &mut Diagnostics) {
        let Some(state) = self.state.get(key.index()).filter(|state| !state.declared) else { return };
        let name = &state.name;
        diagnostics
            .report(&code::SUSPICIOUS, component.span, format!("another form has a widget for the key `{name}`"))
            .label(self.span(first), "this one")
            .help(format!(
                "give this widget a key of its own; if both are meant to set the same, declare it: `state: {{ {name}: {{ type: {} }} }}`",
                state.ty
            ));
    }
}
