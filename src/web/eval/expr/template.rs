//! Templates: to text, and to a query with its values bound.

use appspec_data::{BoundQuery, ESCAPE, Piece, Row, Value};
use appspec_lang::check::program::Ref;
use appspec_lang::expr::{Expr, ExprKind, Part, Template};
use appspec_lang::source::SourceText;
use appspec_lang::value::Scalar;

use super::EvalError;
use super::machine::{MAX_OUTPUT, Machine};
use super::operand::Operand;
use super::operator::too_long;
use super::text::is_escaped;

/// What a template gives, piece by piece.
enum Output<'t> {
    Text(&'t SourceText),
    Value(&'t Expr<Ref>, Operand),
}

/// A template as text. `escape` gets what stands before a value, and makes the value fit for where it lands.
pub(super) fn render(
    mut machine: Machine<'_>,
    template: &Template<Ref>,
    escape: impl Fn(&str, &str) -> String,
) -> Result<String, EvalError> {
    let mut outputs = Vec::new();
    machine.parts(&template.parts, &mut outputs)?;
    let mut text = String::new();
    for output in outputs {
        match output {
            Output::Text(source) => text.push_str(&source.text),
            Output::Value(_, operand) => {
                let value = escape(&text, &operand.into_text()?);
                text.push_str(&value);
            }
        }
        if text.len() > MAX_OUTPUT {
            return Err(too_long());
        }
    }
    Ok(text)
}

pub(super) fn bind(mut machine: Machine<'_>, template: &Template<Ref>) -> Result<BoundQuery, EvalError> {
    let mut outputs = Vec::new();
    machine.parts(&template.parts, &mut outputs)?;
    let mut pieces = Vec::new();
    let mut length = 0;
    for output in outputs {
        match output {
            Output::Text(source) => {
                length += source.text.len();
                push_sql(&mut pieces, &source.text);
            }
            Output::Value(expr, operand) => {
                length += 1;
                push_value(&mut pieces, expr, operand)?;
            }
        }
        if length > MAX_OUTPUT {
            return Err(too_long());
        }
    }
    Ok(BoundQuery { pieces })
}

fn push_sql(pieces: &mut Vec<Piece>, text: &str) {
    match pieces.last_mut() {
        Some(Piece::Sql(sql)) => sql.push_str(text),
        _ => pieces.push(Piece::Sql(text.to_owned())),
    }
}

fn push_value(pieces: &mut Vec<Piece>, expr: &Expr<Ref>, operand: Operand) -> Result<(), EvalError> {
    if let Operand::Identifier(name) = operand {
        pieces.push(Piece::Identifier(name.to_string()));
        return Ok(());
    }
    match operand.into_scalar()? {
        Scalar::List(items) => pieces.push(Piece::List(items.to_vec())),
        Scalar::Range(_) => return Err(EvalError::new("a range cannot be bound in SQL: bind its ends")),
        scalar => {
            let is_escaped = is_pattern(expr) && scalar.as_text().is_some_and(is_escaped);
            pieces.push(Piece::Param(scalar));
            if is_escaped {
                push_sql(pieces, &format!(" escape '{ESCAPE}'"));
            }
        }
    }
    Ok(())
}

fn is_pattern(expr: &Expr<Ref>) -> bool {
    matches!(&expr.kind, ExprKind::Filter { function, .. } if function.name == "contains")
}

impl Machine<'_> {
    fn parts<'t>(&mut self, parts: &'t [Part<Ref>], to: &mut Vec<Output<'t>>) -> Result<(), EvalError> {
        for part in parts {
            self.step(1)?;
            match part {
                Part::Text(text) => to.push(Output::Text(text)),
                Part::Emit(expr, _) => to.push(Output::Value(expr, self.operand(expr)?)),
                Part::If { test, then, otherwise } => {
                    let branch = if self.operand(test)?.is_true() { then } else { otherwise };
                    self.parts(branch, to)?;
                }
                Part::For { .. } => self.turns(part, to)?,
                Part::Set { name, value } => {
                    let operand = self.operand(value)?;
                    self.locals.push((name.clone(), operand));
                }
                Part::Optional(inner) => {
                    let mut optional = Vec::new();
                    let outside = self.locals.len();
                    self.parts(inner, &mut optional)?;
                    self.locals.truncate(outside);
                    if !optional.iter().any(is_absent) {
                        to.append(&mut optional);
                    }
                }
            }
        }
        Ok(())
    }

    fn turns<'t>(&mut self, part: &'t Part<Ref>, to: &mut Vec<Output<'t>>) -> Result<(), EvalError> {
        let Part::For { target, items, condition, body, otherwise } = part else { return Ok(()) };
        let items = self.operand(items)?;
        let mut turns = self.items(items)?;
        let outside = self.locals.len();
        if let Some(condition) = condition {
            let mut kept = Vec::new();
            for item in turns {
                self.locals.push((target.clone(), item.clone()));
                let holds = self.operand(condition)?.is_true();
                self.locals.truncate(outside);
                if holds {
                    kept.push(item);
                }
            }
            turns = kept;
        }
        if turns.is_empty() {
            return self.parts(otherwise, to);
        }
        let length = turns.len();
        for (index, item) in turns.into_iter().enumerate() {
            self.locals.push((target.clone(), item));
            self.locals.push(("loop".into(), Operand::Loop { index, length }));
            self.parts(body, to)?;
            self.locals.truncate(outside);
        }
        Ok(())
    }

    /// What a `for` goes over; each item is a step.
    fn items(&mut self, of: Operand) -> Result<Vec<Operand>, EvalError> {
        match of {
            Operand::Value(Value::Table(table)) => {
                self.step(table.rows())?;
                let rows = (0..table.rows()).map(|index| Row { table: table.clone(), index });
                Ok(rows.map(|row| Operand::Value(Value::Row(row))).collect())
            }
            Operand::Value(Value::Column(column)) => {
                self.step(column.len())?;
                Ok(column.iter().map(Into::into).collect())
            }
            Operand::Value(Value::Scalar(Scalar::List(items))) => {
                self.step(items.len())?;
                Ok(items.iter().cloned().map(Into::into).collect())
            }
            of if of.is_null() => Ok(Vec::new()),
            other => Err(EvalError::new(format!("a `for` goes over a list or a table, not {}", other.word()))),
        }
    }
}

/// Whether a value makes the optional part around it drop out.
fn is_absent(output: &Output<'_>) -> bool {
    match output {
        Output::Value(_, Operand::Value(Value::Scalar(scalar))) => match scalar {
            Scalar::Null => true,
            Scalar::Text(text) => text.is_empty(),
            Scalar::List(items) => items.is_empty(),
            _ => false,
        },
        Output::Value(_, Operand::Value(Value::Column(column))) => column.is_empty(),
        _ => false,
    }
}
