//! Walks an expression and computes it.

use std::sync::Arc;

use appspec_data::Value;
use appspec_lang::check::program::Ref;
use appspec_lang::expr::{CompareOp, Expr, ExprKind};
use appspec_lang::value::Scalar;

use super::operand::Operand;
use super::{EvalError, Resolve, Settings, call, item, operator, test};

/// Far more than any page needs, and done in a blink.
const MAX_STEPS: usize = 50_000;

/// One megabyte.
pub(super) const MAX_OUTPUT: usize = 1_000_000;

/// One evaluation: what names mean, and how many steps are left.
pub(super) struct Machine<'a> {
    scope: &'a dyn Resolve,
    pub(super) settings: &'a Settings,
    pub(super) locals: Vec<(Arc<str>, Operand)>,
    steps: usize,
}

impl<'a> Machine<'a> {
    pub(super) fn new(scope: &'a dyn Resolve, settings: &'a Settings) -> Self {
        Self { scope, settings, locals: Vec::new(), steps: MAX_STEPS }
    }

    /// Takes so many steps, if they are left.
    pub(super) fn step(&mut self, steps: usize) -> Result<(), EvalError> {
        match self.steps.checked_sub(steps) {
            Some(left) => {
                self.steps = left;
                Ok(())
            }
            None => Err(EvalError::new(format!("an expression takes more than {MAX_STEPS} steps"))),
        }
    }

    pub(super) fn value(&mut self, expr: &Expr<Ref>) -> Result<Value, EvalError> {
        self.operand(expr)?.into_value()
    }

    pub(super) fn scalar(&mut self, expr: &Expr<Ref>) -> Result<Scalar, EvalError> {
        self.operand(expr)?.into_scalar()
    }

    pub(super) fn operand(&mut self, expr: &Expr<Ref>) -> Result<Operand, EvalError> {
        self.step(1)?;
        match &expr.kind {
            ExprKind::Const(scalar) => Ok(scalar.clone().into()),
            ExprKind::Ref(reference) => self.scope.resolve(reference).map(Operand::Value),
            ExprKind::Local(name) => {
                let local = self.locals.iter().rev().find(|(local, _)| local == name);
                Ok(local.map_or(Operand::NULL, |(_, operand)| operand.clone()))
            }
            ExprKind::Attr { base, name } => item::attr(&self.operand(base)?, &name.value),
            ExprKind::Item { base, index } => {
                let base = self.operand(base)?;
                item::item(&base, &self.scalar(index)?)
            }
            ExprKind::Slice { base, start, stop } => {
                let base = self.operand(base)?;
                let start = self.end(start.as_deref())?;
                let stop = self.end(stop.as_deref())?;
                item::slice(base, start, stop)
            }
            ExprKind::Not(inner) => Ok((!self.operand(inner)?.is_true()).into()),
            ExprKind::Negate(inner) => operator::negate(&self.scalar(inner)?).map(Into::into),
            ExprKind::And(left, right) => {
                let left = self.operand(left)?;
                if left.is_true() { self.operand(right) } else { Ok(left) }
            }
            ExprKind::Or(left, right) => {
                let left = self.operand(left)?;
                if left.is_true() { Ok(left) } else { self.operand(right) }
            }
            ExprKind::Arithmetic { op, left, right } => {
                let left = self.operand(left)?;
                let right = self.operand(right)?;
                operator::arithmetic(*op, left, right)
            }
            ExprKind::Compare { first, rest } => self.compare(first, rest).map(Into::into),
            ExprKind::If { test, then, otherwise } => {
                if self.operand(test)?.is_true() {
                    return self.operand(then);
                }
                otherwise.as_ref().map_or(Ok(Operand::NULL), |otherwise| self.operand(otherwise))
            }
            ExprKind::List(items) => self.scalars(items).map(|items| Scalar::list(items).into()),
            ExprKind::Map(pairs) => self.map(pairs),
            ExprKind::Filter { .. } | ExprKind::Test { .. } | ExprKind::Call { .. } => self.called(&expr.kind),
        }
    }

    fn called(&mut self, kind: &ExprKind<Ref>) -> Result<Operand, EvalError> {
        match kind {
            ExprKind::Filter { function, base, args, columns, .. } => {
                let base = self.operand(base)?;
                if !columns.is_empty() {
                    let wanted = columns.iter().map(|(name, value)| Ok((name.value.clone(), self.scalar(value)?)));
                    return call::rows_where(&base, &wanted.collect::<Result<Vec<_>, EvalError>>()?);
                }
                let args = self.scalars(args)?;
                call::filter(self, function.name, base, &args)
            }
            ExprKind::Test { function, base, args, .. } => {
                let base = self.operand(base)?;
                let args = self.scalars(args)?;
                Ok(test::holds(function.name, &base, &args).into())
            }
            ExprKind::Call { function, args, .. } => {
                let args = self.scalars(args)?;
                call::function(self, function.name, &args)
            }
            _ => Ok(Operand::NULL),
        }
    }

    fn scalars(&mut self, exprs: &[Expr<Ref>]) -> Result<Vec<Scalar>, EvalError> {
        exprs.iter().map(|expr| self.scalar(expr)).collect()
    }

    /// An end of a slice; null is as good as none.
    fn end(&mut self, expr: Option<&Expr<Ref>>) -> Result<Option<i64>, EvalError> {
        let Some(expr) = expr else { return Ok(None) };
        match self.scalar(expr)? {
            Scalar::Null => Ok(None),
            Scalar::Int(int) => Ok(Some(int)),
            other => Err(EvalError::new(format!("an end of a slice is an int, not {}", other.ty()))),
        }
    }

    fn compare(&mut self, first: &Expr<Ref>, rest: &[(CompareOp, Expr<Ref>)]) -> Result<Scalar, EvalError> {
        let mut left = self.operand(first)?;
        let mut result = Scalar::Bool(true);
        for (op, expr) in rest {
            let right = self.operand(expr)?;
            match operator::compare(*op, &left, &right)? {
                Scalar::Bool(false) => return Ok(Scalar::Bool(false)),
                Scalar::Null => result = Scalar::Null,
                _ => {}
            }
            left = right;
        }
        Ok(result)
    }

    fn map(&mut self, pairs: &[(Expr<Ref>, Expr<Ref>)]) -> Result<Operand, EvalError> {
        let entries = pairs.iter().map(|(key, value)| Ok((self.scalar(key)?, self.value(value)?)));
        Ok(Operand::Value(Value::Map(entries.collect::<Result<_, EvalError>>()?)))
    }
}
