//! minijinja's syntax tree to ours: names get their meaning, calls their function, and everything its span.

mod call;

use std::ops::Range;
use std::sync::Arc;

use minijinja::machinery::{Span as Token, ast};

use super::parse::range;
use super::scan::Fault;
use super::{ArithmeticOp, CompareOp, Expr, ExprKind, Name};
use crate::diagnostic::{Code, Diagnostics, code};
use crate::source::{SourceText, Span, Spanned};
use crate::value::Scalar;

/// Names that something stands behind a dot of.
pub(super) const NAMESPACES: &[&str] = &["state", "values", "params", "user", "app", "page", "row", "result"];

const LOOP_FIELDS: &[&str] = &["index", "index0", "first", "last", "length"];

/// Deeper trees could exhaust the stack of a walk.
const MAX_DEPTH: usize = 200;

/// Converts the tree of one source.
pub(super) struct Converter<'a> {
    pub(super) source: &'a SourceText,
    diagnostics: &'a mut Diagnostics,
    /// Names bound by the statements around, innermost last.
    scope: Vec<Vec<Arc<str>>>,
    /// Where `[[ … ]]` stand, in SQL, and what is in them.
    pub(super) optionals: Vec<(Range<usize>, SourceText)>,
    pub(super) code: &'static Code,
    pub(super) failed: bool,
    depth: usize,
}

type Boxed = Box<Expr>;

/// Something was wrong, and has been reported.
struct Reported;

impl<'a> Converter<'a> {
    pub(super) fn new(source: &'a SourceText, diagnostics: &'a mut Diagnostics) -> Self {
        Self {
            source,
            diagnostics,
            scope: vec![Vec::new()],
            optionals: Vec::new(),
            code: &code::EXPRESSION,
            failed: false,
            depth: 0,
        }
    }

    /// A converter for a part of this one's source, with the names that are bound here.
    pub(super) fn inside<'b>(&'b mut self, source: &'b SourceText) -> Converter<'b> {
        let mut scope = self.scope.clone();
        scope.push(Vec::new());
        Converter {
            source,
            diagnostics: self.diagnostics,
            scope,
            optionals: Vec::new(),
            code: self.code,
            failed: false,
            depth: self.depth,
        }
    }

    /// Converts an expression that stands alone.
    pub(super) fn whole(mut self, ast: &ast::Expr<'_>) -> Option<Expr> {
        let expr = self.expr(ast)?;
        (!self.failed).then_some(expr)
    }

    pub(super) fn fault(&mut self, fault: Fault) {
        self.failed = true;
        fault.report(self.code, self.source, self.diagnostics);
    }

    pub(super) fn refuse<T>(&mut self, fault: Fault) -> Option<T> {
        self.fault(fault);
        None
    }

    pub(super) fn enter(&mut self, names: impl IntoIterator<Item = Arc<str>>) {
        self.scope.push(names.into_iter().collect());
    }

    pub(super) fn leave(&mut self) {
        self.scope.pop();
    }

    pub(super) fn bind(&mut self, name: Arc<str>) {
        if let Some(names) = self.scope.last_mut() {
            names.push(name);
        }
    }

    fn is_local(&self, name: &str) -> bool {
        self.scope.iter().flatten().any(|bound| &**bound == name)
    }

    fn span(&self, token: Token) -> Span {
        self.source.span_of(range(token))
    }

    /// From the start of an operand to the end of what the parser put around it.
    ///
    /// The parser's own start is often that of a later token.
    fn around(&self, first: &Expr, token: Token) -> Span {
        first.span.to(self.span(token))
    }

    /// Converts an expression, and goes on after a mistake, so that each is reported.
    pub(super) fn expr(&mut self, ast: &ast::Expr<'_>) -> Option<Expr> {
        if self.depth == MAX_DEPTH {
            return self.refuse(Fault::new(range(ast.span()), "the expression is nested too deep"));
        }
        self.depth += 1;
        let expr = self.any(ast);
        self.depth -= 1;
        expr
    }

