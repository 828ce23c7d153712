//! Widgets against the keys that they are bound to: types, options, limits, first values.

use super::choice::{self, options};
use super::names::Named;
use super::program::{Choices, Initial, StateId};
use super::state::{Key, help_with_default};
use super::types::{Context, fit, words};
use super::{color, limits};
use crate::component::{Constants, Widget};
use crate::diagnostic::{Diagnostics, code};
use crate::source::{Span, Spanned};
use crate::spec::{Component, Name, Options, Prop, Subject};
use crate::value::{Column, Columns, Scalar, Type};

impl Context<'_> {
    pub(super) fn named(&self, id: StateId) -> &Named {
        self.names.state.get(id.index()).expect("each key has its name")
    }
}

/// The options of a component that are written out.
pub(super) fn constants(component: &Component) -> Constants<'_> {
    let constant = |prop: &Prop| match prop {
        Prop::Literal(scalar) => Some(scalar.clone()),
        Prop::Expr(expr) => expr.constant(),
        Prop::Options(Options::List(items)) => Some(Scalar::list(items.iter().map(|item| item.value.clone()))),
        _ => None,
    };
    Constants(component.props.iter().filter_map(|(name, prop)| Some((*name, constant(&prop.value)?))).collect())
}

/// A constant option of a component.
pub(super) fn literal<'c>(component: &'c Component, name: &str) -> Option<&'c Scalar> {
    prop(component, name).and_then(|prop| match &prop.value {
        Prop::Literal(scalar) => Some(scalar),
        _ => None,
    })
}

/// An option of a component, as written.
pub(super) fn prop<'c>(component: &'c Component, name: &str) -> Option<&'c Spanned<Prop>> {
    component.props.iter().find(|(key, _)| *key == name).map(|(_, prop)| prop)
}

/// What makes a widget of a component, by the options that it has.
pub(super) fn of(component: &Component) -> Option<&'static Widget> {
    component.kind.widget_with(options(component).is_some())
}

/// The columns of the table that a widget gives.
pub(super) fn columns(component: &Component) -> Option<Columns> {
    component.props.iter().find_map(|(_, prop)| match &prop.value {
        Prop::ColumnTypes(types) => {
            let column =
                |(name, ty): &(Spanned<Name>, Type)| Column { name: name.value.clone(), ty: ty.clone().nullable() };
            Some(types.iter().map(column).collect())
        }
        _ => None,
    })
}

/// The type that a widget gives a key that nothing declares.
pub(super) fn infer(context: &Context<'_>, component: &Component) -> Type {
    let Some(widget) = of(component) else { return Type::Any };
    let inferred = (widget.infer)(&constants(component));
    if let Some(columns) = columns(component) {
        let table = Type::Table(Some(columns));
        return if inferred.is_nullable() { table.nullable() } else { table };
    }
    let Some((Options::Query { query, value, first, .. }, _)) = options(component) else { return inferred };
    let column = context.names.queries.iter().position(|named| named.name == query.value).and_then(|index| {
        let columns = context.queries.get(index)?.columns.as_ref()?;
        match value {
            Some(value) => columns.named(&value.value),
            None => columns.leading(),
        }
    });
    let item = column.map_or(Type::Any, |column| column.ty.inner().clone());
    let item = if first.iter().any(|entry| entry.value.is_null()) { item.nullable() } else { item };
    match inferred {
        Type::Any => item,
        Type::List(_) => Type::List(Box::new(item.inner().clone())),
        Type::Range(_) => Type::Range(Box::new(item.inner().clone())),
        Type::Nullable(_) => item.nullable(),
        other => other,
    }
}

/// The first value of a key whose `state` says nothing of it.
pub(super) fn initial(key: &Key<'_>, ty: &Type, choices: Option<&Choices>, context: &Context<'_>) -> Option<Initial> {
    let components = || key.widgets.iter().map(|id| context.outline.item(*id).spec);
    if key.declared.is_none() {
        let default = components().find_map(|component| literal(component, "default"));
        if let Some(default) = default {
            return Some(Initial::Const(fit(default, ty).unwrap_or_default()));
        }
    }
    if choices.is_some() && !matches!(ty.inner(), Type::List(_)) {
        return Some(if ty.is_nullable() { Initial::Const(Scalar::Null) } else { Initial::FirstChoice });
    }
    let component = components().next()?;
    let value = (of(component)?.initial)(&constants(component), ty);
    let value = fit(&value, ty).filter(|value| !value.is_null() || ty.is_nullable());
    value.map(Initial::Const)
}

