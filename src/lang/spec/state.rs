//! `state:`: declared keys.

use super::field::{Field, FieldType};
use super::lower::Lowering;
use super::name::{self, Use};
use super::shape::{Fields, Shape};
use super::written::expression;
use super::{Name, StateKey, literal};
use crate::diagnostic::code::{NAME, SUSPICIOUS, VALUE};
use crate::source::{Span, Spanned};
use crate::syntax::{Entry, Node, NodeKind};
use crate::value::{Scalar, Type};

/// `state:`
pub(super) const ENTRIES: FieldType = FieldType::Named(&FieldType::Either(&FieldType::Constant, &STATE));

/// Who keeps a value.
const KEEPERS: &[&str] = &["browser"];

/// An entry of `state:` that is a map.
pub(super) static STATE: Shape = Shape {
    name: "a state key",
    fields: &[
        Field::optional("type", FieldType::Type, "`text`, `int`, `list<text>`, `range<date>`, `table` and so on."),
        Field::optional("nullable", FieldType::Bool, "Whether it may be null."),
        Field::optional("default", FieldType::Constant, "The initial value."),
        Field::optional("default_from", FieldType::Expression, "Evaluated once, when first needed."),
        Field::optional("each_run", FieldType::Expression, "Its next value, at page load and before every later run."),
        Field::optional(
            "in_url",
            FieldType::Parameter,
            "Whether it stands in the URL, which links and reloads begin with; or the name of its parameter there.",
        ),
        Field::optional(
            "keep",
            FieldType::Choice(KEEPERS),
            "`browser`: kept for the browser, over reloads, tabs and restarts of the server.",
        ),
    ],
    one_of: &[],
    unbuilt: &[],
};

/// Lowers `state:`.
pub(super) fn lower(node: &Node, ctx: &mut Lowering<'_>) -> Vec<StateKey> {
    let mut keys = Vec::new();
    for entry in ctx.map(node, "`state`").unwrap_or_default() {
        let Some(name) = name::declared(&entry.key, Use::State, ctx) else { continue };
        let reported = ctx.diagnostics.len();
        let key = key(&name, entry, ctx);
        if key.is_none() || ctx.diagnostics.len() > reported {
            ctx.broken.push(name.value);
        }
        keys.extend(key);
    }
    keys
}

fn key(name: &Spanned<Name>, entry: &Entry, ctx: &mut Lowering<'_>) -> Option<StateKey> {
    let mut key = StateKey {
        name: name.clone(),
        ty: None,
        nullable: false,
        default: None,
        default_from: None,
        each_run: None,
        in_url: None,
        keep: None,
    };
    if !matches!(entry.value.kind, NodeKind::Map(_)) {
        let default = literal::scalar(&entry.value, ctx)?;
        warn_of_type(&name.value, &default, entry.value.span, ctx);
        key.default = Some(Spanned::new(default, entry.value.span));
        return Some(key);
    }
    let fields = Fields::of(&entry.value, &STATE, entry.key.span, ctx)?;
    // A type that was reported is unknown to whatever reads the key.
    key.ty = fields
        .word("type")
        .map(|written| literal::ty(&written, ctx).unwrap_or_else(|| Spanned::new(Type::Any, written.span)));
    key.nullable = fields.bool("nullable").unwrap_or(false);
    key.default = fields.get("default").and_then(|node| {
        let default = literal::scalar(node, ctx)?;
        Some(Spanned::new(as_range(default, key.ty.as_ref()), node.span))
    });
    key.default_from = fields.get("default_from").and_then(|node| expression(node, ctx));
    key.each_run = fields.get("each_run").and_then(|node| expression(node, ctx));
    key.in_url = fields.get("in_url").and_then(|node| parameter(name, node, ctx));
    key.keep = fields.word("keep").and_then(|word| keeper(&word, ctx));
    Some(key)
}

fn keeper(word: &Spanned<String>, ctx: &mut Lowering<'_>) -> Option<Span> {
    if KEEPERS.contains(&word.value.as_str()) {
        return Some(word.span);
    }
    let message = format!("nobody is called `{}` who keeps a value", word.value);
    let diagnostic = ctx.diagnostics.report(&VALUE, word.span, message);
    diagnostic.nearest(&word.value, KEEPERS.iter().copied()).help("`keep: browser` keeps it for the browser");
    None
}

/// The parameter of URLs that a key stands in: called like the key, or otherwise.
fn parameter(key: &Spanned<Name>, node: &Node, ctx: &mut Lowering<'_>) -> Option<Spanned<Name>> {
    let parameter = match &node.kind {
        NodeKind::Bool(true) => key.value.clone(),
        NodeKind::Text(text) => text.text.as_ref().into(),
        _ => return None,
    };
    if let Some(message) = name::parameter_refusal(&parameter) {
        ctx.diagnostics.report(&NAME, node.span, message);
        return None;
    }
    Some(Spanned::new(parameter, node.span))
}

/// Warns of a first value that is the name of a type: `region: text`.
fn warn_of_type(name: &str, default: &Scalar, span: Span, ctx: &mut Lowering<'_>) {
    let Some(ty) = default.as_text().filter(|text| literal::type_names().iter().any(|name| name == text)) else {
        return;
    };
    let message = format!("the first value of `{name}` is the text `{ty}`");
    let better = format!("{{ type: {ty} }}");
    let diagnostic = ctx.diagnostics.report(&SUSPICIOUS, span, message).here("a value, no type");
    diagnostic.suggest(format!("if the type is meant, write `{better}`"), span, better);
}

/// Two values of a list are the ends of a range, where one is declared.
fn as_range(default: Scalar, ty: Option<&Spanned<Type>>) -> Scalar {
    match (&default, ty.map(|ty| &ty.value)) {
        (Scalar::List(items), Some(Type::Range(_))) => match &**items {
            [low, high] => Scalar::range(low.clone(), high.clone()),
            _ => default,
        },
        _ => default,
    }
}
