//! The options of components, each by its type in the table of kinds.

use super::lower::Lowering;
use super::page::is_icon;
use super::partial::{self, Bare};
use super::written::{expression, text};
use super::{Prop, action, annotation, area, column, format, literal, name, option, shortcut};
use crate::component::decode::pattern_error;
use crate::component::{self, Pattern, PropType};
use crate::diagnostic::code::{TYPE, VALUE};
use crate::expr::Template;
use crate::source::Spanned;
use crate::syntax::{Entry, Node, NodeKind};
use crate::value::{Scalar, Type};

/// Lowers the value of an option; the children of a `tab` are no business of this.
pub(super) fn lower(prop: &component::Prop, entry: &Entry, ctx: &mut Lowering<'_>) -> Option<Prop> {
    let node = &entry.value;
    if let PropType::Choice(_)
    | PropType::SomeOf(_)
    | PropType::Width
    | PropType::Literal(_)
    | PropType::Format
    | PropType::Icon
    | PropType::Area
    | PropType::Shortcut = prop.ty
    {
        return partial::fill_literal(prop.name, node, ctx).and_then(|node| literal(prop, &node, ctx));
    }
    match prop.ty {
        PropType::Text | PropType::Url | PropType::Tone => text(node, &format!("`{}`", prop.name), ctx).map(Prop::Text),
        PropType::Color => color(prop.name, node, ctx).map(Prop::Text),
        PropType::Expression(_) | PropType::Table => expression(node, ctx).map(Prop::Expr),
        PropType::Column(_) => column::name(node, ctx).map(|name| Prop::Columns(vec![name])),
        PropType::Columns(_) => column::names(node, ctx).map(Prop::Columns),
        PropType::SomeColumns => match &node.kind {
            NodeKind::Bool(bool) => Some(Prop::Literal(Scalar::Bool(*bool))),
            _ => column::names(node, ctx).map(Prop::Columns),
        },
        PropType::Order => Some(Prop::Order(column::order(node, ctx))),
        PropType::Options => option::lower(node, ctx).map(Prop::Options),
        PropType::Actions => Some(Prop::Actions(action::list(node, prop.name, ctx))),
        PropType::Annotations => Some(Prop::Annotations(annotation::list(node, ctx))),
        PropType::TableColumns => Some(Prop::TableColumns(column::table_columns(node, ctx))),
        PropType::ColumnTypes => Some(Prop::ColumnTypes(column::types(node, ctx)?)),
        PropType::Areas => Some(Prop::Areas(area::lower(node, ctx))),
        PropType::StateKey => {
            let key = Spanned::new(word(prop.name, node, ctx)?, node.span);
            name::bare(&key, "a state key", ctx).map(|key| Prop::StateKey(key.value))
        }
        _ => None,
    }
}

/// Takes a constant.
fn literal(prop: &component::Prop, node: &Node, ctx: &mut Lowering<'_>) -> Option<Prop> {
    match prop.ty {
        PropType::Choice(words) => choice(prop.name, words, node, ctx).map(Prop::Literal),
        PropType::SomeOf(words) => some_of(prop.name, words, node, ctx).map(Prop::Literal),
        PropType::Width => width(node, ctx).map(Prop::Literal),
        PropType::Literal(pattern) => constant(prop.name, pattern, node, ctx).map(Prop::Literal),
        PropType::Format => format::lower(node, ctx).map(Prop::Format),
        PropType::Icon => icon(prop.name, node, ctx).map(Prop::Literal),
        PropType::Area => {
            let area = Spanned::new(word(prop.name, node, ctx)?, node.span);
            name::bare(&area, "an area", ctx).map(|area| Prop::Literal(Scalar::text(&*area.value)))
        }
        PropType::Shortcut => {
            // A digit is a key as well.
            let keys = match node.kind {
                NodeKind::Int(_) => ctx.sources.text(node.span).to_owned(),
                _ => word(prop.name, node, ctx)?,
            };
            let keys = Spanned::new(keys, node.span);
            shortcut::lower(&keys, ctx).map(|keys| Prop::Literal(Scalar::text(keys)))
        }
        _ => None,
    }
}

/// Takes a column, a colour, or a template for one: text, in a partial also a parameter that is a column.
fn color(name: &str, node: &Node, ctx: &mut Lowering<'_>) -> Option<Template> {
    let written = node.as_text().map(|written| Spanned::new(written.to_owned(), node.span));
    match written.map_or(Bare::Itself, |written| partial::name(&written, "a column", ctx)) {
        Bare::Itself => text(node, &format!("`{name}`"), ctx),
        Bare::Given(column) => Some(Template::verbatim(column.value, column.span)),
        Bare::Unknown => None,
    }
}

