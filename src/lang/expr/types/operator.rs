//! The types of what operators give.

use super::{Shape, Typer, UNKNOWN};
use crate::expr::{ArithmeticOp, CompareOp, Expr};
use crate::source::Span;
use crate::value::{Scalar, Type};

impl ArithmeticOp {
    /// As it is written.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::FloorDivide => "//",
            Self::Remainder => "%",
            Self::Power => "**",
            Self::Concat => "~",
        }
    }
}

impl<R> Typer<'_, R> {
    pub(super) fn arithmetic(&mut self, op: ArithmeticOp, left: &Expr<R>, right: &Expr<R>, span: Span) -> Shape {
        use ArithmeticOp::{Add, Subtract};
        let (a, b) = (self.shape(left), self.shape(right));
        match (&a, &b, op) {
            (Shape::Period { has_hours: m }, Shape::Period { has_hours: n }, Add | Subtract) => {
                Shape::Period { has_hours: *m || *n }
            }
            (Shape::Value(moment), Shape::Period { has_hours }, Add | Subtract)
            | (Shape::Period { has_hours }, Shape::Value(moment), Add) => match shifted(moment, *has_hours) {
                Some(ty) => Shape::Value(ty),
                None => self.misfit(op, (left, &a), (right, &b), span),
            },
            (Shape::Value(m), Shape::Value(n), _) => match result(op, m, n, right.constant().as_ref()) {
                Some(ty) if m.is_nullable() || n.is_nullable() => Shape::Value(ty.nullable()),
                Some(ty) => Shape::Value(ty),
                None => self.misfit(op, (left, &a), (right, &b), span),
            },
            _ => self.misfit(op, (left, &a), (right, &b), span),
        }
    }

    fn misfit(
        &mut self,
        op: ArithmeticOp,
        (left, a): (&Expr<R>, &Shape),
        (right, b): (&Expr<R>, &Shape),
        span: Span,
    ) -> Shape {
        let (a_word, b_word) = (word(a), word(b));
        let diagnostic = self.wrong(span, format!("cannot compute {a_word} {} {b_word}", op.sign()));
        diagnostic.label(left.span, format!("this is {a_word}")).label(right.span, format!("this is {b_word}"));
        let is_moment =
            |shape: &Shape| matches!(shape, Shape::Value(ty) if matches!(ty.inner(), Type::Date | Type::DateTime));
        let is_text = |shape: &Shape| matches!(shape, Shape::Value(ty) if *ty.inner() == Type::Text);
        if is_moment(a) && matches!(op, ArithmeticOp::Add | ArithmeticOp::Subtract) {
            diagnostic.help(format!("a date moves by a span of time: `{} days(7)`", op.sign()));
        } else if op == ArithmeticOp::Add && (is_text(a) || is_text(b)) {
            diagnostic.help("`~` joins values as text");
        } else if matches!(a, Shape::Value(Type::List(_))) || matches!(b, Shape::Value(Type::List(_))) {
            diagnostic.help("make one value of a column first: `sales.amount | sum`");
        }
        UNKNOWN
    }

    pub(super) fn compare(&mut self, first: &Expr<R>, rest: &[(CompareOp, Expr<R>)]) -> Type {
        let mut left = (first, self.value(first));
        let mut result = Type::Bool;
        for (op, expr) in rest {
            let right = self.value(expr);
            let fits = match op {
                CompareOp::In | CompareOp::NotIn => may_hold(&right, &left.1),
                _ => may_compare(&left.1, &right),
            };
            if !fits {
                let message = match op {
                    CompareOp::In | CompareOp::NotIn => format!("{} is never in {right}", left.1),
                    _ => format!("cannot compare {} with {right}", left.1),
                };
                self.wrong(left.0.span.to(expr.span), message)
                    .label(left.0.span, format!("this is {}", left.1))
                    .label(expr.span, format!("this is {right}"));
                result = Type::Any;
            }
            let is_equality = matches!(op, CompareOp::Equal | CompareOp::NotEqual);
            if !is_equality && (left.1.is_nullable() || right.is_nullable()) && result != Type::Any {
                result = Type::Bool.nullable();
            }
            left = (expr, right);
        }
        result
    }
}

