//! The typed spec: what the author wrote, its shape checked, every name still a name.

mod action;
mod annotation;
mod app;
mod area;
mod asset;
mod cache;
mod column;
mod component;
mod connection;
mod env;
mod every;
mod field;
mod format;
mod keep;
mod kind;
mod limits;
mod literal;
mod lower;
mod name;
mod nav;
mod option;
mod page;
mod partial;
mod prop;
mod query;
mod raw;
mod rows;
mod shape;
mod shortcut;
mod state;
mod test;
mod theme;
mod write;
mod written;

pub use action::{ACTIONS, ActionShape};
pub use annotation::{ANNOTATIONS, Annotation, Axis};
pub use app::{APP, LANGUAGES};
pub use area::{Areas, Cell};
pub use asset::{asset_file, asset_url};
pub use column::COLUMNS;
pub use connection::{TLS_MODES, is_header};
pub use env::{EnvPart, env_parts};
pub use every::{SHORTEST_PERIOD, WrongPeriod, parse_period};
pub use field::{Field, FieldType};
pub use literal::{DURATION_PATTERN, SIZE_PATTERN, bool_word, parse_duration, parse_size, parse_type, type_names};
pub use lower::{
    Lowered, Roles, is_settings, lower_page, lower_partial, lower_settings, lower_tests, outline_partial, shape_of,
};
pub use name::{NAME_PATTERN, PARAMETER_PATTERN, RESERVED, Use as NameOf, is_well_formed as is_name, refusal};
pub use nav::{Link, NavEntry, Target};
pub use option::CHOICES;
pub use page::PAGE;
pub use partial::{PARTIAL, Partial, Partials, partial_name};
pub use rows::{GENERATORS, GeneratorShape, Takes};
pub use shape::{Shape, reference};
pub use shortcut::shortcut_pattern;
pub use test::{Entered, Step, StepKind, TESTS, Test, Tests, User};
pub use theme::{FONT_FILES, Font, MOST_SERIES, Mode, Radius, Theme};

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crate::component::Component as Kind;
use crate::diagnostic::Fix;
use crate::expr::{Expr, Template};
use crate::source::{FileId, Span, Spanned};
pub use crate::sql::database::Dialect;
use crate::value::{Columns, Scalar, Type};

/// A name that passed the rule for names.
pub type Name = Arc<str>;

/// The structures of the language, in the order of the reference.
pub static SHAPES: &[&Shape] = &[
    &APP,
    &theme::THEME,
    &nav::ENTRY,
    &nav::LINK,
    &connection::SQLITE,
    &connection::SQL,
    &connection::HTTP,
    &connection::TLS,
    &PAGE,
    &PARTIAL,
    &partial::PARAM,
    &state::STATE,
    &query::QUERY,
    &column::MEANING,
    &rows::GENERATE,
    &write::WRITE,
    &write::PARAM,
    &cache::CACHE,
    &limits::LIMITS,
    &keep::KEEP,
    &option::FROM_QUERY,
    &option::ITEM,
    &column::TABLE_COLUMN,
    &TESTS,
    &test::USER,
    &test::TEST,
    &test::STEP,
];

/// A whole app, as written.
#[derive(Clone, Debug, Default)]
pub struct Spec {
    pub app: AppSettings,
    pub connections: Vec<Connection>,
    /// What `app.yaml` declares for all pages.
    pub shared: Definitions,
    pub sidebar: Vec<Component>,
    /// How often the queries of pages run by themselves that say nothing.
    pub every: Option<Template>,
    pub pages: Vec<Page>,
    /// Where secrets are written that must not be: reported, and to be shown to nobody.
    pub secrets: Vec<Span>,
}

/// The settings of `app.yaml`.
#[derive(Clone, Debug, Default)]
pub struct AppSettings {
    pub title: Option<String>,
    pub logo: Option<Spanned<String>>,
    /// BCP 47; English where not given.
    pub locale: Option<Spanned<String>>,
    /// IANA name; UTC where not given.
    pub timezone: Option<Spanned<String>>,
    /// ISO 4217.
    pub currency: Option<Spanned<String>>,
    /// The connection of queries that name none.
    pub connection: Option<Spanned<Name>>,
    pub cache: Option<Cache>,
    pub limits: Limits,
    pub keep: Keep,
    pub theme: Theme,
    /// Where the navigation leads; without it, to all pages that take no parameters.
    pub nav: Option<Vec<NavEntry>>,
}

