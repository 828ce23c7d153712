//! Pages made by hand, with what evaluation would say of them: for tests of what is drawn.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use appspec_data::{Table, Value};
use appspec_lang::check::program::{
    Component, ComponentId, Filter, Initial, Page, QueryId, State, StateId, Subject, Window,
};
use appspec_lang::component;
use appspec_lang::expr::{Expr, ExprKind, Template};
use appspec_lang::source::{FileId, Span};
use appspec_lang::spec::AppSettings;
use appspec_lang::value::{Scalar, Type};

use super::Scene;
use crate::eval::{Complaint, Instance, Outcome, Shown, ShownWindow};

pub(super) const HERE: Span = Span::new(FileId(0), 0, 0);

/// A page under construction, and what evaluation would say of it.
pub(super) struct Stage {
    pub(super) page: Page,
    pub(super) outcomes: BTreeMap<Instance, Outcome>,
    parents: Vec<ComponentId>,
    pub(super) now: Instant,
}

impl Stage {
    pub(super) fn new() -> Self {
        let page = Page {
            file: FileId(0),
            path: "/gallery".to_owned(),
            title: text_template(),
            icon: None,
            description: None,
            wide: true,
            params: Vec::new(),
            state: Vec::new(),
            queries: Vec::new(),
            values: Vec::new(),
            writes: Vec::new(),
            components: Vec::new(),
            sidebar: Vec::new(),
            body: Vec::new(),
            every: None,
        };
        let now = Instant::now();
        Self { page, outcomes: BTreeMap::new(), parents: Vec::new(), now }
    }

    /// Adds a component with its outcome, inside the containers that are open.
    pub(super) fn add(&mut self, kind: &str, subject: Subject, outcome: Outcome) -> &mut Component {
        let id = ComponentId::at(self.page.components.len());
        self.outcomes.insert(id.into(), outcome);
        match self.parents.last().and_then(|parent| self.page.components.get_mut(parent.index())) {
            Some(parent) => parent.children.push(id),
            None => self.page.body.push(id),
        }
        self.page.components.push(Component {
            id: format!("{kind}-{}", id.0),
            kind: component::find(kind).unwrap(),
            parent: self.parents.last().copied(),
            children: Vec::new(),
            row_of: None,
            joint: '-',
            subject,
            when: None,
            shown_if: None,
            props: Vec::new(),
            window: None,
            span: HERE,
        });
        self.page.components.last_mut().unwrap()
    }

