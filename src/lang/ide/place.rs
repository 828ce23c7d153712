//! What is meant at a place of a file: a key of which structure, a value of which field.

use std::ops::Range;

use super::sketch::{Item, Kind, Pair};
use crate::component::{self, Component, Pattern, Prop, PropType, Subject};
use crate::spec::{ACTIONS, ANNOTATIONS, ActionShape, CHOICES, COLUMNS, Field, FieldType, Shape};

/// What a value is for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Meaning {
    Field(FieldType),
    /// A component, or what stands in `tabs`.
    Component {
        in_tabs: bool,
    },
    Action,
    Prop(PropType),
    /// What stands behind the key that names the kind.
    Subject(&'static Component),
    Unknown,
}

/// What a key is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Key {
    Field(&'static Field),
    Kind(&'static Component),
    Prop(&'static Prop),
    Action(&'static ActionShape),
}

/// A map on the way to a place, with what it means and the key that leads on.
#[derive(Clone, Debug)]
pub(super) struct Level<'s> {
    pub map: &'s Item,
    pub meaning: Meaning,
    pub pair: &'s Pair,
}

/// A place in a file.
#[derive(Clone, Debug)]
pub(super) struct Place<'s> {
    /// From the outermost map to the innermost.
    pub levels: Vec<Level<'s>>,
    pub target: Target<'s>,
}

/// What is at the place.
#[derive(Clone, Debug)]
pub(super) enum Target<'s> {
    /// The key of the last level.
    Key,
    /// A value, or where one is expected; a word that stands alone may as well be meant as a key.
    Value { item: &'s Item, meaning: Meaning },
}

/// What the whole of a file is.
pub(super) fn root(shape: &'static Shape) -> Meaning {
    Meaning::Field(FieldType::Map(shape))
}

/// Finds what stands at an offset, in an outline of what `meaning` says.
pub(super) fn find(outline: &Item, meaning: Meaning, offset: usize) -> Option<Place<'_>> {
    let mut levels = Vec::new();
    let (mut item, mut meaning) = (outline, meaning);
    loop {
        match &item.kind {
            Kind::Map(pairs) => {
                let pair = pairs.iter().find(|pair| touches(&pair.key_span, offset) || holds(&pair.value, offset))?;
                levels.push(Level { map: item, meaning, pair });
                if touches(&pair.key_span, offset) && !(pair.is_parted && is_at(&pair.value, offset)) {
                    return Some(Place { levels, target: Target::Key });
                }
                meaning = meaning.behind(item, &pair.key);
                item = &pair.value;
            }
            Kind::List(items) => {
                meaning = meaning.element();
                item = items.iter().find(|inner| holds(inner, offset))?;
            }
            Kind::Scalar | Kind::Nothing => {
                return Some(Place { levels, target: Target::Value { item, meaning } });
            }
        }
    }
}

fn touches(span: &Range<usize>, offset: usize) -> bool {
    span.start <= offset && offset <= span.end
}

fn is_at(item: &Item, offset: usize) -> bool {
    !matches!(item.kind, Kind::Nothing) && item.span.start <= offset
}

/// Whether a place is in a value; in TOML the pairs of a table stand anywhere.
fn holds(item: &Item, offset: usize) -> bool {
    match &item.kind {
        Kind::Map(pairs) => pairs.iter().any(|pair| touches(&pair.key_span, offset) || holds(&pair.value, offset)),
        Kind::List(items) => items.iter().any(|item| holds(item, offset)),
        Kind::Scalar | Kind::Nothing => touches(&item.span, offset),
    }
}

