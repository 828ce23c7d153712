//! What may be written at a place: keys, kinds, words, names, columns, functions. Also where the file does not parse.

mod expression;

use std::ops::Range;

use super::known::{Known, is_word};
use super::place::{self, Key, Meaning, Place, Target};
use super::sketch::{self, Format, Item, Kind, Pair, inside_quotes};
use super::{Look, is_sql};
use crate::component::{Component, Family, Pattern, PropType, Subject, icon};
use crate::expr::functions::{self, Kind as FunctionKind, Returns};
use crate::spec::{FieldType, GENERATORS, Partial, type_names};
use crate::value::{MEANINGS, Type};
use expression::Surrounding;

/// Stands for what is about to be typed: a character that no file holds.
const MARK: char = '\u{e000}';

/// Something that may be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    pub label: String,
    pub kind: CompletionKind,
    /// Its type, in a few words; empty where there is nothing to say.
    pub detail: String,
    /// A sentence, in Markdown.
    pub doc: String,
    /// What replaces the bytes of `range`.
    pub insert: String,
    pub range: Range<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompletionKind {
    Key,
    Component,
    /// One of a few words.
    Word,
    State,
    Query,
    Value,
    Write,
    Param,
    Column,
    Function,
    Icon,
    Page,
    File,
    Connection,
    /// What leads on: `state`, `values`.
    Namespace,
}

/// All that may be written at an offset of the file.
pub(super) fn complete(look: &Look<'_>, offset: usize) -> Vec<Completion> {
    let text = look.text();
    let (Some(before), Some(after)) = (text.get(..offset), text.get(offset..)) else { return Vec::new() };
    if look.is_sql() {
        let surrounding = Surrounding { known: &look.known(&Item { kind: Kind::Nothing, span: 0..0 }), params: None };
        return expression::in_template(before, after, offset, &surrounding, false);
    }
    let Some(format) = Format::of(look.path()) else { return Vec::new() };
    let marked = format!("{before}{MARK}{after}");
    let outline = sketch::read(&marked, format);
    let Some(place) = place::find(&outline, place::root(look.shape()), offset) else { return Vec::new() };
    let known = look.known(&outline);
    let at = At { look, text: &marked, offset, format, known: &known, place: &place };
    match &place.target {
        Target::Key => at.keys_of_map(),
        Target::Value { item, meaning } => at.value(item, *meaning),
    }
}

/// A place where something is about to be written.
struct At<'a> {
    look: &'a Look<'a>,
    /// With the mark at `offset`.
    text: &'a str,
    offset: usize,
    format: Format,
    known: &'a Known,
    place: &'a Place<'a>,
}

