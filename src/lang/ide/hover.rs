//! What stands at a place: a name with its type, a key, a function, a column.

use std::fmt::Write as _;
use std::ops::Range;

use super::Look;
use super::known::{CLOCK, Known, is_word};
use super::place::{self, Key, Meaning, Place, Target};
use super::sketch::{self, Format, Item, Kind, inside_quotes};
use super::symbol::{self, Symbol, SymbolKind};
use crate::check::Page;
use crate::component::{self, PropType, Subject};
use crate::expr::functions::{self, Function, Kind as FunctionKind};
use crate::spec::FieldType;
use crate::value::{Column, Type};

/// What is to be said of a place, in Markdown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    pub range: Range<usize>,
    pub text: String,
}

pub(super) fn hover(look: &Look<'_>, offset: usize) -> Option<Hover> {
    let narrow = u32::try_from(offset).ok()?;
    if let Some((symbol, span)) = symbol::at(look.compiler, look.file, narrow) {
        let text = of_symbol(look, &symbol)?;
        return Some(Hover { range: span.start as usize..span.end as usize, text });
    }
    let text = look.text();
    let nothing = Item { kind: Kind::Nothing, span: 0..0 };
    if look.is_sql() {
        return of_word(text, 0..text.len(), offset, &look.known(&nothing), true);
    }
    let outline = sketch::read(text, Format::of(look.path())?);
    let place = place::find(&outline, place::root(look.shape()), offset)?;
    match &place.target {
        Target::Key => {
            let level = place.levels.last()?;
            let key = level.meaning.key(level.map, &level.pair.key);
            let text = match key {
                Some(key) => of_key(key),
                None => of_column(look, &place)?,
            };
            Some(Hover { range: level.pair.key_span.clone(), text })
        }
        Target::Value { item, meaning } => of_value(look, (item, *meaning), &place, &outline, offset),
    }
}

/// A key that is the name of a column: of what a query says of its columns.
fn of_column(look: &Look<'_>, place: &Place<'_>) -> Option<String> {
    let path = place.path();
    let [.., query, "columns", column] = path.as_slice() else { return None };
    let columns = look.known(&Item { kind: Kind::Nothing, span: 0..0 }).columns(query)?;
    columns.iter().find(|known| *known.name == **column).map(described)
}

fn of_value(
    look: &Look<'_>,
    (item, meaning): (&Item, Meaning),
    place: &Place<'_>,
    outline: &Item,
    offset: usize,
) -> Option<Hover> {
    let text = look.text();
    let known = look.known(outline);
    let inside = inside_quotes(text, &item.span);
    let is_column = match meaning {
        Meaning::Prop(PropType::Column(_) | PropType::Columns(_) | PropType::Color)
        | Meaning::Field(FieldType::Column) => true,
        Meaning::Field(FieldType::Either(FieldType::Column, _)) => true,
        Meaning::Field(FieldType::Word) => place.last_key() == "column",
        _ => false,
    };
    if is_column {
        let written = text.get(inside.clone())?;
        let beside = place.levels.last().and_then(|level| level.map.get("query")).and_then(|query| query.text(text));
        let around = place.component().and_then(|(level, kind)| level.map.get(kind.name)?.text(text));
        let columns = match beside {
            Some(query) => known.columns(query),
            None => known.columns_of_expression(around?),
        };
        let column = columns?.iter().find(|column| *column.name == *written).map(described)?;
        return Some(Hover { range: inside, text: column });
    }
    let is_expression = match meaning {
        Meaning::Field(FieldType::Expression)
        | Meaning::Prop(PropType::Expression(_) | PropType::Table | PropType::Format) => true,
        Meaning::Field(FieldType::Word) => place.last_key() == "format",
        Meaning::Subject(kind) => matches!(kind.subject, Subject::Table | Subject::Figure),
        _ => false,
    };
    of_word(text, inside, offset, &known, !is_expression).or_else(|| {
        let kind = match meaning {
            Meaning::Component { in_tabs: false } => component::find(item.text(text)?)?,
            _ => return None,
        };
        Some(Hover { range: item.span.clone(), text: of_key(Key::Kind(kind)) })
    })
}

