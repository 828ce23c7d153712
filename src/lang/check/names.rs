//! Who is meant by a name.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::program::{ComponentId, QueryId, Ref, StateId, TableRef, UserField, ValueId, WriteId};
use crate::diagnostic::{Diagnostic, Diagnostics, code, suggest};
use crate::expr::{Expr, ExprKind, Name as Written, Template};
use crate::source::{Span, Spanned};
use crate::spec::{self, Definitions, Name};
use crate::value::{Columns, Scalar, Type};

/// The names that a page can use, each list in the order of its ids.
#[derive(Debug)]
pub(super) struct Names<'a> {
    pub state: Vec<Named>,
    pub queries: Vec<Named>,
    pub values: Vec<Named>,
    pub writes: Vec<Named>,
    /// The keys that may hold a table.
    tables: BTreeMap<Name, Option<Columns>>,
    params: Vec<Name>,
    /// Defined, and reported there.
    broken: BTreeSet<Name>,
    /// The keys that have one value for each row of a component.
    by_row: BTreeMap<StateId, ComponentId>,
    /// The path of the page.
    path: &'a str,
    declarations: &'a Declarations,
    /// What was looked for among the declarations of other pages.
    sought: RefCell<Vec<(&'static str, Name)>>,
    /// Where something was named, if anybody asks.
    uses: Option<RefCell<Vec<Use>>>,
}

/// The paths of the pages that declare something, by what it is and its name: the same for all pages of an app.
#[derive(Clone, Debug, Default)]
pub struct Declarations(BTreeMap<(&'static str, Name), BTreeSet<String>>);

impl Declarations {
    pub(super) fn of(pages: &[spec::Page]) -> Self {
        let mut declarations = Self::default();
        for page in pages {
            declarations.add(page);
        }
        declarations
    }

    fn add(&mut self, page: &spec::Page) {
        for declared in declared(page) {
            self.0.entry(declared).or_default().insert(page.path.clone());
        }
    }

    /// Takes up a page in the place of what it was before; gives what is declared now or no longer.
    pub fn replace(&mut self, before: &spec::Page, page: &spec::Page) -> BTreeSet<(&'static str, Name)> {
        let (old, new): (BTreeSet<_>, BTreeSet<_>) = (declared(before).collect(), declared(page).collect());
        for gone in &old {
            if let Some(paths) = self.0.get_mut(gone) {
                paths.remove(&before.path);
            }
        }
        self.add(page);
        old.symmetric_difference(&new).cloned().collect()
    }
}

/// A place where something of a page is named, beside where it is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Use {
    /// With what stands around the name: `state.region`, quotes.
    pub span: Span,
    pub target: Target,
}

/// What a name that can be declared stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    State(StateId),
    Query(QueryId),
    Value(ValueId),
    Write(WriteId),
    /// Of the path of the page.
    Param(u32),
}

impl Target {
    /// What a reference stands for, if that can be declared.
    pub(super) fn of(reference: Ref) -> Option<Self> {
        match reference {
            Ref::State(id) => Some(Self::State(id)),
            Ref::Query(id) => Some(Self::Query(id)),
            Ref::Value(id) => Some(Self::Value(id)),
            Ref::Param(index) => Some(Self::Param(index)),
            _ => None,
        }
    }
}

impl From<TableRef> for Target {
    fn from(table: TableRef) -> Self {
        match table {
            TableRef::Query(id) => Self::Query(id),
            TableRef::State(id) => Self::State(id),
        }
    }
}

/// Something that has a name.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub name: Name,
    pub span: Span,
    /// Declared in `app.yaml`, which sees only its own.
    pub shared: bool,
}

/// Where a name is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reader {
    /// In `app.yaml`, which sees what it declares itself.
    pub is_app: bool,
    /// In what stands for each row of the table of this component.
    row_of: Option<ComponentId>,
}

impl Reader {
    pub(super) const APP: Self = Self::of(true);
    pub(super) const PAGE: Self = Self::of(false);

