//! What may be written in an expression, by what stands in front of the place.

use super::{Completion, CompletionKind, at, columns, name, word};
use crate::expr::functions::{self, Function, Kind};
use crate::ide::known::{CLOCK, Known, Named, is_word};
use crate::value::Type;

/// What an expression may name.
pub(super) struct Surrounding<'a> {
    pub(super) known: &'a Known,
    /// In the SQL of a write, its own parameters.
    pub(super) params: Option<Vec<Named>>,
}

/// Words of the language that join expressions or stand for values.
const WORDS: [&str; 9] = ["and", "or", "not", "in", "if", "else", "true", "false", "none"];

/// What may be written in a text or SQL template; of SQL itself, tables and columns if it is a transform.
pub(super) fn in_template(
    before: &str,
    after: &str,
    offset: usize,
    surrounding: &Surrounding<'_>,
    is_transform: bool,
) -> Vec<Completion> {
    let opened = ["{{", "{%"].iter().filter_map(|open| before.rfind(open)).max();
    let closed = ["}}", "%}"].iter().filter_map(|close| before.rfind(close)).max();
    match opened {
        Some(opened) if closed.is_none_or(|closed| closed < opened) => {
            let inner = before.get(opened + 2..).unwrap_or_default();
            complete(inner.strip_prefix('-').unwrap_or(inner), after, offset, surrounding)
        }
        _ if is_transform => in_sql(before, after, offset, surrounding),
        _ => Vec::new(),
    }
}

/// The tables that a transform may read, and their columns.
fn in_sql(before: &str, after: &str, offset: usize, surrounding: &Surrounding<'_>) -> Vec<Completion> {
    let (start, end) = word_at(before, after);
    let known = surrounding.known;
    let head = before.get(..before.len() - start).unwrap_or_default();
    let found = if let Some(head) = head.strip_suffix('.') {
        let table: String = last_word(head).to_owned();
        columns(known.columns(&table).as_deref().unwrap_or_default())
    } else {
        let tables = known.queries.iter().map(|query| name(&query.name, CompletionKind::Query, &query.ty));
        let is_table = |key: &&Named| matches!(key.ty.inner(), Type::Table(_));
        let keys = known.state.iter().filter(is_table).map(|key| name(&key.name, CompletionKind::State, &key.ty));
        // Those of the tables that are named in what is written so far and further on.
        let is_read =
            |query: &&Named| [before, after].iter().any(|part| part.split(|c| !is_word(c)).any(|w| w == query.name));
        let read = known.queries.iter().filter(is_read).filter_map(|query| known.columns(&query.name));
        let mut all: Vec<Completion> = tables.chain(keys).collect();
        for column in read.flat_map(|found| columns(&found)) {
            if !all.contains(&column) {
                all.push(column);
            }
        }
        all
    };
    at(found, offset - start..offset + end)
}

/// What may be written in an expression of which `before` stands in front of the place.
pub(super) fn complete(before: &str, after: &str, offset: usize, surrounding: &Surrounding<'_>) -> Vec<Completion> {
    if is_in_text(before) {
        return Vec::new();
    }
    let (start, end) = word_at(before, after);
    let head = before.get(..before.len() - start).unwrap_or_default();
    let found = behind(head, surrounding);
    at(found, offset - start..offset + end)
}

fn behind(head: &str, surrounding: &Surrounding<'_>) -> Vec<Completion> {
    if let Some(base) = head.strip_suffix('.') {
        return members(base, surrounding);
    }
    let trimmed = head.trim_end();
    if trimmed.ends_with('|') {
        return of_kind(Kind::Filter);
    }
    let is_behind = |word: &str| head.ends_with(char::is_whitespace) && last_word(trimmed) == word;
    if is_behind("is") || (is_behind("not") && last_word(trimmed.trim_end_matches("not").trim_end()) == "is") {
        return of_kind(Kind::Test);
    }
    let mut all = Vec::new();
    if let Some(base) = argument_of_where(trimmed) {
        all.extend(columns(surrounding.known.columns_of_expression(base).as_deref().unwrap_or_default()));
    }
    all.extend(bare(surrounding));
    all
}

