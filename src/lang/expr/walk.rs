//! Walks over expressions and templates: what they read, and the same with every name resolved.

use super::{Expr, ExprKind, Part, Template};
use crate::source::Span;

impl<R> Expr<R> {
    /// Shows `f` all that this reads, in source order.
    pub fn for_each_ref<'e>(&'e self, f: &mut impl FnMut(&'e R, Span)) {
        match &self.kind {
            ExprKind::Ref(name) => f(name, self.span),
            _ => self.for_each_child(&mut |child| child.for_each_ref(f)),
        }
    }

    /// How many expressions this is made of, itself among them.
    pub fn size(&self) -> usize {
        let mut size = 1;
        self.for_each_child(&mut |child| size += child.size());
        size
    }

    /// Shows `f` the expressions that this is made of, in source order.
    fn for_each_child<'e>(&'e self, f: &mut dyn FnMut(&'e Self)) {
        match &self.kind {
            ExprKind::Const(_) | ExprKind::Local(_) | ExprKind::Ref(_) => {}
            ExprKind::Attr { base, .. } | ExprKind::Not(base) | ExprKind::Negate(base) => f(base),
            ExprKind::List(items) => items.iter().for_each(f),
            ExprKind::Item { base: left, index: right }
            | ExprKind::And(left, right)
            | ExprKind::Or(left, right)
            | ExprKind::Arithmetic { left, right, .. } => [&**left, right].into_iter().for_each(f),
            ExprKind::Slice { base, start, stop } => {
                f(base);
                [start, stop].into_iter().flatten().for_each(|end| f(end));
            }
            ExprKind::Compare { first, rest } => {
                f(first);
                for (_, other) in rest {
                    f(other);
                }
            }
            ExprKind::If { test, then, otherwise } => {
                f(then);
                f(test);
                if let Some(otherwise) = otherwise {
                    f(otherwise);
                }
            }
            ExprKind::Map(entries) => entries.iter().flat_map(|(key, value)| [key, value]).for_each(f),
            ExprKind::Filter { base, args, columns, .. } => {
                f(base);
                args.iter().for_each(&mut *f);
                for (_, value) in columns {
                    f(value);
                }
            }
            ExprKind::Test { base, args, .. } => {
                f(base);
                args.iter().for_each(f);
            }
            ExprKind::Call { args, .. } => args.iter().for_each(f),
        }
    }
}

fn each<'e, R: 'e>(exprs: impl IntoIterator<Item = &'e Expr<R>>, f: &mut impl FnMut(&'e R, Span)) {
    for expr in exprs {
        expr.for_each_ref(f);
    }
}

impl<R: Clone> Expr<R> {
    /// What this reads, in source order.
    pub fn refs(&self) -> Vec<(R, Span)> {
        let mut found = Vec::new();
        self.for_each_ref(&mut |name, span| found.push((name.clone(), span)));
        found
    }
}

impl<R> Template<R> {
    /// Shows `f` all that this reads, in source order.
    pub fn for_each_ref<'e>(&'e self, f: &mut impl FnMut(&'e R, Span)) {
        each_part(&self.parts, f);
    }
}

impl<R> Template<R> {
    /// Shows `f` each expression that is emitted, in source order.
    pub fn for_each_emit<'e>(&'e self, f: &mut impl FnMut(&'e Expr<R>)) {
        each_emit(&self.parts, f);
    }
}

fn each_emit<'e, R>(parts: &'e [Part<R>], f: &mut impl FnMut(&'e Expr<R>)) {
    for part in parts {
        match part {
            Part::Emit(expr, _) => f(expr),
            Part::If { then: body, otherwise, .. } | Part::For { body, otherwise, .. } => {
                each_emit(body, f);
                each_emit(otherwise, f);
            }
            Part::Optional(body) => each_emit(body, f),
            Part::Text(_) | Part::Set { .. } => {}
        }
    }
}

fn each_part<'e, R>(parts: &'e [Part<R>], f: &mut impl FnMut(&'e R, Span)) {
    for part in parts {
        match part {
            Part::Text(_) => {}
            Part::Emit(expr, _) | Part::Set { value: expr, .. } => expr.for_each_ref(f),
            Part::If { test, then, otherwise } => {
                test.for_each_ref(f);
                each_part(then, f);
                each_part(otherwise, f);
            }
            Part::For { items, condition, body, otherwise, .. } => {
                each([items].into_iter().chain(condition), f);
                each_part(body, f);
                each_part(otherwise, f);
            }
            Part::Optional(inner) => each_part(inner, f),
        }
    }
}

