//! The types within templates.

use super::{Scope, Shape, Typer};
use crate::diagnostic::Diagnostics;
use crate::expr::{Expr, Part, Template};
use crate::value::Type;

impl<R> Template<R> {
    /// Checks a text template: every part of it must work, and give something that can be written.
    pub fn check(&self, scope: &dyn Scope<R>, diagnostics: &mut Diagnostics) {
        Typer { scope, diagnostics, locals: Vec::new() }.parts(&self.parts, Place::Text);
    }

    /// Checks an SQL template: every part of it must work, and give something that can be bound.
    pub fn check_sql(&self, scope: &dyn Scope<R>, diagnostics: &mut Diagnostics) {
        Typer { scope, diagnostics, locals: Vec::new() }.parts(&self.parts, Place::Sql);
    }
}

/// Where a template lands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Text,
    Sql,
}

impl<R> Typer<'_, R> {
    fn parts(&mut self, parts: &[Part<R>], place: Place) {
        for part in parts {
            match part {
                Part::Text(_) => {}
                Part::Emit(expr, _) => self.emit(expr, place),
                Part::If { test, then, otherwise } => {
                    self.shape(test);
                    self.parts(then, place);
                    self.parts(otherwise, place);
                }
                Part::For { target, items, condition, body, otherwise } => {
                    let turn = self.turn(items);
                    let outside = self.locals.len();
                    self.locals.push((target.clone(), turn));
                    self.locals.push(("loop".into(), Shape::Loop));
                    if let Some(condition) = condition {
                        self.shape(condition);
                    }
                    self.parts(body, place);
                    self.locals.truncate(outside);
                    self.parts(otherwise, place);
                }
                Part::Set { name, value } => {
                    let shape = self.shape(value);
                    self.locals.push((name.clone(), shape));
                }
                Part::Optional(inner) => {
                    let outside = self.locals.len();
                    self.parts(inner, place);
                    self.locals.truncate(outside);
                }
            }
        }
    }

    /// What each turn of a `for` sees.
    fn turn(&mut self, items: &Expr<R>) -> Shape {
        let Shape::Value(ty) = self.shape(items) else { return Shape::Value(Type::Any) };
        match ty.inner() {
            Type::Table(columns) => Shape::Row { columns: columns.clone(), is_certain: true },
            Type::List(item) => Shape::Value((**item).clone()),
            Type::Any => Shape::Value(Type::Any),
            _ => {
                self.wrong(items.span, format!("a `for` goes over a list or a table, not {ty}"));
                Shape::Value(Type::Any)
            }
        }
    }

    fn emit(&mut self, expr: &Expr<R>, place: Place) {
        let word = match (self.shape(expr), place) {
            (Shape::Value(ty @ Type::Table(_)), _) => ty.to_string(),
            (Shape::Value(ty), Place::Sql) if matches!(ty.inner(), Type::Range(_)) => ty.to_string(),
            (Shape::Value(_), _) | (Shape::Identifier, Place::Sql) => return,
            (Shape::Identifier, Place::Text) => {
                self.wrong(expr.span, "`identifier` has no place outside SQL");
                return;
            }
            (Shape::Row { .. }, _) => "a row".to_owned(),
            (Shape::Map, _) => "a map".to_owned(),
            (Shape::Period { .. }, _) => "a span of time".to_owned(),
            (Shape::Loop, _) => "`loop`".to_owned(),
        };
        let diagnostic = match place {
            Place::Text => self.wrong(expr.span, format!("cannot write {word} as text")),
            Place::Sql => self.wrong(expr.span, format!("cannot bind {word} in SQL")),
        };
        match &*word {
            "table" => diagnostic.help("name a cell, as in `sales[0].amount`, or compute one value: `sales | length`"),
            "a row" => diagnostic.help("name one of its columns"),
            word if word.starts_with("range") => diagnostic.help("bind its ends, `[0]` and `[1]`"),
            _ => diagnostic,
        };
    }
}
