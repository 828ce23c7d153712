//! What happens on a click or a change: keys, queries, writes and pages that are named, values that are set.

use super::choice;
use super::condition;
use super::dialog;
use super::link;
use super::names::Reader;
use super::program::{Action, ActionKind, ComponentId, QueryId, Ref};
use super::state::{Keys, expect_key_type};
use super::types::{Context, Typed};
use super::write::{Behind, Local};
use crate::diagnostic::{Diagnostics, code};
use crate::expr::{Expr, ExprKind, Name as Written, Template};
use crate::source::{Span, Spanned};
use crate::spec::{self, Name};
use crate::value::{Columns, Scalar};

/// Checks a list of actions of a component, which may stand in a `use`.
pub(super) fn check(
    actions: &[spec::Action],
    (reader, partial): (Reader, Option<ComponentId>),
    (keys, context): (&Keys<'_>, &Context<'_>),
    diagnostics: &mut Diagnostics,
) -> Vec<Action> {
    let mut list = List { reader, partial, keys, context, local: Local::default(), last: None, result: None };
    actions.iter().map(|action| list.action(action, diagnostics)).collect()
}

/// A list of actions, up to the one that is checked.
struct List<'a> {
    reader: Reader,
    partial: Option<ComponentId>,
    keys: &'a Keys<'a>,
    context: &'a Context<'a>,
    local: Local<'a>,
    /// The write that was run last, if it returns nothing.
    last: Option<&'a spec::Write>,
    /// What the write that was run last returns, where that is known.
    result: Option<Columns>,
}

impl List<'_> {
    fn action(&mut self, action: &spec::Action, diagnostics: &mut Diagnostics) -> Action {
        let when = action.when.as_ref().map(|when| {
            let when = self.expr(when, diagnostics);
            condition::check(&when, "done", diagnostics);
            when.expr
        });
        Action { kind: self.kind(&action.kind, diagnostics), when }
    }

    fn kind(&mut self, kind: &spec::ActionKind, diagnostics: &mut Diagnostics) -> ActionKind {
        let (names, reader) = (self.context.names, self.reader);
        match kind {
            spec::ActionKind::Set(sets) => {
                let mut checked = Vec::new();
                for (key, value) in sets {
                    let typed = self.expr(value, diagnostics);
                    let Some(id) = names.key(key, reader, diagnostics) else { continue };
                    expect_key_type(&typed, value.span, id, "the new value", self.context, diagnostics);
                    if let Some(constant) = typed.expr.constant() {
                        let ty = self.context.types.of(Ref::State(id));
                        let meant = (self.context.named(id), &ty);
                        let set = (&constant, value.span, "the new value");
                        choice::check_set(set, self.keys.key(id), meant, self.context, diagnostics);
                    }
                    checked.push((id, typed.expr));
                }
                ActionKind::Set(checked)
            }
            spec::ActionKind::Open(id) => self.turn(id, true, diagnostics),
            spec::ActionKind::Close(id) => self.turn(id, false, diagnostics),
            spec::ActionKind::Reset(None) => {
                ActionKind::Reset { keys: self.keys.resettable(names, reader), tables: self.tables() }
            }
            spec::ActionKind::Reset(Some(keys)) => {
                let keys = keys.iter().filter_map(|key| names.key(key, reader, diagnostics)).collect();
                ActionKind::Reset { keys, tables: Vec::new() }
            }
            spec::ActionKind::Refresh(None) => ActionKind::Refresh((0..names.queries.len()).map(QueryId::at).collect()),
            spec::ActionKind::Refresh(Some(queries)) => {
                let queries = queries.iter().filter_map(|query| names.query(query, reader, diagnostics));
                ActionKind::Refresh(queries.collect())
            }
            spec::ActionKind::Goto(url) => {
                let url = self.text(url, diagnostics);
                link::check(&url, &self.scope(), self.context.pages, diagnostics);
                ActionKind::Goto(url)
            }
            spec::ActionKind::Toast(text) => ActionKind::Toast(self.text(text, diagnostics)),
            spec::ActionKind::Run { write, with } => self.run(write, with, diagnostics),
        }
    }

    /// The tables that an author can mean by `all`: those of the page, or from `app.yaml` those of the app too.
    fn tables(&self) -> Vec<ComponentId> {
        let all = self.context.outline.iter().filter(|(_, item)| item.spec.kind.name == "table");
        all.filter(|(_, item)| self.reader.is_app || !item.shared).map(|(id, _)| id).collect()
    }

    /// To open and to close is to set the key that says so.
    fn turn(&self, id: &Spanned<String>, open: bool, diagnostics: &mut Diagnostics) -> ActionKind {
        let key = dialog::key_of(id, self.partial, (self.keys, self.context), diagnostics);
        let value = Expr { kind: ExprKind::Const(Scalar::Bool(open)), span: id.span };
        ActionKind::Set(key.map(|key| (key, value)).into_iter().collect())
    }

    fn run(
        &mut self,
        write: &Spanned<Name>,
        with: &[(Spanned<Name>, Expr)],
        diagnostics: &mut Diagnostics,
    ) -> ActionKind {
        let given: Vec<_> =
            with.iter().map(|(name, value)| (name, value.span, self.expr(value, diagnostics))).collect();
        let id = self.context.names.write(write, self.reader, diagnostics);
        self.local.has_result = true;
        self.result = id.and_then(|id| self.context.results.get(id.index()).cloned().flatten());
        self.last =
            id.filter(|id| !self.context.may_return(*id)).and_then(|id| self.context.writes.get(id.index()).copied());
        match id {
            Some(id) => {
                ActionKind::Run { write: id, with: self.context.handed_over((id, write.span), given, diagnostics) }
            }
            None => ActionKind::Refresh(Vec::new()),
        }
    }

    fn expr(&self, expr: &Expr, diagnostics: &mut Diagnostics) -> Typed {
        let resolved = expr.resolve(&mut |name, span| self.resolve(name, span, diagnostics));
        Typed::of(resolved, expr.span, &self.scope(), diagnostics)
    }

    fn scope(&self) -> Behind<'_> {
        let result = self.result.as_ref().filter(|columns| !columns.is_empty());
        Behind { context: self.context, result }
    }

    fn text(&self, template: &Template, diagnostics: &mut Diagnostics) -> Template<Ref> {
        let resolved = template.resolve(&mut |name, span| self.resolve(name, span, diagnostics));
        let Some(resolved) = resolved else { return Template { parts: Vec::new(), span: template.span } };
        resolved.check(&self.scope(), diagnostics);
        resolved
    }

    fn resolve(&self, name: &Written, span: Span, diagnostics: &mut Diagnostics) -> Option<Ref> {
        if let (Written::Result, Some(write)) = (name, self.last) {
            let message = format!("`result` is always null: the write `{}` returns nothing", write.name.value);
            let diagnostic = diagnostics.report(&code::SUSPICIOUS, span, message);
            diagnostic.label(write.name.span, "declared here").help("let its SQL end with `returning id`, say");
        }
        self.context.resolve_at((self.reader, self.local), name, span, diagnostics)
    }
}
