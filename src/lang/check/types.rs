//! Does it fit: the types of state, queries, values and expressions, and constants against types.

use std::collections::BTreeSet;

use super::Destination;
use super::names::{self, Named, Names, Reader};
use super::outline::Outline;
use super::program::{Query, Ref, StateId, UserField, Value, ValueId};
use super::state::{Key, Keys};
use crate::component::decode;
use crate::diagnostic::Diagnostics;
use crate::expr::types::Scope;
use crate::expr::{Expr, ExprKind, Template};
use crate::source::Span;
use crate::spec::{self, NamedExpr, Param};
use crate::value::{Columns, Scalar, Type};

/// What is known of a page while its parts are checked.
#[derive(Clone)]
pub(super) struct Context<'a> {
    pub names: &'a Names<'a>,
    pub outline: &'a Outline<'a>,
    pub queries: &'a [Query],
    pub pages: &'a [Destination],
    /// The writes of the app, then those of the page, in the order of their ids.
    pub writes: &'a [&'a spec::Write],
    /// The columns that each write returns, where they are known.
    pub results: Vec<Option<Columns>>,
    /// The files below `assets/`, where they are known.
    pub assets: Option<&'a BTreeSet<String>>,
    /// In what stands for each row of a table: its columns, where they are known.
    pub row: Option<Columns>,
    pub types: Types,
}

/// The types of what has a name, by id.
#[derive(Clone, Debug, Default)]
pub(super) struct Types {
    pub state: Vec<Type>,
    pub queries: Vec<Type>,
    pub values: Vec<Type>,
    pub params: Vec<Type>,
}

impl Types {
    pub(super) fn of(&self, reference: Ref) -> Type {
        let known = |types: &[Type], index: usize| types.get(index).cloned().unwrap_or(Type::Any);
        match reference {
            Ref::State(id) => known(&self.state, id.index()),
            Ref::Query(id) => known(&self.queries, id.index()),
            Ref::Value(id) => known(&self.values, id.index()),
            Ref::Param(index) => known(&self.params, index as usize),
            Ref::User(UserField::Email | UserField::Name) => Type::Text.nullable(),
            Ref::User(UserField::Groups) => Type::List(Box::new(Type::Text)),
            Ref::AppTitle | Ref::PageTitle | Ref::PagePath => Type::Text,
            // What a write returns is not known, and its parameters only in its own SQL.
            Ref::Row | Ref::Result | Ref::WriteParam(_) => Type::Any,
            Ref::Now => Type::DateTime,
            Ref::Today => Type::Date,
        }
    }
}

/// An expression, its names resolved, and the type of its value.
pub(super) struct Typed {
    pub expr: Expr<Ref>,
    pub ty: Type,
}

impl Typed {
    /// Types an expression whose names are resolved, if they could be.
    pub(super) fn of(
        resolved: Option<Expr<Ref>>,
        span: Span,
        scope: &dyn Scope<Ref>,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        match resolved {
            Some(resolved) => Self { ty: resolved.ty(scope, diagnostics), expr: resolved },
            None => Self { expr: names::placeholder(span), ty: Type::Any },
        }
    }
}

impl Context<'_> {
    /// Resolves and types an expression; what is reported is of unknown type.
    pub(super) fn expr(&self, expr: &Expr, reader: Reader, diagnostics: &mut Diagnostics) -> Typed {
        Typed::of(self.names.expr(expr, reader, diagnostics), expr.span, self, diagnostics)
    }

    /// Resolves and types a text template; what is reported is empty.
    pub(super) fn text(&self, template: &Template, reader: Reader, diagnostics: &mut Diagnostics) -> Template<Ref> {
        let Some(resolved) = self.names.template(template, reader, diagnostics) else {
            return Template { parts: Vec::new(), span: template.span };
        };
        resolved.check(self, diagnostics);
        resolved
    }
}

impl Scope<Ref> for Context<'_> {
    fn type_of(&self, reference: &Ref) -> Type {
        self.types.of(*reference)
    }

    fn row_of(&self, reference: &Ref) -> Option<Columns> {
        self.row.clone().filter(|_| *reference == Ref::Row)
    }

    fn describe(&self, reference: &Ref) -> String {
        let name =
            |all: &[Named], index: usize| all.get(index).map_or_else(String::new, |named| named.name.to_string());
        match reference {
            Ref::Query(id) => format!("query `{}`", name(&self.names.queries, id.index())),
            Ref::State(id) => format!("state key `{}`", name(&self.names.state, id.index())),
            Ref::Value(id) => format!("value `{}`", name(&self.names.values, id.index())),
            Ref::Row => "the row".to_owned(),
            _ => "this".to_owned(),
        }
    }
}

