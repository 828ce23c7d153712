//! The kinds of components, as data: one static entry a kind feeds lowering, checks, `explain`, the reference pages.
//!
//! A definition knows no span and no diagnostic: what it finds wrong is a [`Complaint`] that names a property, and
//! the caller knows where that property stands.

pub mod decode;
pub mod icon;
mod action;
mod chart;
mod data;
mod layout;
mod reference;
mod registry;
mod text;
mod widget;

pub use reference::reference;
pub use registry::{ALL, find};
pub use widget::UPLOADS;

use crate::value::{Column, Scalar, Type};

/// A kind of component.
#[derive(Debug)]
pub struct Component {
    pub name: &'static str,
    pub family: Family,
    /// One sentence.
    pub summary: &'static str,
    pub subject: Subject,
    pub props: &'static [Prop],
    /// Options of the language that are not built yet.
    pub unbuilt: &'static [&'static str],
    /// The text of `docs/component/<name>.md`.
    pub page: &'static str,
    /// `Some`: it is a widget.
    pub widget: Option<Widget>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    Text,
    Data,
    Chart,
    Widget,
    Action,
    Layout,
}

/// What stands behind the key that names the kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Nothing: `divider:`.
    None,
    /// A text template.
    Text,
    /// A text template in Markdown.
    Markdown,
    /// A text template in HTML.
    Html,
    /// A template of an image: a file below `assets/`, or a URL.
    Image,
    /// An expression of the given pattern.
    Expression(Pattern),
    /// An expression that gives a table.
    Table,
    /// An expression that gives a number, or a table whose first row has it.
    Figure,
    /// A map as JSON has it, without expressions.
    Json,
    /// A state key, bare.
    State,
    /// The children.
    Components,
    /// The name of a partial, bare.
    Partial,
    /// The list of `{ tab, body }`.
    Tabs,
}

/// An option of a component.
#[derive(Debug)]
pub struct Prop {
    pub name: &'static str,
    pub ty: PropType,
    pub required: bool,
    /// What holds where it is not given; empty if it is then just absent. For the reference.
    pub default: &'static str,
    /// One sentence.
    pub summary: &'static str,
}

/// How an option is written (`docs/reference/language.md`: the five kinds of fields), and what it must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PropType {
    /// A text template.
    Text,
    /// An expression of the given pattern.
    Expression(Pattern),
    /// The name of a column of the subject's table, whose values are of the pattern.
    Column(Pattern),
    /// A column, or a list of them.
    Columns(Pattern),
    /// A template of a URL.
    Url,
    /// An expression that gives a table, which is made only when somebody asks for it.
    Table,
    /// Lines and bands over a chart: a list of maps.
    Annotations,
    /// A column, a CSS colour or a template for one: read as text, and a column where the subject's table has one of
    /// that name.
    Color,
    /// A word for what a colour means, a CSS colour, or a template for one.
    Tone,
    /// A constant: one of these words; `true` and `false` among them are bools.
    Choice(&'static [&'static str]),
    /// A constant: `true`, or some of these words.
    SomeOf(&'static [&'static str]),
    /// A constant of this pattern.
    Literal(Pattern),
    /// A weight in a row, or `content`.
    Width,
    /// One filter call: `percent(1)`.
    Format,
    /// The name of an icon.
    Icon,
    /// A list of scalars, of `{ value, label }`, or `{ query, value, label, first }`.
    Options,
    /// `true` for all columns of the subject's table, or some of them.
    SomeColumns,
    /// Columns of the subject's table that its rows are sorted by: `amount desc`, or a list of such.
    Order,
    /// A list of actions.
    Actions,
    /// A list of components.
    Components,
    /// The columns of a table component: names or maps.
    TableColumns,
    /// A state key, bare.
    StateKey,
    /// The columns of a table and their types: a map.
    ColumnTypes,
    /// The name of a cell of a grid, bare.
    Area,
    /// Rows of such names.
    Areas,
    /// Keys that press a button: `mod+s`.
    Shortcut,
    /// What is handed over to a partial: a map, each entry as the type of its parameter asks.
    Arguments,
}

