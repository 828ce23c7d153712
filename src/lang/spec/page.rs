//! A page, and the definitions that pages and the app share the form of.

use super::field::{Field, FieldType};
use super::lower::Lowering;
use super::name::{self, Use};
use super::shape::{Fields, Shape};
use super::written::{expression, text};
use super::{Definitions, NamedExpr, Page, Param, component, every, literal, query, state, write};
use crate::component::icon;
use crate::diagnostic::code::{NAME, UNKNOWN_KEY, VALUE};
use crate::diagnostic::suggest::nearest;
use crate::source::{FileId, Span, Spanned};
use crate::syntax::{Entry, Node, NodeKind};
use crate::value::Type;

/// How wide a page is.
const LAYOUTS: &[&str] = &["centered", "wide"];

/// The types that a parameter in a path may have.
const PARAM_TYPES: &[&str] = &["text", "int"];

/// `values:`
pub(super) const VALUES: FieldType = FieldType::Named(&FieldType::Expression);

/// A page.
pub static PAGE: Shape = Shape {
    name: "a page",
    fields: &[
        Field::optional("title", FieldType::Text, "In the tab, the navigation and the window; draws no heading."),
        Field::optional("icon", FieldType::Icon, "A Lucide icon name."),
        Field::optional("description", FieldType::Text, "What the page is about."),
        Field::optional("layout", FieldType::Choice(LAYOUTS), "`centered` or `wide`."),
        Field::optional(
            "params",
            FieldType::Named(&FieldType::Choice(PARAM_TYPES)),
            "The types of the parameters in the path.",
        ),
        Field::optional("state", state::ENTRIES, "Named values of one view."),
        Field::optional("queries", query::ENTRIES, "Named tables."),
        Field::optional("values", VALUES, "Named expressions."),
        Field::optional("writes", write::ENTRIES, "Named statements that change a database."),
        Field::optional("sidebar", FieldType::Components, "Components beside the page."),
        Field::optional("body", FieldType::Components, "Components."),
        Field::optional(
            "every",
            FieldType::Period,
            "How often its queries run by themselves while it is open: `30s`, `off`.",
        ),
    ],
    one_of: &[],
    unbuilt: &["access"],
};

/// Lowers a page.
pub(super) fn lower(root: &Node, file: FileId, path: String, ctx: &mut Lowering<'_>) -> Page {
    let mut page = Page {
        file,
        path,
        title: None,
        icon: None,
        description: None,
        wide: false,
        params: Vec::new(),
        definitions: Definitions::default(),
        sidebar: Vec::new(),
        body: Vec::new(),
        every: None,
    };
    if let Some(first) = foreign(root) {
        let called = &ctx.sources.file(file).path;
        let message = format!("`{called}` is no page: it has none of the keys of one");
        ctx.diagnostics.report(&UNKNOWN_KEY, first.span, message).help(
            "every YAML and TOML file in the folder of an app is a page: keep the app in a folder of its own, away from \
             files of others",
        );
        return page;
    }
    let Some(fields) = Fields::of(root, &PAGE, root.span.at_start(), ctx) else { return page };
    page.title = fields.get("title").and_then(|node| text(node, "`title`", ctx));
    page.icon = fields.word("icon").filter(|name| is_icon(name, ctx));
    page.description = fields.get("description").and_then(|node| text(node, "`description`", ctx));
    page.wide = fields.word("layout").is_some_and(|layout| is_wide(&layout, ctx));
    page.params = params(fields.get("params"), root.span.at_start(), &page.path, ctx);
    page.definitions = definitions(&fields, ctx);
    if let Some(node) = fields.get("sidebar") {
        page.sidebar = component::list(node, "sidebar", ctx);
    }
    if let Some(node) = fields.get("body") {
        page.body = component::list(node, "body", ctx);
    }
    page.every = fields.get("every").and_then(|node| every::lower(node, ctx));
    page.definitions.broken = std::mem::take(&mut ctx.broken);
    page
}

