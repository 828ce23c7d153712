//! Null where nothing is chosen: entries that no user sees, and comparisons that find no row.

use super::names::Names;
use super::program::{Component, Page, Prop, Ref, State, StateId, Subject};
use crate::diagnostic::{Diagnostics, code};
use crate::expr::{Expr, ExprKind, Part, Template};
use crate::value::Type;

/// How the entry begins that stands for everything.
const ALL: &[&str] = &["all", "any", "both", "every", "everything", "everyone", "everybody", "everywhere"];

/// Warns of placeholders of keys that are never null, and of SQL that compares a key whose null stands for everything.
pub(super) fn check(page: &Page, names: &Names<'_>, diagnostics: &mut Diagnostics) {
    let choices = page.components.iter().filter(|component| matches!(component.kind.name, "select" | "radio"));
    for choice in choices {
        let Some((id, key, placeholder)) = shown(choice, page) else { continue };
        if names.is_broken(&key.name) || key.ty.is_unknown() || matches!(key.ty.inner(), Type::List(_)) {
            continue;
        }
        if !key.ty.is_nullable() {
            let message = format!("nothing shows this placeholder: `state.{}` is never null", key.name);
            let help = "declare the key under `state` with `nullable: true`, and there is an entry for no choice";
            diagnostics.report(&code::SUSPICIOUS, placeholder.span, message).help(help);
            continue;
        }
        let first = placeholder.constant().and_then(|text| text.split_whitespace().next().map(str::to_lowercase));
        if first.is_some_and(|first| ALL.contains(&first.as_str())) {
            let templates = page.queries.iter().filter_map(|query| query.source.template());
            templates.for_each(|sql| compared(sql, (id, key, placeholder), diagnostics));
        }
    }
}

/// The key of a choice, and what stands for no choice.
fn shown<'p>(choice: &'p Component, page: &'p Page) -> Option<(StateId, &'p State, &'p Template<Ref>)> {
    let (Subject::State(id), Prop::Text(placeholder)) = (&choice.subject, choice.prop("placeholder")?) else {
        return None;
    };
    Some((*id, page.state.get(id.index())?, placeholder))
}

/// Reports `where column = {{ state.KEY }}`, if nothing else in the SQL looks at the key.
fn compared(
    sql: &Template<Ref>,
    (id, key, placeholder): (StateId, &State, &Template<Ref>),
    diagnostics: &mut Diagnostics,
) {
    let mut uses = 0;
    sql.for_each_ref(&mut |reference, _| uses += usize::from(*reference == Ref::State(id)));
    if uses != 1 {
        return;
    }
    let is_key = |expr: &Expr<Ref>| matches!(expr.kind, ExprKind::Ref(Ref::State(found)) if found == id);
    let pairs = sql.parts.iter().zip(sql.parts.iter().skip(1));
    for (before, part) in pairs {
        let (Part::Text(before), Part::Emit(expr, tag)) = (before, part) else { continue };
        let Some(column) = column_before(&before.text).filter(|_| is_key(expr)) else { continue };
        let (name, tag) = (&key.name, &tag.text);
        let message = format!("`=` finds no row while `state.{name}` is null");
        diagnostics
            .report(&code::SUSPICIOUS, expr.span, message)
            .label(placeholder.span, "null is shown as this")
            .help(format!("leave the condition out then: `where true [[ and {column} = {tag} ]]`"));
    }
}

/// The column that is compared at the end of the text, in a `where`.
fn column_before(text: &str) -> Option<&str> {
    let before = text.trim_end().strip_suffix('=')?.trim_end();
    let is_part = |char: char| char.is_alphanumeric() || matches!(char, '_' | '.' | '"' | '`');
    let start = before.trim_end_matches(is_part).len();
    let (condition, column) = before.split_at_checked(start)?;
    let mut words = condition.rsplit(|char: char| !char.is_alphanumeric() && char != '_');
    let clause = words.find(|word| CLAUSES.iter().any(|clause| clause.eq_ignore_ascii_case(word)))?;
    (!column.is_empty() && clause.eq_ignore_ascii_case("where")).then_some(column)
}

/// What the conditions of a query stand in.
const CLAUSES: &[&str] =
    &["where", "select", "case", "when", "then", "else", "having", "on", "group", "order", "set", "if"];
