//! The types of what filters and functions give, and what they take.

use std::sync::Arc;

use super::operator::may_compare;
use super::{Shape, Typer, UNKNOWN};
use crate::diagnostic::{Diagnostics, code, suggest};
use crate::expr::Expr;
use crate::expr::functions::{Argument, Function, Returns, START_UNITS, Subject};
use crate::source::{Span, Spanned};
use crate::value::{Scalar, Type, currency_codes, is_currency};

/// More decimals than a number of 64 bits holds say nothing.
const MOST_DECIMALS: i64 = 20;

/// Filters that compute with the items of a column.
const OF_NUMBERS: &[&str] = &["sum", "mean", "median", "std", "quantile"];

impl<R> Typer<'_, R> {
    pub(super) fn filter(
        &mut self,
        function: &'static Function,
        name: Span,
        base: &Expr<R>,
        args: &[Expr<R>],
        columns: &[(Spanned<Arc<str>>, Expr<R>)],
    ) -> Shape {
        let subject = self.shape(base);
        let fits = self.subject(function, &subject, base.span);
        let types = self.args(function, args);
        self.literals(function, args);
        let Shape::Value(subject) = subject else { return UNKNOWN };
        if function.takes_columns() {
            self.wanted(&subject, base, columns);
        }
        if !fits {
            return UNKNOWN;
        }
        if let Some(misfit) = item_misfit(function, &subject) {
            self.wrong(name, misfit).label(base.span, format!("this is {subject}"));
            return UNKNOWN;
        }
        let result = match function.returns {
            Returns::Identifier => return Shape::Identifier,
            Returns::SubjectOrArgument => {
                return Shape::Value(types.first().map_or(Type::Any, |other| or_default(&subject, other)));
            }
            // A text may be no number.
            Returns::Int | Returns::Float if *subject.inner() == Type::Text && function.name != "length" => {
                returned(function.returns, &subject).nullable()
            }
            returns => returned(returns, &subject),
        };
        Shape::Value(if subject.is_nullable() { result.nullable() } else { result })
    }

    pub(super) fn call(&mut self, function: &'static Function, args: &[Expr<R>]) -> Shape {
        self.args(function, args);
        match function.returns {
            Returns::Period => Shape::Period { has_hours: function.name == "hours" },
            returns => Shape::Value(returned(returns, &Type::Any)),
        }
    }

    /// Whether a filter or test may stand behind this; if not, it is reported.
    pub(super) fn subject(&mut self, function: &Function, subject: &Shape, span: Span) -> bool {
        let (word, fits) = match subject {
            Shape::Value(ty) if ty.is_unknown() => return true,
            Shape::Value(ty) => (ty.to_string(), function.subjects.iter().any(|wanted| takes(*wanted, ty.inner()))),
            Shape::Row { .. } => ("a row".to_owned(), false),
            Shape::Period { .. } => ("a span of time".to_owned(), false),
            Shape::Map | Shape::Identifier | Shape::Loop => return true,
        };
        if fits {
            return true;
        }
        let wanted: Vec<_> = function.subjects.iter().map(|wanted| wanted.word()).collect();
        let message = format!("`{}` takes {}, not {word}", function.name, wanted.join(" or "));
        self.wrong(span, message).help(format!("for example `{}`", function.example.0));
        false
    }

    /// The types of the arguments, each as its parameter wants it.
    pub(super) fn args(&mut self, function: &Function, args: &[Expr<R>]) -> Vec<Type> {
        let mut types = Vec::new();
        for (param, arg) in function.params.iter().zip(args) {
            let ty = self.value(arg);
            let (fits, wanted) = match param.ty {
                Argument::Any => (true, "a value"),
                Argument::Int => (Type::Int.accepts(ty.inner()), "an int"),
                Argument::Number => (ty.is_number(), "a number"),
                Argument::Text => (Type::Text.accepts(ty.inner()), "text"),
                Argument::List => (matches!(ty.inner(), Type::List(_)), "a list"),
            };
            if !fits && !ty.is_unknown() {
                self.wrong(arg.span, format!("`{}` of `{}` is {wanted}, not {ty}", param.name, function.name));
            }
            types.push(ty);
        }
        types
    }

    /// Checks arguments that are written out.
    fn literals(&mut self, function: &Function, args: &[Expr<R>]) {
        for (param, arg) in function.params.iter().zip(args) {
            match (function.name, param.name, arg.constant()) {
                ("start_of", _, Some(Scalar::Text(unit))) => self.unit(&unit, arg.span),
                ("date", _, Some(Scalar::Text(form))) => self.date_form(&form, arg.span),
                ("currency", "code", Some(Scalar::Text(code))) => {
                    expect_currency(&code, arg.span, self.diagnostics);
                }
                ("round", ..) => {}
                (_, "decimals", Some(Scalar::Int(decimals))) if !(0..=MOST_DECIMALS).contains(&decimals) => {
                    let message = format!("{decimals} is no number of decimals");
                    self.diagnostics
                        .report(&code::VALUE, arg.span, message)
                        .help(format!("it lies between 0 and {MOST_DECIMALS}"));
                }
                _ => {}
            }
        }
    }

    fn unit(&mut self, text: &str, span: Span) {
        if START_UNITS.contains(&text) {
            return;
        }
        let diagnostic = self.diagnostics.report(&code::VALUE, span, format!("`{text}` is no unit of time"));
        match suggest::nearest(text, START_UNITS.iter().copied()) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic.help(format!("the units are {}", START_UNITS.join(", "))),
        };
    }

    fn date_form(&mut self, text: &str, span: Span) {
        let sample = jiff::civil::date(2024, 1, 1).at(0, 0, 0, 0);
        if let Err(error) = jiff::fmt::strtime::format(text, sample) {
            let message = format!("`{text}` is no format of dates");
            self.diagnostics.report(&code::VALUE, span, message).here(error.to_string());
        }
    }

    /// Checks the columns of `where`.
    fn wanted(&mut self, table: &Type, base: &Expr<R>, columns: &[(Spanned<Arc<str>>, Expr<R>)]) {
        for (name, value) in columns {
            let given = self.value(value);
            let Type::Table(Some(known)) = table.inner() else { continue };
            let Some(ty) = self.column(known, base, &name.value, name.span) else { continue };
            if !may_compare(&ty, &given) {
                self.wrong(value.span, format!("column `{}` holds {ty}, not {given}", name.value));
            }
        }
    }
}