/// What may stand behind a dot.
fn members(base: &str, surrounding: &Surrounding<'_>) -> Vec<Completion> {
    let known = surrounding.known;
    let named = |all: &[Named], kind| all.iter().map(|named| name(&named.name, kind, &named.ty)).collect();
    let field = |(field, ty): (&str, Type)| name(field, CompletionKind::Value, &ty);
    // `orders[0].amount` is a cell of a column.
    let table = base.strip_suffix(']').and_then(|base| base.rsplit_once('[')).map_or(base, |(table, _)| table);
    let owner = table.rsplit(|char: char| !is_word(char) && char != '.').next().unwrap_or_default();
    match owner {
        "state" => named(&known.state, CompletionKind::State),
        "values" => named(&known.values, CompletionKind::Value),
        "params" => named(surrounding.params.as_deref().unwrap_or(&known.params), CompletionKind::Param),
        "user" => {
            let text = Type::Text.nullable();
            [("email", text.clone()), ("name", text), ("groups", Type::List(Box::new(Type::Text)))].map(field).to_vec()
        }
        "app" => [("title", Type::Text)].map(field).to_vec(),
        "page" => [("title", Type::Text), ("path", Type::Text)].map(field).to_vec(),
        _ => columns(known.columns_of_expression(owner).as_deref().unwrap_or_default()),
    }
}

/// What may stand by itself.
fn bare(surrounding: &Surrounding<'_>) -> Vec<Completion> {
    let known = surrounding.known;
    let has_params = !surrounding.params.as_deref().unwrap_or(&known.params).is_empty();
    let spaces = [
        ("state", !known.state.is_empty(), "The state keys of the page."),
        ("values", !known.values.is_empty(), "The values of the page."),
        ("params", has_params, "What stands in the path, or is handed to a write."),
        ("user", true, "Who looks at the page."),
        ("page", true, "The page."),
        ("app", true, "The app."),
    ];
    let queries = known.queries.iter().map(|query| name(&query.name, CompletionKind::Query, &query.ty));
    let spaces = spaces.into_iter().filter(|(_, is_there, _)| *is_there);
    let spaces = spaces.map(|(space, _, doc)| Completion {
        kind: CompletionKind::Namespace,
        doc: doc.to_owned(),
        ..word(space)
    });
    let clock = CLOCK.iter().map(|(function, ty, doc)| Completion {
        insert: format!("{function}()"),
        doc: (*doc).to_owned(),
        ..name(function, CompletionKind::Function, ty)
    });
    queries.chain(spaces).chain(clock).chain(of_kind(Kind::Function)).chain(WORDS.into_iter().map(word)).collect()
}

fn of_kind(kind: Kind) -> Vec<Completion> {
    functions::all().filter(|function| function.kind == kind).map(function).collect()
}

/// A function, with the brackets that it needs.
pub(super) fn function(function: &Function) -> Completion {
    let params: Vec<&str> = function.params.iter().map(|param| param.name).collect();
    let needs_brackets = function.kind == Kind::Function || function.required() > 0 || function.takes_columns();
    let insert = match needs_brackets {
        true if function.params.is_empty() && !function.takes_columns() => format!("{}()", function.name),
        true => format!("{}(", function.name),
        false => function.name.to_owned(),
    };
    Completion {
        kind: CompletionKind::Function,
        detail: if params.is_empty() { String::new() } else { format!("({})", params.join(", ")) },
        doc: format!("{} `{}` gives `{}`.", function.doc, function.example.0, function.example.1),
        insert,
        ..word(function.name)
    }
}

/// The table in front of a `where(` whose brackets are still open.
fn argument_of_where(head: &str) -> Option<&str> {
    let open = head.rfind("where(")?;
    let inner = head.get(open + "where(".len()..)?;
    let is_open = !inner.contains(')') && inner.chars().next_back().is_none_or(|last| last == ',');
    let base = head.get(..open)?.trim_end().strip_suffix('|').filter(|_| is_open)?.trim_end();
    Some(base.rsplit(|char: char| !is_word(char) && char != '.').next().unwrap_or_default())
}

/// Whether a text literal is open at the end.
fn is_in_text(before: &str) -> bool {
    let mut open: Option<char> = None;
    let mut chars = before.chars();
    while let Some(char) = chars.next() {
        match open {
            Some(_) if char == '\\' => drop(chars.next()),
            Some(quote) if char == quote => open = None,
            None if matches!(char, '\'' | '"') => open = Some(char),
            _ => {}
        }
    }
    open.is_some()
}

/// How many bytes of the word at a place stand before and behind it.
fn word_at(before: &str, after: &str) -> (usize, usize) {
    let before: usize = before.chars().rev().take_while(|char| is_word(*char)).map(char::len_utf8).sum();
    let after: usize = after.chars().take_while(|char| is_word(*char)).map(char::len_utf8).sum();
    (before, after)
}

fn last_word(text: &str) -> &str {
    text.rsplit(|char: char| !is_word(char)).next().unwrap_or_default()
}