impl Meaning {
    /// The structure of a map of this meaning.
    pub(super) fn shape(self, map: &Item) -> Option<&'static Shape> {
        match self {
            Self::Field(FieldType::Map(shape) | FieldType::Either(_, shape)) => Some(shape),
            Self::Field(FieldType::OneOf(shapes)) => {
                let fits =
                    |shape: &&&Shape| map.pairs().iter().all(|pair| shape.fields.iter().any(|f| f.name == pair.key));
                shapes.iter().find(fits).or(shapes.first()).copied()
            }
            Self::Prop(PropType::Options) => Self::Field(CHOICES).shape(map),
            Self::Prop(PropType::TableColumns) => None,
            _ => None,
        }
    }

    /// What a key is in a map of this meaning.
    pub(super) fn key(self, map: &Item, name: &str) -> Option<Key> {
        match self {
            Self::Component { in_tabs } => {
                let kind = kind_of(map, in_tabs);
                match kind {
                    Some(kind) if kind.name == name => Some(Key::Kind(kind)),
                    Some(kind) => kind.prop(name).map(Key::Prop),
                    None => None,
                }
            }
            Self::Action => {
                let action = action_of(map);
                if let Some(action) = action.filter(|action| action.name == name) {
                    return Some(Key::Action(action));
                }
                action?.fields.iter().find(|field| field.name == name).map(Key::Field)
            }
            _ => self.shape(map)?.fields.iter().find(|field| field.name == name).map(Key::Field),
        }
    }

    /// What stands behind a key of a map of this meaning.
    pub(super) fn behind(self, map: &Item, name: &str) -> Self {
        match self {
            Self::Field(FieldType::Named(inner) | FieldType::MapOf(inner)) => Self::Field(*inner),
            Self::Field(FieldType::Assignments) => Self::Field(FieldType::Expression),
            _ => match self.key(map, name) {
                Some(Key::Field(field)) => Self::Field(field.ty),
                Some(Key::Kind(kind)) => Self::Subject(kind),
                Some(Key::Prop(prop)) => Self::Prop(prop.ty),
                Some(Key::Action(action)) => Self::Field(action.ty),
                None => Self::Unknown,
            },
        }
    }

    /// What an item of a list of this meaning is.
    pub(super) fn element(self) -> Self {
        match self {
            Self::Field(FieldType::ListOf(inner)) => Self::Field(*inner),
            Self::Field(FieldType::Either(short, _)) => Self::Field(*short).element(),
            Self::Field(FieldType::Components) | Self::Prop(PropType::Components) => Self::Component { in_tabs: false },
            Self::Field(FieldType::Statements) => Self::Field(FieldType::Sql),
            Self::Field(FieldType::Names) => Self::Field(FieldType::Name),
            Self::Prop(PropType::Columns(pattern)) => Self::Prop(PropType::Column(pattern)),
            Self::Prop(PropType::SomeColumns | PropType::Order) => Self::Prop(PropType::Column(Pattern::Any)),
            Self::Prop(PropType::Actions) => Self::Action,
            Self::Prop(PropType::Options) => Self::Field(CHOICES).element(),
            Self::Prop(PropType::TableColumns) => Self::Field(COLUMNS).element(),
            Self::Prop(PropType::Annotations) => Self::Field(ANNOTATIONS).element(),
            Self::Subject(Component { subject: Subject::Components, .. }) => Self::Component { in_tabs: false },
            Self::Subject(Component { subject: Subject::Tabs, .. }) => Self::Component { in_tabs: true },
            Self::Field(FieldType::Expression) | Self::Prop(PropType::Expression(_)) => self,
            _ => Self::Unknown,
        }
    }

    /// The keys that a map of this meaning may have.
    pub(super) fn keys(self, map: &Item) -> Vec<Key> {
        let has = |name: &str| map.pairs().iter().any(|pair| pair.key == name && pair.is_parted);
        match self {
            Self::Component { in_tabs } => match kind_of(map, in_tabs) {
                Some(kind) => kind.options().map(Key::Prop).collect(),
                None => kinds(in_tabs).map(Key::Kind).collect(),
            },
            Self::Action => match action_of(map) {
                Some(action) => action.fields.iter().map(Key::Field).collect(),
                None => ACTIONS.iter().map(Key::Action).collect(),
            },
            _ => {
                let Some(shape) = self.shape(map) else { return Vec::new() };
                let is_decided = shape.one_of.iter().any(|name| has(name));
                let fits = |field: &&'static Field| {
                    (field.beside.is_empty() || field.beside.iter().any(|name| has(name)) || !is_decided)
                        && !(is_decided && shape.one_of.contains(&field.name))
                };
                shape.fields.iter().filter(fits).map(Key::Field).collect()
            }
        }
    }
}

fn kinds(in_tabs: bool) -> impl Iterator<Item = &'static Component> {
    component::ALL.iter().copied().filter(move |kind| (kind.name == "tab") == in_tabs)
}

