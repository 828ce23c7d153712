//! Partials: components that are written once and used in many places, with parameters.
//!
//! A `use` is read as if the body of its partial stood in its place, each parameter filled in: what is checked is what
//! will run. The places in it are known to be seen through the `use`, as those of a YAML alias are.

use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

mod fill;

pub(super) use fill::{Bare, fill_expr, fill_literal, fill_text, name};

use fill::afford;

use super::column;
use super::field::{Field, FieldType};
use super::literal::{parse_type, type_names};
use super::lower::{Lowering, is_partial};
use super::name::{self as names, Use};
use super::shape::{Fields, Shape, is_misspelt};
use super::written::{expression, text};
use super::{Argument, Component, Given, Name, ParamType, Prop, component as components};
use crate::component;
use crate::diagnostic::Diagnostics;
use crate::diagnostic::code::{CYCLE, MISSING_KEY, NAME, TYPE, UNKNOWN_KEY, UNKNOWN_NAME, VALUE};
use crate::source::{FileId, SourceFile, Spanned};
use crate::syntax::{Entry, Node, NodeKind, Tree};
use crate::value::Type;

/// How deep partials may use each other.
const DEPTH: usize = 16;

/// How many values the partials of one file may stand for.
const BUDGET: usize = 100_000;

/// A partial.
pub static PARTIAL: Shape = Shape {
    name: "a partial",
    fields: &[
        Field::optional(
            "params",
            FieldType::Named(&FieldType::Either(&FieldType::Word, &PARAM)),
            "What a `use` hands over, by name: a type, or a map.",
        ),
        Field::optional("preview", FieldType::MapOf(&FieldType::Expression), "Values to show it alone."),
        Field::required(
            "body",
            FieldType::Components,
            "Components, in which `params.NAME` stands for what is handed over.",
        ),
    ],
    one_of: &[],
    unbuilt: &[],
};

/// A parameter that is a map.
pub(super) static PARAM: Shape = Shape {
    name: "a parameter of a partial",
    fields: &[
        Field::required(
            "type",
            FieldType::Word,
            "What is handed over: `text`, `int`, `table`, `column(data)`, `key<text>`, `query`.",
        ),
        Field::optional("default", FieldType::Expression, "What holds where a `use` hands over nothing."),
    ],
    one_of: &[],
    unbuilt: &[],
};

/// A partial, its body not yet looked at: what it means depends on what is handed over.
#[derive(Clone, Debug)]
pub struct Partial {
    pub name: Name,
    pub file: FileId,
    params: Vec<Param>,
    preview: Option<Node>,
    body: Option<Node>,
    size: usize,
    /// Whether all that it takes is known; else nothing is said of what is handed over or not.
    is_whole: bool,
}

#[derive(Clone, Debug)]
struct Param {
    name: Spanned<Name>,
    /// None if that was reported.
    ty: Option<ParamType>,
    default: Option<Node>,
}

impl Partial {
    /// The same, some of which could not be read.
    pub fn broken(self) -> Self {
        Self { is_whole: false, ..self }
    }

    /// What it takes, by name; no type where that was reported.
    pub fn params(&self) -> impl Iterator<Item = (&Name, Option<&ParamType>)> {
        self.params.iter().map(|param| (&param.name.value, param.ty.as_ref()))
    }
}

impl fmt::Display for ParamType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("text"),
            Self::Value(ty) => ty.fmt(f),
            Self::Column(None) => f.write_str("column"),
            Self::Column(Some(table)) => write!(f, "column({})", table.value),
            Self::Key(Type::Any) => f.write_str("key"),
            Self::Key(ty) => write!(f, "key<{ty}>"),
            Self::Query => f.write_str("query"),
        }
    }
}

/// The partials of an app, by name.
pub type Partials = BTreeMap<Name, Partial>;