    pub(super) fn show(&mut self, kind: &str, subject: &str, props: &[(&'static str, Scalar)]) -> &mut Component {
        let shown = Shown { subject: Some(Scalar::text(subject).into()), props: values(props), ..Shown::default() };
        self.add(kind, Subject::Text(text_template()), Outcome::Shown(shown))
    }

    pub(super) fn open(&mut self, kind: &str, props: &[(&'static str, Scalar)]) -> &mut Component {
        let id = ComponentId::at(self.page.components.len());
        let shown = Shown { props: values(props), ..Shown::default() };
        self.add(kind, Subject::None, Outcome::Shown(shown));
        self.parents.push(id);
        self.page.components.last_mut().unwrap()
    }

    pub(super) fn close(&mut self) {
        self.parents.pop();
    }

    pub(super) fn key(&mut self, ty: Type) -> StateId {
        let id = StateId::at(self.page.state.len());
        self.page.state.push(State {
            declared: true,
            name: format!("some_key_{}", id.0).into(),
            ty,
            shared: false,
            initial: Initial::Const(Scalar::Null),
            each_run: None,
            in_url: None,
            kept: false,
            window: None,
            row_of: None,
            choices: None,
            takes_new: false,
            widgets: Vec::new(),
            span: HERE,
        });
        id
    }

    pub(super) fn widget(
        &mut self,
        kind: &str,
        ty: Type,
        value: Scalar,
        props: &[(&'static str, Scalar)],
    ) -> &mut Shown {
        let key = self.key(ty);
        let shown = Shown { subject: Some(value.into()), props: values(props), ..Shown::default() };
        self.add(kind, Subject::State(key), Outcome::Shown(shown));
        self.last().unwrap()
    }

    /// What the component shows that was added last.
    pub(super) fn last(&mut self) -> Option<&mut Shown> {
        match self.outcomes.values_mut().next_back() {
            Some(Outcome::Shown(shown)) => Some(shown),
            _ => None,
        }
    }

    pub(super) fn choice(&mut self, kind: &str, ty: Type, value: Scalar, options: usize) -> &mut Shown {
        let shown = self.widget(kind, ty, value, &[("label", Scalar::text("A choice"))]);
        shown.options = (1..=options).map(|n| (Scalar::text(format!("o{n}")), format!("Option {n}"))).collect();
        shown
    }

    pub(super) fn data(&mut self, kind: &str, table: Table, props: &[(&'static str, Scalar)]) -> &mut Component {
        let expr = Expr { kind: ExprKind::Const(Scalar::Null), span: HERE };
        let rows = table.rows() as u64;
        let mut shown = Shown { subject: Some(table.into()), props: values(props), ..Shown::default() };
        let window = (kind == "table").then(|| self.window());
        shown.window = window.as_ref().map(|window| {
            Box::new(ShownWindow {
                values: vec![(window.page, Scalar::Int(1)), (window.sort, text("region desc"))],
                complaints: Vec::new(),
                total: Some(rows),
            })
        });
        let component = self.add(kind, Subject::Table { expr, query: None, columns: None }, Outcome::Shown(shown));
        component.window = window;
        component
    }

    pub(super) fn window(&mut self) -> Window {
        let search = Some(self.key(Type::Text));
        let filters = vec![Filter { column: "region".into(), ty: Type::Text, state: self.key(Type::Text) }];
        Window {
            page: self.key(Type::Int),
            sort: self.key(Type::Text),
            search,
            filters,
            page_size: 100,
            key: None,
            is_unique: false,
            columns: Vec::new(),
            rows: QueryId(0),
            selection: None,
            download: None,
            count: QueryId(1),
        }
    }

    pub(super) fn settings() -> AppSettings {
        AppSettings { title: Some("Penguin works".to_owned()), ..AppSettings::default() }
    }

    /// Renders the page, and hands the scene on.
    pub(super) fn with<T>(&self, work: impl FnOnce(&Scene<'_>) -> T) -> T {
        let settings = Self::settings();
        work(&Scene { page: &self.page, settings: &settings, outcomes: &self.outcomes, now: self.now, row: None })
    }
}

pub(super) fn values(props: &[(&'static str, Scalar)]) -> Vec<(&'static str, Value)> {
    props.iter().map(|(name, value)| (*name, Value::from(value.clone()))).collect()
}

pub(super) fn text_template<R>() -> Template<R> {
    Template { parts: Vec::new(), span: HERE }
}

pub(super) fn complaint(message: &str, typed: &str) -> Complaint {
    Complaint { message: Some(message.to_owned()), typed: vec![typed.to_owned()], leads: false, row: None }
}

pub(super) fn text(value: &str) -> Scalar {
    Scalar::text(value)
}

pub(super) fn day(n: i16) -> Scalar {
    Scalar::Date(jiff::civil::date(2024, 1, 1).checked_add(jiff::Span::new().days(n)).unwrap())
}

pub(super) fn sales(rows: i16) -> Table {
    let regions = ["Americas", "Europe", "Asia"];
    let amount = |n: i16| 900.0 + f64::from(n) * 14.0 + f64::from((n * 37) % 170);
    let column = |name: &str, cell: &dyn Fn(i16) -> Scalar| {
        (Arc::from(name), Type::Any, (0..rows).map(cell).collect::<Vec<_>>())
    };
    Table::from_columns(vec![
        column("day", &|n| day(n / 3)),
        column("region", &|n| text(regions[usize::from(n.unsigned_abs()) % 3])),
        column("revenue", &|n| Scalar::Float((amount(n) * 100.0).round() / 100.0)),
        column("orders", &|n| if n % 7 == 3 { Scalar::Null } else { Scalar::Int(i64::from(n % 11)) }),
    ])
    .unwrap()
}

pub(super) fn wide(columns: i16) -> Table {
    let column = |c: i16| {
        let cells = (0..6).map(|row| Scalar::Int(i64::from(c) * 1000 + row));
        (Arc::from(format!("column_{c}").as_str()), Type::Int, cells.collect::<Vec<_>>())
    };
    Table::from_columns((0..columns).map(column).collect()).unwrap()
}

pub(super) fn trend(numbers: &[i64]) -> (&'static str, Scalar) {
    ("chart", Scalar::list(numbers.iter().copied().map(Scalar::Int)))
}
