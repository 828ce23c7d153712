//! Components: subjects and options resolved, and checked against what their kind asks.

use std::sync::Arc;

use super::action;
use super::cells;
use super::channel;
use super::color;
use super::columns::Table;
use super::file_name;
use super::format;
use super::grid;
use super::image;
use super::link;
use super::names::Reader;
use super::outline::Item;
use super::partial;
use super::program::{Annotation, Component, ComponentId, Prop, QueryId, Ref, Subject};
use super::row;
use super::shortcut;
use super::state::Keys;
use super::types::{Context, Typed, fit, words};
use super::widget;
use crate::component::{self, Pattern, PropType};
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::expr::{Expr, ExprKind, Template};
use crate::source::{Span, Spanned};
use crate::spec;
use crate::value::Type;

/// Checks all components of a page, in the order of their ids.
pub(super) fn check(keys: &Keys<'_>, context: &Context<'_>, diagnostics: &mut Diagnostics) -> Vec<Component> {
    let silent = partial::check(context, diagnostics);
    grid::check(context.outline, diagnostics);
    shortcut::check(context.outline, diagnostics);
    let unheard = &mut Diagnostics::default();
    let hosts = row::contexts(context);
    let items = context.outline.iter();
    items
        .map(|(id, item)| {
            let is_silent = item.partial.is_some_and(|partial| silent.contains(&partial));
            let diagnostics = if is_silent { &mut *unheard } else { &mut *diagnostics };
            let context = item.row_of.and_then(|host| hosts.get(&host)).unwrap_or(context);
            row::check((id, item), keys, context, diagnostics);
            Checker { id, item, keys, context, reader: item.reader() }.check(diagnostics)
        })
        .collect()
}

struct Checker<'a> {
    id: ComponentId,
    item: &'a Item<'a>,
    keys: &'a Keys<'a>,
    context: &'a Context<'a>,
    reader: Reader,
}

