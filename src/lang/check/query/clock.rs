//! The clock in cached queries.

use crate::check::program::Ref;
use crate::diagnostic::{Diagnostics, code};
use crate::expr::{Expr, ExprKind, Part, Template};
use crate::source::Span;

/// Warns of `now()` in the SQL of a cached query: each run asks for another moment, so no result is found again.
///
/// A moment that is rounded, by `start_of`, stays the same for a while.
pub(super) fn check(sql: &Template<Ref>, diagnostics: &mut Diagnostics) {
    let mut rounded = Vec::new();
    collect_in(&sql.parts, &mut rounded);
    let is_rounded = |span: Span| rounded.iter().any(|around| around.start <= span.start && span.end <= around.end);
    let exact = sql.refs().into_iter().find(|(reference, span)| *reference == Ref::Now && !is_rounded(*span));
    if let Some((_, span)) = exact {
        diagnostics
            .report(&code::SUSPICIOUS, span, "`now()` makes a cached query one that is never found again")
            .here("another value in each run")
            .help("use `today()`, or round it: `now() | start_of('hour')`");
    }
}

fn collect_in(parts: &[Part<Ref>], rounded: &mut Vec<Span>) {
    for part in parts {
        match part {
            Part::Text(_) => {}
            Part::Emit(expr, _) | Part::Set { value: expr, .. } => collect(expr, rounded),
            Part::If { test, then, otherwise } => {
                collect(test, rounded);
                collect_in(then, rounded);
                collect_in(otherwise, rounded);
            }
            Part::For { items, body, otherwise, .. } => {
                collect(items, rounded);
                collect_in(body, rounded);
                collect_in(otherwise, rounded);
            }
            Part::Optional(inner) => collect_in(inner, rounded),
        }
    }
}

/// Finds the spans of what is rounded, through what can be done with a moment.
fn collect(expr: &Expr<Ref>, rounded: &mut Vec<Span>) {
    match &expr.kind {
        ExprKind::Filter { function, .. } if function.name == "start_of" => rounded.push(expr.span),
        ExprKind::Filter { base, .. } => collect(base, rounded),
        ExprKind::Arithmetic { left, right, .. } => {
            collect(left, rounded);
            collect(right, rounded);
        }
        ExprKind::Compare { first, rest } => {
            collect(first, rounded);
            for (_, other) in rest {
                collect(other, rounded);
            }
        }
        _ => {}
    }
}