    fn any(&mut self, ast: &ast::Expr<'_>) -> Option<Expr> {
        match ast {
            ast::Expr::Var(var) => self.name(var.id, var.span()),
            ast::Expr::Const(constant) => self.constant(constant),
            ast::Expr::GetAttr(attr) => self.attr(attr),
            ast::Expr::GetItem(item) => self.item(item),
            ast::Expr::Slice(slice) => self.slice(slice),
            ast::Expr::UnaryOp(unary) => self.unary(unary),
            ast::Expr::BinOp(binary) => self.binary(binary),
            ast::Expr::Compare(compare) => self.compare(compare),
            ast::Expr::IfExpr(choice) => self.choice(choice),
            ast::Expr::Filter(filter) => self.filter(filter),
            ast::Expr::Test(test) => self.test(test),
            ast::Expr::Call(call) => self.call(call),
            ast::Expr::List(list) => self.list(&list.items, list.span()),
            ast::Expr::Tuple(tuple) => self.list(&tuple.items, tuple.span()),
            ast::Expr::Map(map) => {
                let keys: Vec<_> = map.keys.iter().map(|key| self.expr(key)).collect();
                let values: Vec<_> = map.values.iter().map(|value| self.expr(value)).collect();
                let pairs = keys.into_iter().zip(values).map(|(key, value)| Some((key?, value?)));
                Some(Expr { kind: ExprKind::Map(pairs.collect::<Option<_>>()?), span: self.span(map.span()) })
            }
        }
    }