/// The first key of a file that others have written for something else.
fn foreign(root: &Node) -> Option<&Spanned<String>> {
    let NodeKind::Map(entries) = &root.kind else { return None };
    let known = || PAGE.fields.iter().map(|field| field.name).chain(PAGE.unbuilt.iter().copied());
    let is_near =
        |entry: &Entry| known().any(|name| name == entry.key.value) || nearest(&entry.key.value, known()).is_some();
    entries.first().filter(|_| !entries.iter().any(is_near)).map(|entry| &entry.key)
}

/// Lowers `state`, `queries`, `values` and `writes`.
pub(super) fn definitions(fields: &Fields<'_>, ctx: &mut Lowering<'_>) -> Definitions {
    Definitions {
        state: fields.get("state").map(|node| state::lower(node, ctx)).unwrap_or_default(),
        queries: fields.get("queries").map(|node| query::lower(node, ctx)).unwrap_or_default(),
        values: fields.get("values").map(|node| values(node, ctx)).unwrap_or_default(),
        writes: fields.get("writes").map(|node| write::lower(node, ctx)).unwrap_or_default(),
        broken: Vec::new(),
    }
}

fn values(node: &Node, ctx: &mut Lowering<'_>) -> Vec<NamedExpr> {
    let mut values = Vec::new();
    for entry in ctx.map(node, "`values`").unwrap_or_default() {
        let Some(name) = name::declared(&entry.key, Use::Value, ctx) else { continue };
        match expression(&entry.value, ctx) {
            Some(expr) => values.push(NamedExpr { name, expr }),
            None => ctx.broken.push(name.value),
        }
    }
    values
}

/// The parameters in the path of a page, in their order there; text where no type is given.
fn params(node: Option<&Node>, start: Span, path: &str, ctx: &mut Lowering<'_>) -> Vec<Param> {
    let in_path = path.split('/').filter_map(|segment| segment.strip_prefix('[')?.strip_suffix(']'));
    let mut params: Vec<Param> =
        in_path.map(|name| Param { name: Spanned::new(name.into(), start), ty: Type::Text }).collect();
    for entry in node.and_then(|node| ctx.map(node, "`params`")).unwrap_or_default() {
        let Some(name) = name::declared(&entry.key, Use::Param, ctx) else { continue };
        let Some(param) = params.iter_mut().find(|param| param.name.value == name.value) else {
            let message = format!("the path `{path}` has no parameter `{}`", name.value);
            let help = format!("a parameter stands in the name of the file or of a folder: `[{}].yaml`", name.value);
            ctx.diagnostics.report(&NAME, name.span, message).help(help);
            continue;
        };
        param.name = name;
        if let Some(ty) = param_type(&entry.value, ctx) {
            param.ty = ty;
        }
    }
    params
}

fn param_type(node: &Node, ctx: &mut Lowering<'_>) -> Option<Type> {
    let written = Spanned::new(node.as_text().unwrap_or_default().to_owned(), node.span);
    let ty = literal::ty(&written, ctx)?.value;
    if !PARAM_TYPES.contains(&written.value.trim()) {
        let message = format!("a parameter of a path is `text` or `int`, not `{ty}`");
        ctx.diagnostics.report(&VALUE, node.span, message);
        return None;
    }
    Some(ty)
}

/// Whether there is such an icon; if not, that is reported.
pub(super) fn is_icon(name: &Spanned<String>, ctx: &mut Lowering<'_>) -> bool {
    let is_known = icon::find(&name.value).is_some();
    if !is_known {
        let message = format!("there is no icon `{}`", name.value);
        let diagnostic = ctx.diagnostics.report(&VALUE, name.span, message);
        diagnostic.nearest(&name.value, icon::names()).help("icons are those of Lucide 1.62, by their names there");
    }
    is_known
}

fn is_wide(layout: &Spanned<String>, ctx: &mut Lowering<'_>) -> bool {
    if !LAYOUTS.contains(&layout.value.as_str()) {
        let message = format!("there is no layout `{}`", layout.value);
        let diagnostic = ctx.diagnostics.report(&VALUE, layout.span, message);
        diagnostic.nearest(&layout.value, LAYOUTS.iter().copied()).help("a page is `centered` or `wide`");
    }
    layout.value == "wide"
}
