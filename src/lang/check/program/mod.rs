//! The resolved program: every name is the number of what it stands for.

mod page;

pub use page::{form_of, title_of};

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::component;
use crate::expr::{Expr, Template};
use crate::source::{FileId, Span};
use crate::spec::{self, AnswerFormat, ColumnMeaning, FileOptions, Format, Generate, Name, QueryKey};
use crate::value::{Column, Columns, Scalar, Type};

macro_rules! ids {
    ($($(#[doc = $doc:literal])+ $name:ident;)*) => {
        $($(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);

        impl $name {
            pub fn index(self) -> usize {
                self.0 as usize
            }

            /// The id at an index of the page's list.
            pub fn at(index: usize) -> Self {
                Self(u32::try_from(index).expect("a page has less than 2^32 of anything"))
            }
        })*
    };
}

ids! {
    /// A key of [`Page::state`].
    StateId;
    /// An entry of [`Page::queries`].
    QueryId;
    /// An entry of [`Page::values`].
    ValueId;
    /// An entry of [`Page::writes`].
    WriteId;
    /// An entry of [`Page::components`].
    ComponentId;
}

/// What a name in an expression stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ref {
    State(StateId),
    Query(QueryId),
    Value(ValueId),
    /// An index of [`Page::params`].
    Param(u32),
    /// An index of [`Write::params`], in the SQL of that write.
    WriteParam(u32),
    User(UserField),
    AppTitle,
    PageTitle,
    PagePath,
    Row,
    /// What the last write of the list has returned.
    Result,
    Now,
    Today,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UserField {
    Email,
    Name,
    Groups,
}

/// An app whose names are resolved.
#[derive(Clone, Debug)]
pub struct Program {
    pub settings: Arc<spec::AppSettings>,
    /// With those that only secrets name.
    pub connections: BTreeMap<Name, spec::KnownConnection>,
    /// By path.
    pub pages: Vec<Page>,
}

/// A page with all that it can read: what `app.yaml` declares stands in the lists of each page.
#[derive(Clone, Debug)]
pub struct Page {
    pub file: FileId,
    /// `/`, `/ops/latency`, `/customers/[id]`
    pub path: String,
    pub title: Template<Ref>,
    pub icon: Option<String>,
    pub description: Option<Template<Ref>>,
    pub wide: bool,
    pub params: Vec<spec::Param>,
    pub state: Vec<State>,
    pub queries: Vec<Query>,
    pub values: Vec<Value>,
    pub writes: Vec<Write>,
    /// Parents before their children, in source order.
    pub components: Vec<Component>,
    pub sidebar: Vec<ComponentId>,
    pub body: Vec<ComponentId>,
    /// How often its queries run by themselves; the page's own, else the app's.
    pub every: Option<Template<Ref>>,
}

/// A key of state: declared, declared by a widget, or of a component's own (the open tab).
#[expect(clippy::struct_excessive_bools, reason = "each says something else of a key, and none rests on another")]
#[derive(Clone, Debug)]
pub struct State {
    /// The name of its field in a form.
    pub name: Name,
    pub ty: Type,
    /// Declared in `app.yaml`.
    pub shared: bool,
    /// Declared under `state`, and not by a component alone.
    pub declared: bool,
    pub initial: Initial,
    pub each_run: Option<Expr<Ref>>,
    /// The parameter of URLs that it stands in.
    pub in_url: Option<Name>,
    /// Whether it is kept for the browser.
    pub kept: bool,
    /// The table component whose page, order, search or filter it is.
    pub window: Option<ComponentId>,
    /// The component each of whose rows has a value of its own.
    pub row_of: Option<ComponentId>,
    /// What its value must be one of, unless it `takes_new`.
    pub choices: Option<Choices>,
    /// Whether a user may enter what is none of its choices.
    pub takes_new: bool,
    /// The widgets that are bound to it.
    pub widgets: Vec<ComponentId>,
    /// Where it is declared, or the widget that declares it.
    pub span: Span,
}

/// Where the first value of a key comes from.
#[derive(Clone, Debug)]
pub enum Initial {
    Const(Scalar),
    /// Null if the key is nullable, else the first of its choices; of a range also the last.
    FirstChoice,
    /// Evaluated once, on the initial state.
    From(Expr<Ref>),
}

/// What a choice offers.
#[derive(Clone, Debug)]
pub enum Choices {
    List(Vec<Choice>),
    /// The names of columns; one that is left to the query is empty as long as its columns are not known.
    Query {
        query: QueryId,
        value: Name,
        label: Name,
        first: Vec<Choice>,
    },
}

/// One entry of a choice.
#[derive(Clone, Debug)]
pub struct Choice {
    pub value: Scalar,
    /// Without one, the value as text.
    pub label: Option<Template<Ref>>,
}

/// A named table.
#[derive(Clone, Debug)]
pub struct Query {
    pub name: Name,
    pub key: QueryKey,
    pub source: Source,
    /// Where any are known.
    pub columns: Option<Columns>,
    /// The author's words on columns, this query's own and those inherited from the queries it reads.
    pub meanings: Vec<ColumnMeaning>,
    /// The query's own, else the app's.
    pub cache: Option<spec::Cache>,
    pub timeout: Option<Duration>,
    pub max_rows: Option<u64>,
    pub optional: bool,
    pub every: Every,
    pub span: Span,
}

/// When a query runs by itself.
#[derive(Clone, Debug)]
pub enum Every {
    /// Not at all: it follows what it reads, or never changes.
    Never,
    /// As its page says.
    AsPage,
    Own(Template<Ref>),
}

/// Where the rows of a query come from.
#[derive(Clone, Debug)]
pub enum Source {
    Sql {
        connection: Name,
        sql: Template<Ref>,
    },
    File {
        path: String,
        options: FileOptions,
    },
    Http {
        connection: Name,
        get: Template<Ref>,
        format: Option<AnswerFormat>,
        path: Option<String>,
        options: FileOptions,
    },
    Transform {
        sql: Template<Ref>,
        tables: Vec<(Name, TableRef)>,
    },
    Rows(Arc<[Vec<(Name, Scalar)>]>),
    Generate(Generate),
    /// What a table component shows of its table.
    Part {
        of: Whole,
        /// The component, with its [`Window`].
        table: ComponentId,
        take: Take,
    },
}

/// What a part is taken of.
#[derive(Clone, Debug)]
pub enum Whole {
    /// The table of a query, which need not be made as a whole if nobody else reads it.
    Query(QueryId),
    Expr(Expr<Ref>),
}

/// What is taken of the rows that are left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    /// One page of them, in their order.
    Rows,
    /// All of them, in their order.
    All,
    /// How many there are.
    Count,
    /// Those that are selected, whatever readers look for.
    Selected,
}

/// What readers choose of a table component, and the queries that the compiler writes for it.
#[derive(Clone, Debug)]
pub struct Window {
    /// Counted from 1.
    pub page: StateId,
    /// Empty, or columns with `desc` behind them: `amount desc, day`.
    pub sort: StateId,
    pub search: Option<StateId>,
    pub filters: Vec<Filter>,
    pub page_size: u32,
    /// The column that decides between equals.
    pub key: Option<Name>,
    /// Whether the author has said that the key names rows.
    pub is_unique: bool,
    /// The columns that rows are sorted by and searched, as far as they are known.
    pub columns: Vec<Name>,
    pub rows: QueryId,
    pub count: QueryId,
    pub selection: Option<Selection>,
    /// All rows, for those who take them as a file.
    pub download: Option<Download>,
}

/// What readers can take of a table as a file.
#[derive(Clone, Debug)]
pub struct Download {
    /// Names of formats.
    pub formats: Vec<Name>,
    /// Asked only when somebody takes it.
    pub query: QueryId,
}

/// The rows of a table that readers select.
#[derive(Clone, Debug)]
pub struct Selection {
    /// Takes the values of a column: one, or a list of them.
    pub state: StateId,
    pub column: Name,
    /// As far as it is known.
    pub ty: Type,
    /// Those of the selected values that the table has.
    pub query: QueryId,
}

/// What readers ask of a column.
#[derive(Clone, Debug)]
pub struct Filter {
    pub column: Name,
    pub ty: Type,
    pub state: StateId,
}

impl Window {
    /// All that readers choose.
    pub fn states(&self) -> impl Iterator<Item = StateId> {
        let selected = self.selection.as_ref().map(|selection| selection.state);
        self.own().chain(selected)
    }

    /// What readers choose that is the table's own, and no key that the author has declared.
    pub fn own(&self) -> impl Iterator<Item = StateId> {
        [self.page, self.sort].into_iter().chain(self.choices())
    }

    /// What decides which rows there are.
    pub fn choices(&self) -> impl Iterator<Item = StateId> {
        self.search.into_iter().chain(self.filters.iter().map(|filter| filter.state))
    }
}

impl Source {
    /// What is written for a query, with values in it, where there is some: its SQL, or what it asks for.
    pub fn template(&self) -> Option<&Template<Ref>> {
        match self {
            Self::Sql { sql, .. } | Self::Transform { sql, .. } => Some(sql),
            Self::Http { get, .. } => Some(get),
            Self::File { .. } | Self::Rows(_) | Self::Generate(_) | Self::Part { .. } => None,
        }
    }
}

/// What a table name in a transform stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableRef {
    Query(QueryId),
    State(StateId),
}