    /// Converts all of a list, also behind a mistake.
    fn all<'e, 's: 'e>(&mut self, items: impl IntoIterator<Item = &'e ast::Expr<'s>>) -> Option<Vec<Expr>> {
        let items: Vec<_> = items.into_iter().map(|item| self.expr(item)).collect();
        items.into_iter().collect()
    }

    fn boxed(&mut self, ast: &ast::Expr<'_>) -> Option<Boxed> {
        self.expr(ast).map(Box::new)
    }

    /// Converts what may be left out.
    fn maybe(&mut self, ast: Option<&ast::Expr<'_>>) -> Result<Option<Boxed>, Reported> {
        ast.map(|ast| self.boxed(ast).ok_or(Reported)).transpose()
    }

    fn list(&mut self, items: &[ast::Expr<'_>], token: Token) -> Option<Expr> {
        Some(Expr { kind: ExprKind::List(self.all(items)?), span: self.span(token) })
    }

    fn name(&mut self, name: &str, token: Token) -> Option<Expr> {
        let span = self.span(token);
        let kind = match name {
            _ if self.is_local(name) && name != "loop" => ExprKind::Local(name.into()),
            "row" => ExprKind::Ref(Name::Row),
            "result" => ExprKind::Ref(Name::Result),
            "loop" if self.is_local(name) => {
                let fault = Fault::new(range(token), "`loop` stands without a field");
                return self.refuse(fault.help(loop_help()));
            }
            _ if NAMESPACES.contains(&name) => {
                let fault = Fault::new(range(token), format!("`{name}` is no value by itself"));
                return self.refuse(fault.help(format!("name one of its keys: `{name}.…`")));
            }
            _ => ExprKind::Ref(Name::Bare(name.into())),
        };
        Some(Expr { kind, span })
    }

    fn constant(&mut self, constant: &ast::Spanned<ast::Const>) -> Option<Expr> {
        let value = &constant.value;
        let scalar = if let Some(text) = value.as_str() {
            Scalar::text(text)
        } else if value.is_none() {
            Scalar::Null
        } else if let (Ok(bool), minijinja::value::ValueKind::Bool) = (bool::try_from(value.clone()), value.kind()) {
            Scalar::Bool(bool)
        } else if value.is_integer() {
            match value.as_i64() {
                Some(int) => Scalar::Int(int),
                None => return self.refuse(Fault::new(range(constant.span()), "this number is too large for an int")),
            }
        } else {
            Scalar::Float(f64::try_from(value.clone()).unwrap_or(f64::NAN))
        };
        Some(Expr { kind: ExprKind::Const(scalar), span: self.span(constant.span()) })
    }

    /// What `NAMESPACE.key` stands for.
    fn namespaced(&self, base: &ast::Expr<'_>, key: &str) -> Option<Name> {
        let ast::Expr::Var(var) = base else { return None };
        let key = Arc::from(key);
        match var.id {
            id if self.is_local(id) => None,
            "state" => Some(Name::State(key)),
            "values" => Some(Name::Value(key)),
            "params" => Some(Name::Param(key)),
            "user" => Some(Name::User(key)),
            "app" => Some(Name::App(key)),
            "page" => Some(Name::Page(key)),
            _ => None,
        }
    }

    fn attr(&mut self, attr: &ast::Spanned<ast::GetAttr<'_>>) -> Option<Expr> {
        let end = range(attr.span()).end;
        let at = end.saturating_sub(attr.name.len())..end;
        if let Some(name) = self.namespaced(&attr.expr, attr.name) {
            let span = self.source.span_of(range(attr.expr.span()).start..end);
            return Some(Expr { kind: ExprKind::Ref(name), span });
        }
        if let ast::Expr::Var(var) = &attr.expr
            && var.id == "loop"
            && self.is_local("loop")
        {
            if !LOOP_FIELDS.contains(&attr.name) {
                let fault = Fault::new(at, format!("`loop` has no field `{}`", attr.name));
                return self.refuse(fault.help(loop_help()));
            }
            let base = Box::new(Expr { kind: ExprKind::Local("loop".into()), span: self.span(var.span()) });
            let span = self.around(&base, attr.span());
            let name = Spanned::new(attr.name.into(), self.source.span_of(at));
            return Some(Expr { kind: ExprKind::Attr { base, name }, span });
        }
        let base = self.boxed(&attr.expr)?;
        let span = self.around(&base, attr.span());
        let name = Spanned::new(attr.name.into(), self.source.span_of(at));
        Some(Expr { kind: ExprKind::Attr { base, name }, span })
    }

    fn item(&mut self, item: &ast::Spanned<ast::GetItem<'_>>) -> Option<Expr> {
        if let ast::Expr::Const(key) = &item.subscript_expr
            && let Some(name) = key.value.as_str().and_then(|key| self.namespaced(&item.expr, key))
        {
            let start = range(item.expr.span()).start;
            let span = self.source.span_of(start..range(item.span()).end);
            return Some(Expr { kind: ExprKind::Ref(name), span });
        }
        if let ast::Expr::Var(var) = &item.expr
            && self.namespaced(&item.expr, "").is_some()
        {
            let fault = Fault::new(range(item.subscript_expr.span()), format!("a key of `{}` is computed", var.id));
            return self.refuse(fault.help(format!("name the key, as in `{}.region`", var.id)));
        }
        let base = self.boxed(&item.expr);
        let index = self.boxed(&item.subscript_expr);
        let base = base?;
        let span = self.around(&base, item.span());
        Some(Expr { kind: ExprKind::Item { base, index: index? }, span })
    }

    fn slice(&mut self, slice: &ast::Spanned<ast::Slice<'_>>) -> Option<Expr> {
        let base = self.boxed(&slice.expr);
        let start = self.maybe(slice.start.as_ref());
        let stop = self.maybe(slice.stop.as_ref());
        if let Some(step) = &slice.step {
            return self.refuse(Fault::new(range(step.span()), "a slice has no step"));
        }
        let base = base?;
        let span = self.around(&base, slice.span());
        Some(Expr { kind: ExprKind::Slice { base, start: start.ok()?, stop: stop.ok()? }, span })
    }

    fn unary(&mut self, unary: &ast::Spanned<ast::UnaryOp<'_>>) -> Option<Expr> {
        let inner = self.boxed(&unary.expr)?;
        let own = self.span(unary.span());
        match unary.op {
            ast::UnaryOpKind::Neg => Some(Expr { kind: ExprKind::Negate(inner), span: own }),
            ast::UnaryOpKind::Not => {
                // `a not in b` and `a is not b` come as `not (…)`; their own start is that of a neighbour.
                let start = range(unary.span()).start;
                let is_prefix = self.source.text.get(start..).is_some_and(|text| text.starts_with("not"))
                    && own.start < inner.span.start;
                let span = if is_prefix { own } else { inner.span };
                Some(Expr { kind: negated(*inner, is_prefix), span })
            }
        }
    }

    fn binary(&mut self, binary: &ast::Spanned<ast::BinOp<'_>>) -> Option<Expr> {
        use ast::BinOpKind as Op;
        let left = self.boxed(&binary.left);
        let right = self.boxed(&binary.right);
        let (left, right) = (left?, right?);
        let span = left.span.to(right.span).to(self.span(binary.span()));
        let arithmetic = |op, left, right| ExprKind::Arithmetic { op, left, right };
        let compare = |op, first, right: Boxed| ExprKind::Compare { first, rest: vec![(op, *right)] };
        let kind = match binary.op {
            Op::ScAnd => ExprKind::And(left, right),
            Op::ScOr => ExprKind::Or(left, right),
            Op::Add => arithmetic(ArithmeticOp::Add, left, right),
            Op::Sub => arithmetic(ArithmeticOp::Subtract, left, right),
            Op::Mul => arithmetic(ArithmeticOp::Multiply, left, right),
            Op::Div => arithmetic(ArithmeticOp::Divide, left, right),
            Op::FloorDiv => arithmetic(ArithmeticOp::FloorDivide, left, right),
            Op::Rem => arithmetic(ArithmeticOp::Remainder, left, right),
            Op::Pow => arithmetic(ArithmeticOp::Power, left, right),
            Op::Concat => arithmetic(ArithmeticOp::Concat, left, right),
            Op::Eq => compare(CompareOp::Equal, left, right),
            Op::Ne => compare(CompareOp::NotEqual, left, right),
            Op::Lt => compare(CompareOp::Less, left, right),
            Op::Lte => compare(CompareOp::LessOrEqual, left, right),
            Op::Gt => compare(CompareOp::Greater, left, right),
            Op::Gte => compare(CompareOp::GreaterOrEqual, left, right),
            Op::In => compare(CompareOp::In, left, right),
        };
        Some(Expr { kind, span })
    }

    fn compare(&mut self, compare: &ast::Spanned<ast::Compare<'_>>) -> Option<Expr> {
        use ast::CompareOpKind as Op;
        let first = self.boxed(&compare.expr);
        let rest: Vec<_> = compare
            .ops
            .iter()
            .map(|pair| {
                let op = match pair.op {
                    Op::Eq => CompareOp::Equal,
                    Op::Ne => CompareOp::NotEqual,
                    Op::Lt => CompareOp::Less,
                    Op::Lte => CompareOp::LessOrEqual,
                    Op::Gt => CompareOp::Greater,
                    Op::Gte => CompareOp::GreaterOrEqual,
                    Op::In => CompareOp::In,
                    Op::NotIn => CompareOp::NotIn,
                };
                self.expr(&pair.expr).map(|right| (op, right))
            })
            .collect();
        let first = first?;
        let span = self.around(&first, compare.span());
        Some(Expr { kind: ExprKind::Compare { first, rest: rest.into_iter().collect::<Option<_>>()? }, span })
    }

    fn choice(&mut self, choice: &ast::Spanned<ast::IfExpr<'_>>) -> Option<Expr> {
        let then = self.boxed(&choice.true_expr);
        let test = self.boxed(&choice.test_expr);
        let otherwise = self.maybe(choice.false_expr.as_ref());
        let then = then?;
        let span = self.around(&then, choice.span());
        Some(Expr { kind: ExprKind::If { test: test?, then, otherwise: otherwise.ok()? }, span })
    }
}

