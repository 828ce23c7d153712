//! What happens on a click or a change: keys, queries and pages that are named, values that are set.

use super::names::Reader;
use super::program::{Action, ActionKind, QueryId};
use super::state::{Keys, expect_key_type};
use super::types::Context;
use crate::diagnostic::{Diagnostics, code, suggest};
use crate::expr::Template;
use crate::spec;

/// Checks a list of actions.
pub(super) fn check(
    actions: &[spec::Action],
    reader: Reader,
    (keys, context): (&Keys<'_>, &Context<'_>),
    diagnostics: &mut Diagnostics,
) -> Vec<Action> {
    let mut checked = Vec::new();
    for action in actions {
        let when = action.when.as_ref().map(|when| context.expr(when, reader, diagnostics).expr);
        checked.push(Action { kind: kind(&action.kind, reader, (keys, context), diagnostics), when });
    }
    checked
}

fn kind(
    kind: &spec::ActionKind,
    reader: Reader,
    (keys, context): (&Keys<'_>, &Context<'_>),
    diagnostics: &mut Diagnostics,
) -> ActionKind {
    match kind {
        spec::ActionKind::Set(sets) => {
            let mut checked = Vec::new();
            for (key, value) in sets {
                let typed = context.expr(value, reader, diagnostics);
                let Some(id) = context.names.key(key, reader, diagnostics) else { continue };
                expect_key_type(&typed, value.span, id, "the new value", context, diagnostics);
                checked.push((id, typed.expr));
            }
            ActionKind::Set(checked)
        }
        spec::ActionKind::Reset(None) => ActionKind::Reset(keys.resettable(context.names, reader)),
        spec::ActionKind::Reset(Some(keys)) => {
            ActionKind::Reset(keys.iter().filter_map(|key| context.names.key(key, reader, diagnostics)).collect())
        }
        spec::ActionKind::Refresh(None) => {
            ActionKind::Refresh((0..context.names.queries.len()).map(QueryId::at).collect())
        }
        spec::ActionKind::Refresh(Some(queries)) => ActionKind::Refresh(
            queries.iter().filter_map(|query| context.names.query(query, reader, diagnostics)).collect(),
        ),
        spec::ActionKind::Goto(url) => {
            check_page(url, context, diagnostics);
            ActionKind::Goto(context.text(url, reader, diagnostics))
        }
        spec::ActionKind::Toast(text) => ActionKind::Toast(context.text(text, reader, diagnostics)),
    }
}

/// A constant URL of the app must be one of its pages.
fn check_page(url: &Template, context: &Context<'_>, diagnostics: &mut Diagnostics) {
    let Some(written) = url.constant() else { return };
    let path = written.split(['?', '#']).next().unwrap_or_default();
    let is_elsewhere = !path.starts_with('/') && (path.contains(':') || written.starts_with(['?', '#']));
    if is_elsewhere || path.starts_with("//") || path.starts_with("/-/") {
        return;
    }
    if context.pages.iter().any(|page| is_page(page, path)) {
        return;
    }
    let pages = || context.pages.iter().copied();
    let diagnostic = diagnostics.report(&code::UNKNOWN_NAME, url.span, format!("no page `{path}`"));
    let rooted = format!("/{path}");
    if pages().any(|page| page == rooted) {
        diagnostic.help(format!("the path of a page begins with a slash: `{rooted}`"));
    } else if let Some(near) = suggest::nearest(path, pages()) {
        diagnostic.help(format!("did you mean `{near}`?"));
    } else {
        let all: Vec<String> = pages().map(|page| format!("`{page}`")).collect();
        diagnostic.help(format!("the pages are {}", all.join(", ")));
    }
}

/// Whether a path leads to a page, whose `[name]` stands for any segment.
fn is_page(page: &str, path: &str) -> bool {
    let path = if path.len() > 1 { path.trim_end_matches('/') } else { path };
    let (wanted, given) = (page.split('/'), path.split('/'));
    wanted.clone().count() == given.clone().count()
        && wanted.zip(given).all(|(wanted, given)| wanted == given || (wanted.starts_with('[') && !given.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_stands_for_any_segment() {
        for (page, path, expected) in [
            ("/", "/", true),
            ("/sales", "/sales", true),
            ("/sales", "/sales/", true),
            ("/sales", "/sale", false),
            ("/customers/[id]", "/customers/7", true),
            ("/customers/[id]", "/customers/", false),
            ("/customers/[id]", "/customers", false),
        ] {
            assert_eq!(is_page(page, path), expected, "{page} {path}");
        }
    }
}
