//! Conditions that never change.

use super::types::Typed;
use crate::diagnostic::{Diagnostics, code};
use crate::value::Type;

/// Warns of a condition that reads nothing, so that it always comes out the same. One in which something is wrong has no
/// type.
pub(super) fn check(condition: &Typed, what: &str, diagnostics: &mut Diagnostics) {
    let when = &condition.expr;
    if condition.ty == Type::Any || !when.refs().is_empty() {
        return;
    }
    let message = match when.constant() {
        Some(constant) if constant.is_true() => format!("this condition always holds: it is always {what}"),
        Some(_) => format!("this condition never holds: it is never {what}"),
        None => "this condition reads nothing: it is the same at all times".to_owned(),
    };
    diagnostics
        .report(&code::SUSPICIOUS, when.span, message)
        .help("a condition reads something that changes, such as `state.region` or a query");
}
