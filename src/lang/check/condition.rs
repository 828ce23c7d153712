//! Conditions that never change.

use super::program::Ref;
use crate::diagnostic::{Diagnostics, code};
use crate::expr::Expr;

/// Warns of a condition that reads nothing, so that it always comes out the same.
pub(super) fn check(when: &Expr<Ref>, what: &str, diagnostics: &mut Diagnostics) {
    if !when.refs().is_empty() {
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