/// Checks each widget of a key against the key and against the first of them.
pub(super) fn check(
    key: &Key<'_>,
    id: StateId,
    initial: &Initial,
    context: &Context<'_>,
    diagnostics: &mut Diagnostics,
) {
    let named = context.named(id);
    if context.names.is_broken(&named.name) {
        return;
    }
    let ty = context.types.state.get(id.index()).unwrap_or(&Type::Any);
    for (position, widget) in key.widgets.iter().enumerate() {
        let component = context.outline.item(*widget).spec;
        let Subject::State(subject) = &component.subject else { continue };
        if !fits_widget(component, subject.span, named, ty, diagnostics) {
            continue;
        }
        check_empty(key, component, (named, ty), diagnostics);
        if let Some(default) = prop(component, "default") {
            check_default(key, component, default.span, (named, ty), diagnostics);
        }
        let is_first = position == 0;
        if key.declared.is_none() && !is_first {
            check_agreement(key, component, (named, ty), context, diagnostics);
        }
        limits::check_given(component, diagnostics);
        limits::check_files(component, diagnostics);
        limits::check(component, key, (named, ty, initial), is_first, diagnostics);
    }
    choice::check_default(key, named, ty, context, diagnostics);
}

/// A table that is there only once a file was chosen may be null until then.
fn check_empty(key: &Key<'_>, component: &Component, (named, ty): (&Named, &Type), diagnostics: &mut Diagnostics) {
    let has_first = key.declared.is_none_or(|declared| declared.default_from.is_some());
    let is_table = component.kind.widget.is_some() && matches!(ty, Type::Table(_));
    if is_table && !has_first {
        let message = format!("the key `{}` is no table until a file is chosen", named.name);
        diagnostics
            .report(&code::TYPE, named.span, message)
            .help("declare it with `nullable: true`, or give it a table to begin with: `default_from: sample`");
    }
}

/// The `default` of a widget: only where no `state` declares the key, and a value of its type.
fn check_default(
    key: &Key<'_>,
    component: &Component,
    span: Span,
    (named, ty): (&Named, &Type),
    diagnostics: &mut Diagnostics,
) {
    if key.declared.is_some() {
        diagnostics
            .report(&code::VALUE, span, format!("the key `{}` is declared, and so is its first value", named.name))
            .label(named.span, "declared here")
            .help("write `default` there");
    } else if let Some(default) = literal(component, "default").filter(|default| fit(default, ty).is_none()) {
        let message =
            format!("the default of `{}` is {}, but the key is {}", named.name, words(&default.ty()), words(ty));
        help_with_default(default, ty, span, diagnostics.report(&code::TYPE, span, message));
    } else if let Some(default) = literal(component, "default") {
        color::check_constant(default, ty, span, diagnostics);
    }
}

fn fits_widget(component: &Component, span: Span, named: &Named, ty: &Type, diagnostics: &mut Diagnostics) -> bool {
    let Some(widget) = of(component) else { return true };
    if ty.is_unknown() || (widget.accepts)(ty) {
        return true;
    }
    let kind = component.kind.name;
    let message = format!("a `{kind}` cannot show the key `{}`, which is {}", named.name, words(ty));
    let diagnostic = diagnostics.report(&code::TYPE, span, message);
    if named.span != span {
        diagnostic.label(named.span, format!("the key is {}", words(ty)));
    }
    match ty.inner() {
        Type::List(item) if (widget.accepts)(&Type::Range(item.clone())) => {
            diagnostic.help(format!("two ends are a range: declare the key with `type: range<{item}>`"));
        }
        single if (widget.accepts)(&Type::List(Box::new(single.clone()))) => {
            diagnostic.help(format!("it takes several: declare the key with `type: list<{single}>`, or use `select`"));
        }
        Type::Text if (widget.accepts)(&Type::Time) && !(widget.accepts)(&Type::Int) => {
            diagnostic.help("in YAML a time stands in quotes, and is text: declare the key with `type: time`");
        }
        _ => {}
    }
    false
}

/// Two widgets that declare one key must mean the same.
fn check_agreement(
    key: &Key<'_>,
    component: &Component,
    (named, ty): (&Named, &Type),
    context: &Context<'_>,
    diagnostics: &mut Diagnostics,
) {
    let own = infer(context, component);
    let agree = own == *ty || own.is_unknown() || ty.is_unknown();
    let first = key.widgets.first().map(|id| context.outline.item(*id).spec);
    let defaults = first.and_then(|first| literal(first, "default"));
    let default = literal(component, "default");
    if agree && (default.is_none() || default == defaults) {
        return;
    }
    let (code, what) = if agree {
        (&code::VALUE, "which value it has at first".to_owned())
    } else {
        (&code::TYPE, format!("whether it is {} or {}", words(ty), words(&own)))
    };
    let subject = match &component.subject {
        Subject::State(key) => key.span,
        _ => component.span,
    };
    let span = prop(component, "default").filter(|_| agree).map_or(subject, |default| default.span);
    let message = format!("two widgets declare the key `{}`, and disagree {what}", named.name);
    diagnostics
        .report(code, span, message)
        .label(named.span, "the first declares it here")
        .help(format!("declare it: `state: {{ {}: {{ type: … }} }}`", named.name));
}