impl Checker<'_> {
    fn check(&self, diagnostics: &mut Diagnostics) -> Component {
        let spec = self.item.spec;
        let (subject, table) = self.subject(diagnostics);
        let table = table.map(|typed| self.row_of(&typed).unwrap_or(typed));
        let table = table.as_ref().and_then(|typed| self.context.table_of(&typed.expr, &typed.ty));
        if let Some(table) = &table {
            channel::check(spec, table, diagnostics);
        }
        let mut props = Vec::new();
        for (name, prop) in &spec.props {
            if let Some(checked) = self.prop(name, prop, table.as_ref(), diagnostics) {
                props.push((*name, checked));
            }
        }
        if self.prop_type("columns") == Some(PropType::TableColumns) {
            self.inherit_cells(&subject, table.as_ref(), &mut props);
        }
        let shown_if = self.item.parent.and_then(|parent| {
            let position = self.context.outline.item(parent).children.iter().position(|child| *child == self.id)?;
            self.keys.shown_if(parent, position)
        });
        Component {
            id: self.item.id.clone(),
            kind: spec.kind,
            parent: self.item.parent,
            children: self.item.children.clone(),
            row_of: self.item.row_of,
            joint: self.joint(),
            subject,
            when: spec.when.as_ref().map(|when| self.condition(when, diagnostics)),
            shown_if,
            props,
            window: None,
            span: spec.span,
        }
    }

    /// What stands behind its id in rows, so that what follows makes it no other component's.
    fn joint(&self) -> char {
        let begins = |other: &Item<'_>| other.id.strip_prefix(&self.item.id).is_some_and(|rest| rest.starts_with('-'));
        if self.item.row_of.is_some() && self.context.outline.items.iter().any(begins) { '.' } else { '-' }
    }

    /// Adds to the columns of a table what their query says of their cells.
    fn inherit_cells(&self, subject: &Subject, table: Option<&Table<'_>>, props: &mut Vec<(&'static str, Prop)>) {
        let Subject::Table { query: Some(query), .. } = subject else { return };
        let Some(query) = self.context.queries.get(query.index()) else { return };
        let row = Context { row: table.map(|table| table.columns.clone()), ..self.context.clone() };
        let named = props.iter_mut().find_map(|(name, prop)| match prop {
            Prop::TableColumns(columns) if *name == "columns" => Some(columns),
            _ => None,
        });
        if let Some(named) = named {
            return cells::inherit(named, &query.meanings, &row);
        }
        let mut meant = cells::meant(&query.meanings);
        cells::inherit(&mut meant, &query.meanings, &row);
        if !meant.is_empty() {
            props.push(("meaning", Prop::TableColumns(meant)));
        }
    }

    /// The table of which an expression gives a row: `orders` of `orders[2]`.
    fn row_of(&self, typed: &Typed) -> Option<Typed> {
        let ExprKind::Item { base, .. } = &typed.expr.kind else { return None };
        Some(Typed { ty: base.ty(self.context, &mut Diagnostics::default()), expr: Expr::clone(base) })
    }

    /// The subject; for a table, also as a typed expression.
    fn subject(&self, diagnostics: &mut Diagnostics) -> (Subject, Option<Typed>) {
        match &self.item.spec.subject {
            spec::Subject::Partial(_) => (Subject::None, None),
            spec::Subject::Json(option) => (Subject::Json(Arc::clone(option)), None),
            spec::Subject::None => match row::over(self.item.spec) {
                Some(over) => self.table(over, diagnostics),
                None => (self.keys.bound(self.id).map_or(Subject::None, Subject::State), None),
            },
            spec::Subject::Text(text) => {
                let text = self.context.text(text, self.reader, diagnostics);
                if self.item.spec.kind.subject == component::Subject::Image {
                    image::check(&text, self.context.assets, diagnostics);
                }
                (Subject::Text(text), None)
            }
            spec::Subject::Expr(expr) => {
                let typed = self.context.expr(expr, self.reader, diagnostics);
                if let component::Subject::Expression(pattern) = self.item.spec.kind.subject {
                    self.check_pattern(self.item.spec.kind.name, pattern, &typed, diagnostics);
                }
                (Subject::Expr(typed.expr), None)
            }
            spec::Subject::State(key) => {
                let id = self.keys.bound(self.id).or_else(|| self.context.names.key(key, self.reader, diagnostics));
                (id.map_or(Subject::None, Subject::State), None)
            }
            spec::Subject::Table(expr) => {
                let typed = self.context.expr(expr, self.reader, diagnostics);
                let takes_number = self.item.spec.kind.subject == component::Subject::Figure;
                let fits = matches!(typed.ty.inner(), Type::Table(_) | Type::Any);
                if !(fits || takes_number && typed.ty.is_number()) {
                    let kind = self.item.spec.kind.name;
                    let what = if takes_number { "a number, or a table" } else { "a table" };
                    let message = format!("a `{kind}` shows {what}, but this is {}", words(&typed.ty));
                    let diagnostic = diagnostics.report(&code::TYPE, expr.span, message);
                    diagnostic.here(words(&typed.ty)).help("name a query, or a state key that holds a table");
                }
                self.table_subject(typed)
            }
        }
    }

    /// What `over` names.
    fn table(&self, over: &Expr, diagnostics: &mut Diagnostics) -> (Subject, Option<Typed>) {
        let typed = self.context.expr(over, self.reader, diagnostics);
        self.check_pattern("over", Pattern::Table, &typed, diagnostics);
        self.table_subject(typed)
    }

    fn table_subject(&self, typed: Typed) -> (Subject, Option<Typed>) {
        let columns = self.context.table_of(&typed.expr, &typed.ty).map(|table| table.columns.clone());
        (Subject::Table { expr: typed.expr.clone(), query: query_of(&typed.expr), columns }, Some(typed))
    }

    fn prop(
        &self,
        name: &str,
        prop: &Spanned<spec::Prop>,
        table: Option<&Table<'_>>,
        diagnostics: &mut Diagnostics,
    ) -> Option<Prop> {
        Some(match &prop.value {
            spec::Prop::Text(text) => Prop::Text(self.text(name, text, table, diagnostics)),
            // It is the subject.
            spec::Prop::Expr(_) if name == "over" => return None,
            spec::Prop::Expr(expr) => {
                let typed = self.context.expr(expr, self.reader, diagnostics);
                if self.prop_type(name) == Some(PropType::Table) {
                    self.check_pattern(name, Pattern::Table, &typed, diagnostics);
                    return Some(Prop::Table { query: query_of(&typed.expr), expr: typed.expr });
                }
                self.check_expr(name, &typed, expr.span, diagnostics);
                if let (spec::Subject::Json(option), "data") = (&self.item.spec.subject, name) {
                    channel::check_data(option, (&typed, expr.span), self.item.spec.span, self.context, diagnostics);
                }
                Prop::Expr(typed.expr)
            }
            spec::Prop::Columns(columns) => {
                if let Some(table) = table {
                    channel::check_columns((name, self.column_pattern(name)), columns, table, diagnostics);
                }
                Prop::Columns(columns.iter().map(|column| column.value.clone()).collect())
            }
            spec::Prop::Order(terms) => {
                for (column, _) in terms {
                    table.and_then(|table| table.named(column, diagnostics));
                }
                Prop::Order(terms.iter().map(|(column, descending)| (column.value.clone(), *descending)).collect())
            }
            spec::Prop::Literal(scalar) => {
                if matches!(self.prop_type(name), Some(PropType::SomeColumns)) && scalar.is_true() {
                    self.need_columns(name, table, prop.span, diagnostics);
                }
                Prop::Literal(scalar.clone())
            }
            spec::Prop::Format(format) => {
                self.check_format(name, format, diagnostics);
                Prop::Format(format.clone())
            }
            spec::Prop::Options(_) => Prop::Options,
            spec::Prop::Actions(actions) => {
                let place = (self.reader, self.item.partial);
                Prop::Actions(action::check(actions, place, (self.keys, self.context), diagnostics))
            }
            spec::Prop::Annotations(annotations) => Prop::Annotations(self.annotations(annotations, diagnostics)),
            spec::Prop::TableColumns(columns) => {
                let place = (self.id, self.context, self.reader);
                Prop::TableColumns(cells::columns(columns, table, place, diagnostics))
            }
            spec::Prop::Areas(areas) => {
                let name = |cell: &spec::Cell| cell.as_ref().map(|cell| cell.value.clone());
                Prop::Areas(areas.iter().map(|row| row.iter().map(name).collect()).collect())
            }
            // They are the type of the key.
            spec::Prop::Arguments(_) | spec::Prop::ColumnTypes(_) => return None,
            spec::Prop::StateKey(key) => {
                if self.item.spec.kind.name == "table" {
                    self.need_key(prop.span, table, diagnostics);
                }
                let key = Spanned::new(key.clone(), prop.span);
                Prop::StateKey(self.context.names.key(&key, self.reader, diagnostics)?)
            }
        })
    }

    /// A text, and what is known of what it stands for: a colour, a URL, the name of a file.
    fn text(
        &self,
        name: &str,
        text: &Template,
        table: Option<&Table<'_>>,
        diagnostics: &mut Diagnostics,
    ) -> Template<Ref> {
        let ty = self.prop_type(name);
        if matches!(ty, Some(PropType::Color | PropType::Tone)) {
            let has_table = ty == Some(PropType::Color) && self.item.spec.kind.subject == component::Subject::Table;
            color::check(text, has_table, table.filter(|_| has_table), diagnostics);
        }
        let text = self.context.text(text, self.reader, diagnostics);
        if ty == Some(PropType::Url) {
            link::check(&text, self.context, self.context.pages, diagnostics);
        }
        if name == "filename" {
            file_name::check(&text, self.item.spec, diagnostics);
        }
        text
    }

    /// What goes for all columns needs to know them.
    fn need_columns(&self, name: &str, table: Option<&Table<'_>>, span: Span, diagnostics: &mut Diagnostics) {
        let are_named = self.item.spec.props.iter().any(|(key, _)| *key == "columns");
        if are_named || table.is_some_and(|table| !table.columns.is_open()) {
            return;
        }
        let message = format!("`{name}: true` goes for all columns, and those of this table are not known");
        let diagnostic = diagnostics.report(&code::VALUE, span, message);
        diagnostic.help(format!("name them, `{name}: [column, …]`, or give the query `columns`"));
    }

    /// What names a row must be known where rows are selected.
    fn need_key(&self, selected: Span, table: Option<&Table<'_>>, diagnostics: &mut Diagnostics) {
        let is_named = self.item.spec.props.iter().any(|(key, _)| *key == "key");
        if is_named || table.is_some_and(|table| !table.columns.is_open()) {
            return;
        }
        let message = "`selected` takes values of the column that names a row, and it is not known which that is";
        diagnostics.report(&code::VALUE, selected, message).help("name it with `key`");
    }

    /// A condition; one that never changes is warned of.
    fn condition(&self, when: &Expr, diagnostics: &mut Diagnostics) -> Expr<Ref> {
        let typed = self.context.expr(when, self.reader, diagnostics);
        super::condition::check(&typed, "shown", diagnostics);
        typed.expr
    }

    fn prop_type(&self, name: &str) -> Option<PropType> {
        self.item.spec.kind.prop(name).map(|prop| prop.ty)
    }

    /// What the columns that an option names must hold.
    fn column_pattern(&self, name: &str) -> Pattern {
        match self.prop_type(name) {
            Some(PropType::Column(pattern) | PropType::Columns(pattern)) => pattern,
            _ => Pattern::Any,
        }
    }

    /// Lines and bands: each at a value, or between two.
    fn annotations(&self, annotations: &[spec::Annotation], diagnostics: &mut Diagnostics) -> Vec<Annotation> {
        let mut checked = Vec::new();
        for annotation in annotations {
            let at = self.context.expr(&annotation.at, self.reader, diagnostics);
            channel::check_annotation(&at, annotation.at.span, diagnostics);
            let mut text = |template: &Option<Template>| {
                template.as_ref().map(|text| self.context.text(text, self.reader, diagnostics))
            };
            let (label, color_text) = (text(&annotation.label), text(&annotation.color));
            if let Some(written) = &annotation.color {
                color::check(written, false, None, diagnostics);
            }
            checked.push(Annotation { axis: annotation.axis, at: at.expr, label, color: color_text });
        }
        checked
    }

    /// An expression against the pattern of its option; what a widget shows or is bounded by, against its key.
    fn check_expr(&self, name: &str, typed: &Typed, span: Span, diagnostics: &mut Diagnostics) {
        if let Some(PropType::Expression(pattern)) = self.prop_type(name)
            && !self.check_pattern(name, pattern, typed, diagnostics)
        {
            return;
        }
        let (Some(key), Some(widget)) = (self.keys.bound(self.id), widget::of(self.item.spec)) else { return };
        let ty = self.context.types.state.get(key.index()).unwrap_or(&Type::Any);
        if !(widget.accepts)(ty) {
            return;
        }
        if name == "value" {
            super::state::expect_key_type(typed, span, key, "the `value`", self.context, diagnostics);
        }
        // Where there are options, no limit bounds anything, and that is reported.
        let bounds = matches!(name, "min" | "max") && super::choice::options(self.item.spec).is_none();
        let end = if let Type::Range(end) = ty.inner() { end } else { ty };
        if bounds && !bounds_type(end, typed) {
            let named = self.context.named(key);
            let message = format!("`{name}` is {}, but the key `{}` is {}", words(&typed.ty), named.name, words(ty));
            diagnostics.report(&code::TYPE, span, message).label(named.span, format!("the key is {}", words(ty)));
        }
    }

    /// Whether an expression gives what its option or kind asks for; what does not is reported.
    fn check_pattern(&self, name: &str, pattern: Pattern, typed: &Typed, diagnostics: &mut Diagnostics) -> bool {
        let span = typed.expr.span;
        if !pattern.accepts(&typed.ty) {
            let message = format!("`{name}` is {}, but it is {}", pattern.describe(), words(&typed.ty));
            let diagnostic = diagnostics.report(&code::TYPE, span, message);
            diagnostic.here(words(&typed.ty));
            self.help_to_one(typed, pattern, diagnostic);
            return false;
        }
        let constant = typed.expr.constant().and_then(|constant| constant.as_float());
        if pattern == Pattern::Share && constant.is_some_and(|share| !(0.0..=1.0).contains(&share)) {
            let diagnostic = diagnostics.report(&code::VALUE, span, format!("`{name}` is a number from 0 to 1"));
            diagnostic.help("of a percentage it is the hundredth part: `0.42`, or `values.percent / 100`");
            return false;
        }
        true
    }

    /// Says how one value is taken out of many.
    fn help_to_one(&self, many: &Typed, pattern: Pattern, diagnostic: &mut Diagnostic) {
        match many.ty.inner() {
            Type::List(item) if pattern.accepts(item) => {
                let filter = if item.is_number() { "sum" } else { "first" };
                diagnostic.help(match &many.expr.kind {
                    ExprKind::Attr { base, name } if matches!(base.kind, ExprKind::Ref(Ref::Query(_))) => {
                        let table = query_of(base).and_then(|id| self.context.queries.get(id.index()));
                        let (table, column) = (table.map_or("", |query| &*query.name), &name.value);
                        format!("write `{table}[0].{column}` for that of the first row, or a filter, such as `{table}.{column} | {filter}`")
                    }
                    _ => format!("make one value of it by a filter, such as `| {filter}`"),
                });
            }
            Type::Table(_) if pattern == Pattern::Numbers => {
                diagnostic.help("name a column of it: `.amount`");
            }
            Type::Table(_) => {
                diagnostic.help("count its rows, `| length`, or name a column of it and a filter: `.amount | sum`");
            }
            Type::Range(end) if pattern.accepts(end) => {
                diagnostic.help("its ends are `[0]` and `[1]`");
            }
            _ => {}
        }
    }

    /// The format of a value that stands beside it: `format` of `value`, `delta_format` of `delta`.
    fn check_format(&self, name: &str, format: &spec::Format, diagnostics: &mut Diagnostics) {
        let formatted = name.strip_suffix("_format").unwrap_or("value");
        let value = self.item.spec.props.iter().find(|(key, _)| *key == formatted).map(|(_, prop)| &prop.value);
        if let Some(spec::Prop::Expr(expr)) = value {
            // What is wrong with the value itself is reported with it.
            let typed = self.context.expr(expr, self.reader, &mut Diagnostics::default());
            format::check(format, &typed.ty, &format!("`{formatted}`"), diagnostics);
        }
    }
}

/// The query whose columns this has, with what they mean: it may be some of its rows, or one.
fn query_of(expr: &Expr<Ref>) -> Option<QueryId> {
    match &expr.kind {
        ExprKind::Ref(Ref::Query(id)) => Some(*id),
        ExprKind::Filter { function, base, .. } if function.name == "where" => query_of(base),
        ExprKind::Item { base, .. } | ExprKind::Slice { base, .. } => query_of(base),
        _ => None,
    }
}

/// Whether a limit can be compared with the values of a key.
fn bounds_type(key: &Type, limit: &Typed) -> bool {
    let both_numbers = key.is_number() && limit.ty.is_number();
    let constant = limit.expr.constant();
    both_numbers || key.accepts(&limit.ty) || constant.is_some_and(|constant| fit(&constant, key).is_some())
}
