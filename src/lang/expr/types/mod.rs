//! The types of expressions, and what of it cannot work.
//!
//! Null propagates: what may be null makes what is computed of it nullable. Unknown is not wrong: it fits everywhere.
//! What was reported is unknown from there on, so that one mistake is said once.

mod call;
mod operator;
mod template;

pub use call::expect_currency;

use std::sync::Arc;

use super::{Expr, ExprKind};
use crate::diagnostic::{Diagnostics, code};
use crate::source::{Span, Spanned};
use crate::value::{Columns, Type};

/// What stands behind the references of expressions.
pub trait Scope<R> {
    fn type_of(&self, reference: &R) -> Type;
    /// The columns of what is a row of a table, and may be null.
    fn row_of(&self, _reference: &R) -> Option<Columns> {
        None
    }
    /// What it is, for messages: "query `sales`".
    fn describe(&self, reference: &R) -> String;
}

impl<R> Expr<R> {
    /// The type of this expression; what cannot work in it is reported.
    pub fn ty(&self, scope: &dyn Scope<R>, diagnostics: &mut Diagnostics) -> Type {
        let mut typer = Typer { scope, diagnostics, locals: Vec::new() };
        match typer.shape(self) {
            Shape::Value(ty) => ty,
            Shape::Period { .. } => {
                typer
                    .wrong(self.span, "a span of time is no value by itself")
                    .help("add it to a date: `today() + days(7)`");
                Type::Any
            }
            Shape::Identifier => {
                typer.wrong(self.span, "`identifier` has no place outside SQL");
                Type::Any
            }
            Shape::Row { .. } | Shape::Map | Shape::Loop => Type::Any,
        }
    }
}

/// The type of a value, or of what is one only within an expression.
#[derive(Clone, Debug)]
enum Shape {
    Value(Type),
    /// A row of a table; its cells may be null if the table may have no such row.
    Row {
        columns: Option<Columns>,
        is_certain: bool,
    },
    Map,
    /// A span of time: of hours, which make a datetime of a date, or of days.
    Period {
        has_hours: bool,
    },
    Identifier,
    /// `loop` in a `for`.
    Loop,
}

const UNKNOWN: Shape = Shape::Value(Type::Any);

impl Shape {
    /// The type of a value; of the rest, unknown.
    fn ty(self) -> Type {
        match self {
            Self::Value(ty) => ty,
            _ => Type::Any,
        }
    }
}

/// Walks an expression.
struct Typer<'a, R> {
    scope: &'a dyn Scope<R>,
    diagnostics: &'a mut Diagnostics,
    locals: Vec<(Arc<str>, Shape)>,
}