impl AppSettings {
    /// The file that is the logo, by its path below `assets/`; none of an image from elsewhere.
    pub fn logo_file(&self) -> Option<&str> {
        asset_file(&self.logo.as_ref()?.value)
    }

    /// The connection that a query or a write names, else the default.
    pub fn connection_of<'a>(&'a self, named: Option<&'a Spanned<Name>>) -> Option<&'a Spanned<Name>> {
        named.or(self.connection.as_ref())
    }
}

/// Where values are kept for browsers, and how long.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keep {
    /// Relative to the folder of the app.
    pub file: Option<String>,
    pub expires: Option<Duration>,
}

/// A connection, as `app.yaml` declares it; secrets and the environment may say more of it, or otherwise.
#[derive(Clone, Debug)]
pub struct Connection {
    pub name: Spanned<Name>,
    pub kind: ConnectionKind,
    /// What else is written of it, by key, those of inner maps with a dot: `tls.ca`. A value may hold `${env:NAME}`.
    pub keys: Vec<(String, Spanned<String>)>,
}

/// What a connection leads to: its `type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionKind {
    /// A `SQLite` file, relative to the root of the app.
    Sqlite,
    /// A database, most often a server.
    Sql,
    /// A server that answers over HTTP.
    Http,
}

/// What the compiler needs to know of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownConnection {
    pub kind: ConnectionKind,
    /// None where only secrets know it, and of a connection that takes no SQL.
    pub dialect: Option<Dialect>,
    /// Whether writes may use it.
    pub writable: bool,
}

/// State, queries, values and writes, of a page or of the whole app.
#[derive(Clone, Debug, Default)]
pub struct Definitions {
    pub state: Vec<StateKey>,
    pub queries: Vec<Query>,
    pub values: Vec<NamedExpr>,
    pub writes: Vec<Write>,
    /// Names whose definition was reported and left out: what uses them is passed over in silence, as of unknown type.
    pub broken: Vec<Name>,
}

/// A page.
#[derive(Clone, Debug)]
pub struct Page {
    pub file: FileId,
    /// The URL: `/`, `/ops/latency`, `/customers/[id]`.
    pub path: String,
    pub title: Option<Template>,
    pub icon: Option<Spanned<String>>,
    pub description: Option<Template>,
    pub wide: bool,
    pub params: Vec<Param>,
    pub definitions: Definitions,
    pub sidebar: Vec<Component>,
    pub body: Vec<Component>,
    /// How often its queries run by themselves.
    pub every: Option<Template>,
}

/// A parameter in the path of a page.
#[derive(Clone, Debug)]
pub struct Param {
    pub name: Spanned<Name>,
    pub ty: Type,
}

/// A declared key of state.
#[derive(Clone, Debug)]
pub struct StateKey {
    pub name: Spanned<Name>,
    pub ty: Option<Spanned<Type>>,
    pub nullable: bool,
    pub default: Option<Spanned<Scalar>>,
    pub default_from: Option<Expr>,
    pub each_run: Option<Expr>,
    /// The parameter of URLs that it stands in.
    pub in_url: Option<Spanned<Name>>,
    /// Where it is said that it is kept for the browser, if it is.
    pub keep: Option<Span>,
}

impl StateKey {
    /// The type, as far as the declaration alone tells it.
    pub fn declared_type(&self) -> Type {
        let of_default = || self.default.as_ref().map(|default| default.value.ty());
        let ty = self.ty.as_ref().map(|ty| ty.value.clone()).or_else(of_default).unwrap_or(Type::Any);
        if self.nullable { ty.nullable() } else { ty }
    }
}

/// An entry of `values`.
#[derive(Clone, Debug)]
pub struct NamedExpr {
    pub name: Spanned<Name>,
    pub expr: Expr,
}