/// The partial that is being read, and what was handed over to it.
#[derive(Debug)]
pub(super) struct Inside {
    partial: Name,
    /// None where it is not known what, or was reported.
    args: Vec<(Name, ParamType, Option<Given>)>,
    /// The partial around the `use` of this one.
    around: Option<Rc<Self>>,
    /// How many of them are around.
    depth: usize,
}

impl Inside {
    fn names(&self) -> Vec<&Name> {
        std::iter::successors(Some(self), |inside| inside.around.as_deref()).map(|inside| &inside.partial).collect()
    }
}

/// The name of the partial at a path, if there is one.
pub fn partial_name(path: &str) -> Option<&str> {
    let stem = path.rsplit('/').next()?.rsplit_once('.')?.0;
    is_partial(path).then(|| stem.strip_prefix('_').unwrap_or(stem))
}

/// The partial that is meant by the path of its file, or by a part of it.
pub(super) fn named_by_path(written: &str, partials: &Partials) -> Option<Name> {
    let file = written.rsplit('/').next()?;
    let stem = [".yaml", ".yml", ".toml"].iter().find_map(|ending| file.strip_suffix(ending)).unwrap_or(file);
    let known = |name: &str| partials.contains_key(name).then(|| Name::from(name));
    if known(written).is_some() { None } else { known(stem).or_else(|| known(stem.strip_prefix('_')?)) }
}

/// The name of the partial that a file is; one that keeps no rule is reported.
pub(super) fn name_of(file: &SourceFile, diagnostics: &mut Diagnostics) -> Option<Name> {
    let name = partial_name(&file.path)?;
    if let Some((message, better)) = names::refusal(name, Use::Partial) {
        let diagnostic = diagnostics.report(&NAME, file.span().at_start(), message);
        diagnostic.help(format!("call the file `_{better}.yaml`"));
        return None;
    }
    Some(name.into())
}

/// Reads what a partial takes.
pub(super) fn outline(tree: &Tree, name: Name, ctx: &mut Lowering<'_>) -> Partial {
    let mut partial =
        Partial { name, file: tree.file, params: Vec::new(), preview: None, body: None, size: 0, is_whole: true };
    let Some(fields) = Fields::of(&tree.root, &PARTIAL, tree.root.span.at_start(), ctx) else { return partial };
    for entry in fields.get("params").and_then(|node| ctx.map(node, "`params`")).unwrap_or_default() {
        partial.params.extend(param(entry, ctx));
    }
    check_tables(&partial.params, ctx);
    partial.preview = fields.get("preview").cloned();
    partial.body = fields.get("body").cloned();
    partial.size = tree.root.size();
    partial
}

fn param(entry: &Entry, ctx: &mut Lowering<'_>) -> Option<Param> {
    let name = names::declared(&entry.key, Use::Param, ctx)?;
    let (written, default) = match &entry.value.kind {
        NodeKind::Text(text) => (Some(Spanned::new(text.text.to_string(), entry.value.span)), None),
        NodeKind::Map(_) => {
            let fields = Fields::of(&entry.value, &PARAM, entry.key.span, ctx);
            let default = fields.as_ref().and_then(|fields| fields.get("default").cloned());
            (fields.and_then(|fields| fields.word("type")), default)
        }
        NodeKind::Broken => (None, None),
        _ => {
            let message = format!("the type of a parameter is expected, but this is {}", entry.value.describe());
            ctx.diagnostics.report(&TYPE, entry.value.span, message).help("write `label: text`, say");
            (None, None)
        }
    };
    Some(Param { name, ty: written.and_then(|ty| param_type(&ty, ctx)), default })
}