impl<R> Typer<'_, R> {
    fn wrong(&mut self, span: Span, message: impl Into<String>) -> &mut crate::diagnostic::Diagnostic {
        self.diagnostics.report(&code::TYPE, span, message)
    }

    /// The type of an expression that must be a value.
    fn value(&mut self, expr: &Expr<R>) -> Type {
        self.shape(expr).ty()
    }

    fn shape(&mut self, expr: &Expr<R>) -> Shape {
        match &expr.kind {
            ExprKind::Const(scalar) => Shape::Value(scalar.ty()),
            ExprKind::Ref(reference) => match self.scope.row_of(reference) {
                Some(columns) => Shape::Row { columns: Some(columns), is_certain: false },
                None => Shape::Value(self.scope.type_of(reference)),
            },
            ExprKind::Local(name) => {
                self.locals.iter().rev().find(|(local, _)| local == name).map_or(UNKNOWN, |(_, shape)| shape.clone())
            }
            ExprKind::Attr { base, name } => self.attr(base, name),
            ExprKind::Item { base, index } => self.item(base, index),
            ExprKind::Slice { base, start, stop } => self.slice(base, start.as_deref(), stop.as_deref()),
            ExprKind::Not(inner) => {
                self.shape(inner);
                Shape::Value(Type::Bool)
            }
            ExprKind::Negate(inner) => Shape::Value(self.negate(inner)),
            ExprKind::And(left, right) | ExprKind::Or(left, right) => {
                let (left, right) = (self.value(left), self.value(right));
                Shape::Value(left.join(&right))
            }
            ExprKind::Arithmetic { op, left, right } => self.arithmetic(*op, left, right, expr.span),
            ExprKind::Compare { first, rest } => Shape::Value(self.compare(first, rest)),
            ExprKind::If { test, then, otherwise } => {
                self.shape(test);
                let then = self.value(then);
                let otherwise = otherwise.as_ref().map_or(Type::Any.nullable(), |otherwise| self.value(otherwise));
                Shape::Value(then.join(&otherwise))
            }
            ExprKind::Filter { function, name, base, args, columns } => {
                self.filter(function, *name, base, args, columns)
            }
            ExprKind::Test { function, base, args, .. } => {
                let subject = self.shape(base);
                self.subject(function, &subject, base.span);
                self.args(function, args);
                Shape::Value(Type::Bool)
            }
            ExprKind::Call { function, args, .. } => self.call(function, args),
            ExprKind::List(items) => {
                let item = items.iter().map(|item| self.value(item)).reduce(|a, b| a.join(&b));
                Shape::Value(Type::List(Box::new(item.unwrap_or(Type::Any))))
            }
            ExprKind::Map(pairs) => {
                for (key, value) in pairs {
                    self.shape(key);
                    self.shape(value);
                }
                Shape::Map
            }
        }
    }

    fn attr(&mut self, base: &Expr<R>, name: &Spanned<Arc<str>>) -> Shape {
        match self.shape(base) {
            Shape::Row { columns: Some(columns), is_certain } => {
                let cell = self.column(&columns, base, &name.value, name.span);
                cell.map_or(UNKNOWN, |cell| Shape::Value(if is_certain { cell } else { cell.nullable() }))
            }
            Shape::Value(table) if matches!(table.inner(), Type::Table(_)) => {
                let items = match table.columns() {
                    Some(columns) => self.column(columns, base, &name.value, name.span),
                    None => Some(Type::Any),
                };
                let column = items.map(|items| Type::List(Box::new(items)));
                let column = column.map(|column| if table.is_nullable() { column.nullable() } else { column });
                column.map_or(UNKNOWN, Shape::Value)
            }
            Shape::Loop if matches!(&*name.value, "first" | "last") => Shape::Value(Type::Bool),
            Shape::Loop => Shape::Value(Type::Int),
            Shape::Value(ty) if !ty.is_unknown() => {
                let diagnostic = self.wrong(name.span, format!("{ty} has no field `{}`", name.value));
                if matches!(ty.inner(), Type::Range(_)) {
                    diagnostic.help("its ends are `[0]` and `[1]`");
                }
                UNKNOWN
            }
            _ => UNKNOWN,
        }
    }

    /// The type of a column, by its name; none for one that was reported.
    fn column(&mut self, columns: &Columns, base: &Expr<R>, name: &str, span: Span) -> Option<Type> {
        if let Some(column) = columns.named(name) {
            return Some(column.ty.clone());
        }
        if columns.is_open() {
            return Some(Type::Any);
        }
        let table = self.describe(base);
        let names = columns.iter().map(|column| &*column.name);
        let diagnostic =
            self.diagnostics.report(&code::UNKNOWN_COLUMN, span, format!("{table} has no column `{name}`"));
        let help = diagnostic.help.len();
        diagnostic.nearest(name, names.clone());
        if diagnostic.help.len() == help && !columns.is_empty() {
            let names: Vec<_> = names.take(8).map(|name| format!("`{name}`")).collect();
            let more = if columns.len() > names.len() { " and more" } else { "" };
            diagnostic.help(format!("it has {}{more}", names.join(", ")));
        }
        None
    }

    /// What a table is, for messages.
    fn describe(&self, expr: &Expr<R>) -> String {
        match &expr.kind {
            ExprKind::Ref(reference) => self.scope.describe(reference),
            ExprKind::Item { base, .. } => self.describe(base),
            ExprKind::Filter { function, base, .. } if function.takes_columns() => self.describe(base),
            _ => "the table".to_owned(),
        }
    }

    fn item(&mut self, base: &Expr<R>, index: &Expr<R>) -> Shape {
        let of = self.shape(base);
        let by = self.value(index);
        let by_name = index.constant().and_then(|name| name.as_text().map(Arc::<str>::from));
        match of {
            Shape::Value(ty) if ty.is_unknown() => UNKNOWN,
            Shape::Value(Type::Table(_)) | Shape::Row { .. } if by_name.is_some() => {
                let name = Spanned::new(by_name.unwrap_or_default(), index.span);
                self.attr(base, &name)
            }
            Shape::Value(ty) => {
                let item = match ty.inner() {
                    Type::Table(columns) => Some(Shape::Row { columns: columns.clone(), is_certain: false }),
                    Type::List(item) => Some(Shape::Value((**item).clone().nullable())),
                    Type::Range(end) => Some(Shape::Value((**end).clone())),
                    Type::Text => Some(Shape::Value(Type::Text.nullable())),
                    _ => None,
                };
                let Some(item) = item else {
                    self.wrong(base.span, format!("{ty} has no items"));
                    return UNKNOWN;
                };
                if !Type::Int.accepts(by.inner()) {
                    self.wrong(index.span, format!("an index is an int, not {by}"));
                }
                item
            }
            _ => UNKNOWN,
        }
    }

    fn slice(&mut self, base: &Expr<R>, start: Option<&Expr<R>>, stop: Option<&Expr<R>>) -> Shape {
        let of = self.value(base);
        for end in [start, stop].into_iter().flatten() {
            let ty = self.value(end);
            if !Type::Int.accepts(ty.inner()) {
                self.wrong(end.span, format!("an end of a slice is an int, not {ty}"));
            }
        }
        match of.inner() {
            Type::List(_) | Type::Text | Type::Any => Shape::Value(of),
            _ => {
                self.wrong(base.span, format!("{of} has no slices"));
                UNKNOWN
            }
        }
    }

    fn negate(&mut self, inner: &Expr<R>) -> Type {
        let ty = self.value(inner);
        if !ty.is_number() && !ty.is_unknown() {
            self.wrong(inner.span, format!("cannot negate {ty}"));
            return Type::Any;
        }
        ty
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::{Name, parse_expression, parse_sql, parse_text};
    use crate::source::{FileId, SourceText};
    use crate::value::Column;

    struct Sample;

    impl Scope<Name> for Sample {
        fn type_of(&self, reference: &Name) -> Type {
            let column = |name: &str, ty| Column { name: name.into(), ty };
            match reference {
                Name::State(key) => match &**key {
                    "n" => Type::Int,
                    "f" => Type::Float,
                    "d" => Type::Decimal,
                    "t" => Type::Text,
                    "tn" => Type::Text.nullable(),
                    "nn" => Type::Int.nullable(),
                    "b" => Type::Bool,
                    "l" => Type::List(Box::new(Type::Text)),
                    "r" => Type::Range(Box::new(Type::Date)),
                    "since" => Type::Date,
                    _ => Type::Any,
                },
                Name::Bare(name) if &**name == "sales" => Type::Table(Some(
                    [
                        column("day", Type::Date),
                        column("region", Type::Text),
                        column("amount", Type::Int),
                        column("at", Type::DateTime),
                    ]
                    .into(),
                )),
                Name::Bare(name) if &**name == "loose" => Type::Table(None),
                Name::Now => Type::DateTime,
                Name::Today => Type::Date,
                _ => Type::Any,
            }
        }

        fn describe(&self, reference: &Name) -> String {
            match reference {
                Name::Bare(name) => format!("query `{name}`"),
                other => format!("{other:?}"),
            }
        }
    }

    fn source(text: &str) -> SourceText {
        SourceText::verbatim(text, Span::new(FileId(0), 0, u32::try_from(text.len()).unwrap()))
    }

    /// The code and message of each finding, and the text it points at.
    fn reports(text: &str, diagnostics: Diagnostics) -> Vec<String> {
        let all = diagnostics.sorted().into_iter();
        all.map(|d| {
            let at = d.primary.span;
            format!("{}: {} @ {}", d.code.name, d.message, &text[at.start as usize..at.end as usize])
        })
        .collect()
    }

    fn typed(text: &str) -> (String, Vec<String>) {
        let mut diagnostics = Diagnostics::default();
        let expr = parse_expression(&source(text), &mut diagnostics).unwrap_or_else(|| panic!("{text}"));
        let ty = expr.ty(&Sample, &mut diagnostics);
        (ty.to_string(), reports(text, diagnostics))
    }

    #[test]
    fn operators_have_types() {
        has_types(&[
            ("1 + 2", "int"),
            ("1 / 2", "float"),
            ("1 / state.n", "float?"),
            ("7 // 2", "int"),
            ("2 ** 3", "int"),
            ("2 ** state.n", "float"),
            ("state.n + state.f", "float"),
            ("state.n * state.d", "decimal"),
            ("state.d * state.f", "float"),
            ("state.nn + 1", "int?"),
            ("none + 1", "null"),
            ("state.t ~ 1", "text"),
            ("state.tn ~ 1", "text?"),
            ("state.t + 'x'", "text"),
            ("state.x + 1", "unknown"),
            ("state.n > 3", "bool"),
            ("state.nn > 3", "bool?"),
            ("state.nn == none", "bool"),
            ("1 < state.n <= 3", "bool"),
            ("state.t in ['a', 'b']", "bool"),
            ("state.t in sales.region", "bool"),
            ("today() in state.r", "bool"),
            ("not state.nn", "bool"),
            ("state.tn or 'all'", "text?"),
            ("state.b and state.b", "bool"),
            ("1 if state.b else 2.5", "float"),
            ("1 if state.b", "int?"),
            ("today() - days(7)", "date"),
            ("days(7) + today()", "date"),
            ("today() - hours(7)", "datetime"),
            ("now() - months(1)", "datetime"),
            ("today() - state.since", "int"),
            ("now() - state.since", "float"),
        ]);
    }

    fn has_types(cases: &[(&str, &str)]) {
        for (text, wanted) in cases {
            assert_eq!(typed(text), ((*wanted).to_owned(), vec![]), "{text}");
        }
    }

    #[test]
    fn tables_and_calls_have_types() {
        has_types(&[
            ("sales", "table"),
            ("sales.amount", "list<int>"),
            ("sales['amount']", "list<int>"),
            ("sales[0].amount", "int?"),
            ("sales[0]['region']", "text?"),
            ("loose.amount", "list"),
            ("loose.amount | sum", "unknown"),
            ("sales | length", "int"),
            ("sales | rows", "int"),
            ("sales.amount | sum", "int"),
            ("sales.amount | mean", "float?"),
            ("sales.day | max", "date?"),
            ("sales.day | delta", "int?"),
            ("sales.at | delta", "float?"),
            ("sales.region | unique | list", "list<text>"),
            ("sales | where(region='EMEA') | length", "int"),
            ("(sales | where(region=state.t)).amount | sum", "int"),
            ("state.tn | default('x')", "text"),
            ("state.nn | default(0) | number", "text"),
            ("state.nn | number(2)", "text?"),
            ("now() | start_of('hour')", "datetime"),
            ("state.t | int", "int?"),
            ("3.5 | int", "int"),
            ("state.l[0]", "text?"),
            ("state.l[1:]", "list<text>"),
            ("state.r[0]", "date"),
            ("state.t[0]", "text?"),
            ("range(3)", "list<int>"),
            ("[1, 2.5]", "list<float>"),
            ("-state.f", "float"),
            ("sales.amount is none", "bool"),
            ("3 is odd", "bool"),
            ("{'a': 1}.a", "unknown"),
        ]);
    }

    #[test]
    fn what_cannot_work_is_reported_once() {
        let cases = [
            ("state.t + 1", "type: cannot compute text + int @ state.t + 1"),
            ("(state.t - 1) * 2 | round", "type: cannot compute text - int @ state.t - 1"),
            ("sales.amount * 2", "type: cannot compute list<int> * int @ sales.amount * 2"),
            ("today() - 7", "type: cannot compute date - int @ today() - 7"),
            ("today() + today()", "type: cannot compute date + date @ today() + today()"),
            ("state.t > 3", "type: cannot compare text with int @ state.t > 3"),
            ("state.n == 'a'", "type: cannot compare int with text @ state.n == 'a'"),
            ("state.n in ['a']", "type: int is never in list<text> @ state.n in ['a']"),
            ("sales.amout", "unknown-column: query `sales` has no column `amout` @ amout"),
            ("sales[0].amout", "unknown-column: query `sales` has no column `amout` @ amout"),
            ("sales['amout']", "unknown-column: query `sales` has no column `amout` @ 'amout'"),
            ("sales | where(regio='a') | rows", "unknown-column: query `sales` has no column `regio` @ regio"),
            ("sales | where(region=1) | rows", "type: column `region` holds text, not int @ 1"),
            ("sales | sum", "type: `sum` takes a column or a list, not table @ sales"),
            ("sales.region | sum", "type: `sum` takes a column of numbers, not of text @ sum"),
            ("state.n | upper", "type: `upper` takes text, not int @ state.n"),
            ("state.n | round('a')", "type: `decimals` of `round` is an int, not text @ 'a'"),
            ("now() | start_of('mont')", "value: `mont` is no unit of time @ 'mont'"),
            ("now() | date('%Q1')", "value: `%Q1` is no format of dates @ '%Q1'"),
            ("state.n.x", "type: int has no field `x` @ x"),
            ("state.n[0]", "type: int has no items @ state.n"),
            ("sales['amount']['x']", "type: an index is an int, not text @ 'x'"),
            ("sales[1:]", "type: table has no slices @ sales"),
            ("-state.t", "type: cannot negate text @ state.t"),
            ("days(7)", "type: a span of time is no value by itself @ days(7)"),
            (
                "state.t | identifier(['a'])",
                "type: `identifier` has no place outside SQL @ state.t | identifier(['a'])",
            ),
        ];
        for (text, wanted) in cases {
            assert_eq!(typed(text).1, [wanted], "{text}");
        }
    }

    #[test]
    fn templates_are_checked_for_where_they_land() {
        let cases = [
            ("{{ state.n }} {{ state.l }}", "", ""),
            ("{{ sales }}", "type: cannot write table as text @ sales", "type: cannot bind table in SQL @ sales"),
            ("{{ state.r }}", "", "type: cannot bind range<date> in SQL @ state.r"),
            (
                "{{ state.t | identifier(['a']) }}",
                "type: `identifier` has no place outside SQL @ state.t | identifier(['a'])",
                "",
            ),
            ("{% for r in sales %}{{ r.amount + 1 }}{{ loop.index }}{% endfor %}", "", ""),
            (
                "{% for r in sales %}{{ r.amout }}{% endfor %}",
                "unknown-column: the table has no column `amout` @ amout",
                "unknown-column: the table has no column `amout` @ amout",
            ),
            (
                "{% for r in state.n %}{{ r.x }}{% endfor %}",
                "type: a `for` goes over a list or a table, not int @ state.n",
                "type: a `for` goes over a list or a table, not int @ state.n",
            ),
            (
                "{% set x = state.t %}{{ x + 1 }}",
                "type: cannot compute text + int @ x + 1",
                "type: cannot compute text + int @ x + 1",
            ),
        ];
        for (text, in_text, in_sql) in cases {
            let mut diagnostics = Diagnostics::default();
            parse_text(&source(text), &mut diagnostics).unwrap().check(&Sample, &mut diagnostics);
            assert_eq!(reports(text, diagnostics).join("; "), in_text, "{text}");
            let mut diagnostics = Diagnostics::default();
            parse_sql(&source(text), &mut diagnostics).unwrap().check_sql(&Sample, &mut diagnostics);
            assert_eq!(reports(text, diagnostics).join("; "), in_sql, "{text}");
        }
    }
}