impl At<'_> {
    fn keys_of_map(&self) -> Vec<Completion> {
        let Some(level) = self.place.levels.last() else { return Vec::new() };
        let others: Vec<Pair> = level.map.pairs().iter().filter(|pair| *pair != level.pair).cloned().collect();
        let map = Item { kind: Kind::Map(others), span: level.map.span.clone() };
        let range = level.pair.key_span.start..level.pair.key_span.end - MARK.len_utf8();
        let mut path = self.place.path();
        path.pop();
        self.keys((level.meaning, &path), &map, &range, level.pair.is_parted)
    }

    /// The keys that may be added to a map, to which a path leads.
    fn keys(
        &self,
        (meaning, path): (Meaning, &[&str]),
        map: &Item,
        range: &Range<usize>,
        is_parted: bool,
    ) -> Vec<Completion> {
        let is_new = |name: &str| !map.pairs().iter().any(|pair| pair.key == name);
        let mut keys: Vec<Key> = meaning.keys(map).into_iter().filter(|key| is_new(key.name())).collect();
        keys.sort_by_key(|key| !key.is_required());
        let known = keys.into_iter().map(|key| Completion {
            label: key.name().to_owned(),
            kind: if matches!(key, Key::Kind(_)) { CompletionKind::Component } else { CompletionKind::Key },
            detail: key.describe(),
            doc: key.summary().to_owned(),
            insert: self.key(key.name(), range, is_parted, key.takes_block()),
            range: range.clone(),
        });
        let names = self.names_of_map(meaning, path).into_iter().filter(|named| is_new(&named.label));
        let names = names.map(|named| Completion {
            insert: self.key(&named.label, range, is_parted, false),
            range: range.clone(),
            ..named
        });
        known.chain(names).collect()
    }

    /// A key, with what parts it from its value.
    fn key(&self, name: &str, range: &Range<usize>, is_parted: bool, takes_block: bool) -> String {
        let line = self.text.get(..range.start).and_then(|before| before.rsplit('\n').next()).unwrap_or_default();
        let is_header = self.format == Format::Toml && line.trim_start().starts_with('[');
        match self.format {
            _ if is_parted || is_header => name.to_owned(),
            Format::Toml => format!("{name} = "),
            Format::Yaml if takes_block => format!("{name}:"),
            Format::Yaml => format!("{name}: "),
        }
    }

    /// The names that are keys of a map that has no keys of its own.
    fn names_of_map(&self, meaning: Meaning, path: &[&str]) -> Vec<Completion> {
        match (meaning, path.last().copied()) {
            (Meaning::Field(FieldType::Assignments), _) => self.state(),
            (Meaning::Prop(PropType::Arguments), _) => self.params_of_partial(),
            (Meaning::Field(FieldType::Named(FieldType::Expression)), Some("with")) => {
                let run = self.place.levels.iter().rev().find_map(|level| level.map.get("run"));
                let write = run.and_then(|run| run.text(self.text)).unwrap_or_default();
                let write = self.known.writes.iter().find(|known| known.name == write);
                let params = write.map(|write| write.params.as_slice()).unwrap_or_default();
                params.iter().map(|param| name(&param.name, CompletionKind::Param, &param.ty)).collect()
            }
            (Meaning::Field(FieldType::Named(FieldType::Constant)), Some("enter")) => self.state(),
            (Meaning::Field(FieldType::MapOf(FieldType::Text)), Some("shows")) => self.components(|_| true),
            (Meaning::Field(FieldType::MapOf(_)), Some("columns")) => {
                let query = path.iter().rev().nth(1).copied().unwrap_or_default();
                columns(self.known.columns(query).as_deref().unwrap_or_default())
            }
            _ => Vec::new(),
        }
    }

    fn value(&self, item: &Item, meaning: Meaning) -> Vec<Completion> {
        let mut inside = inside_quotes(self.text, &item.span);
        if !inside.contains(&self.offset) {
            inside = self.offset..self.offset + MARK.len_utf8();
        }
        let is_quoted = inside != item.span;
        let before = self.text.get(inside.start..self.offset).unwrap_or_default();
        let after = self.text.get(self.offset + MARK.len_utf8()..inside.end).unwrap_or_default();
        let written = Written { before, after, is_quoted };
        // A word that stands alone may become the first key of a map.
        let lone = (!is_quoted && before.chars().all(is_word)).then(|| {
            let empty = Item { kind: Kind::Map(Vec::new()), span: item.span.clone() };
            let range = self.offset - before.len()..self.offset + after.len();
            self.keys((meaning, &self.place.path()), &empty, &range, false)
        });
        let mut all = match meaning {
            Meaning::Field(ty) => self.field(ty, &written),
            Meaning::Prop(ty) => self.prop(ty, &written),
            Meaning::Subject(kind) => match kind.subject {
                Subject::Table | Subject::Figure | Subject::Expression(_) => self.expression(&written),
                // What stands there declares a key of that name by itself.
                Subject::State => {
                    let typed = format!("{before}{after}");
                    self.words(self.state().into_iter().filter(|key| key.label != typed).collect(), &written)
                }
                Subject::Image if !before.contains("{{") => self.assets(&written),
                Subject::Text | Subject::Markdown | Subject::Html | Subject::Image => self.template(&written),
                Subject::Partial => self.partials(&written),
                Subject::None | Subject::Components | Subject::Tabs | Subject::Json => Vec::new(),
            },
            Meaning::Component { .. } | Meaning::Action | Meaning::Unknown => Vec::new(),
        };
        all.extend(lone.unwrap_or_default());
        all
    }

    fn field(&self, ty: FieldType, written: &Written<'_>) -> Vec<Completion> {
        let found = match ty {
            FieldType::Text if matches!(self.place.last_key(), "goto" | "to") && !written.before.contains("{{") => {
                return self.pages(written);
            }
            FieldType::Text => return self.template(written),
            FieldType::Sql | FieldType::Statements => return self.sql(written),
            FieldType::Expression => return self.expression(written),
            FieldType::Choice(words) | FieldType::Known(words) => plain(words.iter().copied()),
            FieldType::Type => type_names().iter().map(|name| word(name)).collect(),
            FieldType::Icon => icons(),
            FieldType::Bool | FieldType::Parameter => return self.bare(plain(["true", "false"]), written),
            FieldType::Keeping => plain(["forever", "off", "1m", "1h"]),
            FieldType::Period => plain(["off", "10s", "1m"]),
            FieldType::Duration => plain(["10s", "1m", "1h"]),
            FieldType::Generator => GENERATORS.iter().map(|generator| word(generator.name)).collect(),
            FieldType::Name | FieldType::Names => self.names(),
            FieldType::Column => self.columns(),
            FieldType::Word => match self.place.last_key() {
                "format" => return self.format(written),
                "column" => self.columns(),
                "sql_file" => return self.sql_files(written),
                "nav" | "page" | "pages" => return self.pages(written),
                "click" => self.components(|kind| kind.family == Family::Action),
                "open" | "close" => self.components(Component::opens),
                _ => Vec::new(),
            },
            FieldType::Either(short, _) => return self.field(*short, written),
            _ => Vec::new(),
        };
        self.words(found, written)
    }

    fn prop(&self, ty: PropType, written: &Written<'_>) -> Vec<Completion> {
        let found = match ty {
            PropType::Url if !written.before.contains("{{") => return self.pages(written),
            PropType::Text | PropType::Url => return self.template(written),
            PropType::Tone if written.before.contains("{{") => return self.template(written),
            PropType::Tone => plain(MEANINGS.iter().copied()),
            PropType::Expression(_) | PropType::Table => return self.expression(written),
            PropType::Column(_) | PropType::Columns(_) | PropType::SomeColumns | PropType::Order => self.columns(),
            PropType::Color if written.before.contains("{{") => return self.template(written),
            PropType::Color => self.columns(),
            PropType::Choice(words) | PropType::SomeOf(words) => plain(words.iter().copied()),
            PropType::Literal(Pattern::Bool) => return self.bare(plain(["true", "false"]), written),
            PropType::Literal(_) | PropType::Options | PropType::Actions | PropType::Components => Vec::new(),
            PropType::TableColumns | PropType::Annotations | PropType::ColumnTypes | PropType::Arguments => Vec::new(),
            PropType::Area | PropType::Areas => Vec::new(),
            PropType::Shortcut => plain(["mod+s", "mod+enter", "n"]),
            PropType::Width => plain(["content"]),
            PropType::Format => return self.format(written),
            PropType::Icon => icons(),
            PropType::StateKey => self.state(),
        };
        self.words(found, written)
    }

    /// The names that a field takes, by the key that it stands behind.
    fn names(&self) -> Vec<Completion> {
        let named = |names: Vec<&str>, kind| names.into_iter().map(|known| name(known, kind, &Type::Any)).collect();
        match self.place.last_key() {
            "connection" => {
                named(self.known.connections.iter().map(String::as_str).collect(), CompletionKind::Connection)
            }
            "run" => named(self.known.writes.iter().map(|write| write.name.as_str()).collect(), CompletionKind::Write),
            "reset" => self.state().into_iter().chain(plain(["all"])).collect(),
            "refresh" | "refreshes" => self.queries().into_iter().chain(plain(["all"])).collect(),
            "query" => self.queries(),
            _ => Vec::new(),
        }
    }

    fn state(&self) -> Vec<Completion> {
        self.known.state.iter().map(|key| name(&key.name, CompletionKind::State, &key.ty)).collect()
    }

    fn queries(&self) -> Vec<Completion> {
        self.known.queries.iter().map(|query| name(&query.name, CompletionKind::Query, &query.ty)).collect()
    }

    /// The ids of the components whose kind is asked for.
    fn components(&self, is_meant: impl Fn(&Component) -> bool) -> Vec<Completion> {
        let meant = self.known.components.iter().filter(|(_, kind)| is_meant(kind));
        let named = meant.map(|(id, kind)| Completion { detail: kind.name.to_owned(), ..word(id) });
        named.map(|id| Completion { kind: CompletionKind::Component, ..id }).collect()
    }

    /// The columns of the table that is meant here: of the query beside, or of the component around.
    fn columns(&self) -> Vec<Completion> {
        let beside =
            self.place.levels.last().and_then(|level| level.map.get("query")).and_then(|query| query.text(self.text));
        let around = self.place.component().and_then(|(level, kind)| level.map.get(kind.name)?.text(self.text));
        let found = match beside {
            Some(query) => self.known.columns(query),
            None => around.and_then(|table| self.known.columns_of_expression(table)),
        };
        columns(found.as_deref().unwrap_or_default())
    }

    fn pages(&self, written: &Written<'_>) -> Vec<Completion> {
        let pages = self.known.pages.iter().map(|page| Completion { kind: CompletionKind::Page, ..word(page) });
        self.whole(pages.collect(), written)
    }

    /// The files below `assets/`.
    fn assets(&self, written: &Written<'_>) -> Vec<Completion> {
        let files = self.look.compiler.schemas().assets.iter().flat_map(|files| files.iter());
        self.whole(files.map(|file| Completion { kind: CompletionKind::File, ..word(file) }).collect(), written)
    }

    /// The partials of the app.
    fn partials(&self, written: &Written<'_>) -> Vec<Completion> {
        let names = self.look.compiler.partials().keys();
        self.words(names.map(|name| Completion { kind: CompletionKind::File, ..word(name) }).collect(), written)
    }

    /// What the partial takes whose `use` this is.
    fn params_of_partial(&self) -> Vec<Completion> {
        let named = self.place.levels.iter().rev().find_map(|level| level.map.get("use"));
        let named = named.and_then(|partial| partial.text(self.text)).unwrap_or_default();
        let params = self.look.compiler.partials().get(named).into_iter().flat_map(Partial::params);
        params
            .map(|(name, ty)| {
                let detail = ty.map(ToString::to_string).unwrap_or_default();
                Completion { kind: CompletionKind::Param, detail, ..word(name) }
            })
            .collect()
    }

    fn sql_files(&self, written: &Written<'_>) -> Vec<Completion> {
        let folder = self.look.path().rsplit_once('/').map_or("", |(folder, _)| folder);
        let files = self.look.files().filter(|path| is_sql(path));
        let below = files.filter_map(|path| match folder {
            "" => Some(path),
            _ => path.strip_prefix(folder)?.strip_prefix('/'),
        });
        self.whole(below.map(|path| Completion { kind: CompletionKind::File, ..word(path) }).collect(), written)
    }

    /// A filter call: its name, while no argument is begun.
    fn format(&self, written: &Written<'_>) -> Vec<Completion> {
        if written.before.contains('(') {
            return Vec::new();
        }
        let filters = functions::all().filter(|function| function.kind == FunctionKind::Filter);
        let formats = filters.filter(|function| is_format(function));
        self.words(formats.map(expression::function).collect(), written)
    }

    fn surrounding(&self) -> Surrounding<'_> {
        let path = self.place.path();
        let params = (path.first() == Some(&"writes")).then(|| {
            let write = path.get(1).and_then(|name| self.known.writes.iter().find(|write| write.name == **name));
            write.map(|write| write.params.clone()).unwrap_or_default()
        });
        Surrounding { known: self.known, params }
    }

    fn expression(&self, written: &Written<'_>) -> Vec<Completion> {
        let found = expression::complete(written.before, written.after, self.offset, &self.surrounding());
        if written.before.is_empty() { self.bare_text(found, written) } else { found }
    }

    fn template(&self, written: &Written<'_>) -> Vec<Completion> {
        expression::in_template(written.before, written.after, self.offset, &self.surrounding(), false)
    }

    fn sql(&self, written: &Written<'_>) -> Vec<Completion> {
        let is_transform = self.place.last_key() == "transform";
        expression::in_template(written.before, written.after, self.offset, &self.surrounding(), is_transform)
    }

    /// Words that replace the word at the place.
    fn words(&self, found: Vec<Completion>, written: &Written<'_>) -> Vec<Completion> {
        let is_part = |char: &char| is_word(*char) || *char == '-';
        let (start, end) = written.word(is_part);
        self.bare_text(at(found, self.offset - start..self.offset + end), written)
    }

    /// Words that replace all of the value.
    fn whole(&self, found: Vec<Completion>, written: &Written<'_>) -> Vec<Completion> {
        self.bare_text(at(found, self.offset - written.before.len()..self.offset + written.after.len()), written)
    }

    /// Words that are no text.
    fn bare(&self, found: Vec<Completion>, written: &Written<'_>) -> Vec<Completion> {
        let (start, end) = written.word(|char| is_word(*char));
        at(found, self.offset - start..self.offset + end)
    }

    /// In TOML text stands in quotes.
    fn bare_text(&self, mut found: Vec<Completion>, written: &Written<'_>) -> Vec<Completion> {
        if self.format == Format::Toml && !written.is_quoted {
            for completion in &mut found {
                completion.insert = format!("\"{}\"", completion.insert);
            }
        }
        found
    }
}