/// Whether this is the code of a currency; if not, it is reported.
pub fn expect_currency(code: &str, span: Span, diagnostics: &mut Diagnostics) -> bool {
    let is_code = is_currency(code);
    if !is_code {
        let diagnostic = diagnostics.report(&code::VALUE, span, format!("`{code}` is no currency"));
        diagnostic.nearest(&code.to_uppercase(), currency_codes());
        diagnostic.help("ISO 4217 codes are meant: `EUR`, `USD`");
    }
    is_code
}

fn takes(wanted: Subject, given: &Type) -> bool {
    match wanted {
        Subject::Any => !matches!(given, Type::Table(_)),
        Subject::Table => matches!(given, Type::Table(_)),
        Subject::List => matches!(given, Type::List(_)),
        Subject::Text => matches!(given, Type::Text | Type::Color),
        Subject::Number => given.is_number(),
        Subject::Moment => matches!(given, Type::Date | Type::DateTime),
    }
}

/// Why the items of a column do not suit a filter.
fn item_misfit(function: &Function, subject: &Type) -> Option<String> {
    let Type::List(item) = subject.inner() else { return None };
    let is_number = item.is_number() || matches!(item.inner(), Type::Any | Type::Bool);
    let is_moment = matches!(item.inner(), Type::Date | Type::DateTime);
    let fits = match function.name {
        name if OF_NUMBERS.contains(&name) => is_number,
        "delta" => is_number || is_moment,
        _ => true,
    };
    (!fits).then(|| format!("`{}` takes a column of numbers, not of {item}", function.name))
}

/// The type of `subject | default(other)`.
fn or_default(subject: &Type, other: &Type) -> Type {
    let joined = subject.inner().join(other.inner());
    if other.is_nullable() { joined.nullable() } else { joined }
}

fn returned(returns: Returns, subject: &Type) -> Type {
    let item = match subject.inner() {
        Type::List(item) => (**item).clone(),
        _ => Type::Any,
    };
    match returns {
        Returns::Bool => Type::Bool,
        Returns::Int => Type::Int,
        Returns::Float => Type::Float,
        Returns::FloatOrNull => Type::Float.nullable(),
        Returns::Text => Type::Text,
        Returns::Sum if *item.inner() == Type::Bool => Type::Int,
        Returns::Sum => item.inner().clone(),
        Returns::ItemOrNull => item.nullable(),
        Returns::Difference => match item.inner() {
            Type::Date | Type::Bool => Type::Int.nullable(),
            Type::DateTime => Type::Float.nullable(),
            _ => item.nullable(),
        },
        Returns::Subject | Returns::SubjectOrArgument => subject.inner().clone(),
        Returns::Items => Type::List(Box::new(item)),
        Returns::ListOfText => Type::List(Box::new(Type::Text)),
        Returns::ListOfInt => Type::List(Box::new(Type::Int)),
        Returns::Period | Returns::Identifier => Type::Any,
    }
}
