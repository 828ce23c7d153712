//! `app.yaml`: settings, and what all pages share.

use jiff::tz::TimeZone;

use super::field::{Field, FieldType};
use super::literal::plain_text;
use super::lower::Lowering;
use super::name;
use super::shape::{Fields, Shape};
use super::theme::{self, THEME};
use super::{Spec, cache, component, connection, every, keep, limits, nav, page, query, state, write};
use crate::diagnostic::code::{SUSPICIOUS, VALUE};
use crate::expr::types::expect_currency;
use crate::source::Spanned;
use crate::syntax::Node;

/// `app.yaml`.
pub static APP: Shape = Shape {
    name: "`app.yaml`",
    fields: &[
        Field::optional("title", FieldType::Word, "The name of the app."),
        Field::optional(
            "logo",
            FieldType::Word,
            "An image beside the name: a file below `assets/`, or a path on the server.",
        ),
        Field::optional("theme", FieldType::Map(&THEME), "How the app looks: colours, corners, font, light or dark."),
        Field::optional("nav", nav::ENTRIES, "Where the navigation leads, in order; by default to all pages."),
        Field::optional(
            "locale",
            FieldType::Word,
            "How numbers and dates are written: `en`, `de-CH`. The interface itself speaks German with `de`, else English.",
        ),
        Field::optional("timezone", FieldType::Word, "Where the clock of the app stands: `Europe/Zurich`."),
        Field::optional("currency", FieldType::Word, "What `currency` writes without an argument: `EUR`."),
        Field::optional("connection", FieldType::Name, "The connection of queries that name none."),
        Field::optional("connections", connection::ENTRIES, "Databases and servers, by name."),
        Field::optional("cache", cache::CACHING, "How results are kept, where a query does not say."),
        Field::optional("limits", FieldType::Map(&limits::LIMITS), "How much memory and disk the app may use."),
        Field::optional("keep", FieldType::Map(&keep::KEEP), "Where values of `keep: browser` are, and how long."),
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
    unbuilt: &["auth", "access"],
};

/// The languages whose way of writing numbers and dates is known.
pub const LANGUAGES: &[&str] = &[
    "en", "de", "fr", "es", "it", "nl", "pt", "sv", "da", "nb", "nn", "no", "fi", "pl", "cs", "tr", "ru", "ja", "zh",
    "ko",
];

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
    settings.locale = fields.word("locale").filter(|tag| is_locale(tag, ctx));
    settings.currency = fields.word("currency").filter(|code| expect_currency(&code.value, code.span, ctx.diagnostics));
    settings.cache = fields.get("cache").and_then(|node| cache::lower(node, ctx));
    settings.limits = fields.get("limits").map(|node| limits::lower(node, ctx)).unwrap_or_default();
    settings.keep = fields.get("keep").map(|node| keep::lower(node, ctx)).unwrap_or_default();
    settings.connection = fields.word("connection").and_then(|text| name::bare(&text, "a connection", ctx));
    settings.nav = fields.get("nav").map(|node| nav::lower(node, ctx));
    if let Some(node) = fields.get("theme") {
        settings.theme = theme::lower(node, ctx);
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

/// Whether this can be a language with a region, as BCP 47 writes them; one that is not covered is only warned of.
fn is_locale(tag: &Spanned<String>, ctx: &mut Lowering<'_>) -> bool {
    let help = || format!("a language is meant, with or without a region: `en`, `de-CH`; covered are {}", covered());
    let mut parts = tag.value.split(['-', '_']);
    let language = parts.next().unwrap_or_default();
    let is_language = matches!(language.len(), 2 | 3) && language.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_part = |part: &str| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !is_language || !parts.all(is_part) {
        let message = format!("`{}` is no locale", tag.value);
        let diagnostic = ctx.diagnostics.report(&VALUE, tag.span, message);
        diagnostic.nearest(&tag.value, LANGUAGES.iter().copied()).help(help());
        return false;
    }
    if !LANGUAGES.contains(&language.to_ascii_lowercase().as_str()) {
        let message = format!("numbers and dates of the locale `{}` are written as in English", tag.value);
        ctx.diagnostics.report(&SUSPICIOUS, tag.span, message).here("not covered yet").help(help());
    }
    true
}

fn covered() -> String {
    LANGUAGES.iter().map(|language| format!("`{language}`")).collect::<Vec<_>>().join(", ")
}
