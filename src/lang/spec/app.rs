//! `app.yaml`: settings, and what all pages share.

use jiff::tz::TimeZone;

use super::field::{Field, FieldType};
use super::literal::plain_text;
use super::lower::Lowering;
use super::name;
use super::shape::{Fields, Shape};
use super::{Spec, Theme, cache, component, connection, every, limits, page, query, state, write};
use crate::diagnostic::code::VALUE;
use crate::source::Spanned;
use crate::syntax::Node;

/// `app.yaml`.
pub static APP: Shape = Shape {
    name: "`app.yaml`",
    fields: &[
        Field::optional("title", FieldType::Word, "The name of the app."),
        Field::optional("logo", FieldType::Word, "An image below `assets/`, beside the name."),
        Field::optional("theme", FieldType::Map(&THEME), "Colours."),
        Field::optional("locale", FieldType::Word, "How numbers and dates are written: `en`, `de-CH`."),
        Field::optional("timezone", FieldType::Word, "Where the clock of the app stands: `Europe/Zurich`."),
        Field::optional("currency", FieldType::Word, "What `currency` writes without an argument: `EUR`."),
        Field::optional("connection", FieldType::Name, "The connection of queries that name none."),
        Field::optional("connections", connection::ENTRIES, "Databases and servers, by name."),
        Field::optional("cache", cache::CACHING, "How results are kept, where a query does not say."),
        Field::optional("limits", FieldType::Map(&limits::LIMITS), "How much memory and disk the app may use."),
        Field::optional("state", state::ENTRIES, "State that is kept while the user moves between pages."),
        Field::optional("queries", query::ENTRIES, "Queries that all pages can use."),
        Field::optional("values", page::VALUES, "Values that all pages can use."),
        Field::optional("writes", write::ENTRIES, "Writes that all pages can run."),
        Field::optional("sidebar", FieldType::Components, "Components beside every page."),
        Field::optional(
            "every",
            FieldType::Period,
            "How often the queries of open pages run by themselves: `30s`, `off`.",
        ),
    ],
    one_of: &[],
    unbuilt: &["nav", "auth", "access"],
};

/// `theme:`
pub(super) static THEME: Shape = Shape {
    name: "a theme",
    fields: &[Field::optional("primary", FieldType::Word, "The colour of what can be pressed and of first series.")],
    one_of: &[],
    unbuilt: &[],
};

/// Lowers the settings of the app into `spec`.
pub(super) fn lower(root: &Node, spec: &mut Spec, ctx: &mut Lowering<'_>) {
    let Some(fields) = Fields::of(root, &APP, root.span.at_start(), ctx) else { return };
    let settings = &mut spec.app;
    if let Some(timezone) = fields.word("timezone").filter(|name| is_timezone(name, ctx)) {
        settings.timezone = Some(timezone);
    }
    settings.title =
        fields.word("title").and_then(|title| plain_text(title, "the title of the app", ctx)).map(|t| t.value);
    settings.logo = fields.word("logo");
    settings.locale = fields.word("locale");
    settings.currency = fields.word("currency").filter(|code| is_currency(code, ctx));
    settings.cache = fields.get("cache").and_then(|node| cache::lower(node, ctx));
    settings.limits = fields.get("limits").map(|node| limits::lower(node, ctx)).unwrap_or_default();
    settings.connection = fields.word("connection").and_then(|text| name::bare(&text, "a connection", ctx));
    if let Some(node) = fields.get("theme") {
        settings.theme = theme(node, ctx);
    }
    if let Some(node) = fields.get("connections") {
        spec.connections = connection::lower(node, ctx);
    }
    spec.shared = page::definitions(&fields, ctx);
    if let Some(node) = fields.get("sidebar") {
        spec.sidebar = component::list(node, "sidebar", ctx);
    }
    spec.every = fields.get("every").and_then(|node| every::lower(node, ctx));
    spec.shared.broken = std::mem::take(&mut ctx.broken);
    spec.secrets = std::mem::take(&mut ctx.secrets);
}

/// Whether the time zone exists; from here on moments are read in it.
fn is_timezone(name: &Spanned<String>, ctx: &mut Lowering<'_>) -> bool {
    let Ok(zone) = TimeZone::get(&name.value) else {
        let message = format!("there is no time zone `{}`", name.value);
        ctx.diagnostics.report(&VALUE, name.span, message).help("IANA names are meant: `Europe/Zurich`, `UTC`");
        return false;
    };
    ctx.zone = zone;
    true
}

fn is_currency(code: &Spanned<String>, ctx: &mut Lowering<'_>) -> bool {
    let is_code = code.value.len() == 3 && code.value.bytes().all(|byte| byte.is_ascii_uppercase());
    if !is_code {
        let message = format!("`{}` is no currency", code.value);
        ctx.diagnostics.report(&VALUE, code.span, message).help("ISO 4217 codes are meant: `EUR`, `USD`");
    }
    is_code
}

fn theme(node: &Node, ctx: &mut Lowering<'_>) -> Theme {
    let fields = Fields::of(node, &THEME, node.span.at_start(), ctx);
    Theme { primary: fields.and_then(|fields| fields.word("primary")) }
}