/// A named expression.
#[derive(Clone, Debug)]
pub struct Value {
    pub name: Name,
    /// Declared in `app.yaml`.
    pub shared: bool,
    pub expr: Expr<Ref>,
    pub ty: Type,
    pub span: Span,
}

/// Statements that change a database together.
#[derive(Clone, Debug)]
pub struct Write {
    pub name: Name,
    /// Declared in `app.yaml`.
    pub shared: bool,
    /// As that of a query.
    pub key: QueryKey,
    pub connection: Name,
    pub params: Vec<WriteParam>,
    pub statements: Vec<Template<Ref>>,
    pub refreshes: Refreshes,
    pub span: Span,
}

/// What a `run` hands over to a write.
#[derive(Clone, Debug)]
pub struct WriteParam {
    pub name: Name,
    pub ty: Type,
}

/// The queries whose tables a write makes out of date.
#[derive(Clone, Debug)]
pub enum Refreshes {
    /// All of the write's connection, on whatever page.
    Connection,
    /// All of the app.
    All,
    /// Transforms not among them, but what they read.
    These(Vec<QueryId>),
}

/// A component of a page.
#[derive(Clone, Debug)]
pub struct Component {
    /// Unique on the page.
    pub id: String,
    pub kind: &'static component::Component,
    pub parent: Option<ComponentId>,
    pub children: Vec<ComponentId>,
    /// The component that it stands in once for each row of a table: it is evaluated with that, and its id is followed
    /// by what names the row.
    pub row_of: Option<ComponentId>,
    /// What stands in rows between its id and what names one: `-`, or `.` where with that another component's id begins.
    pub joint: char,
    pub subject: Subject,
    pub when: Option<Expr<Ref>>,
    /// For a child of `tabs` or of an `expander`: the key and the value that it must have for this to show.
    pub shown_if: Option<(StateId, Scalar)>,
    pub props: Vec<(&'static str, Prop)>,
    /// Of a table: what readers choose of it.
    pub window: Option<Window>,
    pub span: Span,
}

impl Component {
    pub fn prop(&self, name: &str) -> Option<&Prop> {
        self.props.iter().find(|(key, _)| *key == name).map(|(_, prop)| prop)
    }

