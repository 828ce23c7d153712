//! What stands in a partial for its parameters: texts, expressions, names and constants that were handed over.

use std::rc::Rc;

use super::{BUDGET, Inside, Partial};
use crate::diagnostic::code::{TYPE, UNKNOWN_NAME, VALUE};
use crate::expr::functions;
use crate::expr::{ArithmeticOp, Expr, ExprKind, Name as Written, Part, Template};
use crate::source::{SourceText, Span, Spanned};
use crate::spec::lower::Lowering;
use crate::spec::written::text;
use crate::spec::{Given, Name, ParamType};
use crate::syntax::{Node, NodeKind};
use crate::value::Scalar;

/// What stands for a parameter.
enum Filled {
    /// This is no parameter.
    No,
    /// It is not known what, or was reported.
    Unknown,
    Given(Given),
}

/// What a name of the form `params.NAME` stands for, inside of a partial.
fn filled(written: &str, span: Span, ctx: &mut Lowering<'_>) -> Filled {
    let (Some(inside), Some(param)) = (&ctx.inside, written.trim().strip_prefix("params.")) else { return Filled::No };
    let inside = Rc::clone(inside);
    let Some((.., given)) = inside.args.iter().find(|(name, ..)| **name == *param) else {
        report_unknown(&inside, param, span, ctx);
        return Filled::Unknown;
    };
    given.clone().map_or(Filled::Unknown, Filled::Given)
}

fn report_unknown(inside: &Inside, param: &str, span: Span, ctx: &mut Lowering<'_>) {
    let is_untyped =
        |partial: &Partial| partial.params.iter().any(|other| *other.name.value == *param && other.ty.is_none());
    let partial = ctx.partials.get(&inside.partial);
    let is_broken = partial.is_some_and(|partial| !partial.is_whole || is_untyped(partial));
    if is_broken {
        return;
    }
    let message = format!("the partial `{}` has no parameter `{param}`", inside.partial);
    let diagnostic = ctx.diagnostics.report(&UNKNOWN_NAME, span, message);
    diagnostic.nearest(param, inside.args.iter().map(|(name, ..)| &**name));
    diagnostic.help("parameters are declared under `params`");
}

/// What is written where the name of something is expected.
pub(in crate::spec) enum Bare {
    /// The name itself.
    Itself,
    /// A parameter, for which this name was handed over.
    Given(Spanned<Name>),
    /// A parameter of which nothing is known, or that was reported.
    Unknown,
}

/// What a bare name is. `what` it must be the name of, in words.
pub(in crate::spec) fn name(written: &Spanned<String>, what: &str, ctx: &mut Lowering<'_>) -> Bare {
    match (filled(&written.value, written.span, ctx), what) {
        (Filled::No, _) => Bare::Itself,
        (Filled::Given(Given::Key(name)), "a state key")
        | (Filled::Given(Given::Query(name)), "a query")
        | (Filled::Given(Given::Column(name)), "a column") => Bare::Given(name),
        _ => {
            expect_type(written, what, ctx);
            Bare::Unknown
        }
    }
}

/// Reports a parameter of a type that no such name can be.
fn expect_type(written: &Spanned<String>, what: &str, ctx: &mut Lowering<'_>) {
    let (Some(inside), Some(param)) = (&ctx.inside, written.value.trim().strip_prefix("params.")) else { return };
    let found = inside.args.iter().find(|(name, ..)| **name == *param).map(|(_, ty, _)| ty.clone());
    let (fits, wanted) = match (&found, what) {
        (None, _) => return,
        (Some(ParamType::Key(_)), "a state key") | (Some(ParamType::Query), "a query") => (true, ""),
        (Some(ParamType::Column(_)), "a column") => (true, ""),
        (_, "a state key") => (false, "key"),
        (_, "a query") => (false, "query"),
        (_, "a column") => (false, "column(…)"),
        _ => (false, ""),
    };
    if fits {
        return;
    }
    let message = format!("`{param}` is no name of {what}");
    let diagnostic = ctx.diagnostics.report(&TYPE, written.span, message);
    if wanted.is_empty() {
        diagnostic.help(format!("no parameter can be {what}"));
    } else {
        diagnostic.help(format!("declare it as one: `{param}: {wanted}`"));
    }
}