/// Reads `text`, `table`, `column(data)`, `key<text>`, `query`, or the type of a value.
fn param_type(written: &Spanned<String>, ctx: &mut Lowering<'_>) -> Option<ParamType> {
    let word = written.value.trim();
    let inner =
        |start: &str, end: char| word.strip_prefix(start).and_then(|rest| rest.strip_suffix(end)).map(str::trim);
    let found = match word {
        "text" => Some(ParamType::Text),
        "query" => Some(ParamType::Query),
        "key" => Some(ParamType::Key(Type::Any)),
        "column" => Some(ParamType::Column(None)),
        _ => inner("column(", ')')
            .map(|table| ParamType::Column(Some(Spanned::new(table.into(), written.span))))
            .or_else(|| inner("key<", '>').and_then(parse_type).map(ParamType::Key))
            .or_else(|| parse_type(word).map(ParamType::Value)),
    };
    if found.is_none() {
        let message = format!("there is no type `{word}` of a parameter");
        let diagnostic = ctx.diagnostics.report(&VALUE, written.span, message);
        let types = type_names();
        let known = types.iter().map(String::as_str).chain(["column", "key", "query"]);
        diagnostic.nearest(word, known);
        diagnostic
            .help("it is `text`, the type of a value such as `int` or `table`, `column(data)`, `key<text>` or `query`");
    }
    found
}

/// Checks that `column(data)` names a parameter that is a table.
fn check_tables(params: &[Param], ctx: &mut Lowering<'_>) {
    for param in params {
        let Some(ParamType::Column(Some(table))) = &param.ty else { continue };
        let named = params.iter().find(|other| other.name.value == table.value);
        match named.map(|named| &named.ty) {
            Some(Some(ParamType::Value(Type::Table(_))) | None) => {}
            Some(Some(_)) => {
                let message = format!("`{}` is no table, so it has no columns", table.value);
                let diagnostic = ctx.diagnostics.report(&TYPE, table.span, message);
                if let Some(named) = named {
                    diagnostic.label(named.name.span, "declared here");
                }
            }
            None => {
                let message = format!("no parameter `{}`", table.value);
                let tables = params.iter().filter(|param| matches!(param.ty, Some(ParamType::Value(Type::Table(_)))));
                let diagnostic = ctx.diagnostics.report(&UNKNOWN_NAME, table.span, message);
                diagnostic.nearest(&table.value, tables.map(|param| &*param.name.value));
                diagnostic.help("the parameter whose columns are meant stands in the brackets: `column(data)`");
            }
        }
    }
}

/// Reads a partial as it stands, for what is wrong with it whoever uses it: with its `preview`, if it has one.
pub(super) fn lower(partial: &Partial, ctx: &mut Lowering<'_>) {
    let mut args: Vec<_> =
        partial.params.iter().filter_map(|param| Some((param.name.value.clone(), param.ty.clone()?, None))).collect();
    if let Some(preview) = &partial.preview {
        for (name, value) in handed_over(partial, preview, "`preview`", ctx) {
            if let Some((param, ty, given)) = args.iter_mut().find(|(param, ..)| *param == name.value) {
                if let Some(value) = &value {
                    check_constant(value, param, ty, ctx);
                }
                *given = value.map(|value| value.value);
            }
        }
    }
    for param in &partial.params {
        if let (Some(default), Some(ty)) = (&param.default, &param.ty)
            && let Some(value) = given(default, &param.name.value, ty, ctx)
        {
            check_constant(&value, &param.name.value, ty, ctx);
        }
    }
    if let Some(body) = &partial.body {
        ctx.inside = Some(Rc::new(Inside { partial: partial.name.clone(), args, around: None, depth: 0 }));
        components::list(body, "body", ctx);
        ctx.inside = None;
    }
}

