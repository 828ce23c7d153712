//! The keys of state: those that are declared, those that widgets declare, and those of tabs and expanders.

use std::collections::BTreeMap;

use super::address;
use super::channel;
use super::choice;
use super::color;
use super::names::{Names, Reader, Target};
use super::outline::{Item, Outline};
use super::program::{Choice, Choices, ComponentId, Initial, State, StateId};
use super::types::{Context, Typed, fit, null_within, words};
use super::widget;
use crate::component::{self, decode};
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::source::Span;
use crate::spec::{self, Prop, StateKey, Subject};
use crate::value::{Scalar, Type};

/// The keys of a page, by id, and which component is bound to which.
pub(super) struct Keys<'a> {
    pub all: Vec<Key<'a>>,
    bound: BTreeMap<ComponentId, StateId>,
    /// The values of tabs, in order.
    tabs: BTreeMap<ComponentId, Vec<Scalar>>,
}

/// A key, and who has to do with it.
#[derive(Default)]
pub(super) struct Key<'a> {
    pub declared: Option<&'a StateKey>,
    /// The widgets that are bound to it, in source order.
    pub widgets: Vec<ComponentId>,
    /// The charts and tables in which its value is selected, in source order.
    pub selections: Vec<ComponentId>,
    /// For a key of tabs: their values, those of the first in front.
    tabs: Vec<Scalar>,
    /// Only the component knows it.
    own: bool,
    /// For the key of an expander: whether it is open at first.
    open: Option<bool>,
}

impl<'a> Keys<'a> {
    /// Finds all keys, and adds to `names` those that components declare.
    pub(super) fn of(spec: &'a spec::Spec, page: &'a spec::Page, outline: &Outline<'a>, names: &mut Names<'_>) -> Self {
        let declared = spec.shared.state.iter().chain(&page.definitions.state);
        let all = declared.map(|key| Key { declared: Some(key), ..Key::default() }).collect();
        let mut keys = Self { all, bound: BTreeMap::new(), tabs: BTreeMap::new() };
        for (id, item) in outline.iter() {
            match (&item.spec.subject, item.spec.kind.subject) {
                (Subject::State(name), _) => {
                    let key = keys.named(&name.value, name.span, item, names);
                    names.note(name.span, Target::State(key));
                    let widget = item.spec.kind.widget.as_ref();
                    if widget.is_some_and(|widget| (widget.accepts)(&Type::Table(None))) {
                        names.hold_table(&name.value, widget::columns(item.spec));
                    }
                    keys.bind(id, key, |key| key.widgets.push(id));
                }
                (_, component::Subject::Tabs) => {
                    let key = keys.key_of_tabs(item, names);
                    let values = tab_values(outline, item);
                    keys.tabs.insert(id, values.clone());
                    keys.bind(id, key, |key| key.add_tabs(values));
                }
                _ if item.spec.kind.shows_rows() => {
                    if let Some(key) = keys.selected(item, names) {
                        keys.bind(id, key, |key| key.selections.push(id));
                    }
                }
                _ if item.spec.kind.opens() => {
                    let key = keys.own(item, names);
                    let open = matches!(widget::literal(item.spec, "open"), Some(Scalar::Bool(true)));
                    keys.bind(id, key, |key| key.open = Some(open));
                }
                _ => {}
            }
        }
        keys
    }

    /// The key of a widget, of tabs or of an expander.
    pub(super) fn bound(&self, component: ComponentId) -> Option<StateId> {
        self.bound.get(&component).copied()
    }

    /// The keys that an author can mean by `all`: those of the page, or from `app.yaml` those of the app too.
    pub(super) fn resettable(&self, names: &Names<'_>, reader: Reader) -> Vec<StateId> {
        let all = self.all.iter().zip(&names.state).enumerate();
        let meant = all.filter(|(_, (key, named))| !key.own && (reader.is_app || !named.shared));
        meant.map(|(index, _)| StateId::at(index)).collect()
    }

