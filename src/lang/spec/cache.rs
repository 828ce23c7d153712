//! `cache:`: how results are kept.

use std::time::Duration;

use super::field::{Field, FieldType};
use super::literal;
use super::lower::Lowering;
use super::shape::{Fields, Shape};
use super::{Cache, CacheScope};
use crate::diagnostic::code::{SUSPICIOUS, VALUE};
use crate::source::Spanned;
use crate::syntax::{Node, NodeKind};

/// `cache:`
pub(super) const CACHING: FieldType = FieldType::Either(&FieldType::Keeping, &CACHE);

const SCOPES: &[&str] = &["shared", "session"];

/// `cache:` as a map.
pub(super) static CACHE: Shape = Shape {
    name: "a cache",
    fields: &[
        Field::optional("ttl", FieldType::Keeping, "How long a result is kept: a duration, `forever` or `off`."),
        Field::optional("max_entries", FieldType::Int, "How many results of the query are kept."),
        Field::optional(
            "scope",
            FieldType::Choice(SCOPES),
            "`shared` by all with the same inputs, or of one `session`.",
        ),
        Field::optional("stale", FieldType::Keeping, "How long after `ttl` it is still shown, while a refresh runs."),
        Field::optional("persist", FieldType::Bool, "Whether results are kept on disk too, over a restart."),
    ],
    one_of: &[],
    unbuilt: &[],
};

impl Cache {
    /// Keeps all that there is room for.
    pub const FOREVER: Self =
        Self { ttl: None, max_entries: None, scope: CacheScope::Shared, stale: Duration::ZERO, persist: false };

    /// Whether anything is kept.
    pub fn is_on(&self) -> bool {
        self.ttl.is_none_or(|ttl| !ttl.is_zero())
    }
}

/// Lowers `10m`, `forever`, `off` or a map.
pub(super) fn lower(node: &Node, ctx: &mut Lowering<'_>) -> Option<Cache> {
    if !matches!(node.kind, NodeKind::Map(_)) {
        return Some(Cache { ttl: ttl(kept_for(node, ctx)?), ..Cache::FOREVER });
    }
    let fields = Fields::of(node, &CACHE, node.span.at_start(), ctx)?;
    let ttl = match fields.get("ttl") {
        Some(node) => ttl(kept_for(node, ctx)?),
        None => None,
    };
    let max_entries = match fields.int("max_entries") {
        Some(written) => Some(u32::try_from(literal::positive(&written, ctx)?).unwrap_or(u32::MAX)),
        None => None,
    };
    let stale = match fields.get("stale") {
        Some(node) => kept_for(node, ctx)?,
        None => Duration::ZERO,
    };
    let scope = fields.word("scope").map(|word| scope(&word, ctx)).unwrap_or_default();
    let cache = Cache { ttl, max_entries, scope, stale, persist: fields.bool("persist").unwrap_or(false) };
    check(&cache, &fields, ctx);
    Some(cache)
}

/// No other duration is as long as `forever`.
const FOREVER: Duration = Duration::MAX;

/// Takes how long: a duration, `forever` or `off`.
fn kept_for(node: &Node, ctx: &mut Lowering<'_>) -> Option<Duration> {
    match (&node.kind, node.as_text()) {
        (NodeKind::Bool(false), _) | (_, Some("off")) => Some(Duration::ZERO),
        (_, Some("forever")) => Some(FOREVER),
        _ => literal::duration(node, ctx),
    }
}

fn ttl(kept_for: Duration) -> Option<Duration> {
    (kept_for != FOREVER).then_some(kept_for)
}

fn scope(word: &Spanned<String>, ctx: &mut Lowering<'_>) -> CacheScope {
    match word.value.as_str() {
        "shared" => CacheScope::Shared,
        "session" => CacheScope::Session,
        other => {
            let message = format!("there is no scope `{other}`");
            ctx.diagnostics.report(&VALUE, word.span, message).nearest(other, SCOPES.iter().copied());
            CacheScope::Shared
        }
    }
}

/// Reports options that cannot both have their way.
fn check(cache: &Cache, fields: &Fields<'_>, ctx: &mut Lowering<'_>) {
    if cache.persist
        && cache.scope == CacheScope::Session
        && let Some(entry) = fields.entry("persist")
    {
        let message = "results of one session are not kept on disk";
        let diagnostic = ctx.diagnostics.report(&VALUE, entry.key.span, message);
        diagnostic.help("leave out `persist`, or share the results of this query: `scope: shared`");
    }
    let given = |name| fields.entry(name).map(|entry| (name, entry.key.span));
    let (idle, why): (&[&str], _) = match cache.ttl {
        None if cache.stale.is_zero() => return,
        None => (&["stale"], "for what is kept forever"),
        Some(_) if cache.is_on() => return,
        Some(_) => (&["max_entries", "scope", "stale", "persist"], "where nothing is kept"),
    };
    for (name, span) in idle.iter().copied().filter_map(given) {
        let message = format!("`{name}` means nothing {why}");
        ctx.diagnostics.report(&SUSPICIOUS, span, message).help("say with `ttl` when a result gets old: `ttl: 10m`");
    }
}
