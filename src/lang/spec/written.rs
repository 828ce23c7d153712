//! Fields that hold expressions and templates.

use super::lower::Lowering;
use super::partial;
use crate::component::decode;
use crate::diagnostic::code::TYPE;
use crate::expr::{Expr, ExprKind, Part, Template, parse_expression, parse_text};
use crate::syntax::{Node, NodeKind};
use crate::value::Scalar;

/// Takes an expression: text is one; a number, true, null, list or map is itself, element by element, and so is `09:30`.
pub(super) fn expression(node: &Node, ctx: &mut Lowering<'_>) -> Option<Expr> {
    let kind = match &node.kind {
        NodeKind::Text(text) => {
            // YAML has no form for a time of the day, and no expression has this one.
            if let Some(time) = decode::time(text.text.trim()) {
                return Some(Expr { kind: ExprKind::Const(Scalar::Time(time)), span: node.span });
            }
            let expr = parse_expression(text, ctx.diagnostics)?;
            return partial::fill_expr(expr, ctx);
        }
        NodeKind::Null => ExprKind::Const(Scalar::Null),
        NodeKind::Bool(bool) => ExprKind::Const(Scalar::Bool(*bool)),
        NodeKind::Int(int) => ExprKind::Const(Scalar::Int(*int)),
        NodeKind::Float(float) => ExprKind::Const(Scalar::Float(*float)),
        NodeKind::Moment(text) => ExprKind::Const(super::literal::moment(text, ctx)?),
        NodeKind::List(items) => {
            let items: Vec<Option<Expr>> = items.iter().map(|item| expression(item, ctx)).collect();
            ExprKind::List(items.into_iter().collect::<Option<_>>()?)
        }
        NodeKind::Map(entries) => {
            let mut pairs = Vec::new();
            for entry in entries {
                let name = ExprKind::Const(Scalar::text(entry.key.value.as_str()));
                pairs.push((Expr { kind: name, span: entry.key.span }, expression(&entry.value, ctx)?));
            }
            ExprKind::Map(pairs)
        }
        NodeKind::Broken => return None,
    };
    Some(Expr { kind, span: node.span })
}

/// Takes a text template; a number, date or time is the text that stands there.
pub(super) fn text(node: &Node, what: &str, ctx: &mut Lowering<'_>) -> Option<Template> {
    match &node.kind {
        NodeKind::Text(text) => {
            let template = parse_text(text, ctx.diagnostics)?;
            partial::fill_text(template, ctx)
        }
        NodeKind::Int(_) | NodeKind::Float(_) => Some(Template::verbatim(ctx.sources.text(node.span), node.span)),
        NodeKind::Moment(text) => Some(Template { parts: vec![Part::Text(text.clone())], span: node.span }),
        NodeKind::Broken => None,
        _ => {
            let message = format!("{what} takes text, but this is {}", node.describe());
            let source = ctx.sources.text(node.span).to_owned();
            let diagnostic = ctx.diagnostics.report(&TYPE, node.span, message);
            if matches!(node.kind, NodeKind::Bool(_)) {
                diagnostic.fix("quote it", node.span, format!("\"{source}\""));
            }
            None
        }
    }
}
