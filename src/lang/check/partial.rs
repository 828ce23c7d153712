//! What is handed over to partials, against the types of their parameters.

use std::collections::BTreeSet;

use super::names::Reader;
use super::program::{ComponentId, Ref};
use super::types::{Context, Typed, words};
use crate::diagnostic::{Diagnostics, code};
use crate::source::Span;
use crate::spec::{Argument, Given, Name, ParamType, Prop, Subject};
use crate::value::Type;

/// Checks all that is handed over; gives each `use` that hands over something wrong, with those inside of it: what is
/// made of that is not worth a word.
pub(super) fn check(context: &Context<'_>, diagnostics: &mut Diagnostics) -> BTreeSet<ComponentId> {
    let mut wrong: BTreeSet<ComponentId> = BTreeSet::new();
    for (id, item) in context.outline.iter() {
        let Subject::Partial(name) = &item.spec.subject else { continue };
        if item.partial.is_some_and(|around| wrong.contains(&around)) {
            wrong.insert(id);
            continue;
        }
        let arguments = item.spec.props.iter().find_map(|(_, prop)| match &prop.value {
            Prop::Arguments(arguments) => Some(arguments.as_slice()),
            _ => None,
        });
        let arguments = arguments.unwrap_or_default();
        let checker = Checker { partial: name, arguments, reader: Reader::of(item.shared), context };
        let mut found = Diagnostics::default();
        for argument in arguments {
            checker.check(argument, &mut found);
        }
        if found.has_errors() {
            wrong.insert(id);
        }
        diagnostics.append(found);
    }
    wrong
}

struct Checker<'a> {
    partial: &'a Name,
    arguments: &'a [Argument],
    reader: Reader,
    context: &'a Context<'a>,
}

impl Checker<'_> {
    fn check(&self, argument: &Argument, diagnostics: &mut Diagnostics) {
        let Argument { name, ty, given } = argument;
        match (&given.value, ty) {
            (Given::Text(text), _) => drop(self.context.text(text, self.reader, diagnostics)),
            (Given::Expr(expr), ParamType::Value(wanted)) => {
                let found = self.context.expr(expr, self.reader, diagnostics).ty;
                self.expect(name, wanted, &found, given.span, diagnostics);
            }
            (Given::Column(column), ParamType::Column(Some(table))) => {
                if let Some(typed) = self.table(&table.value)
                    && let Some(table) = self.context.table_of(&typed.expr, &typed.ty)
                {
                    table.named(column, diagnostics);
                }
            }
            (Given::Key(key), ParamType::Key(wanted)) => {
                if let Some(id) = self.context.names.key(key, self.reader, diagnostics) {
                    self.expect(name, wanted, &self.context.types.of(Ref::State(id)), given.span, diagnostics);
                }
            }
            (Given::Query(query), _) => drop(self.context.names.query(query, self.reader, diagnostics)),
            _ => {}
        }
    }

    /// Null is handed over for anything: a partial that shows nothing then is what is wanted.
    fn expect(&self, name: &Name, wanted: &Type, found: &Type, span: Span, diagnostics: &mut Diagnostics) {
        let fits = found.is_unknown()
            || *wanted == Type::Any
            || match (wanted, found.inner()) {
                (Type::Table(_), found) => matches!(found, Type::Table(_)),
                (wanted, found) => wanted.clone().nullable().accepts(found),
            };
        if !fits {
            let message = format!(
                "`{name}` of the partial `{}` is {}, but this is {}",
                self.partial,
                words(wanted),
                words(found)
            );
            diagnostics.report(&code::TYPE, span, message).here(words(found));
        }
    }

    /// What is handed over for the parameter that is a table.
    fn table(&self, name: &Name) -> Option<Typed> {
        let expr = self.arguments.iter().find_map(|argument| match &argument.given.value {
            Given::Expr(expr) if argument.name == *name => Some(expr),
            _ => None,
        })?;
        // What is wrong with it is said with it.
        Some(self.context.expr(expr, self.reader, &mut Diagnostics::default()))
    }
}