impl<R: Clone> Template<R> {
    /// What this reads, in source order.
    pub fn refs(&self) -> Vec<(R, Span)> {
        let mut found = Vec::new();
        self.for_each_ref(&mut |name, span| found.push((name.clone(), span)));
        found
    }
}

/// A name for which the caller had no answer.
struct Unresolved;

type Resolved<T> = Result<T, Unresolved>;

impl<R> Expr<R> {
    /// The same expression, each name replaced by what `f` makes of it.
    ///
    /// `f` sees every name, also behind one for which it gives `None`; then there is no result.
    pub fn resolve<S>(&self, f: &mut impl FnMut(&R, Span) -> Option<S>) -> Option<Expr<S>> {
        self.substitute(&mut |name, span| Some(Expr { kind: ExprKind::Ref(f(name, span)?), span }))
    }

    /// The same expression, with what `f` gives in the place of each name.
    ///
    /// `f` sees every name, also behind one for which it gives `None`; then there is no result.
    pub fn substitute<S>(&self, f: &mut impl FnMut(&R, Span) -> Option<Expr<S>>) -> Option<Expr<S>> {
        self.resolved(f).ok()
    }

    fn resolved<S>(&self, f: &mut impl FnMut(&R, Span) -> Option<Expr<S>>) -> Resolved<Expr<S>> {
        let kind = match &self.kind {
            ExprKind::Const(scalar) => ExprKind::Const(scalar.clone()),
            ExprKind::Ref(name) => return f(name, self.span).ok_or(Unresolved),
            ExprKind::Local(name) => ExprKind::Local(name.clone()),
            ExprKind::Attr { base, name } => ExprKind::Attr { base: boxed(base, f)?, name: name.clone() },
            ExprKind::Not(inner) => ExprKind::Not(boxed(inner, f)?),
            ExprKind::Negate(inner) => ExprKind::Negate(boxed(inner, f)?),
            ExprKind::List(items) => ExprKind::List(all(items, f)?),
            ExprKind::Item { base, index } => {
                let (base, index) = both(base, index, f)?;
                ExprKind::Item { base, index }
            }
            ExprKind::And(left, right) => {
                let (left, right) = both(left, right, f)?;
                ExprKind::And(left, right)
            }
            ExprKind::Or(left, right) => {
                let (left, right) = both(left, right, f)?;
                ExprKind::Or(left, right)
            }
            ExprKind::Arithmetic { op, left, right } => {
                let (left, right) = both(left, right, f)?;
                ExprKind::Arithmetic { op: *op, left, right }
            }
            ExprKind::Slice { base, start, stop } => {
                let (base, start, stop) = (boxed(base, f), maybe(start.as_ref(), f), maybe(stop.as_ref(), f));
                ExprKind::Slice { base: base?, start: start?, stop: stop? }
            }
            ExprKind::Compare { first, rest } => {
                let (first, rest) = (boxed(first, f), pairs(rest, f));
                ExprKind::Compare { first: first?, rest: rest? }
            }
            ExprKind::If { test, then, otherwise } => {
                let (then, test, otherwise) = (boxed(then, f), boxed(test, f), maybe(otherwise.as_ref(), f));
                ExprKind::If { test: test?, then: then?, otherwise: otherwise? }
            }
            ExprKind::Map(entries) => {
                let keys: Vec<_> = entries.iter().map(|(key, _)| key.resolved(f)).collect();
                let values: Vec<_> = entries.iter().map(|(_, value)| value.resolved(f)).collect();
                let entries = keys.into_iter().zip(values).map(|(key, value)| Ok((key?, value?)));
                ExprKind::Map(entries.collect::<Resolved<_>>()?)
            }
            ExprKind::Filter { .. } | ExprKind::Test { .. } | ExprKind::Call { .. } => self.kind.resolved_call(f)?,
        };
        Ok(Expr { kind, span: self.span })
    }
}