    pub(super) const fn of(shared: bool) -> Self {
        Self { is_app: shared, row_of: None }
    }

    /// The same in what stands for each row of a query, whichever component shows it.
    pub(super) fn in_any_row(self) -> Self {
        self.in_row_of(Some(ComponentId(u32::MAX)))
    }

    /// The same in what stands for each row of a component.
    pub(super) fn in_row_of(self, host: Option<ComponentId>) -> Self {
        Self { row_of: host, ..self }
    }
}

impl<'a> Names<'a> {
    /// Collects what the app and the page declare; the keys of widgets are added by [`super::state`].
    pub(super) fn of(spec: &spec::Spec, page: &'a spec::Page, declarations: &'a Declarations) -> Self {
        let (shared, own) = (&spec.shared, &page.definitions);
        let state = shared.state.iter().map(|key| &key.name);
        let tables = shared.state.iter().chain(&own.state).filter(|key| may_be_table(key));
        let queries = shared.queries.iter().map(|query| &query.name);
        let values = shared.values.iter().map(|value| &value.name);
        let writes = shared.writes.iter().map(|write| &write.name);
        Self {
            state: merge(state, own.state.iter().map(|key| &key.name)),
            queries: merge(queries, own.queries.iter().map(|query| &query.name)),
            values: merge(values, own.values.iter().map(|value| &value.name)),
            writes: merge(writes, own.writes.iter().map(|write| &write.name)),
            tables: tables.map(|key| (key.name.value.clone(), None)).collect(),
            params: page.params.iter().map(|param| param.name.value.clone()).collect(),
            broken: shared.broken.iter().chain(&own.broken).cloned().collect(),
            by_row: BTreeMap::new(),
            path: &page.path,
            declarations,
            sought: RefCell::default(),
            uses: None,
        }
    }

    /// The same names, which note where they are used, if that is asked for.
    pub(super) fn noting(self, is_asked: bool) -> Self {
        Self { uses: is_asked.then(RefCell::default), ..self }
    }

    /// Notes that something is named at a place, if anybody asks.
    pub(super) fn note(&self, span: Span, target: impl Into<Target>) {
        if let Some(uses) = &self.uses {
            // What stands in a partial, or behind an alias, is one place however often it is used.
            uses.borrow_mut().push(Use { span: span.as_written().0, target: target.into() });
        }
    }

