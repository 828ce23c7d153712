//! The keys whose values outlive their view: in the URL of a page, or kept for the browser.

use super::program::StateId;
use super::state::{Key, Keys};
use super::types::{Context, words};
use super::widget;
use crate::diagnostic::{Diagnostics, code};
use crate::value::{Scalar, Type};

/// Checks the parameter of a key: its own, and of a value that can stand in a URL and may be seen there.
pub(super) fn check(keys: &Keys<'_>, id: StateId, ty: &Type, context: &Context<'_>, diagnostics: &mut Diagnostics) {
    let key = keys.key(id);
    check_kept(key, id, ty, context, diagnostics);
    let Some(in_url) = key.declared.and_then(|declared| declared.in_url.as_ref()) else { return };
    let name = &context.named(id).name;
    let before = keys.all.iter().take(id.index()).filter_map(|key| key.declared?.in_url.as_ref());
    if let Some(first) = before.into_iter().find(|first| first.value == in_url.value) {
        let message = format!("two keys stand in the URL as `{}`", in_url.value);
        let diagnostic = diagnostics.report(&code::VALUE, in_url.span, message);
        diagnostic.label(first.span, "the first").help("give one of them another parameter: `in_url: other_name`");
    }
    if matches!(ty.inner(), Type::Table(_)) {
        let message = format!("`{name}` is {}, which does not fit into a URL", words(ty));
        diagnostics.report(&code::TYPE, in_url.span, message).help("a single value, a list or a range does");
    }
    report_secret(key, (name, in_url.span), "stand in the URL, for all to read", context, diagnostics);
}

fn check_kept(key: &Key<'_>, id: StateId, ty: &Type, context: &Context<'_>, diagnostics: &mut Diagnostics) {
    let Some(span) = key.declared.and_then(|declared| declared.keep) else { return };
    let name = &context.named(id).name;
    if matches!(ty.inner(), Type::Table(_)) {
        let message = format!("`{name}` is {}, which is not kept for a browser", words(ty));
        diagnostics.report(&code::TYPE, span, message).help("write it to a database, with `writes`");
    }
    report_secret(key, (name, span), "be kept on the server's disk", context, diagnostics);
}

/// Says of a key that holds a password that it would be seen.
pub(super) fn report_secret(
    key: &Key<'_>,
    (name, span): (&str, crate::source::Span),
    fate: &str,
    context: &Context<'_>,
    diagnostics: &mut Diagnostics,
) {
    let is_password = |component: &crate::spec::Component| matches!(widget::literal(component, "type"), Some(Scalar::Text(word)) if &**word == "password");
    let widgets = key.widgets.iter().map(|id| context.outline.item(*id).spec);
    if let Some(secret) = widgets.into_iter().find(|component| is_password(component)) {
        let message = format!("the password that is entered for `{name}` would {fate}");
        diagnostics.report(&code::VALUE, span, message).label(secret.span, "entered here");
    }
}