/// A family of types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    Any,
    Bool,
    Int,
    Number,
    Text,
    /// A number from 0 to 1.
    Share,
    Table,
    /// A column of numbers, or a list of them.
    Numbers,
    /// Numbers, dates, datetimes and times.
    Ordered,
    Date,
    Color,
    /// A single value: no table, list or range.
    Scalar,
}

impl Pattern {
    /// Whether a value of this type may be meant.
    pub fn accepts(self, ty: &Type) -> bool {
        let inner = ty.inner();
        match self {
            Self::Any => true,
            _ if *inner == Type::Any => true,
            Self::Bool => *inner == Type::Bool,
            Self::Int => *inner == Type::Int,
            Self::Number | Self::Share => ty.is_number(),
            Self::Numbers => matches!(inner, Type::List(item) if item.is_number() || item.is_unknown()),
            Self::Table => matches!(inner, Type::Table(_)),
            Self::Text => *inner == Type::Text,
            Self::Ordered => ty.is_number() || matches!(inner, Type::Date | Type::Time | Type::DateTime),
            Self::Date => matches!(inner, Type::Date | Type::DateTime),
            Self::Color => matches!(inner, Type::Color | Type::Text),
            Self::Scalar => !matches!(inner, Type::Table(_) | Type::List(_) | Type::Range(_)),
        }
    }

    /// In the author's words.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Any => "anything",
            Self::Bool => "a bool",
            Self::Int => "an int",
            Self::Number => "a number",
            Self::Share => "a number from 0 to 1",
            Self::Table => "a table",
            Self::Numbers => "a column or a list of numbers",
            Self::Text => "text",
            Self::Ordered => "a number, date or time",
            Self::Date => "a date",
            Self::Color => "a color",
            Self::Scalar => "a single value",
        }
    }
}

/// What makes a component a widget.
#[derive(Debug)]
pub struct Widget {
    /// The type that the widget gives an undeclared key, from the constants among its options.
    pub infer: fn(&Constants<'_>) -> Type,
    /// The types of key that it can be bound to.
    pub accepts: fn(&Type) -> bool,
    /// The value of a key that has no other initial value; null where the options decide.
    pub initial: fn(&Constants<'_>, &Type) -> Scalar,
    /// What the browser sent, as a value of the key's type: syntax only. Limits, options and `pattern` are checked
    /// where they are known.
    pub decode: fn(&Type, &[&str]) -> Result<Scalar, Complaint>,
    /// What there is to choose where the author lists no options.
    pub offers: Option<Offers>,
    /// For a widget that its limits make or its options: how it is with options. Without these it needs its limits.
    pub over_options: Option<&'static Self>,
}

/// The options that a widget has by itself, from the constants among those of its component.
pub type Offers = fn(&Constants<'_>) -> Result<Vec<Scalar>, Complaint>;

/// The options of one component that are written out as constants.
#[derive(Clone, Debug, Default)]
pub struct Constants<'a>(pub Vec<(&'a str, Scalar)>);

impl Constants<'_> {
    pub fn get(&self, name: &str) -> Option<&Scalar> {
        self.0.iter().find(|(key, _)| *key == name).map(|(_, value)| value)
    }
}

/// What a component has to say against a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint(pub String);