/// Reads the `use` of a partial: its components, with what is handed over in the place of the parameters.
pub(super) fn expand(
    component: &mut Component,
    item: &Node,
    name: &Spanned<Name>,
    ctx: &mut Lowering<'_>,
) -> Option<()> {
    let partials = ctx.partials;
    let Some(partial) = partials.get(&name.value) else {
        let diagnostic = ctx.diagnostics.report(&UNKNOWN_NAME, name.span, format!("no partial `{}`", name.value));
        diagnostic.nearest(&name.value, partials.keys().map(|name| &**name));
        diagnostic.help(format!("a partial stands in a file of its own: `_{}.yaml`", name.value));
        return None;
    };
    if !ctx.reads.contains(&partial.file) {
        ctx.reads.push(partial.file);
    }
    if let Some(inside) = &ctx.inside
        && inside.names().contains(&&name.value)
    {
        report_circle(inside, name, ctx.diagnostics);
        return None;
    }
    let depth = ctx.inside.as_ref().map_or(0, |inside| inside.depth + 1);
    if depth > DEPTH {
        let message = format!("partials use each other more than {DEPTH} deep");
        ctx.diagnostics.report(&VALUE, name.span, message);
        return None;
    }
    if !afford(partial.size, name.span, ctx) {
        return None;
    }
    let args = arguments(partial, item, name, ctx);
    let arguments = args
        .iter()
        .filter_map(|(param, ty, given)| Some(Argument { name: param.clone(), ty: ty.clone(), given: given.clone()? }));
    component.props.push(("with", Spanned::new(Prop::Arguments(arguments.collect()), name.span)));
    let args = args.into_iter().map(|(name, ty, given)| (name, ty, given.map(|given| given.value))).collect();
    let inside = Inside { partial: partial.name.clone(), args, around: ctx.inside.take(), depth };
    let body = partial.body.as_ref().map(|body| body.through(name.span.as_alias()));
    let inside = Rc::new(inside);
    ctx.inside = Some(Rc::clone(&inside));
    component.children = body.map(|body| components::list(&body, "body", ctx)).unwrap_or_default();
    ctx.inside.clone_from(&inside.around);
    Some(())
}

/// Reports a partial that uses itself, by others or not: once, from the first of the circle by name.
fn report_circle(inside: &Inside, name: &Spanned<Name>, diagnostics: &mut Diagnostics) {
    let around = inside.names().into_iter().rev();
    let circle: Vec<&Name> = around.skip_while(|around| **around != name.value).chain([&name.value]).collect();
    if circle.iter().any(|other| **other < name.value) {
        return;
    }
    let message = format!("the partial `{}` uses itself", name.value);
    let diagnostic = diagnostics.report(&CYCLE, name.span, message);
    diagnostic.here("which never ends");
    let circle = circle.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" → ");
    diagnostic.help(format!("the circle is {circle}"));
}

type Handed = (Name, ParamType, Option<Spanned<Given>>);

/// What a `use` hands over for each parameter, or what holds where it hands over nothing.
fn arguments(partial: &Partial, item: &Node, name: &Spanned<Name>, ctx: &mut Lowering<'_>) -> Vec<Handed> {
    let written = item.get("with");
    let handed = written.map(|with| handed_over(partial, with, "`with`", ctx)).unwrap_or_default();
    let mut args = Vec::new();
    let mut missing = Vec::new();
    for param in &partial.params {
        let Some(ty) = &param.ty else { continue };
        let value = match (handed.iter().find(|(handed, _)| handed.value == param.name.value), &param.default) {
            (Some((_, value)), _) => value.clone(),
            (None, Some(default)) => {
                let default = default.through(name.span.as_alias());
                let around = ctx.inside.take();
                let value = given(&default, &param.name.value, ty, ctx);
                ctx.inside = around;
                value
            }
            (None, None) => {
                missing.push(&*param.name.value);
                None
            }
        };
        args.push((param.name.value.clone(), ty.clone(), value));
    }
    let known = partial.params.iter().map(|param| &*param.name.value);
    let strange: Vec<&str> = written.map(keys).unwrap_or_default();
    missing.retain(|name| !is_misspelt(name, &strange, &known));
    if partial.is_whole
        && !is_with_misspelt(item)
        && !missing.is_empty()
        && written.is_none_or(|with| matches!(with.kind, NodeKind::Map(_) | NodeKind::Null))
    {
        let all = missing.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let message = format!("the partial `{}` needs {all}", partial.name);
        let example = missing.iter().map(|name| format!("{name}: …")).collect::<Vec<_>>().join(", ");
        ctx.diagnostics.report(&MISSING_KEY, name.span, message).help(format!("hand over `with: {{ {example} }}`"));
    }
    args
}

