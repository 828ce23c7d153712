//! `format:`: one filter call.

use super::lower::Lowering;
use super::{Format, Name};
use crate::diagnostic::code::{EXPRESSION, TYPE};
use crate::expr::functions::Subject;
use crate::expr::types::Scope;
use crate::expr::{self, Expr, ExprKind, parse_expression};
use crate::source::{SourceText, Spanned};
use crate::syntax::{Node, NodeKind};
use crate::value::Type;

/// What stands in front of a filter call to make an expression of it.
const SUBJECT: &str = "row | ";

/// Lowers a filter call: `currency`, `percent(1)`.
pub(super) fn lower(node: &Node, ctx: &mut Lowering<'_>) -> Option<Format> {
    let source = match &node.kind {
        NodeKind::Text(text) => text,
        NodeKind::Broken => return None,
        _ => {
            let message = format!("a format is a filter call, but this is {}", node.describe());
            ctx.diagnostics.report(&TYPE, node.span, message).help("write `number(2)`, `percent(1)` or `currency`");
            return None;
        }
    };
    let call = parse_expression(&behind_subject(source), ctx.diagnostics)?;
    call.ty(&Unknown, ctx.diagnostics);
    let format = read_call(call);
    if format.is_none() {
        let message = format!("`{}` is no format", source.text);
        let help = "a format is one filter call with constant arguments: `percent(1)`, `currency(\"EUR\")`";
        ctx.diagnostics.report(&EXPRESSION, node.span, message).help(help);
    }
    format
}

/// What stands in front of the call, of which nothing is known: only the arguments are checked.
struct Unknown;

impl Scope<expr::Name> for Unknown {
    fn type_of(&self, _: &expr::Name) -> Type {
        Type::Any
    }

    fn describe(&self, _: &expr::Name) -> String {
        "the value".to_owned()
    }
}

/// The call as a whole expression, each byte of it still at its place.
fn behind_subject(source: &SourceText) -> SourceText {
    let offset = u32::try_from(SUBJECT.len()).expect("it is a few bytes");
    let at_start = (0, source.span.start);
    let bytes = (0u32..).zip(0..source.text.len()).map(|(at, byte)| (offset + at, source.span_of(byte..byte).start));
    let runs = std::iter::once(at_start).chain(bytes).collect();
    SourceText::mapped(format!("{SUBJECT}{}", source.text), source.span, runs)
}

fn read_call(call: Expr) -> Option<Format> {
    let ExprKind::Filter { function, name, base, args, columns } = call.kind else { return None };
    let takes_values = function.subjects.iter().any(|subject| !matches!(subject, Subject::Table | Subject::List));
    let is_single = matches!(base.kind, ExprKind::Ref(expr::Name::Row)) && columns.is_empty();
    let args = args.iter().map(Expr::constant).collect::<Option<Vec<_>>>()?;
    (is_single && takes_values).then(|| Format { filter: Spanned::new(Name::from(function.name), name), args })
}
