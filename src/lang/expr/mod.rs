//! Expressions, text templates and SQL templates: parsed once by minijinja's parser into trees of our own, with spans.
//!
//! The trees are owned and generic over what a name is: as written ([`Name`]), and after the check what it stands
//! for (`check::Ref`), so that nothing unresolved can reach evaluation. This is the only module of the compiler that
//! names minijinja.

pub mod functions;
mod scan;
mod convert;
mod parse;
mod template;
mod sql;
mod walk;
mod skeleton;
pub mod types;

pub use parse::parse_expression;
pub use skeleton::Skeleton;
pub use sql::parse_sql;
pub use template::parse_text;

use std::sync::Arc;

use crate::source::{SourceText, Span, Spanned};
use crate::value::Scalar;
use functions::Function;

/// An expression, its parts, and where each stands.
#[derive(Clone, Debug)]
pub struct Expr<R = Name> {
    pub kind: ExprKind<R>,
    pub span: Span,
}

/// What an expression may be.
#[derive(Clone, Debug)]
pub enum ExprKind<R = Name> {
    Const(Scalar),
    /// Something that has a value elsewhere: `state.region`, `orders`, `now()`.
    Ref(R),
    /// A name bound by `{% for %}` or `{% set %}` around it.
    Local(Arc<str>),
    /// `base.name`: a column of a table, a field of a row.
    Attr {
        base: Box<Expr<R>>,
        name: Spanned<Arc<str>>,
    },
    /// `base[index]`
    Item {
        base: Box<Expr<R>>,
        index: Box<Expr<R>>,
    },
    /// `base[start:stop]`
    Slice {
        base: Box<Expr<R>>,
        start: Option<Box<Expr<R>>>,
        stop: Option<Box<Expr<R>>>,
    },
    Not(Box<Expr<R>>),
    Negate(Box<Expr<R>>),
    And(Box<Expr<R>>, Box<Expr<R>>),
    Or(Box<Expr<R>>, Box<Expr<R>>),
    Arithmetic {
        op: ArithmeticOp,
        left: Box<Expr<R>>,
        right: Box<Expr<R>>,
    },
    /// `a < b <= c`: each pair must hold.
    Compare {
        first: Box<Expr<R>>,
        rest: Vec<(CompareOp, Expr<R>)>,
    },
    If {
        test: Box<Expr<R>>,
        then: Box<Expr<R>>,
        otherwise: Option<Box<Expr<R>>>,
    },
    /// `base | name(args)`; an optional argument that is left out before one that is given is null.
    Filter {
        function: &'static Function,
        name: Span,
        base: Box<Expr<R>>,
        args: Vec<Expr<R>>,
        /// The columns of `where`, and the values that they shall have.
        columns: Vec<(Spanned<Arc<str>>, Expr<R>)>,
    },
    /// `base is name(args)`
    Test {
        function: &'static Function,
        name: Span,
        base: Box<Expr<R>>,
        args: Vec<Expr<R>>,
    },
    /// `name(args)`: `days(7)`.
    Call {
        function: &'static Function,
        name: Span,
        args: Vec<Expr<R>>,
    },
    List(Vec<Expr<R>>),
    Map(Vec<(Expr<R>, Expr<R>)>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArithmeticOp {
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Remainder,
    Power,
    /// `~`
    Concat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompareOp {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
}

/// A name as it is written in an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    /// `state.KEY`
    State(Arc<str>),
    /// `values.NAME`
    Value(Arc<str>),
    /// `params.NAME`
    Param(Arc<str>),
    /// `user.email`, `user.name`, `user.groups`
    User(Arc<str>),
    /// `app.title`
    App(Arc<str>),
    /// `page.title`, `page.path`
    Page(Arc<str>),
    /// Any other bare name: a query's, if one is so called.
    Bare(Arc<str>),
    /// `row`, `row.amount` being an attribute of it
    Row,
    /// `result`
    Result,
    /// `now()`
    Now,
    /// `today()`
    Today,
}

/// Text with expressions in it, or SQL.
#[derive(Clone, Debug)]
pub struct Template<R = Name> {
    pub parts: Vec<Part<R>>,
    pub span: Span,
}

/// A piece of a template.
#[derive(Clone, Debug)]
pub enum Part<R = Name> {
    Text(SourceText),
    /// An expression, and its whole `{{ }}` as it is written.
    Emit(Expr<R>, SourceText),
    If {
        test: Expr<R>,
        then: Vec<Self>,
        otherwise: Vec<Self>,
    },
    For {
        target: Arc<str>,
        items: Expr<R>,
        /// Only the items for which this holds have a turn.
        condition: Option<Expr<R>>,
        body: Vec<Self>,
        otherwise: Vec<Self>,
    },
    Set {
        name: Arc<str>,
        value: Expr<R>,
    },
    /// `[[ … ]]` in SQL: dropped when an expression that it emits is null, empty text or an empty list.
    Optional(Vec<Self>),
}

impl<R> Template<R> {
    /// A template of nothing but text, which stands in its file as it is.
    pub fn verbatim(text: impl Into<Arc<str>>, span: Span) -> Self {
        Self { parts: vec![Part::Text(SourceText::verbatim(text, span))], span }
    }

    /// The text, if it holds nothing but text.
    pub fn constant(&self) -> Option<String> {
        self.parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => Some(&*text.text),
                _ => None,
            })
            .collect()
    }
}

impl<R> Expr<R> {
    /// The value, if this is written out.
    pub fn constant(&self) -> Option<Scalar> {
        match &self.kind {
            ExprKind::Const(scalar) => Some(scalar.clone()),
            ExprKind::List(items) => items.iter().map(Self::constant).collect::<Option<Vec<_>>>().map(Scalar::list),
            ExprKind::Negate(inner) => match inner.constant()? {
                Scalar::Int(int) => int.checked_neg().map(Scalar::Int),
                Scalar::Float(float) => Some(Scalar::Float(-float)),
                _ => None,
            },
            _ => None,
        }
    }
}