/// A constant option, in a partial with what is handed over for a parameter that stands there: also a constant.
///
/// None if that is not known, or was reported.
pub(in crate::spec) fn fill_literal(option: &str, node: &Node, ctx: &mut Lowering<'_>) -> Option<Node> {
    let Some(written) = node.as_text() else { return Some(node.clone()) };
    let (constant, span) = match filled(written, node.span, ctx) {
        Filled::Unknown => return None,
        Filled::No if !is_template(written) => return Some(node.clone()),
        Filled::No => {
            let text = text(node, &format!("`{option}`"), ctx)?;
            (text.constant().map(|text| text_node(text, node.span)), node.span)
        }
        Filled::Given(Given::Text(template)) => {
            (template.constant().map(|text| text_node(text, template.span)), template.span)
        }
        Filled::Given(Given::Expr(expr)) => {
            let constant = expr.constant();
            if constant.as_ref().is_some_and(|constant| !may_be(written, constant, ctx)) {
                return None;
            }
            (constant.and_then(|scalar| scalar_node(scalar, expr.span)), expr.span)
        }
        Filled::Given(Given::Column(name) | Given::Key(name) | Given::Query(name)) => {
            (Some(text_node(name.value.to_string(), name.span)), name.span)
        }
    };
    if constant.is_none() {
        let diagnostic = ctx.diagnostics.report(&VALUE, span, format!("`{option}` is a constant"));
        diagnostic.here("not known before the page is open");
        if span != node.span {
            diagnostic.label(node.span, "the constant");
        }
    }
    constant
}

/// Whether a constant has the type of the parameter that it is handed over for; else that is reported with it.
fn may_be(written: &str, constant: &Scalar, ctx: &Lowering<'_>) -> bool {
    let param = written.trim().strip_prefix("params.").unwrap_or_default();
    let arg = ctx.inside.as_ref().and_then(|inside| inside.args.iter().find(|(name, ..)| **name == *param));
    match arg {
        Some((_, ParamType::Value(ty), _)) => ty.clone().nullable().accepts(&constant.ty()),
        _ => true,
    }
}

/// Whether a text would be a template where one can stand.
pub(in crate::spec) fn is_template(written: &str) -> bool {
    written.contains("{{") || written.contains("{%")
}

fn text_node(text: String, span: Span) -> Node {
    Node { kind: NodeKind::Text(SourceText::verbatim(text, span)), span }
}

fn scalar_node(scalar: Scalar, span: Span) -> Option<Node> {
    let kind = match scalar {
        Scalar::Null => NodeKind::Null,
        Scalar::Bool(bool) => NodeKind::Bool(bool),
        Scalar::Int(int) => NodeKind::Int(int),
        Scalar::Float(float) => NodeKind::Float(float),
        Scalar::Text(text) => return Some(text_node(text.to_string(), span)),
        _ => return None,
    };
    Some(Node { kind, span })
}

/// An expression of a partial, with what is handed over in the place of its parameters.
pub(in crate::spec) fn fill_expr(expr: Expr, ctx: &mut Lowering<'_>) -> Option<Expr> {
    if ctx.inside.is_none() {
        return Some(expr);
    }
    expr.substitute(&mut |name, span| argument(name, span, ctx))
}

/// A template of a partial, with what is handed over in the place of its parameters.
pub(in crate::spec) fn fill_text(template: Template, ctx: &mut Lowering<'_>) -> Option<Template> {
    if ctx.inside.is_none() {
        return Some(template);
    }
    Some(Template { parts: fill_parts(template.parts, ctx)?, span: template.span })
}

/// The parts, with those of a text where `{{ params.NAME }}` stands for one: these are filled in already, for what they
/// name are the parameters of whoever hands them over.
fn fill_parts(parts: Vec<Part>, ctx: &mut Lowering<'_>) -> Option<Vec<Part>> {
    let mut all = Some(Vec::new());
    for part in parts {
        let filled = fill_part(part, ctx);
        all = all.zip(filled).map(|(mut all, filled)| {
            all.extend(filled);
            all
        });
    }
    all
}

fn fill_part(part: Part, ctx: &mut Lowering<'_>) -> Option<Vec<Part>> {
    let part = match part {
        Part::Text(text) => Part::Text(text),
        Part::Emit(expr, tag) => match given_text(&expr, ctx) {
            Some(text) => return Some(text),
            None => Part::Emit(fill_expr(expr, ctx)?, tag),
        },
        Part::If { test, then, otherwise } => {
            let (test, then, otherwise) = (fill_expr(test, ctx), fill_parts(then, ctx), fill_parts(otherwise, ctx));
            Part::If { test: test?, then: then?, otherwise: otherwise? }
        }
        Part::For { target, items, condition, body, otherwise } => {
            let items = fill_expr(items, ctx);
            let condition = condition.map(|condition| fill_expr(condition, ctx));
            let (body, otherwise) = (fill_parts(body, ctx), fill_parts(otherwise, ctx));
            let condition = match condition {
                Some(condition) => Some(condition?),
                None => None,
            };
            Part::For { target, items: items?, condition, body: body?, otherwise: otherwise? }
        }
        Part::Set { name, value } => Part::Set { name, value: fill_expr(value, ctx)? },
        Part::Optional(inner) => Part::Optional(fill_parts(inner, ctx)?),
    };
    Some(vec![part])
}