impl<R> ExprKind<R> {
    /// The part of [`Expr::resolve`] that is about calls.
    fn resolved_call<S>(&self, f: &mut impl FnMut(&R, Span) -> Option<Expr<S>>) -> Resolved<ExprKind<S>> {
        match self {
            Self::Filter { function, name, base, args, columns } => {
                let (base, args) = (boxed(base, f), all(args, f));
                let columns = pairs(columns, f);
                Ok(ExprKind::Filter { function, name: *name, base: base?, args: args?, columns: columns? })
            }
            Self::Test { function, name, base, args } => {
                let (base, args) = (boxed(base, f), all(args, f));
                Ok(ExprKind::Test { function, name: *name, base: base?, args: args? })
            }
            Self::Call { function, name, args } => Ok(ExprKind::Call { function, name: *name, args: all(args, f)? }),
            _ => Err(Unresolved),
        }
    }
}

impl<R> Template<R> {
    /// The same template, each name replaced by what `f` makes of it.
    ///
    /// `f` sees every name, also behind one for which it gives `None`; then there is no result.
    pub fn resolve<S>(&self, f: &mut impl FnMut(&R, Span) -> Option<S>) -> Option<Template<S>> {
        self.substitute(&mut |name, span| Some(Expr { kind: ExprKind::Ref(f(name, span)?), span }))
    }

    /// The same template, with what `f` gives in the place of each name.
    ///
    /// `f` sees every name, also behind one for which it gives `None`; then there is no result.
    pub fn substitute<S>(&self, f: &mut impl FnMut(&R, Span) -> Option<Expr<S>>) -> Option<Template<S>> {
        Some(Template { parts: parts(&self.parts, f).ok()?, span: self.span })
    }
}

impl<R> Part<R> {
    fn resolved<S>(&self, f: &mut impl FnMut(&R, Span) -> Option<Expr<S>>) -> Resolved<Part<S>> {
        Ok(match self {
            Self::Text(text) => Part::Text(text.clone()),
            Self::Emit(expr, tag) => Part::Emit(expr.resolved(f)?, tag.clone()),
            Self::If { test, then, otherwise } => {
                let (test, then, otherwise) = (test.resolved(f), parts(then, f), parts(otherwise, f));
                Part::If { test: test?, then: then?, otherwise: otherwise? }
            }
            Self::For { target, items, condition, body, otherwise } => {
                let items = items.resolved(f);
                let condition = condition.as_ref().map(|condition| condition.resolved(f)).transpose();
                let (body, otherwise) = (parts(body, f), parts(otherwise, f));
                let (items, condition, body, otherwise) = (items?, condition?, body?, otherwise?);
                Part::For { target: target.clone(), items, condition, body, otherwise }
            }
            Self::Set { name, value } => Part::Set { name: name.clone(), value: value.resolved(f)? },
            Self::Optional(inner) => Part::Optional(parts(inner, f)?),
        })
    }
}

type Boxed<R> = Box<Expr<R>>;

fn boxed<R, S>(expr: &Expr<R>, f: &mut impl FnMut(&R, Span) -> Option<Expr<S>>) -> Resolved<Boxed<S>> {
    expr.resolved(f).map(Box::new)
}

fn both<R, S>(
    left: &Expr<R>,
    right: &Expr<R>,
    f: &mut impl FnMut(&R, Span) -> Option<Expr<S>>,
) -> Resolved<(Boxed<S>, Boxed<S>)> {
    let (left, right) = (boxed(left, f), boxed(right, f));
    Ok((left?, right?))
}

fn maybe<R, S>(expr: Option<&Boxed<R>>, f: &mut impl FnMut(&R, Span) -> Option<Expr<S>>) -> Resolved<Option<Boxed<S>>> {
    expr.map(|expr| boxed(expr, f)).transpose()
}

fn all<R, S>(exprs: &[Expr<R>], f: &mut impl FnMut(&R, Span) -> Option<Expr<S>>) -> Resolved<Vec<Expr<S>>> {
    let resolved: Vec<_> = exprs.iter().map(|expr| expr.resolved(f)).collect();
    resolved.into_iter().collect()
}

fn pairs<R, S, T: Clone>(
    pairs: &[(T, Expr<R>)],
    f: &mut impl FnMut(&R, Span) -> Option<Expr<S>>,
) -> Resolved<Vec<(T, Expr<S>)>> {
    let resolved: Vec<_> = pairs.iter().map(|(first, expr)| Ok((first.clone(), expr.resolved(f)?))).collect();
    resolved.into_iter().collect()
}

fn parts<R, S>(parts: &[Part<R>], f: &mut impl FnMut(&R, Span) -> Option<Expr<S>>) -> Resolved<Vec<Part<S>>> {
    let resolved: Vec<_> = parts.iter().map(|part| part.resolved(f)).collect();
    resolved.into_iter().collect()
}