/// Whether a key of an item that is none of `use` is meant for `with`.
fn is_with_misspelt(item: &Node) -> bool {
    let known = ["use", "with"].into_iter().chain(component::COMMON.iter().map(|prop| prop.name));
    let strange: Vec<&str> = keys(item).into_iter().filter(|key| known.clone().all(|name| name != *key)).collect();
    is_misspelt("with", &strange, &known)
}

/// The keys of `with` that may be meant for another.
fn keys(node: &Node) -> Vec<&str> {
    match &node.kind {
        NodeKind::Map(entries) => entries.iter().map(|entry| entry.key.value.as_str()).collect(),
        _ => Vec::new(),
    }
}

/// The entries of `with`, each read as the type of its parameter asks; none in the place of what was reported.
fn handed_over(
    partial: &Partial,
    node: &Node,
    what: &str,
    ctx: &mut Lowering<'_>,
) -> Vec<(Spanned<Name>, Option<Spanned<Given>>)> {
    let mut handed = Vec::new();
    for entry in ctx.map(node, what).unwrap_or_default() {
        let param = partial.params.iter().find(|param| *param.name.value == *entry.key.value);
        if param.is_none() && !partial.is_whole {
            continue;
        }
        let Some(param) = param else {
            let message = format!("the partial `{}` has no parameter `{}`", partial.name, entry.key.value);
            let known = partial.params.iter().map(|param| &*param.name.value);
            let all = known.clone().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            let diagnostic = ctx.diagnostics.report(&UNKNOWN_KEY, entry.key.span, message);
            diagnostic.nearest(&entry.key.value, known);
            diagnostic.help(if all.is_empty() {
                "it has none".to_owned()
            } else {
                format!("its parameters are {all}")
            });
            continue;
        };
        let value = param.ty.as_ref().and_then(|ty| given(&entry.value, &param.name.value, ty, ctx));
        handed.push((Spanned::new(param.name.value.clone(), entry.key.span), value));
    }
    handed
}

/// Reads what is handed over, as the type of its parameter asks.
fn given(node: &Node, param: &Name, ty: &ParamType, ctx: &mut Lowering<'_>) -> Option<Spanned<Given>> {
    let given = match ty {
        ParamType::Text => Given::Text(text(node, &format!("`{param}`"), ctx)?),
        ParamType::Value(_) => Given::Expr(expression(node, ctx)?),
        ParamType::Column(_) => Given::Column(column::name(node, ctx)?),
        ParamType::Key(_) => Given::Key(bare(node, "a state key", ctx)?),
        ParamType::Query => Given::Query(bare(node, "a query", ctx)?),
    };
    Some(Spanned::new(given, node.span))
}

/// Checks a default, or what is handed over to look at a partial alone, as far as it is a constant.
fn check_constant(value: &Spanned<Given>, param: &Name, ty: &ParamType, ctx: &mut Lowering<'_>) {
    let (Given::Expr(expr), ParamType::Value(wanted)) = (&value.value, ty) else { return };
    let Some(found) = expr.constant().map(|constant| constant.ty()) else { return };
    if !wanted.clone().nullable().accepts(&found) {
        let message = format!("`{param}` is {}, but this is {}", wanted.words(), found.words());
        ctx.diagnostics.report(&TYPE, value.span, message);
    }
}

fn bare(node: &Node, what: &str, ctx: &mut Lowering<'_>) -> Option<Spanned<Name>> {
    let Some(written) = node.as_text() else {
        if !matches!(node.kind, NodeKind::Broken) {
            let message = format!("the name of {what} is expected, but this is {}", node.describe());
            ctx.diagnostics.report(&TYPE, node.span, message);
        }
        return None;
    };
    names::bare(&Spanned::new(written.to_owned(), node.span), what, ctx)
}