    /// What was looked for among the declarations of other pages, and where names were used, in order.
    pub(super) fn found(self) -> (Vec<(&'static str, Name)>, Vec<Use>) {
        let mut uses = self.uses.map(RefCell::into_inner).unwrap_or_default();
        uses.sort_unstable();
        uses.dedup();
        (self.sought.into_inner(), uses)
    }

    /// Says which other page declares what is not known here; false if none does.
    fn point_elsewhere(&self, what: &'static str, name: &str, diagnostic: &mut Diagnostic) -> bool {
        let sought = (what, Name::from(name));
        let paths = self.declarations.0.get(&sought);
        self.sought.borrow_mut().push(sought);
        let Some(path) = paths.into_iter().flatten().rfind(|path| *path != self.path) else { return false };
        diagnostic.help(format!("it is a {what} of the page `{path}`: what several pages use stands in `app.yaml`"));
        true
    }

    /// Whether the definition of this name was reported, so that nothing is to be said where it is used.
    pub(super) fn is_broken(&self, name: &str) -> bool {
        self.broken.contains(name)
    }

    /// The key of a bare name, as in `set` and behind a widget.
    pub(super) fn key(&self, key: &Spanned<Name>, reader: Reader, diagnostics: &mut Diagnostics) -> Option<StateId> {
        let found = self.find_state(&key.value, key.span, reader, diagnostics);
        found.inspect(|id| self.note(key.span, Target::State(*id)))
    }

    /// The key of a name that is read here; one that each row has its own of is known where that row is.
    fn find_state(&self, name: &str, span: Span, reader: Reader, diagnostics: &mut Diagnostics) -> Option<StateId> {
        let Some(found) = find(&self.state, name, reader).map(StateId::at) else {
            self.report_key(name, span, reader, diagnostics);
            return None;
        };
        if self.row_of(found).is_some_and(|host| reader.row_of != Some(host)) {
            let message = format!("the key `{name}` has a value for each row, and there is no row here");
            let diagnostic = diagnostics.report(&code::UNKNOWN_NAME, span, message);
            if let Some(named) = self.state.get(found.index()) {
                diagnostic.label(named.span, "this widget stands in `repeat`, and nothing else declares its key");
            }
            diagnostic
                .help(format!("to have one value for all rows, declare it: `state: {{ {name}: {{ type: … }} }}`"));
            return None;
        }
        Some(found)
    }

    /// The component each of whose rows has a value of its own of a key.
    pub(super) fn row_of(&self, id: StateId) -> Option<ComponentId> {
        self.by_row.get(&id).copied()
    }

    /// Notes that each row of a component has a value of its own of a key.
    pub(super) fn keep_by_row(&mut self, id: StateId, host: ComponentId) {
        self.by_row.insert(id, host);
    }

    /// The query of a bare name, as in `refresh` and `options`.
    pub(super) fn query(
        &self,
        query: &Spanned<Name>,
        reader: Reader,
        diagnostics: &mut Diagnostics,
    ) -> Option<QueryId> {
        let found = find(&self.queries, &query.value, reader);
        if found.is_none() && !self.is_broken(&query.value) {
            let diagnostic = diagnostics.report(&code::UNKNOWN_NAME, query.span, format!("no query `{}`", query.value));
            diagnostic.here("not declared");
            if !self.point_elsewhere(QUERY, &query.value, diagnostic) {
                diagnostic.nearest(&query.value, visible(&self.queries, reader));
            }
        }
        found.map(QueryId::at).inspect(|id| self.note(query.span, Target::Query(*id)))
    }

    /// The write of a bare name, as in `run`.
    pub(super) fn write(
        &self,
        write: &Spanned<Name>,
        reader: Reader,
        diagnostics: &mut Diagnostics,
    ) -> Option<WriteId> {
        let found = find(&self.writes, &write.value, reader);
        if found.is_none() && !self.is_broken(&write.value) {
            let diagnostic = diagnostics.report(&code::UNKNOWN_NAME, write.span, format!("no write `{}`", write.value));
            diagnostic.here("not declared");
            if self.point_elsewhere(WRITE, &write.value, diagnostic) {
                return None;
            }
            diagnostic.nearest(&write.value, visible(&self.writes, reader));
            if let Some(other) = self.writes.iter().find(|named| named.name == write.value) {
                diagnostic.label(other.span, "only this page has it, and `app.yaml` sees what it declares itself");
            } else if self.writes.is_empty() {
                diagnostic.help("what changes a database is declared under `writes`");
            }
        }
        found.map(WriteId::at).inspect(|id| self.note(write.span, Target::Write(*id)))
    }

    /// The query or state key that a transform reads under this name.
    pub(super) fn table(&self, name: &str, reader: Reader) -> Option<Ref> {
        let query = find(&self.queries, name, reader).map(|index| Ref::Query(QueryId::at(index)));
        let key = || find(&self.state, name, reader).filter(|_| self.tables.contains_key(name));
        query.or_else(|| key().map(|index| Ref::State(StateId::at(index))))
    }

    /// Notes that a key holds a table, and the columns of it that are known.
    pub(super) fn hold_table(&mut self, key: &Name, columns: Option<Columns>) {
        self.tables.insert(key.clone(), columns);
    }

    /// The columns of the table that a key holds, where they are known.
    pub(super) fn columns_of_key(&self, name: &str) -> Option<Columns> {
        self.tables.get(name).cloned().flatten()
    }

    /// The names that a transform can read.
    pub(super) fn tables(&self, reader: Reader) -> impl Iterator<Item = &str> {
        visible(&self.queries, reader).chain(visible(&self.state, reader).filter(|key| self.tables.contains_key(*key)))
    }

    /// The key of a bare name, wherever it is declared.
    pub(super) fn find_key(&self, name: &str) -> Option<StateId> {
        find(&self.state, name, Reader::PAGE).map(StateId::at)
    }

    /// Adds a key that a component declares.
    pub(super) fn declare_key(&mut self, name: Name, span: Span, shared: bool) -> StateId {
        self.state.push(Named { name, span, shared });
        StateId::at(self.state.len() - 1)
    }

    /// What a name in an expression stands for.
    pub(super) fn resolve(
        &self,
        name: &Written,
        span: Span,
        reader: Reader,
        diagnostics: &mut Diagnostics,
    ) -> Option<Ref> {
        let found = self.resolve_name(name, span, reader, diagnostics);
        if let Some(target) = found.and_then(Target::of) {
            self.note(span, target);
        }
        found
    }

    fn resolve_name(&self, name: &Written, span: Span, reader: Reader, diagnostics: &mut Diagnostics) -> Option<Ref> {
        match name {
            Written::State(key) => self.find_state(key, span, reader, diagnostics).map(Ref::State),
            Written::Value(value) => {
                let found = find(&self.values, value, reader);
                if found.is_none() {
                    self.report_value(value, span, reader, diagnostics);
                }
                found.map(|index| Ref::Value(ValueId::at(index)))
            }
            Written::Param(param) => self.param(param, span, diagnostics),
            Written::User(field) => one_of("user", field, &USER, span, diagnostics),
            Written::App(field) => one_of("app", field, &[("title", Ref::AppTitle)], span, diagnostics),
            Written::Page(field) => one_of("page", field, &PAGE, span, diagnostics),
            Written::Bare(name) => {
                let found = find(&self.queries, name, reader);
                if found.is_none() {
                    self.report_bare(name, span, reader, diagnostics);
                }
                found.map(|index| Ref::Query(QueryId::at(index)))
            }
            Written::Row if reader.row_of.is_some() => Some(Ref::Row),
            Written::Row => report_absent(
                "row",
                "it stands for one row of a table: in `repeat`, in `row_actions` and in the columns of a `table`",
                span,
                diagnostics,
            ),
            Written::Result => report_absent(
                "result",
                "it stands for what a write has returned: behind `run`, in the same list",
                span,
                diagnostics,
            ),
            Written::Now => Some(Ref::Now),
            Written::Today => Some(Ref::Today),
        }
    }

    /// An expression with its names resolved; what is not known is reported, and nothing comes of it.
    pub(super) fn expr(&self, expr: &Expr, reader: Reader, diagnostics: &mut Diagnostics) -> Option<Expr<Ref>> {
        expr.resolve(&mut |name, span| self.resolve(name, span, reader, diagnostics))
    }

    /// A template with its names resolved; what is not known is reported, and nothing comes of it.
    pub(super) fn template(
        &self,
        template: &Template,
        reader: Reader,
        diagnostics: &mut Diagnostics,
    ) -> Option<Template<Ref>> {
        template.resolve(&mut |name, span| self.resolve(name, span, reader, diagnostics))
    }

    fn param(&self, name: &Name, span: Span, diagnostics: &mut Diagnostics) -> Option<Ref> {
        let found = self.params.iter().position(|param| param == name);
        if found.is_none() {
            let diagnostic = diagnostics.report(&code::UNKNOWN_NAME, span, format!("no parameter `{name}`"));
            diagnostic.here("not in the path of this page");
            diagnostic.nearest(name, self.params.iter().map(|param| &**param));
        }
        found.and_then(|index| u32::try_from(index).ok()).map(Ref::Param)
    }

    fn report_key(&self, key: &str, span: Span, reader: Reader, diagnostics: &mut Diagnostics) {
        if self.is_broken(key) {
            return;
        }
        let diagnostic = diagnostics.report(&code::UNKNOWN_NAME, span, format!("no state key `{key}`"));
        diagnostic.here("not declared");
        if self.point_elsewhere(STATE, key, diagnostic) {
            return;
        }
        if let Some(near) = suggest::nearest(key, visible(&self.state, reader)) {
            diagnostic.help(format!("did you mean `{near}`?"));
        } else if find(&self.values, key, reader).is_some() {
            diagnostic.help(format!("`{key}` is a value: write `values.{key}`"));
        } else if find(&self.queries, key, reader).is_some() {
            diagnostic.help(format!("`{key}` is a query: write `{key}`"));
        } else if let Some(other) = self.state.iter().find(|named| &*named.name == key) {
            diagnostic.label(other.span, "only this page has it, and `app.yaml` sees what it declares itself");
        } else {
            diagnostic.help("a key is declared by a widget that is bound to it, or under `state`");
        }
    }

    fn report_value(&self, value: &str, span: Span, reader: Reader, diagnostics: &mut Diagnostics) {
        if self.is_broken(value) {
            return;
        }
        let diagnostic = diagnostics.report(&code::UNKNOWN_NAME, span, format!("no value `{value}`"));
        diagnostic.here("not declared");
        if self.point_elsewhere("value", value, diagnostic) {
            return;
        }
        if let Some(near) = suggest::nearest(value, visible(&self.values, reader)) {
            diagnostic.help(format!("did you mean `{near}`?"));
        } else if find(&self.state, value, reader).is_some() {
            diagnostic.help(format!("`{value}` is a state key: write `state.{value}`"));
        } else if find(&self.queries, value, reader).is_some() {
            diagnostic.help(format!("`{value}` is a query: write `{value}`"));
        }
    }

    fn report_bare(&self, name: &str, span: Span, reader: Reader, diagnostics: &mut Diagnostics) {
        if self.is_broken(name) {
            return;
        }
        let is_key = find(&self.state, name, reader).is_some();
        let is_value = find(&self.values, name, reader).is_some();
        let diagnostic = diagnostics.report(&code::UNKNOWN_NAME, span, format!("no query `{name}`"));
        diagnostic.here("not declared");
        if is_key {
            diagnostic.help(format!("`{name}` is a state key: write `state.{name}`"));
            diagnostic.fix(format!("write `state.{name}`"), span, format!("state.{name}"));
        } else if is_value {
            diagnostic.help(format!("`{name}` is a value: write `values.{name}`"));
            diagnostic.fix(format!("write `values.{name}`"), span, format!("values.{name}"));
        } else if !self.point_elsewhere(QUERY, name, diagnostic) {
            self.guess_bare(name, reader, diagnostic);
        }
    }

    fn guess_bare(&self, name: &str, reader: Reader, diagnostic: &mut Diagnostic) {
        if matches!(name, "null" | "NULL" | "Null" | "nil" | "undefined") {
            diagnostic.help("what is not there is `none`");
        } else if matches!(name, "now" | "today") {
            diagnostic.help(format!("did you mean the function `{name}()`?"));
        } else if let Some(bool) = spec::bool_word(name) {
            diagnostic.help(format!("a bool is `true` or `false`: write `{bool}`"));
        } else if let Some(near) = suggest::nearest(name, visible(&self.queries, reader)) {
            diagnostic.help(format!("did you mean `{near}`?"));
        } else if let Some(near) = suggest::nearest(name, visible(&self.state, reader)) {
            diagnostic.help(format!("did you mean `state.{near}`?"));
        } else if let Some(near) = suggest::nearest(name, visible(&self.values, reader)) {
            diagnostic.help(format!("did you mean `values.{near}`?"));
        } else {
            diagnostic.help(format!("a bare name is that of a query; text stands in quotes: `'{name}'`"));
        }
    }
}

/// All that a page declares, by what it is and its name.
fn declared(page: &spec::Page) -> impl Iterator<Item = (&'static str, Name)> + '_ {
    lists(&page.definitions)
        .into_iter()
        .flat_map(|(what, names)| names.into_iter().map(move |name| (what, name.value.clone())))
}

pub(super) const STATE: &str = "state key";
pub(super) const QUERY: &str = "query";
pub(super) const VALUE: &str = "value";
pub(super) const WRITE: &str = "write";

/// The names of definitions, by what they are.
pub(super) fn lists(all: &Definitions) -> [(&'static str, Vec<&Spanned<Name>>); 4] {
    [
        (STATE, all.state.iter().map(|key| &key.name).collect()),
        (QUERY, all.queries.iter().map(|query| &query.name).collect()),
        (VALUE, all.values.iter().map(|value| &value.name).collect()),
        (WRITE, all.writes.iter().map(|write| &write.name).collect()),
    ]
}

/// Reports what a page declares although `app.yaml` does.
pub(super) fn report_shared(shared: &Definitions, own: &Definitions, diagnostics: &mut Diagnostics) {
    for ((what, shared), (_, own)) in lists(shared).into_iter().zip(lists(own)) {
        for name in own {
            if let Some(first) = shared.iter().find(|first| first.value == name.value) {
                let message = format!("the {what} `{}` is declared for the whole app already", name.value);
                diagnostics.report(&code::NAME, name.span, message).label(first.span, "declared here for all pages");
            }
        }
    }
}

const USER: [(&str, Ref); 3] = [
    ("email", Ref::User(UserField::Email)),
    ("name", Ref::User(UserField::Name)),
    ("groups", Ref::User(UserField::Groups)),
];
const PAGE: [(&str, Ref); 2] = [("title", Ref::PageTitle), ("path", Ref::PagePath)];

/// Whether a declared key can hold a table: by its type, or for all that is known before types are.
fn may_be_table(key: &spec::StateKey) -> bool {
    match &key.ty {
        Some(ty) => matches!(ty.value, Type::Table(_)),
        None => key.default_from.is_some(),
    }
}

/// Stands for an expression that was reported; no app comes of the program that holds it.
pub(super) fn placeholder(span: Span) -> Expr<Ref> {
    Expr { kind: ExprKind::Const(Scalar::Null), span }
}

/// The names of the app, then those of the page; one in both has been reported, and means that of the app.
fn merge<'a>(
    shared: impl Iterator<Item = &'a Spanned<Name>>,
    own: impl Iterator<Item = &'a Spanned<Name>>,
) -> Vec<Named> {
    let named = |name: &Spanned<Name>, shared| Named { name: name.value.clone(), span: name.span, shared };
    shared.map(|name| named(name, true)).chain(own.map(|name| named(name, false))).collect()
}

fn find(all: &[Named], name: &str, reader: Reader) -> Option<usize> {
    all.iter().position(|named| &*named.name == name && (named.shared || !reader.is_app))
}

fn visible(all: &[Named], reader: Reader) -> impl Iterator<Item = &str> {
    all.iter().filter(move |named| named.shared || !reader.is_app).map(|named| &*named.name)
}

fn one_of(of: &str, field: &str, fields: &[(&str, Ref)], span: Span, diagnostics: &mut Diagnostics) -> Option<Ref> {
    let found = fields.iter().find(|(name, _)| *name == field).map(|(_, found)| *found);
    if found.is_none() {
        let names: Vec<String> = fields.iter().map(|(name, _)| format!("`{of}.{name}`")).collect();
        let diagnostic = diagnostics.report(&code::UNKNOWN_NAME, span, format!("no `{of}.{field}`"));
        diagnostic.help(format!("there is {}", names.join(", ")));
        diagnostic.nearest(field, fields.iter().map(|(name, _)| *name));
    }
    found
}

fn report_absent(name: &str, help: &str, span: Span, diagnostics: &mut Diagnostics) -> Option<Ref> {
    diagnostics.report(&code::UNKNOWN_NAME, span, format!("there is no `{name}` here")).help(help);
    None
}
