//! Tests of a page: that it has what they enter, click, expect and see.

use super::names::Reader;
use super::program::{Component, Prop, Ref, StateId};
use super::state::{Keys, help_with_default};
use super::types::{Context, fit, words};
use super::{choice, color, condition, link};
use crate::component::Family;
use crate::diagnostic::{Diagnostics, code};
use crate::expr::Expr;
use crate::source::Spanned;
use crate::spec::{Entered, StepKind, Tests};
use crate::value::Type;

/// How many ids are listed where none is near.
const LISTED: usize = 8;

/// Checks what a file of tests says of the page.
pub(super) fn check(
    tests: &Tests,
    (keys, components): (&Keys<'_>, &[Component]),
    context: &Context<'_>,
    diagnostics: &mut Diagnostics,
) {
    let page = Tested { keys, components, context };
    link::check_path(&tests.page, context.pages, diagnostics);
    for step in tests.tests.iter().flat_map(|test| &test.steps) {
        match &step.kind {
            StepKind::Enter(entered) => entered.iter().for_each(|entered| page.enter(entered, diagnostics)),
            StepKind::Click(id) => page.click(id, diagnostics),
            StepKind::Expect(expr) => page.expect(expr, diagnostics),
            StepKind::Shows(shown) => {
                for (id, template) in shown {
                    page.component(id, |_| true, diagnostics);
                    context.text(template, Reader::PAGE, diagnostics);
                }
            }
        }
    }
}

/// The page that is tested.
struct Tested<'a> {
    keys: &'a Keys<'a>,
    components: &'a [Component],
    context: &'a Context<'a>,
}

impl Tested<'_> {
    fn expect(&self, expr: &Expr, diagnostics: &mut Diagnostics) {
        let typed = self.context.expr(expr, Reader::PAGE, diagnostics);
        if matches!(typed.ty.inner(), Type::Bool | Type::Any) {
            condition::check(&typed, "so", diagnostics);
            return;
        }
        let found = words(&typed.ty);
        let message = format!("what is expected is true or false, but this is {found}");
        let diagnostic = diagnostics.report(&code::TYPE, expr.span, message);
        diagnostic.here(found).help("compare it: `values.revenue > 1000`");
    }

    /// A key that is entered must be one that a reader can set, and what is entered must fit it.
    fn enter(&self, Entered { key, value }: &Entered, diagnostics: &mut Diagnostics) {
        let context = self.context;
        let Some(id) = context.names.key(key, Reader::PAGE, diagnostics) else { return };
        let (named, ty) = (context.named(id), context.types.of(Ref::State(id)));
        if context.names.is_broken(&named.name) {
            return;
        }
        if !self.is_entered(id) {
            let message = format!("nobody can enter `{}`: no widget of the page is bound to it", named.name);
            let diagnostic = diagnostics.report(&code::VALUE, key.span, message);
            diagnostic.label(named.span, "declared here").help("click what sets it, or give it a widget");
            return;
        }
        let Some(fitted) = fit(&value.value, &ty) else {
            let found = words(&value.value.ty());
            let message = format!("`{}` is entered as {found}, but the key is {}", named.name, words(&ty));
            let diagnostic = diagnostics.report(&code::TYPE, value.span, message);
            diagnostic.here(found).label(named.span, format!("the key is {}", words(&ty)));
            help_with_default(&value.value, &ty, value.span, diagnostic);
            return;
        };
        color::check_constant(&fitted, &ty, value.span, diagnostics);
        let entered = (&fitted, value.span, "what is entered");
        choice::check_set(entered, self.keys.key(id), (named, &ty), context, diagnostics);
    }

    /// Whether a reader sets the key: by a widget, by what is opened, or by what is selected in a table or chart.
    fn is_entered(&self, id: StateId) -> bool {
        let selects = |component: &Component| {
            component.props.iter().any(|(_, prop)| matches!(prop, Prop::StateKey(key) if *key == id))
        };
        self.keys.key(id).is_entered() || self.components.iter().any(selects)
    }

    fn click(&self, id: &Spanned<String>, diagnostics: &mut Diagnostics) {
        let is_button = |component: &Component| component.kind.family == Family::Action || component.kind.submits();
        let Some(component) = self.component(id, is_button, diagnostics) else { return };
        if !is_button(component) {
            let message = format!("`{}` is no button, but a `{}`", id.value, component.kind.name);
            let diagnostic = diagnostics.report(&code::VALUE, id.span, message);
            diagnostic.label(component.span, "this component");
            if component.kind.widget.is_some() {
                diagnostic.help("what a reader chooses or types is entered: `enter: { key: value }`");
            }
        }
    }

    /// The component of this id; if there is none, one of those that are meant is suggested.
    fn component(
        &self,
        id: &Spanned<String>,
        is_meant: impl Fn(&Component) -> bool,
        diagnostics: &mut Diagnostics,
    ) -> Option<&Component> {
        let found = self.components.iter().find(|component| component.id == id.value);
        if found.is_none() {
            let message = format!("the page has no component with the id `{}`", id.value);
            let diagnostic = diagnostics.report(&code::UNKNOWN_NAME, id.span, message);
            let ids: Vec<&str> =
                self.components.iter().filter(|it| is_meant(it)).map(|component| component.id.as_str()).collect();
            let help = diagnostic.help.len();
            diagnostic.nearest(&id.value, ids.iter().copied());
            if diagnostic.help.len() == help && !ids.is_empty() {
                let mut listed: Vec<String> = ids.iter().take(LISTED).map(|id| format!("`{id}`")).collect();
                if ids.len() > LISTED {
                    listed.push(format!("and {} more", ids.len() - LISTED));
                }
                diagnostic.help(format!("what may be meant: {}", listed.join(", ")));
            }
        }
        found
    }
}