fn word(shape: &Shape) -> String {
    match shape {
        Shape::Value(ty) => ty.to_string(),
        Shape::Row { .. } => "a row".to_owned(),
        Shape::Map => "a map".to_owned(),
        Shape::Period { .. } => "a span of time".to_owned(),
        Shape::Identifier => "an identifier".to_owned(),
        Shape::Loop => "`loop`".to_owned(),
    }
}

/// The type of a date or datetime moved by a span of time.
fn shifted(moment: &Type, has_hours: bool) -> Option<Type> {
    let shifted = match moment.inner() {
        Type::Date if has_hours => Type::DateTime,
        Type::Date | Type::DateTime | Type::Any => moment.inner().clone(),
        _ => return None,
    };
    Some(if moment.is_nullable() { shifted.nullable() } else { shifted })
}

/// The type that an operator gives of values, were none of them null.
fn result(op: ArithmeticOp, left: &Type, right: &Type, divisor: Option<&Scalar>) -> Option<Type> {
    use ArithmeticOp::{Add, Concat, Divide, FloorDivide, Multiply, Power, Remainder, Subtract};
    let (a, b) = (left.inner(), right.inner());
    if op == Concat {
        let is_text = |ty: &Type| !matches!(ty, Type::Table(_));
        return (is_text(a) && is_text(b)).then_some(Type::Text);
    }
    if *a == Type::Any || *b == Type::Any {
        let other = if *a == Type::Any { b } else { a };
        return (!matches!(other, Type::Table(_) | Type::Bool)).then_some(Type::Any);
    }
    // A divisor that is not written out may be zero, which gives null.
    let by_zero = |ty: Type| match divisor.and_then(Scalar::as_float) {
        Some(divisor) if divisor != 0.0 => ty,
        _ => ty.nullable(),
    };
    let is_int = *a == Type::Int && *b == Type::Int;
    match (op, a, b) {
        (Add, Type::Text | Type::Color, Type::Text | Type::Color) => Some(Type::Text),
        (Add, Type::List(m), Type::List(n)) => Some(Type::List(Box::new(m.join(n)))),
        (Subtract, Type::Date, Type::Date) => Some(Type::Int),
        (Subtract, Type::Date | Type::DateTime, Type::Date | Type::DateTime) => Some(Type::Float),
        _ if !a.is_number() || !b.is_number() => None,
        (Divide, ..) => Some(by_zero(Type::Float)),
        (FloorDivide | Remainder, ..) if is_int => Some(by_zero(Type::Int)),
        (FloorDivide | Remainder, ..) => Some(by_zero(Type::Float)),
        (Power, ..) => {
            let is_whole = is_int && matches!(divisor, Some(Scalar::Int(exponent)) if *exponent >= 0);
            Some(if is_whole { Type::Int } else { Type::Float })
        }
        (Add | Subtract | Multiply, ..) if is_int => Some(Type::Int),
        (Add | Subtract | Multiply, Type::Float, _) | (Add | Subtract | Multiply, _, Type::Float) => Some(Type::Float),
        _ => Some(Type::Decimal),
    }
}

/// Whether values of the two types can be ordered, or be equal.
pub(super) fn may_compare(left: &Type, right: &Type) -> bool {
    let (a, b) = (left.inner(), right.inner());
    match (a, b) {
        (Type::Any, _) | (_, Type::Any) => true,
        (Type::Table(_), _) | (_, Type::Table(_)) => false,
        (Type::List(m), Type::List(n)) | (Type::Range(m), Type::Range(n)) => may_compare(m, n),
        (Type::Text | Type::Color, Type::Text | Type::Color) => true,
        (Type::Date | Type::DateTime, Type::Date | Type::DateTime) => true,
        (a, b) => a == b || (a.is_number() && b.is_number()),
    }
}

/// Whether a value of type `item` can be in one of type `holder`.
fn may_hold(holder: &Type, item: &Type) -> bool {
    match holder.inner() {
        Type::Any => true,
        Type::List(of) | Type::Range(of) => may_compare(of, item),
        Type::Text => may_compare(&Type::Text, item),
        _ => false,
    }
}