impl Component {
    /// Its options: its own, and those that every component has and it has none of its own for.
    pub fn options(&self) -> impl Iterator<Item = &'static Prop> + Clone + use<> {
        let own = self.props;
        own.iter().chain(COMMON.iter().filter(move |common| own.iter().all(|prop| prop.name != common.name)))
    }

    pub fn prop(&self, name: &str) -> Option<&'static Prop> {
        self.options().find(|prop| prop.name == name)
    }

    /// Whether the component is open or closed, as its own key says.
    pub fn opens(&self) -> bool {
        matches!(self.name, "dialog" | "expander" | "popover")
    }

    /// Whether the component shows rows of tables, or what was computed of them.
    pub fn shows_rows(&self) -> bool {
        matches!(self.family, Family::Data | Family::Chart) || self.has_rows()
    }

    /// Whether its children stand in it once for each row of its table.
    pub fn has_rows(&self) -> bool {
        matches!(self.name, "repeat" | "table")
    }

    /// Whether something is sent under the component's id, which so must be its own. A link leads away, and sends nothing.
    pub fn acts(&self) -> bool {
        let sends = self.family == Family::Action && self.prop("to").is_none();
        self.widget.is_some() || sends || self.name == "table" || self.submits()
    }

    /// Whether something is done to it: it acts, or its reader opens and closes it.
    pub fn is_interactive(&self) -> bool {
        self.acts() || self.opens()
    }

    /// Whether it sends the widgets that stand in it, and nothing before.
    pub fn submits(&self) -> bool {
        self.props.iter().any(|prop| prop.name == "on_submit")
    }

    /// The option that lists what a press of its button does.
    pub fn list_of_button(&self) -> &'static str {
        if self.submits() { "on_submit" } else { "on_click" }
    }

    /// Whether an option must be given: where a widget has limits or else options, so must the ends without these.
    pub fn requires(&self, prop: &Prop, has_options: bool) -> bool {
        let is_end = matches!(prop.name, "min" | "max");
        let takes_either = self.widget.as_ref().is_some_and(|widget| widget.over_options.is_some());
        prop.required || (takes_either && is_end && !has_options)
    }

    /// What makes a widget of it, with options or without.
    pub fn widget_with(&self, has_options: bool) -> Option<&Widget> {
        let widget = self.widget.as_ref()?;
        Some(widget.over_options.filter(|_| has_options).unwrap_or(widget))
    }
}

/// What columns of degrees to the north are called, and of those to the east.
pub const LATITUDES: &[&str] = &["latitude", "lat"];
pub const LONGITUDES: &[&str] = &["longitude", "lon", "lng", "long"];

/// The option of a kind of charts that names the column whose values its marks stand at.
pub fn place_option(kind: &str) -> &'static str {
    if kind == "map" { "region" } else { "x" }
}

/// The column of a chart whose values its marks stand at: the one that is named, else the first that fits and that no
/// other option takes.
pub fn place_of<'c>(kind: &str, columns: &'c [Column], x: Option<&str>, taken: &[&str]) -> Option<&'c Column> {
    if let Some(x) = x {
        return columns.iter().find(|column| *column.name == *x);
    }
    let free = || columns.iter().filter(|column| !taken.contains(&&*column.name));
    let number = || free().find(|column| column.ty.is_number());
    match kind {
        "histogram" => number(),
        "heatmap" => free().next(),
        "scatter_chart" => free().find(|column| column.ty.is_word_or_time()).or_else(number),
        _ => free().find(|column| column.ty.is_word_or_time()),
    }
}

/// Options that every component has.
pub static COMMON: &[Prop] = &[
    Prop {
        name: "when",
        ty: PropType::Expression(Pattern::Any),
        required: false,
        default: "",
        summary: "Shown only while this is true.",
    },
    Prop {
        name: "id",
        ty: PropType::Literal(Pattern::Text),
        required: false,
        default: "",
        summary: "Names the component, in place of the id made from kind and subject.",
    },
    Prop {
        name: "width",
        ty: PropType::Width,
        required: false,
        default: "1",
        summary: "The weight in a row, or `content`.",
    },
    Prop {
        name: "area",
        ty: PropType::Area,
        required: false,
        default: "",
        summary: "The place in a `grid` with `areas`.",
    },
    Prop { name: "help", ty: PropType::Text, required: false, default: "", summary: "A tooltip." },
];

/// Options of the language for every component that are not built yet.
pub static COMMON_UNBUILT: &[&str] = &[];