/// Takes one of a few words; `true` and `false` may be among them.
fn choice(name: &str, words: &'static [&'static str], node: &Node, ctx: &mut Lowering<'_>) -> Option<Scalar> {
    let value = match &node.kind {
        NodeKind::Text(text) => Scalar::Text(text.text.clone()),
        NodeKind::Bool(bool) => Scalar::Bool(*bool),
        NodeKind::Broken => return None,
        _ => Scalar::text(ctx.sources.text(node.span)),
    };
    let written = match &value {
        Scalar::Bool(true) => "true",
        Scalar::Bool(false) => "false",
        other => other.as_text().unwrap_or_default(),
    };
    if words.contains(&written) {
        return Some(value);
    }
    let known = words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    let diagnostic = ctx.diagnostics.report(&VALUE, node.span, format!("`{name}` cannot be `{written}`"));
    diagnostic.nearest(written, words.iter().copied()).help(format!("it is one of {known}"));
    None
}

/// Takes `true` or `false`, one of a few words, or a list of them.
fn some_of(name: &str, words: &'static [&'static str], node: &Node, ctx: &mut Lowering<'_>) -> Option<Scalar> {
    match &node.kind {
        NodeKind::Bool(bool) => Some(Scalar::Bool(*bool)),
        NodeKind::List(items) => {
            let items = items.iter().map(|item| choice(name, words, item, ctx));
            items.collect::<Option<Vec<_>>>().map(Scalar::list)
        }
        _ => choice(name, words, node, ctx).map(|word| Scalar::list([word])),
    }
}

/// Takes a constant that fits the pattern; an int is a size or a count, and so above zero.
fn constant(name: &str, pattern: Pattern, node: &Node, ctx: &mut Lowering<'_>) -> Option<Scalar> {
    let value = literal::scalar(node, ctx)?;
    let fits = !value.is_null() && pattern.accepts(&value.ty());
    if pattern != Pattern::Any && !fits {
        let message = format!("`{name}` is {}, but {} is expected", node.describe(), pattern.describe());
        let diagnostic = ctx.diagnostics.report(&TYPE, node.span, message);
        if let (Pattern::Bool, Some(bool)) = (pattern, node.as_text().and_then(literal::bool_word)) {
            diagnostic.fix(format!("write `{bool}`"), node.span, bool.to_string());
        } else if name == "search" && pattern == Pattern::Bool {
            diagnostic.help("`search: true` searches all columns that are shown");
        }
        return None;
    }
    if name == "pattern"
        && let Some(error) = value.as_text().and_then(pattern_error)
    {
        let diagnostic = ctx.diagnostics.report(&VALUE, node.span, "this pattern is no regular expression");
        diagnostic.here(error);
        return None;
    }
    if name == "max_size" && value.as_text().is_some_and(|size| literal::parse_size(size).is_none()) {
        literal::size(node, ctx);
        return None;
    }
    match (pattern, &value) {
        (Pattern::Int, Scalar::Int(int)) => {
            literal::positive(&Spanned::new(*int, node.span), ctx).is_some().then_some(value)
        }
        _ => Some(value),
    }
}

/// Takes a weight, or `content`.
fn width(node: &Node, ctx: &mut Lowering<'_>) -> Option<Scalar> {
    let value = literal::scalar(node, ctx)?;
    let is_width = match &value {
        Scalar::Text(word) => &**word == "content",
        number => matches!(number.ty(), Type::Int | Type::Float) && number.as_float().is_some_and(|width| width > 0.0),
    };
    if !is_width {
        let message = format!("`{}` is no width", ctx.sources.text(node.span));
        let diagnostic = ctx.diagnostics.report(&VALUE, node.span, message);
        diagnostic.help("a width is a weight in a row, such as `2`, or `content`");
    }
    is_width.then_some(value)
}

fn icon(name: &str, node: &Node, ctx: &mut Lowering<'_>) -> Option<Scalar> {
    let word = Spanned::new(word(name, node, ctx)?, node.span);
    is_icon(&word, ctx).then(|| Scalar::text(word.value))
}

fn word(name: &str, node: &Node, ctx: &mut Lowering<'_>) -> Option<String> {
    if let Some(text) = node.as_text() {
        return Some(text.to_owned());
    }
    if !matches!(node.kind, NodeKind::Broken) {
        let message = format!("`{name}` is {}, but a name is expected", node.describe());
        ctx.diagnostics.report(&TYPE, node.span, message);
    }
    None
}
