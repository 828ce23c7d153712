//! What nothing uses: state that nothing reads, queries that nothing shows, values, writes, widgets and buttons that
//! change nothing.

use std::collections::BTreeSet;

use super::names::{QUERY, STATE, Target, VALUE, WRITE, lists};
use super::program::{
    Action, ActionKind, Choices, Component, Every, Initial, Page, Prop, QueryId, Ref, Source, State, StateId, Subject,
    TableColumn, ValueId, WriteId,
};
use crate::diagnostic::{Diagnostics, code, suggest};
use crate::expr::{Expr, Template};
use crate::source::Span;
use crate::spec::{Definitions, Name};

/// What of the app's own names is used, by what it is and its name.
pub type Used = BTreeSet<(&'static str, Name)>;

/// Warns of what a page has and nothing uses; gives what it uses of the app's.
///
/// To be asked only of a page without errors: what could not be resolved may have used anything.
pub fn report(page: &Page, diagnostics: &mut Diagnostics) -> Used {
    let reads = Uses::of(page);
    let mut used = Used::new();
    for declared in declared(page) {
        match (declared.shared, reads.all.contains(&declared.target)) {
            (false, false) => warn(declared.what, declared.name, declared.span, diagnostics),
            (true, true) => {
                used.insert((declared.what, declared.name.clone()));
            }
            _ => {}
        }
    }
    let button = |component: &&Component| component.kind.name == "button" && component.prop("on_click").is_none();
    if !reads.clock && page.state.iter().all(|key| key.each_run.is_none()) {
        for button in page.components.iter().filter(button) {
            diagnostics
                .report(&code::UNUSED, button.span, "a click on this button does nothing")
                .help("`on_click` lists what it does: `[{ set: { region: null } }]`");
        }
    }
    used
}

/// Warns of what `app.yaml` declares and no page uses.
pub fn report_shared(shared: &Definitions, used: &Used, diagnostics: &mut Diagnostics) {
    for (what, names) in lists(shared) {
        for name in names.into_iter().filter(|name| !used.contains(&(what, name.value.clone()))) {
            warn(what, &name.value, name.span, diagnostics);
        }
    }
}

/// Reports keys that `state` declares and no widget shows, beside widgets that declare one of nearly the same name by
/// themselves, where nothing reads one of the two: one is misspelt, and does nothing.
pub(super) fn report_misspelt(page: &Page, diagnostics: &mut Diagnostics) {
    let is_lonely = |key: &&State| key.declared && key.widgets.is_empty();
    let is_own = |key: &&State| !key.declared && !key.widgets.is_empty();
    if !page.state.iter().any(|key| is_lonely(&key)) || !page.state.iter().any(|key| is_own(&key)) {
        return;
    }
    let reads = Uses::of(page);
    let is_read = |key: &State| {
        let index = page.state.iter().position(|other| other.name == key.name);
        index.is_some_and(|index| reads.all.contains(&Target::State(StateId::at(index))))
    };
    for key in page.state.iter().filter(is_own) {
        let lonely = || page.state.iter().filter(is_lonely);
        let near = suggest::nearest(&key.name, lonely().map(|key| &*key.name));
        let Some(declared) = near.and_then(|near| lonely().find(|key| &*key.name == near)) else { continue };
        if !is_read(key) {
            diagnostics
                .report(&code::UNKNOWN_NAME, key.span, format!("no state key `{}`, and nothing reads one", key.name))
                .label(declared.span, format!("`{}` is declared here, and no widget shows it", declared.name))
                .help(format!("did you mean `{}`?", declared.name));
        } else if !is_read(declared) {
            let message = format!("nothing reads or shows `state.{}`", declared.name);
            diagnostics
                .report(&code::UNKNOWN_NAME, declared.span, message)
                .label(key.span, format!("this widget declares `{}` by itself", key.name))
                .help(format!("did you mean `{}`?", key.name));
        }
    }
}

/// Something that has a name.
struct Declared<'a> {
    what: &'static str,
    name: &'a Name,
    span: Span,
    shared: bool,
    target: Target,
}

fn declared(page: &Page) -> impl Iterator<Item = Declared<'_>> {
    let state = page.state.iter().enumerate().map(|(index, key)| Declared {
        what: STATE,
        name: &key.name,
        span: key.span,
        shared: key.shared,
        target: Target::State(StateId::at(index)),
    });
    let queries = page.queries.iter().enumerate().map(|(index, query)| Declared {
        what: QUERY,
        name: &query.name,
        span: query.span,
        shared: query.key.0.is_empty(),
        target: Target::Query(QueryId::at(index)),
    });
    let values = page.values.iter().enumerate().map(|(index, value)| Declared {
        what: VALUE,
        name: &value.name,
        span: value.span,
        shared: value.shared,
        target: Target::Value(ValueId::at(index)),
    });
    let writes = page.writes.iter().enumerate().map(|(index, write)| Declared {
        what: WRITE,
        name: &write.name,
        span: write.span,
        shared: write.shared,
        target: Target::Write(WriteId::at(index)),
    });
    state.chain(queries).chain(values).chain(writes)
}