    /// The key that what is selected in a chart or a table sets.
    pub fn selected(&self) -> Option<StateId> {
        match self.prop("selected") {
            Some(Prop::StateKey(key)) if self.kind.shows_rows() => Some(*key),
            _ => None,
        }
    }

    /// The column whose values the marks of a chart stand at.
    pub fn place<'c>(&self, columns: &'c [Column], color: Option<&str>) -> Option<&'c Column> {
        let named = |(option, prop): &'_ (&'static str, Prop)| match prop {
            Prop::Columns(names) => Some((*option, names.clone())),
            _ => None,
        };
        let named: Vec<(&str, Vec<Name>)> = self.props.iter().filter_map(named).collect();
        let place = component::place_option(self.kind.name);
        let x = named.iter().find(|(option, _)| *option == place).and_then(|(_, names)| names.first());
        let others = named.iter().filter(|(option, _)| *option != place).flat_map(|(_, names)| names);
        let taken: Vec<&str> = others.map(|name| &**name).chain(color).collect();
        component::place_of(self.kind.name, columns, x.map(|x| &**x), &taken)
    }

    /// Whether the actions of an option run a write.
    pub fn writes(&self, list: &str) -> bool {
        let is_run = |action: &Action| matches!(action.kind, ActionKind::Run { .. });
        matches!(self.prop(list), Some(Prop::Actions(actions)) if actions.iter().any(is_run))
    }
}

