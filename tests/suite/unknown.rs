//! What the compiler does not know of the demo app: the expressions and columns of unknown type.
//!
//! What is unknown is not checked, so there must be hardly any.

use appspec_lang::check::program::{Action, ActionKind, Choice, Choices, Initial, Prop, Subject, TableColumn, Write};
use appspec_lang::check::{Page, PageScope, Ref};
use appspec_lang::diagnostic::Diagnostics;
use appspec_lang::expr::{Expr, ExprKind, Part, Template};
use appspec_lang::source::{DiskWorld, Sources};
use appspec_lang::value::Type;

use crate::support::{compiled, root};

/// Of a hundred expressions, and of a hundred columns, fewer than this may be unknown.
const BOUND: usize = 2;

/// Whether a type, or what it is a list or range of, is not known; of a table, its columns.
fn is_unknown(ty: &Type) -> bool {
    match ty {
        Type::Any | Type::Table(None) => true,
        Type::List(inner) | Type::Range(inner) | Type::Nullable(inner) => is_unknown(inner),
        _ => false,
    }
}

/// The expressions of a page, each with the write in whose SQL it stands.
#[derive(Default)]
struct Expressions<'a> {
    all: Vec<(&'a Expr<Ref>, Option<&'a Write>)>,
    write: Option<&'a Write>,
}

impl<'a> Expressions<'a> {
    fn of(page: &'a Page) -> Self {
        let mut found = Self::default();
        found.template(&page.title);
        found.templates(page.description.iter().chain(&page.every));
        for key in &page.state {
            if let Initial::From(expr) = &key.initial {
                found.expr(expr);
            }
            found.exprs(&key.each_run);
            match &key.choices {
                Some(Choices::List(choices) | Choices::Query { first: choices, .. }) => found.choices(choices),
                None => {}
            }
        }
        for query in &page.queries {
            found.templates(query.source.template());
        }
        for value in &page.values {
            found.expr(&value.expr);
        }
        for component in &page.components {
            match &component.subject {
                Subject::Text(template) => found.template(template),
                Subject::Expr(expr) | Subject::Table { expr, .. } => found.expr(expr),
                Subject::State(_) | Subject::None | Subject::Json(_) => {}
            }
            found.exprs(&component.when);
            component.props.iter().for_each(|(_, prop)| found.prop(prop));
        }
        for write in &page.writes {
            found.write = Some(write);
            found.templates(&write.statements);
        }
        found
    }

    fn expr(&mut self, expr: &'a Expr<Ref>) {
        match &expr.kind {
            // In SQL, what is made a name has no type, but what it is made of.
            ExprKind::Filter { function, base, .. } if function.name == "identifier" => self.expr(base),
            // A row and the result of a write have types only where they stand.
            ExprKind::Attr { base, .. } if matches!(base.kind, ExprKind::Ref(Ref::Row | Ref::Result)) => {}
            _ => self.all.push((expr, self.write)),
        }
    }

    fn exprs(&mut self, exprs: impl IntoIterator<Item = &'a Expr<Ref>>) {
        exprs.into_iter().for_each(|expr| self.expr(expr));
    }

    fn template(&mut self, template: &'a Template<Ref>) {
        self.parts(&template.parts);
    }

    fn templates(&mut self, templates: impl IntoIterator<Item = &'a Template<Ref>>) {
        templates.into_iter().for_each(|template| self.template(template));
    }

    fn choices(&mut self, choices: &'a [Choice]) {
        self.templates(choices.iter().filter_map(|choice| choice.label.as_ref()));
    }

    /// The expressions in a template but for those in a loop, whose variables have a type only there.
    fn parts(&mut self, parts: &'a [Part<Ref>]) {
        for part in parts {
            match part {
                Part::Text(_) => {}
                Part::Emit(expr, _) | Part::Set { value: expr, .. } => self.expr(expr),
                Part::If { test, then, otherwise } => {
                    self.expr(test);
                    self.parts(then);
                    self.parts(otherwise);
                }
                Part::For { items, otherwise, .. } => {
                    self.expr(items);
                    self.parts(otherwise);
                }
                Part::Optional(inner) => self.parts(inner),
            }
        }
    }

    fn prop(&mut self, prop: &'a Prop) {
        match prop {
            Prop::Text(template) => self.template(template),
            Prop::Expr(expr) | Prop::Table { expr, .. } => self.expr(expr),
            Prop::Actions(actions) => actions.iter().for_each(|action| self.action(action)),
            Prop::TableColumns(columns) => {
                self.templates(columns.iter().flat_map(TableColumn::templates));
                self.exprs(columns.iter().filter_map(TableColumn::full_bar));
            }
            Prop::Annotations(annotations) => {
                for annotation in annotations {
                    self.expr(&annotation.at);
                    self.templates(annotation.label.iter().chain(&annotation.color));
                }
            }
            Prop::Columns(_)
            | Prop::Order(_)
            | Prop::Literal(_)
            | Prop::Format(_)
            | Prop::Options
            | Prop::Areas(_)
            | Prop::StateKey(_) => {}
        }
    }

    fn action(&mut self, action: &'a Action) {
        self.exprs(&action.when);
        match &action.kind {
            ActionKind::Set(entries) => self.exprs(entries.iter().map(|(_, expr)| expr)),
            ActionKind::Goto(template) | ActionKind::Toast(template) => self.template(template),
            ActionKind::Run { with, .. } => self.exprs(with),
            ActionKind::Reset { .. } | ActionKind::Refresh(_) => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stdout, reason = "the figures are for who asks for them by `--nocapture`")]
async fn hardly_any_type_of_the_demo_app_is_unknown() {
    let folder = root().join("specs");
    let (app, _data) = compiled(&folder).await;
    let sources = Sources::load(&DiskWorld, &folder).unwrap();
    let (mut expressions, mut columns) = (0, 0);
    let (mut unknown_expressions, mut unknown_columns) = (Vec::new(), Vec::new());
    for page in &app.program.pages {
        for (expr, write) in Expressions::of(page).all {
            expressions += 1;
            let mut diagnostics = Diagnostics::default();
            let ty = expr.ty(&PageScope { page, write }, &mut diagnostics);
            assert!(!diagnostics.has_errors(), "{}: {:?}", page.path, diagnostics.sorted());
            if is_unknown(&ty) {
                unknown_expressions.push(format!("{}: {} is {ty}", page.path, sources.text(expr.span)));
            }
        }
        for query in &page.queries {
            let Some(known) = query.columns.clone() else {
                columns += 1;
                unknown_columns.push(format!("{}: all of {}", page.path, query.name));
                continue;
            };
            if known.is_open() {
                columns += 1;
                unknown_columns.push(format!("{}: more of {}", page.path, query.name));
            }
            columns += known.len();
            let unknown = known.iter().filter(|column| is_unknown(&column.ty));
            unknown_columns.extend(unknown.map(|column| format!("{}: {}.{}", page.path, query.name, column.name)));
        }
    }
    let report = format!(
        "{}\n{}",
        share(expressions, "expressions", &unknown_expressions),
        share(columns, "columns", &unknown_columns)
    );
    println!("{report}");
    assert!(expressions > 100 && columns > 100, "{report}");
    for (unknown, all) in [(&unknown_expressions, expressions), (&unknown_columns, columns)] {
        assert!(unknown.len() * 100 < all * BOUND, "{report}\n{}", unknown.join("\n"));
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts in an app are small")]
fn share(all: usize, what: &str, unknown: &[String]) -> String {
    let share = 100.0 * unknown.len() as f64 / all as f64;
    format!("{all} {what}, {} unknown ({share:.1} %)", unknown.len())
}