    pub(super) fn key(&self, id: StateId) -> &Key<'a> {
        self.all.get(id.index()).expect("each name of state has its key")
    }

    /// The key, and the value that it must have for a child of `parent` to show.
    pub(super) fn shown_if(&self, parent: ComponentId, position: usize) -> Option<(StateId, Scalar)> {
        let id = self.bound(parent)?;
        let key = self.key(id);
        let value =
            if key.open.is_some() { Scalar::Bool(true) } else { self.tabs.get(&parent)?.get(position)?.clone() };
        Some((id, value))
    }

    fn bind(&mut self, component: ComponentId, id: StateId, set: impl FnOnce(&mut Key<'a>)) {
        self.bound.insert(component, id);
        if let Some(key) = self.all.get_mut(id.index()) {
            set(key);
        }
    }

    /// The key of this name, which is declared now if it was not.
    fn named(&mut self, name: &spec::Name, span: Span, item: &Item<'a>, names: &mut Names<'_>) -> StateId {
        names.find_key(name).unwrap_or_else(|| self.declare(name.clone(), span, (Key::default(), item), names))
    }

    /// Adds a key that a component declares: where that stands for rows, each of them has a value of its own.
    fn declare(
        &mut self,
        name: spec::Name,
        span: Span,
        (key, item): (Key<'a>, &Item<'a>),
        names: &mut Names<'_>,
    ) -> StateId {
        self.all.push(key);
        let id = names.declare_key(name, span, item.shared);
        if let Some(host) = item.row_of {
            names.keep_by_row(id, host);
        }
        id
    }

    /// The key that `selected` names.
    fn selected(&mut self, item: &Item<'a>, names: &mut Names<'_>) -> Option<StateId> {
        let (key, span) = item.spec.props.iter().find_map(|(_, prop)| match &prop.value {
            Prop::StateKey(key) => Some((key, prop.span)),
            _ => None,
        })?;
        let id = self.named(key, span, item, names);
        names.note(span, Target::State(id));
        Some(id)
    }

    fn key_of_tabs(&mut self, item: &Item<'a>, names: &mut Names<'_>) -> StateId {
        self.selected(item, names).unwrap_or_else(|| self.own(item, names))
    }

    /// A key that only the component knows: its name is the component's id, which no other key has.
    fn own(&mut self, item: &Item<'a>, names: &mut Names<'_>) -> StateId {
        let mut name = item.id.clone();
        while names.find_key(&name).is_some() {
            name.push_str("-open");
        }
        self.declare(name.into(), item.spec.span, (Key { own: true, ..Key::default() }, item), names)
    }
}

/// The values of tabs: their labels, or where these change or repeat, their numbers.
fn tab_values(outline: &Outline<'_>, tabs: &Item<'_>) -> Vec<Scalar> {
    let mut values: Vec<Scalar> = Vec::new();
    for (number, child) in (1..).zip(&tabs.children) {
        let label = match &outline.item(*child).spec.subject {
            Subject::Text(label) => label.constant(),
            _ => None,
        };
        let label = label.map(Scalar::text).filter(|label| !values.contains(label));
        values.push(label.unwrap_or_else(|| Scalar::text(format!("tab-{number}"))));
    }
    values
}

impl Key<'_> {
    /// Adds the values of tabs that are bound to this key; several tabs may share one.
    fn add_tabs(&mut self, values: Vec<Scalar>) {
        for value in values {
            if !self.tabs.contains(&value) {
                self.tabs.push(value);
            }
        }
    }

    /// Whether it is bound to a widget, or to what can be opened.
    pub(super) fn is_entered(&self) -> bool {
        !self.widgets.is_empty() || !self.selections.is_empty() || !self.tabs.is_empty() || self.open.is_some()
    }

    /// The type, where it can be told without typing an expression.
    pub(super) fn ty(&self, context: &Context<'_>) -> Option<Type> {
        if self.open.is_some() {
            return Some(Type::Bool);
        }
        let widget = self.widgets.first().map(|id| widget::infer(context, context.outline.item(*id).spec));
        let Some(declared) = self.declared else {
            let selected = || self.selections.first().map(|id| channel::selectable(context, *id).nullable());
            let own = if self.tabs.is_empty() { selected().unwrap_or(Type::Any) } else { Type::Text };
            return Some(widget.unwrap_or(own));
        };
        let nullable = |ty: Type| if declared.nullable { ty.nullable() } else { ty };
        // Which columns a table has, what it is made from can tell.
        let is_table = declared.ty.as_ref().is_some_and(|ty| matches!(ty.value, Type::Table(_)));
        if is_table && declared.default_from.is_some() {
            return None;
        }
        if let (true, Some(table)) = (is_table, widget.clone().filter(|ty| ty.columns().is_some())) {
            return Some(nullable(table.inner().clone()));
        }
        if let Some(ty) = &declared.ty {
            return Some(if ty.value == Type::Any { Type::Any } else { nullable(ty.value.clone()) });
        }
        match declared.default.as_ref().map(|default| default.value.ty()) {
            // `null` and `[]` say little: what else the type is, a widget may tell.
            Some(Type::Nullable(_)) => Some(widget.unwrap_or(Type::Any).nullable()),
            Some(Type::List(item)) if *item == Type::Any => match widget {
                Some(widget @ Type::List(_)) => Some(nullable(widget)),
                Some(item) => Some(nullable(Type::List(Box::new(item.inner().clone())))),
                None => Some(nullable(Type::List(item))),
            },
            Some(ty) => Some(nullable(ty)),
            None if declared.default_from.is_some() => None,
            None => Some(nullable(widget.unwrap_or(Type::Any))),
        }
    }
}

