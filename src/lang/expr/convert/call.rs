//! Calls: the function, filter or test that a name means, and its arguments in the order of its parameters.

use std::ops::Range;
use std::sync::Arc;

use minijinja::machinery::ast::{self, CallArg};

use super::super::functions::{self, Function, Kind};
use super::super::parse::range;
use super::super::scan::Fault;
use super::super::{Expr, ExprKind, Name};
use super::Converter;
use crate::diagnostic::code;
use crate::source::Spanned;
use crate::value::Scalar;

/// The arguments of a call, as written.
#[derive(Default)]
struct Written {
    plain: Vec<Expr>,
    named: Vec<(Spanned<Arc<str>>, Range<usize>, Expr)>,
}

impl Converter<'_> {
    pub(super) fn filter(&mut self, filter: &ast::Spanned<ast::Filter<'_>>) -> Option<Expr> {
        let start = range(filter.span()).start;
        let at = start..start + filter.name.len();
        let base = filter.expr.as_ref().and_then(|base| self.boxed(base));
        let function = self.find(Kind::Filter, filter.name, at.clone());
        let written = self.written(&filter.args);
        let (base, function, written) = (base?, function?, written?);
        let span = self.around(&base, filter.span());
        let name = self.source.span_of(at.clone());
        let (args, columns) = if function.takes_columns() {
            (Vec::new(), self.columns(function, written, at)?)
        } else {
            (self.ordered(function, written, at)?, Vec::new())
        };
        let args = if function.reads_now() {
            let now = Expr { kind: ExprKind::Ref(Name::Now), span: name };
            args.into_iter().chain([now]).collect()
        } else {
            args
        };
        Some(Expr { kind: ExprKind::Filter { function, name, base, args, columns }, span })
    }

    pub(super) fn test(&mut self, test: &ast::Spanned<ast::Test<'_>>) -> Option<Expr> {
        let start = range(test.span()).start;
        let at = start..start + test.name.len();
        let base = self.boxed(&test.expr);
        let function = self.find(Kind::Test, test.name, at.clone());
        let written = self.written(&test.args);
        let (base, function, written) = (base?, function?, written?);
        let span = self.around(&base, test.span());
        let name = self.source.span_of(at.clone());
        let args = self.ordered(function, written, at)?;
        Some(Expr { kind: ExprKind::Test { function, name, base, args }, span })
    }

    pub(super) fn call(&mut self, call: &ast::Spanned<ast::Call<'_>>) -> Option<Expr> {
        let whole = range(call.span());
        let ast::Expr::Var(var) = &call.expr else { return self.method(call) };
        let at = range(var.span());
        let span = self.source.span_of(at.start..whole.end);
        let reference = match var.id {
            "now" => Some(Name::Now),
            "today" => Some(Name::Today),
            _ => None,
        };
        if let Some(name) = reference {
            if !call.args.is_empty() {
                return self.refuse(Fault::new(at, format!("`{}()` takes no argument", var.id)));
            }
            return Some(Expr { kind: ExprKind::Ref(name), span });
        }
        let function = self.find(Kind::Function, var.id, at.clone());
        let written = self.written(&call.args);
        let (function, written) = (function?, written?);
        let args = self.ordered(function, written, at.clone())?;
        Some(Expr { kind: ExprKind::Call { function, name: self.source.span_of(at), args }, span })
    }

    /// `base.name(…)`: values have no methods.
    fn method(&mut self, call: &ast::Spanned<ast::Call<'_>>) -> Option<Expr> {
        let whole = range(call.span());
        let fault = match &call.expr {
            ast::Expr::GetAttr(attr) => {
                let end = range(attr.span()).end;
                let at = end.saturating_sub(attr.name.len())..end;
                let value = self.source.text.get(..at.start).and_then(|before| before.strip_suffix('.'));
                let value = value.map_or("…", last_path);
                let fault = Fault::new(at, format!("`{}` is called like a method", attr.name));
                match functions::meant(attr.name, Kind::Filter) {
                    Some((Kind::Filter, here)) => fault.help(format!("values have filters: `{value} | {here}`")),
                    Some((_, here)) => fault.help(format!("`{here}` is a function: write `{here}(…)`")),
                    None => fault.help("values have filters, and no methods"),
                }
            }
            other => Fault::new(range(other.span()).start..whole.end, "this is no function"),
        };
        self.refuse(fault)
    }

    fn find(&mut self, kind: Kind, name: &str, at: Range<usize>) -> Option<&'static Function> {
        let found = functions::find(kind, name);
        if found.is_none() {
            self.failed = true;
            let span = self.source.span_of(at.clone());
            let message = format!("unknown {} `{name}`", kind.word());
            let diagnostic = self.diagnostics.report(&code::UNKNOWN_FUNCTION, span, message);
            match functions::meant(name, kind) {
                Some((meant, here)) if meant == kind => {
                    diagnostic.fix(format!("did you mean `{here}`?"), span, here);
                }
                Some((Kind::Filter, here)) => {
                    let what = if here == name { format!("`{name}` is a filter: ") } else { String::new() };
                    let call = self.source.text.get(at.end..).and_then(only_argument);
                    let value = call.unwrap_or("value");
                    diagnostic.help(format!("{what}write `{value} | {here}`"));
                    if call.is_some() {
                        let whole = self.source.span_of(at.start..at.end + value.len() + 2);
                        diagnostic.suggest(format!("write `{value} | {here}`"), whole, format!("{value} | {here}"));
                    }
                }
                Some((_, here)) => {
                    diagnostic.help(format!("`{here}` is a function: write `{here}(…)`"));
                }
                None => {
                    let more: &[&str] = if kind == Kind::Function { &["now", "today"] } else { &[] };
                    diagnostic.nearest(name, functions::names(kind).chain(more.iter().copied()));
                }
            }
        }
        found
    }

    fn written(&mut self, args: &[CallArg<'_>]) -> Option<Written> {
        let mut written = Written::default();
        let mut complete = true;
        for arg in args {
            match arg {
                CallArg::Pos(value) => match self.expr(value) {
                    Some(value) => written.plain.push(value),
                    None => complete = false,
                },
                CallArg::Kwarg(name, value) => {
                    let at = self.keyword_before(name, range(value.span()).start);
                    match self.expr(value) {
                        Some(value) => {
                            let name = Spanned::new(Arc::from(*name), self.source.span_of(at.clone()));
                            written.named.push((name, at, value));
                        }
                        None => complete = false,
                    }
                }
                CallArg::PosSplat(value) | CallArg::KwargSplat(value) => {
                    self.fault(Fault::new(range(value.span()), "arguments cannot be spread with `*`"));
                    complete = false;
                }
            }
        }
        complete.then_some(written)
    }

    /// Where the name of an argument stands, which the parser does not say: before its value.
    fn keyword_before(&self, name: &str, value: usize) -> Range<usize> {
        let before = self.source.text.get(..value).unwrap_or_default();
        let start = before.rfind(name).unwrap_or(value);
        start..(start + name.len()).min(self.source.text.len())
    }

    /// The arguments in the order of the parameters.
    fn ordered(&mut self, function: &'static Function, written: Written, at: Range<usize>) -> Option<Vec<Expr>> {
        let name = function.name;
        let most = function.params.len();
        if let Some(extra) = written.plain.get(most) {
            let message = match most {
                0 => format!("`{name}` takes no argument"),
                1 => format!("`{name}` takes one argument"),
                _ => format!("`{name}` takes at most {most} arguments"),
            };
            self.failed = true;
            self.diagnostics.report(&code::EXPRESSION, extra.span, message);
            return None;
        }
        let mut slots: Vec<Option<Expr>> = written.plain.into_iter().map(Some).collect();
        slots.resize_with(most, || None);
        for (key, place, value) in written.named {
            let slot = function.params.iter().position(|param| *param.name == *key.value);
            match slot.and_then(|slot| slots.get_mut(slot)) {
                Some(slot @ None) => *slot = Some(value),
                Some(Some(_)) => {
                    return self.refuse(Fault::new(place, format!("`{}` of `{name}` is given twice", key.value)));
                }
                None => return self.unknown_argument(function, &key),
            }
        }
        let missing = function.params.iter().zip(&slots).find(|(param, slot)| param.required && slot.is_none());
        if let Some((param, _)) = missing {
            return self.refuse(
                Fault::new(at, format!("`{name}` needs the argument `{}`", param.name))
                    .help(format!("for example `{}`", function.example.0)),
            );
        }
        while slots.last().is_some_and(Option::is_none) {
            slots.pop();
        }
        let span = self.source.span_of(at);
        let left_out = || Expr { kind: ExprKind::Const(Scalar::Null), span };
        Some(slots.into_iter().map(|slot| slot.unwrap_or_else(left_out)).collect())
    }

    fn unknown_argument<T>(&mut self, function: &Function, key: &Spanned<Arc<str>>) -> Option<T> {
        self.failed = true;
        let message = format!("`{}` has no argument `{}`", function.name, key.value);
        let diagnostic = self.diagnostics.report(&code::EXPRESSION, key.span, message);
        diagnostic.nearest(&key.value, function.params.iter().map(|param| param.name));
        None
    }

    fn columns(
        &mut self,
        function: &Function,
        written: Written,
        at: Range<usize>,
    ) -> Option<Vec<(Spanned<Arc<str>>, Expr)>> {
        let example = format!("for example `{}`", function.example.0);
        if let Some(plain) = written.plain.first() {
            self.failed = true;
            let message = format!("`{}` takes columns by name", function.name);
            self.diagnostics.report(&code::EXPRESSION, plain.span, message).help(example);
            return None;
        }
        if written.named.is_empty() {
            return self.refuse(Fault::new(at, format!("`{}` names no column", function.name)).help(example));
        }
        Some(written.named.into_iter().map(|(name, _, value)| (name, value)).collect())
    }
}

/// The argument of a call whose bracket the text begins with, if it is a single one without signs in it: `(sales.sold)`.
fn only_argument(text: &str) -> Option<&str> {
    let (argument, _) = text.strip_prefix('(')?.split_once(')')?;
    let is_path = !argument.is_empty() && last_path(argument) == argument;
    is_path.then_some(argument)
}

/// The names, fields and indices that a text ends with: `sales[0].sold`.
fn last_path(text: &str) -> &str {
    let is_part = |char: char| char.is_alphanumeric() || matches!(char, '_' | '.' | '[' | ']');
    let start = text.trim_end_matches(is_part).len();
    text.get(start..).filter(|path| !path.is_empty()).unwrap_or("…")
}