/// A word of an expression, which in a template stands in braces.
fn of_word(text: &str, inside: Range<usize>, offset: usize, known: &Known, is_template: bool) -> Option<Hover> {
    let (before, after) = (text.get(inside.start..offset)?, text.get(offset..inside.end)?);
    if is_template {
        let opened = ["{{", "{%"].iter().filter_map(|open| before.rfind(open)).max()?;
        let closed = ["}}", "%}"].iter().filter_map(|close| before.rfind(close)).max();
        if closed.is_some_and(|closed| closed > opened) {
            return None;
        }
    }
    let start = offset - before.chars().rev().take_while(|char| is_word(*char)).map(char::len_utf8).sum::<usize>();
    let end = offset + after.chars().take_while(|char| is_word(*char)).map(char::len_utf8).sum::<usize>();
    let word = text.get(start..end).filter(|word| !word.is_empty())?;
    let head = text.get(inside.start..start)?;
    let trimmed = head.trim_end();
    let function = |kind| functions::find(kind, word).map(of_function);
    let said = if let Some(base) = head.strip_suffix('.') {
        let table = base.strip_suffix(']').and_then(|base| base.rsplit_once('[')).map_or(base, |(table, _)| table);
        let owner = table.rsplit(|char: char| !is_word(char) && char != '.').next().unwrap_or_default();
        let columns = known.columns_of_expression(owner)?;
        columns.iter().find(|column| *column.name == *word).map(described)
    } else if trimmed.ends_with('|') {
        function(FunctionKind::Filter)
    } else if trimmed.ends_with(" is") || trimmed.ends_with(" is not") {
        function(FunctionKind::Test)
    } else if text.get(end..).is_some_and(|rest| rest.starts_with('(')) {
        let clock = CLOCK.iter().find(|(name, ..)| *name == word);
        let clock = clock.map(|(name, ty, doc)| format!("```text\nfunction {name}(): {ty}\n```\n\n{doc}"));
        let format = || trimmed.is_empty().then(|| function(FunctionKind::Filter))?;
        clock.or_else(|| function(FunctionKind::Function)).or_else(format)
    } else if trimmed.is_empty() {
        // A format is a filter without anything in front.
        function(FunctionKind::Filter)
    } else {
        None
    };
    said.map(|text| Hover { range: start..end, text })
}

fn of_key(key: Key) -> String {
    let mut text = format!("**`{}`**: {}", key.name(), key.describe());
    if key.is_required() {
        text.push_str(", required");
    }
    if let Key::Prop(prop) = key
        && !prop.default.is_empty()
    {
        let _is_text = write!(text, "; by default {}", prop.default);
    }
    let _is_text = write!(text, "\n\n{}", key.summary());
    if let Key::Kind(kind) = key {
        let _is_text = write!(text, "\n\n{}", component::reference(kind));
    }
    text
}

fn of_function(function: &'static Function) -> String {
    let param = |param: &functions::Param| {
        if param.required { param.name.to_owned() } else { format!("{}?", param.name) }
    };
    let params: Vec<String> = function.params.iter().map(param).collect();
    let call = match function.kind {
        FunctionKind::Function => format!("{}({})", function.name, params.join(", ")),
        _ if params.is_empty() => function.name.to_owned(),
        _ => format!("{}({})", function.name, params.join(", ")),
    };
    let (example, gives) = function.example;
    format!("```text\n{} {call}\n```\n\n{}\n\n`{example}` gives `{gives}`.", function.kind.word(), function.doc)
}

fn described(column: &Column) -> String {
    format!("```text\ncolumn {}: {}\n```", column.name, column.ty)
}

fn of_symbol(look: &Look<'_>, symbol: &Symbol) -> Option<String> {
    let page = look.page.as_ref()?;
    let ty = type_of(page, symbol);
    let mut text = format!("```text\n{} {}", symbol.kind.word(), symbol.name);
    match &ty {
        Some(Type::Table(Some(columns))) => {
            for column in columns.iter() {
                let _is_text = write!(text, "\n  {}: {}", column.name, column.ty);
            }
            if columns.is_empty() {
                text.push_str(": no columns");
            }
        }
        Some(Type::Table(None)) => text.push_str(": a table, whose columns are not known"),
        Some(ty) => {
            let _is_text = write!(text, ": {ty}");
        }
        None => {}
    }
    if symbol.kind == SymbolKind::Write {
        let write = page.writes.iter().find(|write| *write.name == *symbol.name)?;
        let params: Vec<String> = write.params.iter().map(|param| format!("{}: {}", param.name, param.ty)).collect();
        let _is_text = write!(text, "({})", params.join(", "));
    }
    text.push_str("\n```");
    if let Some(place) = symbol::definition(look.compiler, symbol) {
        let file = look.compiler.sources().file(place.file);
        let _is_text = write!(text, "\n\nDeclared in `{}`, line {}.", file.path, file.position(place.start).line);
    }
    Some(text)
}

fn type_of(page: &Page, symbol: &Symbol) -> Option<Type> {
    let name = symbol.name.as_str();
    match symbol.kind {
        SymbolKind::State => page.state.iter().find(|key| &*key.name == name).map(|key| key.ty.clone()),
        SymbolKind::Query => {
            page.queries.iter().find(|query| &*query.name == name).map(|query| Type::Table(query.columns.clone()))
        }
        SymbolKind::Value => page.values.iter().find(|value| &*value.name == name).map(|value| value.ty.clone()),
        SymbolKind::Param => page.params.iter().find(|param| &*param.name.value == name).map(|param| param.ty.clone()),
        SymbolKind::Write => None,
    }
}