/// `not in` as the operator it is written as.
fn negated(inner: Expr, is_prefix: bool) -> ExprKind {
    match inner.kind {
        ExprKind::Compare { first, mut rest } if !is_prefix && rest.len() == 1 => {
            if let Some((op @ CompareOp::In, _)) = rest.first_mut() {
                *op = CompareOp::NotIn;
                return ExprKind::Compare { first, rest };
            }
            ExprKind::Not(Box::new(Expr { kind: ExprKind::Compare { first, rest }, span: inner.span }))
        }
        kind => ExprKind::Not(Box::new(Expr { kind, span: inner.span })),
    }
}

fn loop_help() -> String {
    let fields: Vec<_> = LOOP_FIELDS.iter().map(|field| format!("`loop.{field}`")).collect();
    format!("there are {}", fields.join(", "))
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Diagnostics;
    use crate::expr::{Expr, parse_expression, parse_text};
    use crate::source::{FileId, SourceText, Span};

    fn source(text: &str) -> SourceText {
        SourceText::verbatim(text, Span::new(FileId(0), 0, u32::try_from(text.len()).unwrap()))
    }

    fn read(text: &str) -> Result<Expr, Vec<(String, String)>> {
        let mut diagnostics = Diagnostics::default();
        let expr = parse_expression(&source(text), &mut diagnostics);
        assert_eq!(expr.is_none(), diagnostics.has_errors(), "{text}");
        expr.ok_or_else(|| reports(text, diagnostics))
    }

    /// Messages, and the text that each points at.
    fn reports(text: &str, diagnostics: Diagnostics) -> Vec<(String, String)> {
        let all = diagnostics.sorted().into_iter();
        all.map(|d| (d.message, text[d.primary.span.start as usize..d.primary.span.end as usize].to_owned())).collect()
    }

    #[test]
    fn names_keep_their_place() {
        let text = "state['a'].b.c + (orders.amount | sum) if values.x not in [row.y, now()] else user.email";
        let refs = read(text).unwrap().refs();
        let places: Vec<_> = refs.iter().map(|(_, at)| &text[at.start as usize..at.end as usize]).collect();
        assert_eq!(places, ["state['a']", "orders", "values.x", "row", "now()", "user.email"]);
    }

    #[test]
    fn an_expression_spans_its_operands() {
        let whole = [
            "a.b.c.d",
            "a.b[0].c",
            "a | first | round(2)",
            "a.b not in c.d",
            "not a.b",
            "a is not none",
            "a < b <= c",
            "x if y else z",
            "-a.b",
            "[a, b]",
            "a.b + c.d",
            "days(7)",
        ];
        for text in whole {
            for (before, after) in [("", ""), ("1 + [", "]"), ("z and [", "][0]")] {
                let expr = format!("{before}{text}{after}");
                let spans = spans_of(&read(&expr).unwrap());
                let wanted = (before.len(), before.len() + text.len());
                assert!(spans.contains(&wanted), "{expr}: {spans:?}");
            }
        }
    }

    fn spans_of(expr: &Expr) -> Vec<(usize, usize)> {
        use crate::expr::ExprKind::{And, Arithmetic, Item, List};
        let mut spans = vec![(expr.span.start as usize, expr.span.end as usize)];
        match &expr.kind {
            And(_, inner) | Arithmetic { right: inner, .. } | Item { base: inner, .. } => spans.extend(spans_of(inner)),
            List(items) => items.iter().for_each(|item| spans.extend(spans_of(item))),
            _ => {}
        }
        spans
    }

    #[test]
    fn mistakes_in_expressions() {
        let cases = [
            ("", "the expression is empty", ""),
            ("{{ state.a }}", "`{{ }}` stands around an expression", "{{ state.a }}"),
            ("state.a +", "the expression ends after `+`, where a value is missing", "+"),
            ("state.a = 3", "expected an operator or the end, found `=`", "="),
            ("state.a && b", "`&` is not part of expressions", "&"),
            ("state.a – 1", "`–` is not part of expressions", "–"),
            ("(state.a", "`(` is not closed", "("),
            ("state.a)", "`)` closes nothing", ")"),
            ("'a", "text that begins with `'` is not closed", "'"),
            ("state", "`state` is no value by itself", "state"),
            ("1 + values", "`values` is no value by itself", "values"),
            ("state[x]", "a key of `state` is computed", "x"),
            ("a | uper", "unknown filter `uper`", "uper"),
            ("a is nonne", "unknown test `nonne`", "nonne"),
            ("sum(a)", "unknown function `sum`", "sum"),
            ("a.upper()", "`upper` is called like a method", "upper"),
            ("a | quantile", "`quantile` needs the argument `q`", "quantile"),
            ("a | quantile(0.5, 3)", "`quantile` takes one argument", "3"),
            ("a | round(decimal=2)", "`round` has no argument `decimal`", "decimal"),
            ("a | round(1, decimals=2)", "`decimals` of `round` is given twice", "decimals"),
            ("a | where('x')", "`where` takes columns by name", "'x'"),
            ("a | where", "`where` names no column", "where"),
            ("a | join(*b)", "arguments cannot be spread with `*`", "b"),
            ("a[::2]", "a slice has no step", "2"),
            ("99999999999999999999", "this number is too large for an int", "99999999999999999999"),
            ("now(1)", "`now()` takes no argument", "now"),
        ];
        for (text, message, at) in cases {
            let Err(reports) = read(text) else { panic!("{text} is read") };
            assert_eq!(reports, [(message.to_owned(), at.to_owned())], "{text}");
        }
        assert_eq!(read("state + values | uper").unwrap_err().len(), 3, "each mistake is reported");
        assert!(read(&format!("a{}", " + a".repeat(300))).is_err(), "nested too deep");
        assert!(read(&format!("a{}", " + a".repeat(100))).is_ok());
        for nested in ["-".repeat(5000), "(".repeat(5000), "not ".repeat(2000)] {
            assert!(read(&format!("{nested}a")).is_err(), "{}", &nested[..4]);
        }
    }

    #[test]
    fn mistakes_in_templates() {
        let cases = [
            ("x {{ state.a", "`{{` is not closed by `}}`", "{{"),
            ("x {{ state.a, }}", "expected an operator or `}}`, found `,`", ","),
            ("x {{ }}", "expected a value, found `}}`", "}}"),
            ("{% include 'x' %}", "`include` is not part of templates", "include"),
            ("{% fr x in y %}", "unknown statement `fr`", "fr"),
            ("{% if state.a %}", "`{% if %}` is not closed by `{% endif %}`", "if"),
            ("{% if state.a %}{% endfor %}", "`{% endfor %}` stands where `{% endif %}` is expected", "endfor"),
            ("{% endif %}", "`{% endif %}` stands without `{% if %}`", "endif"),
            ("{% set x %}a{% endset %}", "a `set` without a value is not part of templates", "endset"),
            ("{% for a, b in state.c %}{% endfor %}", "several names cannot be bound at once", "a, b"),
            ("{% for a in state.c recursive %}{% endfor %}", "a `for` cannot be `recursive`", "state.c"),
            ("{% for a in state.c %}{{ loop.cycle }}{% endfor %}", "`loop` has no field `cycle`", "cycle"),
            ("{% set state = 1 %}", "`state` is reserved", "state"),
            ("{% endraw %}", "`{% endraw %}` stands without `{% raw %}`", "endraw"),
            ("{# x", "a comment that begins with `{#` is not closed by `#}`", "{#"),
        ];
        for (text, message, at) in cases {
            let mut diagnostics = Diagnostics::default();
            assert!(parse_text(&source(text), &mut diagnostics).is_none(), "{text}");
            let found = reports(text, diagnostics);
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            assert_eq!((found[0].0.as_str(), found[0].1.as_str()), (message, at), "{text}");
        }
    }

    #[test]
    fn statements_bind_names() {
        let text = "{% for r in orders if r.x %}{{ loop.index }}{{ r.x }}{% set y = r %}{{ y }}{% endfor %}{{ r }}";
        let template = parse_text(&source(text), &mut Diagnostics::default()).unwrap();
        let reads: Vec<_> = template.refs().into_iter().map(|(name, _)| format!("{name:?}")).collect();
        assert_eq!(reads, ["Bare(\"orders\")", "Bare(\"r\")"]);
    }
}