/// Of a parameter that stands alone and is a text: its parts, none of them if they are too many, which is reported.
fn given_text(expr: &Expr, ctx: &mut Lowering<'_>) -> Option<Vec<Part>> {
    let ExprKind::Ref(Written::Param(param)) = &expr.kind else { return None };
    let inside = Rc::clone(ctx.inside.as_ref()?);
    match &inside.args.iter().find(|(name, ..)| name == param)?.2 {
        Some(Given::Text(template)) => {
            let is_affordable = afford(parts_size(&template.parts), expr.span, ctx);
            Some(if is_affordable { template.parts.clone() } else { Vec::new() })
        }
        _ => None,
    }
}

fn parts_size(parts: &[Part]) -> usize {
    let size = |part: &Part| match part {
        Part::Text(_) => 1,
        Part::Emit(expr, _) | Part::Set { value: expr, .. } => expr.size(),
        Part::If { test, then, otherwise } => test.size() + parts_size(then) + parts_size(otherwise),
        Part::For { items, body, otherwise, .. } => items.size() + parts_size(body) + parts_size(otherwise),
        Part::Optional(inner) => parts_size(inner),
    };
    parts.iter().map(size).sum()
}

/// Whether so many values more may stand in the file; if not, that is reported, once.
pub(super) fn afford(size: usize, span: Span, ctx: &mut Lowering<'_>) -> bool {
    let was_spent = ctx.expanded > BUDGET;
    ctx.expanded = ctx.expanded.saturating_add(size);
    if ctx.expanded > BUDGET && !was_spent {
        let message = "with this, the partials of the file stand for more than 100,000 values";
        ctx.diagnostics.report(&VALUE, span, message);
    }
    ctx.expanded <= BUDGET
}

/// What stands for a name in an expression of a partial.
fn argument(name: &Written, span: Span, ctx: &mut Lowering<'_>) -> Option<Expr> {
    let Written::Param(param) = name else { return Some(Expr { kind: ExprKind::Ref(name.clone()), span }) };
    match filled(&format!("params.{param}"), span, ctx) {
        Filled::Given(Given::Expr(expr)) => afford(expr.size(), span, ctx).then_some(expr),
        Filled::Given(Given::Key(key)) => Some(Expr { kind: ExprKind::Ref(Written::State(key.value)), span: key.span }),
        Filled::Given(Given::Query(query)) => {
            Some(Expr { kind: ExprKind::Ref(Written::Bare(query.value)), span: query.span })
        }
        Filled::Given(Given::Column(column)) => {
            Some(Expr { kind: ExprKind::Const(Scalar::Text(column.value)), span: column.span })
        }
        Filled::Given(Given::Text(template)) => {
            if !afford(parts_size(&template.parts), span, ctx) {
                return None;
            }
            let found = text_as_expr(&template);
            if found.is_none() {
                let message = format!("the text of `{param}` has `{{% %}}` in it, and cannot be read in an expression");
                ctx.diagnostics.report(&TYPE, template.span, message).label(span, "read here");
            }
            found
        }
        Filled::Unknown | Filled::No => None,
    }
}

/// A text template as an expression that is text, null being empty; none for one with statements.
fn text_as_expr(template: &Template) -> Option<Expr> {
    let span = template.span;
    let text = |text: Scalar, span| Expr { kind: ExprKind::Const(text), span };
    let default = functions::find(functions::Kind::Filter, "default")?;
    let mut all = text(Scalar::text(""), span);
    for part in &template.parts {
        let right = match part {
            Part::Text(written) => text(Scalar::Text(written.text.clone()), written.span),
            Part::Emit(expr, _) => {
                let args = vec![text(Scalar::text(""), expr.span)];
                let base = Box::new(expr.clone());
                let kind = ExprKind::Filter { function: default, name: expr.span, base, args, columns: Vec::new() };
                Expr { kind, span: expr.span }
            }
            _ => return None,
        };
        let (left, right) = (Box::new(all), Box::new(right));
        all = Expr { kind: ExprKind::Arithmetic { op: ArithmeticOp::Concat, left, right }, span };
    }
    Some(template.constant().map_or(all, |constant| text(Scalar::text(constant), span)))
}