/// Statements that change a database together.
#[derive(Clone, Debug)]
pub struct Write {
    pub name: Spanned<Name>,
    /// Without one, the app's default.
    pub connection: Option<Spanned<Name>>,
    pub params: Vec<WriteParam>,
    /// At least one.
    pub statements: Vec<Template>,
    pub refreshes: Refreshes,
}

/// The queries whose tables a write makes out of date.
#[derive(Clone, Debug)]
pub enum Refreshes {
    /// All of the write's connection.
    Connection,
    All,
    These(Vec<Spanned<Name>>),
}

/// What a `run` hands over to a write.
#[derive(Clone, Debug)]
pub struct WriteParam {
    pub name: Spanned<Name>,
    pub ty: Type,
}

/// A named table.
#[derive(Clone, Debug)]
pub struct Query {
    pub name: Spanned<Name>,
    pub source: Source,
    pub cache: Option<Cache>,
    pub timeout: Option<Duration>,
    pub max_rows: Option<u64>,
    /// A failure shows as an empty table with a notice.
    pub optional: bool,
    /// How often it runs by itself; without one as its page says.
    pub every: Option<Template>,
    pub columns: Vec<ColumnMeaning>,
}

/// Where the rows of a query come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// SQL in a database; without a connection, in the app's default.
    Sql {
        connection: Option<Spanned<Name>>,
        sql: Template,
    },
    File {
        path: Spanned<String>,
        options: FileOptions,
    },
    /// What a server answers over HTTP; without a connection, the app's default.
    Http {
        connection: Option<Spanned<Name>>,
        /// The path and query below the base URL.
        get: Template,
        /// Without one, the answer tells it.
        format: Option<AnswerFormat>,
        /// The part of a JSON answer that is the table.
        path: Option<String>,
        options: FileOptions,
    },
    /// SQL over other queries.
    Transform {
        sql: Template,
    },
    Rows(Rows),
    Generate(Generate),
}

/// Rows that are written out, each with its columns.
pub type Rows = Arc<[Vec<(Name, Scalar)>]>;

impl Source {
    /// The SQL of a query that has some.
    pub fn sql(&self) -> Option<&Template> {
        match self {
            Self::Sql { sql, .. } | Self::Transform { sql } => Some(sql),
            _ => None,
        }
    }
}

/// The form of what a server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerFormat {
    Csv,
    Tsv,
    Json,
    NdJson,
    Parquet,
}

/// How a text file is to be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FileOptions {
    pub delimiter: Option<char>,
    /// The decimal comma, for files that use it.
    pub decimal_comma: bool,
    pub null_values: Vec<String>,
    /// Types that win over what the file looks like.
    pub types: Vec<(Name, Type)>,
    /// The forms of dates and moments in text: `%d.%m.%Y`.
    pub formats: Vec<(Name, String)>,
}

/// A table drawn by chance.
#[derive(Clone, Debug)]
pub struct Generate {
    pub rows: u64,
    pub columns: Vec<(Name, Generator)>,
    /// Without a seed each view draws its own.
    pub seed: Option<i64>,
}

/// How a column is drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum Generator {
    /// Mean and standard deviation.
    Normal(f64, f64),
    /// From the low end up to, not including, the high one.
    Uniform(f64, f64),
    /// Both ends included.
    Int(i64, i64),
    /// Start and step.
    Sequence(i64, i64),
    Choice(Vec<Scalar>),
}

/// How the results of a query are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cache {
    /// `None` keeps forever; zero not at all.
    pub ttl: Option<Duration>,
    /// Of one query.
    pub max_entries: Option<u32>,
    pub scope: CacheScope,
    /// How long after its `ttl` a result is still shown, while a refresh runs behind it; zero not at all.
    pub stale: Duration,
    /// Whether results are kept on disk too.
    pub persist: bool,
}

/// Who may get a result that is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CacheScope {
    /// All who ask for the same.
    #[default]
    Shared,
    /// The browser that asked for it.
    Session,
}

/// How much memory and disk the app may use; what is not given has a default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of all tables in memory.
    pub cache: Option<u64>,
    /// Bytes of all results on disk.
    pub cache_on_disk: Option<u64>,
    /// Bytes of what is kept for browsers.
    pub kept: Option<u64>,
}

