//! Text templates: text with `{{ expressions }}`.

use std::ops::Range;

use minijinja::machinery::ast::{self, Stmt};

use super::convert::Converter;
use super::parse::{parse_parts, range, reject};
use super::scan::{self, Fault};
use super::{Part, Template};
use crate::diagnostic::{Diagnostics, code};
use crate::source::SourceText;

/// Reads a text template; what is wrong with it is reported at its own byte.
pub fn parse_text(source: &SourceText, diagnostics: &mut Diagnostics) -> Option<Template> {
    let tags = scan::tags(&source.text).and_then(|tags| {
        scan::check_nesting(&source.text, &tags)?;
        Ok(tags)
    });
    match tags {
        Ok(tags) => {
            if let Some(fault) = scan::closes_nothing(&source.text, &tags) {
                return reject(fault, &code::EXPRESSION, source, diagnostics);
            }
            if tags.is_empty() {
                return Some(Template { parts: vec![Part::Text(source.clone())], span: source.span });
            }
            let parts = Converter::new(source, diagnostics).template()?;
            Some(Template { parts, span: source.span })
        }
        Err(fault) => reject(fault, &code::EXPRESSION, source, diagnostics),
    }
}

impl Converter<'_> {
    /// The parts of the whole source; none if something in it was reported.
    pub(super) fn template(mut self) -> Option<Vec<Part>> {
        let source = self.source.clone();
        let parts = parse_parts(&source, &mut self)?;
        (!self.failed).then_some(parts)
    }

    /// Converts statements; goes on after a mistake.
    pub(super) fn parts(&mut self, statements: &[Stmt<'_>]) -> Option<Vec<Part>> {
        let parts: Vec<_> = statements.iter().map(|statement| self.part(statement)).collect();
        parts.into_iter().collect()
    }

    fn part(&mut self, statement: &Stmt<'_>) -> Option<Part> {
        match statement {
            Stmt::EmitRaw(raw) => Some(Part::Text(self.text(raw.raw))),
            Stmt::EmitExpr(emit) => match self.optional_at(range(emit.span()).start) {
                Some(optional) => self.optional(&optional),
                None => Some(Part::Emit(self.expr(&emit.expr)?, self.tag(range(emit.span())))),
            },
            Stmt::IfCond(cond) => {
                let test = self.expr(&cond.expr);
                let then = self.parts(&cond.true_body);
                let otherwise = self.parts(&cond.false_body);
                Some(Part::If { test: test?, then: then?, otherwise: otherwise? })
            }
            Stmt::ForLoop(turn) => self.turns(turn),
            Stmt::Set(set) => {
                let value = self.expr(&set.expr);
                let name = self.target(&set.target)?;
                self.bind(name.clone());
                Some(Part::Set { name, value: value? })
            }
            _ => self.refuse(Fault::new(0..0, "this statement is not part of templates")),
        }
    }

    fn turns(&mut self, turn: &ast::ForLoop<'_>) -> Option<Part> {
        let items = self.expr(&turn.iter);
        if turn.recursive {
            let at = range(turn.iter.span());
            return self.refuse(Fault::new(at, "a `for` cannot be `recursive`"));
        }
        let target = self.target(&turn.target)?;
        self.enter([target.clone(), "loop".into()]);
        let condition = turn.filter_expr.as_ref().map(|test| self.expr(test));
        let body = self.parts(&turn.body);
        self.leave();
        let otherwise = self.parts(&turn.else_body);
        let condition = match condition {
            Some(test) => Some(test?),
            None => None,
        };
        Some(Part::For { target, items: items?, condition, body: body?, otherwise: otherwise? })
    }

    fn target(&mut self, target: &ast::Expr<'_>) -> Option<std::sync::Arc<str>> {
        let at = range(target.span());
        match target {
            ast::Expr::Var(var) if super::convert::NAMESPACES.contains(&var.id) => {
                self.refuse(Fault::new(at, format!("`{}` is reserved", var.id)))
            }
            ast::Expr::Var(var) => Some(var.id.into()),
            ast::Expr::List(_) => {
                self.refuse(Fault::new(at, "several names cannot be bound at once").help("bind one name"))
            }
            _ => self.refuse(Fault::new(at, "only a plain name can be bound")),
        }
    }

    /// The whole tag that begins with this range: the parser ends it with the expression.
    fn tag(&self, begun: Range<usize>) -> SourceText {
        let closing = self.source.text.get(begun.end..).and_then(|rest| rest.find("}}"));
        self.source.slice(begun.start..begun.end + closing.map_or(0, |closing| closing + 2))
    }

    /// A piece of the source that the parser gave back.
    fn text(&self, raw: &str) -> SourceText {
        let start = raw.as_ptr().addr().saturating_sub(self.source.text.as_ptr().addr());
        self.source.slice(start..start + raw.len())
    }
}