impl Key<'_> {
    /// The type of a key that is first made from something of type `seed`.
    pub(super) fn seeded(&self, seed: Type) -> Type {
        let declared = self.declared.and_then(|declared| declared.ty.as_ref()).map(|ty| &ty.value);
        let ty = declared.filter(|declared| !matches!((declared, &seed), (Type::Table(_), Type::Table(_))));
        let ty = ty.cloned().unwrap_or(seed);
        if self.declared.is_some_and(|declared| declared.nullable) { ty.nullable() } else { ty }
    }
}

/// Checks the keys, and gives them as the program has them.
pub(super) fn check(keys: &Keys<'_>, context: &Context<'_>, diagnostics: &mut Diagnostics) -> Vec<State> {
    let mut all = Vec::new();
    for ((index, key), (named, ty)) in
        keys.all.iter().enumerate().zip(context.names.state.iter().zip(&context.types.state))
    {
        let id = StateId::at(index);
        let reader = Reader::of(named.shared);
        let choices = match choice::choices(key, id, context, diagnostics) {
            None if !key.tabs.is_empty() => Some(tab_choices(key, id, ty, context, diagnostics)),
            choices => choices,
        };
        let initial = initial(key, id, choices.as_ref(), context, diagnostics);
        let each_run = key.declared.and_then(|declared| declared.each_run.as_ref()).map(|expr| {
            let typed = context.expr(expr, reader, diagnostics);
            expect_key_type(&typed, expr.span, id, "`each_run`", context, diagnostics);
            typed.expr
        });
        widget::check(key, id, &initial, context, diagnostics);
        address::check(keys, id, ty, context, diagnostics);
        for component in &key.selections {
            channel::check_selected(*component, (named, ty), context, diagnostics);
        }
        all.push(State {
            name: named.name.clone(),
            ty: ty.clone(),
            shared: named.shared,
            declared: key.declared.is_some(),
            initial,
            each_run,
            in_url: key.declared.and_then(|declared| declared.in_url.as_ref()).map(|in_url| in_url.value.clone()),
            kept: key.declared.is_some_and(|declared| declared.keep.is_some()),
            window: None,
            row_of: context.names.row_of(id),
            choices,
            takes_new: choice::takes_new(key, context),
            widgets: key.widgets.clone(),
            span: named.span,
        });
    }
    all
}

fn tab_choices(key: &Key<'_>, id: StateId, ty: &Type, context: &Context<'_>, diagnostics: &mut Diagnostics) -> Choices {
    if !ty.is_unknown() && *ty.inner() != Type::Text {
        let named = context.named(id);
        let message = format!("the open tab is text, but the key `{}` is {}", named.name, words(ty));
        diagnostics.report(&code::TYPE, named.span, message).help("give the key the type `text`");
    }
    Choices::List(key.tabs.iter().map(|value| Choice { value: value.clone(), label: None }).collect())
}