fn warn(what: &str, name: &Name, span: Span, diagnostics: &mut Diagnostics) {
    let (message, help) = match what {
        STATE => (format!("nothing reads `state.{name}`"), "a page shows it, or a query, condition or action reads it"),
        QUERY => (format!("nothing shows the query `{name}`"), "name it in a component, an expression or a transform"),
        VALUE => (format!("nothing reads `values.{name}`"), "a component, a query or another value reads it"),
        _ => (format!("nothing runs the write `{name}`"), "an action does: `run`"),
    };
    diagnostics.report(&code::UNUSED, span, message).help(format!("{help}; else leave it out"));
}

/// All that a page uses.
#[derive(Default)]
struct Uses {
    all: BTreeSet<Target>,
    /// Whether something changes with each run by itself.
    clock: bool,
}

impl Uses {
    fn of(page: &Page) -> Self {
        let mut uses = Self::default();
        let texts = [Some(&page.title), page.description.as_ref(), page.every.as_ref()];
        texts.into_iter().flatten().for_each(|text| uses.template(text));
        for (index, key) in page.state.iter().enumerate() {
            uses.key(StateId::at(index), key);
        }
        for query in &page.queries {
            query.source.template().into_iter().for_each(|template| uses.template(template));
            if let Source::Transform { tables, .. } = &query.source {
                uses.all.extend(tables.iter().map(|(_, table)| Target::from(*table)));
            }
            if let Every::Own(every) = &query.every {
                uses.template(every);
            }
        }
        page.values.iter().for_each(|value| uses.expr(&value.expr));
        page.writes.iter().flat_map(|write| &write.statements).for_each(|statement| uses.template(statement));
        page.components.iter().for_each(|component| uses.component(component));
        uses
    }

    fn reference(&mut self, reference: Ref) {
        self.clock |= reference == Ref::Now;
        self.all.extend(Target::of(reference));
    }

    fn expr(&mut self, expr: &Expr<Ref>) {
        expr.for_each_ref(&mut |reference, _| self.reference(*reference));
    }

    fn template(&mut self, template: &Template<Ref>) {
        template.for_each_ref(&mut |reference, _| self.reference(*reference));
    }

    /// What gives a key its value: that it reads itself is no use of it.
    fn expr_of(&mut self, key: StateId, expr: &Expr<Ref>) {
        expr.for_each_ref(&mut |reference, _| {
            if *reference != Ref::State(key) {
                self.reference(*reference);
            }
        });
    }

    fn key(&mut self, id: StateId, key: &State) {
        if let Initial::From(expr) = &key.initial {
            self.expr_of(id, expr);
        }
        key.each_run.iter().for_each(|expr| self.expr_of(id, expr));
        let listed = match &key.choices {
            Some(Choices::Query { query, first, .. }) => {
                self.reference(Ref::Query(*query));
                first
            }
            Some(Choices::List(choices)) => choices,
            None => return,
        };
        listed.iter().filter_map(|choice| choice.label.as_ref()).for_each(|label| self.template(label));
    }

    fn component(&mut self, component: &Component) {
        component.when.iter().for_each(|when| self.expr(when));
        component.shown_if.iter().for_each(|(key, _)| self.reference(Ref::State(*key)));
        match &component.subject {
            Subject::Text(text) => self.template(text),
            Subject::Expr(expr) | Subject::Table { expr, .. } => self.expr(expr),
            // The user sees which tab is open.
            Subject::State(key) if component.kind.widget.is_none() || component.prop("on_change").is_some() => {
                self.reference(Ref::State(*key));
            }
            Subject::State(_) | Subject::None | Subject::Json(_) => {}
        }
        for (_, prop) in &component.props {
            match prop {
                Prop::Text(text) => self.template(text),
                Prop::Expr(expr) | Prop::Table { expr, .. } => self.expr(expr),
                Prop::TableColumns(columns) => {
                    columns.iter().flat_map(TableColumn::templates).for_each(|text| self.template(text));
                    columns.iter().filter_map(TableColumn::full_bar).for_each(|full| self.expr(full));
                }
                Prop::StateKey(key) => self.reference(Ref::State(*key)),
                Prop::Actions(actions) => actions.iter().for_each(|action| self.action(action)),
                Prop::Annotations(annotations) => {
                    for annotation in annotations {
                        self.expr(&annotation.at);
                        annotation.label.iter().chain(&annotation.color).for_each(|text| self.template(text));
                    }
                }
                Prop::Columns(_)
                | Prop::Order(_)
                | Prop::Literal(_)
                | Prop::Format(_)
                | Prop::Options
                | Prop::Areas(_) => {}
            }
        }
    }

    fn action(&mut self, action: &Action) {
        action.when.iter().for_each(|when| self.expr(when));
        match &action.kind {
            ActionKind::Set(entries) => entries.iter().for_each(|(key, expr)| self.expr_of(*key, expr)),
            ActionKind::Goto(text) | ActionKind::Toast(text) => self.template(text),
            ActionKind::Run { write, with } => {
                self.all.insert(Target::Write(*write));
                for expr in with {
                    self.expr(expr);
                }
            }
            ActionKind::Reset { .. } | ActionKind::Refresh(_) => {}
        }
    }
}