/// Something whose type is that of an expression.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    State(StateId),
    Value(ValueId),
}

impl Context<'_> {
    /// Resolves the values, and settles the types of everything that has a name.
    pub(super) fn settle(
        &mut self,
        keys: &Keys<'_>,
        (params, values): (&[Param], &[(&NamedExpr, Reader)]),
        diagnostics: &mut Diagnostics,
    ) -> Vec<Value> {
        let table = |query: &Query| Type::Table(query.columns.clone());
        self.types.params = params.iter().map(|param| param.ty.clone()).collect();
        self.types.queries = self.queries.iter().map(table).collect();
        let typed: Vec<Option<Type>> = keys.all.iter().map(|key| key.ty(self)).collect();
        let resolved: Vec<Option<Expr<Ref>>> =
            values.iter().map(|(value, reader)| self.names.expr(&value.expr, *reader, diagnostics)).collect();
        let seeds: Vec<Option<Expr<Ref>>> = keys.all.iter().map(|key| self.seed(key)).collect();
        self.types.state = typed.iter().map(|ty| ty.clone().unwrap_or(Type::Any)).collect();
        self.types.values = vec![Type::Any; values.len()];
        let mut order =
            Order { typed: &typed, seeds: &seeds, values: &resolved, begun: Vec::new(), settled: Vec::new() };
        (0..keys.all.len()).for_each(|index| order.visit(Open::State(StateId::at(index))));
        (0..values.len()).for_each(|index| order.visit(Open::Value(ValueId::at(index))));
        // A key's mistakes are reported when it is checked.
        let unreported = &mut Diagnostics::default();
        for open in order.settled {
            match open {
                Open::State(id) => {
                    let seed = seeds.get(id.index()).and_then(Option::as_ref).map(|expr| expr.ty(&*self, unreported));
                    let may_change = self.outline.sets(&self.named(id).name);
                    let seed = seed.map(|ty| if may_change { forget_columns(ty) } else { ty });
                    if let (Some(seed), Some(slot)) = (seed, self.types.state.get_mut(id.index())) {
                        *slot = keys.key(id).seeded(seed);
                    }
                }
                Open::Value(id) => {
                    let ty = resolved.get(id.index()).and_then(Option::as_ref).map(|expr| expr.ty(&*self, diagnostics));
                    if let (Some(ty), Some(slot)) = (ty, self.types.values.get_mut(id.index())) {
                        *slot = ty;
                    }
                }
            }
        }
        let named = values.iter().zip(resolved).zip(&self.types.values);
        named
            .map(|(((value, reader), expr), ty)| Value {
                name: value.name.value.clone(),
                shared: reader.is_app,
                expr: expr.unwrap_or_else(|| names::placeholder(value.expr.span)),
                ty: ty.clone(),
                span: value.name.span,
            })
            .collect()
    }

    /// What a key without a type is first made from; its mistakes are reported when the key is checked.
    fn seed(&self, key: &Key<'_>) -> Option<Expr<Ref>> {
        let declared = key.declared?;
        let reader = Reader::of(self.names.find_key(&declared.name.value).is_some_and(|id| self.named(id).shared));
        self.names.expr(declared.default_from.as_ref()?, reader, &mut Diagnostics::default())
    }
}

/// The order in which types can be told: what is read comes first. In a circle one is unknown to the other.
struct Order<'a> {
    typed: &'a [Option<Type>],
    seeds: &'a [Option<Expr<Ref>>],
    values: &'a [Option<Expr<Ref>>],
    begun: Vec<Open>,
    settled: Vec<Open>,
}

impl Order<'_> {
    fn visit(&mut self, open: Open) {
        let expr = match open {
            Open::State(id) if self.typed.get(id.index()).is_some_and(Option::is_some) => return,
            Open::State(id) => self.seeds.get(id.index()),
            Open::Value(id) => self.values.get(id.index()),
        };
        let Some(Some(expr)) = expr else { return };
        if self.begun.contains(&open) {
            return;
        }
        self.begun.push(open);
        for (reference, _) in expr.refs() {
            match reference {
                Ref::State(id) => self.visit(Open::State(id)),
                Ref::Value(id) => self.visit(Open::Value(id)),
                _ => {}
            }
        }
        self.settled.push(open);
    }
}