/// Says that a value does not fit the key that it is for.
pub(super) fn expect_key_type(
    value: &Typed,
    span: Span,
    id: StateId,
    what: &str,
    context: &Context<'_>,
    diagnostics: &mut Diagnostics,
) {
    let ty = context.types.state.get(id.index()).unwrap_or(&Type::Any);
    let fits_as_constant = value.expr.constant().is_some_and(|constant| fit(&constant, ty).is_some());
    let named = context.named(id);
    if let Some(null) = null_within(&value.expr, ty).filter(|_| !context.names.is_broken(&named.name)) {
        let message = format!("{what} of `{}` has null in it, but the key is {}", named.name, words(ty));
        let diagnostic = diagnostics.report(&code::TYPE, null, message);
        diagnostic.here("null").label(named.span, format!("the key is {}", words(ty)));
        return;
    }
    if ty.accepts(&value.ty) || fits_as_constant || context.names.is_broken(&named.name) {
        if let Some(constant) = value.expr.constant() {
            color::check_constant(&constant, ty, span, diagnostics);
        }
        return;
    }
    let found = words(&value.ty);
    let message = format!("{what} of `{}` is {found}, but the key is {}", named.name, words(ty));
    let diagnostic = diagnostics.report(&code::TYPE, span, message);
    diagnostic.here(found).label(named.span, format!("the key is {}", words(ty)));
    if ty.inner() == &Type::Int && value.ty.is_number() {
        diagnostic.help("an int takes no fractions: round it, `| round | int`, or declare the key as `float`");
    } else if *value.ty.inner() == Type::Any && value.ty.is_nullable() {
        diagnostic.help("declare the key with `nullable: true` if it may be null");
    }
}

/// Where the first value comes from.
fn initial(
    key: &Key<'_>,
    id: StateId,
    choices: Option<&Choices>,
    context: &Context<'_>,
    diagnostics: &mut Diagnostics,
) -> Initial {
    let named = context.named(id);
    let ty = context.types.state.get(id.index()).unwrap_or(&Type::Any);
    if let Some(expr) = key.declared.and_then(|declared| declared.default_from.as_ref()) {
        let typed = context.expr(expr, Reader::of(named.shared), diagnostics);
        expect_key_type(&typed, expr.span, id, "`default_from`", context, diagnostics);
        return Initial::From(typed.expr);
    }
    if let Some(default) = key.declared.and_then(|declared| declared.default.as_ref()) {
        let fitted = fit(&default.value, ty);
        if fitted.is_none() && !context.names.is_broken(&named.name) {
            let message = format!(
                "the default of `{}` is {}, but the key is {}",
                named.name,
                words(&default.value.ty()),
                words(ty)
            );
            let diagnostic = diagnostics.report(&code::TYPE, default.span, message);
            help_with_default(&default.value, ty, default.span, diagnostic);
            if default.value.is_null() {
                diagnostic.help("declare the key with `nullable: true` if it may be null");
            }
        }
        color::check_constant(&default.value, ty, default.span, diagnostics);
        return Initial::Const(fitted.unwrap_or_default());
    }
    if let Some(open) = key.open {
        return Initial::Const(Scalar::Bool(open));
    }
    if let Some(first) = key.tabs.first() {
        return Initial::Const(first.clone());
    }
    widget::initial(key, ty, choices, context).unwrap_or_else(|| Initial::Const(ty.empty()))
}

/// Says what a first value of another type was probably meant as.
pub(super) fn help_with_default(default: &Scalar, ty: &Type, span: Span, diagnostic: &mut Diagnostic) {
    let is_plain = ty.is_number() || matches!(ty.inner(), Type::Date | Type::Time | Type::DateTime);
    match default.as_text() {
        Some(text) if is_plain && decode::value(ty, &[text]).is_ok() => {
            diagnostic.help(format!("in quotes it is text: write `{text}` without them"));
        }
        Some(text) if *ty.inner() == Type::Bool => {
            if let Some(bool) = spec::bool_word(text) {
                diagnostic.fix(format!("write `{bool}`"), span, bool.to_string());
            }
        }
        None if default.is_null() && *ty.inner() == Type::Color => {
            diagnostic.help("in YAML `#` begins a comment: quote a color, `\"#FF0000\"`");
        }
        _ => {}
    }
}