/// What stands behind the key that names the kind.
#[derive(Clone, Debug)]
pub enum Subject {
    None,
    Text(Template<Ref>),
    Expr(Expr<Ref>),
    /// A table; with the query whose columns it has, if they are those of one.
    Table {
        expr: Expr<Ref>,
        query: Option<QueryId>,
        /// Where any are known.
        columns: Option<Columns>,
    },
    /// An option of `ECharts`.
    Json(Arc<serde_json::Value>),
    /// The key of a widget, of `tabs` or of an `expander`.
    State(StateId),
}

/// The value of an option.
#[derive(Clone, Debug)]
pub enum Prop {
    Text(Template<Ref>),
    Expr(Expr<Ref>),
    /// A table that is made when somebody asks for it; with the query whose columns it has, if they are those of one.
    Table {
        expr: Expr<Ref>,
        query: Option<QueryId>,
    },
    Columns(Vec<Name>),
    /// Columns that rows are sorted by, each with whether it is descending.
    Order(Vec<(Name, bool)>),
    Literal(Scalar),
    Format(Format),
    /// A widget's options stand in its key: [`State::choices`].
    Options,
    Actions(Vec<Action>),
    TableColumns(Vec<TableColumn>),
    Annotations(Vec<Annotation>),
    StateKey(StateId),
    /// The area that each cell of a grid is of, row by row.
    Areas(Vec<Vec<Option<Name>>>),
}

/// A line or a band over a chart.
#[derive(Clone, Debug)]
pub struct Annotation {
    pub axis: spec::Axis,
    /// A value is a line there, two of them are a band.
    pub at: Expr<Ref>,
    pub label: Option<Template<Ref>>,
    pub color: Option<Template<Ref>>,
}

/// A column of a table component.
#[derive(Clone, Debug)]
pub struct TableColumn {
    pub column: Name,
    pub label: Option<Template<Ref>>,
    pub format: Option<Format>,
    pub unit: Option<String>,
    pub align: Option<String>,
    /// In pixels.
    pub width: Option<u32>,
    pub is_hidden: bool,
    pub cells: spec::Cells<Ref>,
}

impl TableColumn {
    /// A column as it is.
    pub fn plain(column: Name) -> Self {
        Self {
            column,
            label: None,
            format: None,
            unit: None,
            align: None,
            width: None,
            is_hidden: false,
            cells: spec::Cells::default(),
        }
    }

    /// All its templates.
    pub fn templates(&self) -> impl Iterator<Item = &Template<Ref>> {
        self.label.iter().chain(&self.cells.link).chain(&self.cells.color)
    }

    /// The number of a full bar.
    pub fn full_bar(&self) -> Option<&Expr<Ref>> {
        match &self.cells.drawing {
            spec::Drawing::Bar(full) => full.as_ref(),
            _ => None,
        }
    }
}

/// An item of an action list.
#[derive(Clone, Debug)]
pub struct Action {
    pub kind: ActionKind,
    pub when: Option<Expr<Ref>>,
}

#[derive(Clone, Debug)]
pub enum ActionKind {
    Set(Vec<(StateId, Expr<Ref>)>),
    /// Takes keys back to their first values, and tables to how they were at first: their page, order, search and filters.
    Reset {
        keys: Vec<StateId>,
        tables: Vec<ComponentId>,
    },
    Refresh(Vec<QueryId>),
    Goto(Template<Ref>),
    Toast(Template<Ref>),
    /// A write, and what is handed over for each of its parameters, in their order.
    Run {
        write: WriteId,
        with: Vec<Expr<Ref>>,
    },
}

#[cfg(test)]
mod tests {
    use super::title_of;

    #[test]
    fn a_page_without_title_is_called_like_its_file() {
        for (path, title) in [("/", "Start"), ("/ops/daily-sales", "Daily sales"), ("/customers/[id]", "Id")] {
            assert_eq!(title_of(path), title);
        }
    }
}