/// The kind of a component, by the key that names it and is no option of another kind.
pub(super) fn kind_of(map: &Item, in_tabs: bool) -> Option<&'static Component> {
    let named = || {
        let keys = map.pairs().iter().filter(|pair| pair.is_parted);
        keys.filter_map(|pair| kinds(in_tabs).find(|kind| kind.name == pair.key))
    };
    let is_owner = |kind: &&Component| named().all(|other| other.name == kind.name || kind.prop(other.name).is_some());
    named().find(is_owner).or_else(|| named().next())
}

/// The action of an item, by the key that names it.
fn action_of(map: &Item) -> Option<&'static ActionShape> {
    let mut keys = map.pairs().iter().filter(|pair| pair.is_parted);
    keys.find_map(|pair| ACTIONS.iter().find(|action| action.name == pair.key))
}

impl<'s> Place<'s> {
    /// The innermost component around, and its kind.
    pub(super) fn component(&self) -> Option<(&Level<'s>, &'static Component)> {
        let mut levels = self.levels.iter().rev();
        levels.find_map(|level| match level.meaning {
            Meaning::Component { in_tabs } => Some((level, kind_of(level.map, in_tabs)?)),
            _ => None,
        })
    }

    /// The key that leads to the value, of the innermost map.
    pub(super) fn last_key(&self) -> &'s str {
        self.levels.last().map_or("", |level| &level.pair.key)
    }

    /// The keys from the outermost map on.
    pub(super) fn path(&self) -> Vec<&'s str> {
        self.levels.iter().map(|level| level.pair.key.as_str()).collect()
    }
}

impl Key {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Field(field) => field.name,
            Self::Kind(kind) => kind.name,
            Self::Prop(prop) => prop.name,
            Self::Action(action) => action.name,
        }
    }

    pub(super) fn summary(self) -> &'static str {
        match self {
            Self::Field(field) => field.summary,
            Self::Kind(kind) => kind.summary,
            Self::Prop(prop) => prop.summary,
            Self::Action(action) => action.summary,
        }
    }

    /// How its value is written: "text", "list of components".
    pub(super) fn describe(self) -> String {
        match self {
            Self::Field(field) => field.ty.describe(),
            Self::Action(action) => action.ty.describe(),
            Self::Prop(prop) => prop.ty.describe(),
            Self::Kind(kind) => match kind.subject {
                Subject::None => "nothing",
                Subject::Text => "text",
                Subject::Markdown => "text, in Markdown",
                Subject::Html => "text, in HTML",
                Subject::Image => "text: a file below `assets/`, or a URL",
                Subject::Expression(pattern) => return format!("expression: {}", pattern.describe()),
                Subject::Table => "expression: a table",
                Subject::Figure => "expression: a number, or a table",
                Subject::Json => "map",
                Subject::State => "state key",
                Subject::Partial => "partial",
                Subject::Components => "list of components",
                Subject::Tabs => "list of `tab` with `body`",
            }
            .to_owned(),
        }
    }

    /// Whether its value is a map or a list, which begins on a line of its own.
    pub(super) fn takes_block(self) -> bool {
        match self {
            Self::Field(field) => is_block(field.ty),
            Self::Action(action) => is_block(action.ty),
            Self::Prop(prop) => {
                matches!(
                    prop.ty,
                    PropType::Actions
                        | PropType::Annotations
                        | PropType::Components
                        | PropType::Options
                        | PropType::TableColumns
                )
            }
            Self::Kind(kind) => {
                matches!(kind.subject, Subject::Components | Subject::Tabs | Subject::None | Subject::Json)
            }
        }
    }

    pub(super) fn is_required(self) -> bool {
        match self {
            Self::Field(field) => field.required,
            Self::Prop(prop) => prop.required,
            Self::Kind(_) | Self::Action(_) => false,
        }
    }
}

fn is_block(ty: FieldType) -> bool {
    matches!(
        ty,
        FieldType::Map(_)
            | FieldType::Named(_)
            | FieldType::MapOf(_)
            | FieldType::Assignments
            | FieldType::OneOf(_)
            | FieldType::ListOf(_)
            | FieldType::Components
    )
}