/// Whether a filter makes text of one value, by itself.
fn is_format(function: &functions::Function) -> bool {
    let is_one = !function.subjects.contains(&functions::Subject::List);
    function.returns == Returns::Text && function.required() == 0 && is_one
}

/// The value around a place, without its quotes.
struct Written<'a> {
    before: &'a str,
    after: &'a str,
    is_quoted: bool,
}

impl Written<'_> {
    /// How many bytes of the word at the place stand before and behind it.
    fn word(&self, is_part: impl Fn(&char) -> bool) -> (usize, usize) {
        let before: usize = self.before.chars().rev().take_while(&is_part).map(char::len_utf8).sum();
        let after: usize = self.after.chars().take_while(&is_part).map(char::len_utf8).sum();
        (before, after)
    }
}

fn at(mut found: Vec<Completion>, range: Range<usize>) -> Vec<Completion> {
    for completion in &mut found {
        completion.range = range.clone();
    }
    found
}

fn plain<'w>(words: impl IntoIterator<Item = &'w str>) -> Vec<Completion> {
    words.into_iter().map(word).collect()
}

fn word(word: &str) -> Completion {
    Completion {
        label: word.to_owned(),
        kind: CompletionKind::Word,
        detail: String::new(),
        doc: String::new(),
        insert: word.to_owned(),
        range: 0..0,
    }
}

/// A name, and its type where that is known.
fn name(known: &str, kind: CompletionKind, ty: &Type) -> Completion {
    let detail = if ty.is_unknown() { String::new() } else { ty.to_string() };
    Completion { kind, detail, ..word(known) }
}

fn columns(columns: &[crate::value::Column]) -> Vec<Completion> {
    columns.iter().map(|column| name(&column.name, CompletionKind::Column, &column.ty)).collect()
}

fn icons() -> Vec<Completion> {
    icon::names().map(|icon| Completion { kind: CompletionKind::Icon, ..word(icon) }).collect()
}