/// A table that may become another, with other columns.
fn forget_columns(ty: Type) -> Type {
    match ty {
        Type::Table(_) => Type::Table(None),
        other => other,
    }
}

/// The constant as a value of the type, if it is one: an int may be meant as a float, two items as a range, `"09:30"` as
/// a time.
pub(super) fn fit(constant: &Scalar, ty: &Type) -> Option<Scalar> {
    match (ty.inner(), constant) {
        (Type::Table(_), _) => None,
        (inner, Scalar::Null) => (ty.is_nullable() || *inner == Type::Any).then_some(Scalar::Null),
        (Type::Float, Scalar::Int(_) | Scalar::Decimal { .. }) => constant.as_float().map(Scalar::Float),
        (Type::Decimal, Scalar::Int(int)) => Some(Scalar::Decimal { units: i128::from(*int), scale: 0 }),
        (Type::Decimal, Scalar::Float(float)) => decode::decimal(&float.to_string()),
        (Type::Time, Scalar::Text(text)) => decode::time(text).map(Scalar::Time),
        (Type::DateTime, Scalar::Date(date)) => Some(Scalar::DateTime(date.at(0, 0, 0, 0))),
        (Type::List(item), Scalar::List(items)) => {
            let items: Option<Vec<Scalar>> = items.iter().map(|value| fit(value, item)).collect();
            items.map(Scalar::list)
        }
        (Type::Range(end), Scalar::List(ends)) => match &**ends {
            [low, high] => Some(Scalar::range(fit(low, end)?, fit(high, end)?)),
            _ => None,
        },
        (Type::Range(end), Scalar::Range(ends)) => {
            let [low, high] = &**ends;
            Some(Scalar::range(fit(low, end)?, fit(high, end)?))
        }
        (inner, _) => inner.accepts(&constant.ty()).then(|| constant.clone()),
    }
}

/// Where a list that is written out has null, and the type takes none there.
pub(super) fn null_within(expr: &Expr<Ref>, ty: &Type) -> Option<Span> {
    let (Type::List(item) | Type::Range(item)) = ty.inner() else { return None };
    if item.is_nullable() || item.is_unknown() {
        return None;
    }
    match &expr.kind {
        ExprKind::List(items) => {
            items.iter().find(|item| item.constant().is_some_and(|constant| constant.is_null())).map(|item| item.span)
        }
        ExprKind::Const(Scalar::List(items)) => items.iter().any(Scalar::is_null).then_some(expr.span),
        _ => None,
    }
}

/// The type in the author's words, with an article.
pub(super) fn words(ty: &Type) -> String {
    ty.words()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_become_values_of_the_type() {
        let list = |item: Type| Type::List(Box::new(item));
        let range = |end: Type| Type::Range(Box::new(end));
        let ints = Scalar::list([Scalar::Int(1), Scalar::Int(2)]);
        let cases = [
            (Scalar::Int(1), Type::Float, Some(Scalar::Float(1.0))),
            (Scalar::Float(1.5), Type::Int, None),
            (Scalar::Float(1.5), Type::Decimal, Some(Scalar::Decimal { units: 15, scale: 1 })),
            (Scalar::text("a"), Type::Int, None),
            (Scalar::text("09:30"), Type::Time, Some(Scalar::Time(jiff::civil::time(9, 30, 0, 0)))),
            (Scalar::text("half past nine"), Type::Time, None),
            (Scalar::text("red"), Type::Color, Some(Scalar::text("red"))),
            (Scalar::Null, Type::Text, None),
            (Scalar::Null, Type::Text.nullable(), Some(Scalar::Null)),
            (ints.clone(), list(Type::Int), Some(ints.clone())),
            (ints.clone(), list(Type::Text), None),
            (ints.clone(), range(Type::Int), Some(Scalar::range(Scalar::Int(1), Scalar::Int(2)))),
            (Scalar::list([]), list(Type::Text), Some(Scalar::list([]))),
            (Scalar::list([]), range(Type::Int), None),
        ];
        for (constant, ty, expected) in cases {
            assert_eq!(fit(&constant, &ty), expected, "{constant:?} as {ty}");
        }
    }
}