/// What the author says of a column, for every table and chart that shows it.
#[derive(Clone, Debug)]
pub struct ColumnMeaning {
    pub column: Spanned<Name>,
    pub label: Option<String>,
    pub format: Option<Format>,
    pub unit: Option<String>,
    pub ty: Option<Type>,
    /// The form of its dates in text.
    pub parse: Option<Spanned<String>>,
    /// Where its cells lead; sees the `row`.
    pub link: Option<Template>,
    /// The colour of its cells; sees the `row`.
    pub color: Option<Template>,
}

/// A filter call that turns a value into text: `percent(1)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Format {
    pub filter: Spanned<Name>,
    pub args: Vec<Scalar>,
}

/// A component, as written.
#[derive(Clone, Debug)]
pub struct Component {
    pub kind: &'static Kind,
    /// The `id` that the author gave.
    pub id: Option<Spanned<String>>,
    /// The key that names the kind.
    pub span: Span,
    pub subject: Subject,
    pub when: Option<Expr>,
    /// All options but `when` and `id`, by name.
    pub props: Vec<(&'static str, Spanned<Prop>)>,
    pub children: Vec<Self>,
}

/// What stands behind the key that names the kind.
#[derive(Clone, Debug)]
pub enum Subject {
    None,
    Text(Template),
    Expr(Expr),
    Table(Expr),
    /// An option of `ECharts`.
    Json(Arc<serde_json::Value>),
    State(Spanned<Name>),
    /// The partial whose components are the children.
    Partial(Name),
}

/// The value of an option.
#[derive(Clone, Debug)]
pub enum Prop {
    Text(Template),
    Expr(Expr),
    /// A column, or several.
    Columns(Vec<Spanned<Name>>),
    /// Columns that rows are sorted by, each with whether it is descending.
    Order(Vec<(Spanned<Name>, bool)>),
    Literal(Scalar),
    Format(Format),
    Options(Options),
    Actions(Vec<Action>),
    TableColumns(Vec<TableColumn>),
    Annotations(Vec<Annotation>),
    StateKey(Name),
    /// Columns with their types.
    ColumnTypes(Vec<(Spanned<Name>, Type)>),
    Areas(Areas),
    /// What a `use` hands over, parameter by parameter, as far as it can be read.
    Arguments(Vec<Argument>),
}

/// What is handed over for a parameter of a partial.
#[derive(Clone, Debug)]
pub struct Argument {
    pub name: Name,
    pub ty: ParamType,
    pub given: Spanned<Given>,
}

/// What a parameter of a partial takes.
#[derive(Clone, Debug, PartialEq)]
pub enum ParamType {
    /// A text template.
    Text,
    /// An expression of this type.
    Value(Type),
    /// The name of a column, of the table that is handed over for the parameter of this name.
    Column(Option<Spanned<Name>>),
    /// The name of a state key of this type.
    Key(Type),
    /// The name of a query.
    Query,
}

/// What is handed over.
#[derive(Clone, Debug)]
pub enum Given {
    Text(Template),
    Expr(Expr),
    Column(Spanned<Name>),
    Key(Spanned<Name>),
    Query(Spanned<Name>),
}

/// What a choice offers.
#[derive(Clone, Debug)]
pub enum Options {
    List(Vec<OptionItem>),
    Query {
        query: Spanned<Name>,
        /// By default the first column.
        value: Option<Spanned<Name>>,
        /// By default the value itself.
        label: Option<Spanned<Name>>,
        first: Vec<OptionItem>,
    },
}

/// One entry of a choice.
#[derive(Clone, Debug)]
pub struct OptionItem {
    pub value: Scalar,
    pub label: Option<Template>,
    pub span: Span,
}

/// A column of a table component.
#[derive(Clone, Debug)]
pub struct TableColumn {
    pub column: Spanned<Name>,
    pub label: Option<Template>,
    pub format: Option<Format>,
    pub unit: Option<String>,
    /// `start`, `center` or `end`.
    pub align: Option<String>,
    /// In pixels.
    pub width: Option<u32>,
    pub is_hidden: bool,
    pub cells: Cells,
}

/// How the cells of a column look, beside their text. Templates see the `row` of the cell.
#[derive(Clone, Debug)]
pub struct Cells<N = crate::expr::Name> {
    /// Where a click on a cell leads.
    pub link: Option<Template<N>>,
    /// A CSS colour, or a word for a meaning.
    pub color: Option<Template<N>>,
    pub drawing: Drawing<N>,
}

/// What is drawn in a cell.
#[derive(Clone, Debug)]
pub enum Drawing<N = crate::expr::Name> {
    /// Its text alone.
    Text,
    /// A bar, as long as the number is of this; without one, of the largest number on the page.
    Bar(Option<Expr<N>>),
    /// The image that the text is the URL of.
    Image,
    /// A line through the numbers of a list.
    Trend,
}

impl<N> Default for Cells<N> {
    fn default() -> Self {
        Self { link: None, color: None, drawing: Drawing::Text }
    }
}

/// An item of an action list.
#[derive(Clone, Debug)]
pub struct Action {
    pub kind: ActionKind,
    pub when: Option<Expr>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum ActionKind {
    /// By the id of what opens.
    Open(Spanned<String>),
    Close(Spanned<String>),
    Set(Vec<(Spanned<Name>, Expr)>),
    /// `None`: all keys of the page.
    Reset(Option<Vec<Spanned<Name>>>),
    /// `None`: all queries of the page.
    Refresh(Option<Vec<Spanned<Name>>>),
    Goto(Template),
    Toast(Template),
    /// A write, and what it is handed over, by the names of its parameters.
    Run {
        write: Spanned<Name>,
        with: Vec<(Spanned<Name>, Expr)>,
    },
}

/// What is known from outside: the columns of files and of queries that a database described, and connections.
#[derive(Clone, Debug, Default)]
pub struct Schemas {
    pub queries: BTreeMap<QueryKey, Result<Columns, SchemaError>>,
    /// What writes return, nothing being no columns; by the page and the name of the write, as queries are.
    pub writes: BTreeMap<QueryKey, Result<Columns, SchemaError>>,
    /// The queries of which the file of columns beside `app.yaml` does not say what is so.
    pub outdated: BTreeMap<QueryKey, Outdated>,
    /// With what secrets and the environment say of them; some are named there alone.
    pub connections: BTreeMap<Name, KnownConnection>,
    /// The paths of all files below `assets/`, where they are known.
    pub assets: Option<Arc<BTreeSet<String>>>,
}

impl Schemas {
    /// As far as a page needs them: with what all pages share.
    pub fn of_page(&self, path: &str) -> Self {
        fn needed<T: Clone>(all: &BTreeMap<QueryKey, T>, path: &str) -> BTreeMap<QueryKey, T> {
            let is_needed = |(page, _): &QueryKey| page.is_empty() || page == path;
            all.iter().filter(|(key, _)| is_needed(key)).map(|(key, it)| (key.clone(), it.clone())).collect()
        }
        Self {
            queries: needed(&self.queries, path),
            writes: needed(&self.writes, path),
            outdated: needed(&self.outdated, path),
            connections: self.connections.clone(),
            assets: self.assets.clone(),
        }
    }
}

/// Why what is written down of the columns of a query does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outdated {
    /// The query was another one then.
    Edited,
    Missing,
    /// Its database says otherwise: in words, each a difference.
    Differs(Vec<String>),
}

/// Names a query of an app: the path of its page, empty for those of `app.yaml`, and its name.
pub type QueryKey = (String, Name);

/// Why the columns of a query could not be learnt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaError {
    pub message: String,
    /// What to do, where that is known.
    pub help: Option<String>,
    pub fix: Option<Box<Fix>>,
    /// The part of the SQL that is to blame, where the source says.
    pub at: Option<Span>,
    pub kind: SchemaErrorKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemaErrorKind {
    /// A file is not there or cannot be read.
    File,
    /// The SQL is refused.
    Sql,
    /// No database could read the SQL, or it is not what it is there for: found without asking one.
    Unreadable,
    /// A query that this one reads has failed: already reported there.
    Upstream,
}
